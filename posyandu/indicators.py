"""What leaders see of under-fives: each figure with its definition, its parts, its source, and whether it differs from the rest more
than chance. Figures of every age and immunisation are in every_age.py, of the same shape.

Every figure is numerator over denominator from the counts of the month (skdn.py); of larger areas the sums of their parts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SKDN_SOURCE = _("Ministry of Health, guideline for posyandu (2011)")
GROWTH_SOURCE = _("Permenkes 2/2020; WHO Child Growth Standards 2006")


@dataclass(frozen=True)
class Indicator:
    """`part` and `whole` of a row of counts (Skdn, or Share of every_age.py). `good_high`: more is better."""

    code: str
    short: str | Promise
    title: str | Promise
    definition: str | Promise
    part: Callable[[Any], int]
    whole: Callable[[Any], int]
    good_high: bool
    source: str | Promise

    def value(self, row: Any) -> float | None:
        whole = self.whole(row)
        return self.part(row) / whole if whole > 0 else None


INDICATORS = {
    one.code: one
    for one in (
        Indicator(
            "ds", "D/S", _("Participation (D/S)"), _("Children weighed in the month, of all under-fives of the posyandu."),
            lambda row: row.d, lambda row: row.s, True, SKDN_SOURCE,
        ),
        Indicator(
            "ks", "K/S", _("Growth cards (K/S)"), _("Under-fives with a growth card (KMS), of all under-fives of the posyandu."),
            lambda row: row.k, lambda row: row.s, True, SKDN_SOURCE,
        ),
        Indicator(
            "nd", "N/D'", _("Weight gained (N/D')"),
            _("Children whose weight gained enough, of those weighed in this month and the one before (D' = D − O − B)."),
            lambda row: row.n, lambda row: row.d - row.o - row.b, True, SKDN_SOURCE,
        ),
        Indicator(
            "2t", "2T/D", _("Not gained twice running (2T/D)"),
            _("Children whose weight did not gain enough in two months running, of those weighed."),
            lambda row: row.twice, lambda row: row.d, False, SKDN_SOURCE,
        ),
        Indicator(
            "bgm", "BGM/D", _("Below the red line (BGM/D)"), _("Children with a weight for age below −3 SD, of those weighed."),
            lambda row: row.bgm, lambda row: row.d, False, SKDN_SOURCE,
        ),
        Indicator(
            "stunting", _("Stunting"), _("Stunting"),
            _(
                "Children with a length or height for age below −2 SD, of those measured; implausible values left out. "
                "Of those who came, not of all."
            ),
            lambda row: row.stunted, lambda row: row.measured, False, GROWTH_SOURCE,
        ),
        Indicator(
            "wasting", _("Wasting"), _("Wasting"),
            _("Children with a weight for length below −2 SD or oedema, of those measured; implausible values left out."),
            lambda row: row.wasted, lambda row: row.proportioned, False, GROWTH_SOURCE,
        ),
        Indicator(
            "underweight", _("Underweight"), _("Underweight"),
            _("Children with a weight for age below −2 SD, of those weighed; implausible values left out."),
            lambda row: row.underweight, lambda row: row.weighed, False, GROWTH_SOURCE,
        ),
        Indicator(
            "overweight", _("Overweight"), _("Overweight"), _("Children with a weight for length above +2 SD, of those measured."),
            lambda row: row.overweight, lambda row: row.proportioned, False, GROWTH_SOURCE,
        ),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Placed:
    """A row of the ranking: its share, and how it stands to the whole. `differs`: 0 within chance, 1 beyond the 95 % limits, 2 beyond
    the 99.8 %; negative where it is worse. `is_small`: fewer than 20 in the denominator, no rank is given."""

    row: Any
    value: float | None
    whole: int
    differs: int
    is_small: bool


SMALL = 20
LIMITS = ((1.96, 1), (3.09, 2))


def ranked(indicator: Indicator, rows: Sequence[Any]) -> list[Placed]:
    """Best first, small ones last. Limits as on a funnel plot: mean of all +- z * sqrt(p (1-p) / n) (Spiegelhalter 2005)."""
    total = sum(max(0, indicator.whole(row)) for row in rows)
    mean = sum(indicator.part(row) for row in rows if indicator.whole(row) > 0) / total if total else 0.0
    placed = []
    for row in rows:
        value, whole = indicator.value(row), indicator.whole(row)
        differs = 0
        if value is not None and whole >= SMALL and 0 < mean < 1:
            z = (value - mean) / math.sqrt(mean * (1 - mean) / whole)
            level = max((step for limit, step in LIMITS if abs(z) > limit), default=0)
            differs = level if (z > 0) == indicator.good_high else -level
        placed.append(Placed(row, value, whole, differs, whole < SMALL))
    sign = -1 if indicator.good_high else 1
    return sorted(placed, key=lambda one: (one.is_small, sign * (one.value if one.value is not None else -sign * 9), one.row.name))
