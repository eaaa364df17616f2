"""Versions of a data set's table: uploaded once, checked, stored as typed Parquet, never changed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .catalogue import DataSet


class VersionState(models.TextChoices):
    WAITING = "waiting", _("Waiting to be checked")
    CHECKING = "checking", _("Being checked")
    READY = "ready", _("Checked")
    BROKEN = "broken", _("Unreadable")


def upload_path(version: DataVersion, name: str) -> str:
    return f"onedata/{version.data_set_id}/{name}"


class DataVersion(models.Model):
    data_set = models.ForeignKey(DataSet, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    original = models.FileField(_("file as sent"), upload_to=upload_path, max_length=200)
    original_name = models.CharField(_("name of the file"), max_length=200)
    parquet = models.FileField(_("table"), upload_to=upload_path, max_length=200, blank=True)
    sha256 = models.CharField(_("checksum (SHA-256) of the file as sent"), max_length=64)
    parquet_sha256 = models.CharField(_("checksum (SHA-256) of the table"), max_length=64, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    rows = models.PositiveBigIntegerField(_("rows"), null=True)
    # [{"name", "type": integer|number|boolean|date|string, "way": how its cells are read}] in the order of the file
    columns = models.JSONField(_("columns"), default=list)
    # how the producer wants it read: encoding, separator, decimal, skipped, header_rows, sheet
    choices = models.JSONField(_("reading as chosen"), default=dict, blank=True)
    source_url = models.URLField(_("fetched from"), max_length=500, blank=True)
    reading = models.JSONField(_("how it was read"), default=dict, help_text=_("Encoding, separator, decimal sign"))
    state = models.CharField(_("state"), max_length=8, choices=VersionState, default=VersionState.WAITING)
    progress = models.PositiveSmallIntegerField(_("progress in percent"), default=0)
    step = models.CharField(_("present step"), max_length=60, blank=True)
    error = models.TextField(_("why it could not be read"), blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    note = models.CharField(_("what is new"), max_length=240, blank=True)
    # What of the file is not in the table, and what is asked (quality/losses.py): {"rows", "cells", "formulas", "hidden": numbers,
    # "columns": [{"name", "cells", "where": [[row, text]]}], "lines": [[line, text]],
    # "questions": [{"column", "why", "options", "sample"}]}
    losses = models.JSONField(_("what is not in the table"), default=dict, editable=False)
    # the numbers that somebody said yes to; void once they differ
    loss_confirmed = models.JSONField(_("losses confirmed"), default=dict, editable=False)
    loss_confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    loss_confirmed_at = models.DateTimeField(_("losses confirmed at"), null=True, editable=False)
    # personal data were found and nobody has decided, or they were refused: nobody but those who work on the table sees a cell
    is_held = models.BooleanField(_("held back for personal data"), default=False, editable=False)
    # {"csv": {"size": bytes, "sha256"}} of the files as they are served, once they were measured
    served = models.JSONField(_("files as served"), default=dict, editable=False)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["data_set", "number"], name="one_version_number")]
        indexes = [models.Index(fields=["uploaded_at"], condition=models.Q(state__in=["waiting", "checking"]), name="version_unchecked")]

    def __str__(self) -> str:
        return f"{self.data_set} v{self.number}"

    @property
    def is_settled(self) -> bool:
        return self.state in {VersionState.READY, VersionState.BROKEN}

    @property
    def column_names(self) -> list[str]:
        return [column["name"] for column in self.columns]

    @property
    def may_original_leave(self) -> bool:
        """Whether the file as sent holds nothing but the table: a spreadsheet with other or hidden sheets, hidden columns or
        rows is for those only who work on it."""
        reading = self.reading
        if len(reading.get("sheets", [])) > 1 or reading.get("hidden") or self.losses.get("hidden"):
            return False
        return bool(self.original) and not self.losses.get("rows")

    def column(self, name: str) -> dict[str, Any] | None:
        return next((column for column in self.columns if column["name"] == name), None)
