"""Reading addresses that people give us: only the open web, never this house's own network; bounded in size and time.

The address a name stands for is looked up once, judged, and connected to, so that a name cannot point elsewhere between
the judging and the connecting. Every hop of a redirection is judged alike.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import certifi
import httpcore
import httpx
from django.conf import settings

SECONDS = 30.0
TOTAL_SECONDS = 120.0  # of one answer in all, however it drips
MOST_BYTES = 1_000_000_000


class Unreachable(Exception):
    """The address could not be read; the message says why, in few words."""


class _JudgingBackend(httpcore.SyncBackend):
    def connect_tcp(self, host: str, port: int, *args: Any, **options: Any) -> httpcore.NetworkStream:
        return super().connect_tcp(_judged(host, port), port, *args, **options)


def _judged(host: str, port: int) -> str:
    """An IP address of the host that lies in the open internet. Raises Unreachable."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unreachable(f"{host}: unknown host") from error
    for *_kind, address in found:
        if settings.FETCH_PRIVATE_ADDRESSES or is_open(str(address[0])):
            return str(address[0])
    raise Unreachable(f"{host}: not in the open internet")


NAT64 = ipaddress.ip_network("64:ff9b::/96")
CLOSED = tuple(map(ipaddress.ip_network, ("64:ff9b:1::/48", "fec0::/10", "::/96", "2001::/32")))


def is_open(text: str) -> bool:
    """Whether an address lies in the open internet; one of IPv6 that carries one of IPv4 is judged by it."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
        if any(address in network for network in CLOSED):
            return False
    return address.is_global and not address.is_multicast


def client(**options: Any) -> httpx.Client:
    """An HTTP client for foreign addresses."""
    transport = httpx.HTTPTransport()
    transport._pool = httpcore.ConnectionPool(
        ssl_context=ssl.create_default_context(cafile=certifi.where()), network_backend=_JudgingBackend(), max_connections=4
    )
    return httpx.Client(
        transport=transport,
        timeout=SECONDS,
        follow_redirects=True,
        max_redirects=5,
        headers={"User-Agent": f"NTB-Portal/1.0 (+{settings.BASE_URL})", **options.pop("headers", {})},
        trust_env=False,
        **options,
    )


@contextmanager
def reading(url: str, **options: Any) -> Iterator[httpx.Response]:
    """An open answer to GET. Raises Unreachable."""
    try:
        with client() as http, http.stream("GET", url, **options) as response:
            if response.status_code >= 400:
                raise Unreachable(f"HTTP {response.status_code}")
            yield response
    except httpx.HTTPError as error:
        raise Unreachable(str(error)[:200] or type(error).__name__) from error
    except (httpx.InvalidURL, httpcore.UnsupportedProtocol) as error:
        raise Unreachable(str(error)[:200]) from error


def fetch_bytes(url: str, most: int = 50_000_000, *, total: float = TOTAL_SECONDS, **options: Any) -> bytes:
    """The body of an answer. Raises Unreachable, also where it is larger than `most` or drips for longer
    than `total` seconds in all."""
    parts, size, began = [], 0, time.monotonic()
    with reading(url, **options) as response:
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > most:
                raise Unreachable(f"larger than {most} bytes")
            if time.monotonic() - began > total:
                raise Unreachable(f"not whole within {total:.0f} s")
            parts.append(chunk)
    return b"".join(parts)


def fetch_to(url: str, target: Path, most: int = MOST_BYTES) -> tuple[str, int]:
    """Write the body to a file; returns the content type and the size in bytes. Raises Unreachable."""
    size, began = 0, time.monotonic()
    with reading(url) as response, target.open("wb") as out:
        for chunk in response.iter_bytes(1 << 20):
            size += len(chunk)
            if size > most:
                raise Unreachable("larger than 1 GB")
            if time.monotonic() - began > TOTAL_SECONDS * 10:
                raise Unreachable("not whole in time")
            out.write(chunk)
        return response.headers.get("content-type", "").partition(";")[0].strip().lower(), size


def answers(url: str) -> str:
    """Empty if the address answers (HEAD, else GET), else why it does not."""
    try:
        with client() as http:
            response = http.head(url)
            if response.status_code in {403, 404, 405, 501}:
                with http.stream("GET", url) as again:
                    return "" if again.status_code < 400 else f"HTTP {again.status_code}"
            return "" if response.status_code < 400 else f"HTTP {response.status_code}"
    except Unreachable as error:
        return str(error)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return str(error)[:200] or type(error).__name__
