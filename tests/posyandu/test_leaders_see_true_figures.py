"""Dashboards: figures with definitions, small numbers without a rank, chance told from difference, names only for who works there."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from posyandu.indicators import INDICATORS, of_every_age, ranked
from posyandu.models import OpenDay
from posyandu.skdn import FIELDS, Skdn
from posyandu.visits import Measurement, record_visit

MONTH = date(2026, 10, 1)


def row(name: str, **counts: int) -> Skdn:
    return Skdn(name, name, 1, *(counts.get(field, 0) for field in FIELDS))


def test_small_ones_get_no_rank_and_chance_is_no_difference() -> None:
    rows = [row("many", measured=1000, stunted=200), row("worse", measured=100, stunted=31), row("few", measured=10, stunted=0), row("alike", measured=100, stunted=22)]  # fmt: skip
    placed = ranked(INDICATORS["stunting"], rows)
    assert [one.row.name for one in placed] == ["many", "alike", "worse", "few"]
    # mean 253/1210 = 0.209; (0.31 - 0.209) / sqrt(0.209 * 0.791 / 100) = 2.48: beyond 1.96, within 3.09
    assert [(one.row.name, one.differs) for one in placed if one.differs] == [("worse", -1)]
    assert placed[-1].is_small
    better = ranked(INDICATORS["ds"], [row("a", s=400, d=380), row("b", s=400, d=200)])
    assert [(one.row.name, one.differs) for one in better] == [("a", 2), ("b", -2)]


def test_nothing_weighed_is_no_zero_share() -> None:
    assert INDICATORS["nd"].value(row("x", d=3, o=2, b=1)) is None
    assert ranked(INDICATORS["nd"], [row("x")])[0].value is None


@pytest.fixture
def stunted(posyandu: Any, child: Any, person: Any) -> Any:
    cadre = person("cadre")
    posyandu.cadres.add(cadre)
    day = OpenDay.objects.create(posyandu=posyandu, day=date(2026, 10, 12))
    for number in range(3):
        kid = child(date(2025, 1, 1), name=f"Anak Rahasia {number}")
        record_visit(kid, day, Measurement(Decimal("9"), Decimal("70" if number else "82"), "L", confirmed=True), cadre)
    return cadre


def test_the_page_and_its_parts(stunted: Any, posyandu: Any, person: Any, sign_in: Any, django_assert_max_num_queries: Any) -> None:
    client = sign_in(person("leader"))
    with django_assert_max_num_queries(14):
        page = client.get("/posyandu/leader/?month=2026-10&area=52.07.02.2021&by=stunting").content.decode()
    assert "66,7 %" in page
    assert "2 / 3" in page
    assert "−2 SD" in page  # the definition
    assert "Rahasia" not in page
    report = client.get("/posyandu/leader/report/?month=2026-10&area=52.07.02.2021").content.decode()
    assert "66,7 %" in report
    table = client.get("/posyandu/leader/?month=2026-10&area=52.07&export=csv")
    assert b"52.07.02" in b"".join(table.streaming_content)


def test_names_behind_the_figures_only_for_who_works_there(stunted: Any, posyandu: Any, person: Any, sign_in: Any) -> None:
    page = f"/posyandu/cadre/names/{posyandu.pk}/?month=2026-10&problem=stunted"
    assert sign_in(stunted).get(page).content.decode().count("Anak Rahasia") == 2
    assert sign_in(person("leader")).get(page).status_code == 403
    assert sign_in(person("midwife", region="52.71")).get(page).status_code == 403


def test_figures_of_every_age_come_from_the_forms(posyandu: Any, child: Any, person: Any) -> None:
    from posyandu import contacts

    cadre = person("cadre")
    for number, pressure in enumerate((150, 120, 185, 118)):
        adult = child(date(1980, 1, 1 + number), name=f"Dewasa {number}")
        contacts.record_contact(adult, contacts.whole_form("dewasa"), date(2026, 10, 5), {"systolic": pressure, "diastolic": 80}, cadre, posyandu=posyandu, confirmed=True)  # fmt: skip
    figures, _counted = of_every_age(posyandu.village, MONTH)
    high = next(one for one in figures if one.part)
    assert (high.part, high.whole, high.value) == (2, 4, 0.5)


def test_supervisors_see_who_looked(stunted: Any, posyandu: Any, person: Any, sign_in: Any) -> None:
    sign_in(stunted).get(f"/posyandu/cadre/names/{posyandu.pk}/?month=2026-10")
    page = sign_in(person("midwife", region="52.07.02")).get("/posyandu/cadre/looks/").content.decode()
    assert "Anak Rahasia 1" in page
    assert sign_in(stunted).get("/posyandu/cadre/looks/").status_code == 403
    assert "Anak Rahasia 1" not in sign_in(person("midwife", region="52.71")).get("/posyandu/cadre/looks/").content.decode()
