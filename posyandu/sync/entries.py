"""What phones write, read with care: nothing of it is believed before it is looked at."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from ntbportal.commons.people import User

from ..models import SyncedEntry

Answer = dict[str, Any]
CLOCK_MAY_BE_OFF = timedelta(hours=6)


def clock_off(sent_at: str) -> timedelta:
    """How far the phone's clock is ahead of ours; nothing where the difference is less than CLOCK_MAY_BE_OFF or not said."""
    try:
        phone = datetime.fromisoformat(sent_at.replace("Z", "+00:00"))
    except ValueError:
        return timedelta(0)
    off = (phone if phone.tzinfo else timezone.make_aware(phone)) - timezone.now()
    return off if abs(off) > CLOCK_MAY_BE_OFF else timedelta(0)


@dataclass(frozen=True)
class Refused(Exception):
    """What the phone is told instead of "kept"."""

    answer: Answer


def refused(*errors: str) -> Refused:
    return Refused({"state": "refused", "errors": list(errors)})


def key_of(entry: Any) -> uuid.UUID | None:
    """The key that the phone gave the entry; None where it has none."""
    try:
        return uuid.UUID(str(entry.get("key"))) if isinstance(entry, dict) else None
    except ValueError:
        return None


def kind_of(entry: Any) -> str:
    return str(entry.get("kind", "")) if isinstance(entry, dict) else ""


def whole_of(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**62 else 0


def day_of(value: Any) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise refused(_("The day is missing.")) from None


def true_day(entry: Mapping[str, Any], off: timedelta) -> date:
    """The entry's day, put right by as much as the phone's clock is off; refused where it lies in the future."""
    day = day_of(entry.get("day")) - timedelta(days=round(off / timedelta(days=1)))
    if day > timezone.localdate():
        raise refused(_("The day %(day)s lies in the future.") % {"day": day.isoformat()})
    return day


def time_of(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else timezone.make_aware(found)


def text_of(entry: Mapping[str, Any], name: str, most: int) -> str:
    return str(entry.get(name) or "").replace("\x00", "").strip()[:most]


def decimal_of(entry: Mapping[str, Any], name: str) -> Decimal | None:
    value = entry.get(name)
    if value in (None, ""):
        return None
    try:
        return Decimal(str(value)).quantize(Decimal("0.01") if name == "weight" else Decimal("0.1"))
    except InvalidOperation:  # no number, none that ends, or one that nothing weighs
        raise refused(_("Write a number.")) from None


def answered_before(known: SyncedEntry, user: User) -> Answer:
    """The answer that the same key got before."""
    if known.user_id != user.pk:
        raise refused(_("This entry was sent by somebody else."))
    return dict(known.answer)


def noted(key: uuid.UUID, entry: Mapping[str, Any], posyandu_id: int, user: User, answer: Answer, off: timedelta) -> SyncedEntry:
    """What is written down of an entry that was taken; not saved."""
    written = time_of(entry.get("at"))
    return SyncedEntry(
        key=key,
        user=user,
        posyandu_id=posyandu_id,
        kind=kind_of(entry),
        answer=answer,
        written_at=written - off if written else None,
        clock_off=int(off.total_seconds()),
    )
