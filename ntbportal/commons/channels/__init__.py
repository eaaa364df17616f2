"""Channels of notices, one small module each: a class with `name`, `reaches(user)` and `send(notice)`.

`send` raises notices.TemporaryFailure or notices.PermanentFailure; anything else counts as permanent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from django.conf import settings

if TYPE_CHECKING:
    from ..notices import Notice
    from ..people import User


class Channel(Protocol):
    name: str
    urgent_only: bool  # whether people with an account are reached only by what is urgent
    is_group: bool  # one recipient for everybody

    def reaches(self, user: User) -> bool: ...

    def send(self, notice: Notice) -> None: ...


def _all() -> dict[str, Channel]:
    from .email import EmailChannel
    from .in_app import InAppChannel
    from .messenger import MessengerChannel
    from .push import PushChannel

    messengers = [MessengerChannel(name, url) for name, url in settings.MESSENGER_URLS.items()]
    return {channel.name: channel for channel in (InAppChannel(), EmailChannel(), PushChannel(), *messengers)}


def channel_named(name: str) -> Channel:
    return _all()[name]


def channels_for(user: User, *, urgent: bool = False) -> list[Channel]:
    """The channels that reach the person with a message of this urgency."""
    return [
        channel
        for channel in _all().values()
        if (urgent or not channel.urgent_only) and (urgent or channel.name != "email" or user.wants_mail) and channel.reaches(user)
    ]


def phone_channel() -> Channel | None:
    """The first channel that reaches a bare phone number; none where no messenger is set up."""
    return next((channel for channel in _all().values() if channel.urgent_only and not channel.is_group), None)
