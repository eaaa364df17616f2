"""The action plan: consortium, aims, commitments, milestones, partners (OGP Local)."""

from __future__ import annotations

import pghistory
from django.db import models
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.agencies import Agency


class InTwoLanguages(models.Model):
    """Texts that editors write in both languages: `said("title")` gives the reader's."""

    class Meta:
        abstract = True

    def said(self, field: str) -> str:
        language = "en" if (get_language() or "id").startswith("en") else "id"
        return str(getattr(self, f"{field}_{language}") or getattr(self, f"{field}_id"))

    @property
    def title(self) -> str:
        return self.said("title")


@pghistory.track()
class Plan(InTwoLanguages):
    title_id = models.CharField(_("title in Indonesian"), max_length=160)
    title_en = models.CharField(_("title in English"), max_length=160)
    aims_id = models.TextField(_("aims in Indonesian"), help_text=_("One aim a line."))
    aims_en = models.TextField(_("aims in English"), help_text=_("One aim a line."))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    consortium = models.ManyToManyField(Agency, related_name="plans", verbose_name=_("consortium"))
    partners = models.ManyToManyField(Agency, related_name="partner_in_plans", verbose_name=_("CSO partners"))
    is_current = models.BooleanField(_("current"), default=False)

    class Meta:
        verbose_name = _("action plan")
        verbose_name_plural = _("action plans")
        ordering = ["-starts_on"]

    def __str__(self) -> str:
        return self.title

    @property
    def aims(self) -> list[str]:
        return [line.strip() for line in self.said("aims").splitlines() if line.strip()]


class Completion(models.TextChoices):
    """Scale of the Independent Reporting Mechanism."""

    NOT_STARTED = "not_started", _("Not started")
    LIMITED = "limited", _("Limited")
    SUBSTANTIAL = "substantial", _("Substantial")
    COMPLETE = "complete", _("Complete")


COMPLETION_TONES = {
    Completion.NOT_STARTED: "neutral",
    Completion.LIMITED: "wait",
    Completion.SUBSTANTIAL: "info",
    Completion.COMPLETE: "good",
}


@pghistory.track()
class Commitment(InTwoLanguages):
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="commitments")
    number = models.PositiveSmallIntegerField(_("number"))
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    title_id = models.CharField(_("title in Indonesian"), max_length=160)
    title_en = models.CharField(_("title in English"), max_length=160)
    problem_id = models.TextField(_("problem in Indonesian"))
    problem_en = models.TextField(_("problem in English"))
    solution_id = models.TextField(_("solution in Indonesian"))
    solution_en = models.TextField(_("solution in English"))
    results_id = models.TextField(_("expected results in Indonesian"))
    results_en = models.TextField(_("expected results in English"))
    values = models.CharField(_("OGP values"), max_length=160, help_text=_("Comma-separated, e.g. transparency, participation"))
    lead = models.ForeignKey(Agency, models.PROTECT, related_name="commitments_led", verbose_name=_("lead agency"))
    supporting = models.ManyToManyField(Agency, blank=True, related_name="+", verbose_name=_("supporting agencies"))
    completion = models.CharField(_("status"), max_length=12, choices=Completion, default=Completion.NOT_STARTED)
    page = models.CharField(_("page of the service"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("commitment")
        verbose_name_plural = _("commitments")
        ordering = ["number"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("actionplan:commitment", args=[self.slug])

    @property
    def tone(self) -> str:
        return COMPLETION_TONES[Completion(self.completion)]

    @property
    def problem(self) -> str:
        return self.said("problem")

    @property
    def solution(self) -> str:
        return self.said("solution")

    @property
    def results(self) -> str:
        return self.said("results")


@pghistory.track()
class Milestone(InTwoLanguages):
    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="milestones")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    title_id = models.CharField(_("title in Indonesian"), max_length=240)
    title_en = models.CharField(_("title in English"), max_length=240)
    deliverable_id = models.CharField(_("deliverable in Indonesian"), max_length=240, blank=True)
    deliverable_en = models.CharField(_("deliverable in English"), max_length=240, blank=True)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    completion = models.CharField(_("status"), max_length=12, choices=Completion, default=Completion.NOT_STARTED)
    evidence = models.CharField(_("where it can be seen"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def tone(self) -> str:
        return COMPLETION_TONES[Completion(self.completion)]

    @property
    def deliverable(self) -> str:
        return self.said("deliverable")
