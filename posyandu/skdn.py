"""SKDN: S all under-fives, K with a KMS, D weighed this month, N gained; and the ratios that follow.

Source: ministry's guideline for posyandu (2011). N/D' with D' = D - (O + B). The database counts each month as
visits are written (posyandu/tallying.py), and every figure of a region is the sum of its parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count

from ntbportal.commons.cache import remembered
from ntbportal.commons.places import Region, region_names

from .tallying import MEASURES, TARGETS


@dataclass(frozen=True)
class Skdn:
    """Counts of one area and month, and ratios from 0 to 1 (None where the divisor is 0)."""

    area: str
    name: str
    posyandu: int
    s: int
    k: int
    infants: int
    d: int
    n: int
    t: int
    o: int
    b: int
    twice: int
    bgm: int
    orange: int
    oedema: int
    weighed: int
    underweight: int
    severely_underweight: int
    measured: int
    stunted: int
    severely_stunted: int
    proportioned: int
    wasted: int
    severely_wasted: int
    overweight: int

    @staticmethod
    def _share(part: int, whole: int) -> float | None:
        return part / whole if whole else None

    @property
    def coverage(self) -> float | None:
        """K/S."""
        return self._share(self.k, self.s)

    @property
    def participation(self) -> float | None:
        """D/S."""
        return self._share(self.d, self.s)

    @property
    def success(self) -> float | None:
        """N/D'."""
        return self._share(self.n, self.d - self.o - self.b)

    @property
    def wasting(self) -> float | None:
        """Children below -2 SD weight for length among those measured, those with oedema included."""
        return self._share(self.wasted, self.proportioned)

    @property
    def stunting(self) -> float | None:
        """Children below -2 SD length for age among those measured, implausible ones left out."""
        return self._share(self.stunted, self.measured)


def month_bounds(month: date) -> tuple[date, date]:
    """First day of the month and of the next."""
    first = month.replace(day=1)
    return first, (first.replace(year=first.year + 1, month=1) if first.month == 12 else first.replace(month=first.month + 1))


# Areas are cut from the village code: 2, 5, 8 or 13 characters are province, regency, district, village.
WIDTHS = {"province": 2, "regency": 5, "district": 8, "village": 13}
FIELDS = (*TARGETS, *MEASURES)  # in the order of Skdn
SUMS = ", ".join(f"coalesce(sum({name}), 0)::int" for name in FIELDS)

BY_DISTRICT = f"""
SELECT left(m.district_id, %(width)s), {SUMS} FROM posyandu_districtmonth m
WHERE m.month = %(month)s AND (m.district_id = %(within)s OR m.district_id LIKE %(beneath)s) GROUP BY 1
"""
BY_VILLAGE = f"""
SELECT p.village_id, {SUMS} FROM posyandu_posyandu p JOIN posyandu_posyandumonth m ON m.posyandu_id = p.id AND m.month = %(month)s
WHERE p.village_id = %(within)s OR p.village_id LIKE %(beneath)s GROUP BY 1
"""
BY_POSYANDU = f"""
SELECT p.id::text, p.name, 1, {SUMS} FROM posyandu_posyandu p
LEFT JOIN posyandu_posyandumonth m ON m.posyandu_id = p.id AND m.month = %(month)s
WHERE p.is_active AND (p.village_id = %(within)s OR p.village_id LIKE %(beneath)s) GROUP BY 1, 2 ORDER BY 2, 1
"""
TREND = {
    "districts": f"""
SELECT to_char(m.month, 'YYYY-MM'), {SUMS} FROM posyandu_districtmonth m
WHERE m.month BETWEEN %(first)s AND %(last)s AND (m.district_id = %(within)s OR m.district_id LIKE %(beneath)s)
GROUP BY m.month ORDER BY m.month
""",
    "posyandu": f"""
SELECT to_char(m.month, 'YYYY-MM'), {SUMS} FROM posyandu_posyandu p JOIN posyandu_posyandumonth m ON m.posyandu_id = p.id
WHERE m.month BETWEEN %(first)s AND %(last)s AND (p.village_id = %(within)s OR p.village_id LIKE %(beneath)s)
GROUP BY m.month ORDER BY m.month
""",
}
VILLAGE = 13  # characters of a village's code


def _asked(query: str, **values: str | int | date) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def posyandu_by_area() -> dict[int, dict[str, int]]:
    """Active posyandu by code of the area, for each width of WIDTHS."""
    from .models import Posyandu

    rows = Posyandu.objects.filter(is_active=True).order_by().values_list("village_id").annotate(n=Count("pk"))
    found: dict[int, dict[str, int]] = {width: {} for width in WIDTHS.values()}
    for village, n in rows:
        for width, counts in found.items():
            counts[village[:width]] = counts.get(village[:width], 0) + n
    return found


def skdn_by(level: str, within: Region, month: date) -> list[Skdn]:
    """One row per area of `level` (regency, district, village, posyandu) in `within` that has posyandu; one query. How many posyandu
    there are is remembered for some seconds."""
    known: dict[str, str | int | date] = {"within": within.code, "beneath": f"{within.code}.%", "month": month.replace(day=1)}
    if level == "posyandu":
        return [Skdn(*row) for row in _asked(BY_POSYANDU, **known)]
    width = WIDTHS[level]
    if level == "village" or len(within.code) == VILLAGE:
        counted = {row[0]: row[1:] for row in _asked(BY_VILLAGE, **known)}
    else:
        counted = {row[0]: row[1:] for row in _asked(BY_DISTRICT, width=width, **known)}
    known_places, inside = remembered(posyandu_by_area), f"{within.code}."
    if width >= len(within.code):
        places = {area: n for area, n in known_places[width].items() if area == within.code or area.startswith(inside)}
    else:  # an area above `within`: what of it lies within
        mine = [n for area, n in known_places[VILLAGE].items() if area == within.code or area.startswith(inside)]
        places = {within.code[:width]: sum(mine)} if mine else {}
    names, nothing = region_names(), (0,) * len(FIELDS)
    return [
        Skdn(area, names.get(area, area), places.get(area, 0), *counted.get(area, nothing))
        for area in sorted(places | dict.fromkeys(counted, 0))
    ]


def trend(within: Region, last: date, months: int = 24) -> list[Skdn]:
    """One row a month, `area` its YYYY-MM, oldest first; months without anything are left out."""
    first = last.year * 12 + last.month - months
    rows = _asked(
        TREND["posyandu" if len(within.code) == VILLAGE else "districts"],
        within=within.code,
        beneath=f"{within.code}.%",
        first=date(first // 12, first % 12 + 1, 1),
        last=last.replace(day=1),
    )
    return [Skdn(row[0], "", 0, *row[1:]) for row in rows]


def total(rows: list[Skdn], area: str, name: str) -> Skdn:
    """The sum of the parts."""
    return Skdn(area, name, *(sum(getattr(row, field) for row in rows) for field in ("posyandu", *FIELDS)))
