"""Whatever happens to people and visits, the counts of each month equal what counting gives: checked by the plain query."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ntbportal.commons.places import Region
from posyandu.models import DistrictMonth, GrowthVisit, Household, OpenDay, PastStay, Person, Posyandu, PosyanduMonth
from posyandu.skdn import skdn_by, trend
from posyandu.tallying import differences, recount
from posyandu.visits import Measurement, record_visit, remove_visit

AUGUST, SEPTEMBER, OCTOBER = date(2026, 8, 1), date(2026, 9, 1), date(2026, 10, 1)


def counts(posyandu: Any, month: date) -> tuple[int, ...]:
    row = PosyanduMonth.objects.filter(posyandu=posyandu, month=month).first()
    return (row.s, row.d, row.n, row.t, row.twice, row.stunted) if row else (0,) * 6


@pytest.fixture
def days(posyandu: Any) -> dict[date, OpenDay]:
    return {month: OpenDay.objects.create(posyandu=posyandu, day=month.replace(day=10)) for month in (AUGUST, SEPTEMBER, OCTOBER)}


def weigh(kid: Any, day: Any, kilograms: str, by: Any, height: str = "") -> GrowthVisit:
    measured = Measurement(Decimal(kilograms), Decimal(height) if height else None, "L" if height else "", confirmed=True)
    return record_visit(kid, day, measured, by)


def test_weighing_correcting_and_taking_back(posyandu: Any, child: Any, days: Any, person: Any) -> None:
    cadre, kid = person("cadre"), child(date(2025, 6, 15))
    weigh(kid, days[AUGUST], "9.0", cadre)
    weigh(kid, days[SEPTEMBER], "8.9", cadre)
    last = weigh(kid, days[OCTOBER], "8.8", cadre, "70")
    assert counts(posyandu, OCTOBER) == (1, 1, 0, 1, 1, 1)
    assert differences() == []
    weigh(kid, days[AUGUST], "8.5", cadre)  # a correction: September gained after all, October is the first without
    assert counts(posyandu, SEPTEMBER)[:5] == (1, 1, 1, 0, 0)
    assert counts(posyandu, OCTOBER)[:5] == (1, 1, 0, 1, 0)
    remove_visit(last)
    assert counts(posyandu, OCTOBER) == (1, 0, 0, 0, 0, 0)
    assert differences() == []


def test_of_two_weighings_in_a_month_the_last_counts(posyandu: Any, child: Any, days: Any, person: Any) -> None:
    cadre, kid = person("cadre"), child(date(2025, 6, 15))
    weigh(kid, days[SEPTEMBER], "9.0", cadre)
    later = OpenDay.objects.create(posyandu=posyandu, day=date(2026, 10, 20))
    second = weigh(kid, later, "9.4", cadre)
    weigh(kid, days[OCTOBER], "8.9", cadre)  # written down afterwards
    assert counts(posyandu, OCTOBER)[:4] == (1, 1, 1, 0)
    remove_visit(second)
    assert counts(posyandu, OCTOBER)[:4] == (1, 1, 0, 1)
    assert differences() == []


def test_births_moves_and_departures(posyandu: Any, child: Any) -> None:
    other = Posyandu.objects.create(name="Posyandu Mawar", village=Region.objects.get(code="52.07.02.2021"))
    kid = child(date(2024, 2, 29))
    PastStay.objects.create(person=kid, posyandu=posyandu, birth_date=kid.birth_date, left_on=date(2026, 9, 20))
    kid.posyandu, kid.joined_on = other, date(2026, 9, 20)
    kid.save()
    assert [counts(posyandu, month)[0] for month in (AUGUST, SEPTEMBER, OCTOBER)] == [1, 0, 0]
    assert [counts(other, month)[0] for month in (AUGUST, SEPTEMBER, OCTOBER)] == [0, 1, 1]
    # under five until the birthday: born on 29 February, five on 1 March 2029
    assert (counts(other, date(2029, 2, 1))[0], counts(other, date(2029, 3, 1))[0]) == (1, 0)
    kid.left_on = date(2026, 10, 31)
    kid.save()
    assert (counts(other, OCTOBER)[0], counts(other, date(2026, 11, 1))[0]) == (1, 0)
    assert differences() == []


def test_many_rows_in_one_statement(posyandu: Any, days: Any) -> None:
    household = Household.objects.create(posyandu=posyandu, head_name="A")
    people = Person.objects.bulk_create(
        Person(household=household, posyandu=posyandu, name=f"C{number}", sex="M", birth_date=date(2023, 1, 1 + number))
        for number in range(20)
    )
    GrowthVisit.objects.bulk_create(
        GrowthVisit(person=kid, posyandu=posyandu, open_day=days[OCTOBER], day=days[OCTOBER].day, weight=10, status="N", zlen=-2.5, zwei=0)
        for kid in people
    )
    assert counts(posyandu, OCTOBER) == (20, 20, 20, 0, 0, 20)
    GrowthVisit.objects.filter(person__in=people[:5]).update(zlen=-7)  # implausible: neither stunted nor measured
    assert counts(posyandu, OCTOBER)[5] == 15
    assert differences() == []


def test_a_posyandu_takes_its_counts_to_another_village(posyandu: Any, child: Any, days: Any, person: Any) -> None:
    weigh(child(date(2025, 6, 15)), days[OCTOBER], "9.0", person("cadre"))
    posyandu.village = Region.objects.filter(level="village", code__startswith="52.07.03.")[0]
    posyandu.save()
    assert [DistrictMonth.objects.get(district=code, month=OCTOBER).d for code in ("52.07.02", "52.07.03")] == [0, 1]
    assert sum(row.d for row in skdn_by("village", Region.objects.get(code="52.07"), OCTOBER)) == 1
    assert differences() == []


def test_counting_anew_gives_the_same_and_repairs(posyandu: Any, child: Any, days: Any, person: Any) -> None:
    weigh(child(date(2025, 6, 15)), days[OCTOBER], "9.0", person("cadre"))
    before = counts(posyandu, OCTOBER)
    PosyanduMonth.objects.update(d=99)
    assert differences() != []
    recount()
    assert counts(posyandu, OCTOBER) == before
    assert differences() == []


def test_the_trend_and_the_posyandu_of_a_village(posyandu: Any, child: Any, days: Any, person: Any) -> None:
    kid = child(date(2025, 6, 15))
    for month in days:
        weigh(kid, days[month], "9.0", person("cadre"))
    months = trend(Region.objects.get(code="52"), OCTOBER, 12)
    assert [(row.area, row.d) for row in months if row.d] == [("2026-08", 1), ("2026-09", 1), ("2026-10", 1)]
    row = skdn_by("posyandu", Region.objects.get(code="52.07.02.2021"), OCTOBER)[0]
    assert (row.name, row.d, row.twice) == ("Posyandu Melati", 1, 1)
