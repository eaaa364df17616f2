"""A report being written: kept on the server from screen to screen, so that nothing typed is lost."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.db import models

from ntbportal.commons.privacy import EncryptedTextField


class ReportDraft(models.Model):
    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    content = EncryptedTextField(default="{}")
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)
    # once it is sent only the receipt is left of it: whoever sends it again reads the same one
    sent_code = models.CharField(max_length=9, blank=True, default="")
    sent_pin = EncryptedTextField(blank=True, default="")
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "report draft"
        verbose_name_plural = "report drafts"

    def __str__(self) -> str:
        return str(self.key)

    @property
    def values(self) -> dict[str, Any]:
        return dict(json.loads(self.content))

    def keep(self, **values: Any) -> None:
        self.content = json.dumps({**self.values, **values})

    @property
    def is_sent(self) -> bool:
        return self.sent_at is not None

    def empty(self) -> None:
        """Forget what was typed and the photos, as it has been sent; the receipt stays."""
        for photo in self.photos.all():
            photo.forget()
        self.content = "{}"
        self.save(update_fields=["content"])

    def forget(self) -> None:
        """Delete the draft with its files: left lying, or sent long ago."""
        for photo in self.photos.all():
            photo.forget()
        self.delete()


class DraftPhoto(models.Model):
    """A photo of a report being written; already re-encoded, without the place it was taken at."""

    draft = models.ForeignKey(ReportDraft, models.CASCADE, related_name="photos")
    picture = models.ImageField(upload_to="care/drafts/%Y/%m/", max_length=160)
    thumbnail = models.ImageField(upload_to="care/drafts/%Y/%m/", max_length=160)

    class Meta:
        verbose_name = "photo of a draft"
        verbose_name_plural = "photos of drafts"
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.picture.name)

    def forget(self) -> None:
        """Delete the photo with its files."""
        self.picture.delete(save=False)
        self.thumbnail.delete(save=False)
        self.delete()


class IncomingReport(models.Model):
    """A report that was taken in and whose code was shown, not yet filed as a case: see inbox.py. Once it is filed its
    content goes; key and code stay for a while, so that the same report sent again is answered with the same code."""

    key = models.UUIDField(primary_key=True, editable=False)
    code = models.CharField(max_length=9)
    content = EncryptedTextField(blank=True)
    is_urgent = models.BooleanField(default=False)
    received_at = models.DateTimeField()
    filed_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "report taken in"
        verbose_name_plural = "reports taken in"
        # by a constraint: unique=True would make a second index for LIKE, which every insert would pay for
        constraints = [models.UniqueConstraint(fields=["code"], name="incoming_code_once")]
        indexes = [
            models.Index(fields=["next_try_at"], condition=models.Q(filed_at__isnull=True), name="incoming_waiting"),
            models.Index(fields=["filed_at"], condition=models.Q(filed_at__isnull=False), name="incoming_filed"),
        ]

    def __str__(self) -> str:
        return self.code
