"""Who is to be expected at an open day: everybody of the posyandu by age, with what has been done for them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy

from .models import Arrival, GrowthVisit, OpenDay, Person, Posyandu, Visit

# key: (title, months from, months below)
GROUPS: dict[str, tuple[Any, int, int]] = {
    "under-five": (gettext_lazy("Under five"), 0, 60),
    "youth": (gettext_lazy("6–18 years"), 60, 228),
    "adult": (gettext_lazy("19–59 years"), 228, 720),
    "elderly": (gettext_lazy("60 and older"), 720, 1500),
}
FIVE_YEARS = 60


def months_back(day: date, months: int) -> date:
    """The day so many months before; the last of the month where it has no such day."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, last)
        except ValueError:
            continue
    raise ValueError(day)


def of_group(rows: QuerySet[Person], group: str, day: date) -> QuerySet[Person]:
    """People of an age group on a day; all where the group is not known."""
    if group not in GROUPS:
        return rows
    _title, first, below = GROUPS[group]
    return rows.filter(birth_date__lte=months_back(day, first), birth_date__gt=months_back(day, below))


def present(posyandu: Posyandu | int, day: date) -> QuerySet[Person]:
    """People of a posyandu on a day."""
    joined = Q(joined_on=None) | Q(joined_on__lte=day)
    return Person.objects.filter(joined, posyandu=posyandu, birth_date__lte=day).filter(Q(left_on=None) | Q(left_on__gt=day))


def expected(day: OpenDay) -> QuerySet[Person]:
    """Everybody of the posyandu with `number` (arrived), `gone` (the last table let them go), `weighed`, `status`, `weight`, `seen` (a form
    of any age filled in) and `referred`."""
    growth = GrowthVisit.objects.filter(open_day=day, person=OuterRef("pk"))
    visits = Visit.objects.filter(open_day=day, person=OuterRef("pk"))
    arrivals = Arrival.objects.filter(open_day=day, person=OuterRef("pk"))
    return present(day.posyandu_id, day.day).annotate(
        number=Subquery(arrivals.values("number")[:1]),
        gone=Exists(arrivals.filter(done_at__isnull=False)),
        weighed=Exists(growth),
        status=Subquery(growth.values("status")[:1]),
        weight=Subquery(growth.values("weight")[:1]),
        seen=Exists(visits),
        referred=Exists(visits.filter(refer=True)),
    )


def served() -> Q:
    return Q(weighed=True) | Q(seen=True)
