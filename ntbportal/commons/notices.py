"""Notices: an outbox written in the same transaction as the act they tell of, sent by Celery afterwards.

Each event reaches each recipient at most once per channel: a unique key on the row makes a second writing a
no-op, and a row lock held while sending makes a second sender step aside. A sending that fails for a passing
reason is tried again with growing pauses; a permanent failure is kept with its reason.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from .people import User
from .privacy import BlindIndexField, EncryptedTextField, blind_index

log = logging.getLogger(__name__)
PAUSES = (timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8))


class State(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


class NoticeQuerySet(models.QuerySet["Notice"]):
    def due(self) -> NoticeQuerySet:
        return self.filter(state=State.WAITING, next_try_at__lte=timezone.now())

    def inbox(self, user: User) -> NoticeQuerySet:
        return self.filter(user=user, channel="in_app").order_by("-created_at", "-pk")

    def unread_count(self, user: User, most: int = 99) -> int:
        return self.filter(user=user, channel="in_app", read_at__isnull=True)[:most].count()


class Notice(models.Model):
    event = models.CharField(_("event"), max_length=120, help_text=_("What happened, once: e.g. case:17:answered:3"))
    channel = models.CharField(_("channel"), max_length=12)
    recipient = models.CharField(_("recipient"), max_length=48, help_text=_("user:… or address:…"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="notices", verbose_name=_("person"))
    address = EncryptedTextField(_("address"), blank=True)
    address_index = BlindIndexField(of="address")
    subject = models.CharField(_("subject"), max_length=200)
    body = EncryptedTextField(_("text"))  # may hold a PIN
    path = models.CharField(_("page"), max_length=200, blank=True)
    urgent = models.BooleanField(_("urgent"), default=False)
    # what a click in the mail ends: see unsubscribing.py
    unsubscribe = models.CharField(max_length=40, blank=True, default="", editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    next_try_at = models.DateTimeField(_("next try"), default=timezone.now)
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    read_at = models.DateTimeField(_("read"), null=True)
    error = models.CharField(_("error"), max_length=300, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [models.UniqueConstraint(fields=["event", "recipient", "channel"], name="notice_once")]
        indexes = [
            models.Index(fields=["next_try_at"], condition=models.Q(state="waiting"), name="notice_waiting"),
            models.Index(fields=["user", "-created_at"], condition=models.Q(channel="in_app"), name="notice_inbox"),
            models.Index(fields=["user"], condition=models.Q(channel="in_app", read_at__isnull=True), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} ({self.channel})"


class TemporaryFailure(Exception):
    """The channel may work again later."""


class PermanentFailure(Exception):
    """Trying again would not help: e.g. the address does not exist."""


@dataclass(frozen=True)
class Message:
    """What is told. Texts may be lazy translations; they are rendered in each recipient's language."""

    event: str
    subject: Any
    body: Any
    path: str = ""
    urgent: bool = False
    # what a click in the mail ends (unsubscribing.unsubscribe_key); of people with an account their
    # mails that are not urgent, if nothing is said
    unsubscribe: str = ""
    values: dict[str, Any] = field(default_factory=dict)

    def in_language(self, language: str) -> tuple[str, str]:
        with translation.override(language):
            return (str(self.subject) % self.values)[:200], str(self.body) % self.values


def announce(
    message: Message,
    *,
    users: Iterable[User] = (),
    addresses: Iterable[tuple[str, str]] = (),
    phones: Iterable[tuple[str, str]] = (),
) -> None:
    """Write the notices of one event, inside the caller's transaction, and wake the sender after it commits.

    `addresses` and `phones` are (e-mail or number, language) of people without an account; numbers are reached where a
    messenger is set up. Writing the same event twice is harmless.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("announce() belongs in the transaction of the act it tells of")
    from .channels import channels_for, phone_channel

    rows = []
    for user in users:
        subject, body = message.in_language(user.language)
        for channel in channels_for(user, urgent=message.urgent):
            if channel.is_group:  # the same recipient for everybody, so that the group hears it once
                rows.append(_row(message, channel.name, f"group:{channel.name}", subject, body))
                continue
            address = {"email": user.email or "", "in_app": "", "push": ""}.get(channel.name, user.phone)
            ends = message.unsubscribe
            if channel.name == "email" and not ends and not message.urgent:
                ends = f"mail:{user.pk}"
            known = {"user": user, "address": address, "unsubscribe": ends}
            rows.append(_row(message, channel.name, f"user:{user.pk}", subject, body, **known))
    for address, language in addresses:
        subject, body = message.in_language(language)
        recipient, known = f"address:{blind_index(address)}", {"unsubscribe": message.unsubscribe}
        rows.append(_row(message, "email", recipient, subject, body, address=address, **known))
    by_phone = phone_channel()
    for phone, language in phones if by_phone else ():
        subject, body = message.in_language(language)
        rows.append(_row(message, by_phone.name, f"phone:{blind_index(phone)}", subject, body, address=phone))
    if not rows:
        return
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    transaction.on_commit(wake_sender)


def _row(message: Message, channel: str, recipient: str, subject: str, body: str, **fields: Any) -> Notice:
    notice = Notice(
        event=message.event,
        channel=channel,
        recipient=recipient,
        subject=subject,
        body=body,
        path=message.path,
        urgent=message.urgent,
        **fields,
    )
    if channel == "in_app":  # being in the table is being delivered
        notice.state, notice.sent_at = State.SENT, timezone.now()
    return notice


def wake_sender() -> None:
    """Ask the worker to send now. With the broker away the sweeper of the beat schedule does it later."""
    from .tasks import wake

    wake("commons.send_waiting_notices")


MOST_AT_ONCE = 200


def send_waiting(limit: int = MOST_AT_ONCE) -> int:
    """Send notices that are due, one transaction each; returns how many were tried."""
    tried = 0
    while tried < limit and send_next():
        tried += 1
    return tried


@transaction.atomic
def send_next() -> bool:
    """Send one due notice, urgent ones first. Returns False where none is due or all are being sent by others."""
    from .channels import channel_named

    notice = Notice.objects.due().order_by("-urgent", "next_try_at", "pk").select_for_update(skip_locked=True).first()
    if notice is None:
        return False
    notice.tries += 1
    try:
        channel_named(notice.channel).send(notice)
    except TemporaryFailure as failure:
        notice.error = str(failure)[:300]
        if notice.tries > len(PAUSES):
            notice.state = State.FAILED
        else:
            notice.next_try_at = timezone.now() + PAUSES[notice.tries - 1]
    except PermanentFailure as failure:
        notice.error, notice.state = str(failure)[:300], State.FAILED
    except Exception as failure:
        log.exception("channel %s broke on notice %s", notice.channel, notice.pk)
        notice.error, notice.state = repr(failure)[:300], State.FAILED
    else:
        notice.state, notice.sent_at, notice.error = State.SENT, timezone.now(), ""
    notice.save(update_fields=["tries", "state", "next_try_at", "sent_at", "error"])
    return True
