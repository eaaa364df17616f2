"""Strata of posyandu over time, and what a posyandu plans to do."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .places import Posyandu


class Stratum(models.TextChoices):
    """Ministry of Health, guideline for posyandu (2011)."""

    PRATAMA = "pratama", "Pratama"
    MADYA = "madya", "Madya"
    PURNAMA = "purnama", "Purnama"
    MANDIRI = "mandiri", "Mandiri"


class StratumRecord(models.Model):
    """What a posyandu's stratum was from a day on, with the figures it came from."""

    posyandu = models.ForeignKey(Posyandu, models.CASCADE, related_name="strata")
    day = models.DateField(_("since"))
    stratum = models.CharField(_("stratum"), max_length=8, choices=Stratum)
    is_family = models.BooleanField(_("serves every age (family posyandu)"), default=False)
    facts = models.JSONField(_("figures"), default=dict)

    class Meta:
        verbose_name = _("stratum of a posyandu")
        verbose_name_plural = _("strata of posyandu")
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["posyandu", "day"], name="one_stratum_per_day")]

    def __str__(self) -> str:
        return f"{self.posyandu_id} {self.day}: {self.stratum}"


@pghistory.track()
class PosyanduPlan(models.Model):
    """What is to be done for the next stratum, and what records of visits cannot tell."""

    posyandu = models.OneToOneField(Posyandu, models.CASCADE, related_name="plan")
    active_cadres = models.PositiveSmallIntegerField(_("active cadres"), default=0)
    extra_programmes = models.PositiveSmallIntegerField(_("extra programmes"), default=0, help_text=_("PAUD, BKB, TOGA …"))
    fund_households = models.PositiveIntegerField(_("households in the health fund (dana sehat)"), default=0)
    plan = models.TextField(_("what will be done until when, by whom"), blank=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("plan of a posyandu")
        verbose_name_plural = _("plans of posyandu")

    def __str__(self) -> str:
        return str(self.posyandu)
