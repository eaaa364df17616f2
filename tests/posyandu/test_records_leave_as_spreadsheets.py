"""A midwife takes records of her area out: with a reason that is written down, numbers of identity only where asked for; what goes out can
be brought in again and is not there twice."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from ntbportal.commons.audit import PersonalDataAccess
from ntbportal.commons.places import Region
from posyandu import contacts
from posyandu.immunisation import give
from posyandu.models import GrowthVisit, Item, OpenDay, Person, Posyandu
from posyandu.visits import Measurement, record_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def recorded(child: Any, posyandu: Any, cadre: Any) -> Any:
    today = timezone.localdate()
    day = OpenDay.objects.create(posyandu=posyandu, day=today, opened_by=cadre)
    girl = child(today - timedelta(days=550), sex="F", name="Aulia")
    girl.nik = "5207024201250001"
    girl.save()
    record_visit(girl, day, Measurement(Decimal("7.6"), Decimal("80.7"), "H", muac=Decimal("11.9"), confirmed=True), cadre)
    give(girl, Item.objects.get(code="mr1"), today, cadre, posyandu=posyandu, batch="MR-9")
    man = child(date(1970, 1, 1), name="Amaq Sahnan")
    contacts.record_contact(
        man, contacts.whole_form("dewasa"), today, {"systolic": "152", "diastolic": "95", "smokes": "yes", "weight": "70", "height": "165"},
        cadre, posyandu=posyandu, open_day=day,
    )  # fmt: skip
    elsewhere = Posyandu.objects.create(
        name="Jauh", village=Region.objects.filter(code__startswith="52.01.", level="village").earliest("code")
    )
    child(today - timedelta(days=300), name="Orang Lain", at=elsewhere)
    return girl


@pytest.fixture
def taken(recorded: Any, midwife: Any, sign_in: Any) -> Any:
    client, today = sign_in(midwife), timezone.localdate()

    def post(what: str, **more: Any) -> Any:
        data = {"what": what, "first": today.isoformat(), "last": today.isoformat(), "reason": "unggah e-PPGBM", "kind": "csv", **more}
        return client.post("/posyandu/cadre/export/", data)

    return post


def rows(answer: Any) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.content.decode()[:3000]
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def test_weighings_with_labels_and_without_numbers_of_identity(taken: Any) -> None:
    (row,) = rows(taken("weighings"))
    assert (row["Nama"], row["JK"], row["NIK"], row["Berat"], row["Cara Ukur"], row["LiLA"]) == (
        "Aulia",
        "P",
        "",
        "7.6",
        "Berdiri",
        "11.9",
    )
    assert (row["BB/TB"], row["Naik Berat Badan"]) == ("Gizi buruk", "B")
    assert float(row["ZS BB/TB"]) < -3
    assert rows(taken("weighings", numbers="on"))[0]["NIK"] == "5207024201250001"


def test_what_goes_out_comes_in_again_and_is_not_there_twice(taken: Any, send: Any, posyandu: Any) -> None:
    content = taken("weighings", numbers="on", kind="xlsx").getvalue()
    people, visits = Person.objects.count(), GrowthVisit.objects.count()
    row = send.bring(send(content))
    assert (row.state, Person.objects.count(), GrowthVisit.objects.count()) == ("done", people, visits)
    GrowthVisit.objects.all().delete()
    assert send.bring(send(content)).state == "done"
    again = GrowthVisit.objects.get()
    assert (again.weight, again.height, again.muac, again.status) == (Decimal("7.6"), Decimal("80.7"), Decimal("11.9"), "B")
    register = taken("register", numbers="on", kind="xlsx").getvalue()
    assert send.bring(send(register)).state == "done"
    assert Person.objects.count() == people


def test_forms_with_questions_in_words_and_doses(taken: Any) -> None:
    (row,) = rows(taken("form:dewasa"))
    assert row["Nama"] == "Amaq Sahnan"
    assert row["Tekanan darah, angka atas"] == "152.0"
    assert row["Merokok?"] == "Ya"
    assert row["Indeks massa tubuh (IMT)"] == "25.71"
    assert "Tekanan darah tinggi" in row["Ditemukan"]
    (dose,) = rows(taken("given"))
    assert (dose["Apa"], dose["Nomor batch"]) == ("Campak-rubela 1 (MR1)", "MR-9")


def test_only_of_her_area_and_with_a_reason_that_supervisors_see(taken: Any, midwife: Any) -> None:
    names = {row["Nama"] for row in rows(taken("register"))}
    assert names == {"Aulia", "Amaq Sahnan"}
    assert taken("register", reason="x").status_code == 422
    last = PersonalDataAccess.objects.filter(subject="export:register").latest("pk")
    assert last.user == midwife
    assert "unggah e-PPGBM" in last.page


def test_a_mistake_keeps_what_was_typed(taken: Any) -> None:
    answer = taken("weighings", last=(timezone.localdate() - timedelta(days=9)).isoformat())
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "unggah e-PPGBM" in page
    assert "Hari terakhir mendahului" in page


def test_excel_opens_with_numbers_as_numbers(taken: Any) -> None:
    sheet = load_workbook(io.BytesIO(taken("weighings", kind="xlsx").getvalue())).active
    heading, row = ([cell.value for cell in line] for line in sheet.iter_rows())
    assert row[heading.index("Berat")] == pytest.approx(7.6)
