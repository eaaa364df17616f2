"""Every chart of WHO is drawn, with a child's points or blank to draw into; the values are WHO's."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from posyandu.growth.chart import CHARTS, curve, growth_svg
from posyandu.growth.standards import arm_and_skinfolds, sex_row
from posyandu.models import OpenDay
from posyandu.visits import Measurement, record_visit

# L, M, S as printed in WHO's tables for `anthro` (data-raw/growthstandards: acanthro, ssanthro, tsanthro)
PRINTED = [
    ("arm_circumference_for_age", "F", 1550, (-0.1733, 16.3942, 0.08971)),
    ("arm_circumference_for_age", "F", 1826, (-0.1733, 16.8522, 0.09341)),
    ("subscapular_skinfold_for_age", "M", 91, (-0.303, 7.692, 0.17019)),
    ("subscapular_skinfold_for_age", "M", 500, (-0.5443, 6.1706, 0.17771)),
    ("triceps_skinfold_for_age", "F", 1719, (-0.2353, 8.7462, 0.25433)),
    ("triceps_skinfold_for_age", "F", 1826, (-0.2368, 8.8296, 0.25886)),
]


@pytest.mark.parametrize(("table", "sex", "day", "lms"), PRINTED)
def test_arm_and_skinfolds_are_as_printed(table: str, sex: str, day: int, lms: tuple[float, float, float]) -> None:
    found = arm_and_skinfolds()[table]
    assert tuple(float(column[sex_row(sex), day]) for column in found) == lms
    assert float(found.m[sex_row(sex), 90]) != float(found.m[sex_row(sex), 90])  # nothing before three months


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("sex", ["F", "M"])
def test_each_is_drawn_whole(name: str, sex: str) -> None:
    svg = growth_svg(name, sex, ())
    assert svg.count('class="kms-curve') == 7
    assert "nan" not in svg
    heights = [float(line.split()[-1].split(",")[1]) for line in re.findall(r'kms-curve[^>]*points="([^"]*)"', svg)]
    assert heights == sorted(heights)  # +3 above, -3 below


def test_the_median_of_the_arm_at_a_year() -> None:
    import numpy as np

    assert float(curve(CHARTS["arm"], "F", 0, np.array([1550]))[0]) == pytest.approx(16.3942)


@pytest.mark.django_db
def test_the_childs_arm_is_drawn_among_the_others(child: Any, posyandu: Any, cadre: Any, sign_in: Any) -> None:
    kid = child(date(2025, 4, 2), sex="F", name="Ani")
    day = OpenDay.objects.create(posyandu=posyandu, day=date(2026, 10, 12), opened_by=cadre)
    record_visit(kid, day, Measurement(weight=Decimal("9.4"), muac=Decimal("13.9"), confirmed=True), cadre)
    page = sign_in(cadre).get(f"/posyandu/cadre/people/{kid.pk}/?chart=arm").content.decode()
    assert "13,90 cm" in page
    assert "LiLA/U" in page


@pytest.mark.django_db
def test_blank_ones_are_printed(cadre: Any, posyandu: Any, sign_in: Any) -> None:
    client = sign_in(cadre)
    listed = re.findall(r'href="(/posyandu/cadre/blanks/chart/[^"]+)"', client.get("/posyandu/cadre/blanks/").content.decode())
    assert len(listed) == 2 * len(CHARTS) == 24
    for link in (listed[0], f"{listed[0]}?months=60", listed[-1]):
        assert 'class="kms"' in client.get(link).content.decode()
    assert client.get("/posyandu/cadre/blanks/chart/arm/X/").status_code == 404
    assert client.get("/posyandu/cadre/blanks/chart/none/F/").status_code == 404
