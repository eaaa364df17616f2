"""What waits for the Walidata: personal data found in a table or a description, and changes to what is public."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .catalogue import DataSet
from .versions import DataVersion


class Holding(models.TextChoices):
    WAITING = "waiting", _("Waiting for the Walidata")
    ALLOWED = "allowed", _("May be published")
    REFUSED = "refused", _("Held back")


HOLDING_TONES = {Holding.WAITING: "wait", Holding.ALLOWED: "good", Holding.REFUSED: "alert"}


class PersonalDataReview(models.Model):
    """Personal data found in a version (or, without one, in the description), and what the Walidata decided. Each stays."""

    data_set = models.ForeignKey(DataSet, models.CASCADE, related_name="personal_reviews")
    version = models.ForeignKey(DataVersion, models.CASCADE, null=True, related_name="personal_reviews")
    # [{"column", "kind", "cells": number, "sample": masked texts}]; never a value itself
    found = models.JSONField(_("found"), default=list)
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(_("decision"), max_length=8, choices=Holding, default=Holding.WAITING)
    reason = models.TextField(_("reason"), blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)
    found_at = models.DateTimeField(_("found at"), auto_now_add=True)

    class Meta:
        verbose_name = _("personal data found")
        verbose_name_plural = _("personal data found")
        ordering = ["-found_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(state="waiting") | ~models.Q(reason=""), name="personal_decision_has_a_reason")
        ]
        indexes = [models.Index(fields=["state", "found_at"], name="personal_review_state")]

    def __str__(self) -> str:
        return f"{self.data_set}: {self.get_state_display()}"

    @property
    def tone(self) -> str:
        return HOLDING_TONES[Holding(self.state)]


class PendingState(models.TextChoices):
    WAITING = "waiting", _("Waiting for the Walidata")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Refused")


class PendingChange(models.Model):
    """A producer's change to a published data set: it is public once the Walidata accepts it."""

    class Kind(models.TextChoices):
        DESCRIPTION = "description", _("Description")
        SCHEMA = "schema", _("Columns")
        ARCHIVE = "archive", _("Archive")

    data_set = models.ForeignKey(DataSet, models.CASCADE, related_name="pending_changes")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    # description: {field: new value}; schema: {"fields": [...]}; archive: {}
    values = models.JSONField(_("values"), default=dict)
    note = models.TextField(_("note"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    at = models.DateTimeField(_("when"), auto_now_add=True)
    state = models.CharField(_("state"), max_length=8, choices=PendingState, default=PendingState.WAITING)
    reason = models.TextField(_("reason"), blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)

    class Meta:
        verbose_name = _("change that waits")
        verbose_name_plural = _("changes that wait")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["state", "at"], name="pending_change_state")]

    def __str__(self) -> str:
        return f"{self.data_set}: {self.get_kind_display()}"
