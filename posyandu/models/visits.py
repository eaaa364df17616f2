"""Weighing and measuring of a child on an open day, with what follows from it."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F
from django.db.models.functions import ExtractMonth, ExtractYear
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..tallying import triggers
from .contacts import VisitForm
from .families import Person
from .places import OpenDay, Posyandu


class Measure(models.TextChoices):
    LYING = "L", _("Lying (length)")
    STANDING = "H", _("Standing (height)")


class WeightStatus(models.TextChoices):
    """How the weight moved since last month, as on the growth card (KMS)."""

    GAINED = "N", _("N – gained")
    NOT_GAINED = "T", _("T – not gained")
    FIRST = "B", _("B – first weighing")
    ABSENT_BEFORE = "O", _("O – not weighed last month")


STATUS_TONES = {
    WeightStatus.GAINED: "good",
    WeightStatus.NOT_GAINED: "alert",
    WeightStatus.FIRST: "info",
    WeightStatus.ABSENT_BEFORE: "wait",
}


@pghistory.track(
    pghistory.UpdateEvent("corrected", row=pghistory.Old), pghistory.DeleteEvent("removed", row=pghistory.Old), exclude=["counted_at"]
)
class GrowthVisit(models.Model):
    """Kilograms and centimetres as measured; z-scores as WHO's `anthro` computes them. A correction keeps the old row."""

    key = models.UUIDField(_("key"), db_default=RandomUUID(), unique=True, editable=False)
    # no indexes of their own: those of Meta begin with them
    person = models.ForeignKey(Person, models.PROTECT, related_name="growth_visits", db_index=False)
    posyandu = models.ForeignKey(Posyandu, models.PROTECT, related_name="growth_visits", db_index=False)
    open_day = models.ForeignKey(OpenDay, models.PROTECT, related_name="growth_visits")
    day = models.DateField(_("day"))
    weight = models.DecimalField(_("weight (kg)"), max_digits=5, decimal_places=2)
    height = models.DecimalField(_("length or height (cm)"), max_digits=4, decimal_places=1, null=True, blank=True)
    measure = models.CharField(_("measured"), max_length=1, choices=Measure, blank=True)
    head = models.DecimalField(_("head circumference (cm)"), max_digits=4, decimal_places=1, null=True, blank=True)
    muac = models.DecimalField(_("upper arm (LiLA, cm)"), max_digits=4, decimal_places=1, null=True, blank=True)
    oedema = models.BooleanField(_("oedema in both feet"), default=False)
    zwei = models.FloatField(null=True)
    zlen = models.FloatField(null=True)
    zwfl = models.FloatField(null=True)
    zbmi = models.FloatField(null=True)
    zhc = models.FloatField(null=True)
    is_implausible = models.BooleanField(_("implausible"), default=False)
    confirmed = models.BooleanField(_("unusual value confirmed"), default=False)
    status = models.CharField(_("weight"), max_length=1, choices=WeightStatus)
    twice = models.BooleanField(_("not gained twice running"), default=False)
    counts = models.BooleanField(_("the month's last"), default=True, editable=False)
    # the posyandu that counts it; kept by the database (belonging.py), so no key of its own
    counted_at = models.ForeignKey(
        Posyandu, models.DO_NOTHING, null=True, editable=False, related_name="+", db_index=False, db_constraint=False
    )
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)

    class Meta:
        verbose_name = _("growth visit")
        verbose_name_plural = _("growth visits")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["person", "open_day"], name="one_weighing_per_open_day"),
            models.UniqueConstraint(
                F("person"), ExtractYear("day"), ExtractMonth("day"), condition=models.Q(counts=True), name="one_weighing_counts_per_month"
            ),
        ]
        triggers = triggers("visits")
        indexes = [
            models.Index(fields=["person", "day"], name="visit_person_day"),
            models.Index(fields=["posyandu", "day"], name="visit_posyandu_day"),
            models.Index(fields=["day"], name="visit_day"),
            models.Index(
                fields=["posyandu", "day"],
                condition=models.Q(is_implausible=True) | models.Q(confirmed=True),
                name="visit_unusual",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.day}"

    @property
    def status_tone(self) -> str:
        return STATUS_TONES[WeightStatus(self.status)]


class WeighingCheck(models.Model):
    """Somebody of the puskesmas has looked at an unusual weighing and holds it right; where it is corrected later, it is looked at anew."""

    visit = models.OneToOneField(GrowthVisit, models.CASCADE, related_name="check_made")
    checked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(_("looked at"), default=timezone.now)

    class Meta:
        verbose_name = _("look at an unusual weighing")
        verbose_name_plural = _("looks at unusual weighings")

    def __str__(self) -> str:
        return f"{self.visit_id} {self.checked_at:%Y-%m-%d}"


@pghistory.track(pghistory.UpdateEvent("corrected", row=pghistory.Old), pghistory.DeleteEvent("removed", row=pghistory.Old))
class Visit(models.Model):
    """A contact of any age by a form: the answers as given, what was worked out of them, and the findings by code."""

    key = models.UUIDField(_("key"), db_default=RandomUUID(), unique=True, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="visits", db_index=False)
    posyandu = models.ForeignKey(Posyandu, models.PROTECT, related_name="visits", db_index=False)
    open_day = models.ForeignKey(OpenDay, models.PROTECT, null=True, blank=True, related_name="visits")
    form = models.ForeignKey(VisitForm, models.PROTECT, related_name="visits", verbose_name=_("form"))
    day = models.DateField(_("day"))
    answers = models.JSONField(_("answers"), default=dict)
    derived = models.JSONField(_("worked out"), default=dict)
    findings = ArrayField(models.CharField(max_length=40), default=list, blank=True, verbose_name=_("findings"))
    tallied = ArrayField(models.CharField(max_length=60), default=list, blank=True, editable=False)
    refer = models.BooleanField(_("refer"), default=False)
    confirmed = models.BooleanField(_("unusual value confirmed"), default=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["person", "form", "day"], name="one_visit_per_form_and_day")]
        indexes = [models.Index(fields=["posyandu", "day"], name="contact_posyandu_day")]
        triggers = triggers("contacts")

    def __str__(self) -> str:
        return f"{self.person} {self.day}"
