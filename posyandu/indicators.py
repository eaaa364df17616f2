"""What leaders see: each figure with its definition, its parts, its source, and whether it differs from the rest more than chance.

Every figure is numerator over denominator from the counts of the month (skdn.py); of larger areas the sums of their parts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.places import Level, Region

from .skdn import Skdn

SKDN_SOURCE = _("Ministry of Health, guideline for posyandu (2011)")
GROWTH_SOURCE = _("Permenkes 2/2020; WHO Child Growth Standards 2006")


@dataclass(frozen=True)
class Indicator:
    """`part` and `whole` of a row of counts. `good_high`: more is better."""

    code: str
    short: str | Promise
    title: str | Promise
    definition: str | Promise
    part: Callable[[Skdn], int]
    whole: Callable[[Skdn], int]
    good_high: bool
    source: str | Promise

    def value(self, row: Skdn) -> float | None:
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

    row: Skdn
    value: float | None
    whole: int
    differs: int
    is_small: bool


SMALL = 20
LIMITS = ((1.96, 1), (3.09, 2))


def ranked(indicator: Indicator, rows: Sequence[Skdn]) -> list[Placed]:
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


@dataclass(frozen=True)
class AgeIndicator:
    """Of visits by forms: codes of `Visit.tallied` that are found, and those of having been examined."""

    title: str | Promise
    found: tuple[str, ...]
    examined: tuple[str, ...]
    definition: str | Promise


def _adults(found: str, examined: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return (f"dewasa:{found}", f"lansia:{found}"), (f"dewasa:{examined}?", f"lansia:{examined}?")


AGES = (
    AgeIndicator(
        _("Anaemia, pregnant women"), ("hamil:hb!",), ("hamil:hb?",), _("Hb below 11 g/dL (10.5 in the second trimester), of those tested.")
    ),
    AgeIndicator(
        _("Chronic energy deficiency (KEK), pregnant women"),
        ("hamil:muac!",),
        ("hamil:muac?",),
        _("Upper arm below 23.5 cm, of those measured."),
    ),
    AgeIndicator(_("Anaemia, youth"), ("remaja:hb!",), ("remaja:hb?",), _("Hb below 12 g/dL (boys from 15 years 13), of those tested.")),
    AgeIndicator(
        _("High blood pressure, adults and elderly"),
        *_adults("blood-pressure!", "blood-pressure"),
        _("140/90 mmHg or more, of those measured."),
    ),
    AgeIndicator(_("High blood glucose"), *_adults("glucose-high", "glucose"), _("200 mg/dL or more, of those tested.")),
    AgeIndicator(_("Obese adults and elderly"), *_adults("bmi-obese", "bmi"), _("Body mass index above 27, of those measured.")),
    AgeIndicator(
        _("Elderly who depend on others"),
        ("lansia:adl-total", "lansia:adl-severe", "lansia:adl-moderate"),
        ("lansia:adl?",),
        _("Barthel index of 11 or less, of those asked."),
    ),
    AgeIndicator(
        _("Exclusive breastfeeding"),
        ("balita:only-breast",),
        ("balita:breast?",),
        _("Infants under six months with breast milk only, of those asked."),
    ),
    AgeIndicator(
        _("Development behind its age"),
        ("kpsp:kpsp-deviation",),
        ("kpsp:development?",),
        _("Children with six or fewer of the ten answers yes (KPSP), of those asked."),
    ),
    AgeIndicator(
        _("Suspected tuberculosis"),
        ("dewasa:tb-suspect", "lansia:tb-suspect", "remaja:tb-suspect"),
        ("dewasa:tb?", "lansia:tb?", "remaja:tb?"),
        _("Two signs or more, of those asked."),
    ),
)
COUNTED = {
    "idl": _("Children whose basic immunisation became complete (IDL)"),
    "given:vita-blue": _("Vitamin A, blue"),
    "given:vita-red": _("Vitamin A, red"),
    "given:deworm": _("Deworming"),
}

PWS = _("Ministry of Health, local monitoring of immunisation (PWS)")
DOSES: tuple[tuple[str, str | Promise], ...] = (
    ("given:hb0", "HB0"), ("given:bcg", "BCG"), ("given:dpt1", "DPT-HB-Hib 1"), ("given:dpt3", "DPT-HB-Hib 3"), ("given:opv4", "OPV 4"),
    ("given:ipv1", "IPV 1"), ("given:mr1", "MR 1"), ("idl", _("Complete basic immunisation (IDL)")),
)  # fmt: skip
# by what an area is summed from: a village from its posyandu, all above from districts
FINDINGS = {
    True: """SELECT code, sum(n)::int FROM posyandu_findingmonth
WHERE month BETWEEN %(first)s AND %(month)s AND village_id = %(within)s
AND (%(codes)s::text[] IS NULL OR code = ANY(%(codes)s)) GROUP BY 1""",
    False: """SELECT code, sum(n)::int FROM posyandu_districtfinding
WHERE month BETWEEN %(first)s AND %(month)s AND (district_id = %(within)s OR district_id LIKE %(beneath)s)
AND (%(codes)s::text[] IS NULL OR code = ANY(%(codes)s)) GROUP BY 1""",
}


def findings_in(within: Region, first: date, month: date, codes: Sequence[str] | None = None) -> dict[str, int]:
    """How often each code was counted in an area, from one month to another; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            FINDINGS[within.level == Level.VILLAGE],
            {
                "first": first.replace(day=1),
                "month": month.replace(day=1),
                "within": within.code,
                "beneath": f"{within.code}.%",
                "codes": list(codes) if codes else None,
            },
        )
        return dict(cursor.fetchall())


@dataclass(frozen=True)
class AgeFigure:
    title: Any
    definition: Any
    part: int
    whole: int

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None


def of_every_age(within: Region, month: date) -> tuple[list[AgeFigure], list[tuple[Any, int]]]:
    """(shares by indicator of AGES, counts by COUNTED) of an area and month; one query."""
    counts = findings_in(within, month, month)
    figures = [
        AgeFigure(
            one.title, one.definition, sum(counts.get(code, 0) for code in one.found), sum(counts.get(code, 0) for code in one.examined)
        )
        for one in AGES
    ]
    return figures, [(title, counts.get(code, 0)) for code, title in COUNTED.items()]


def immunised(within: Region, month: date, months: Sequence[Skdn]) -> list[AgeFigure]:
    """Coverage since January: doses given, of the infants that come due in that time. A year's infants are those under one, so each
    month brings a twelfth of them. `months`: skdn.trend() of the area, `area` being YYYY-MM. One query. Source: PWS."""
    first = month.replace(month=1, day=1)
    counts = findings_in(within, first, month, [code for code, _title in DOSES])
    infants = round(sum(one.infants for one in months if one.area >= f"{first:%Y-%m}") / 12)
    said = _("Doses given since January, of the infants that come due in that time (those under one, a twelfth a month).")
    return [AgeFigure(title, said, counts.get(code, 0), infants) for code, title in DOSES]
