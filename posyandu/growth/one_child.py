"""The z-scores of zscores.py for one child, in plain numbers: a column of one costs twenty times as much (benchmarks/growth.py).

The rules, their sources and the numbers are those of zscores.py, and tests/posyandu/test_one_child_is_a_column_of_one.py holds the two
together.
"""

from __future__ import annotations

from .standards import LAST_DAY, LMS, WFL_FROM, tables
from .zscores import DAYS_OF_MONTH, HEIGHT_FROM_DAY, PLAUSIBLE

NAMES = ("zlen", "zwei", "zwfl", "zbmi", "zhc")


def scores_of_child(
    sex: str,
    age_days: int,
    weight: float | None,
    length: float | None,
    measure: str = "",
    *,
    oedema: bool = False,
    head: float | None = None,
) -> dict[str, float | None]:
    """One child's zlen, zwei, zwfl, zbmi, zhc (None where there is none) and `implausible` as 1.0 or 0.0. Kilograms, centimetres."""
    found: dict[str, float | None] = dict.fromkeys(NAMES)
    if sex in ("M", "F") and 0 <= age_days <= LAST_DAY and age_days / DAYS_OF_MONTH < 60:
        _fill(found, int(sex == "M"), age_days, weight, length, measure, oedema, head)
    found["implausible"] = float(
        any((z := found[f"z{name}"]) is not None and not low <= z <= high for name, (low, high) in PLAUSIBLE.items())
    )
    return found


def _fill(
    found: dict[str, float | None],
    row: int,
    day: int,
    weight: float | None,
    length: float | None,
    measure: str,
    oedema: bool,
    head: float | None,
) -> None:
    table = tables()
    if length is not None:
        length = corrected(length, day, measure)
        found["zlen"] = _z(table["length_height_for_age"], row, day, length, restricted=False)
    if head is not None:
        found["zhc"] = _z(table["head_circumference_for_age"], row, day, head, restricted=False)
    if weight is None or oedema:
        return
    found["zwei"] = _z(table["weight_for_age"], row, day, weight)
    if length:
        found["zbmi"] = _z(table["bmi_for_age"], row, day, weight / (length / 100) ** 2)
        found["zwfl"] = _for_length(row, day < HEIGHT_FROM_DAY, weight, length)


def corrected(length: float, day: int, measure: str) -> float:
    """Centimetres as the standards count them: lying below 731 days, standing from then on. Standing is not believed below nine months."""
    if measure == "H" and day < HEIGHT_FROM_DAY and day / DAYS_OF_MONTH >= 9:
        return length + 0.7
    if measure == "L" and day >= HEIGHT_FROM_DAY:
        return length - 0.7
    return length


def _z(table: LMS, row: int, day: int, y: float, *, restricted: bool = True) -> float | None:
    return _score(y, float(table.l[row, day]), float(table.m[row, day]), float(table.s[row, day]), restricted=restricted)


def _for_length(row: int, by_length: bool, weight: float, length: float) -> float | None:
    low_cm, high_cm = (45.0, 110.0) if by_length else (65.0, 120.0)
    if not low_cm <= length <= high_cm:
        return None
    table = tables()["weight_for_length" if by_length else "weight_for_height"]
    low = int(length * 10)
    share = (length - low / 10) / 0.1
    at, after = low - WFL_FROM, int(length * 10 + 1) - WFL_FROM
    l, m, s = (  # noqa: E741
        lower + share * (float(column[row, after]) - lower) if share > 0 else lower
        for column in (table.l, table.m, table.s)
        for lower in (float(column[row, at]),)
    )
    return _score(weight, l, m, s, restricted=True)


def _score(y: float, l: float, m: float, s: float, *, restricted: bool) -> float | None:  # noqa: E741
    if y <= 0:
        return None
    z = ((y / m) ** l - 1) / (l * s)
    if restricted and abs(z) > 3:
        sign = 1 if z > 0 else -1

        def at(sd: int) -> float:
            return float(m * (1 + l * s * sd) ** (1 / l))

        z = sign * 3 + (y - at(sign * 3)) / abs(at(sign * 3) - at(sign * 2))
    return round(z, 2) + 0.0  # no negative zero
