"""Cases from the rules of the Buku KIA: minimum monthly gain (KBM) by age and sex."""

from datetime import date

import pytest

from posyandu.growth.weight_gain import Weighing, minimum_gains, weight_status
from posyandu.models import WeightStatus

OCTOBER, NOVEMBER = date(2026, 10, 10), date(2026, 11, 10)


def judge(before: Weighing | None, grams: int, z: float, *, sex: str = "M", months: int = 7) -> str:
    return weight_status(before, Weighing(NOVEMBER, grams, z), sex, months, minimum_gains(NOVEMBER))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sex", "months", "grams"),
    [("F", 1, 800), ("M", 2, 900), ("F", 3, 800), ("M", 4, 600), ("F", 5, 500), ("M", 6, 400), ("M", 7, 400), ("F", 7, 300), ("M", 8, 300), ("F", 10, 300), ("F", 11, 200), ("M", 11, 300), ("M", 12, 200), ("F", 59, 200)],
)  # fmt: skip
def test_minimum_gains(sex: str, months: int, grams: int) -> None:
    assert minimum_gains(NOVEMBER)[sex, months] == grams
    before = Weighing(OCTOBER, 8000, 0.0)
    assert judge(before, 8000 + grams, -0.4, sex=sex, months=months) == WeightStatus.GAINED
    assert judge(before, 8000 + grams - 10, -0.4, sex=sex, months=months) == WeightStatus.NOT_GAINED


@pytest.mark.django_db
def test_a_line_that_keeps_to_its_curve_has_gained_even_below_the_minimum() -> None:
    assert judge(Weighing(OCTOBER, 8000, -0.5), 8150, -0.5) == WeightStatus.GAINED


@pytest.mark.django_db
@pytest.mark.parametrize("grams", [8000, 7900])
def test_flat_or_falling_has_not_gained(grams: int) -> None:
    assert judge(Weighing(OCTOBER, 8000, -0.5), grams, -0.5) == WeightStatus.NOT_GAINED


@pytest.mark.django_db
def test_first_weighing_and_absence() -> None:
    assert judge(None, 8000, 0) == WeightStatus.FIRST
    assert judge(Weighing(date(2026, 9, 28), 8000, 0), 9000, 0) == WeightStatus.ABSENT_BEFORE
    assert judge(Weighing(date(2026, 10, 31), 8000, 0), 9000, 0) == WeightStatus.GAINED
