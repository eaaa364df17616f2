"""One address may send only so many forms an hour; others are not held up, and a forged header does not help."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client, RequestFactory

from ntbportal.commons.throttle import is_too_often


def test_counted_by_address(settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = None
    factory = RequestFactory()
    same = [is_too_often(factory.get("/", REMOTE_ADDR="203.0.113.7", HTTP_X_FORWARDED_FOR=f"198.51.100.{n}"), "x", 3) for n in range(5)]
    assert same == [False, False, False, True, True]
    assert not is_too_often(factory.get("/", REMOTE_ADDR="203.0.113.8"), "x", 3)
    assert not is_too_often(factory.get("/", REMOTE_ADDR="203.0.113.7"), "y", 3)


def test_behind_our_proxy_the_last_address_counts(settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    factory = RequestFactory()
    asked = [factory.get("/", HTTP_X_FORWARDED_FOR=f"10.9.9.{n}, 203.0.113.7", REMOTE_ADDR="10.0.0.1") for n in range(3)]
    assert [is_too_often(one, "x", 2) for one in asked] == [False, False, True]


@pytest.mark.django_db
def test_the_eleventh_request_for_data_keeps_what_was_typed() -> None:
    from onedata.models import DataRequest

    client = Client()
    sent = {"title": "Sumur bor per desa", "purpose": "Skripsi", "requester_email": "siti@example.org"}
    for _time in range(10):
        assert client.post("/onedata/requests/new/", sent).status_code == 302
    answer = client.post("/onedata/requests/new/", sent)
    assert answer.status_code == 429
    assert "Sumur bor per desa" in answer.content.decode()
    assert DataRequest.objects.count() == 10
