"""Statistical metadata that data sets share (BPS Regulation 5/2020): activities (MS-Keg), variables (MS-Var) and
indicators (MS-Ind). A concept is defined once and used by every data set that measures it."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.agencies import Agency

from .reference import CodeList


class CollectionMethod(models.TextChoices):
    CENSUS = "census", _("Full count")
    SURVEY = "survey", _("Sample survey")
    REGISTER = "register", _("Administrative records")
    COMPILATION = "compilation", _("Compiled from other products")


class ValueType(models.TextChoices):
    INTEGER = "integer", _("Whole number")
    NUMBER = "number", _("Number")
    STRING = "string", _("Text")
    DATE = "date", _("Date")
    BOOLEAN = "boolean", _("Yes or no")


class Record(models.Model):
    """What the three kinds have in common."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    owner = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("producer"))
    is_public = models.BooleanField(_("open to the public"), default=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    kind = ""

    @property
    def summary(self) -> str:
        """What it is in a sentence or two."""
        return str(getattr(self, "definition", "") or getattr(self, "purpose", ""))

    class Meta:
        abstract = True
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("onedata:record", args=[self.kind, self.code])


@pghistory.track()
class Activity(Record):
    """MS-Keg: the statistical activity that produces data."""

    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    method = models.CharField(_("how the data are collected"), max_length=12, choices=CollectionMethod, default=CollectionMethod.REGISTER)
    purpose = models.TextField(_("purpose"), blank=True)
    legal_basis = models.CharField(_("legal basis"), max_length=240, blank=True)
    population = models.CharField(_("who or what is counted"), max_length=240, blank=True)
    sampling = models.TextField(_("sampling"), blank=True)
    coverage = models.CharField(_("area covered"), max_length=160, blank=True)
    period = models.CharField(_("when it is carried out"), max_length=160, blank=True)
    recommendation = models.CharField(_("number of BPS's recommendation"), max_length=80, blank=True)

    kind = "activity"

    class Meta(Record.Meta):
        verbose_name = _("statistical activity (MS-Keg)")
        verbose_name_plural = _("statistical activities (MS-Keg)")
        indexes = [GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="activity_name_trgm")]


@pghistory.track()
class Variable(Record):
    """MS-Var: one thing that is recorded."""

    alias = models.CharField(_("alias"), max_length=120, blank=True)
    concept = models.CharField(_("concept"), max_length=200)
    definition = models.TextField(_("definition"))
    reference = models.CharField(_("reference of the definition"), max_length=240, blank=True)
    reference_period = models.CharField(_("reference period"), max_length=120, blank=True)
    value_type = models.CharField(_("data type"), max_length=8, choices=ValueType, default=ValueType.NUMBER)
    unit = models.CharField(_("unit"), max_length=80, blank=True)
    value_domain = models.CharField(_("value domain"), max_length=240, blank=True, help_text=_("Which values there may be, e.g. 0 to 100"))
    code_list = models.ForeignKey(
        CodeList, models.PROTECT, null=True, blank=True, related_name="variables", verbose_name=_("classification")
    )
    validation_rule = models.CharField(_("validation rule"), max_length=240, blank=True)
    question = models.TextField(_("wording of the question"), blank=True)
    activity = models.ForeignKey(
        Activity, models.PROTECT, null=True, blank=True, related_name="variables", verbose_name=_("activity that records it")
    )

    kind = "variable"

    class Meta(Record.Meta):
        verbose_name = _("variable (MS-Var)")
        verbose_name_plural = _("variables (MS-Var)")
        indexes = [GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="variable_name_trgm")]


@pghistory.track()
class Indicator(Record):
    """MS-Ind: a figure computed from variables."""

    concept = models.CharField(_("concept"), max_length=200)
    definition = models.TextField(_("definition"))
    interpretation = models.TextField(_("how to read it"), blank=True)
    formula = models.TextField(_("method or formula"), blank=True)
    measure = models.CharField(_("measure"), max_length=120, blank=True)
    unit = models.CharField(_("unit"), max_length=80, blank=True)
    classification = models.CharField(_("broken down by"), max_length=200, blank=True)
    level = models.CharField(_("level of estimation"), max_length=120, blank=True, help_text=_("Province, regency, district, village"))
    is_composite = models.BooleanField(_("composed of other indicators"), default=False)
    publication = models.CharField(_("publication of the component indicators"), max_length=240, blank=True)
    components = models.ManyToManyField(
        "self", symmetrical=False, blank=True, related_name="part_of", verbose_name=_("component indicators")
    )
    variables = models.ManyToManyField(Variable, blank=True, related_name="indicators", verbose_name=_("component variables"))
    activity = models.ForeignKey(
        Activity, models.PROTECT, null=True, blank=True, related_name="indicators", verbose_name=_("activity that produces it")
    )

    kind = "indicator"

    class Meta(Record.Meta):
        verbose_name = _("indicator (MS-Ind)")
        verbose_name_plural = _("indicators (MS-Ind)")
        indexes = [GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="indicator_name_trgm")]


RECORDS: dict[str, type[Activity] | type[Variable] | type[Indicator]] = {
    "activity": Activity,
    "variable": Variable,
    "indicator": Indicator,
}
