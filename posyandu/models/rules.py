"""Limits and labels a ministry may change: data with source and dates, editable in the admin."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class GrowthIndex(models.TextChoices):
    WEIGHT_FOR_AGE = "zwei", _("Weight for age (BB/U)")
    LENGTH_FOR_AGE = "zlen", _("Length or height for age (PB/U, TB/U)")
    WEIGHT_FOR_LENGTH = "zwfl", _("Weight for length or height (BB/PB, BB/TB)")
    BMI_FOR_AGE = "zbmi", _("Body mass index for age (IMT/U)")


@pghistory.track()
class GrowthLimit(models.Model):
    """One band of an index: from `above` (z) up to the next band. `includes_limit`: z = above belongs to it."""

    index = models.CharField(_("index"), max_length=4, choices=GrowthIndex)
    months_from = models.PositiveSmallIntegerField(_("from month"), default=0)
    months_to = models.PositiveSmallIntegerField(_("to month"), default=60)
    above = models.FloatField(_("lower limit (z)"), null=True, blank=True, help_text=_("Empty: the lowest band."))
    includes_limit = models.BooleanField(_("the limit itself belongs to it"), default=True)
    label_id = models.CharField(_("label in Indonesian"), max_length=60)
    label_en = models.CharField(_("label in English"), max_length=60)
    tone = models.CharField(_("colour"), max_length=8, default="good")
    refer = models.BooleanField(_("refer"), default=False)
    source = models.CharField(_("source"), max_length=160)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("growth label")
        verbose_name_plural = _("growth labels")
        ordering = ["index", "months_from", models.F("above").asc(nulls_first=True)]

    def __str__(self) -> str:
        return f"{self.index} > {self.above}: {self.label_id}"

    @property
    def label(self) -> str:
        return self.label_en if (get_language() or "id").startswith("en") else self.label_id


@pghistory.track()
class MinimumGain(models.Model):
    """Minimum monthly weight gain (KBM) by sex and age in months, grams."""

    sex = models.CharField(_("sex"), max_length=1)
    months_from = models.PositiveSmallIntegerField(_("from month"))
    months_to = models.PositiveSmallIntegerField(_("to month"))
    grams = models.PositiveSmallIntegerField(_("grams"))
    source = models.CharField(_("source"), max_length=160)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("minimum weight gain (KBM)")
        verbose_name_plural = _("minimum weight gains (KBM)")
        ordering = ["sex", "months_from"]

    def __str__(self) -> str:
        return f"{self.sex} {self.months_from}-{self.months_to}: {self.grams} g"
