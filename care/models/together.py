"""Working together on a case: offers of help, agencies that share the work, and who wants to hear of an area."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.agencies import Agency
from ntbportal.commons.places import Region
from ntbportal.commons.privacy import BlindIndexField, EncryptedTextField

from .cases import Case
from .rules import Category


class HelpOffer(models.Model):
    """Neighbours, volunteers or a CSO offer help on a public case; an officer accepts or declines."""

    class State(models.TextChoices):
        OFFERED = "offered", _("Offered")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")

    case = models.ForeignKey(Case, models.CASCADE, related_name="offers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    name = models.CharField(_("who helps"), max_length=80, help_text=_("Your name or that of your group; it is public once accepted."))
    contact = EncryptedTextField(_("phone or e-mail"), help_text=_("Only the officer sees it."))
    text = models.TextField(_("what you can do"), max_length=1000)
    language = models.CharField(max_length=2, default="id")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OFFERED)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("offer of help")
        verbose_name_plural = _("offers of help")
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.name


class CaseSupport(models.Model):
    """An agency that works on a case beside the responsible one: it sees the case, notes and is told, but the clock runs
    for the responsible one."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="supports")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("agency"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("supporting agency")
        verbose_name_plural = _("supporting agencies")
        constraints = [models.UniqueConstraint(fields=["case", "agency"], name="case_supported_once")]

    def __str__(self) -> str:
        return f"{self.agency}"


class AreaAlert(models.Model):
    """Somebody who wants a mail each morning with the new public cases of an area, a category, or both."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    email = EncryptedTextField(_("e-mail"), blank=True)
    email_index = BlindIndexField(of="email")
    region = models.ForeignKey(Region, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("area"))
    category = models.ForeignKey(Category, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("category"))
    language = models.CharField(max_length=2, default="id")
    # an address is written to only after its owner said so; of accounts it is known
    confirmed_at = models.DateTimeField(null=True)
    told_until = models.DateTimeField(default=timezone.now)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("alert of an area")
        verbose_name_plural = _("alerts of areas")

    def __str__(self) -> str:
        return f"{self.category or '*'} · {self.region or '*'}"
