"""Numbers, addresses and the reporter's name are left out where the public reads; the reporter and officers read all."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from care.models import Case
from care.redaction import MARK, redacted
from care.routing import route_case

TELLING = "Saya Nurhayati, NIK 5207 0245 0788 0001, hubungi 0812-3456-7890 atau nur@example.org. Jalan rusak 200 meter sejak 2025."


@pytest.mark.parametrize(
    "telling",
    [
        "5207024507880001",
        "5207.0245.0788.0001",
        "081234567890",
        "+62 812 3456 7890",
        "(0370) 631-2345",
        "62-812-3456-7890",
        "a.b@desa.go.id",
    ],
)
def test_numbers_and_addresses_are_left_out(telling: str, db: None) -> None:
    assert redacted(f"Hubungi {telling}, terima kasih.") == f"Hubungi {MARK}, terima kasih."


@pytest.mark.parametrize(
    "harmless",
    [
        "sejak 2025",
        "200 meter",
        "tahun 2024-2025",
        "RT 03 RW 01",
        "Rp 1.500.000",
        "nomor tiang 52070245",
        "52.07.02.2021",
        "25/11/2026 pukul 08.30",
    ],
)
def test_other_numbers_stay(harmless: str, db: None) -> None:
    assert redacted(harmless) == harmless


def test_names_as_whole_words_only(db: None) -> None:
    assert redacted("Nur melihat Nurhayati di rumah Ibu Hayati.", "Nurhayati Hayati") == f"Nur melihat {MARK} di rumah Ibu {MARK}."


def test_nowhere_in_public(report: Any) -> None:
    case = report(description=TELLING, name="Nurhayati").case
    route_case(case.pk)
    public = Client()
    for path in (f"/care/{case.code}/", "/care/", "/care/feed.atom", "/open311/v2/requests.json", f"/open311/v2/requests/{case.code}.xml"):
        page = public.get(path).content.decode()
        assert "Jalan rusak 200 meter" in page, path
        for telling in ("Nurhayati", "0788", "3456", "nur@example.org"):
            assert telling not in page, (path, telling)


def test_the_reporter_and_the_officer_read_all(report: Any, person: Any, sign_in: Any) -> None:
    receipt = report(description=TELLING, name="Nurhayati")
    route_case(receipt.case.pk)
    own = Client()
    own.post("/care/track/", {"code": receipt.case.code, "pin": receipt.pin})
    assert "0812-3456-7890" in own.get(f"/care/{receipt.case.code}/").content.decode()
    desk = sign_in(person("officer", agency="pupr")).get(f"/care/desk/{receipt.case.code}/").content.decode()
    assert "0812-3456-7890" in desk
    assert Case.objects.get().description == TELLING


def test_searching_for_somebodys_number_or_name_finds_nothing(report: Any) -> None:
    case = report(description=TELLING, name="Nurhayati").case
    route_case(case.pk)
    for asked in ("0812-3456-7890", "Nurhayati", "nur@example.org"):
        assert case.code not in Client().get("/search/", {"q": asked}).content.decode(), asked
    assert case.code in Client().get("/search/", {"q": "Jalan rusak 200 meter"}).content.decode()


def test_an_anonymous_reporter_is_not_told_by_the_own_text_to_officers_either(report: Any, person: Any, sign_in: Any) -> None:
    case = report(description=TELLING, name="Nurhayati", is_anonymous=True).case
    route_case(case.pk)
    desk = sign_in(person("officer", agency="pupr"))
    for path in (f"/care/desk/{case.code}/", "/care/desk/"):
        page = desk.get(path).content.decode()
        assert "Jalan rusak 200 meter" in page or path == "/care/desk/"
        assert "Nurhayati" not in page


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Pak Lalu Wirya memukul istrinya", "Pak ▒▒▒ memukul istrinya"),
        ("Tetangga saya, Ibu Baiq Nurul, sakit.", "Tetangga saya, Ibu ▒▒▒, sakit."),
        ("dilakukan sdr. Ahmad Yani tadi malam", "dilakukan sdr. ▒▒▒ tadi malam"),
        ("Anak bernama Rizki hilang", "Anak bernama ▒▒▒ hilang"),
        ("Bu Bidan Sri tidak datang", "Bu Bidan ▒▒▒ tidak datang"),
        ("I Wayan Sudarta menutup jalan", "▒▒▒ menutup jalan"),
        ("H. Abdul Gani tahu", "▒▒▒ tahu"),
    ],
)
def test_names_of_others_after_a_form_of_address(text: str, read: str, db: None) -> None:
    assert redacted(text) == read


@pytest.mark.parametrize(
    "harmless",
    ["Pak Kades tidak menjawab.", "Ibu Bidan Desa ramah.", "Pak RT sudah tahu.", "Ibu hamil menunggu lama.", "Bapak Kepala Desa Lingsar"],
)
def test_offices_and_places_stay(harmless: str, db: None) -> None:
    assert redacted(harmless) == harmless


def test_an_officer_leaves_further_words_out(report: Any, person: Any, sign_in: Any) -> None:
    case = report(description="Si penjual dari gang Melati menutup jalan dengan Wirog.").case
    route_case(case.pk)
    assert "Wirog" in Client().get(f"/care/{case.code}/").content.decode()
    desk = sign_in(person("officer", agency="pupr"))
    desk.post(f"/care/desk/{case.code}/words/", {"words": "Wirog\n gang Melati \n\n"})
    for path in (f"/care/{case.code}/", "/care/", "/care/feed.atom", f"/open311/v2/requests/{case.code}.json"):
        page = Client().get(path).content.decode()
        assert "Wirog" not in page, path
        assert "Melati" not in page, path
    assert "Si penjual dari gang Melati" in desk.get(f"/care/desk/{case.code}/").content.decode()


def test_officers_read_on_the_public_page_what_the_public_reads(report: Any, person: Any, sign_in: Any) -> None:
    case = report(description=TELLING, name="Nurhayati", is_anonymous=True).case
    route_case(case.pk)
    page = sign_in(person("officer", agency="pupr")).get(f"/care/{case.code}/").content.decode()
    assert "Jalan rusak 200 meter" in page
    assert "Nurhayati" not in page
