"""Ending mails with one click (RFC 8058): every mail that is not an answer to one's own report
carries a link that only its reader knows, and a header by which mail programs do the same.

Each sort of subscription registers how it is ended, in its app's `ready()`. A mail's key is
“sort:number”; in links it is signed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.signing import BadSignature, Signer
from django.urls import reverse

SALT = "commons.unsubscribe"


@dataclass(frozen=True)
class Subscription:
    """`title` of what is ended; `end` by its number, harmless where it has ended already."""

    title: Any
    end: Callable[[int], None]


_sorts: dict[str, Subscription] = {}


def register(sort: str, title: Any, end: Callable[[int], None]) -> None:
    _sorts[sort] = Subscription(title, end)


def unsubscribe_key(sort: str, number: int) -> str:
    return f"{sort}:{number}"


def unsubscribe_path(key: str) -> str:
    """The page with the button; a POST to it ends the subscription."""
    return reverse("home:unsubscribe", args=[Signer(salt=SALT).sign(key)])


def subscription_of(token: str) -> tuple[Subscription, int] | None:
    """What a link ends. None where it is not one of ours."""
    try:
        sort, _colon, number = Signer(salt=SALT).unsign(token).partition(":")
    except BadSignature:
        return None
    return (_sorts[sort], int(number)) if sort in _sorts and number.isdecimal() else None
