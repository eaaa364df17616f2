"""SKDN: S all under-fives, K with a KMS, D weighed this month, N gained; and the ratios that follow.

Source: ministry's guideline for posyandu (2011). N/D' with D' = D - (O + B). Every figure of a region is the sum of
its posyandu, counted from the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from ntbportal.commons.places import Region


@dataclass(frozen=True)
class Skdn:
    """Counts of one area and month, and ratios from 0 to 1 (None where the divisor is 0)."""

    area: str
    name: str
    posyandu: int
    s: int
    k: int
    d: int
    n: int
    t: int
    o: int
    b: int
    bgm: int
    stunted: int
    measured: int

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
    def below_red_line(self) -> float | None:
        """BGM/D: weight for age below -3 SD."""
        return self._share(self.bgm, self.d)

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

QUERY = """
WITH area AS (
    SELECT p.id, left(p.village_id, %(width)s) AS area FROM posyandu_posyandu p
    WHERE p.is_active AND (p.village_id = %(within)s OR p.village_id LIKE %(beneath)s)
), target AS (
    SELECT a.area, count(*) AS s, count(*) FILTER (WHERE c.has_kms) AS k
    FROM posyandu_person c JOIN area a ON a.id = c.posyandu_id
    WHERE c.birth_date < %(until)s AND c.birth_date > %(until)s - interval '5 years'
      AND (c.left_on IS NULL OR c.left_on >= %(until)s)
    GROUP BY a.area
), latest AS (
    SELECT DISTINCT ON (v.person_id) v.*, a.area
    FROM posyandu_growthvisit v JOIN area a ON a.id = v.posyandu_id
    WHERE v.day >= %(first)s AND v.day < %(until)s
    ORDER BY v.person_id, v.day DESC
), weighed AS (
    SELECT area, count(*) AS d,
        count(*) FILTER (WHERE status = 'N') AS n, count(*) FILTER (WHERE status = 'T') AS t,
        count(*) FILTER (WHERE status = 'O') AS o, count(*) FILTER (WHERE status = 'B') AS b,
        count(*) FILTER (WHERE zwei < -3) AS bgm,
        count(*) FILTER (WHERE zlen < -2 AND zlen >= -6) AS stunted, count(*) FILTER (WHERE zlen BETWEEN -6 AND 6) AS measured
    FROM latest GROUP BY area
), places AS (SELECT area, count(*) AS posyandu FROM area GROUP BY area)
SELECT places.area, r.name, places.posyandu, coalesce(s, 0), coalesce(k, 0), coalesce(d, 0), coalesce(n, 0), coalesce(t, 0),
    coalesce(o, 0), coalesce(b, 0), coalesce(bgm, 0), coalesce(stunted, 0), coalesce(measured, 0)
FROM places JOIN commons_region r ON r.code = places.area
LEFT JOIN target USING (area) LEFT JOIN weighed USING (area)
ORDER BY places.area
"""


def skdn_by(level: str, within: Region, month: date) -> list[Skdn]:
    """One row per area of `level` (regency, district, village) in `within` that has posyandu; one query."""
    first, until = month_bounds(month)
    values: dict[str, int | str | date] = {
        "width": WIDTHS[level],
        "within": within.code,
        "beneath": f"{within.code}.%",
        "first": first,
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(QUERY, values)
        return [Skdn(*row) for row in cursor.fetchall()]


def total(rows: list[Skdn], area: str, name: str) -> Skdn:
    """The sum of the parts."""
    counts = [
        sum(getattr(row, field) for row in rows) for field in ("posyandu", "s", "k", "d", "n", "t", "o", "b", "bgm", "stunted", "measured")
    ]
    return Skdn(area, name, *counts)
