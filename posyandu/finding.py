"""For everyone: which posyandu is near, when it opens, what a child is given at what age."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.db.models import F, FloatField, QuerySet
from django.db.models.functions import Coalesce

from ntbportal.commons.places import PROVINCE_CODE

from .models import Item, ItemKind, Posyandu, VisitForm
from .schedules import own_schedule, without_credited
from .skdn import month_bounds

KM_OF_DEGREE = 111.2
NEAREST = 15


def point_of(text: str) -> tuple[float, float] | None:
    """Latitude and longitude of a text such as "-8.583,116.117"; None where it is no place on earth."""
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except ValueError:
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def nearest(posyandu: QuerySet[Posyandu], latitude: float, longitude: float) -> list[Posyandu]:
    """The NEAREST posyandu with `km` as the crow flies. One whose own place is not known stands where its village does."""
    north = (Coalesce("latitude", "village__latitude", output_field=FloatField()) - latitude) * KM_OF_DEGREE
    width = KM_OF_DEGREE * math.cos(math.radians(latitude))
    east = (Coalesce("longitude", "village__longitude", output_field=FloatField()) - longitude) * width
    rows = posyandu.annotate(square=north * north + east * east).filter(square__isnull=False).order_by(F("square"), "pk")[:NEAREST]
    found: list[Posyandu] = list(rows)
    for one in found:
        one.km = math.sqrt(one.square)  # type: ignore[attr-defined]
    return found


def open_days_from(usual: int, today: date, count: int) -> list[date]:
    """The next usual open days from today on; the last of the month where it has no such day."""
    found: list[date] = []
    month = today.replace(day=1)
    while len(found) < count:
        following = month_bounds(month)[1]
        day = month.replace(day=min(max(usual, 1), (following - timedelta(days=1)).day))
        if day >= today:
            found.append(day)
        month = following
    return found


@dataclass(frozen=True)
class Planned:
    """What a child is given from one age on. `state` on the day that was asked: coming; due; again where it is given time and again, in
    its months; over where it was for younger ones."""

    item: Item
    on: date | None
    until: date | None
    state: str = "coming"


@dataclass(frozen=True)
class Age:
    """All that is due at one age; `months` are completed ones, `on` the day of the child that was asked for."""

    months: int
    on: date | None
    planned: list[Planned]

    @property
    def state(self) -> str:
        """due where anything of this age still is."""
        states = {one.state for one in self.planned}
        return next(state for state in ("coming", "due", "again", "over") if state in states)

    @property
    def from_that_day(self) -> list[Planned]:
        """Without what waits for its month, as vitamin A does for February and August."""
        return [one for one in self.planned if not (one.item.months and one.item.every_days)]


def childhood(items: Iterable[Item], born: date | None, today: date) -> list[Age]:
    """The schedule of NTB up to the end of primary school by age, of those born on a day (else: today), also by day. What was given is not
    known here."""
    # only in a part of the province: shown to everybody, the posyandu knows better
    near = [item for item in items if item.kind != ItemKind.IRON and (not item.regions or any(map(of_province, item.regions)))]
    lines = without_credited(own_schedule(map(everywhere, near), "", born or today, PROVINCE_CODE, max(today, born or today)))
    ages = []
    for days, same in groupby(sorted(lines, key=lambda item: (item.from_days, item.position)), key=lambda item: item.from_days):
        planned = []
        for item in same:
            on = born + timedelta(days=days) if born else None
            until = born + timedelta(days=item.until_days) if born else None
            state = "coming"
            if on is not None and until is not None and today >= on:
                state = "over" if today > until else "again" if item.every_days else "due"
            planned.append(Planned(item, on, until, state))
        # the schedule counts months of 30.4 days: day 274 is nine months old, whatever the months were
        ages.append(Age(round(days / 30.4375), planned[0].on, planned))
    return ages


def of_province(code: str) -> bool:
    return code.startswith(PROVINCE_CODE)


def everywhere(item: Item) -> Item:
    """A row for a part of the province as one for all of it; not saved."""
    if item.regions and PROVINCE_CODE not in item.regions:
        item.regions = [PROVINCE_CODE]
    return item


def forms_for_everyone() -> list[VisitForm]:
    """Those of an age or a time of life; the questions about development go by month and belong to the under-fives."""
    return list(VisitForm.objects.filter(is_active=True).exclude(slug="kpsp").order_by("position"))
