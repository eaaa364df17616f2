"""Posyandu and their open days."""

from __future__ import annotations

from typing import Any

import pghistory
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.agencies import Agency
from ntbportal.commons.people import Role, User
from ntbportal.commons.places import PROVINCE_CODE, Region

from ..tallying import village_trigger


class PosyanduQuerySet(models.QuerySet["Posyandu"]):
    def visible_to(self, user: User) -> PosyanduQuerySet:
        """A cadre sees her own posyandu, a midwife those of her region."""
        seen = models.Q(cadres=user)
        for code in user.regions_as(Role.MIDWIFE):
            seen |= models.Q(village_id=code) | models.Q(village__code__startswith=f"{code}.")
        if user.is_one_of(Role.ADMIN) or user.is_superuser or PROVINCE_CODE in user.regions_as(Role.MIDWIFE):
            return self.all()
        return self.filter(seen).distinct()

    @staticmethod
    def visible_in_sql(user: User) -> tuple[str, list[Any]]:
        """visible_to() as a condition on posyandu_posyandu and its values, for what phones send one by one."""
        areas = user.regions_as(Role.MIDWIFE)
        if user.is_one_of(Role.ADMIN) or user.is_superuser or PROVINCE_CODE in areas:
            return "TRUE", []
        return (
            "(village_id = ANY(%s) OR village_id LIKE ANY(%s)"
            " OR EXISTS (SELECT FROM posyandu_posyandu_cadres c WHERE c.posyandu_id = posyandu_posyandu.id AND c.user_id = %s))",
            [list(areas), [f"{code}.%" for code in areas], user.pk],
        )


@pghistory.track()
class Posyandu(models.Model):
    name = models.CharField(_("name"), max_length=100)
    village = models.ForeignKey(Region, models.PROTECT, related_name="posyandu", verbose_name=_("village"))
    hamlet = models.CharField(_("hamlet"), max_length=80, blank=True)
    puskesmas = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="posyandu", verbose_name=_("puskesmas"))
    address = models.CharField(_("address"), max_length=160, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    open_day_of_month = models.PositiveSmallIntegerField(_("usual open day of the month"), default=10)
    cadres = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="posyandu", verbose_name=_("cadres"))
    is_active = models.BooleanField(_("active"), default=True)
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)

    objects = PosyanduQuerySet.as_manager()

    class Meta:
        verbose_name = "posyandu"
        verbose_name_plural = "posyandu"
        ordering = ["name"]
        triggers = [village_trigger()]

    def __str__(self) -> str:
        return self.name


class OpenDay(models.Model):
    """One open day (hari buka) of one posyandu, or a day on which its cadres visited people at home."""

    posyandu = models.ForeignKey(Posyandu, models.PROTECT, related_name="open_days")
    day = models.DateField(_("day"))
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    is_home_visits = models.BooleanField(_("home visits"), default=False, db_default=False)

    class Meta:
        verbose_name = _("open day")
        verbose_name_plural = _("open days")
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["posyandu", "day"], name="one_open_day_per_date")]

    def __str__(self) -> str:
        return f"{self.posyandu} {self.day}"

    def get_absolute_url(self) -> str:
        return reverse("posyandu:open_day", args=[self.pk])


class Arrival(models.Model):
    """Somebody came to an open day: the number that table 1 gives, and when the last table let them go."""

    open_day = models.ForeignKey(OpenDay, models.CASCADE, related_name="arrivals")
    person = models.ForeignKey("posyandu.Person", models.CASCADE, related_name="arrivals")
    number = models.PositiveSmallIntegerField(_("number"))
    arrived_at = models.DateTimeField(_("arrived"), default=timezone.now)
    done_at = models.DateTimeField(_("left"), null=True, blank=True)

    class Meta:
        verbose_name = _("arrival")
        verbose_name_plural = _("arrivals")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["open_day", "person"], name="one_arrival_per_person"),
            models.UniqueConstraint(fields=["open_day", "number"], name="one_arrival_per_number"),
        ]

    def __str__(self) -> str:
        return f"{self.open_day_id} #{self.number}"
