"""N, T, B or O: how a child's weight moved since last month, as on the growth card (KMS; Buku KIA 2023).

B: first weighing. O: not weighed in the month before. Otherwise N (naik, gained) where the gain reaches the minimum
of the age (KBM), or where the weight rose and the line keeps to its curve or above it (z not below the z before);
else T (tidak naik).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ntbportal.commons.cache import remembered

from ..models.rules import MinimumGain
from ..models.visits import WeightStatus


@dataclass(frozen=True)
class Weighing:
    """day; weight in grams; weight-for-age z or None."""

    day: date
    grams: int
    z: float | None


Gains = dict[tuple[str, int], int]


def _table() -> tuple[list[tuple[str, int, int, int, date, date | None]], dict[date, Gains]]:
    """The rows, and what they come to by day, filled as days are asked for."""
    return list(MinimumGain.objects.values_list("sex", "months_from", "months_to", "grams", "valid_from", "valid_until")), {}


def minimum_gains(day: date) -> Gains:
    """Minimum monthly gain in grams by (sex, age in completed months), as valid on a day; the table is remembered for some seconds."""
    rows, by_day = remembered(_table)
    if day not in by_day:
        by_day[day] = {
            (sex, month): grams
            for sex, first, last, grams, valid_from, valid_until in rows
            if valid_from <= day and (valid_until is None or valid_until >= day)
            for month in range(first, last + 1)
        }
    return by_day[day]


def is_month_before(earlier: date, later: date) -> bool:
    return (later.year * 12 + later.month) - (earlier.year * 12 + earlier.month) == 1


def weight_status(before: Weighing | None, now: Weighing, sex: str, age_months: int, gains: Gains) -> WeightStatus:
    """`before` is the last weighing ahead of `now`, of an earlier month; None where there was none."""
    if before is None:
        return WeightStatus.FIRST
    if not is_month_before(before.day, now.day):
        return WeightStatus.ABSENT_BEFORE
    gain = now.grams - before.grams
    minimum = gains.get((sex, age_months))
    if minimum is not None and gain >= minimum:
        return WeightStatus.GAINED
    keeps_its_curve = before.z is not None and now.z is not None and now.z >= before.z
    return WeightStatus.GAINED if gain > 0 and keeps_its_curve else WeightStatus.NOT_GAINED
