"""What an officer asks and a reporter replies is read by the two until a screened text is published."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from care import duplicates, handling
from care.models import Case
from care.open311 import shown
from care.routing import route_case
from ntbportal.commons.notices import Notice

ASKED = "Tolong kirim nomor KTP dan alamat rumah Anda"
REPLIED = "Rumah saya nomor 14 cat hijau, saya janda tinggal sendiri bersama bayi"


@pytest.fixture
def receipt(report: Any) -> Any:
    made = report("jalan", email="warga@example.org")
    route_case(made.case.pk)
    made.case.refresh_from_db()
    return made


@pytest.fixture
def talked(receipt: Any, person: Any) -> Case:
    case = receipt.case
    Client().post(f"/care/{case.code}/me-too/", {"act": "follow", "email": "pengikut@example.org"})
    follower = case.follows.get()
    follower.confirmed_at = follower.since
    follower.save()
    handling.ask(case, person("officer", agency="pupr"), ASKED)
    handling.reply(case, REPLIED)
    return case


def public_faces(case: Case) -> str:
    pages = (f"/care/{case.code}/", f"/open311/v2/requests/{case.code}.json", "/care/feed.atom", "/care/")
    return " ".join(Client().get(page).content.decode() for page in pages)


@pytest.mark.parametrize("private", ["nomor KTP", "cat hijau", "janda", "nomor 14"])
def test_the_public_reads_neither(private: str, talked: Case) -> None:
    assert private not in public_faces(talked)
    assert private not in str(shown(Case.objects.get(pk=talked.pk)))


def test_followers_are_told_nothing_of_it(talked: Case) -> None:
    assert not Notice.objects.filter(event__contains=":followed:").exists()


def test_what_is_written_back_after_an_answer_is_private_too(receipt: Any, person: Any) -> None:
    handling.answer(receipt.case, person("officer", agency="pupr"), "Sudah ditambal.")
    handling.reply(receipt.case, REPLIED)
    page = public_faces(receipt.case)
    assert "Sudah ditambal." in page
    assert "cat hijau" not in page


def test_the_two_read_it(talked: Case, receipt: Any, person: Any, sign_in: Any) -> None:
    own = Client()
    own.post("/care/track/", {"code": talked.code, "pin": receipt.pin})
    desk = sign_in(person("officer", agency="pupr"))
    for page in (own.get(f"/care/{talked.code}/"), desk.get(f"/care/desk/{talked.code}/")):
        assert ASKED in page.content.decode()
        assert "cat hijau" in page.content.decode()


def test_a_screened_text_is_published_and_taken_back(talked: Case, person: Any, sign_in: Any) -> None:
    desk = sign_in(person("officer", agency="pupr"))
    move = talked.moves.get(what="replied")
    desk.post(f"/care/desk/{talked.code}/publish/", {"move": move.pk, "text": "Pelapor memberi alamat."})
    assert "Pelapor memberi alamat." in public_faces(talked)
    assert "cat hijau" not in public_faces(talked)
    desk.post(f"/care/desk/{talked.code}/publish/", {"move": move.pk, "text": ""})
    assert "Pelapor memberi alamat." not in public_faces(talked)


def test_reporters_of_copies_are_not_asked_what_another_was_asked(receipt: Any, report: Any, person: Any) -> None:
    copy = report("jalan", email="lain@example.org").case
    route_case(copy.pk)
    coordinator = person("coordinator")
    duplicates.merge(copy, coordinator, receipt.case)
    handling.ask(receipt.case, coordinator, ASKED)
    told = Notice.objects.filter(channel="email")
    assert not [one for one in told if one.address == "lain@example.org" and ASKED in one.body]


def test_the_form_says_who_will_read_it(talked: Case, receipt: Any) -> None:
    own = Client()
    own.post("/care/track/", {"code": talked.code, "pin": receipt.pin})
    assert "Hanya Anda dan instansi yang membacanya" in own.get(f"/care/{talked.code}/").content.decode()
