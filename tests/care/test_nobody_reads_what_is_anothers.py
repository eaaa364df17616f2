"""Attacks on what is private: by publishing in a hurry, by copies, by helpers, by other portals."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from django.core.files.base import ContentFile
from django.test import Client

from care import corrections, duplicates, handling, onward
from care.models import Case, CasePhoto, CaseSupport, OnwardCase, OnwardServer
from care.routing import route_case
from care.similar import similar_cases
from ntbportal.commons.agencies import Agency
from ntbportal.commons.notices import Notice
from ntbportal.commons.places import Region

TELLING = "Hubungi Pak Budi Santoso 081234567890."


@pytest.fixture
def routed(report: Any) -> Any:
    def make(category: str = "jalan", **fields: Any) -> Any:
        receipt = report(category, **fields)
        route_case(receipt.case.pk)
        receipt.case.refresh_from_db()
        return receipt

    return make


@pytest.fixture
def officer(person: Any) -> Any:
    return person("officer", agency="pupr")


def replied(case: Case, *, photo: bool = False) -> Any:
    handling.reply(case, "Rumah saya nomor 14 cat hijau.")
    move = case.moves.get(what="replied")
    if photo:
        file = ContentFile(b"jpeg", name="ktp.jpg")
        CasePhoto.objects.create(case=case, move=move, picture=file, thumbnail=ContentFile(b"jpeg", name="k.jpg"))
    return move


@pytest.mark.parametrize(("act", "field"), [("publish", "text"), ("reject", "reason"), ("refer", "reason"), ("answer", "text")])
def test_an_officer_in_a_hurry_is_asked_before_anything_is_public(act: str, field: str, routed: Any, officer: Any, sign_in: Any) -> None:
    case = routed().case
    move = replied(case)
    desk = sign_in(officer)
    sent = {"move": move.pk, field: TELLING}
    asked = desk.post(f"/care/desk/{case.code}/{act}/", sent)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "Semua orang akan membaca: Budi Santoso; 081234567890" in page
    assert page.count(TELLING) == 1, "what was typed is kept, and only where it was typed"
    assert "is_meant" in page
    assert TELLING not in Client().get(f"/care/{case.code}/").content.decode()
    assert desk.post(f"/care/desk/{case.code}/{act}/", {**sent, "is_meant": "on"}).status_code == 302


def test_also_the_coordinator_who_reopens(routed: Any, officer: Any, person: Any, sign_in: Any) -> None:
    case = routed().case
    handling.reject(case, officer, "Bukan.")
    desk = sign_in(person("coordinator"))
    asked = desk.post(f"/care/desk/{case.code}/reopen/", {"reason": TELLING})
    assert asked.status_code == 422
    assert asked.content.decode().count(TELLING) == 1
    assert "is_meant" in asked.content.decode()
    assert desk.post(f"/care/desk/{case.code}/reopen/", {"reason": TELLING, "is_meant": "on"}).status_code == 302


def test_what_is_wrong_is_said_also_where_the_report_is_closed(routed: Any, officer: Any, sign_in: Any) -> None:
    case = routed().case
    move = replied(case)
    handling.reject(case, officer, "Bukan.")
    page = sign_in(officer).post(f"/care/desk/{case.code}/publish/", {"move": move.pk, "text": TELLING})
    assert "Semua orang akan membaca" in page.content.decode()
    gone = sign_in(officer).post(f"/care/desk/{case.code}/publish/", {"move": 1, "text": "Baik."})
    assert "bukan antara pelapor dan instansi" in gone.content.decode()


def test_publishing_a_text_publishes_no_photo(routed: Any, officer: Any, sign_in: Any) -> None:
    case = routed().case
    move = replied(case, photo=True)
    address = f"/care/{case.code}/photos/{move.photos.get().pk}/large.jpg"
    desk = sign_in(officer)
    desk.post(f"/care/desk/{case.code}/publish/", {"move": move.pk, "text": "Pelapor memberi alamat."})
    assert Client().get(address).status_code == 404
    assert address not in Client().get(f"/care/{case.code}/").content.decode()
    desk.post(
        f"/care/desk/{case.code}/publish/",
        {"move": move.pk, "text": "Pelapor memberi alamat.", "with_photos": "on"},
    )
    assert Client().get(address).status_code == 200


@pytest.mark.parametrize("then", ["nothing", "secret", "hidden"])
def test_whose_report_was_put_together_reads_no_name_of_the_first(then: str, routed: Any, officer: Any) -> None:
    original = routed(name="Siti Aminah", email="siti@example.org").case
    copy = routed(name="Lain Orang", email="lain@example.org").case
    duplicates.merge(copy, officer, original)
    original.refresh_from_db()
    if then == "secret":
        corrections.make_secret(original, officer)
    elif then == "hidden":
        corrections.hide(original, officer, "Penghinaan.")
    original.refresh_from_db()
    handling.answer(original, officer, "Bu Siti Aminah, rumah Ibu di Gang Mawar sudah kami datangi.")
    told = [notice for notice in Notice.objects.filter(event__contains=f"case:{original.pk}:move:") if notice.address == "lain@example.org"]
    texts = " ".join(notice.body for notice in told)
    assert "Aminah" not in texts
    assert ("Gang Mawar" in texts) is (then == "nothing")


def test_who_only_helps_sees_no_original_photo_nor_names_in_answers(routed: Any, officer: Any, person: Any, sign_in: Any) -> None:
    case = routed().case
    case.answers = [{"id": "Siapa?", "en": "Who?", "value": "Pak Harun Rasyid 081234567890", "public": True}]
    case.save()
    CaseSupport.objects.create(case=case, agency=Agency.objects.get(slug="dinsos"), by=officer)
    photo = CasePhoto.objects.create(
        case=case,
        picture=ContentFile(b"blurred", name="a.jpg"),
        thumbnail=ContentFile(b"small", name="b.jpg"),
        original=ContentFile(b"as it came", name="c.jpg"),
    )
    helper = sign_in(person("officer", agency="dinsos"))
    assert helper.get(f"/care/{case.code}/photos/{photo.pk}/large.jpg").status_code == 200
    assert helper.get(f"/care/{case.code}/photos/{photo.pk}/original.jpg").status_code == 404
    assert sign_in(officer).get(f"/care/{case.code}/photos/{photo.pk}/original.jpg").status_code == 200
    assert "081234567890" not in helper.get(f"/care/desk/{case.code}/").content.decode()


@pytest.mark.parametrize("how", ["secret", "hidden"])
def test_what_became_private_is_not_sent_to_another_portal(how: str, routed: Any, officer: Any) -> None:
    case = routed().case
    server = OnwardServer.objects.create(agency=case.agency, name="Kabupaten", url="https://a.example.org")
    row = OnwardCase.objects.create(case=case, server=server)
    if how == "secret":
        corrections.make_secret(case, officer)
    else:
        corrections.hide(case, officer, "Penghinaan.")
    calls: list[str] = []
    transport = httpx.MockTransport(lambda request: calls.append(str(request.url)) or httpx.Response(500))  # type: ignore[func-returns-value]
    row.refresh_from_db()
    with httpx.Client(transport=transport) as http:
        onward._send(http, row)
    assert calls == []
    assert row.state == OnwardCase.State.CLOSED


def test_similar_reports_are_found_by_what_the_public_reads(routed: Any) -> None:
    hidden = "Pak Zulkifli Hamdani nomor 5207024507880001"
    case = routed(description=f"{hidden}").case
    region = Region.objects.get(pk=case.region_id)
    found = similar_cases(category=case.category_id, region=region, text=hidden, latitude=None, longitude=None)
    assert not found, "whoever types a name must not learn that it stands in a report"


def test_the_link_to_a_report_that_is_not_public_fills_in_its_code(routed: Any) -> None:
    case = routed(is_secret=True).case
    page = Client().get(f"/care/{case.code}/", follow=True).content.decode()
    assert f'value="{case.code}"' in page
    assert "PIN" in page


@pytest.mark.parametrize("screen", ["where", "who"])
def test_who_lost_the_session_is_told_so(screen: str, db: None) -> None:
    for act in ("get", "post"):
        page = getattr(Client(), act)(f"/care/new/{screen}/?draft=5f0c35a2-5ab5-4b1f-8bb2-0a35c7ce19b5", follow=True)
        assert "tidak ada lagi di perangkat ini" in page.content.decode()


def test_who_only_helps_reads_nothing_of_what_is_between_two(routed: Any, officer: Any, person: Any, sign_in: Any) -> None:
    case = routed().case
    move = replied(case, photo=True)
    copy = routed(email="lain@example.org").case
    duplicates.merge(copy, officer, case)
    copy.refresh_from_db()
    handling.reply(copy, "Saya tinggal di rumah biru sebelahnya.")
    CaseSupport.objects.create(case=case, agency=Agency.objects.get(slug="dinsos"), by=officer)
    helper = sign_in(person("officer", agency="dinsos"))
    page = helper.get(f"/care/desk/{case.code}/").content.decode()
    assert "cat hijau" not in page
    assert "rumah biru" not in page
    address = f"/care/{case.code}/photos/{move.photos.get().pk}/large.jpg"
    assert address not in page
    assert helper.get(address).status_code == 404
    leading = sign_in(officer)
    assert "rumah biru" in leading.get(f"/care/desk/{case.code}/").content.decode()
    assert leading.get(address).status_code == 200


def test_two_officers_publish_at_once(routed: Any, officer: Any, person: Any, sign_in: Any) -> None:
    case = routed().case
    move = replied(case)
    case.refresh_from_db()
    seen = case.updated_at.isoformat()
    sent = {"move": move.pk, "seen_at": seen}
    first = sign_in(officer).post(f"/care/desk/{case.code}/publish/", {**sent, "text": "Teks pertama."})
    second = sign_in(person("officer", agency="pupr")).post(f"/care/desk/{case.code}/publish/", {**sent, "text": "Teks kedua."})
    move.refresh_from_db()
    assert (first.status_code, second.status_code) == (302, 422)
    assert move.published_note == "Teks pertama."
    assert "Teks kedua." in second.content.decode()


@pytest.mark.parametrize("state", ["secret", "hidden", "secret category"])
def test_no_address_of_the_public_tells_what_is_private(state: str, routed: Any, officer: Any, person: Any, sign_in: Any) -> None:
    telling = "Sumur bor roboh di Gubuk Kelapa"
    case = routed("kekerasan-anak" if state == "secret category" else "jalan", description=telling).case
    if state == "secret":
        corrections.make_secret(case, officer)
    elif state == "hidden":
        corrections.hide(case, officer, "Penghinaan berat.")
    photo = CasePhoto.objects.create(case=case, picture=ContentFile(b"a", name="a.jpg"), thumbnail=ContentFile(b"b", name="b.jpg"))
    addresses = [
        f"/care/{case.code}/",
        f"/care/{case.code}/help/",
        f"/care/{case.code}/me-too/",
        f"/care/{case.code}/photos/{photo.pk}/small.jpg",
        f"/care/{case.code}/photos/{photo.pk}/large.jpg",
        f"/open311/v2/requests/{case.code}.json",
        f"/open311/v2/requests.json?service_request_id={case.code}",
        "/open311/v2/requests.xml",
        "/care/feed.atom",
        "/care/",
        "/care/?export=csv",
        "/care/?format=csv",
        "/care/map/reports/?box=115,-10,120,-7",
        "/search/?q=Gubuk+Kelapa",
        f"/search/?q={case.code}",
        "/",
        f"/care/desk/{case.code}/",
    ]
    strangers = [Client(), sign_in(person("citizen")), sign_in(person("officer", agency="dinsos")), sign_in(person("leader", region="52"))]
    for who, client in enumerate(strangers):
        for address in addresses:
            answer = client.get(address, follow=True)
            body = b"".join(answer) if answer.streaming else answer.content
            leads_there = who == 3 and state == "hidden" and "/desk/" in address  # sees how it stands
            assert leads_there or b"Sumur bor roboh" not in body, (who, address)
            assert b"Penghinaan" not in body, (who, address)
