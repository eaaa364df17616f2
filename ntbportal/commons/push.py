"""Web Push: notices on a person's phone or computer, also while the portal is not open there (RFC 8030, 8291, 8292).

What is sent is encrypted for the browser; the push service of its maker sees that something was sent, and when, not what.
"""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.core.exceptions import ValidationError
from django.db import models
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from .people import User
from .privacy import EncryptedTextField, blind_index

MOST_DEVICES = 10


class PushDevice(models.Model):
    """A browser that a person has allowed to show notices."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="push_devices")
    # who knows the address and the keys could write to the browser: they are kept like other personal data
    subscription = EncryptedTextField()
    endpoint_index = models.CharField(max_length=64, unique=True)
    label = models.CharField(_("device"), max_length=60, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("device for notices")
        verbose_name_plural = _("devices for notices")
        ordering = ["created_at"]

    def __str__(self) -> str:
        return self.label


def is_set_up() -> bool:
    return bool(settings.VAPID_PRIVATE_KEY)


def public_key() -> str:
    """The key browsers subscribe with: an uncompressed point of P-256 in URL-safe base64. Empty without VAPID_PRIVATE_KEY."""
    if not is_set_up():
        return ""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    from py_vapid import Vapid, b64urlencode

    key = Vapid.from_raw(settings.VAPID_PRIVATE_KEY.encode())
    return str(b64urlencode(key.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)))


def keep_device(user: User, subscription: dict[str, Any], label: str = "") -> PushDevice:
    """Keep what PushManager.subscribe() gave. The same browser again is the same device, whoever uses it now.
    Raises ValidationError for what is no subscription."""
    try:
        endpoint, keys = str(subscription["endpoint"]), subscription["keys"]
        kept = {"endpoint": endpoint, "keys": {"p256dh": str(keys["p256dh"]), "auth": str(keys["auth"])}}
    except (KeyError, TypeError) as error:
        raise ValidationError(_("This is no address for notices.")) from error
    allowed = ("https://", "http://") if settings.FETCH_PRIVATE_ADDRESSES else ("https://",)
    if not endpoint.startswith(allowed) or len(endpoint) > 1000 or len(str(kept)) > 2000:
        raise ValidationError(_("This is no address for notices."))
    device, _is_new = PushDevice.objects.update_or_create(
        endpoint_index=blind_index(endpoint), defaults={"user": user, "subscription": json.dumps(kept), "label": label[:60]}
    )
    old = PushDevice.objects.filter(user=user).order_by("-created_at").values_list("pk", flat=True)[MOST_DEVICES:]
    PushDevice.objects.filter(pk__in=list(old)).delete()
    return device


def drop_device(user: User, endpoint: str) -> None:
    PushDevice.objects.filter(user=user, endpoint_index=blind_index(endpoint)).delete()


COOKIE, COOKIE_AGE = "notices_here", 365 * 24 * 3600


def remember_here(response: HttpResponse, device: PushDevice) -> None:
    """Let the browser say which device it is, so that the page knows and signing out ends its notices."""
    response.set_signed_cookie(
        COOKIE, str(device.pk), salt=COOKIE, max_age=COOKIE_AGE, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


def device_here(request: HttpRequest, user: User) -> PushDevice | None:
    """The person's device that the request comes from, if it shows notices."""
    number = request.get_signed_cookie(COOKIE, "", salt=COOKIE)
    return user.push_devices.filter(pk=int(number)).first() if number else None


@receiver(user_logged_out)
def end_notices_here(sender: object, request: HttpRequest | None = None, user: User | None = None, **_more: object) -> None:
    """Whoever signs out of a shared phone leaves no notices coming to it; other devices of theirs go on."""
    if request is not None and user is not None and (device := device_here(request, user)):
        device.delete()
