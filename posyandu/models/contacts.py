"""Visits of every age as data: which form fits whom, what it asks, what follows from the answers. Editable, with sources."""

from __future__ import annotations

from typing import Any

import pghistory
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def in_language(row: Any, name: str) -> str:
    """The text in the language of the page, else in the other."""
    first, second = ("en", "id") if (get_language() or "id").startswith("en") else ("id", "en")
    return str(getattr(row, f"{name}_{first}") or getattr(row, f"{name}_{second}"))


class Condition(models.TextChoices):
    """Of life, beside age and sex; asked on the person's page."""

    PREGNANT = "pregnant", _("Pregnant")
    NURSING = "nursing", _("Up to 42 days after birth")


@pghistory.track()
class VisitForm(models.Model):
    slug = models.SlugField(_("short name"), max_length=30, unique=True)
    title_id = models.CharField(_("title in Indonesian"), max_length=80)
    title_en = models.CharField(_("title in English"), max_length=80)
    months_from = models.PositiveSmallIntegerField(_("from age in months"), default=0)
    months_to = models.PositiveSmallIntegerField(_("below age in months"), default=1500)
    sex = models.CharField(_("only"), max_length=1, blank=True)
    condition = models.CharField(_("only when"), max_length=10, choices=Condition, blank=True)
    derived = models.JSONField(
        _("what is worked out"), default=list, blank=True, help_text=_("Code, formula, and the codes it is made of.")
    )
    source = models.CharField(_("source"), max_length=200)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("form of visits")
        verbose_name_plural = _("forms of visits")
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title_id

    @property
    def title(self) -> str:
        return in_language(self, "title")


class QuestionKind(models.TextChoices):
    NUMBER = "number", _("Number")
    YES_NO = "yesno", _("Yes or no")
    CHOICE = "choice", _("One of a list")
    TEXT = "text", _("Text")
    DATE = "date", _("Date")


@pghistory.track()
class VisitQuestion(models.Model):
    """`least`/`most`: refused outside. `low`/`high`: asked about outside. `when`: a condition as in Finding, else not asked."""

    form = models.ForeignKey(VisitForm, models.CASCADE, related_name="questions")
    code = models.SlugField(_("code"), max_length=40)
    kind = models.CharField(_("kind"), max_length=8, choices=QuestionKind, default=QuestionKind.NUMBER)
    section_id = models.CharField(_("heading in Indonesian"), max_length=80, blank=True)
    section_en = models.CharField(_("heading in English"), max_length=80, blank=True)
    text_id = models.CharField(_("question in Indonesian"), max_length=200)
    text_en = models.CharField(_("question in English"), max_length=200)
    help_id = models.CharField(_("help in Indonesian"), max_length=200, blank=True)
    help_en = models.CharField(_("help in English"), max_length=200, blank=True)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    least = models.FloatField(_("impossible below"), null=True, blank=True)
    most = models.FloatField(_("impossible above"), null=True, blank=True)
    low = models.FloatField(_("unusual below"), null=True, blank=True)
    high = models.FloatField(_("unusual above"), null=True, blank=True)
    decimals = models.PositiveSmallIntegerField(_("decimals"), default=0)
    choices = models.JSONField(_("choices"), default=list, blank=True, help_text=_("[points, Indonesian, English] each."))
    when = models.JSONField(_("asked when"), default=list, blank=True)
    is_required = models.BooleanField(_("must be answered"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["form", "position"]
        constraints = [models.UniqueConstraint(fields=["form", "code"], name="one_question_per_code")]

    def __str__(self) -> str:
        return self.text_id

    @property
    def text(self) -> str:
        return in_language(self, "text")

    @property
    def help(self) -> str:
        return in_language(self, "help")

    @property
    def section(self) -> str:
        return in_language(self, "section")

    @property
    def told_choices(self) -> list[tuple[str, str]]:
        """(value, in the reader's language) of each choice."""
        place = 2 if (get_language() or "id").startswith("en") else 1
        return [(str(one[0]), one[place]) for one in self.choices]


class FindingBase(models.Model):
    """What follows when all of `when` holds: [[code, operator, value], …]; with a value that is not there it is unknown (conditions.py)."""

    group = models.SlugField(_("of a kind"), max_length=30, help_text=_("Of one kind only the first that holds is found."))
    when = models.JSONField(_("when"), default=list)
    label_id = models.CharField(_("label in Indonesian"), max_length=80)
    label_en = models.CharField(_("label in English"), max_length=80)
    advice_id = models.TextField(_("what to tell the family, in Indonesian"), blank=True)
    advice_en = models.TextField(_("what to tell the family, in English"), blank=True)
    task_id = models.TextField(_("what the cadre does, in Indonesian"), blank=True)
    task_en = models.TextField(_("what the cadre does, in English"), blank=True)
    tone = models.CharField(_("colour"), max_length=8, default="good")
    refer = models.BooleanField(_("refer"), default=False)
    urgent = models.BooleanField(_("at once"), default=False)
    source = models.CharField(_("source"), max_length=200)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.label_id

    @property
    def label(self) -> str:
        return in_language(self, "label")

    @property
    def advice(self) -> str:
        return in_language(self, "advice")

    @property
    def task(self) -> str:
        return in_language(self, "task")


@pghistory.track()
class Finding(FindingBase):
    """What the answers of a form show. `measured`: the code whose answer makes the visit count as examined, for the share of those
    found."""

    form = models.ForeignKey(VisitForm, models.CASCADE, related_name="finding_rules")
    code = models.SlugField(_("code"), max_length=40)
    measured = models.CharField(_("examined by"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["form", "position"]
        constraints = [models.UniqueConstraint(fields=["form", "code"], name="one_finding_per_code")]


@pghistory.track()
class GrowthFinding(FindingBase):
    """What a weighing shows, and the counselling that goes with it; of posyandu/judging.py."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("finding about growth")
        verbose_name_plural = _("findings about growth")
        ordering = ["position"]
