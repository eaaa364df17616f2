"""Two windows write two reports; whatever is pressed again, the same report has the same receipt."""

from __future__ import annotations

import re
import threading
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from care.models import Case, ReportDraft

PLACE = {"regency": "52.07", "district": "52.07.02", "village": ""}


def begin(client: Client, category: Any, text: str) -> str:
    """Write the first two screens; returns the address of the third."""
    road = category("jalan").pk
    where = client.post("/care/new/", {"category": road, "asked": road, "description": text}).url
    return client.post(where, PLACE).url


def test_each_window_sends_its_own_text(category: Any, db: None) -> None:
    client = Client()
    first = begin(client, category, "Lubang besar di jalan pertama.")
    second = begin(client, category, "Lubang besar di jalan kedua.")
    assert first != second
    client.post(first, {})
    assert [case.description for case in Case.objects.all()] == ["Lubang besar di jalan pertama."]
    client.post(second, {})
    assert Case.objects.count() == 2


def test_a_draft_of_another_browser_is_not_shown(category: Any, db: None) -> None:
    address = begin(Client(), category, "Rahasia di jalan.")
    answer = Client().get(address)
    assert answer.status_code == 302
    assert answer.url == "/care/new/"


def test_pressed_again_it_leads_to_the_same_receipt(category: Any, db: None) -> None:
    client = Client()
    who = begin(client, category, "Lubang besar di tikungan.")
    first, again = client.post(who, {}), client.post(who, {})
    assert first.url == again.url
    page = client.get(again.url).content.decode()
    code = Case.objects.get().code
    assert code in page
    assert re.search(r'id="case-pin">\d{6}<', page)


@pytest.mark.parametrize("screen", ["", "where/", "who/"])
def test_back_after_sending_shows_the_receipt(screen: str, category: Any, db: None) -> None:
    client = Client()
    who = begin(client, category, "Lubang besar di tikungan.")
    client.post(who, {})
    answer = client.get(who.replace("who/", screen), follow=True)
    assert Case.objects.get().code in answer.content.decode()


def test_what_was_typed_does_not_stay_behind(category: Any, db: None) -> None:
    client = Client()
    client.post(begin(client, category, "Lubang besar di tikungan."), {"email": "a@example.org"})
    assert ReportDraft.objects.get().values == {}


@pytest.mark.django_db(transaction=True)
def test_three_at_once_are_one_report_with_one_receipt(category: Any) -> None:
    client = Client()
    who = begin(client, category, "Lubang besar di tikungan.")
    start, pages = threading.Barrier(3), []

    def press() -> None:
        other = Client()
        other.cookies = client.cookies
        start.wait()
        answer = other.post(who, {})
        pages.append(other.get(answer.url).content.decode())
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    code = Case.objects.get().code
    assert all(code in page for page in pages)
    assert len({re.search(r'id="case-pin">(\d{6})<', page)[1] for page in pages}) == 1


def test_staff_who_press_twice_enter_one_report(category: Any, person: Any, sign_in: Any) -> None:
    desk = sign_in(person("officer", agency="pupr"))
    page = desk.get("/care/desk/new/").content.decode()
    key = re.search(r'name="key" value="([0-9a-f-]{36})"', page)[1]
    sent = {"key": key, "category": category("jalan").pk, "channel": "visit", "description": "Lubang besar di jalan."}
    pages = [desk.post("/care/desk/new/", {**sent, **PLACE}).content.decode() for _ in range(2)]
    code = Case.objects.get().code
    pins = [re.search(r"\b\d{6}\b", page.split(code)[1])[0] for page in pages]
    assert pins[0] == pins[1]


def test_an_unsent_report_is_offered_again(category: Any, db: None) -> None:
    client = Client()
    begin(client, category, "Lubang besar di tikungan.")
    page = client.get("/care/new/").content.decode()
    assert "belum mengirimnya" in page
    assert "Lubang besar di tikungan." not in page


def test_a_key_that_is_none_harms_nothing(db: None) -> None:
    for key in ("x", "²", str(uuid.uuid4()), "%00", "' OR 1=1"):
        assert Client().get(f"/care/new/where/?draft={key}").status_code == 302
