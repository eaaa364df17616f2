"""What phones have sent: each entry once, with the answer it got."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .places import Posyandu


class SyncedEntry(models.Model):
    """An entry written without signal, by the key that the phone gave it. The same key again gets the same answer."""

    key = models.UUIDField(_("key"), primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("cadre"))
    posyandu = models.ForeignKey(Posyandu, models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=10)
    answer = models.JSONField(_("answer"), default=dict)
    written_at = models.DateTimeField(_("written"), null=True, help_text=_("By the phone's clock, put right."))
    clock_off = models.IntegerField(_("seconds that the phone's clock was off"), default=0)
    received_at = models.DateTimeField(_("received"), default=timezone.now)

    class Meta:
        verbose_name = _("entry of a phone")
        verbose_name_plural = _("entries of phones")
        indexes = [models.Index(fields=["posyandu", "received_at"], name="synced_posyandu_received")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
