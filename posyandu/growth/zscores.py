"""z-scores of the WHO Child Growth Standards, for whole columns at once, as WHO's R package `anthro` computes them.

Rules and where they come from (WHO Child Growth Standards: Methods and development, 2006, chapter 7; behaviour of
`anthro` 1.1 where that text is silent):

* z = ((y/M)^L - 1) / (L S). Weight-for-age, weight-for-length and BMI-for-age beyond +-3 use the restricted form, in
  steps of the distance between 2 and 3 SD. Length and head circumference do not.
* Length below 731 days, height from then on; measured the other way, 0.7 cm is added or taken. Standing is not
  believed below 9 months: the measure is then taken as unknown and nothing is added.
* Weight-for-length: L, M and S between two tenths of a centimetre are interpolated. Valid 45-110 cm lying,
  65-120 cm standing. Without an age the measure decides, without both 87 cm does.
* Nothing for children of 60 months (1826.25 days) or more, for oedema nothing that uses weight.
* Two decimals; flagged as implausible outside: weight -6..5, length -6..6, the others -5..5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .standards import LAST_DAY, LMS, WFL_FROM, WFL_TO, reference_2007, tables

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
DAYS_OF_MONTH = 30.4375
HEIGHT_FROM_DAY = 731
PLAUSIBLE = {"len": (-6.0, 6.0), "wei": (-6.0, 5.0), "wfl": (-5.0, 5.0), "bmi": (-5.0, 5.0), "hc": (-5.0, 5.0)}


@dataclass(frozen=True)
class GrowthScores:
    """Columns of equal length. z: two decimals, NaN where WHO computes none. f: True where implausible."""

    zlen: Floats
    zwei: Floats
    zwfl: Floats
    zbmi: Floats
    zhc: Floats
    flen: Bools
    fwei: Bools
    fwfl: Bools
    fbmi: Bools
    fhc: Bools
    length: Floats  # centimetres, after the 0.7 cm correction


def growth_scores(
    sex: NDArray[np.str_] | list[str],
    age_days: NDArray[np.floating] | list[float],
    weight: NDArray[np.floating] | list[float],
    length: NDArray[np.floating] | list[float],
    measure: NDArray[np.str_] | list[str] | None = None,
    oedema: NDArray[np.bool_] | list[bool] | None = None,
    head: NDArray[np.floating] | list[float] | None = None,
) -> GrowthScores:
    """z-scores of n children under five.

    sex: "M" or "F" (else nothing is computed); age_days: days, halves round up; weight: kg; length, head: cm;
    measure: "L" lying, "H" standing, anything else unknown; missing numbers are NaN. All of shape (n,).
    """
    boys = np.asarray(sex) == "M"
    known_sex = boys | (np.asarray(sex) == "F")
    row = boys.astype(np.intp)
    count = len(row)
    exact_age = np.asarray(age_days, dtype=np.float64)
    kilograms: Floats = np.asarray(weight, dtype=np.float64)
    centimetres: Floats = np.asarray(length, dtype=np.float64)
    round_head: Floats = np.full(count, np.nan) if head is None else np.asarray(head, dtype=np.float64)
    ways = np.full(count, "") if measure is None else np.asarray(measure)
    swollen = np.zeros(count, dtype=bool) if oedema is None else np.asarray(oedema, dtype=bool)

    age = np.floor(exact_age + 0.5)
    has_age = ~np.isnan(age)
    with np.errstate(invalid="ignore"):
        in_range = has_age & (age >= 0) & (age <= LAST_DAY) & (exact_age / DAYS_OF_MONTH < 60) & known_sex
        day = np.where(in_range, age, 0).astype(np.intp)

        standing, lying = ways == "H", ways == "L"
        standing = standing & ~(exact_age / DAYS_OF_MONTH < 9)
        centimetres = np.where(has_age & (age < HEIGHT_FROM_DAY) & standing, centimetres + 0.7, centimetres)
        centimetres = np.where(has_age & (age >= HEIGHT_FROM_DAY) & lying, centimetres - 0.7, centimetres)
        bmi = kilograms / (centimetres / 100) ** 2

        table = tables()
        zlen = _by_day(table["length_height_for_age"], row, day, in_range, centimetres, restricted=False)
        zwei = _by_day(table["weight_for_age"], row, day, in_range & ~swollen, kilograms)
        zbmi = _by_day(table["bmi_for_age"], row, day, in_range & ~swollen, bmi)
        zhc = _by_day(table["head_circumference_for_age"], row, day, in_range, round_head, restricted=False)
        by_length = np.where(has_age, age < HEIGHT_FROM_DAY, np.where(standing | lying, lying, centimetres < 87))
        possible = known_sex & ~swollen & (~has_age | ((age >= 0) & (exact_age / DAYS_OF_MONTH < 60)))
        zwfl = _for_length(row, by_length, possible, kilograms, centimetres)

    def implausible(name: str, z: Floats) -> Bools:
        low, high = PLAUSIBLE[name]
        with np.errstate(invalid="ignore"):
            return (z < low) | (z > high)

    return GrowthScores(
        zlen,
        zwei,
        zwfl,
        zbmi,
        zhc,
        implausible("len", zlen),
        implausible("wei", zwei),
        implausible("wfl", zwfl),
        implausible("bmi", zbmi),
        implausible("hc", zhc),
        centimetres,
    )


def _by_day(table: LMS, row: NDArray[np.intp], day: NDArray[np.intp], valid: Bools, y: Floats, *, restricted: bool = True) -> Floats:
    z = lms_z(y, table.l[row, day], table.m[row, day], table.s[row, day], restricted=restricted)
    return round2(np.where(valid, z, np.nan))


def _for_length(row: NDArray[np.intp], by_length: Bools, possible: Bools, weight: Floats, length: Floats) -> Floats:
    low_cm = np.where(by_length, 45.0, 65.0)
    high_cm = np.where(by_length, 110.0, 120.0)
    valid = possible & (length >= low_cm) & (length <= high_cm)
    safe = np.where(valid, length, 65.0)
    low = np.trunc(safe * 10)
    high = np.trunc(safe * 10 + 1)
    share = (safe - low / 10) / 0.1
    at = np.clip(low - WFL_FROM, 0, WFL_TO - WFL_FROM).astype(np.intp)
    after = np.clip(high - WFL_FROM, 0, WFL_TO - WFL_FROM + 1).astype(np.intp)

    def value(name: str) -> Floats:
        lying = getattr(tables()["weight_for_length"], name)
        standing = getattr(tables()["weight_for_height"], name)
        lower = np.where(by_length, lying[row, at], standing[row, at])
        upper = np.where(by_length, lying[row, after], standing[row, after])
        return np.where(share > 0, lower + share * (upper - lower), lower)

    z = lms_z(weight, value("l"), value("m"), value("s"), restricted=True)
    return round2(np.where(valid, z, np.nan))


def lms_z(y: Floats, l: Floats, m: Floats, s: Floats, *, restricted: bool) -> Floats:  # noqa: E741
    """z of measurement y; NaN for y <= 0. Not rounded."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        y = np.where(y > 0, y, np.nan)
        z = ((y / m) ** l - 1) / (l * s)
        if not restricted:
            return np.asarray(z, dtype=np.float64)
        far = np.abs(z) > 3
        if far.any():
            z = z.copy()
            y, l, m, s, near = y[far], l[far], m[far], s[far], z[far]  # noqa: E741
            sign = np.sign(near)
            sd3 = measurement_at(sign * 3, l, m, s)
            step = np.abs(sd3 - measurement_at(sign * 2, l, m, s))
            z[far] = sign * 3 + (y - sd3) / step
    return np.asarray(z, dtype=np.float64)


def measurement_at(z: Floats | float, l: Floats, m: Floats, s: Floats) -> Floats:  # noqa: E741
    """The measurement at which the LMS curve has z."""
    return np.asarray(m * (1 + l * s * z) ** (1 / l), dtype=np.float64)


def round2(z: Floats) -> Floats:
    """Two decimals as R rounds them: to the nearest two-decimal number, judged by the exact binary value."""
    rounded = np.round(z, 2)
    with np.errstate(invalid="ignore"):
        near_tie = np.abs(np.abs(z * 100 % 1) - 0.5) < 1e-6
    for place in np.flatnonzero(near_tie):
        rounded[place] = round(float(z[place]), 2)
    return rounded + 0.0  # no negative zero


def school_age_scores(indicator: str, sex: list[str], age_days: list[float], y: list[float]) -> Floats:
    """z of the WHO Reference 2007, 61 to under 229 months (weight: to 120). indicator: bmi_for_age,
    length_height_for_age or weight_for_age; L, M and S are interpolated between months as `anthroplus` does."""
    table = reference_2007()[indicator]
    row = (np.asarray(sex) == "M").astype(np.intp)
    months = np.asarray(age_days, dtype=np.float64) / DAYS_OF_MONTH
    last = 61 + table.m.shape[1] - 1
    valid = (months >= 61) & (months < last + 1)
    safe = np.where(valid, months, 61)
    low = np.floor(safe).astype(np.intp)
    share = safe - low
    at, after = low - 61, np.minimum(low - 61 + 1, last - 61)

    def value(column: Floats) -> Floats:
        return np.asarray(column[row, at] + share * (column[row, after] - column[row, at]))

    measured = np.asarray(y, dtype=np.float64)
    z = lms_z(measured, value(table.l), value(table.m), value(table.s), restricted=indicator != "length_height_for_age")
    return round2(np.where(valid, z, np.nan))
