"""No control sign comes in by any door, and what is there already breaks no feed and no XML."""

from __future__ import annotations

import uuid
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client

from care import handling
from care.inbox import file_waiting
from care.intake import Report, file_complaint
from care.models import Case, CaseMove
from care.routing import route_case, route_waiting
from ntbportal.commons.places import Region
from ntbportal.commons.texts import CONTROLS, is_blank, without_controls
from ntbportal.commons.tokens import issue

SIGNS = "a\x01b\x08c\x1bd\x00e\x0bf\x7fg\x9fh\r\ni\ufffej"
TEXT = f"Lubang besar di jalan {SIGNS} dekat pasar."
PLACE = {"regency": "52.07", "district": "52.07.02", "village": "52.07.02.2021"}


def by_web(category: Any, person: Any) -> None:
    client, road = Client(), category("jalan").pk
    where = client.post("/care/new/", {"category": road, "asked": road, "description": TEXT}).url
    who = client.post(where, {**PLACE, "place_note": SIGNS}).url
    client.post(who, {"name": SIGNS})


def by_phone(category: Any, person: Any) -> None:
    sent = {"key": uuid.uuid4(), "pin": "123456", "category": category("jalan").pk, "description": TEXT}
    Client().post("/care/new/offline/", {**sent, "district": "52.07.02", "name": SIGNS, "place_note": SIGNS})
    file_waiting()


def by_open311(category: Any, person: Any) -> None:
    key = issue(person("officer", agency="pupr"), "program")
    sent = {"api_key": key, "service_code": "jalan", "description": TEXT, "address_id": "52.07.02.2021"}
    Client().post("/open311/v2/requests.json", {**sent, "first_name": SIGNS})


def by_the_counter(category: Any, person: Any) -> None:
    client = Client()
    client.force_login(person("officer", agency="pupr"), backend="ntbportal.commons.signin.AccountBackend")
    sent = {"category": category("jalan").pk, "channel": "visit", "description": TEXT, "name": SIGNS}
    client.post("/care/desk/new/", {**sent, **PLACE})


def by_a_program_of_ours(category: Any, person: Any) -> None:
    region = Region.objects.get(code="52.07.02.2021")
    file_complaint(Report(category=category("jalan"), description=TEXT, region=region, name=SIGNS, place_note=SIGNS))


@pytest.mark.parametrize("door", [by_web, by_phone, by_open311, by_the_counter, by_a_program_of_ours])
def test_of_reports(door: Any, category: Any, person: Any, settings: Any) -> None:
    settings.PORTAL_DEMO = True
    door(category, person)
    route_waiting()
    case = Case.objects.get()
    kept = (case.description, case.place_note, case.reporter_name, case.public_description, str(case.answers))
    assert not [text for text in kept if CONTROLS.search(text)]
    assert "Lubang besar di jalan abcdefgh\nij dekat pasar." in case.description
    ElementTree.fromstring(Client().get("/care/feed.atom").content)


def test_of_answers_replies_and_acts(report: Any, person: Any, sign_in: Any) -> None:
    case = report("jalan").case
    route_case(case.pk)
    desk = sign_in(person("officer", agency="pupr"))
    for act in ("answer", "note"):
        desk.post(f"/care/desk/{case.code}/{act}/", {"text": TEXT, "inside": TEXT})
    handling.reply(Case.objects.get(pk=case.pk), TEXT)
    for move in CaseMove.objects.filter(case=case):
        assert not CONTROLS.search(move.public_note + move.inside_note + move.redacted_note), move.what


def test_what_is_there_already_breaks_nothing(report: Any) -> None:
    case = report("jalan").case
    route_case(case.pk)
    dirty = SIGNS.replace("\x00", "")  # the database itself refuses NUL
    Case.objects.update(description=dirty, public_description=dirty)
    CaseMove.objects.update(public_note=dirty, redacted_note=dirty)
    for address in ("/care/feed.atom", "/open311/v2/requests.xml", f"/open311/v2/requests/{case.code}.xml"):
        ElementTree.fromstring(Client().get(address).content)
    for address in ("/care/", f"/care/{case.code}/", "/open311/v2/requests.json"):
        assert Client().get(address).status_code == 200


@pytest.mark.parametrize("blank", ["\u200b" * 12, "\u2060\ufeff\u200d" * 9, "\u3164" * 20, " \t\n" * 10, "\u00ad" * 15])
def test_a_text_of_which_nothing_is_seen_is_none(blank: str, category: Any, db: None) -> None:
    assert is_blank(blank)
    road = category("jalan").pk
    assert Client().post("/care/new/", {"category": road, "asked": road, "description": blank}).status_code == 422


@pytest.mark.parametrize("kept", ["Nurul\tA\nB", "Gili 🏝️", "👨‍👩‍👧", "مرحبا", "é“–”", "a\u200bb"])
def test_what_people_write_stays(kept: str) -> None:
    assert without_controls(kept) == kept


def test_lists_and_search_take_none_from_an_address(db: None) -> None:
    for address in ("/search/?q=%00%08x", "/care/?category=%00", "/onedata/?q=%1b", "/care/new/?category=%00", "/care/?place=%01"):
        assert Client().get(address).status_code == 200, address
