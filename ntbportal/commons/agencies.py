"""Agencies: provincial offices (OPD), regency and city governments, village offices, puskesmas, CSO partners."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from .places import Region


class AgencyKind(models.TextChoices):
    PROVINCIAL = "provincial", _("Provincial office")
    REGENCY = "regency", _("Regency or city government")
    VILLAGE = "village", _("Village office")
    PUSKESMAS = "puskesmas", _("Puskesmas")
    HOSPITAL = "hospital", _("Hospital")
    CSO = "cso", _("Civil society organisation")
    NATIONAL = "national", _("National institution")


@pghistory.track()
class Agency(models.Model):
    slug = models.SlugField(_("short address"), max_length=80, unique=True)
    name = models.CharField(_("name"), max_length=160)
    short_name = models.CharField(_("short name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=12, choices=AgencyKind)
    region = models.ForeignKey(Region, models.PROTECT, related_name="agencies", verbose_name=_("region served"))
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="units", verbose_name=_("part of"))
    email = models.EmailField(_("e-mail of the office"), blank=True)
    website = models.URLField(_("website"), blank=True)
    duties = models.CharField(_("what it does"), max_length=240, blank=True)
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["name"]
        indexes = [models.Index(fields=["kind", "region"], name="agency_kind_region")]

    def __str__(self) -> str:
        return self.short_name
