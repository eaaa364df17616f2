"""Households and the people in them. KK and NIK are encrypted, found by blind index, and optional."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pghistory
from django.conf import settings
from django.contrib.postgres.functions import RandomUUID
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ntbportal.commons.privacy import BlindIndexField, EncryptedTextField

from ..sounds import sound_of
from ..tallying import triggers
from .places import Posyandu


class Sex(models.TextChoices):
    FEMALE = "F", pgettext_lazy("sex", "Female")
    MALE = "M", pgettext_lazy("sex", "Male")


class Relation(models.TextChoices):
    """To the head of the family."""

    HEAD = "head", _("Head of the family")
    WIFE = "wife", _("Wife")
    HUSBAND = "husband", _("Husband")
    CHILD = "child", _("Child")
    PARENT = "parent", _("Parent or parent-in-law")
    GRANDCHILD = "grandchild", _("Grandchild")
    OTHER = "other", _("Other")


class Came(models.TextChoices):
    BORN = "born", _("Born here")
    MOVED = "moved", _("Moved in")
    REGISTERED = "registered", _("Entered from the register")


class Left(models.TextChoices):
    MOVED = "moved", _("Moved to another posyandu")
    AWAY = "away", _("Moved away, not to a posyandu of this portal")
    DIED = "died", _("Died")
    ERROR = "error", _("Entered by mistake")


@pghistory.track()
class Household(models.Model):
    posyandu = models.ForeignKey(Posyandu, models.PROTECT, related_name="households")
    head_name = models.CharField(_("head of the family"), max_length=120)
    kk = EncryptedTextField(_("KK number"), blank=True)
    kk_index = BlindIndexField(of="kk")
    address = models.CharField(_("address"), max_length=160, blank=True)
    phone = EncryptedTextField(_("telephone"), blank=True)
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


@pghistory.track(exclude=["counted_from", "counted_until"])
class Person(models.Model):
    key = models.UUIDField(_("key"), db_default=RandomUUID(), unique=True, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, related_name="people")
    posyandu = models.ForeignKey(Posyandu, models.PROTECT, related_name="people")
    name = models.CharField(_("name"), max_length=120)
    sex = models.CharField(_("sex"), max_length=1, choices=Sex)
    birth_date = models.DateField(_("born on"))
    nik = EncryptedTextField(_("NIK"), blank=True)
    nik_index = BlindIndexField(of="nik")
    mother_name = models.CharField(_("name of the mother"), max_length=120, blank=True)
    has_kms = models.BooleanField(_("has a growth card (KMS)"), default=True)
    relation = models.CharField(_("relation to the head of the family"), max_length=10, choices=Relation, default=Relation.CHILD)
    mother = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="children", verbose_name=_("mother"))
    came = models.CharField(_("came"), max_length=10, choices=Came, default=Came.REGISTERED)
    joined_on = models.DateField(_("at this posyandu since"), null=True, blank=True, help_text=_("Empty: since birth."))
    left_on = models.DateField(_("left on"), null=True, blank=True)
    left = models.CharField(_("why"), max_length=10, choices=Left, blank=True)
    birth_weight = models.DecimalField(_("weight at birth (kg)"), max_digits=4, decimal_places=2, null=True, blank=True)
    birth_length = models.DecimalField(_("length at birth (cm)"), max_digits=4, decimal_places=1, null=True, blank=True)
    died_on = models.DateField(_("died on"), null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="doubles", verbose_name=_("merged into"))
    counted_from = models.DateField(null=True, editable=False)
    counted_until = models.DateField(null=True, editable=False)
    sound = models.CharField(max_length=120, blank=True, editable=False, help_text=_("The name as it sounds."))
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        indexes = [
            models.Index(fields=["posyandu", "birth_date"], name="person_posyandu_birth"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="person_name_trgm"),
            GinIndex(OpClass("sound", name="gin_trgm_ops"), name="person_sound_trgm"),
        ]
        triggers = triggers("people")

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **options: Any) -> None:
        self.sound = sound_of(self.name)
        if (fields := options.get("update_fields")) is not None and "name" in fields:
            options["update_fields"] = {*fields, "sound"}
        super().save(*args, **options)

    def age_in_days(self, day: date) -> int:
        return (day - self.birth_date).days

    def age_in_months(self, day: date) -> int:
        """Completed months of life, as on the growth card."""
        return months_between(self.birth_date, day)

    def refuse_after_death(self, day: date) -> None:
        """ValidationError where nothing can be written down of this person any more."""
        if self.died_on is not None and day > self.died_on:
            said = {"name": self.name, "day": date_format(self.died_on)}
            raise ValidationError(_("%(name)s died on %(day)s; nothing can be written down after that day. Check the day.") % said)

    @property
    def low_birth_weight(self) -> bool:
        """BBLR: below 2.5 kg (WHO)."""
        return self.birth_weight is not None and self.birth_weight < Decimal("2.5")

    @property
    def is_here(self) -> bool:
        return self.left_on is None


def months_between(born: date, day: date) -> int:
    """Completed months from one day to the other."""
    return (day.year - born.year) * 12 + day.month - born.month - (day.day < born.day)


class PastStay(models.Model):
    """A time that a person belonged to a posyandu before moving to the present one. Birth and card are copies: the counts of past
    months are made of them by the database."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="past_stays")
    posyandu = models.ForeignKey(Posyandu, models.PROTECT, related_name="past_stays")
    birth_date = models.DateField()
    has_kms = models.BooleanField(default=True)
    joined_on = models.DateField(_("since"), null=True, blank=True)
    left_on = models.DateField(_("until"))
    counted_from = models.DateField(null=True, editable=False)
    counted_until = models.DateField(null=True, editable=False)
    moved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("past stay")
        verbose_name_plural = _("past stays")
        ordering = ["-left_on"]
        triggers = triggers("stays")

    def __str__(self) -> str:
        return f"{self.person_id} {self.posyandu} – {self.left_on}"


class Merge(models.Model):
    """Two records of one person made one, with what is needed to undo it."""

    kept = models.ForeignKey(Person, models.CASCADE, related_name="+")
    double = models.ForeignKey(Person, models.CASCADE, related_name="+")
    moved = models.JSONField(default=dict, help_text=_("Rows that changed hands, by table."))
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    merged_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("merge of doubles")
        verbose_name_plural = _("merges of doubles")

    def __str__(self) -> str:
        return f"{self.double_id} → {self.kept_id}"
