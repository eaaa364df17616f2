"""Catalogues of others that are fetched on a schedule."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.agencies import Agency

from .catalogue import DataSet, Topic


class SourceKind(models.TextChoices):
    CKAN = "ckan", _("CKAN (Action API)")
    DCAT = "dcat", _("DCAT (Turtle, RDF/XML or JSON-LD)")
    DATAPACKAGE = "datapackage", _("Data Package (JSON)")


class Every(models.TextChoices):
    HOUR = "hour", _("Each hour")
    DAY = "day", _("Each day")
    WEEK = "week", _("Each week")


EVERY_HOURS = {Every.HOUR: 1, Every.DAY: 24, Every.WEEK: 168}


@pghistory.track(fields=["title", "kind", "url", "publisher", "every", "is_active"])
class HarvestSource(models.Model):
    title = models.CharField(_("title"), max_length=160)
    kind = models.CharField(_("kind"), max_length=12, choices=SourceKind)
    url = models.URLField(_("address"), max_length=500, unique=True)
    publisher = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("producer to file them under"))
    topic = models.CharField(_("topic where the source names none"), max_length=16, choices=Topic, default=Topic.GOVERNMENT)
    every = models.CharField(_("how often"), max_length=4, choices=Every, default=Every.DAY)
    is_active = models.BooleanField(_("active"), default=True)
    next_run_at = models.DateTimeField(_("next run"), null=True, blank=True, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)

    class Meta:
        verbose_name = _("catalogue to harvest")
        verbose_name_plural = _("catalogues to harvest")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class HarvestRun(models.Model):
    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")

    source = models.ForeignKey(HarvestSource, models.CASCADE, related_name="runs")
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField(_("started"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    seen = models.PositiveIntegerField(_("found"), default=0)
    added = models.PositiveIntegerField(_("new"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    removed = models.PositiveIntegerField(_("removed"), default=0)
    # [{"record": identifier or place, "problem": text}]
    broken = models.JSONField(_("broken records"), default=list)
    error = models.TextField(_("why it failed"), blank=True)

    class Meta:
        verbose_name = _("harvest")
        verbose_name_plural = _("harvests")
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["source", "-started_at"], name="harvest_run_of")]

    def __str__(self) -> str:
        return f"{self.source} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def tone(self) -> str:
        return {"done": "good", "failed": "alert"}.get(self.state, "wait")


class HarvestedRecord(models.Model):
    """Which data set of ours stands for which record of a source: found again by the source's own identifier."""

    source = models.ForeignKey(HarvestSource, models.CASCADE, related_name="records")
    identifier = models.CharField(max_length=500)
    data_set = models.OneToOneField(DataSet, models.CASCADE, related_name="harvested")
    fingerprint = models.CharField(max_length=64)
    landing_page = models.URLField(max_length=500, blank=True)
    # [{"title", "url", "format", "media_type", "description"}]
    files = models.JSONField(default=list)
    seen_at = models.DateTimeField()
    is_gone = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("harvested record")
        verbose_name_plural = _("harvested records")
        constraints = [models.UniqueConstraint(fields=["source", "identifier"], name="one_record_a_source")]

    def __str__(self) -> str:
        return self.identifier
