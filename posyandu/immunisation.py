"""What is due, late or missed of immunisation, vitamin A, deworming and iron; complete basic immunisation; stock.

What concerns whom on a day is in schedules.py. Sources: data/schedule.json (editable); catch-up with at least four weeks between the doses
of a series. JE is given in endemic regions only. Whether IPV2 belongs to the complete basic set is a flag of the data.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ntbportal.commons.people import User
from ntbportal.commons.reference_data import keep_current

from .growth.zscores import DAYS_OF_MONTH
from .models import Campaign, Given, Item, ItemKind, OpenDay, Person, Posyandu, Visit
from .schedules import GRACE, USUAL_INTERVAL, Line, days_between, gaps_of, is_complete, lines_for, own_schedule, schedule
from .targets import months_back

__all__ = ["GRACE", "Line", "give", "is_complete", "lines_for", "schedule"]


@transaction.atomic
def give(
    person: Person, item: Item, day: date, by: User, *, posyandu: Posyandu, open_day: OpenDay | None = None,
    batch: str = "", elsewhere: str = "", key: UUID | None = None,
) -> Given:  # fmt: skip
    """Write down that something was given; ValidationError where it cannot be: before birth, in the future, a dose a second time, too near
    to any dose of its series, or on the day of the same item's dose in a campaign. The same item on the same day twice is once."""
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if day < person.birth_date or day > timezone.localdate():
        raise ValidationError(_("The day must lie between birth and today."))
    person.refuse_after_death(day)
    if item.sex not in ("", person.sex):
        raise ValidationError(_("%(item)s is not for this person.") % {"item": item.name})
    had = list(person.given.filter(campaign=None).select_related("item"))
    if same := person.given.filter(item=item, day=day).select_related("campaign").first():
        if same.campaign is not None:
            raise ValidationError(
                _("%(item)s was given on this day in %(campaign)s; that is no dose of the schedule.")
                % {"item": item.name, "campaign": same.campaign.name}
            )
        return same
    refuse_second_dose(item, had)
    refuse_too_near(person, item, day, posyandu.village_id, had)
    given = Given(
        person=person, item=item, day=day, posyandu=posyandu, open_day=open_day, batch=batch[:40], elsewhere=elsewhere[:80], recorded_by=by,
        tallied=[f"given:{item.code}"], **({"key": key} if key else {}),
    )  # fmt: skip
    given.save()
    if item.kind == ItemKind.VACCINE:
        renew_complete(person)
    return given


def refuse_second_dose(item: Item, had: Iterable[Given]) -> None:
    """ValidationError where this dose was given already, as this vaccine or as another one for the same dose of the series."""
    for one in had:
        is_same = one.item_id == item.pk or (item.series and (one.item.series, one.item.dose) == (item.series, item.dose))
        if is_same and not item.every_days:
            raise ValidationError(_("%(item)s was given on %(day)s already.") % {"item": one.item.name, "day": date_format(one.day)})


def refuse_too_near(person: Person, item: Item, day: date, village: str, had: Iterable[Given]) -> None:
    """ValidationError where a day keeps too little distance to any dose of the series, whatever lies between them by number, or a dose
    would come before one with a lower number."""
    if not item.series:
        return
    gaps = gaps_of(own_schedule(schedule(), person.sex, person.birth_date, village, day)) | {(item.series, item.dose): item.after_days}
    for one in had:
        if one.item.series != item.series or one.item.dose == item.dose:
            continue
        (first, first_day), (last, last_day) = sorted(((one.item, one.day), (item, day)), key=lambda dose: dose[0].dose)
        if last is item and last_day < first_day:
            raise ValidationError(
                _("%(item)s comes after %(before)s, which was given on %(day)s. Check the day.")
                % {"item": item.name, "before": first.name, "day": date_format(first_day)}
            )
        apart = days_between(gaps, item.series, first.dose, last.dose)
        if first is item and day > last_day:  # made up for after a later one: as far from it as doses are
            apart = gaps.get((item.series, max(item.dose, 2)), USUAL_INTERVAL)
        if abs((last_day - first_day).days) < apart:
            raise ValidationError(
                _("At least %(days)s days must lie between %(before)s and %(item)s.")
                % {"days": apart, "before": first.name, "item": last.name}
            )


EARLY = 4  # days before its age at which a dose still counts as given in time (WHO, general best practices)


def unusual(person: Person, item: Item, day: date) -> list[str]:
    """What is to be asked before a dose is written down: it is far from the age it is meant for, or follows the last one too soon."""
    age, asked = person.age_in_days(day), []
    if age < item.from_days - EARLY or (age > item.until_days and not item.at_school):
        asked.append(
            _("%(item)s is for the age of %(first)s to %(last)s months; on %(day)s %(name)s was %(age)s months old. Is it right?")
            % {
                "item": item.name, "first": round(item.from_days / DAYS_OF_MONTH), "last": round(item.until_days / DAYS_OF_MONTH),
                "day": date_format(day), "name": person.name, "age": person.age_in_months(day),
            }
        )  # fmt: skip
    if item.every_days:
        near = person.given.filter(item__kind=item.kind, item__every_days__gt=0).exclude(day=day)
        span = timedelta(days=item.every_days - 1)
        other = near.filter(day__range=(day - span, day + span)).order_by("day").first()
        if other is not None:
            asked.append(
                _("%(item)s is given every %(days)s days, and was given on %(day)s too. Is it right?")
                % {"item": item.name, "days": item.every_days, "day": date_format(other.day)}
            )
    return asked


@transaction.atomic
def take_back(given: Given) -> None:
    """Something written down by mistake; it stays in the history."""
    person = Person.objects.select_for_update(no_key=True).get(pk=given.person_id)
    given.delete()
    renew_complete(person)


def renew_complete(person: Person) -> None:
    """Mark the dose that completed the basic immunisation (IDL) of the child's own schedule before the second birthday, whichever was
    written down last; the month counts the child there, once."""
    doses = list(person.given.filter(campaign=None).select_related("item").order_by("day", "pk"))
    until = months_back(person.birth_date, -24) - timedelta(days=1)
    in_time = [one for one in doses if one.day <= until]
    last = None
    if in_time:  # judged by the child's own schedule as it was on the day of the last dose
        village = Posyandu.objects.values_list("village_id", flat=True).get(pk=person.posyandu_id)
        lines = [line for line in lines_for(person, in_time[-1].day, village, schedule(), in_time) if line.item.is_basic]
        if is_complete(lines):
            last = max((line.given for line in lines if line.given is not None), key=lambda one: (one.day, one.pk))
    for one in doses:
        is_last = last is not None and one.pk == last.pk
        if ("idl" in one.tallied) != is_last:
            one.tallied = [*one.tallied, "idl"] if is_last else [code for code in one.tallied if code != "idl"]
            one.save(update_fields=["tallied"])


def due_lists(day: date, people: Iterable[Person], village: str) -> dict[int, list[Line]]:
    """By person: what is due or late on a day. Two queries however many people."""
    people = list(people)
    given: dict[int, list[Given]] = defaultdict(list)
    for one in Given.objects.filter(person__in=people).select_related("item"):
        given[one.person_id].append(one)
    items = schedule()
    found = {}
    for person in people:
        lines = [line for line in lines_for(person, day, village, items, given[person.pk]) if line.state in {"due", "late"}]
        if lines:
            found[person.pk] = lines
    return found


def campaigns_for(person: Person, day: date, village: str) -> list[Campaign]:
    """Campaigns on a day that a person's age and place fit and in which nothing has been given yet."""
    had = set(person.given.exclude(campaign=None).values_list("campaign", flat=True))
    return [one for one in campaigns_at(village, day, day) if one.pk not in had and one.fits(person, day)]


def campaigns_at(village: str, first: date, last: date) -> list[Campaign]:
    """Campaigns of a place that run on any of the days."""
    rows = Campaign.objects.filter(first_day__lte=last, last_day__gte=first).select_related("item").order_by("first_day", "pk")
    return [one for one in rows if village.startswith(one.region_id)]


@transaction.atomic
def give_in_campaign(
    person: Person, campaign: Campaign, day: date, by: User, *, posyandu: Posyandu, open_day: OpenDay | None = None, batch: str = "",
    key: UUID | None = None,
) -> Given:  # fmt: skip
    """Write down a dose of a campaign, once for everybody. ValidationError where the campaign is not for this person on this day, or a dose
    of the same kind was given too short a time before."""
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if same := person.given.filter(campaign=campaign).first():
        return same
    here = posyandu.village_id.startswith(campaign.region_id)
    if day > timezone.localdate() or not here or not campaign.fits(person, day):
        raise ValidationError(_("%(campaign)s is not for this person on this day.") % {"campaign": campaign.name})
    person.refuse_after_death(day)
    item = campaign.item
    alike = person.given.filter(item__series=item.series) if item.series else person.given.filter(item=item)
    last = alike.filter(day__lte=day).order_by("-day").select_related("item").first()
    if last is not None and (day - last.day).days < campaign.after_days:
        raise ValidationError(
            _("At least %(days)s days must lie between %(before)s and %(item)s.")
            % {"days": campaign.after_days, "before": last.item.name, "item": campaign.name}
        )
    if person.given.filter(item=item, day=day).exists():
        raise ValidationError(_("%(item)s was given on %(day)s already.") % {"item": item.name, "day": day})
    return Given.objects.create(
        person=person, item=item, campaign=campaign, day=day, posyandu=posyandu, open_day=open_day, batch=batch[:40], recorded_by=by,
        tallied=[campaign.code], **({"key": key} if key else {}),
    )  # fmt: skip


def stock(posyandu: Posyandu) -> list[tuple[Item, int | None]]:
    """(item, units left) of what the posyandu keeps: what came less what went, what was given here, and what visits used up.
    None where nothing was ever written down as come or gone: nobody keeps account of it."""
    came = dict(posyandu.stock_moves.values_list("item").annotate(n=Sum("amount")).values_list("item", "n"))
    went = dict(Given.objects.filter(posyandu=posyandu, elsewhere="").values_list("item").annotate(n=Count("pk")).values_list("item", "n"))
    items = list(Item.objects.filter(is_stocked=True, is_active=True).order_by("position"))
    measures = {item.used_by for item in items if item.used_by}
    used = Visit.objects.filter(posyandu=posyandu).aggregate(
        **{f"n{n}": Count("pk", filter=Q(answers__has_key=code)) for n, code in enumerate(sorted(measures))}
    )
    by_code = {code: used[f"n{n}"] for n, code in enumerate(sorted(measures))}
    return [(item, came[item.pk] - went.get(item.pk, 0) - by_code.get(item.used_by, 0) if item.pk in came else None) for item in items]


def load_schedule(text: str) -> str:
    """Add or renew lines; what an administrator has edited is left alone."""
    rows = [{name: _read(name, value) for name, value in row.items()} for row in json.loads(text)]
    return f"{keep_current(Item, rows)} lines"


def _read(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name in DATES and value else value


DATES = frozenset({"born_from", "born_until", "valid_from", "valid_until"})
