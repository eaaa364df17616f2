"""Spreadsheets of weighings brought in: what was found, how far it has come, and what is wrong by row and column."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    WAITING = "waiting", _("Waiting to be looked through")
    CHECKING = "checking", _("Being looked through")
    CHECKED = "checked", _("Looked through")
    IMPORTING = "importing", _("Being brought in")
    DONE = "done", _("Brought in")
    FAILED = "failed", _("Could not be read")


FOLDER = "imports"
RUNNING = frozenset({ImportState.WAITING, ImportState.CHECKING, ImportState.IMPORTING})


class VisitImport(models.Model):
    """Rows are taken in batches, each with its own transaction that also writes `reached`: a worker that dies goes on from there."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(_("file"), max_length=200)
    state = models.CharField(_("state"), max_length=9, choices=ImportState, default=ImportState.WAITING)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    reached = models.PositiveIntegerField(_("rows so far"), default=0)
    new_people = models.PositiveIntegerField(default=0)
    new_visits = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    problems = models.JSONField(_("problems"), default=list, help_text=_("[row, column, what is wrong] each; the first thousand."))
    questions = models.JSONField(
        _("unusual"), default=list, help_text=_("[row, column, what is unusual] each; brought in all the same. The first thousand.")
    )  # fmt: skip
    error = models.CharField(_("error"), max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("import of weighings")
        verbose_name_plural = _("imports of weighings")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("posyandu:import", args=[self.pk])

    @property
    def stored(self) -> str:
        """Name of the file in the storage, where each machine finds it; removed when all is brought in."""
        return f"{FOLDER}/{self.pk}/file"

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING

    @property
    def counts(self) -> list[tuple[Any, int]]:
        return [
            (_("new people"), self.new_people), (_("new weighings"), self.new_visits), (_("corrected"), self.changed),
            (_("there already"), self.same), (_("rows with problems, left out"), self.bad),
        ]  # fmt: skip
