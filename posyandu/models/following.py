"""What follows a visit: referrals to the puskesmas and back, and social problems found early."""

from __future__ import annotations

import secrets
from typing import Any

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from care.models import Case
from ntbportal.commons.agencies import Agency

from .families import Household, Person
from .places import Posyandu

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_code() -> str:
    """Readable aloud, unguessable: ten of 31 letters, 49 bits."""
    return "".join(secrets.choice(ALPHABET) for _letter in range(10))


class ReferralState(models.TextChoices):
    SENT = "sent", _("Referred")
    ARRIVED = "arrived", _("Arrived")
    ANSWERED = "answered", _("Answered")
    MISSED = "missed", _("Did not come")
    CLOSED = "closed", _("Closed without a visit")


REFERRAL_TONES = {"sent": "wait", "arrived": "info", "answered": "good", "missed": "alert", "closed": "neutral"}


@pghistory.track()
class Referral(models.Model):
    code = models.CharField(_("code"), max_length=10, unique=True, default=new_code, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="referrals")
    posyandu = models.ForeignKey(Posyandu, models.PROTECT, related_name="referrals")
    puskesmas = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("puskesmas"))
    day = models.DateField(_("day"))
    due_on = models.DateField(_("to come until"))
    reasons = ArrayField(models.CharField(max_length=120), default=list, verbose_name=_("reasons"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    is_urgent = models.BooleanField(_("at once"), default=False)
    state = models.CharField(_("state"), max_length=8, choices=ReferralState, default=ReferralState.SENT)
    seen_on = models.DateField(_("seen on"), null=True, blank=True)
    feedback = models.TextField(_("what the puskesmas found and did"), blank=True)
    advice = models.TextField(_("what the cadre is to do"), blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    referred_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "day"], name="one_referral_per_day"),
        ]
        indexes = [models.Index(fields=["posyandu", "state", "due_on"], name="referral_open")]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("posyandu:referral", args=[self.code])

    @property
    def tone(self) -> str:
        return REFERRAL_TONES[self.state]

    @property
    def is_open(self) -> bool:
        """Nobody has said yet how it ended."""
        return self.state in {ReferralState.SENT, ReferralState.ARRIVED, ReferralState.MISSED}


class Problem(models.TextChoices):
    """The ten questions of early detection."""

    OUT_OF_SCHOOL = "out-of-school", _("Is a child of school age not at school?")
    CHILD_MARRIAGE = "child-marriage", _("Is somebody under 19 married, or about to be?")
    VIOLENCE = "violence", _("Is somebody hurt or threatened at home?")
    DISABILITY = "disability", _("Does somebody with a disability lack support?")
    ELDERLY = "elderly", _("Is an old person left alone or uncared for?")
    MIGRANT = "migrant", _("Are parents working far away and children left behind?")
    HOUSING = "housing", _("Is the house unfit, or without latrine or clean water?")
    DOCUMENTS = "documents", _("Does somebody lack a birth certificate, NIK or KK?")
    FOOD = "food", _("Was there too little to eat in the last month?")
    DRUGS = "drugs", _("Does somebody use drugs?")


# which kind of report a problem becomes: slug of a category of NTB Care
CATEGORIES = {
    Problem.OUT_OF_SCHOOL: "putus-sekolah",
    Problem.CHILD_MARRIAGE: "kekerasan-anak",
    Problem.VIOLENCE: "kekerasan",
    Problem.DISABILITY: "belum-terdaftar",
    Problem.ELDERLY: "lansia-terlantar",
    Problem.MIGRANT: "bantuan-sosial",
    Problem.HOUSING: "bantuan-sosial",
    Problem.DOCUMENTS: "kependudukan",
    Problem.FOOD: "belum-terdaftar",
    Problem.DRUGS: "ketertiban",
}


@pghistory.track()
class SocialCheck(models.Model):
    """The ten questions asked of a family on a day: who said yes to what, and what is to be done."""

    household = models.ForeignKey(Household, models.PROTECT, related_name="social_checks")
    posyandu = models.ForeignKey(Posyandu, models.PROTECT, related_name="social_checks")
    day = models.DateField(_("day"))
    found = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name=_("problems found"))
    notes = models.JSONField(_("notes"), default=dict, blank=True)
    consent = models.BooleanField(_("the family agrees that it is passed on"), default=False)
    plan = models.TextField(_("what is to be done"), blank=True)
    follow_up_on = models.DateField(_("look again on"), null=True, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("check for social problems")
        verbose_name_plural = _("checks for social problems")
        ordering = ["-day", "-pk"]
        constraints = [models.UniqueConstraint(fields=["household", "day"], name="one_social_check_per_day")]

    def __str__(self) -> str:
        return f"{self.household} {self.day}"


class SocialCase(models.Model):
    """A problem that was passed on to NTB Care; the PIN opens the case for whoever passed it on."""

    check_made = models.ForeignKey(SocialCheck, models.CASCADE, related_name="cases")
    problem = models.CharField(_("problem"), max_length=20, choices=Problem)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("problem passed on")
        verbose_name_plural = _("problems passed on")
        constraints = [models.UniqueConstraint(fields=["check_made", "problem"], name="passed_on_once")]

    def __str__(self) -> str:
        return f"{self.problem} {self.case_id}"

    @property
    def answers(self) -> Any:
        """What the agency has answered or asked since; whoever passed it on is the reporter."""
        told = ("answered", "asked", "transferred", "rejected", "referred", "closed", "reopened")
        return self.case.moves.filter(what__in=told).exclude(public_note="").order_by("at")
