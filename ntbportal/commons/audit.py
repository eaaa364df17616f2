"""Who looked at whose personal data, when and what for (UU 27/2022 on personal data protection)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PersonalDataAccess(models.Model):
    """One look at a person's data. Written, never changed."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who looked"))
    subject = models.CharField(_("at whom"), max_length=80, db_index=True, help_text=_("Kind and number, e.g. person:17"))
    page = models.CharField(_("on which page"), max_length=200)
    at = models.DateTimeField(_("when"), auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("look at personal data")
        verbose_name_plural = _("looks at personal data")

    def __str__(self) -> str:
        return f"{self.user} → {self.subject}"


def note_look(user: models.Model, *subjects: str, page: str) -> None:
    """Write down that `user` was shown the subjects' personal data; one statement however many they are."""
    PersonalDataAccess.objects.bulk_create([PersonalDataAccess(user_id=user.pk, subject=subject, page=page[:200]) for subject in subjects])
