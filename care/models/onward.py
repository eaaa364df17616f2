"""Other Open311 servers, such as a regency's own, and the cases that were sent on to them."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.agencies import Agency
from ntbportal.commons.privacy import EncryptedTextField

from .cases import Case
from .rules import Category


class OnwardServer(models.Model):
    """A server that speaks Open311 GeoReport v2, and the agency whose cases are sent there."""

    name = models.CharField(_("name"), max_length=80)
    url = models.URLField(_("address"), help_text=_("Up to and without “/services.json”, e.g. https://example.go.id/open311/v2"))
    api_key = EncryptedTextField(_("key"), blank=True)
    jurisdiction = models.CharField(
        _("jurisdiction"), max_length=80, blank=True, help_text=_("jurisdiction_id, where the server asks for it")
    )
    agency = models.OneToOneField(Agency, models.PROTECT, related_name="onward_server", verbose_name=_("agency whose cases go there"))
    is_automatic = models.BooleanField(
        _("at once"),
        default=False,
        help_text=_("Send each public case as soon as it is forwarded to the agency; else an officer sends it."),
    )
    sends_contact = models.BooleanField(
        _("with the reporter's name and contact"),
        default=False,
        help_text=_("Only where an agreement covers it; anonymous reporters never."),
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("other Open311 server")
        verbose_name_plural = _("other Open311 servers")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class OnwardService(models.Model):
    """Which service of the other server a category is; a category without one takes that of the category above it."""

    server = models.ForeignKey(OnwardServer, models.CASCADE, related_name="services")
    category = models.ForeignKey(Category, models.CASCADE, related_name="+", verbose_name=_("category"))
    service_code = models.CharField(_("service code there"), max_length=80)

    class Meta:
        verbose_name = _("service of another server")
        verbose_name_plural = _("services of other servers")
        constraints = [models.UniqueConstraint(fields=["server", "category"], name="onward_service_once")]

    def __str__(self) -> str:
        return f"{self.category} → {self.service_code}"


class OnwardCase(models.Model):
    """A case that is to be, or was, sent on. Written in the transaction that decides it; sent by Celery; asked after until
    it is closed there."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting to be sent")
        TOKEN = "token", _("Taken, number to come")
        OPEN = "open", _("Open there")
        CLOSED = "closed", _("Closed there")
        FAILED = "failed", _("Not taken")

    case = models.OneToOneField(Case, models.CASCADE, related_name="onward")
    server = models.ForeignKey(OnwardServer, models.PROTECT, related_name="cases", verbose_name=_("server"))
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    request_id = models.CharField(_("number there"), max_length=80, blank=True)
    token = models.CharField(max_length=80, blank=True)
    status_notes = models.TextField(_("notes there"), blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_at = models.DateTimeField(_("next look"), default=timezone.now)
    error = models.CharField(_("error"), max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("case sent on")
        verbose_name_plural = _("cases sent on")
        indexes = [models.Index(fields=["next_at"], condition=models.Q(state__in=["waiting", "token", "open"]), name="onward_due")]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.server}"
