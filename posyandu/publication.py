"""What everybody may see of the counts: the only way from them to a public page, file or data set.

A month is closed once, on the day that the rules (data/publication.json) name in the month after it, and frozen: later weighings,
corrections and imports change what leaders see, never what was published. There is no second version, since the difference of two would
tell of a single child. Months that are not closed are not public.

Of each area and count only the band of five in which it lies is kept: 0-4, 5-9, 10-14 … Sums over areas are sums of bands, and shares are
worked out of the bands' middles, in whole percent. Nothing else is derived from the true counts, so whoever has everything that was ever
published knows of each count that it lies in its band and no more. That is the bound we promise: of every count, and of every difference
between a count and what it is part of, at least BAND values remain possible. tests/posyandu/test_public_figures_withstand_an_attacker.py
attacks all that is served, by linear programming.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from ntbportal.commons.places import PROVINCE_CODE, Region, region_names

from .models import GrowthVisit, PublishedMonth
from .skdn import Skdn, month_bounds, skdn_by

RULES = Path(__file__).parent / "data" / "publication.json"
# what is published of each area: counts, and the shares made of them
COUNTS = ("s", "d", "measured", "stunted", "proportioned", "wasted", "weighed", "underweight")
SHARES = {"stunting": ("stunted", "measured"), "wasting": ("wasted", "proportioned"), "underweight": ("underweight", "weighed")}
MOST_MONTHS = 180


@dataclass(frozen=True)
class Rules:
    """`band`: how many values a published count may stand for; `smallest_whole`: of fewer no share is told."""

    closes_on_day: int
    band: int
    smallest_whole: int


@lru_cache(maxsize=1)
def _rules() -> list[dict[str, Any]]:
    rows = json.loads(RULES.read_text("utf-8"))
    return sorted(rows, key=lambda row: str(row["valid_from"]))


def rules_on(day: date) -> Rules:
    """As valid on a day."""
    row = [one for one in _rules() if one["valid_from"] <= day.isoformat()][-1]
    return Rules(row["closes_on_day"], row["band"], row["smallest_whole"])


@dataclass(frozen=True)
class Band:
    """A count lies in low … high, both included."""

    low: int
    high: int

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2

    @property
    def is_small(self) -> bool:
        """It may be nought."""
        return self.low == 0

    @property
    def shown(self) -> str:
        return f"{self.low}–{self.high}"


def band_of(count: int, width: int) -> Band:
    low = count - count % width
    return Band(low, low + width - 1)


def sum_of(bands: Sequence[Band]) -> Band:
    """What the parts say of the whole, and no more."""
    return Band(sum(one.low for one in bands), sum(one.high for one in bands))


@dataclass(frozen=True)
class Published:
    """What is shown of an area and month."""

    area: str
    name: str
    posyandu: int
    counts: dict[str, Band]
    smallest_whole: int

    def share(self, code: str) -> int | None:
        """In whole percent; None where the whole is too small, or the part or the rest may be nobody or a handful."""
        part, whole = (self.counts[name] for name in SHARES[code])
        return self._percent(part, whole)

    @property
    def participation(self) -> int | None:
        """D/S."""
        return self._percent(self.counts["d"], self.counts["s"])

    def _percent(self, part: Band, whole: Band) -> int | None:
        if whole.low < self.smallest_whole or part.is_small or whole.low <= part.low:
            return None
        return round(100 * part.middle / whole.middle)


@transaction.atomic
def close(month: date) -> PublishedMonth | None:
    """Close a month and freeze what is public of it; a month closed already stays as it is. None where nobody was weighed."""
    month = month.replace(day=1)
    known = PublishedMonth.objects.filter(month=month).first()
    if known is not None:
        return known
    rules = rules_on(month)
    province = Region.objects.get(code=PROVINCE_CODE)
    rows = skdn_by("regency", province, month)
    if not any(row.d for row in rows):
        return None
    figures = [_frozen(row, rules.band) for row in rows]
    kept, _new = PublishedMonth.objects.get_or_create(
        month=month, defaults={"figures": figures, "band": rules.band, "smallest_whole": rules.smallest_whole}
    )
    return kept


def _frozen(row: Skdn, width: int) -> dict[str, Any]:
    bands = {name: band_of(getattr(row, name), width).low for name in COUNTS}
    return {"area": row.area, "posyandu": row.posyandu, **bands}


def close_due(today: date | None = None) -> int:
    """Close all months that are due and not closed yet; returns how many. Safe to run twice."""
    today = today or timezone.localdate()
    first = GrowthVisit.objects.aggregate(first=Min("day"))["first"]
    if first is None:
        return 0
    closed = set(PublishedMonth.objects.values_list("month", flat=True))
    month, count = first.replace(day=1), 0
    for _number in range(MOST_MONTHS):
        following = month_bounds(month)[1]
        if today < following.replace(day=rules_on(month).closes_on_day):
            break
        if month not in closed and close(month) is not None:
            count += 1
        month = following
    return count


def months() -> list[date]:
    """Months that are public, newest first."""
    return list(PublishedMonth.objects.order_by("-month").values_list("month", flat=True)[:MOST_MONTHS])


def figures_of(month: date) -> tuple[list[Published], Published] | None:
    """(areas, the province) of a month; None where it is not public."""
    kept = PublishedMonth.objects.filter(month=month.replace(day=1)).first()
    if kept is None:
        return None
    names = region_names()
    rows = [
        Published(
            one["area"], names.get(one["area"], one["area"]), one["posyandu"],
            {name: Band(one[name], one[name] + kept.band - 1) for name in COUNTS}, kept.smallest_whole,
        )
        for one in kept.figures
    ]  # fmt: skip
    counts = {name: sum_of([row.counts[name] for row in rows]) for name in COUNTS}
    name = names.get(PROVINCE_CODE, PROVINCE_CODE)
    return rows, Published(PROVINCE_CODE, name, sum(row.posyandu for row in rows), counts, kept.smallest_whole)
