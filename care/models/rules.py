"""What may be reported, who is responsible, and by when: data with source and dates, editable in the admin."""

from __future__ import annotations

from datetime import datetime, timedelta

import pghistory
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.agencies import Agency
from ntbportal.commons.places import Region


class CaseKind(models.TextChoices):
    """Kinds of report of SP4N-LAPOR! (PermenPANRB 62/2018)."""

    COMPLAINT = "complaint", _("Complaint")
    ASPIRATION = "aspiration", _("Suggestion")
    INFORMATION = "information", _("Request for information")


@pghistory.track()
class Category(models.Model):
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name_id = models.CharField(_("name in Indonesian"), max_length=80)
    name_en = models.CharField(_("name in English"), max_length=80)
    hint_id = models.CharField(_("examples in Indonesian"), max_length=160, blank=True)
    hint_en = models.CharField(_("examples in English"), max_length=160, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("within"))
    words = models.TextField(
        _("words people use for it"), blank=True, help_text=_("Separated by commas; the form proposes the category when they are typed.")
    )
    is_emergency = models.BooleanField(_("emergency"), default=False, help_text=_("Alerted at once, first response within 60 minutes."))
    is_sensitive = models.BooleanField(_("sensitive"), default=False, help_text=_("Public pages show the place only roughly."))
    is_confidential = models.BooleanField(
        _("confidential"),
        default=False,
        help_text=_("About people in danger or those who tell of wrongs: every report is secret."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "name_id"]

    def __str__(self) -> str:
        return self.name

    @property
    def full_name(self) -> str:
        """“Roads and bridges: pothole” for a category within another one."""
        return f"{self.parent.name}: {self.name}" if self.parent else self.name

    @property
    def keeps_secret(self) -> bool:
        """Whether reports of this category are secret whatever the reporter ticks; so are those of
        the categories within a confidential one."""
        return self.is_confidential or bool(self.parent and self.parent.is_confidential)

    @property
    def name(self) -> str:
        return self.name_en if (get_language() or "id").startswith("en") else self.name_id

    @property
    def hint(self) -> str:
        return self.hint_en if (get_language() or "id").startswith("en") else self.hint_id


class AnswerKind(models.TextChoices):
    TEXT = "text", _("a short text")
    NUMBER = "number", _("a number")
    DATE = "date", _("a date")
    YES_NO = "yes_no", _("yes or no")
    CHOICE = "choice", _("one of several")


@pghistory.track()
class Question(models.Model):
    """What the form asks in a category, and in the categories within it."""

    category = models.ForeignKey(Category, models.CASCADE, related_name="questions", verbose_name=_("category"))
    text_id = models.CharField(_("question in Indonesian"), max_length=160)
    text_en = models.CharField(_("question in English"), max_length=160)
    answer_kind = models.CharField(_("answer"), max_length=8, choices=AnswerKind, default=AnswerKind.TEXT)
    choices_id = models.TextField(_("choices in Indonesian"), blank=True, help_text=_("One a line, for “one of several”."))
    choices_en = models.TextField(_("choices in English"), blank=True, help_text=_("In the same order."))
    is_required = models.BooleanField(_("must be answered"), default=False)
    is_public = models.BooleanField(_("the answer is public"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["category", "position", "pk"]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        return self.text_en if (get_language() or "id").startswith("en") else self.text_id

    @property
    def choices(self) -> list[tuple[str, str]]:
        """(what is kept: the Indonesian wording, what is shown)."""
        kept = [line.strip() for line in self.choices_id.splitlines() if line.strip()]
        english = [line.strip() for line in self.choices_en.splitlines() if line.strip()]
        shown = english if (get_language() or "id").startswith("en") and len(english) == len(kept) else kept
        return list(zip(kept, shown, strict=True))


class RoutingRuleQuerySet(models.QuerySet["RoutingRule"]):
    def valid_on(self, day: object) -> RoutingRuleQuerySet:
        return self.filter(models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=day), valid_from__lte=day)


@pghistory.track()
class RoutingRule(models.Model):
    """Category x region x kind -> agency. An empty kind fits all kinds."""

    category = models.ForeignKey(Category, models.CASCADE, related_name="rules", verbose_name=_("category"))
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("region"))
    kind = models.CharField(_("kind"), max_length=12, choices=CaseKind, blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="routing_rules", verbose_name=_("agency"))
    valid_from = models.DateField(_("valid from"), default=timezone.localdate)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)

    objects = RoutingRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("routing rule")
        verbose_name_plural = _("routing rules")
        constraints = [models.UniqueConstraint(fields=["category", "region", "kind", "valid_from"], name="one_rule_per_place_and_day")]

    def __str__(self) -> str:
        return f"{self.category} · {self.region} → {self.agency}"


@pghistory.track()
class RetentionRule(models.Model):
    """How long after its last step a closed case keeps who reported it. An empty kind fits those without a rule."""

    kind = models.CharField(_("kind"), max_length=12, choices=CaseKind, blank=True)
    days = models.PositiveIntegerField(_("days"))
    source = models.CharField(_("source"), max_length=200)
    valid_from = models.DateField(_("valid from"), default=timezone.localdate)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("retention period")
        verbose_name_plural = _("retention periods")

    def __str__(self) -> str:
        return f"{self.kind or '*'}: {self.days}"


class DutyShift(models.Model):
    """Who is on duty for emergencies, where and when (local time). An empty weekday means every day; a shift whose end is
    not after its beginning runs over midnight."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="duty_shifts", verbose_name=_("person"))
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("region"))
    category = models.ForeignKey(Category, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("category"))
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=list(WEEKDAYS.items()), null=True, blank=True)
    begins = models.TimeField(_("begins"), default="00:00")
    ends = models.TimeField(_("ends"), default="00:00")
    valid_from = models.DateField(_("valid from"), default=timezone.localdate)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("shift of the duty roster")
        verbose_name_plural = _("duty roster")
        ordering = ["region", "weekday", "begins"]

    def __str__(self) -> str:
        return f"{self.person} {self.begins:%H:%M}–{self.ends:%H:%M}"

    def covers(self, moment: datetime) -> bool:
        """Whether the shift is on at a moment."""
        local = timezone.localtime(moment)
        day, now = local.date(), local.time()
        if self.begins < self.ends:
            on, begun = self.begins <= now < self.ends, day
        elif now >= self.begins:
            on, begun = True, day
        else:
            on, begun = now < self.ends, day - timedelta(days=1)  # began yesterday
        return (
            on
            and (self.weekday is None or self.weekday == begun.weekday())
            and self.valid_from <= begun
            and (self.valid_until is None or begun <= self.valid_until)
        )


class EmergencyWord(models.Model):
    """A word that proposes an emergency whatever the category; emergencies.py decides by what stands around it."""

    class Nature(models.TextChoices):
        HARM = "harm", _("harm to somebody: “pingsan”")
        HAZARD = "hazard", _("an event: “kebakaran”; not its prevention, not past ones")
        STATE = "state", _("a state of people and things: “terlantar”; only of people")

    word = models.CharField(_("word or words"), max_length=60, unique=True)
    nature = models.CharField(_("what it tells of"), max_length=6, choices=Nature, default=Nature.HARM)

    class Meta:
        verbose_name = _("word of emergencies")
        verbose_name_plural = _("words of emergencies")
        ordering = ["word"]

    def __str__(self) -> str:
        return self.word


class ConfidentialWord(models.Model):
    """A word that keeps a report secret until an officer has read it, whatever its category: it may
    tell of somebody in danger, or of a wrong for which whoever tells of it may have to suffer."""

    word = models.CharField(_("word or words"), max_length=60, unique=True)

    class Meta:
        verbose_name = _("word that keeps a report secret")
        verbose_name_plural = _("words that keep a report secret")
        ordering = ["word"]

    def __str__(self) -> str:
        return self.word


class AnswerTemplate(models.Model):
    """A text officers begin an answer with. Without an agency or category it is offered for all."""

    title = models.CharField(_("title"), max_length=80)
    text = models.TextField(_("text"), help_text=_("{code}, {place} and {agency} are filled in"))
    agency = models.ForeignKey(Agency, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("agency"))
    category = models.ForeignKey(Category, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("category"))

    class Meta:
        verbose_name = _("template of an answer")
        verbose_name_plural = _("templates of answers")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class Step(models.TextChoices):
    VERIFY = "verify", _("verify and forward")
    ANSWER = "answer", _("answer")
    REPLY = "reply", _("reply of the reporter")


@pghistory.track()
class DeadlineRule(models.Model):
    """How long a step may take. Working days, or minutes for emergencies."""

    step = models.CharField(_("step"), max_length=8, choices=Step)
    kind = models.CharField(_("kind"), max_length=12, choices=CaseKind, blank=True)
    is_emergency = models.BooleanField(_("emergency"), default=False)
    working_days = models.PositiveSmallIntegerField(_("working days"), null=True, blank=True)
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=200)
    valid_from = models.DateField(_("valid from"), default=timezone.localdate)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(working_days__isnull=True, minutes__isnull=False)
                | models.Q(working_days__isnull=False, minutes__isnull=True),
                name="deadline_in_days_or_minutes",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_step_display()}: {self.working_days or self.minutes}"
