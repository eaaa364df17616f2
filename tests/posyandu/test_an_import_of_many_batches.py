"""Batches are understood while others are written: what one depends on another for is as if they had come one after the other."""

from __future__ import annotations

import csv
import io
import time
from datetime import date
from decimal import Decimal
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from posyandu import importing
from posyandu.importing import running
from posyandu.models import GrowthVisit, Household, OpenDay, Person, VisitImport
from posyandu.tallying import differences
from posyandu.visits import Measurement, record_visit

pytestmark = pytest.mark.django_db(transaction=True)
BORN = date(2025, 4, 2)
MONTHS = [date(2026, month, 12) for month in (7, 8, 9, 10)]


def register(*rows: tuple[str, str, str, date, str]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["Nama", "NIK", "No KK", "JK", "Tgl Lahir", "Posyandu", "Tanggal Pengukuran", "Berat"])
    for name, nik, kk, day, weight in rows:
        writer.writerow([name, nik, kk, "L", BORN, "Melati", day, weight])
    return out.getvalue().encode()


def weighings() -> list[tuple[str, int, str]]:
    found = GrowthVisit.objects.order_by("person__name", "day").values_list("person__name", "day__month", "status")
    return [(name, month, status) for name, month, status in found]


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: Any) -> None:
    monkeypatch.setattr(running, "BATCH", 2)


def test_children_and_families_of_several_batches_are_entered_once_and_judged_as_one(send: Any, posyandu: Any) -> None:
    kk = "5207" + "0" * 12
    rows = [(name, "", kk, day, f"{9 + place * 0.5:.1f}") for place, day in enumerate(MONTHS) for name in ("Ali", "Budi", "Cici")]
    row = send.bring(send(register(*rows), "register.csv"))
    assert (row.state, row.new_people, row.new_visits) == ("done", 3, 12)
    assert (Person.objects.count(), Household.objects.count(), OpenDay.objects.count()) == (3, 1, 4)
    assert weighings() == [
        (name, month, status) for name in ("Ali", "Budi", "Cici") for month, status in zip((7, 8, 9, 10), "BNNN", strict=True)
    ]
    assert differences() == []


def test_a_family_that_one_batch_learns_of_is_known_to_the_next(send: Any, posyandu: Any, child: Any, monkeypatch: Any) -> None:
    real = VisitImport.save

    def late(row: VisitImport, *rest: Any, **options: Any) -> None:  # all is written, and not committed for a while
        time.sleep(0.3)
        real(row, *rest, **options)

    nadia, kk = child(BORN, sex="F", name="Nadia"), "5207" + "2" * 12
    head = "Nama,JK,Tgl Lahir,No KK,Hubungan Keluarga,Kepala Keluarga"
    lines = [f"Nadia,P,{BORN},{kk},Anak,Arya", "Ali,L,2024-01-01,,Anak,", f"Rohana,P,1994-03-12,{kk},Istri,", "Cici,P,2024-01-02,,Anak,"]
    row = send("\n".join([head, *lines]).encode(), "register.csv")
    monkeypatch.setattr(VisitImport, "save", late)
    row = send.bring(row)
    assert (row.state, row.new_people, row.changed) == ("done", 3, 1)
    home = Household.objects.get(kk_index=Household.objects.get(people__name="Rohana").kk_index)  # one, not two
    assert set(home.people.values_list("name", flat=True)) == {"Nadia", "Rohana"}
    nadia.refresh_from_db()
    assert nadia.household == home


def test_somebody_entered_by_number_is_found_by_name_in_the_next_batch(send: Any, posyandu: Any) -> None:
    nik = "5207" + "1" * 12
    rows = [
        ("Ali", nik, "", MONTHS[0], "9"),
        ("Budi", "", "", MONTHS[0], "9"),
        ("Ali", "", "", MONTHS[1], "9.6"),
        ("Dodi", nik, "", MONTHS[2], "10"),
    ]
    row = send.bring(send(register(*rows), "register.csv"))
    assert (row.new_people, Person.objects.count()) == (2, 2)
    assert weighings() == [("Ali", 7, "B"), ("Ali", 8, "N"), ("Ali", 9, "N"), ("Budi", 7, "B")]


def test_a_weighing_that_a_cadre_writes_meanwhile_is_neither_lost_nor_twice(
    send: Any, posyandu: Any, child: Any, cadre: Any, monkeypatch: Any
) -> None:
    kid = child(BORN, name="Ali")
    row = send(
        register(("Ali", "", "", MONTHS[1], "9.6"), ("Budi", "", "", MONTHS[1], "9"), ("Cici", "", "", MONTHS[1], "9")), "register.csv"
    )
    importing.begin(row)
    real, done = running.keep, []

    def late(found: Any, *rest: Any) -> None:
        if not done:
            done.append(True)
            in_the_meantime(kid, posyandu, cadre)
        real(found, *rest)

    monkeypatch.setattr(running, "keep", late)
    importing.run(row.pk)
    row.refresh_from_db()
    assert (row.state, row.new_visits, row.changed) == ("done", 2, 1)
    assert weighings() == [("Ali", 8, "B"), ("Budi", 8, "B"), ("Cici", 8, "B")]
    assert GrowthVisit.objects.get(person=kid).weight == Decimal("9.6")
    assert differences() == []


@pytest.mark.parametrize("moment", ["before", "after"])
def test_what_a_cadre_and_an_import_write_at_once_is_judged_together(
    send: Any, posyandu: Any, child: Any, cadre: Any, monkeypatch: Any, moment: str
) -> None:
    """`before`: committed after the import has asked. `after`: begun when the import has written and not committed."""
    kid = child(BORN, name="Ali")
    OpenDay.objects.create(posyandu=posyandu, day=MONTHS[2], opened_by=cadre)
    row = send(register(("Ali", "", "", MONTHS[1], "9"), ("Budi", "", "", MONTHS[2], "9")), "register.csv")
    importing.begin(row)
    real, others = running.keep, []

    def together(found: Any, *rest: Any) -> None:
        if moment == "after":
            real(found, *rest)
        others.append(in_the_meantime(kid, posyandu, cadre, MONTHS[2], wait=moment == "before"))
        if moment == "before":
            real(found, *rest)

    monkeypatch.setattr(running, "keep", together)
    importing.run(row.pk)
    for other in others:
        other.join()
    row.refresh_from_db()
    assert (row.state, row.new_visits, GrowthVisit.objects.count()) == ("done", 2, 3)
    assert weighings() == [("Ali", 8, "B"), ("Ali", 9, "T"), ("Budi", 9, "B")]
    assert differences() == []


def in_the_meantime(kid: Person, posyandu: Any, cadre: Any, day: date = MONTHS[1], *, wait: bool = True) -> Thread:
    """A cadre weighs on a connection of her own, committed before the import goes on; without `wait` begun, and given time to get stuck."""

    def write() -> None:
        open_day, _new = OpenDay.objects.get_or_create(posyandu=posyandu, day=day, defaults={"opened_by": cadre})
        record_visit(kid, open_day, Measurement(weight=Decimal("9"), confirmed=True), cadre)
        connection.close()

    other = Thread(target=write)
    other.start()
    other.join(None if wait else 0.7)
    return other


def test_an_import_goes_on_where_its_worker_died_and_nothing_after_it_stays(send: Any, posyandu: Any, monkeypatch: Any) -> None:
    row = send(register(*((f"Anak {n}", "", "", MONTHS[0], "9") for n in range(9))), "register.csv")
    importing.begin(row)
    real, calls = running.keep, []

    def dies(found: Any, *rest: Any) -> None:
        calls.append(found)
        if len(calls) == 3:
            raise ConnectionError("killed")
        real(found, *rest)

    monkeypatch.setattr(running, "keep", dies)
    with pytest.raises(ConnectionError):
        importing.run(row.pk)
    row.refresh_from_db()
    assert (row.state, row.reached, row.new_visits, GrowthVisit.objects.count()) == ("importing", 4, 4, 4)
    monkeypatch.setattr(running, "keep", real)
    assert importing.go_on() == 1
    row.refresh_from_db()
    assert (row.state, row.new_visits, GrowthVisit.objects.count()) == ("done", 9, 9)


def test_two_workers_at_one_import_bring_it_in_once(send: Any, posyandu: Any) -> None:
    row = send(register(*((f"Anak {n}", "", "", MONTHS[0], "9") for n in range(40))), "register.csv")
    importing.begin(row)

    def work() -> None:
        importing.run(row.pk)
        connection.close()

    workers = [Thread(target=work) for _n in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    importing.go_on()
    kept = VisitImport.objects.get(pk=row.pk)
    assert (kept.state, kept.new_people, kept.new_visits, kept.reached) == ("done", 40, 40, 40)
    assert (Person.objects.count(), GrowthVisit.objects.count()) == (40, 40)
    assert differences() == []
