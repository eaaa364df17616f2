"""How often one address may do a thing: against floods of forms that need no account. Without Redis nothing is refused."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str:
    """The caller's address: behind a proxy of ours the last one that it wrote down, which callers cannot forge."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if settings.SECURE_PROXY_SSL_HEADER and forwarded:
        return forwarded.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def is_too_often(request: HttpRequest, what: str, most: int, seconds: int = 3600) -> bool:
    """Count one more of `what` from this address; True once there are more than `most` within the time. The address is
    kept as a digest only."""
    digest = hashlib.blake2s(f"{settings.SECRET_KEY}:{address_of(request)}".encode(), digest_size=12).hexdigest()
    count: int = cache.count_up(f"often:{what}:{digest}", seconds)  # type: ignore[attr-defined]
    return count > most or most < 1
