"""A request has a number, a deadline of ten working days, and an answer in public; who asks stays unknown to the public."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection

from ntbportal.commons.notices import Notice
from onedata import requests
from onedata.models import DataRequest

pytestmark = pytest.mark.django_db
ASKED = {
    "title": "Sumur bor per desa",
    "purpose": "Skripsi",
    "requester_name": "Siti Aminah",
    "requester_email": "siti@example.org",
    "text": "2024",
}


@pytest.fixture
def asked(client: Any) -> DataRequest:
    client.post("/onedata/requests/new/", ASKED)
    return DataRequest.objects.get()


def test_the_deadline_is_ten_working_days_and_seven_more_once(monkeypatch: Any, person: Any) -> None:
    """Asked on Monday 3 August 2026: 17 August is Independence Day, so the tenth working day is the 18th."""
    monkeypatch.setattr(requests.timezone, "localdate", lambda: date(2026, 8, 3))
    found = requests.ask(DataRequest(title="x", purpose="y", requester_email="a@example.org"))
    assert found.due_on == date(2026, 8, 18)
    walidata = person("walidata")
    found = requests.move(found, "extended", walidata, text="Dikumpulkan dari tiga dinas")
    # Prophet's birthday, 26 August 2026 (12 Rabi al-awwal 1448), is a national holiday: 19-21, 24, 25, 27, 28
    assert found.due_on == date(2026, 8, 28)
    with pytest.raises(requests.ValidationError):
        requests.move(found, "extended", walidata, text="lagi")


def test_who_asks_is_encrypted_and_never_shown(asked: DataRequest, client: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT requester_name || requester_email FROM onedata_datarequest")
        assert "Siti" not in cursor.fetchone()[0]
    DataRequest.objects.update(is_shown=True)
    for page in ("/onedata/requests/", asked.get_absolute_url()):
        text = client.get(page).content.decode()
        assert asked.title in text
        assert "Siti" not in text
        assert "siti@" not in text


def test_until_the_office_shows_it_only_the_asker_sees_it(asked: DataRequest, client: Any) -> None:
    from django.test import Client

    assert client.get(asked.get_absolute_url()).status_code == 200
    assert Client().get(asked.get_absolute_url()).status_code == 404


def test_passed_on_and_provided(asked: DataRequest, person: Any, sign_in: Any, data_set: Any) -> None:
    from ntbportal.commons.agencies import Agency

    walidata, producer = person("walidata"), person("producer", agency="pupr", name="joko")
    address = f"/onedata/desk/requests/{asked.code}/"
    assert sign_in(producer).get(address).status_code == 404
    sign_in(walidata).post(address, {"act": "assign", "agency": Agency.objects.get(slug="pupr").pk})
    assert Notice.objects.filter(user=producer, event__contains="assigned").exists()
    found = data_set("Sumur bor", producer="pupr")
    client = sign_in(producer)
    assert client.post(address, {"act": "refused", "text": ""}).status_code == 422, "a refusal needs a reason in writing"
    client.post(address, {"act": "provided", "data_set": found.slug})
    asked.refresh_from_db()
    assert (asked.state, asked.answered_with) == ("provided", found)
    mails = Notice.objects.filter(channel="email", event__startswith=f"request:{asked.pk}:asker")
    assert {mail.address for mail in mails} == {"siti@example.org"}
    assert client.post(address, {"act": "refused", "text": "x"}).status_code == 422, "an answered request is closed"


def test_reminders_before_and_after_the_day_come_once(asked: DataRequest, person: Any, monkeypatch: Any) -> None:
    person("walidata", name="budi")
    for day in (asked.due_on, asked.due_on):
        monkeypatch.setattr(requests.timezone, "localdate", lambda day=day: day)
        requests.remind()
    assert Notice.objects.filter(event=f"request:{asked.pk}:due:{asked.due_on}:today", channel="in_app").count() == 1


def test_a_program_that_fills_every_field_is_told_nothing(client: Any) -> None:
    client.post("/onedata/requests/new/", {**ASKED, "website": "http://spam.example"})
    assert not DataRequest.objects.exists()


def test_what_was_typed_is_kept(client: Any) -> None:
    answer = client.post("/onedata/requests/new/", {**ASKED, "requester_email": "bukan surel"})
    assert answer.status_code == 422
    assert "Sumur bor per desa" in answer.content.decode()
