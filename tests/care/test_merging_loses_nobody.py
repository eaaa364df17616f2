"""Reports are put together only where news can come, and everybody goes along."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from care import duplicates, handling
from care.models import Case
from care.routing import route_case
from care.similar import affected, follow
from ntbportal.commons.notices import Notice


@pytest.fixture
def routed(report: Any) -> Any:
    def make(category: str = "jalan", **fields: Any) -> Any:
        receipt = report(category, **fields)
        route_case(receipt.case.pk)
        receipt.case.refresh_from_db()
        return receipt

    return make


def test_not_into_a_closed_one(routed: Any, person: Any) -> None:
    by = person("officer", agency="pupr")
    copy, original = routed().case, routed().case
    for close in (
        lambda: handling.reject(original, by, "Bukan."),
        lambda: handling.reopen(original, person("coordinator"), "Lagi."),
    ):
        close()
        original.refresh_from_db()
        if not original.is_open:
            with pytest.raises(ValidationError):
                duplicates.merge(copy, by, original)


def test_not_into_one_the_officer_may_not_open_nor_told_that_it_exists(routed: Any, person: Any, sign_in: Any) -> None:
    copy, foreign = routed().case, routed("bantuan-sosial").case
    desk = sign_in(person("officer", agency="pupr"))
    real = desk.post(f"/care/desk/{copy.code}/merge/", {"original": foreign.code})
    none = desk.post(f"/care/desk/{copy.code}/merge/", {"original": "2222-2222"})
    said = "Tidak ada laporan dengan kode ini"
    assert said in real.content.decode()
    assert said in none.content.decode()
    copy.refresh_from_db()
    assert copy.duplicate_of is None


def test_followers_and_those_affected_go_along_once(routed: Any, person: Any) -> None:
    copy, original = routed().case, routed().case
    user = person("citizen")
    follow(copy, user=user)
    follow(original, user=user)
    follow(copy, visitor="a" * 32, email="satu@example.org", is_affected=True)
    follow(copy, visitor="b" * 32, is_affected=True)
    duplicates.merge(copy, person("officer", agency="pupr"), original)
    assert original.follows.count() == 3
    assert affected([original.pk]) == {original.pk: 2}


def test_the_reporter_of_the_copy_hears_and_may_write(routed: Any, person: Any) -> None:
    by = person("officer", agency="pupr")
    receipt = routed(email="salinan@example.org")
    original = routed().case
    duplicates.merge(receipt.case, by, original)
    own = Client()
    own.post("/care/track/", {"code": receipt.case.code, "pin": receipt.pin})
    page = own.get(f"/care/{receipt.case.code}/").content.decode()
    assert original.code in page
    own.post(f"/care/{receipt.case.code}/reply/", {"text": "Lubangnya makin besar."})
    assert "Lubangnya makin besar." in original.moves.get(what="replied").inside_note
    handling.answer(original, by, "Sudah ditambal.")
    told = Notice.objects.filter(channel="email").latest("pk")
    assert (told.address, "Sudah ditambal." in told.body) == ("salinan@example.org", True)


def test_the_copys_public_address_leads_to_the_original(routed: Any, person: Any) -> None:
    copy, original = routed().case, routed().case
    duplicates.merge(copy, person("officer", agency="pupr"), original)
    assert Client().get(f"/care/{copy.code}/").url == f"/care/{original.code}/"


def test_a_secret_copys_address_does_not(routed: Any, person: Any) -> None:
    copy, original = routed(is_secret=True).case, routed().case
    duplicates.merge(copy, person("officer", agency="pupr"), original)
    assert "track" in Client().get(f"/care/{copy.code}/").url


def test_the_original_of_an_emergency_is_one(routed: Any, person: Any) -> None:
    copy = routed("bencana", description="Longsor menimpa rumah, orang tertimbun.").case
    original = routed("bencana", description="Mohon sosialisasi pencegahan longsor.").case
    assert not original.is_emergency
    duplicates.merge(copy, person("officer", agency="bpbd"), original)
    assert Case.objects.get(pk=original.pk).is_emergency
