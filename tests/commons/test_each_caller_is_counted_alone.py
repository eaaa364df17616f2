"""Limits count the caller, not the proxy in front, and not what a caller makes up."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from ntbportal.commons.throttle import address_of, network_of
from tests.conftest import PASSWORD


def asked(**headers: str) -> Any:
    return RequestFactory().get("/", REMOTE_ADDR="10.0.0.1", **headers)


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        (0, "198.51.100.7", "10.0.0.1"),
        (0, "", "10.0.0.1"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "1.2.3.4, 198.51.100.7", "198.51.100.7"),
        (1, "127.0.0.1,10.0.0.1 , 198.51.100.7", "198.51.100.7"),
        (2, "1.2.3.4, 198.51.100.7, 10.1.1.1", "198.51.100.7"),
        (2, "198.51.100.7", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "unknown", "10.0.0.1"),
        (1, "1.2.3.4, <script>", "10.0.0.1"),
        (1, "198.51.100.7:4711", "198.51.100.7"),
        (1, "[2001:db8::7]:4711", "2001:db8::7"),
    ],
)
def test_from_exactly_the_trusted_proxies(proxies: int, forwarded: str, found: str, settings: Any) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert address_of(asked(**headers)) == found


def test_all_addresses_of_one_network_are_one_caller(settings: Any) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    networks = {network_of(asked(HTTP_X_FORWARDED_FOR=f"2001:db8:1:2::{number:x}")) for number in range(9)}
    assert networks == {"2001:db8:1:2::/64"}
    assert network_of(asked(HTTP_X_FORWARDED_FOR="::ffff:198.51.100.7")) == "198.51.100.7"


def sign_in(address: str, login: str, password: str, forged: str = "") -> int:
    forwarded = f"{forged}, {address}" if forged else address
    data = {"login": login, "password": password}
    response = Client().post(reverse("account_login"), data, HTTP_X_FORWARDED_FOR=forwarded, REMOTE_ADDR="10.0.0.1")
    return response.status_code


def test_ten_failures_of_one_lock_nobody_else_out(person: Any, settings: Any) -> None:
    settings.TRUSTED_PROXY_COUNT, settings.PORTAL_DEMO = 1, True
    user = person("citizen", name="siti")
    for number in range(14):
        sign_in("203.0.113.9", f"orang{number}@example.org", "salah")
    assert sign_in("203.0.113.9", user.email, PASSWORD) != 302, "the one who failed has to wait"
    assert sign_in("198.51.100.7", user.email, PASSWORD) == 302


def test_a_made_up_header_does_not_give_a_new_start(person: Any, settings: Any) -> None:
    settings.TRUSTED_PROXY_COUNT = 1
    user = person("citizen", name="siti")
    for number in range(14):
        sign_in("203.0.113.9", f"orang{number}@example.org", "salah", forged=f"192.0.2.{number}")
    assert sign_in("203.0.113.9", user.email, PASSWORD, forged="192.0.2.200") != 302


def test_behind_a_proxy_one_is_the_default() -> None:
    from django.conf import settings

    assert bool(settings.TRUSTED_PROXY_COUNT) == bool(settings.SECURE_PROXY_SSL_HEADER)
