"""Figures of every age: what visits by forms found, of those examined; and coverage of immunisation since January.

They are counted by the database as visits are written (posyandu/tallying.py): a village and its posyandu from `FindingMonth`, all
above from `DistrictFinding`. A share of an area is the sum of its parts, never a mean of shares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.cache import remembered
from ntbportal.commons.places import Level, Region, region_names

from .indicators import Indicator
from .models import Posyandu
from .schedules import alike
from .skdn import Skdn


@dataclass(frozen=True)
class AgeIndicator:
    """Of visits by forms: codes of `Visit.tallied` that are found, and those of having been examined."""

    code: str
    title: str | Promise
    found: tuple[str, ...]
    examined: tuple[str, ...]
    definition: str | Promise
    good_high: bool = False


def _adults(found: str, examined: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return (f"dewasa:{found}", f"lansia:{found}"), (f"dewasa:{examined}?", f"lansia:{examined}?")


AGES = (
    AgeIndicator(
        "anaemia-pregnant",
        _("Anaemia, pregnant women"),
        ("hamil:hb!",),
        ("hamil:hb?",),
        _("Hb below 11 g/dL (10.5 in the second trimester), of those tested."),
    ),
    AgeIndicator(
        "kek-pregnant",
        _("Chronic energy deficiency (KEK), pregnant women"),
        ("hamil:muac!",),
        ("hamil:muac?",),
        _("Upper arm below 23.5 cm, of those measured."),
    ),
    AgeIndicator(
        "anaemia-youth",
        _("Anaemia, youth"),
        ("remaja:hb!",),
        ("remaja:hb?",),
        _("Hb below 12 g/dL (boys from 15 years 13), of those tested."),
    ),
    AgeIndicator(
        "hypertension",
        _("High blood pressure, adults and elderly"),
        *_adults("blood-pressure!", "blood-pressure"),
        _("140/90 mmHg or more, of those measured."),
    ),
    AgeIndicator("glucose", _("High blood glucose"), *_adults("glucose-high", "glucose"), _("200 mg/dL or more, of those tested.")),
    AgeIndicator("obesity", _("Obese adults and elderly"), *_adults("bmi-obese", "bmi"), _("Body mass index above 27, of those measured.")),
    AgeIndicator(
        "dependent-elderly",
        _("Elderly who depend on others"),
        ("lansia:adl-total", "lansia:adl-severe", "lansia:adl-moderate"),
        ("lansia:adl?",),
        _("Barthel index of 11 or less, of those asked."),
    ),
    AgeIndicator(
        "breast-only",
        _("Exclusive breastfeeding"),
        ("balita:only-breast",),
        ("balita:breast?",),
        _("Infants under six months with breast milk only, of those asked."),
        good_high=True,
    ),
    AgeIndicator(
        "development",
        _("Development behind its age"),
        ("kpsp:kpsp-deviation",),
        ("kpsp:development?",),
        _("Children with six or fewer of the ten answers yes (KPSP), of those asked."),
    ),
    AgeIndicator(
        "tuberculosis",
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
FORMS_SOURCE = _("Ministry of Health, posyandu guide (2023); limits as on the forms")
SINCE_JANUARY = _("Doses given since January, of the infants that come due in that time (those under one, a twelfth a month).")


@dataclass(frozen=True)
class Share:
    """Of an area (or month, `area` being YYYY-MM)."""

    area: str
    name: str
    part: int
    whole: int


@dataclass(frozen=True)
class AgeFigure:
    title: Any
    definition: Any
    part: int
    whole: int

    @property
    def value(self) -> float | None:
        return self.part / self.whole if self.whole else None


def _indicator(code: str, title: str | Promise, definition: str | Promise, source: str | Promise, *, good_high: bool) -> Indicator:
    return Indicator(code, title, title, definition, lambda row: row.part, lambda row: row.whole, good_high, source)


# what map, ranking and trend can be of, beside INDICATORS
CHOICES = {one.code: _indicator(one.code, one.title, one.definition, FORMS_SOURCE, good_high=one.good_high) for one in AGES}
COVERAGE = {code.partition(":")[2] or code: _indicator(code, title, SINCE_JANUARY, PWS, good_high=True) for code, title in DOSES}

INFANTS_BY_POSYANDU = (
    "(SELECT i.month, i.infants, i.posyandu_id, p.village_id "
    "FROM posyandu_posyandumonth i JOIN posyandu_posyandu p ON p.id = i.posyandu_id)"
)
# (column of the place, findings, infants)
SOURCES = {
    "district": ("m.district_id", "posyandu_districtfinding", "posyandu_districtmonth"),
    "posyandu": ("m.village_id", "posyandu_findingmonth", INFANTS_BY_POSYANDU),
}
MONTH = "to_char(m.month, 'YYYY-MM')"
CELLS = {
    "regency": ("district", "left(m.district_id, 5)"),
    "district": ("district", "m.district_id"),
    "village": ("posyandu", "m.village_id"),
    "posyandu": ("posyandu", "m.posyandu_id::text"),
}


def _counted(cell: str, source: str, within: Region, first: date, last: date, codes: Sequence[str] | None) -> dict[str, dict[str, int]]:
    """How often each code was counted, by cell; one query."""
    place, findings, _infants = SOURCES[source]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {cell}, m.code, sum(m.n)::int FROM {findings} m WHERE m.month BETWEEN %(first)s AND %(last)s "
            f"AND ({place} = %(within)s OR {place} LIKE %(beneath)s) "
            "AND (%(codes)s::text[] IS NULL OR m.code = ANY(%(codes)s)) GROUP BY 1, 2",
            {**_bounds(within, first, last), "codes": list(codes) if codes else None},
        )
        found: dict[str, dict[str, int]] = {}
        for key, code, n in cursor.fetchall():
            found.setdefault(key, {})[code] = n
    return found


def _due_infants(cell: str, source: str, within: Region, first: date, last: date) -> dict[str, int]:
    """Infants that come due, by cell: a twelfth of those under one each month; one query."""
    place, _findings, infants = SOURCES[source]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {cell}, round(sum(m.infants) / 12.0)::int FROM {infants} m WHERE m.month BETWEEN %(first)s AND %(last)s "
            f"AND ({place} = %(within)s OR {place} LIKE %(beneath)s) GROUP BY 1",
            _bounds(within, first, last),
        )
        return dict(cursor.fetchall())


def _bounds(within: Region, first: date, last: date) -> dict[str, Any]:
    return {"first": first.replace(day=1), "last": last.replace(day=1), "within": within.code, "beneath": f"{within.code}.%"}


def _source_of(within: Region) -> str:
    return "posyandu" if within.level == Level.VILLAGE else "district"


def findings_in(within: Region, first: date, last: date, codes: Sequence[str] | None = None) -> dict[str, int]:
    """How often each code was counted in an area, from one month to another; one query."""
    return _counted("''", _source_of(within), within, first, last, codes).get("", {})


def by_area(code: str, level: str, within: Region, month: date) -> list[Share]:
    """The share of CHOICES or COVERAGE for each area of a level in `within` where anybody was examined or is due; coverage counts
    since January. Three queries at most."""
    source, cell = CELLS[level]
    parts = _shares(code, cell, source, within, month.replace(month=1) if code in COVERAGE else month, month)
    names = region_names() if level != "posyandu" else {
        str(pk): name for pk, name in Posyandu.objects.filter(village=within.code).values_list("pk", "name")
    }  # fmt: skip
    return [Share(area, names.get(area, area), part, whole) for area, (part, whole) in sorted(parts.items())]


def over_months(code: str, within: Region, last: date, months: int = 24) -> list[Share]:
    """The share for each month, oldest first; of coverage the doses of the month over the infants due in it."""
    number = last.year * 12 + last.month - months
    first = date(number // 12, number % 12 + 1, 1)
    parts = _shares(code, MONTH, _source_of(within), within, first, last)
    return [Share(month, "", part, whole) for month, (part, whole) in sorted(parts.items())]


def _shares(code: str, cell: str, source: str, within: Region, first: date, last: date) -> dict[str, tuple[int, int]]:
    if code in COVERAGE:
        doses = counted_as(COVERAGE[code].code)
        given, due = _counted(cell, source, within, first, last, doses), _due_infants(cell, source, within, first, last)
        return {key: (sum(given.get(key, {}).values()), due.get(key, 0)) for key in given.keys() | due.keys()}
    of = next(one for one in AGES if one.code == code)
    counts = _counted(cell, source, within, first, last, [*of.found, *of.examined])
    return {key: _part_and_whole(of, found) for key, found in counts.items()}


def counted_as(code: str) -> list[str]:
    """Codes of the month that count as a dose: of a new vaccine for the same dose as of the old one."""
    name = code.removeprefix("given:")
    return [code] if name == code else [f"given:{one}" for one in remembered(_alike)[name]]


def _alike() -> dict[str, list[str]]:
    return alike(code.removeprefix("given:") for code, _title in DOSES)


def _part_and_whole(of: AgeIndicator, counts: dict[str, int]) -> tuple[int, int]:
    return sum(counts.get(code, 0) for code in of.found), sum(counts.get(code, 0) for code in of.examined)


def of_every_age(within: Region, month: date) -> tuple[list[AgeFigure], list[tuple[Any, int]]]:
    """(shares by indicator of AGES, counts by COUNTED) of an area and month; one query."""
    counts = findings_in(within, month, month)
    figures = [AgeFigure(one.title, one.definition, *_part_and_whole(one, counts)) for one in AGES]
    return figures, [(title, counts.get(code, 0)) for code, title in COUNTED.items()]


def immunised(within: Region, month: date, months: Sequence[Skdn]) -> list[AgeFigure]:
    """Coverage since January: doses given, of the infants that come due in that time. A year's infants are those under one, so each
    month brings a twelfth of them. `months`: skdn.trend() of the area, `area` being YYYY-MM. One query. Source: PWS."""
    first = month.replace(month=1, day=1)
    as_counted = {code: counted_as(code) for code, _title in DOSES}
    counts = findings_in(within, first, month, [one for many in as_counted.values() for one in many])
    infants = round(sum(one.infants for one in months if one.area >= f"{first:%Y-%m}") / 12)
    return [AgeFigure(title, SINCE_JANUARY, sum(counts.get(one, 0) for one in as_counted[code]), infants) for code, title in DOSES]
