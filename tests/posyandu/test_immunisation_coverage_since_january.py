"""Coverage as the ministry monitors it (PWS): doses given since January, of the infants that come due in that time; the same of a
village, its district and the province, and after a posyandu has moved to another district."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ntbportal.commons.places import Region
from posyandu.every_age import by_area, immunised, over_months
from posyandu.immunisation import give
from posyandu.models import DistrictFinding, Item
from posyandu.skdn import trend
from posyandu.tallying import differences

pytestmark = pytest.mark.django_db
JUNE = date(2026, 6, 1)


def coverage(area: str, month: date = JUNE) -> dict[str, tuple[int, int]]:
    region = Region.objects.get(code=area)
    return {str(one.title): (one.part, one.whole) for one in immunised(region, month, trend(region, month, 24))}


@pytest.fixture
def infants(child: Any, posyandu: Any, cadre: Any) -> list[Any]:
    kids = [child(date(2025, 12, 20), name=f"Anak {n}") for n in range(4)]  # infants from December to November
    give(kids[0], Item.objects.get(code="hb0"), date(2025, 12, 20), cadre, posyandu=posyandu)  # last year's
    give(kids[0], Item.objects.get(code="bcg"), date(2026, 2, 3), cadre, posyandu=posyandu)
    give(kids[1], Item.objects.get(code="bcg"), date(2026, 7, 3), cadre, posyandu=posyandu)  # after the month
    return kids


@pytest.mark.parametrize("area", ["52.07.02.2021", "52.07.02", "52.07", "52"])
def test_doses_over_a_twelfth_of_the_infants_a_month(infants: Any, area: str) -> None:
    # 4 infants in each of six months: 24 / 12 = 2 of them come due from January to June
    assert (coverage(area)["BCG"], coverage(area)["HB0"]) == ((1, 2), (0, 2))
    assert coverage(area, date(2026, 7, 1))["BCG"] == (2, 2)  # 28 / 12


def test_each_area_and_month_has_its_share(infants: Any, posyandu: Any) -> None:
    for level, within, area in (
        ("regency", "52", "52.07"),
        ("village", "52.07.02", "52.07.02.2021"),
        ("posyandu", "52.07.02.2021", str(posyandu.pk)),
    ):
        (one,) = [found for found in by_area("bcg", level, Region.objects.get(code=within), JUNE) if found.whole]
        assert (one.area, one.part, one.whole) == (area, 1, 2)
    months = {one.area: (one.part, one.whole) for one in over_months("bcg", Region.objects.get(code="52"), date(2026, 7, 1), 6)}
    assert (months["2026-02"], months["2026-07"]) == ((1, 0), (1, 0))  # 4 / 12 rounded: so few infants come due in a month


def test_a_posyandu_put_into_another_district_takes_its_counts_along(infants: Any, posyandu: Any) -> None:
    posyandu.village = Region.objects.filter(level="village", code__startswith="52.01.").first()
    posyandu.save()
    assert coverage("52.07")["BCG"] == (0, 0)
    assert coverage("52.01")["BCG"] == (1, 2)
    assert differences() == []


def test_the_figures_can_be_taken_along(infants: Any, person: Any, sign_in: Any) -> None:
    table = sign_in(person("leader")).get("/posyandu/leader/?month=2026-06&area=52&what=ages&export=csv")
    lines = b"".join(table.streaming_content).decode("utf-8-sig").splitlines()
    assert any(line.startswith('"BCG","0.5","1","2",') for line in lines), lines


def test_what_is_taken_back_is_not_counted(infants: Any) -> None:
    infants[0].given.filter(item__code="bcg").delete()
    assert coverage("52")["BCG"] == (0, 2)
    assert differences() == []
    DistrictFinding.objects.update(n=7)  # the check itself can fail
    assert {table for table, _key, _month in differences()} == {"posyandu_districtfinding"}
