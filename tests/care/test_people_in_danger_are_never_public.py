"""Reports about people in danger are secret by whatever door they come, whatever is ticked."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from care.confidential import keep_secret_by_category
from care.inbox import file_waiting
from care.league import standings
from care.models import Case, Category, SecretBecause
from care.routing import route_case, route_waiting
from ntbportal.commons.tokens import issue

CHILD = "Anak tetangga saya Rina umur 9 tahun sering dipukul ayahnya Pak Harun di RT 03"
PUBLIC_FACES = (
    *("/care/", "/care/?export=csv", "/care/feed.atom", "/open311/v2/requests.json"),
    *("/open311/v2/requests.xml", "/care/?view=map", "/care/map.json", "/search/?q=Rina"),
    *("/search/?q=dipukul", "/sitemap.xml", "/", "/care/agencies/"),
)


def read(address: str) -> str:
    response: Any = Client().get(address)
    whole = b"".join(response.streaming_content) if response.streaming else response.content
    return str(whole.decode())


def by_web(client: Client, person: Any, category: Category, text: str) -> None:
    top = category.parent or category
    asked = {"category": top.pk, "sub": category.pk if category.parent_id else "", "asked": category.pk}
    where = client.post("/care/new/", {**asked, "description": text}).url
    who = client.post(where, {"regency": "52.07", "district": "52.07.02", "village": ""}).url
    client.post(who, {})


def by_phone_without_signal(client: Client, person: Any, category: Category, text: str) -> None:
    sent = {"key": uuid.uuid4(), "pin": "123456", "category": category.pk, "description": text}
    client.post("/care/new/offline/", {**sent, "district": "52.07.02"})
    file_waiting()


def by_phone_with_a_position(client: Client, person: Any, category: Category, text: str) -> None:
    sent = {"key": uuid.uuid4(), "pin": "123456", "category": category.pk, "description": text}
    client.post("/care/new/offline/", {**sent, "district": "52.07.02", "latitude": -8.7, "longitude": 116.8})


def by_open311(client: Client, person: Any, category: Category, text: str) -> None:
    key = issue(person("officer", agency="pupr"), "program")
    sent = {"api_key": key, "service_code": category.slug, "description": text, "address_id": "52.07.02.2021"}
    assert client.post("/open311/v2/requests.json", sent).status_code == 201


def by_the_counter(client: Client, person: Any, category: Category, text: str) -> None:
    client.force_login(person("officer", agency="pupr"), backend="ntbportal.commons.signin.AccountBackend")
    sent = {"category": category.pk, "channel": "visit", "description": text, "kind": "complaint"}
    place = {"regency": "52.07", "district": "52.07.02", "village": "52.07.02.2021"}
    assert "Kode" in client.post("/care/desk/new/", {**sent, **place}).content.decode()


DOORS: tuple[Callable[..., None], ...] = (*(by_web, by_phone_without_signal, by_phone_with_a_position, by_open311, by_the_counter),)


@pytest.fixture(autouse=True)
def _demo(settings: Any) -> None:
    settings.PORTAL_DEMO = True


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    ("slug", "because"),
    [("kekerasan-anak", SecretBecause.CATEGORY), ("lainnya", SecretBecause.WORDS)],
)
def test_by_every_door(door: Any, slug: str, because: str, category: Any, person: Any, db: None) -> None:
    door(Client(), person, category(slug), CHILD)
    route_waiting()
    case = Case.objects.get()
    assert (case.is_secret, case.secret_because) == (True, because)
    for face in PUBLIC_FACES:
        page = read(face)
        if "q=" not in face:  # the page repeats what was searched for
            assert "dipukul" not in page, face
        assert case.code not in page, face
    for address in (f"/care/{case.code}/", f"/open311/v2/requests/{case.code}.json"):
        assert "dipukul" not in Client().get(address).content.decode()
    assert Client().get(f"/care/{case.code}/").status_code == 302
    assert Client().post(f"/care/{case.code}/me-too/", {"act": "affected"}).status_code == 404
    assert Client().get(f"/care/{case.code}/help/").status_code == 404


CONFIDENTIAL = (
    *("kekerasan", "kekerasan-anak", "kekerasan-perempuan", "perdagangan-orang"),
    *("darurat-sosial", "lansia-terlantar", "sakit-tanpa-bantuan", "gizi-buruk"),
    *("korupsi", "bantuan-dipotong", "pungutan-sekolah"),
)


@pytest.mark.parametrize("slug", CONFIDENTIAL)
def test_kinds_of_people_in_danger_and_of_wrongs(slug: str, report: Any, category: Any) -> None:
    assert category(slug).keeps_secret
    assert report(slug, description="Mohon segera dilihat di lapangan.").case.is_secret


def test_reports_of_corruption_go_to_the_inspectorate(report: Any) -> None:
    case = report("korupsi", description="Kepala dinas minta uang pelicin.").case
    route_case(case.pk)
    case.refresh_from_db()
    assert case.agency.slug == "inspektorat"


@pytest.mark.parametrize(
    "text",
    [
        *("Guru itu mencabuli muridnya", "Kepala desa minta uang pelicin", "Istri saya sering DIPUKUL"),
        *("anak SMP mau dinikahkan orang tuanya", "Bendahara menggelapkan dana desa", "dia mau bunuh diri"),
        *("bapak itu suka mukuli anaknya", "anak SD dicium gurunya", "pak kades makan uang desa"),
        *("guru cabul", "istri saya ditonjok", "pejabat terima amplop", "anak dibuang orang tuanya"),
        *("ayah tiri suka pegang pegang badan anaknya", "suaminya suka main tangan", "anak digebukin ayahnya"),
        *("kepsek potong dana BOS", "bansos dipotong kades", "bidan minta bayaran padahal gratis"),
    ],
)
def test_words_keep_a_report_secret_until_an_officer_has_looked(text: str, report: Any) -> None:
    assert report("lainnya", description=text).case.secret_because == SecretBecause.WORDS


@pytest.mark.parametrize("text", ["Jalan berlubang besar", "Sampah tidak diangkut seminggu", "Lampu jalan mati di gang"])
def test_others_stay_public(text: str, report: Any) -> None:
    case = report("lainnya", description=text).case
    assert not case.is_secret
    assert case.secret_because == ""


def test_the_form_says_so_and_offers_no_way_to_make_it_public(category: Any, db: None) -> None:
    client, sub = Client(), category("kekerasan-anak")
    asked = {"category": sub.parent_id, "sub": sub.pk, "asked": sub.pk, "description": CHILD}
    where = client.post("/care/new/", asked).url
    who = client.post(where, {"regency": "52.07", "district": "52.07.02", "village": ""}).url
    page = client.get(who).content.decode()
    assert "Laporan ini rahasia" in page
    assert 'name="is_secret"' not in page


def test_the_public_sees_that_there_was_a_report(report: Any) -> None:
    case = report("kekerasan-anak", description=CHILD).case
    route_case(case.pk)
    case.refresh_from_db()
    assert {row.slug: row.total for row in standings()}[case.agency.slug] == 1


def test_a_category_that_becomes_confidential_takes_its_public_reports_along(report: Any, category: Any) -> None:
    case = report("air-bersih").case
    route_case(case.pk)
    water = category("air-bersih")
    water.is_confidential = True
    water.save()
    assert keep_secret_by_category(water) == 1
    assert keep_secret_by_category(water) == 0, "safe to run twice"
    assert Client().get(f"/care/{case.code}/").status_code == 302
    assert case.moves.filter(what="made_secret").count() == 1
