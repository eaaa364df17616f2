"""Uploads in parts: a large file sent over a weak line, gone on with where it broke off (tus 1.0)."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .catalogue import DataSet


class PartialUpload(models.Model):
    """The parts lie in the storage, as the next one may arrive at another machine. `parts` names those that
    count, in their order, as [name, bytes] each; whatever else lies in `folder` was never acknowledged."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    data_set = models.ForeignKey(DataSet, models.CASCADE, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    note = models.CharField(max_length=240, blank=True)
    size = models.PositiveBigIntegerField()
    received = models.PositiveBigIntegerField(default=0)
    parts = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("upload in parts")
        verbose_name_plural = _("uploads in parts")

    def __str__(self) -> str:
        return self.name

    @property
    def folder(self) -> str:
        """Where the parts lie in the storage."""
        return f"{FOLDER}/{self.pk}"


FOLDER = "partial"
