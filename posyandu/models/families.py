"""Households and the people in them. KK and NIK are encrypted, found by blind index, and optional."""

from __future__ import annotations

from datetime import date

import pghistory
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.privacy import BlindIndexField, EncryptedTextField

from .places import Posyandu


class Sex(models.TextChoices):
    FEMALE = "F", _("Girl")
    MALE = "M", _("Boy")


@pghistory.track()
class Household(models.Model):
    posyandu = models.ForeignKey(Posyandu, models.PROTECT, related_name="households")
    head_name = models.CharField(_("head of the family"), max_length=120)
    kk = EncryptedTextField(_("KK number"), blank=True)
    kk_index = BlindIndexField(of="kk")
    address = models.CharField(_("address"), max_length=160, blank=True)
    consent_on = models.DateField(_("consent given on"), null=True, blank=True)
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")

    def __str__(self) -> str:
        return self.head_name


class PersonQuerySet(models.QuerySet["Person"]):
    def under_five_on(self, day: date) -> PersonQuerySet:
        """Children not yet 60 months old on a day."""
        try:
            limit = day.replace(year=day.year - 5)
        except ValueError:  # 29 February
            limit = day.replace(year=day.year - 5, day=28)
        return self.filter(birth_date__gt=limit, birth_date__lte=day, left_on__isnull=True)


@pghistory.track()
class Person(models.Model):
    household = models.ForeignKey(Household, models.PROTECT, related_name="people")
    posyandu = models.ForeignKey(Posyandu, models.PROTECT, related_name="people")
    name = models.CharField(_("name"), max_length=120)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex)
    birth_date = models.DateField(_("born on"))
    nik = EncryptedTextField(_("NIK"), blank=True)
    nik_index = BlindIndexField(of="nik")
    mother_name = models.CharField(_("name of the mother"), max_length=120, blank=True)
    has_kms = models.BooleanField(_("has a growth card (KMS)"), default=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [
            models.Index(fields=["posyandu", "birth_date"], name="person_posyandu_birth"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="person_name_trgm"),
        ]

    def __str__(self) -> str:
        return self.name

    def age_in_days(self, day: date) -> int:
        return (day - self.birth_date).days

    def age_in_months(self, day: date) -> int:
        """Completed months of life, as on the growth card."""
        months = (day.year - self.birth_date.year) * 12 + day.month - self.birth_date.month
        return months - (day.day < self.birth_date.day)
