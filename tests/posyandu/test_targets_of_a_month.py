"""Who is expected in a month: each with what is due, whether it is late, and whether they came; before the open day and after it."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from posyandu import contacts, immunisation, social
from posyandu.models import Household, Item, OpenDay, Person
from posyandu.planning import Target, counted, development_ages, month_targets
from posyandu.targets import months_back
from posyandu.visits import Measurement, record_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def open_on(posyandu: Any, cadre: Any) -> Any:
    return lambda day: OpenDay.objects.get_or_create(posyandu=posyandu, day=day, defaults={"opened_by": cadre})[0]


@pytest.fixture
def fill(posyandu: Any, cadre: Any, open_on: Any) -> Any:
    def make(person: Person, slug: str, day: date, **answers: Any) -> None:
        given = {code.replace("_", "-"): str(value) for code, value in answers.items()}
        contacts.record_contact(
            person, contacts.whole_form(slug), day, given, cadre, posyandu=posyandu, open_day=open_on(day), confirmed=True
        )

    return make


def targets(posyandu: Any, month: date | None = None) -> dict[str, Target]:
    today = timezone.localdate()
    with override("id"):
        return {one.person.name: one for one in month_targets(posyandu, month or today.replace(day=1), today)}


def needs(target: Target, kind: str) -> list[str]:
    return [need.text for need in target.open if need.kind == kind]


def test_a_child_is_weighed_every_month_and_who_stayed_away_is_late(
    posyandu: Any, child: Any, cadre: Any, open_on: Any, today: date
) -> None:
    this_month = today.replace(day=1)
    last_month, long_ago = this_month - timedelta(days=10), months_back(this_month, 3) - timedelta(days=5)
    for name, day in (("Rutin", last_month), ("Hilang", long_ago), ("Baru", None), ("Hadir", today)):
        one = child(today - timedelta(days=400), name=name)
        if name == "Baru":
            one.joined_on = this_month
            one.save()
        if day:
            record_visit(one, open_on(day), Measurement(Decimal("9.1"), confirmed=True), cadre)
    found = targets(posyandu)
    assert needs(found["Rutin"], "weigh") == ["Timbang"]
    assert needs(found["Hilang"], "weigh") == ["Timbang; 3 bulan tidak ditimbang"]
    assert found["Hilang"].is_late
    assert needs(found["Baru"], "weigh") == ["Timbang"]
    assert needs(found["Hadir"], "weigh") == []
    assert found["Hadir"].came == today
    assert ("weigh", 4, 1) in [(kind, due, done) for kind, _title, due, done in counted(found.values())]


def test_immunisations_of_the_month_and_those_long_due(posyandu: Any, child: Any, cadre: Any, today: date) -> None:
    late, soon = child(today - timedelta(days=200), name="Telat"), child(today.replace(day=1) - timedelta(days=45), name="Sebentar")
    with override("id"):
        for one in (late, soon):
            immunisation.give(one, Item.objects.get(code="hb0"), one.birth_date, cadre, posyandu=posyandu)
    found = targets(posyandu)
    assert found["Telat"].is_late
    assert any("BCG" in text for text in needs(found["Telat"], "vaccine"))
    assert any("DPT" in text for text in needs(found["Sebentar"], "vaccine"))  # falls due within the month, at two months


def test_development_is_due_at_its_ages_once(posyandu: Any, child: Any, fill: Any, today: date) -> None:
    assert development_ages()[:4] == [3, 6, 9, 12]  # SDIDTK: every three months in the first two years
    born = months_back(today.replace(day=1), 9) + timedelta(days=1)
    child(born, name="Belum")
    asked = child(born, name="Sudah")
    answers = {one.code.replace("-", "_"): "yes" for one in contacts.whole_form("kpsp").questions.all()}
    fill(asked, "kpsp", today, **answers)
    found = targets(posyandu)
    assert needs(found["Belum"], "development") == ["KPSP umur 9 bulan"]
    if today >= months_back(born, -9):
        assert needs(found["Sudah"], "development") == []
        assert "development" in found["Sudah"].done


def test_pregnancy_until_the_birth_then_the_weeks_after_it(posyandu: Any, child: Any, fill: Any, today: date) -> None:
    mother = child(today - timedelta(days=28 * 365), sex="F", name="Ibu Rina")
    earlier = today.replace(day=1) - timedelta(days=20)
    fill(mother, "hamil", earlier, last_period=(today - timedelta(weeks=30)).isoformat(), systolic=110, diastolic=70)
    assert needs(targets(posyandu)["Ibu Rina"], "pregnancy")[0].startswith("Periksa kehamilan, minggu ke-3")
    baby = child(today - timedelta(days=2), name="Bayi Rina")
    baby.mother = mother
    baby.save()
    found = targets(posyandu)["Ibu Rina"]
    assert needs(found, "pregnancy") == []
    assert needs(found, "nursing") == ["Periksa nifas"]


def test_grown_ups_once_a_year_and_high_pressure_every_month(posyandu: Any, child: Any, fill: Any, today: date) -> None:
    people = {name: child(date(1975, 5, 5), name=name) for name in ("Sehat", "Tensi", "Lama", "Kini")}
    last_month = today.replace(day=1) - timedelta(days=10)
    fill(people["Sehat"], "dewasa", last_month, systolic=118, diastolic=76)
    fill(people["Tensi"], "dewasa", last_month, systolic=152, diastolic=94)
    fill(people["Lama"], "dewasa", today - timedelta(days=395), systolic=118, diastolic=76)
    fill(people["Kini"], "dewasa", today, systolic=152, diastolic=94)
    found = targets(posyandu)
    assert "Sehat" not in found
    assert [need.text for need in found["Tensi"].open] == ["Kontrol tekanan darah"]
    assert [need.text for need in found["Lama"].open] == ["Pemeriksaan tahunan"]
    assert found["Kini"].open == []
    assert found["Kini"].done == {"yearly"}


def test_the_page_filters_sorts_and_exports_with_a_reason(
    posyandu: Any, child: Any, cadre: Any, open_on: Any, sign_in: Any, today: date
) -> None:
    came = child(today - timedelta(days=500), name="Yang Datang")
    child(today - timedelta(days=500), name="Yang Absen")
    child(date(1950, 1, 1), name="Kakek Amaq")
    record_visit(came, open_on(today), Measurement(Decimal("9.1"), confirmed=True), cadre)
    client, path = sign_in(cadre), f"/posyandu/cadre/month/{posyandu.pk}/"
    assert path in client.get("/posyandu/cadre/").content.decode()

    def names(query: str) -> set[str]:
        page = client.get(f"{path}?{query}").content.decode()
        return {name for name in ("Yang Datang", "Yang Absen", "Kakek Amaq") if name in page}

    assert names("show=absent") == {"Yang Absen", "Kakek Amaq"}
    assert names("show=came") == {"Yang Datang"}
    assert names("show=all&group=elderly") == {"Kakek Amaq"}
    assert names("show=all&kind=weigh") == {"Yang Datang", "Yang Absen"}
    assert names("show=open&kind=weigh") == {"Yang Absen"}  # of what was chosen, nothing is left to do for the other
    page = client.get(f"{path}?show=all&sort=-age").content.decode()
    assert page.index("Kakek Amaq") < page.index("Yang Absen")
    assert client.get(f"{path}?month=kapan&show=x&kind=y&page=99").status_code == 200
    assert client.get(f"{path}?export=csv").status_code == 302
    table = client.get(f"{path}?show=absent&export=csv&reason=kunjungan rumah").getvalue().decode()
    assert "Yang Absen" in table
    assert "Yang Datang" not in table


def test_questions_to_the_database_do_not_grow_with_people(posyandu: Any, cadre: Any, today: date) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            month_targets(posyandu, today.replace(day=1), today)
        return len(captured)

    home = Household.objects.create(posyandu=posyandu, head_name="Amaq")

    def settle(n: int) -> None:
        Person.objects.bulk_create(
            Person(household=home, posyandu=posyandu, name=f"Orang {n}", sex="F", birth_date=today - timedelta(days=300 * n + 3))
            for n in range(n)
        )

    settle(3)
    few = asked()
    settle(40)
    assert asked() == few < 20


def test_a_family_without_a_head_in_the_list_is_looked_at_again_too(posyandu: Any, child: Any, cadre: Any, today: date) -> None:
    first, second = child(today - timedelta(days=900), name="Kakak"), child(today - timedelta(days=300), name="Adik")
    second.household = first.household
    second.save()
    social.check(first.household, posyandu, today - timedelta(days=20), cadre, found=["food"], notes={}, consent=False, follow_up_on=today)
    found = targets(posyandu)
    assert [name for name, one in found.items() if needs(one, "social")] == ["Kakak"]
