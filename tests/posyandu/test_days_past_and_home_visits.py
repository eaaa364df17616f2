"""What was kept on paper is typed in under its own day; home visits count for the children and not as an open day; a day opened by
mistake goes again."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from posyandu import open_days
from posyandu.models import GrowthVisit, OpenDay, Posyandu, PosyanduMonth
from posyandu.tallying import differences
from posyandu.targets import months_back
from posyandu.visits import Measurement, record_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def kid(child: Any, today: date) -> Any:
    return child(today - timedelta(days=500))


def test_a_day_kept_on_paper_is_opened_later_and_counts_in_its_month(
    kid: Any, posyandu: Any, cadre: Any, sign_in: Any, today: date
) -> None:
    client, then = sign_in(cadre), months_back(today.replace(day=1), 2) + timedelta(days=9)
    address = f"/posyandu/cadre/open-days/{posyandu.pk}/"
    opened = client.post(address, {"day": then.isoformat(), "what": "open"})
    day = OpenDay.objects.get()
    assert (opened.url, day.day, day.opened_by, day.is_home_visits) == (day.get_absolute_url(), then, cadre, False)
    client.post(f"/posyandu/cadre/days/{day.pk}/children/{kid.pk}/", {"weight": "9,1", "confirmed": "on"})
    assert GrowthVisit.objects.get().day == then
    assert PosyanduMonth.objects.get(posyandu=posyandu, month=then.replace(day=1)).d == 1
    page = client.get(address).content.decode()
    assert "1 ditimbang" in page
    table = client.get(address, {"export": "csv"}).getvalue().decode()
    assert f'"{then}","Hari buka","1","0","0"' in table


@pytest.mark.parametrize(("days", "why"), [(-1, "masa depan"), (800, "dua tahun")])
def test_a_day_that_cannot_be_is_refused_and_kept_as_typed(
    posyandu: Any, cadre: Any, sign_in: Any, today: date, days: int, why: str
) -> None:
    typed = (today - timedelta(days=days)).isoformat()
    answer = sign_in(cadre).post(f"/posyandu/cadre/open-days/{posyandu.pk}/", {"day": typed, "what": "home"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert why in page
    assert f'value="{typed}"' in page
    assert not OpenDay.objects.exists()


def test_home_visits_are_no_open_day(kid: Any, posyandu: Any, cadre: Any, client: Any, sign_in: Any, today: date) -> None:
    day = open_days.open_on(posyandu, today, cadre, home_visits=True)
    record_visit(kid, day, Measurement(Decimal("9.1"), confirmed=True), cadre)
    since = today - timedelta(days=365)
    assert PosyanduMonth.objects.get(posyandu=posyandu, month=today.replace(day=1)).d == 1
    assert open_days.months_open(posyandu, since, today) == 0
    public = f"/posyandu/{posyandu.pk}/"
    assert "Buka hari ini" not in client.get(public).content.decode()
    sign_in(cadre).post(f"/posyandu/cadre/days/{day.pk}/change/", {"act": "open"})
    assert open_days.months_open(posyandu, since, today) == 1
    assert "Buka hari ini" in client.get(public).content.decode()


def test_a_month_counts_once_and_a_day_without_anybody_not_at_all(kid: Any, posyandu: Any, cadre: Any, today: date) -> None:
    month = months_back(today.replace(day=1), 1)
    for number in (3, 4):
        day = open_days.open_on(posyandu, month.replace(day=number), cadre)
        record_visit(kid, day, Measurement(Decimal("9.1"), confirmed=True), cadre)
    open_days.open_on(posyandu, months_back(month, 1), cadre)
    assert open_days.months_open(posyandu, today - timedelta(days=365), today) == 1


def test_opened_by_mistake(kid: Any, posyandu: Any, cadre: Any, sign_in: Any, today: date) -> None:
    client, day = sign_in(cadre), open_days.open_day_today(posyandu, cadre)
    record_visit(kid, day, Measurement(Decimal("9.1"), confirmed=True), cadre)
    address = f"/posyandu/cadre/days/{day.pk}/change/"
    assert "Salah buka" not in client.get(day.get_absolute_url()).content.decode()
    assert "tercatat" in client.post(address, {"act": "forget"}, follow=True).content.decode()
    assert OpenDay.objects.filter(pk=day.pk).exists()
    client.post(f"/posyandu/cadre/weighings/{GrowthVisit.objects.get().pk}/", {"act": "remove"})
    assert "Salah buka" in client.get(day.get_absolute_url()).content.decode()
    client.post(address, {"act": "forget"})
    assert not OpenDay.objects.exists()
    assert differences() == []


def test_a_phone_says_that_it_was_on_home_visits(from_phone: Any, entry: Any, kid: Any) -> None:
    assert from_phone(entry("growth", kid, weight=9.1, confirmed=True, home=True))[0]["state"] == "kept"
    assert OpenDay.objects.get().is_home_visits


def test_a_midwife_of_many_posyandu_finds_each(posyandu: Any, midwife: Any, child: Any, sign_in: Any, today: date) -> None:
    client = sign_in(midwife)
    Posyandu.objects.bulk_create(Posyandu(name=f"Posyandu {n:02}", village=posyandu.village) for n in range(45))
    with CaptureQueriesContext(connection) as few:
        first = client.get("/posyandu/cadre/").content.decode()
    assert "Posyandu 44" not in first
    assert "Berikutnya" in first
    found = client.get("/posyandu/cadre/", {"q": "Posyandu 44"}).content.decode()
    assert "Posyandu 44" in found
    assert "Posyandu 43" not in found
    Posyandu.objects.bulk_create(Posyandu(name=f"Pos {n:03}", village=posyandu.village) for n in range(100))
    with CaptureQueriesContext(connection) as many:
        client.get("/posyandu/cadre/")
    assert len(many) == len(few)
    here, there = child(today - timedelta(days=400), name="Rizki"), child(today - timedelta(days=400), name="Zahra")
    other = Posyandu.objects.get(name="Posyandu 44")
    for place in ("people", "families"):
        there.posyandu = there.household.posyandu = other
        there.save()
        there.household.save()
        page = client.get(f"/posyandu/cadre/{place}/", {"posyandu": other.pk}).content.decode()
        assert there.household.head_name in page or there.name in page
        assert f"/{here.pk if place == 'people' else here.household_id}/" not in page
