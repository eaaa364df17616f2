"""Cases: what citizens report, and every step until it is closed. Nothing is deleted."""

from __future__ import annotations

import hmac
import secrets

import pghistory
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.agencies import Agency
from ntbportal.commons.places import Region
from ntbportal.commons.privacy import BlindIndexField, EncryptedTextField

from .rules import CaseKind, Category, RoutingRule

# Readable aloud and hard to mistake: no 0/O, 1/I/L. 31^8 = 8.5e11 codes.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


class CaseState(models.TextChoices):
    RECEIVED = "received", _("Received")
    VERIFIED = "verified", _("Verified")
    ASSIGNED = "assigned", _("Forwarded to the agency")
    IN_PROGRESS = "in_progress", _("Being handled")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed")
    NEEDS_INFO = "needs_info", _("Waiting for the reporter")
    REJECTED = "rejected", _("Not accepted")
    DUPLICATE = "duplicate", _("Reported before")
    REFERRED = "referred", _("Referred elsewhere")


class Channel(models.TextChoices):
    """How a report came."""

    WEB = "web", _("Portal")
    OFFLINE = "offline", _("Portal, written without signal")
    OPEN311 = "open311", _("Open311")
    VISIT = "visit", _("At the counter")
    PHONE = "phone", _("By telephone")
    WHATSAPP = "whatsapp", _("WhatsApp or SMS")
    SOCIAL = "social", _("Social media")
    LETTER = "letter", _("Letter")


STAFF_CHANNELS = (Channel.VISIT, Channel.PHONE, Channel.WHATSAPP, Channel.SOCIAL, Channel.LETTER)


class SecretBecause(models.TextChoices):
    """Who or what keeps a case secret; only the last two can be lifted (handling.make_public)."""

    REPORTER = "reporter", _("the reporter wishes it")
    CATEGORY = "category", _("its category is confidential")
    WORDS = "words", _("its words may tell of somebody in danger")
    OFFICER = "officer", _("an officer decided so")


STATE_TONES = {
    CaseState.RECEIVED: "info",
    CaseState.VERIFIED: "info",
    CaseState.ASSIGNED: "wait",
    CaseState.IN_PROGRESS: "wait",
    CaseState.ANSWERED: "good",
    CaseState.CLOSED: "good",
    CaseState.NEEDS_INFO: "wait",
    CaseState.REJECTED: "neutral",
    CaseState.DUPLICATE: "neutral",
    CaseState.REFERRED: "neutral",
}
OPEN_STATES = (
    CaseState.RECEIVED,
    CaseState.VERIFIED,
    CaseState.ASSIGNED,
    CaseState.IN_PROGRESS,
    CaseState.NEEDS_INFO,
)


def new_code() -> str:
    letters = [secrets.choice(CODE_ALPHABET) for _ in range(8)]
    return "".join(letters[:4]) + "-" + "".join(letters[4:])


def new_pin() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


def pin_digest(code: str, pin: str) -> str:
    """A PIN of six digits is protected by the secret key and by a limit on tries, not by slow hashing."""
    return salted_hmac("care.pin", f"{code}:{pin}", algorithm="sha256").hexdigest()


# What everyone may see: forwarded, not secret, not hidden, not turned away.
NEVER_PUBLIC = (CaseState.RECEIVED, CaseState.REJECTED, CaseState.DUPLICATE)
PUBLIC = models.Q(is_secret=False, hidden_at__isnull=True) & ~models.Q(state__in=["received", "rejected", "duplicate"])


class CaseQuerySet(models.QuerySet["Case"]):
    def public(self) -> CaseQuerySet:
        return self.filter(PUBLIC)

    def open(self) -> CaseQuerySet:
        return self.filter(state__in=OPEN_STATES)

    def late(self) -> CaseQuerySet:
        return self.open().filter(due_at__lt=timezone.now())


@pghistory.track(exclude=["pin_digest", "map_x", "map_y", "public_description", "public_place_note", "redacted_by"])
class Case(models.Model):
    code = models.CharField(_("code"), max_length=9, unique=True, default=new_code)
    pin_digest = models.CharField(max_length=64)
    # the draft it came from: the same draft sent twice is one case
    draft_key = models.UUIDField(null=True, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=12, choices=CaseKind, default=CaseKind.COMPLAINT)
    category = models.ForeignKey(Category, models.PROTECT, related_name="cases", verbose_name=_("category"))
    is_emergency = models.BooleanField(_("emergency"), default=False)
    description = models.TextField(_("description"))
    # what the category's questions were answered: [{"question": pk, "id": …, "en": …, "value": …, "public": bool}]
    answers = models.JSONField(_("answers"), default=list, blank=True)
    channel = models.CharField(_("came by"), max_length=8, choices=Channel, default=Channel.WEB)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("entered by"), editable=False
    )
    region = models.ForeignKey(Region, models.PROTECT, related_name="cases", verbose_name=_("place"))
    place_note = models.CharField(_("where exactly"), max_length=200, blank=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    # where public maps show it: see public_map.map_place
    map_x = models.IntegerField(null=True, editable=False)
    map_y = models.IntegerField(null=True, editable=False)
    # one name or word a line, left out where the public reads
    hidden_words = models.TextField(_("words the public does not read"), blank=True, editable=False)

    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="reports")
    reporter_name = EncryptedTextField(_("name of the reporter"), blank=True)
    reporter_email = EncryptedTextField(_("e-mail of the reporter"), blank=True)
    reporter_phone = EncryptedTextField(_("phone of the reporter"), blank=True)
    reporter_phone_index = BlindIndexField(of="reporter_phone")
    contact_confirmed_at = models.DateTimeField(_("contact confirmed"), null=True, editable=False)
    language = models.CharField(max_length=2, default="id")
    is_anonymous = models.BooleanField(_("anonymous"), default=False, help_text=_("The name is hidden from public and agency."))
    is_secret = models.BooleanField(_("secret"), default=False, help_text=_("The content is hidden from the public."))
    secret_because = models.CharField(_("secret because"), max_length=8, choices=SecretBecause, blank=True, default="", editable=False)
    # a word of emergencies stands in the text, but what stands around it speaks against one
    emergency_doubt = models.CharField(_("perhaps an emergency"), max_length=120, blank=True, default="", editable=False)
    # what the public reads, redacted once when written; by which rules: redaction.VERSION
    public_description = models.TextField(blank=True, default="", editable=False)
    public_place_note = models.CharField(max_length=400, blank=True, default="", editable=False)
    redacted_by = models.PositiveIntegerField(default=0, editable=False)

    state = models.CharField(_("state"), max_length=11, choices=CaseState, default=CaseState.RECEIVED)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("agency"))
    unit = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="cases_of_unit", verbose_name=_("unit of the agency"), editable=False
    )
    rule = models.ForeignKey(RoutingRule, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("sent by rule"))
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="cases_in_hand", verbose_name=_("officer")
    )
    routed_at = models.DateTimeField(_("forwarded"), null=True)
    due_at = models.DateTimeField(_("due"), null=True, db_index=True)
    # the limit of the first answer, moved only where the clock stood or another agency began anew
    first_due_at = models.DateTimeField(_("first answer due"), null=True, editable=False)
    answered_at = models.DateTimeField(_("first answered"), null=True)
    # while the reporter is asked the clock stands: what was left of it goes on afterwards
    paused_at = models.DateTimeField(_("clock stopped"), null=True, editable=False)
    time_left = models.DurationField(_("time left when the clock stopped"), null=True, editable=False)
    reply_until = models.DateTimeField(_("reply possible until"), null=True, editable=False)
    was_reopened = models.BooleanField(_("reopened by the reporter"), default=False, editable=False)
    rating = models.PositiveSmallIntegerField(_("rating, 1 to 5"), null=True, editable=False)
    rating_reason = models.CharField(_("reason for the rating"), max_length=500, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    forgotten_at = models.DateTimeField(_("reporter forgotten"), null=True, editable=False)
    duplicate_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="duplicates", verbose_name=_("the same as"), editable=False
    )
    hidden_at = models.DateTimeField(_("hidden"), null=True)
    hidden_reason = models.CharField(_("reason for hiding"), max_length=200, blank=True)
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)
    created_at = models.DateTimeField(_("received"), default=timezone.now)
    updated_at = models.DateTimeField(_("changed"), default=timezone.now)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        indexes = [
            models.Index(fields=["agency", "state", "-created_at"], name="case_agency_state"),
            models.Index(fields=["-created_at", "-id"], name="case_newest"),
            models.Index(fields=["created_at"], condition=models.Q(routed_at__isnull=True), name="case_unrouted"),
            models.Index(fields=["category", "-created_at"], name="case_category"),
            models.Index(fields=["region", "-created_at"], name="case_region"),
            # all that clusters of the public map ask for, so that the table itself is not read
            models.Index(
                fields=["map_x", "map_y"],
                include=["category", "state", "created_at", "region", "id"],
                condition=PUBLIC,
                name="case_public_map",
            ),
            models.Index(
                fields=["-created_at", "-id"], include=["category", "state", "region"], condition=PUBLIC, name="case_public_newest"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("care:case", args=[self.code])

    @property
    def tone(self) -> str:
        return STATE_TONES[CaseState(self.state)]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_at is not None and self.due_at < timezone.now()

    @property
    def is_public(self) -> bool:
        return not self.is_secret and self.hidden_at is None and self.state not in NEVER_PUBLIC

    def pin_fits(self, pin: str) -> bool:
        return bool(self.pin_digest) and hmac.compare_digest(self.pin_digest, pin_digest(self.code, pin.strip()))


class CaseMove(models.Model):
    """One entry of the timeline: what happened, by whom, what was said in public and inside."""

    class What(models.TextChoices):
        FILED = "filed", _("Report received")
        ROUTED = "routed", _("Forwarded")
        TAKEN = "taken", _("Taken in hand")
        ANSWERED = "answered", _("Answered")
        TRANSFERRED = "transferred", _("Transferred")
        ASKED = "asked", _("Asked the reporter")
        REPLIED = "replied", _("Reply of the reporter")
        CLOSED = "closed", _("Closed")
        REJECTED = "rejected", _("Not accepted")
        NOTED = "noted", _("Internal note")
        REOPENED = "reopened", _("Reopened")
        MERGED = "merged", _("Put together with another report")
        REFERRED = "referred", _("Referred elsewhere")
        ESCALATED = "escalated", _("Escalated")
        HELPED = "helped", _("Help accepted")
        SUPPORTED = "supported", _("Another agency helps")
        DISPOSED = "disposed", _("Given to a unit of the agency")
        SENT_ON = "sent_on", _("Sent on to another portal")
        NEWS = "news", _("News from the other portal")
        HIDDEN = "hidden", _("Hidden from the public")
        SHOWN = "shown", _("Shown to the public again")
        RECLASSIFIED = "reclassified", _("Category or place corrected")
        MADE_SECRET = "made_secret", _("Made secret")
        MADE_PUBLIC = "made_public", _("Made public")
        RAISED = "raised", _("Treated as an emergency")
        LOWERED = "lowered", _("Treated as an ordinary report")
        PUBLISHED = "published", _("Shown to the public")

    case = models.ForeignKey(Case, models.CASCADE, related_name="moves")
    what = models.CharField(_("what"), max_length=16, choices=What)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who"))
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+", verbose_name=_("agency"))
    at = models.DateTimeField(_("when"), default=timezone.now)
    from_state = models.CharField(_("from"), max_length=11, choices=CaseState, blank=True)
    to_state = models.CharField(_("to"), max_length=11, choices=CaseState)
    # what the reporter reads; everyone does unless the step is between reporter and agency
    public_note = models.TextField(_("note to the public"), blank=True)
    inside_note = models.TextField(_("note inside"), blank=True)
    is_private = models.BooleanField(_("between reporter and agency"), default=False)
    # of a step between the two: the text an officer has screened and published
    published_note = models.TextField(_("published text"), blank=True, default="")
    # what the public reads of the step, redacted once when written; by which rules: redaction.VERSION
    redacted_note = models.TextField(blank=True, default="", editable=False)
    redacted_by = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.case}: {self.get_what_display()}"


# steps that the public does not see at all, and those that only the agency sees
INSIDE = frozenset(
    {
        *(CaseMove.What.NOTED, CaseMove.What.ESCALATED, CaseMove.What.DISPOSED),
        *(CaseMove.What.HIDDEN, CaseMove.What.SHOWN, CaseMove.What.MADE_SECRET),
        *(CaseMove.What.MADE_PUBLIC, CaseMove.What.RAISED, CaseMove.What.LOWERED),
        CaseMove.What.PUBLISHED,
    }
)
# of these the reporter reads too
TOLD_TO_REPORTER = frozenset({CaseMove.What.HIDDEN, CaseMove.What.LOWERED, CaseMove.What.MADE_SECRET})


class CaseFollow(models.Model):
    """Somebody who is told of what happens to a case; `is_affected`: the same happens to them ("me too")."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="follows")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    email = EncryptedTextField(_("e-mail"), blank=True)
    email_index = BlindIndexField(of="email")
    # a browser without account or address counts once
    visitor = models.CharField(max_length=40, blank=True)
    is_affected = models.BooleanField(default=False)
    language = models.CharField(max_length=2, default="id")
    # an address is written to only after its owner said so; of accounts it is known
    confirmed_at = models.DateTimeField(null=True)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("follower of a case")
        verbose_name_plural = _("followers of cases")
        constraints = [
            models.UniqueConstraint(fields=["case", "user"], name="case_followed_once"),
            models.UniqueConstraint(fields=["case", "visitor"], condition=~models.Q(visitor=""), name="case_affects_visitor_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}"


class CasePhoto(models.Model):
    case = models.ForeignKey(Case, models.CASCADE, related_name="photos")
    # of an answer or a reply; those of the report itself have none
    move = models.ForeignKey(CaseMove, models.CASCADE, null=True, related_name="photos")
    picture = models.ImageField(_("picture"), upload_to="care/%Y/%m/", max_length=160)
    thumbnail = models.ImageField(_("small picture"), upload_to="care/%Y/%m/", max_length=160)
    position = models.PositiveSmallIntegerField(default=0)
    # the picture as it came, where parts of it were made unrecognisable: for those responsible only
    original = models.ImageField(_("picture as it came"), upload_to="care/%Y/%m/", max_length=160, blank=True)
    hidden_at = models.DateTimeField(_("hidden"), null=True, editable=False)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return str(self.picture.name)
