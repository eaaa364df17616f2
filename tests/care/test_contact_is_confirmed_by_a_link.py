"""The address is confirmed by a link in the mail; the report never waits for it."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from care.models import Case
from ntbportal.commons.notices import Notice


def test_only_pressing_the_button_behind_the_link_confirms(report: Any) -> None:
    case = report(email="nurul@example.org").case
    path = Notice.objects.get(channel="email").path
    assert re.fullmatch(r"/care/confirm/[^/]+/", path)
    client = Client()
    assert client.get(path).status_code == 200  # a mail filter looks
    assert Case.objects.get(pk=case.pk).contact_confirmed_at is None
    client.post(path)
    first = Case.objects.get(pk=case.pk).contact_confirmed_at
    assert first is not None
    client.post(path)
    assert Case.objects.get(pk=case.pk).contact_confirmed_at == first


def test_a_forged_link_confirms_nothing(report: Any) -> None:
    case = report(email="nurul@example.org").case
    assert Client().get(f"/care/confirm/{case.pk}:abc/").status_code == 404
    assert Client().post(f"/care/confirm/{case.pk}:abc/").status_code == 200
    assert Case.objects.get(pk=case.pk).contact_confirmed_at is None
