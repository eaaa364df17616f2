"""A spreadsheet is looked through first, then brought in: bad rows told by row and column, the good rest kept, once, resumable."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from posyandu import importing
from posyandu.importing import reading, running, taking
from posyandu.models import GrowthVisit, OpenDay, Person, VisitImport
from posyandu.tallying import differences
from posyandu.visits import Measurement, record_visit

HEADER = [
    "No",
    "NIK",
    "Nama",
    "JK",
    "Tgl Lahir",
    "Nama Ortu",
    "Desa/Kel",
    "Posyandu",
    "Tanggal Pengukuran",
    "Berat",
    "Tinggi",
    "Cara Ukur",
    "LiLA",
]


def sheet(*rows: list[Any]) -> bytes:
    book = Workbook()
    page = book.active
    page.append(["Laporan penimbangan"])
    page.append([])
    for row in (HEADER, *rows):
        page.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def line(name: str, born: date, day: date, weight: Any, height: Any = None, **more: Any) -> list[Any]:
    values = {"nik": "", "sex": "L", "mother": "Aminah", "village": "", "posyandu": "Melati", "way": "Terlentang", "muac": None} | more
    return [1, values["nik"], name, values["sex"], born, values["mother"], values["village"], values["posyandu"], day, weight, height, values["way"], values["muac"]]  # fmt: skip


BORN, OCTOBER, SEPTEMBER = date(2025, 4, 2), date(2026, 10, 12), date(2026, 9, 11)


def test_looked_through_nothing_is_written_and_then_all_is(send: Any, child: Any, posyandu: Any) -> None:
    kid = child(BORN, name="Muhammad Rizki")
    row = send(sheet(
        line("Moh. Rizqi", BORN, SEPTEMBER, 9.1, 76.5),
        line("Moh. Rizqi", BORN, OCTOBER, "9,0", "76,9", muac=12.1),
        line("Baiq Nadia", date(2026, 1, 3), "12/10/2026", 7.4, 66, sex="P", nik="5207024301260001"),
    ))  # fmt: skip
    assert (row.state, row.rows, row.new_people, row.new_visits, row.bad) == ("checked", 3, 1, 3, 0)
    assert not GrowthVisit.objects.exists()
    row = send.bring(row)
    assert (row.state, row.new_people, row.new_visits) == ("done", 1, 3)
    assert list(kid.growth_visits.order_by("day").values_list("status", "muac")) == [("B", None), ("T", Decimal("12.1"))]
    nadia = Person.objects.get(name="Baiq Nadia")
    assert (nadia.nik, nadia.sex, nadia.growth_visits.get().day) == ("5207024301260001", "F", OCTOBER)
    assert differences() == []
    assert not default_storage.exists(row.stored)  # personal data are kept once


def test_scores_are_those_of_a_weighing_by_hand(send: Any, child: Any, posyandu: Any, person: Any) -> None:
    by_hand, by_sheet = child(BORN, name="Satu"), child(BORN, name="Dua")
    day = OpenDay.objects.create(posyandu=posyandu, day=OCTOBER)
    record_visit(by_hand, day, Measurement(Decimal("8.45"), Decimal("75.3"), "H", confirmed=True), person("cadre"))
    send.bring(send(sheet(line("Dua", BORN, OCTOBER, 8.45, 75.3, way="Berdiri"))))
    fields = ("weight", "height", "measure", "zwei", "zlen", "zwfl", "zbmi", "status", "counts", "is_implausible")
    assert GrowthVisit.objects.filter(person=by_sheet).values_list(*fields).get() == GrowthVisit.objects.filter(person=by_hand).values_list(*fields).get()  # fmt: skip


def test_a_nik_that_is_of_somebody_born_on_another_day_is_told_and_not_taken(send: Any, child: Any, posyandu: Any) -> None:
    kid = child(BORN, name="Ani")
    kid.nik = "5207020204250001"
    kid.save()
    row = send(sheet(
        line("Ani", date(2024, 4, 2), OCTOBER, 9, sex="P", nik="5207020204250001"),
        line("Budi", date(2025, 5, 5), OCTOBER, 8, nik="5207020505250001"),
        line("Budi", date(2025, 5, 6), SEPTEMBER, 7.8, nik="5207020505250001"),
    ))  # fmt: skip
    assert (row.bad, row.new_people, row.new_visits) == (2, 1, 1)
    assert [(number, column) for number, column, _text in row.problems] == [(4, "NIK"), (6, "NIK")]
    row = send.bring(row)
    assert (row.bad, row.new_people, row.new_visits) == (2, 1, 1)
    assert not kid.growth_visits.exists()
    assert Person.objects.get(name="Budi").birth_date == date(2025, 5, 5)


def test_what_only_bringing_in_can_see_is_told_too(send: Any, posyandu: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(running, "BATCH", 2)
    row = send(sheet(
        line("Budi", date(2025, 5, 5), OCTOBER, 8, nik="5207020505250001"),
        line("Cici", BORN, OCTOBER, 9),
        line("Budi", date(2025, 5, 6), SEPTEMBER, 7.8, nik="5207020505250001"),
    ))  # fmt: skip
    assert (row.bad, row.problems) == (0, [])  # nothing is written yet, so the second batch knows nobody
    row = send.bring(row)
    assert (row.bad, row.new_people, row.new_visits) == (1, 2, 2)
    assert [(number, column) for number, column, _text in row.problems] == [(6, "NIK")]


def test_bad_rows_are_told_by_row_and_column_and_the_rest_is_kept(send: Any, posyandu: Any) -> None:
    row = send(sheet(
        line("Ani", BORN, OCTOBER, 9),
        line("Budi", BORN, OCTOBER, 900),
        line("", BORN, OCTOBER, 9),
        line("Cici", "31/02/2025", OCTOBER, 9),
        line("Dodi", BORN, OCTOBER, 9, posyandu="Tidak Ada"),
        line("Eka", BORN, date(2030, 1, 1), 9),
        line("Fani", BORN, OCTOBER, None, sex="X", nik="123"),
    ))  # fmt: skip
    assert (row.bad, row.new_visits) == (6, 1)
    told = {(number, column) for number, column, _text in row.problems}
    assert told == {
        (5, "Berat"),
        (6, "Nama"),
        (7, "Tgl Lahir"),
        (8, "Posyandu"),
        (9, "Tanggal Pengukuran"),
        (10, "Berat"),
        (10, "JK"),
        (10, "NIK"),
    }
    page = send.client.get(row.get_absolute_url()).content.decode()
    assert "31/02/2025" in page
    assert b"Berat" in b"".join(send.client.get(row.get_absolute_url() + "?export=csv").streaming_content)
    assert send.bring(row).new_visits == 1


def test_brought_in_twice_is_once_and_a_change_is_a_correction(send: Any, posyandu: Any) -> None:
    content = sheet(line("Ani", BORN, OCTOBER, 9), line("Ani", BORN, OCTOBER, 9))
    send.bring(send(content))
    again = send(content)
    assert (again.new_people, again.new_visits, again.same) == (0, 0, 2)
    other = send.bring(send(sheet(line("Ani", BORN, OCTOBER, 9.4, 77))))
    assert (other.changed, other.new_visits) == (1, 0)
    assert GrowthVisit.objects.get().weight == Decimal("9.40")
    assert differences() == []


def test_what_is_no_such_table_is_refused(send: Any, posyandu: Any, sign_in: Any, person: Any) -> None:
    assert send.client.post("/posyandu/cadre/import/", {"file": SimpleUploadedFile("a.exe", b"MZ")}).status_code == 422
    assert send.client.post("/posyandu/cadre/import/", {"file": SimpleUploadedFile("a.xlsx", b"no zip")}).status_code == 422
    row = send(b"nama;berat\nAni;9\n", "a.csv")
    assert row.state == "failed"
    assert "jk" in row.error
    assert sign_in(person("midwife", region="52.71")).get(row.get_absolute_url()).status_code == 403


def test_csv_with_semicolons_and_dates_as_people_write_them(send: Any, posyandu: Any) -> None:
    text = "Nama;JK;Tgl Lahir;Tanggal Pengukuran;Berat;Tinggi\nAni;P;02-04-2025;12/10/2026;9,1;76,5\n"
    row = send.bring(send(text.encode("cp1252"), "register.csv"))  # the only posyandu of the midwife needs no name
    assert (row.new_visits, Person.objects.get().birth_date) == (1, BORN)


def test_queries_do_not_grow_with_rows(midwife: Any, posyandu: Any, django_assert_max_num_queries: Any) -> None:
    places = reading.Places(midwife)
    columns = {field: (place, field) for place, field in enumerate(("name", "sex", "born", "day", "weight"))}
    rows = [reading.parse(n, [f"Anak {n}", "L", f"2025-04-{n % 28 + 1:02}", "2026-10-12", "9"], columns, places, date(2026, 11, 1))[0] for n in range(300)]  # fmt: skip
    with django_assert_max_num_queries(16):
        taking.keep(taking.understand([row for row in rows if row], midwife, write=True), midwife, {})
    assert GrowthVisit.objects.count() == 300


def test_a_second_worker_goes_on_and_counts_nothing_twice(send: Any, posyandu: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(running, "BATCH", 2)
    row = send(sheet(*(line(f"Anak {number}", BORN, OCTOBER, 9 if number else 900) for number in range(5))))
    before = (row.rows, row.new_people, row.new_visits, row.bad, row.problems)
    VisitImport.objects.update(state="checking")  # the worker died just before saying that it is through
    assert importing.go_on() == 1
    row.refresh_from_db()
    assert (row.state, (row.rows, row.new_people, row.new_visits, row.bad, row.problems)) == ("checked", before)
    assert importing.go_on() == 0
