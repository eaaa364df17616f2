"""The village meeting reads who was born, died, came and went in the month; what was entered by mistake or is a double counts nowhere."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ntbportal.commons.audit import PersonalDataAccess
from ntbportal.commons.places import Region
from posyandu import people
from posyandu.models import Posyandu
from posyandu.movements import movements

pytestmark = pytest.mark.django_db
MONTH = date(2026, 10, 1)


@pytest.fixture
def village(posyandu: Any, child: Any, cadre: Any) -> Region:
    elsewhere = Region.objects.filter(level="village", code__startswith="52.07.03.").order_by("code")[0]
    other = Posyandu.objects.create(name="Posyandu Mawar", village=elsewhere)
    small, _second = child(date(2026, 10, 3), name="Kecil"), child(date(2026, 10, 30), name="Besar")
    small.birth_weight = Decimal("2.3")
    small.save()
    child(date(2026, 11, 1), name="Bulan Depan")
    for name, born, why, day in (
        ("Bayi", date(2026, 1, 5), "died", date(2026, 10, 9)),
        ("Nenek", date(1950, 1, 1), "died", date(2026, 10, 31)),
        ("Kakek", date(1950, 1, 1), "died", date(2026, 9, 30)),
        ("Pergi", date(1990, 1, 1), "away", date(2026, 10, 2)),
        ("Salah", date(2026, 10, 3), "error", date(2026, 10, 4)),
    ):
        people.leave(child(born, name=name), why, day)
    people.merge(small, child(date(2026, 10, 3), name="Kecill"), cadre)
    people.move(child(date(2000, 1, 1), name="Keluar"), other, date(2026, 10, 12), cadre)
    people.move(child(date(2001, 1, 1), name="Masuk", at=other), posyandu, date(2026, 10, 13), cadre)
    return posyandu.village


def test_as_the_register_says(village: Region) -> None:
    found = [one.n for one in movements(village, MONTH)]
    assert found == [2, 1, 2, 1, 1, 2]  # births, small ones, deaths, infants, in, out


def test_it_stands_in_the_report_of_a_village(village: Region, person: Any, sign_in: Any) -> None:
    client = sign_in(person("leader"))
    page = client.get(f"/posyandu/leader/report/?area={village.code}&month=2026-10").content.decode()
    assert "Kelahiran" in page
    assert "Kelahiran" not in client.get("/posyandu/leader/report/?area=52.07&month=2026-10").content.decode()


def test_a_look_at_the_list_of_an_open_day_is_noted(posyandu: Any, cadre: Any, sign_in: Any) -> None:
    client = sign_in(cadre)
    client.get(client.post(f"/posyandu/cadre/open/{posyandu.pk}/").url)
    assert PersonalDataAccess.objects.filter(user=cadre, subject=f"posyandu:{posyandu.pk}").exists()
