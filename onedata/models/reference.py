"""Reference codes (kode referensi): shared code lists with an owner, versions, validity and mappings between schemes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.agencies import Agency


@pghistory.track()
class CodeList(models.Model):
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=160)
    description = models.TextField(_("description"), blank=True)
    owner = models.ForeignKey(Agency, models.PROTECT, related_name="code_lists", verbose_name=_("owner"))
    source = models.CharField(_("source"), max_length=240)
    version = models.CharField(_("version"), max_length=40, blank=True)
    number = models.PositiveIntegerField(_("number of the version in force"), default=1)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)

    class Meta:
        verbose_name = _("code list")
        verbose_name_plural = _("code lists")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("onedata:reference_list", args=[self.slug])


class CodeListVersion(models.Model):
    """One published state of a list. Its codes are those with first_version <= number <= last_version."""

    code_list = models.ForeignKey(CodeList, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    label = models.CharField(_("version"), max_length=40)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    note = models.TextField(_("what is new"), blank=True)
    added = models.PositiveIntegerField(_("added"), default=0)
    changed = models.PositiveIntegerField(_("changed"), default=0)
    ended = models.PositiveIntegerField(_("ended"), default=0)
    published_at = models.DateTimeField(_("published"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("version of a code list")
        verbose_name_plural = _("versions of code lists")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["code_list", "number"], name="one_code_list_version")]

    def __str__(self) -> str:
        return f"{self.code_list} {self.label}"


class CodeQuerySet(models.QuerySet["Code"]):
    def current(self) -> CodeQuerySet:
        """Codes of the version in force."""
        return self.filter(last_version__isnull=True)

    def of_version(self, number: int) -> CodeQuerySet:
        return self.filter(Q(last_version__isnull=True) | Q(last_version__gte=number), first_version__lte=number)


class Code(models.Model):
    """A code as it stood in versions first_version to last_version (open: still in force). What changes gets a new row."""

    code_list = models.ForeignKey(CodeList, models.CASCADE, related_name="codes")
    code = models.CharField(_("code"), max_length=40)
    label = models.CharField(_("label"), max_length=200)
    parent_code = models.CharField(_("within"), max_length=40, blank=True)
    other_code = models.CharField(_("code in the other scheme"), max_length=40, blank=True)
    description = models.TextField(_("description"), blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_to = models.DateField(_("valid to"), null=True, blank=True)
    first_version = models.PositiveIntegerField(default=1)
    last_version = models.PositiveIntegerField(null=True, blank=True)

    objects = CodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("code")
        verbose_name_plural = _("codes")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["code_list", "code"], condition=Q(last_version__isnull=True), name="one_current_code_per_list"),
            models.UniqueConstraint(fields=["code_list", "code", "first_version"], name="one_code_per_version"),
        ]
        indexes = [models.Index(fields=["code_list", "parent_code"], name="code_within")]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    def is_valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class Relation(models.TextChoices):
    """How two codes of different lists stand to each other (SKOS mapping properties)."""

    EXACT = "exact", _("the same")
    CLOSE = "close", _("nearly the same")
    BROAD = "broad", _("within the wider")
    NARROW = "narrow", _("holds the narrower")


class CodeMapping(models.Model):
    from_list = models.ForeignKey(CodeList, models.CASCADE, related_name="mappings", verbose_name=_("from list"))
    from_code = models.CharField(_("code"), max_length=40)
    to_list = models.ForeignKey(CodeList, models.CASCADE, related_name="mapped_from", verbose_name=_("to list"))
    to_code = models.CharField(_("code there"), max_length=40)
    relation = models.CharField(_("relation"), max_length=6, choices=Relation, default=Relation.EXACT)

    class Meta:
        verbose_name = _("mapping of codes")
        verbose_name_plural = _("mappings of codes")
        ordering = ["from_code", "to_code"]
        constraints = [models.UniqueConstraint(fields=["from_list", "from_code", "to_list", "to_code"], name="one_mapping")]
        indexes = [models.Index(fields=["to_list", "to_code"], name="mapping_back")]

    def __str__(self) -> str:
        return f"{self.from_code} → {self.to_code}"


class ProposalState(models.TextChoices):
    TRIAL = "trial", _("Dry run")
    PROPOSED = "proposed", _("Before the Forum")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")


PROPOSAL_TONES = {
    ProposalState.TRIAL: "neutral",
    ProposalState.PROPOSED: "wait",
    ProposalState.ACCEPTED: "good",
    ProposalState.REFUSED: "alert",
}


class CodeProposal(models.Model):
    """Changes to a list, shown one by one before they happen, and decided by the Forum Satu Data."""

    code_list = models.ForeignKey(CodeList, models.CASCADE, related_name="proposals")
    based_on = models.PositiveIntegerField(_("based on version"))
    label = models.CharField(_("name of the new version"), max_length=40)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    reason = models.TextField(_("reason and source"))
    # [{"act": "add" | "change" | "end", "code", "row": line of the spreadsheet, "before": {...}, "after": {...}}]
    changes = models.JSONField(_("changes"), default=list)
    unchanged = models.PositiveIntegerField(default=0)
    state = models.CharField(_("state"), max_length=8, choices=ProposalState, default=ProposalState.TRIAL)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    created_at = models.DateTimeField(_("when"), auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)
    decision = models.TextField(_("what the Forum said"), blank=True)

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "-created_at"], name="code_proposal_state")]

    def __str__(self) -> str:
        return f"{self.code_list}: {self.label}"

    def get_absolute_url(self) -> str:
        return reverse("onedata:proposal", args=[self.pk])

    @property
    def tone(self) -> str:
        return PROPOSAL_TONES[ProposalState(self.state)]

    @property
    def counts(self) -> dict[str, int]:
        found: dict[str, Any] = {"add": 0, "change": 0, "end": 0}
        for change in self.changes:
            found[change["act"]] += 1
        return found
