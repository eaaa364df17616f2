"""The yearly register is one person a row, of any age, with or without a weighing: families are brought together by their KK."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl import Workbook, load_workbook

from posyandu.models import GrowthVisit, Household, Person, SocialCheck
from posyandu.tallying import differences

HEADER = ["Nama", "JK", "Tgl Lahir", "No KK", "Hubungan Keluarga", "Kepala Keluarga", "Alamat", "No HP", "BB Lahir", "TB Lahir"]
KK = "5207021203120007"
FAMILY = (
    ["Rohana", "P", "12-03-1994", KK, "Istri", "", "RT 4", "081907000111", "", ""],
    ["Lalu Arya", "L", "01-07-1990", KK, "Kepala Keluarga", "", "RT 4", "", "", ""],
    ["Nadia", "P", "03-09-2025", KK, "Anak", "", "", "", "2,4", "47"],
    ["Maemunah", "P", "1950-01-01", "", "Mertua", "Lalu Arya", "", "", "", ""],
)


def sheet(*rows: list[Any], header: list[str] = HEADER) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in (header, *rows):
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def test_families_of_every_age_are_entered(send: Any, posyandu: Any) -> None:
    row = send(sheet(*FAMILY), "register.xlsx")
    assert (row.state, row.new_people, row.new_visits, row.bad) == ("checked", 4, 0, 0)
    assert not Person.objects.exists()
    row = send.bring(row)
    assert (row.state, row.new_people, row.new_visits, row.same) == ("done", 4, 0, 0)
    home = Household.objects.get(people__name="Rohana")
    assert (home.head_name, home.kk, home.address, home.phone) == ("Lalu Arya", KK, "RT 4", "081907000111")
    assert dict(home.people.values_list("name", "relation")) == {"Rohana": "wife", "Lalu Arya": "head", "Nadia": "child"}
    nadia = Person.objects.get(name="Nadia")
    assert (nadia.birth_weight, nadia.birth_length, nadia.low_birth_weight) == (Decimal("2.40"), Decimal("47.0"), True)
    assert Person.objects.get(name="Maemunah").relation == "parent"
    assert not GrowthVisit.objects.exists()
    assert differences() == []


def test_the_same_register_again_enters_nobody(send: Any, posyandu: Any) -> None:
    send.bring(send(sheet(*FAMILY), "register.xlsx"))
    again = send(sheet(*FAMILY), "register.xlsx")
    assert (again.new_people, again.same) == (0, 4)


def test_somebody_not_weighed_in_a_list_of_weighings_is_entered_all_the_same(send: Any, posyandu: Any) -> None:
    header = ["Nama", "JK", "Tgl Lahir", "Tanggal Pengukuran", "Berat"]
    rows = (
        ["Ani", "P", "02-04-2025", "12-10-2026", 9.1],
        ["Budi", "L", "02-05-2025", "", ""],
        ["Cici", "P", "02-06-2025", "12-10-2026", ""],
    )
    row = send.bring(send(sheet(*rows, header=header)))
    assert (row.new_people, row.new_visits, row.bad) == (2, 1, 1)  # of Cici it is not known what she weighed
    assert set(Person.objects.values_list("name", flat=True)) == {"Ani", "Budi"}


def test_what_cannot_be_is_told(send: Any, posyandu: Any) -> None:
    row = send(sheet(["Ani", "P", "02-04-2025", "", "", "", "", "", "24", ""]), "register.xlsx")
    assert [(number, column) for number, column, _text in row.problems] == [(2, "BB Lahir")]
    day_only = send(sheet(["Ani", "P", "02-04-2025", "12-10-2026"], header=["Nama", "JK", "Tgl Lahir", "Tanggal Pengukuran"]))
    assert day_only.state == "failed"
    assert "berat" in day_only.error


def test_the_empty_spreadsheets_are_what_is_read(send: Any, posyandu: Any) -> None:
    for kind, row in (
        ("register", {"Nama": "Ani", "JK": "P", "Tgl Lahir": date(2025, 4, 2)}),
        ("penimbangan", {"Nama": "Budi", "JK": "L", "Tgl Lahir": date(2025, 4, 2), "Tanggal Pengukuran": date(2026, 10, 12), "Berat": 9}),
    ):
        answer = send.client.get("/posyandu/cadre/import/", {"blank": kind})
        book = load_workbook(io.BytesIO(b"".join(answer.streaming_content) if answer.streaming else answer.content))
        headings = [cell.value for cell in book.active[1]]
        book.active.append([row.get(heading) for heading in headings])
        out = io.BytesIO()
        book.save(out)
        assert send(out.getvalue()).new_people == 1


def test_a_register_brings_children_that_came_alone_into_their_family(send: Any, posyandu: Any, child: Any) -> None:
    nadia, twin = (child(date(2025, 9, 3), sex="F", name=name) for name in ("Nadia", "Nadira"))
    alone = nadia.household
    Person.objects.update(mother_name="")
    Person.objects.filter(pk=nadia.pk).update(birth_weight=Decimal("2.60"))
    SocialCheck.objects.create(household=alone, posyandu=posyandu, day=date(2026, 9, 1), found=["food"])
    header = [*HEADER, "Nama Ortu", "NIK"]
    rows = ([*line, "Rohana" if line[4] == "Anak" else "", "5207021111110009" if line[0] == "Nadia" else ""] for line in FAMILY)
    content = sheet(*rows, ["Nadira", "P", "03-09-2025", KK, "Anak", "", "", "", "2,2", "", "Rohana", ""], header=header)
    looked = send(content, "register.xlsx")
    assert (looked.new_people, looked.changed, looked.same) == (3, 2, 0)
    nadia.refresh_from_db()
    assert nadia.household == alone
    send.bring(looked)
    home = Household.objects.get(people__name="Rohana")
    for one, weight in ((nadia, "2.60"), (twin, "2.20")):  # what stood there is not written over
        one.refresh_from_db()
        assert (one.household, one.mother.name, one.mother_name, str(one.birth_weight)) == (home, "Rohana", "Rohana", weight)
    assert (nadia.nik, SocialCheck.objects.get().household) == ("5207021111110009", home)
    assert differences() == []
    again = send(content, "register.xlsx")
    assert (again.new_people, again.changed, again.same) == (0, 0, 5)


def test_a_register_fills_in_what_a_family_lacks_and_writes_nothing_over(send: Any, posyandu: Any, child: Any) -> None:
    kid = child(date(2025, 9, 3), sex="F", name="Nadia")
    kid.household.address = "RT 9"
    kid.household.save()
    send.bring(send(sheet(["Nadia", "P", "03-09-2025", KK, "Anak", "Lalu Arya", "RT 4", "0819", "2,4", "47"]), "register.xlsx"))
    kid.refresh_from_db()
    assert (kid.household.kk, kid.household.head_name, kid.household.address, kid.household.phone) == (KK, "Lalu Arya", "RT 9", "0819")
    assert Household.objects.get(kk_index=kid.household.kk_index) == kid.household
    assert str(kid.birth_weight) == "2.40"
