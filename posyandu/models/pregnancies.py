"""How a pregnancy ended, where no child was entered for it."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .families import Person


class Ending(models.TextChoices):
    MISCARRIAGE = "miscarriage", _("Miscarriage")
    STILLBIRTH = "stillbirth", _("Stillbirth")
    ELSEWHERE = "elsewhere", _("Birth; the child is not in the register here")
    MISTAKEN = "mistaken", _("Not pregnant after all")


@pghistory.track(pghistory.DeleteEvent("removed", row=pghistory.Old))
class PregnancyEnd(models.Model):
    """From this day on she is no longer expected as pregnant. A child entered with its birth says so by itself and needs none."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="pregnancy_ends")
    day = models.DateField(_("day"))
    how = models.CharField(_("how it ended"), max_length=12, choices=Ending)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)

    class Meta:
        verbose_name = _("end of a pregnancy")
        verbose_name_plural = _("ends of pregnancies")
        ordering = ["-day"]
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="one_pregnancy_end_a_day")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.day}"
