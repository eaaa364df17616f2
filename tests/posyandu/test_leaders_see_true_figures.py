"""Dashboards: figures with definitions, small numbers without a rank, chance told from difference, names only for who works there."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ntbportal.commons.places import Region
from posyandu.every_age import CHOICES, COVERAGE, by_area, of_every_age, over_months
from posyandu.indicators import INDICATORS, ranked
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


@pytest.fixture
def two_posyandu(posyandu: Any, child: Any, person: Any) -> Any:
    """High blood pressure: 2 of 3 at one posyandu in October, 0 of 1 at another of the same district, 1 of 1 at the first in September."""
    from posyandu import contacts
    from posyandu.models import Posyandu

    cadre = person("cadre")
    other = Posyandu.objects.create(name="Posyandu Mawar", village=Region.objects.get(code="52.07.02.2009"))
    for number, (place, day, pressure) in enumerate((
        (posyandu, date(2026, 10, 5), 150), (posyandu, date(2026, 10, 5), 160), (posyandu, date(2026, 10, 5), 120),
        (other, date(2026, 10, 6), 118), (posyandu, date(2026, 9, 5), 170),
    )):  # fmt: skip
        adult = child(date(1980, 1, 1 + number), name=f"Dewasa {number}", at=place)
        answers = {"systolic": pressure, "diastolic": 80}
        contacts.record_contact(adult, contacts.whole_form("dewasa"), day, answers, cadre, posyandu=place, confirmed=True)
    return posyandu, other


@pytest.mark.parametrize(
    ("level", "within", "expected"),
    [
        ("regency", "52", {"52.07": (2, 4)}),
        ("district", "52.07", {"52.07.02": (2, 4)}),
        ("village", "52.07.02", {"52.07.02.2021": (2, 3), "52.07.02.2009": (0, 1)}),
    ],
)
def test_high_blood_pressure_by_area_is_the_sum_of_its_parts(two_posyandu: Any, level: str, within: str, expected: Any) -> None:
    found = by_area("hypertension", level, Region.objects.get(code=within), MONTH)
    assert {one.area: (one.part, one.whole) for one in found} == expected


def test_of_a_village_each_posyandu_and_of_a_province_each_month(two_posyandu: Any) -> None:
    (one,) = by_area("hypertension", "posyandu", two_posyandu[0].village, MONTH)
    assert (one.area, one.name, one.part, one.whole) == (str(two_posyandu[0].pk), "Posyandu Melati", 2, 3)
    months = over_months("hypertension", Region.objects.get(code="52"), MONTH)
    assert [(one.area, one.part, one.whole) for one in months] == [("2026-09", 1, 1), ("2026-10", 2, 4)]


def test_map_ranking_and_trend_of_every_figure(two_posyandu: Any, person: Any, sign_in: Any, django_assert_max_num_queries: Any) -> None:
    client = sign_in(person("leader"))
    with django_assert_max_num_queries(18):
        page = client.get("/posyandu/leader/?month=2026-10&area=52.07.02&by=hypertension").content.decode()
    assert "Tekanan darah tinggi" in page
    assert "66,7 %" in page
    assert 'value="hypertension" selected' in page
    for code in (*CHOICES, *COVERAGE, *INDICATORS, "nonsense"):
        for area in ("52", "52.07", "52.07.02", "52.07.02.2021"):
            assert client.get(f"/posyandu/leader/?month=2026-10&area={area}&by={code}").status_code == 200, (code, area)


def test_supervisors_see_who_looked(stunted: Any, posyandu: Any, person: Any, sign_in: Any) -> None:
    sign_in(stunted).get(f"/posyandu/cadre/names/{posyandu.pk}/?month=2026-10")
    page = sign_in(person("midwife", region="52.07.02")).get("/posyandu/cadre/looks/").content.decode()
    assert "Anak Rahasia 1" in page
    assert sign_in(stunted).get("/posyandu/cadre/looks/").status_code == 403
    assert "Anak Rahasia 1" not in sign_in(person("midwife", region="52.71")).get("/posyandu/cadre/looks/").content.decode()


def test_lists_and_exports_are_told_in_words(stunted: Any, posyandu: Any, person: Any, sign_in: Any) -> None:
    client = sign_in(stunted)
    client.get(f"/posyandu/cadre/month/{posyandu.pk}/")
    client.get(f"/posyandu/cadre/names/{posyandu.pk}/?month=2026-10&export=csv&reason=Kunjungan rumah oleh kader")
    client.get("/posyandu/cadre/families/?export=csv&reason=Kunjungan rumah oleh kader")
    page = sign_in(person("midwife", region="52.07.02")).get("/posyandu/cadre/looks/").content.decode()
    for told in (f"daftar {posyandu.name}", f"diambil: {posyandu.name}", "diambil: keluarga"):
        assert told in page


def test_who_supervises_is_watched_too(stunted: Any, posyandu: Any, person: Any, sign_in: Any) -> None:
    midwife = person("midwife", region="52.07.02", name="Bidan Ayu")
    sign_in(midwife).get(f"/posyandu/cadre/names/{posyandu.pk}/?month=2026-10")
    for watcher, sees in (
        (person("admin"), True),
        (person("midwife", region="52.07"), True),
        (person("midwife", region="52.07.03"), False),
    ):
        assert ("Bidan Ayu" in sign_in(watcher).get("/posyandu/cadre/looks/").content.decode()) is sees
