"""How often one address may do a thing: against floods of forms that need no account. Without Redis nothing is refused."""

from __future__ import annotations

import hashlib
import ipaddress

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

IPV6_NETWORK = 64  # bits: one household or phone has as many addresses as it likes within them


def address_of(request: HttpRequest) -> str:
    """The caller's address: behind TRUSTED_PROXY_COUNT proxies of ours the one that the outermost of them
    wrote down. What stands before it in X-Forwarded-For the caller may have made up. Where the header
    has fewer entries than proxies the request did not come through them, and its own address counts."""
    direct = str(request.META.get("REMOTE_ADDR", ""))
    count = settings.TRUSTED_PROXY_COUNT
    if not count:
        return direct
    passed = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if len(passed) < count:
        return direct
    found = _without_port(passed[-count])
    try:
        return str(ipaddress.ip_address(found))
    except ValueError:
        return direct


def _without_port(text: str) -> str:
    """“192.0.2.1:4711” and “[2001:db8::1]:4711” without the port."""
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


def network_of(request: HttpRequest) -> str:
    """What counts as one caller: an address, for IPv6 its network."""
    address = address_of(request)
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((int(found), IPV6_NETWORK), strict=False))
    return address


def counted(request: HttpRequest, what: str, seconds: int = 3600, *, by: int = 1) -> int:
    """Count `by` more of `what` for this caller; returns how many there are within the time. The caller
    is kept as a digest only."""
    digest = hashlib.blake2s(f"{settings.SECRET_KEY}:{network_of(request)}".encode(), digest_size=12).hexdigest()
    count: int = cache.count_up(f"often:{what}:{digest}", seconds, by)  # type: ignore[attr-defined]
    return count


def is_too_often(request: HttpRequest, what: str, most: int, seconds: int = 3600, *, by: int = 1) -> bool:
    """Count one more of `what` for this caller; True once there are more than `most` within the time."""
    return counted(request, what, seconds, by=by) > most or most < 1


def is_too_much(what: str, most: int, seconds: int = 3600, *, by: int = 1) -> bool:
    """As is_too_often, of all callers together: a budget for the whole portal."""
    count: int = cache.count_up(f"budget:{what}", seconds, by)  # type: ignore[attr-defined]
    return count > most
