"""What has been published, frozen."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PublishedMonth(models.Model):
    """A month as the public sees it: closed once, never changed (posyandu/publication.py says why). `figures`: of each area the lower ends
    of the bands in which its counts lie; the counts themselves are not kept here."""

    month = models.DateField(_("month"), unique=True, help_text=_("Its first day."))
    figures = models.JSONField(_("figures"), default=list)
    band = models.PositiveSmallIntegerField(_("width of the bands"))
    smallest_whole = models.PositiveSmallIntegerField(_("no share of fewer than"))
    closed_at = models.DateTimeField(_("closed"), default=timezone.now)

    class Meta:
        verbose_name = _("published month")
        verbose_name_plural = _("published months")
        ordering = ["-month"]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
