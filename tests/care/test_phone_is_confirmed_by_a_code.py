"""A reporter with only a phone gets a code by message and enters it; it is never a reason to lose the report."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from care.models import Case
from ntbportal.commons.notices import Notice


@pytest.fixture
def reporter(report: Any, settings: Any) -> Client:
    settings.MESSENGER_URLS = {"sms": "json://localhost/{phone}"}
    receipt = report(phone="081234567890")
    client = Client()
    client.post("/care/track/", {"code": receipt.case.code, "pin": receipt.pin})
    return client


def code_of_the_message() -> str:
    body = Notice.objects.get(channel="sms").body
    return re.findall(r"(?<!PIN )\b\d{6}\b", body)[-1]


def test_the_code_confirms_the_number(reporter: Client) -> None:
    case = Case.objects.get()
    assert "kode" in reporter.get(f"/care/{case.code}/").content.decode().lower()
    reporter.post(f"/care/{case.code}/phone/", {"code": code_of_the_message()})
    assert Case.objects.get().contact_confirmed_at is not None
    assert f"/care/{case.code}/phone/" not in reporter.get(f"/care/{case.code}/").content.decode()


def test_a_wrong_code_is_said_and_the_report_stays(reporter: Client) -> None:
    case = Case.objects.get()
    wrong = "000000" if code_of_the_message() != "000000" else "111111"
    page = reporter.post(f"/care/{case.code}/phone/", {"code": wrong})
    assert page.status_code == 422
    assert Case.objects.get().contact_confirmed_at is None


def test_guessing_ends_soon(reporter: Client) -> None:
    case = Case.objects.get()
    for number in range(9):
        reporter.post(f"/care/{case.code}/phone/", {"code": f"{number:06d}"})
    reporter.post(f"/care/{case.code}/phone/", {"code": code_of_the_message()})
    assert Case.objects.get().contact_confirmed_at is None


def test_nobody_else_is_asked(reporter: Client) -> None:
    case = Case.objects.get()
    assert Client().post(f"/care/{case.code}/phone/", {"code": code_of_the_message()}).status_code == 302
    assert Case.objects.get().contact_confirmed_at is None
