"""Who is to be expected at an open day: everybody of the posyandu by age, with what has been done for them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Arrival, GrowthVisit, Left, OpenDay, Person, Posyandu, Visit

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
    return with_state(present(day.posyandu_id, day.day), day)


def anybody(day: OpenDay, mine: QuerySet[Posyandu]) -> QuerySet[Person]:
    """Whoever may be looked for on an open day: all people of the posyandu, also those who have left, and of the searcher's other posyandu
    of the regency; with what expected() tells."""
    near = mine.filter(village__code__startswith=f"{day.posyandu.village_id[:5]}.")
    rows = Person.objects.filter(Q(posyandu=day.posyandu_id) | Q(posyandu__in=near), merged_into=None).exclude(left=Left.ERROR)
    return with_state(rows.select_related("posyandu"), day)


def whereabouts(person: Person, day: OpenDay) -> tuple[str, str, bool]:
    """(where somebody is, tone, whether they belong to the posyandu on this day), of a row of anybody()."""
    if person.posyandu_id != day.posyandu_id:
        return person.posyandu.name, "info", False
    if person.left_on is not None and person.left_on <= day.day:
        return f"{person.get_left_display()}, {date_format(person.left_on)}", "neutral", False
    since = max(person.birth_date, person.joined_on or person.birth_date)
    if since > day.day:
        return _("here since %(day)s") % {"day": date_format(since)}, "neutral", False
    if person.weighed or person.seen:  # type: ignore[attr-defined]
        return _("served"), "good", True
    if person.number:  # type: ignore[attr-defined]
        return _("in the queue"), "wait", True
    return _("not come yet"), "neutral", True


def with_state(rows: QuerySet[Person], day: OpenDay) -> QuerySet[Person]:
    growth = GrowthVisit.objects.filter(open_day=day, person=OuterRef("pk"))
    visits = Visit.objects.filter(open_day=day, person=OuterRef("pk"))
    arrivals = Arrival.objects.filter(open_day=day, person=OuterRef("pk"))
    return rows.annotate(
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
