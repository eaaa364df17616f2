"""Messengers through apprise: WhatsApp, SMS, Telegram and a hundred more, each by an address in MESSENGER_URLS.

An address with {phone} reaches people one by one (SMS, WhatsApp); one without is a group, such as the duty officers' Telegram
group, and hears each urgent event once. Messages cost money: people with an account hear only of what is urgent.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from django.conf import settings

from ..notices import Notice, PermanentFailure, TemporaryFailure
from ..people import User


def international(phone: str) -> str:
    """Digits with the country's code, as messengers want them: 0812… is +62812…"""
    digits = re.sub(r"\D", "", phone)
    return f"62{digits[1:]}" if digits.startswith("0") else digits


class MessengerChannel:
    urgent_only = True

    def __init__(self, name: str, url: str) -> None:
        self.name, self.url = name, url
        self.is_group = "{phone}" not in url

    def reaches(self, user: User) -> bool:
        return user.is_active and (self.is_group or bool(user.phone))

    def send(self, notice: Notice) -> None:
        import apprise

        phone = international(notice.address)
        if not self.is_group and not phone:
            raise PermanentFailure("no phone number")
        messenger = apprise.Apprise()
        if not messenger.add(self.url.replace("{phone}", quote(phone))):
            raise PermanentFailure(f"the address of {self.name} in MESSENGER_URLS is not understood")
        link = f"\n{settings.BASE_URL}{notice.path}" if notice.path else ""
        if not messenger.notify(title=notice.subject, body=f"{notice.body}{link}"):
            raise TemporaryFailure(f"{self.name} did not take the message")
