"""Data sets and their way through the workflow (Presidential Regulation 39/2019, Satu Data Indonesia)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.agencies import Agency
from ntbportal.commons.places import Region


class Stage(models.TextChoices):
    PLANNED = "planned", _("Planned")
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    RETURNED = "returned", _("Returned")
    VERIFIED = "verified", _("Verified")
    PUBLISHED = "published", _("Published")
    SUPERSEDED = "superseded", _("Superseded")
    ARCHIVED = "archived", _("Archived")


STAGE_TONES = {
    Stage.PLANNED: "neutral",
    Stage.DRAFT: "neutral",
    Stage.SUBMITTED: "wait",
    Stage.RETURNED: "alert",
    Stage.VERIFIED: "info",
    Stage.PUBLISHED: "good",
    Stage.SUPERSEDED: "neutral",
    Stage.ARCHIVED: "neutral",
}


class Access(models.TextChoices):
    OPEN = "open", _("Open to everyone")
    ON_REQUEST = "on_request", _("On request")
    CLOSED = "closed", _("Closed")


class Kind(models.TextChoices):
    STATISTICAL = "statistical", _("Statistical")
    GEOSPATIAL = "geospatial", _("Geospatial")
    FINANCIAL = "financial", _("Financial")


class Topic(models.TextChoices):
    GOVERNMENT = "government", _("Government")
    HEALTH = "health", _("Health")
    EDUCATION = "education", _("Education")
    SOCIAL = "social", _("Social affairs and poverty")
    POPULATION = "population", _("Population")
    ECONOMY = "economy", _("Economy and trade")
    FARMING = "farming", _("Farming, fishing, livestock")
    INFRASTRUCTURE = "infrastructure", _("Infrastructure and transport")
    ENVIRONMENT = "environment", _("Environment and disasters")
    TOURISM = "tourism", _("Tourism and culture")
    FINANCE = "finance", _("Regional finance")


class Frequency(models.TextChoices):
    DAILY = "daily", _("Daily")
    WEEKLY = "weekly", _("Weekly")
    MONTHLY = "monthly", _("Monthly")
    QUARTERLY = "quarterly", _("Every three months")
    HALF_YEARLY = "half_yearly", _("Every six months")
    YEARLY = "yearly", _("Yearly")
    ONCE = "once", _("Once only")
    IRREGULAR = "irregular", _("As needed")


FREQUENCY_DAYS = {
    Frequency.DAILY: 1,
    Frequency.WEEKLY: 7,
    Frequency.MONTHLY: 31,
    Frequency.QUARTERLY: 92,
    Frequency.HALF_YEARLY: 184,
    Frequency.YEARLY: 366,
}


class Licence(models.TextChoices):
    CC_BY = "CC-BY-4.0", _("Creative Commons Attribution 4.0")
    CC0 = "CC0-1.0", _("Public domain (CC0 1.0)")
    CC_BY_SA = "CC-BY-SA-4.0", _("Creative Commons Attribution-ShareAlike 4.0")
    ODBL = "ODbL-1.0", _("Open Database License 1.0")
    OTHER = "other", _("Other: see the source")


class DataSetQuerySet(models.QuerySet["DataSet"]):
    def published(self) -> DataSetQuerySet:
        """What everyone may find, closed ones included: that they exist is public. A published data set stays so
        while a new version of it is being checked."""
        return self.filter(published_at__isnull=False).exclude(stage__in=[Stage.ARCHIVED, Stage.SUPERSEDED])

    def produced_by(self, agencies: set[int]) -> DataSetQuerySet:
        return self.filter(producer__in=agencies)


@pghistory.track(exclude=["words", "title_words", "contents", "view_count", "download_count", "link_checked_at", "link_problem"])
class DataSet(models.Model):
    slug = models.SlugField(_("address"), max_length=120, unique=True)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"))
    producer = models.ForeignKey(Agency, models.PROTECT, related_name="data_sets", verbose_name=_("producer"))
    kind = models.CharField(_("kind of data"), max_length=12, choices=Kind, default=Kind.STATISTICAL)
    topic = models.CharField(_("topic"), max_length=16, choices=Topic)
    keywords = ArrayField(models.CharField(max_length=60), verbose_name=_("keywords"), blank=True, default=list)
    frequency = models.CharField(_("how often it is updated"), max_length=12, choices=Frequency, default=Frequency.YEARLY)
    licence = models.CharField(_("licence"), max_length=16, choices=Licence, default=Licence.CC_BY)
    access = models.CharField(_("access"), max_length=12, choices=Access, default=Access.OPEN)
    access_reason = models.CharField(_("reason for the limit"), max_length=240, blank=True)
    coverage = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("area covered"))
    period_from = models.DateField(_("period from"), null=True, blank=True)
    period_to = models.DateField(_("period to"), null=True, blank=True)
    # The data standard of the policy's first principle.
    concept = models.CharField(_("concept"), max_length=200, blank=True)
    definition = models.TextField(_("definition"), blank=True)
    classification = models.CharField(_("classification"), max_length=200, blank=True)
    measure = models.CharField(_("measure"), max_length=120, blank=True)
    unit = models.CharField(_("unit"), max_length=80, blank=True)
    # What the producer says of each column, in the terms of Frictionless Table Schema: [{"name", "title", "description",
    # "unit", "type", "required", "unique", "enum", "pattern", "minimum", "maximum", "code_list", "variable"}]
    schema = models.JSONField(_("schema"), default=list, blank=True)
    # [{"kind": "sum", "total", "parts": [...]} or {"kind": "series", "value", "by": [...]}]
    extra_checks = models.JSONField(_("checks of its own"), default=list, blank=True)
    activity = models.ForeignKey(
        "onedata.Activity", models.PROTECT, null=True, blank=True, related_name="data_sets", verbose_name=_("activity (MS-Keg)")
    )
    indicators = models.ManyToManyField("onedata.Indicator", blank=True, related_name="data_sets", verbose_name=_("indicators (MS-Ind)"))
    variables = models.ManyToManyField("onedata.Variable", blank=True, related_name="data_sets", verbose_name=_("variables (MS-Var)"))
    link = models.URLField(_("address of the data elsewhere"), max_length=500, blank=True)
    link_checked_at = models.DateTimeField(_("address tried"), null=True, editable=False)
    link_problem = models.CharField(_("why the address does not answer"), max_length=200, blank=True, editable=False)
    is_priority = models.BooleanField(_("priority data"), default=False)
    inspected_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    inspected_at = models.DateTimeField(_("inspected by the Pembina"), null=True, editable=False)
    superseded_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="supersedes", editable=False)
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage, default=Stage.DRAFT)
    current = models.ForeignKey("DataVersion", models.PROTECT, null=True, related_name="+", verbose_name=_("published version"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True, db_index=True)
    published_at = models.DateTimeField(_("published"), null=True, db_index=True)
    # names of columns, labels of codes in the table, names of variables: written when a version is published
    contents = models.TextField(blank=True, default="", editable=False)
    view_count = models.PositiveBigIntegerField(_("views"), default=0, editable=False)
    download_count = models.PositiveBigIntegerField(_("downloads"), default=0, editable=False)
    words = models.GeneratedField(
        expression=SearchVector("title", weight="A", config="indonesian")
        + SearchVector("concept", weight="B", config="indonesian")
        + SearchVector("description", weight="C", config="indonesian")
        + SearchVector("contents", weight="D", config="indonesian"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    # of the title alone: data sets whose titles hold the words come first, and are found without ranking all others
    title_words = models.GeneratedField(
        expression=SearchVector("title", config="indonesian"), output_field=SearchVectorField(), db_persist=True
    )

    objects = DataSetQuerySet.as_manager()

    class Meta:
        verbose_name = _("data set")
        verbose_name_plural = _("data sets")
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(access="closed") | ~models.Q(access_reason=""), name="closed_data_needs_a_reason")
        ]
        indexes = [
            GinIndex(fields=["words"], name="dataset_words"),
            GinIndex(fields=["title_words"], name="dataset_title_words"),
            GinIndex(fields=["keywords"], name="dataset_keywords"),
            models.Index(fields=["coverage", "stage"], name="dataset_coverage"),
            GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="dataset_title_trgm"),
            models.Index(fields=["stage", "topic"], name="dataset_stage_topic"),
            models.Index(fields=["producer", "stage"], name="dataset_producer_stage"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("onedata:dataset", args=[self.slug])

    @property
    def is_public(self) -> bool:
        return self.published_at is not None and self.stage != Stage.ARCHIVED

    @property
    def stage_tone(self) -> str:
        return STAGE_TONES[Stage(self.stage)]

    @property
    def next_due(self) -> date | None:
        """When the declared frequency wants the next release; None where it declares none."""
        days = FREQUENCY_DAYS.get(Frequency(self.frequency))
        if days is None or self.published_at is None:
            return None
        return self.published_at.date() + timedelta(days=days)

    def field(self, name: str) -> dict[str, Any]:
        """What the schema says of a column; empty where it says nothing."""
        return next((field for field in self.schema if field["name"] == name), {})

    @property
    def standard_share(self) -> float:
        """How far the data standard is filled in, 0 to 1: concept, definition, classification, measure, unit."""
        parts = (self.concept, self.definition, self.classification, self.measure, self.unit)
        return sum(bool(part) for part in parts) / len(parts)


class DataSetMove(models.Model):
    """One step of a data set: who, when, from where to where, and what was said."""

    data_set = models.ForeignKey(DataSet, models.CASCADE, related_name="moves")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who"))
    at = models.DateTimeField(_("when"), auto_now_add=True)
    from_stage = models.CharField(_("from"), max_length=10, choices=Stage, blank=True)
    to_stage = models.CharField(_("to"), max_length=10, choices=Stage)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.data_set}: {self.from_stage} → {self.to_stage}"

    @property
    def tone(self) -> str:
        return STAGE_TONES[Stage(self.to_stage)]
