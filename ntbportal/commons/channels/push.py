"""Web Push to the browsers that a person has allowed to show notices."""

from __future__ import annotations

import json

import httpx
from django.conf import settings

from ..fetching import Unreachable, client
from ..notices import Notice, PermanentFailure, TemporaryFailure
from ..people import User
from ..push import PushDevice, is_set_up

SECONDS_KEPT = 24 * 3600  # how long the push service keeps it for a browser that is off
SECONDS_KEPT_URGENT = 3600


class PushChannel:
    name = "push"
    urgent_only = is_group = False

    def reaches(self, user: User) -> bool:
        return is_set_up() and user.is_active and user.push_devices.exists()

    def send(self, notice: Notice) -> None:
        """To all of the person's browsers; those that are gone are forgotten. One that took it is enough."""
        devices = list(PushDevice.objects.filter(user=notice.user_id))
        content = json.dumps({"title": notice.subject, "text": notice.body[:400], "path": notice.path, "tag": notice.event})
        failures, taken = [], 0
        with client() as http:
            for device in devices:
                status = _send_one(http, json.loads(device.subscription), content, urgent=notice.urgent)
                if status in {404, 410}:
                    device.delete()
                elif isinstance(status, int) and status < 300:
                    taken += 1
                else:
                    failures.append(str(status))
        if taken:
            return
        if failures:
            raise TemporaryFailure("; ".join(failures)[:300])
        raise PermanentFailure("no browser takes notices any more")


def _send_one(http: httpx.Client, subscription: dict[str, object], content: str, *, urgent: bool) -> int | str:
    """The answer's status, or why there was none."""
    from py_vapid import Vapid
    from pywebpush import WebPusher

    endpoint = str(subscription["endpoint"])
    try:
        encoded = WebPusher(subscription).encode(content.encode(), "aes128gcm")
        address = httpx.URL(endpoint)
        claims = {"aud": f"{address.scheme}://{address.netloc.decode()}", "sub": f"mailto:{settings.PUSH_CONTACT}"}
        headers = Vapid.from_raw(settings.VAPID_PRIVATE_KEY.encode()).sign(claims)
        headers |= {
            "Content-Encoding": "aes128gcm", "TTL": str(SECONDS_KEPT_URGENT if urgent else SECONDS_KEPT),
            "Urgency": "high" if urgent else "normal",
        }  # fmt: skip
        return http.post(endpoint, content=encoded["body"], headers=headers, follow_redirects=False).status_code
    except (httpx.HTTPError, httpx.InvalidURL, Unreachable) as error:
        return str(error)[:100] or type(error).__name__
