"""What is due, late or missed of immunisation, vitamin A, deworming and iron; complete basic immunisation; stock.

Sources: routine schedule of the ministry as of 2023 (data/schedule.json, editable); catch-up with at least four weeks between the
doses of a series. JE is given in endemic regions only. Whether IPV2 belongs to the complete basic set is a flag of the data.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ntbportal.commons.people import User
from ntbportal.commons.reference_data import keep_current

from .growth.zscores import DAYS_OF_MONTH
from .models import Campaign, Given, Item, ItemKind, OpenDay, Person, Posyandu, Visit
from .models.families import months_between

GRACE = 30  # days after the due day until a dose is late


@dataclass(frozen=True)
class Line:
    """An item as it stands for one person on a day. state: given, due, late, soon (not yet), waits (for the dose before),
    school (given there: asked about, never due here), missed (too old for it)."""

    item: Item
    state: str
    on: date | None  # given on, else due on
    given: Given | None = None

    @property
    def tone(self) -> str:
        return {
            "given": "good",
            "due": "info",
            "late": "alert",
            "soon": "neutral",
            "waits": "neutral",
            "school": "neutral",
            "missed": "wait",
        }[self.state]

    @property
    def word(self) -> str:
        words = {
            "given": _("given"),
            "due": pgettext("immunisation", "due"),
            "late": _("late"),
            "soon": _("not yet"),
            "waits": _("after the dose before"),
            "school": _("at school: ask"),
        }
        return words.get(self.state) or _("too old")


def schedule() -> list[Item]:
    """What is given to people, in order; what is only in stock is left out."""
    return list(Item.objects.filter(is_active=True).exclude(kind=ItemKind.SUPPLY).order_by("position"))


def lines_for(person: Person, day: date, village: str, items: Iterable[Item], given: Iterable[Given]) -> list[Line]:
    """Every item that concerns the person, in the order of the schedule. `village`: code of the posyandu's village. Doses of campaigns are
    beside the schedule (WHO: supplementary doses do not replace routine ones)."""
    by_item: dict[int, list[Given]] = defaultdict(list)
    for one in given:
        if one.campaign_id is None:
            by_item[one.item_id].append(one)
    lines: list[Line] = []
    series: dict[tuple[str, int], date | None] = {}
    for item in items:
        if item.sex not in ("", person.sex) or (item.regions and not any(village.startswith(code) for code in item.regions)):
            continue
        had = sorted(by_item.get(item.pk, []), key=lambda one: one.day)
        line = _repeated(item, person, day, had) if item.every_days else _dose(item, person, day, had, series)
        if item.series:
            series[item.series, item.dose] = line.on if line.state == "given" else None
        if line.state != "soon" or not item.every_days:
            lines.append(line)
    return lines


def _dose(item: Item, person: Person, day: date, had: list[Given], series: dict[tuple[str, int], date | None]) -> Line:
    if had:
        return Line(item, "given", had[0].day, had[0])
    due = person.birth_date + timedelta(days=item.from_days)
    last = person.birth_date + timedelta(days=item.until_days)
    if day > last:
        return Line(item, "missed", last)
    if item.at_school:
        return Line(item, "soon" if day < due else "school", due)
    if item.dose > 1 and (item.series, item.dose - 1) in series:
        before = series[item.series, item.dose - 1]
        if before is None:
            return Line(item, "soon" if day < due else "waits", due)
        due = max(due, before + timedelta(days=item.after_days))
    if day < due:
        return Line(item, "soon", due)
    return Line(item, "late" if day > due + timedelta(days=GRACE) else "due", due)


def _repeated(item: Item, person: Person, day: date, had: list[Given]) -> Line:
    """Given again and again: due where the age fits, it is the month for it (or the month after), and the last one is long enough ago."""
    age = person.age_in_days(day)
    if not item.from_days <= age <= item.until_days:
        return Line(item, "soon", None)
    if had and (day - had[-1].day).days < item.every_days:
        return Line(item, "given", had[-1].day, had[-1])
    if not item.months:
        return Line(item, "due", day)
    if day.month in item.months:
        return Line(item, "due", day)
    if (day.month - 2) % 12 + 1 in item.months:
        return Line(item, "late", day)
    return Line(item, "soon", None)


def is_complete(lines: Iterable[Line]) -> bool:
    """Complete basic immunisation (IDL): all basic items given."""
    basic = [line for line in lines if line.item.is_basic]
    return bool(basic) and all(line.state == "given" for line in basic)


@transaction.atomic
def give(
    person: Person, item: Item, day: date, by: User, *, posyandu: Posyandu, open_day: OpenDay | None = None,
    batch: str = "", elsewhere: str = "", key: UUID | None = None,
) -> Given:  # fmt: skip
    """Write down that something was given; ValidationError where it cannot be: before birth, in the future, a dose a second time, too
    soon after the dose before, or on the day of the same item's dose in a campaign. The same item on the same day twice is once."""
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
    for one in had:
        if one.item_id == item.pk and not item.every_days:
            raise ValidationError(_("%(item)s was given on %(day)s already.") % {"item": item.name, "day": one.day})
        if item.series and one.item.series == item.series and abs(one.item.dose - item.dose) == 1:
            (earlier, first), (later, second) = sorted(((one.item, one.day), (item, day)), key=lambda dose: dose[0].dose)
            if (second - first).days < later.after_days:
                raise ValidationError(
                    _("At least %(days)s days must lie between %(before)s and %(item)s.")
                    % {"days": later.after_days, "before": earlier.name, "item": later.name}
                )
    given = Given(
        person=person, item=item, day=day, posyandu=posyandu, open_day=open_day, batch=batch[:40], elsewhere=elsewhere[:80], recorded_by=by,
        tallied=[f"given:{item.code}"], **({"key": key} if key else {}),
    )  # fmt: skip
    given.save()
    if item.is_basic:
        renew_complete(person)
    return given


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
    """Mark the dose that completed the basic immunisation (IDL) before the second birthday, whichever was written down last; the month
    counts the child there, once."""
    basic = set(Item.objects.filter(is_basic=True, is_active=True).values_list("pk", flat=True))
    doses = list(person.given.filter(campaign=None).order_by("day", "pk"))
    first: dict[int, Given] = {}
    for one in doses:
        if one.item_id in basic:
            first.setdefault(one.item_id, one)
    last = max(first.values(), key=lambda one: (one.day, one.pk)) if basic and basic == set(first) else None
    if last is not None and months_between(person.birth_date, last.day) >= 24:
        last = None
    for one in doses:
        if ("idl" in one.tallied) != (one is last):
            one.tallied = [*one.tallied, "idl"] if one is last else [code for code in one.tallied if code != "idl"]
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
    return f"{keep_current(Item, json.loads(text))} lines"
