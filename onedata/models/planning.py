"""The yearly data list (daftar data) that the Forum agrees on, its releases, and what the public asks for."""

from __future__ import annotations

import secrets
from datetime import date

import pghistory
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.agencies import Agency
from ntbportal.commons.privacy import EncryptedTextField

from .catalogue import DataSet, Topic
from .versions import DataVersion


@pghistory.track()
class YearlyList(models.Model):
    year = models.PositiveSmallIntegerField(_("year"), unique=True)
    agreed_on = models.DateField(_("agreed by the Forum on"), null=True, blank=True)
    decree = models.CharField(_("decree"), max_length=160, blank=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)

    class Meta:
        verbose_name = _("yearly data list")
        verbose_name_plural = _("yearly data lists")
        ordering = ["-year"]

    def __str__(self) -> str:
        return str(self.year)


class Release(models.Model):
    """One release promised for a day."""

    yearly_list = models.ForeignKey(YearlyList, models.PROTECT, related_name="releases", verbose_name=_("yearly data list"))
    data_set = models.ForeignKey(DataSet, models.CASCADE, related_name="releases", verbose_name=_("data set"))
    due_on = models.DateField(_("due on"))
    period = models.CharField(_("period covered"), max_length=80, blank=True)
    version = models.ForeignKey(DataVersion, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("released as"))
    released_on = models.DateField(_("released on"), null=True, blank=True)

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["due_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["data_set", "due_on"], name="one_release_a_day")]
        indexes = [
            models.Index(fields=["due_on"], condition=models.Q(released_on__isnull=True), name="release_open"),
            models.Index(fields=["yearly_list", "due_on"], name="release_of_year"),
        ]

    def __str__(self) -> str:
        return f"{self.data_set} {self.due_on}"

    def state_on(self, day: date) -> str:
        """released, released late, late, soon (within 14 days) or planned."""
        if self.released_on:
            return "late_release" if self.released_on > self.due_on else "released"
        return "late" if self.due_on < day else "soon" if (self.due_on - day).days <= 14 else "planned"

    @property
    def state(self) -> str:
        return self.state_on(timezone.localdate())

    @property
    def state_label(self) -> object:
        return RELEASE_STATES[self.state][0]

    @property
    def tone(self) -> str:
        return RELEASE_STATES[self.state][1]


RELEASE_STATES = {
    "released": (_("Released"), "good"),
    "late_release": (_("Released late"), "info"),
    "late": (_("Late"), "alert"),
    "soon": (_("Due soon"), "wait"),
    "planned": (_("Planned"), "neutral"),
}


class RequestState(models.TextChoices):
    RECEIVED = "received", _("Received")
    UNDER_REVIEW = "under_review", _("Being worked on")
    EXTENDED = "extended", _("Extended")
    PROVIDED = "provided", _("Provided")
    REFUSED = "refused", _("Refused")


REQUEST_TONES = {
    RequestState.RECEIVED: "wait",
    RequestState.UNDER_REVIEW: "info",
    RequestState.EXTENDED: "wait",
    RequestState.PROVIDED: "good",
    RequestState.REFUSED: "alert",
}
OPEN_REQUESTS = (RequestState.RECEIVED, RequestState.UNDER_REVIEW, RequestState.EXTENDED)
SIGNS = "ACDEFGHJKMNPQRTUVWXYZ234679"  # readable aloud: none that look alike


def new_request_code() -> str:
    return "D-" + "".join(secrets.choice(SIGNS) for _place in range(6))


@pghistory.track(exclude=["requester_name", "requester_email"])
class DataRequest(models.Model):
    """A request for data by the public. What is asked and how it stands is public; who asks is not.

    Deadline: ten working days, once extended by seven with a reason in writing (Law 14/2008, article 22).
    """

    code = models.CharField(_("number"), max_length=12, unique=True, default=new_request_code, editable=False)
    title = models.CharField(_("what data are needed"), max_length=200)
    text = models.TextField(_("details"), blank=True)
    purpose = models.CharField(_("purpose"), max_length=240)
    topic = models.CharField(_("topic"), max_length=16, choices=Topic, blank=True)
    data_set = models.ForeignKey(DataSet, models.SET_NULL, null=True, blank=True, related_name="requests", verbose_name=_("data set"))
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("agency asked"))
    requester = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="data_requests", editable=False)
    requester_name = EncryptedTextField(_("name"), blank=True)
    requester_email = EncryptedTextField(_("e-mail"))
    is_shown = models.BooleanField(_("shown in public"), default=False)
    state = models.CharField(_("state"), max_length=12, choices=RequestState, default=RequestState.RECEIVED)
    due_on = models.DateField(_("to be answered by"))
    answer = models.TextField(_("answer"), blank=True)
    answered_with = models.ForeignKey(
        DataSet, models.SET_NULL, null=True, blank=True, related_name="answers_to", verbose_name=_("data set provided")
    )
    created_at = models.DateTimeField(_("received"), auto_now_add=True, db_index=True)
    answered_at = models.DateTimeField(_("answered"), null=True)

    class Meta:
        verbose_name = _("request for data")
        verbose_name_plural = _("requests for data")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "due_on"], name="data_request_state")]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("onedata:request", args=[self.code])

    @property
    def tone(self) -> str:
        return REQUEST_TONES[RequestState(self.state)]

    @property
    def is_late(self) -> bool:
        return self.state in OPEN_REQUESTS and self.due_on < timezone.localdate()
