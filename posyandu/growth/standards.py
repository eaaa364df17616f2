"""The LMS values as NumPy arrays: read once, on first use."""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
LAST_DAY = 1856  # of the 2006 standards
WFL_FROM, WFL_TO = 450, 1200  # tenths of a centimetre kept for weight-for-length and weight-for-height


class LMS(NamedTuple):
    """Arrays of shape (2, n): first row girls, second boys. n counts days, or tenths of a centimetre from WFL_FROM.
    NaN where WHO gives no value."""

    l: Floats  # noqa: E741 - WHO's own names
    m: Floats
    s: Floats


class Months(NamedTuple):
    """WHO 2007: shape (2, n), n counts months from 61."""

    l: Floats  # noqa: E741
    m: Floats
    s: Floats


def sex_row(sex: str) -> int:
    return 1 if sex == "M" else 0


@lru_cache(maxsize=1)
def tables() -> dict[str, LMS]:
    """By indicator: weight_for_age, length_height_for_age, bmi_for_age, head_circumference_for_age by day;
    weight_for_length, weight_for_height by tenths of a centimetre."""
    return _read()[0]


@lru_cache(maxsize=1)
def arm_and_skinfolds() -> dict[str, LMS]:
    """By indicator: arm_circumference_for_age, subscapular_skinfold_for_age, triceps_skinfold_for_age by day, from day 91 on. Drawn
    only, so read only where one is drawn."""
    return _read("who_lms_arm_and_skinfolds.csv")[0]


@lru_cache(maxsize=1)
def reference_2007() -> dict[str, Months]:
    """By indicator: bmi_for_age and length_height_for_age for months 61-228, weight_for_age for months 61-120."""
    return _read()[1]


@lru_cache(maxsize=2)
def _read(name: str = "who_lms.csv") -> tuple[dict[str, LMS], dict[str, Months]]:
    young: dict[str, list[list[tuple[int, float, float, float]]]] = {}
    old: dict[str, list[list[tuple[float, float, float]]]] = {}
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            values = (float(row["l"]), float(row["m"]), float(row["s"]))
            if row["standard"] == "WHO 2006":
                place = int(row["x"]) if row["unit"] == "days" else round(float(row["x"]) * 10) - WFL_FROM
                young.setdefault(row["indicator"], [[], []])[sex_row(row["sex"])].append((place, *values))
            else:
                old.setdefault(row["indicator"], [[], []])[sex_row(row["sex"])].append(values)
    tables = {}
    for indicator, sexes in young.items():
        size = LAST_DAY + 1 if indicator.endswith("for_age") else WFL_TO - WFL_FROM + 2
        table = np.full((3, 2, size), np.nan)
        for sex, rows in enumerate(sexes):
            data = np.array(rows)
            table[:, sex, data[:, 0].astype(int)] = data[:, 1:].T
        tables[indicator] = LMS(*table)
    months = {name: Months(*np.array(sexes).transpose(2, 0, 1)) for name, sexes in old.items()}
    return tables, months
