"""What is given: vaccines, vitamin A, deworming, iron; the schedule as data, what was given to whom, and the posyandu's stock."""

from __future__ import annotations

from datetime import date, timedelta

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.places import Region

from ..tallying import triggers
from .contacts import in_language
from .families import Person
from .places import OpenDay, Posyandu


class ItemKind(models.TextChoices):
    VACCINE = "vaccine", _("Immunisation")
    VITAMIN = "vitamin", _("Vitamin A")
    DEWORMING = "deworming", _("Deworming")
    IRON = "iron", _("Iron")
    SUPPLY = "supply", _("Used up")  # strips and the like: in stock, given to nobody


@pghistory.track()
class Item(models.Model):
    """One row of the schedule: a dose of a series, or what is given again and again (`every_days`, or in `months` of the year); for a birth
    cohort, regions and the days on which a decree is in force. Which row counts for whom is in posyandu/schedules.py."""

    code = models.SlugField(_("code"), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=ItemKind)
    name_id = models.CharField(_("name in Indonesian"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    series = models.CharField(_("series"), max_length=20, blank=True, help_text=_("Doses of one series follow each other."))
    dose = models.PositiveSmallIntegerField(_("dose"), default=1)
    from_days = models.PositiveIntegerField(_("due from day of life"))
    until_days = models.PositiveIntegerField(_("given until day of life"))
    after_days = models.PositiveSmallIntegerField(_("days after the dose before"), default=28)
    months = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True, verbose_name=_("only in months"))
    every_days = models.PositiveSmallIntegerField(_("again after days"), default=0)
    sex = models.CharField(_("only"), max_length=1, blank=True)
    regions = ArrayField(models.CharField(max_length=13), default=list, blank=True, verbose_name=_("only in regions"))
    born_from = models.DateField(_("for those born from"), null=True, blank=True)
    born_until = models.DateField(_("for those born until"), null=True, blank=True)
    valid_from = models.DateField(_("in force from"), null=True, blank=True)
    valid_until = models.DateField(_("in force until"), null=True, blank=True)
    credits = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name=_("stands for, too"),
        help_text=_("Codes of doses that this one holds, which are then not due by themselves."),
    )  # fmt: skip
    is_verified = models.BooleanField(
        _("verified"), default=True, help_text=_("Not: from one source only; to be confirmed by the health office.")
    )
    is_basic = models.BooleanField(_("part of complete basic immunisation (IDL)"), default=False)
    at_school = models.BooleanField(_("given at school (BIAS)"), default=False, help_text=_("The posyandu asks and writes down."))
    is_stocked = models.BooleanField(_("the posyandu keeps a stock"), default=False)
    used_by = models.CharField(
        _("used up by the question"),
        max_length=40,
        blank=True,
        help_text=_("Each answer to it uses one up, as blood glucose does a strip."),
    )
    source = models.CharField(_("source"), max_length=200)
    is_active = models.BooleanField(_("active"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("line of the schedule")
        verbose_name_plural = _("schedule of immunisation and vitamins")
        ordering = ["position"]

    def __str__(self) -> str:
        return self.name_id

    @property
    def name(self) -> str:
        return in_language(self, "name")


@pghistory.track(pghistory.UpdateEvent("corrected", row=pghistory.Old), pghistory.DeleteEvent("removed", row=pghistory.Old))
class Given(models.Model):
    """Something given to somebody on a day, here or elsewhere (then without a posyandu's open day)."""

    key = models.UUIDField(_("key"), db_default=RandomUUID(), unique=True, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="given", db_index=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="given")
    posyandu = models.ForeignKey(Posyandu, models.PROTECT, related_name="given", db_index=False)
    open_day = models.ForeignKey(OpenDay, models.PROTECT, null=True, blank=True, related_name="given")
    day = models.DateField(_("day"))
    campaign = models.ForeignKey(
        "Campaign", models.PROTECT, null=True, blank=True, related_name="given", verbose_name=_("in the campaign"),
        help_text=_("A dose beside the schedule, which goes on as if it had not been given."),
    )  # fmt: skip
    batch = models.CharField(_("batch number"), max_length=40, blank=True)
    elsewhere = models.CharField(_("given elsewhere"), max_length=80, blank=True)
    tallied = ArrayField(models.CharField(max_length=60), default=list, blank=True, editable=False)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)

    class Meta:
        verbose_name = _("given")
        verbose_name_plural = _("given")
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["person", "item", "day"], name="given_once_a_day")]
        indexes = [models.Index(fields=["posyandu", "day"], name="given_posyandu_day")]
        triggers = triggers("contacts")

    def __str__(self) -> str:
        return f"{self.item} {self.day}"


@pghistory.track()
class Campaign(models.Model):
    """A time in which an item is given to all of an age beside the schedule (ORI, PIN, BIAN …)."""

    name = models.CharField(_("name"), max_length=80)
    item = models.ForeignKey(Item, models.PROTECT, related_name="campaigns", verbose_name=_("what is given"))
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("where"))
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("until"))
    from_days = models.PositiveIntegerField(_("from day of life"))
    until_days = models.PositiveIntegerField(_("until day of life"))
    after_days = models.PositiveSmallIntegerField(
        _("days since a dose of the same kind"), default=28, help_text=_("At least; 0 where it does not matter.")
    )
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-first_day"]

    def __str__(self) -> str:
        return self.name

    @property
    def code(self) -> str:
        """What the month counts its doses by."""
        return f"campaign:{self.pk}"

    @property
    def births(self) -> tuple[date, date]:
        """Between which days somebody is born who is of the age on any day of it."""
        return self.first_day - timedelta(days=self.until_days), self.last_day - timedelta(days=self.from_days)

    def fits(self, person: Person, day: date) -> bool:
        """Whether it is for somebody of this age and sex on a day. The place is another matter."""
        age = (day - person.birth_date).days
        return self.first_day <= day <= self.last_day and self.from_days <= age <= self.until_days and self.item.sex in ("", person.sex)


class StockMove(models.Model):
    """Units that came (positive) or went (negative) beside what was given; the stock is their sum less what was given."""

    posyandu = models.ForeignKey(Posyandu, models.PROTECT, related_name="stock_moves")
    item = models.ForeignKey(Item, models.PROTECT, related_name="stock_moves", verbose_name=_("what"))
    day = models.DateField(_("day"), default=timezone.localdate)
    amount = models.IntegerField(_("amount"), help_text=_("Negative: lost, expired, given back."))
    note = models.CharField(_("note"), max_length=120, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("movement of stock")
        verbose_name_plural = _("movements of stock")
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return f"{self.item} {self.amount:+}"
