"""Which cases a page shows, chosen by its address: category, place, state, time, and what lies in a box of the map."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_date

from ntbportal.commons.numerals import whole_number
from ntbportal.commons.places import Level, Region

from .models import Case, CaseState, Category
from .models.cases import NEVER_PUBLIC, OPEN_STATES
from .public_map import Box, within

FIRST_YEAR, LAST_YEAR = 1900, 2200  # beyond them the calendar ends somewhere
SPANS = (7, 30, 90, 365)
NAMES = ("category", "place", "state", "days", "since", "until", "box")
STATE_GROUPS = {"open": OPEN_STATES, "done": (CaseState.ANSWERED, CaseState.CLOSED)}


def _day(text: str) -> date | None:
    try:
        day = parse_date(text)
    except ValueError:  # 31 February
        return None
    return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None


def _deepest(places: list[str]) -> str:
    """Of a regency, district and village chosen one after the other, the last that lies within those before it: where
    another regency has been chosen, the district of the old one no longer counts."""
    chosen = ""
    for place in places:
        fits = len(place) <= 13 and whole_number(place.replace(".", ""), most=10**13) is not None
        if fits and (not chosen or place.startswith(f"{chosen}.")):
            chosen = place
    return chosen


@dataclass
class Choice:
    """What was chosen; a value that makes no sense is left out as if nothing had been chosen."""

    category: str = ""
    place: str = ""
    state: str = ""
    days: int = 0
    since: date | None = None
    until: date | None = None
    box: Box | None = None
    values: dict[str, str] = field(default_factory=dict)  # as they stand in the address

    @classmethod
    def of(cls, request: HttpRequest) -> Choice:
        values = {name: request.GET.get(name, "")[:80].strip() for name in NAMES}
        # until November 2026 a regency was chosen by this name; links to it live on
        values["place"] = _deepest([*request.GET.getlist("place"), request.GET.get("regency", "")])
        days = whole_number(values["days"]) or 0
        days = days if days in SPANS else 0
        state = values["state"] if values["state"] in {*CaseState.values, *STATE_GROUPS} else ""
        return cls(
            values["category"], values["place"], state, days, _day(values["since"]), _day(values["until"]), Box.parse(values["box"]),
            {name: value for name, value in values.items() if value},
        )  # fmt: skip

    def apply(self, rows: QuerySet[Case]) -> QuerySet[Case]:
        if self.category:
            of = Category.objects.filter(Q(slug=self.category) | Q(parent__slug=self.category)).values_list("pk", flat=True)
            rows = rows.filter(category__in=list(of))
        if self.place:
            rows = rows.filter(region__in=Region.objects.within(self.place).values_list("code", flat=True))
        if self.state:
            rows = rows.filter(state__in=STATE_GROUPS.get(self.state, (self.state,)))
        since, until = self.since, self.until
        if self.days and not since:
            since = timezone.localdate() - timedelta(days=self.days)
        if since:
            rows = rows.filter(created_at__gte=_midnight(since))
        if until:
            rows = rows.filter(created_at__lt=_midnight(until + timedelta(days=1)))
        return within(rows, self.box) if self.box else rows

    @property
    def is_any(self) -> bool:
        return bool(self.values)

    def places(self) -> list[dict[str, Any]]:
        """The lists of places to choose from: regencies, then the districts and villages of what was chosen."""
        parts = self.place.split(".") if self.place else []
        levels = []
        for level, depth in ((Level.REGENCY, 1), (Level.DISTRICT, 2), (Level.VILLAGE, 3)):
            if len(parts) < depth:
                break
            above = ".".join(parts[:depth])
            rows = Region.objects.filter(level=level, code__startswith=f"{above}.").order_by("name") if depth > 1 else _regencies()
            chosen = ".".join(parts[: depth + 1]) if len(parts) > depth else ""
            levels.append({"level": level, "rows": rows, "chosen": chosen})
        return levels or [{"level": Level.REGENCY, "rows": _regencies(), "chosen": ""}]


def _regencies() -> QuerySet[Region]:
    return Region.objects.filter(level=Level.REGENCY).order_by("code")


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


PUBLIC_STATES = [choice for choice in CaseState.choices if choice[0] not in NEVER_PUBLIC]
