"""Channels of notices, one small module each: a class with `name`, `reaches(user)` and `send(notice)`.

`send` raises notices.TemporaryFailure or notices.PermanentFailure; anything else counts as permanent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ..notices import Notice
    from ..people import User


class Channel(Protocol):
    name: str

    def reaches(self, user: User) -> bool: ...

    def send(self, notice: Notice) -> None: ...


def _all() -> dict[str, Channel]:
    from .email import EmailChannel
    from .in_app import InAppChannel

    return {channel.name: channel for channel in (InAppChannel(), EmailChannel())}


def channel_named(name: str) -> Channel:
    return _all()[name]


def channels_for(user: User) -> list[str]:
    """Names of the channels that reach the person."""
    return [channel.name for channel in _all().values() if channel.reaches(user)]
