"""Which doses concern somebody on a day, and how each stands: due, late, given, after the dose before, too old.

The schedule is dated rows (Item; data/schedule.json, with sources; what is not verified is marked `is_verified: false`): each is for a
birth cohort (`born_from`, `born_until`), regions, and the days on which it is in force. Of several rows for one dose of a series the most
particular one counts: the longest region, then the latest cohort, then the latest decree. What was given by an older row counts for the
same dose of the series, and for the doses that it `credits`: so nobody begins anew when the vaccine changes. The phone has the same in
static/portal/posyandu-rules.js, and tests/browser compare the two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .models import Given, Item, ItemKind, Person

GRACE = 30  # days after the due day until a dose is late
USUAL_INTERVAL = 28  # days between doses of a series where no row says otherwise (catch-up, WHO)
Slot = tuple[str, int]  # series and number of the dose


@dataclass(frozen=True)
class Line:
    """An item as it stands for one person on a day. state: given, due, late, soon (not yet), waits (for the dose before),
    school (given there: asked about, never due here), missed (too old for it)."""

    item: Item
    state: str
    on: date | None  # given on, else due on
    given: Given | None = None

    @property
    def name(self) -> str:
        """Of what was given, which may be an older vaccine than the one that is due today."""
        return self.given.item.name if self.given is not None else self.item.name

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


def is_for(item: Item, sex: str, born: date, village: str, day: date) -> bool:
    """Whether a row concerns somebody of this sex (empty: anybody), birth and place, and is in force on a day."""
    if sex and item.sex not in ("", sex):
        return False
    if item.regions and not any(village.startswith(code) for code in item.regions):
        return False
    is_of_cohort = (item.born_from is None or item.born_from <= born) and (item.born_until is None or born <= item.born_until)
    is_in_force = (item.valid_from is None or item.valid_from <= day) and (item.valid_until is None or day <= item.valid_until)
    return is_of_cohort and is_in_force


def own_schedule(items: Iterable[Item], sex: str, born: date, village: str, day: date) -> list[Item]:
    """The rows that concern somebody, one for each dose of a series, in order."""
    best: dict[Any, Item] = {}
    for item in items:
        if not is_for(item, sex, born, village, day):
            continue
        slot = (item.series, item.dose) if item.series else item.code
        if slot not in best or _particular(item) > _particular(best[slot]):
            best[slot] = item
    return sorted(best.values(), key=lambda item: (item.position, item.code))


def _particular(item: Item) -> tuple[int, date, date]:
    return max(map(len, item.regions), default=0), item.born_from or date.min, item.valid_from or date.min


def without_credited(chosen: Sequence[Item], had: Mapping[Slot, Given] | None = None) -> list[Item]:
    """Without doses that come with another one, as the injection against polio with the hexavalent vaccine; they stand by themselves again
    where that other dose was given as a vaccine that does not hold them."""
    covered = set()
    for item in chosen:
        given = (had or {}).get((item.series, item.dose))
        covered |= set(item.credits if given is None else given.item.credits)
    return [item for item in chosen if item.code not in covered]


def doses_of(given: Iterable[Given], items: Iterable[Item]) -> list[tuple[Slot, Given]]:
    """What each dose stands for, oldest first: its own slot, and those that a combined vaccine credits. Doses of campaigns are beside the
    schedule (WHO: supplementary doses do not replace routine ones)."""
    by_code = {item.code: item for item in items}
    found = []
    for one in sorted(given, key=lambda one: one.day):
        if one.campaign_id is None:
            credited = [by_code[code] for code in one.item.credits if code in by_code]
            found += [((item.series, item.dose), one) for item in (one.item, *credited) if item.series]
    return found


def lines_for(person: Person, day: date, village: str, items: Iterable[Item], given: Iterable[Given]) -> list[Line]:
    """Every item that concerns the person, in the order of the schedule. `village`: code of the posyandu's village; `given` with items at
    hand."""
    items, given = list(items), list(given)
    doses = doses_of(given, items)
    had: dict[Slot, Given] = {}  # the first that stands for each slot
    for slot, one in doses:
        had.setdefault(slot, one)
    repeated: dict[int, list[Given]] = defaultdict(list)
    for one in given:
        if one.campaign_id is None:
            repeated[one.item_id].append(one)
    chosen = own_schedule(items, person.sex, person.birth_date, village, day)
    gaps = gaps_of(chosen)
    lines: list[Line] = []
    states: dict[Slot, str] = dict.fromkeys(had, "given")
    for item in without_credited(chosen, had):
        if item.every_days or not item.series:
            mine = sorted(repeated[item.pk], key=lambda one: one.day)
            line = _repeated(item, person, day, mine) if item.every_days else _once(item, person, day, mine)
        else:
            line = _dose(item, person, day, had, states, earliest(item, doses, gaps))
            states[item.series, item.dose] = line.state
        if line.state != "soon" or not item.every_days:
            lines.append(line)
    return lines


def gaps_of(chosen: Iterable[Item]) -> dict[Slot, int]:
    """Days that must lie between a dose and the one before it."""
    return {(item.series, item.dose): item.after_days for item in chosen if item.series}


def days_between(gaps: Mapping[Slot, int], series: str, first: int, last: int) -> int:
    """Days that must lie between two doses of a series, one of which comes before the other by number."""
    return sum(gaps.get((series, dose), USUAL_INTERVAL) for dose in range(first + 1, last + 1))


def earliest(item: Item, doses: Iterable[tuple[Slot, Given]], gaps: Mapping[Slot, int]) -> date | None:
    """The first day on which a dose keeps its distance to every dose of its series that was given: after those with a lower number, and,
    where one with a higher number came first, after that one too. None where none was given."""
    days = []
    for (series, dose), one in doses:
        if series != item.series or dose == item.dose:
            continue
        apart = days_between(gaps, series, dose, item.dose) if dose < item.dose else gaps.get((series, max(item.dose, 2)), USUAL_INTERVAL)
        days.append(one.day + timedelta(days=apart))
    return max(days, default=None)


def _dose(item: Item, person: Person, day: date, had: Mapping[Slot, Given], states: Mapping[Slot, str], free: date | None) -> Line:
    if (given := had.get((item.series, item.dose))) is not None:
        return Line(item, "given", given.day, given)
    due = person.birth_date + timedelta(days=item.from_days)
    last = person.birth_date + timedelta(days=item.until_days)
    if day > last:
        return Line(item, "missed", last)
    if item.at_school:
        return Line(item, "soon" if day < due else "school", month_at_school(item, due))
    if free is not None:
        due = max(due, free)
    before = states.get((item.series, item.dose - 1), "given")
    if before == "missed" or due > last:  # a series that can no longer be begun, or a dose that would come too late, is over
        return Line(item, "missed", last)
    if before != "given":
        return Line(item, "soon" if day < due else "waits", due)
    return _by_day(item, day, due)


def _once(item: Item, person: Person, day: date, had: Sequence[Given]) -> Line:
    if had:
        return Line(item, "given", had[0].day, had[0])
    due, last = (person.birth_date + timedelta(days=days) for days in (item.from_days, item.until_days))
    if day > last:
        return Line(item, "missed", last)
    if item.at_school:
        return Line(item, "soon" if day < due else "school", month_at_school(item, due))
    return _by_day(item, day, due)


def _by_day(item: Item, day: date, due: date) -> Line:
    if day < due:
        return Line(item, "soon", due)
    return Line(item, "late" if day > due + timedelta(days=GRACE) else "due", due)


def month_at_school(item: Item, due: date) -> date:
    """When the school gives it: the next of its months, from the age on."""
    for step in range(12):
        number = due.year * 12 + due.month - 1 + step
        if item.months and number % 12 + 1 in item.months:
            return max(due, date(number // 12, number % 12 + 1, 1))
    return due


def _repeated(item: Item, person: Person, day: date, had: Sequence[Given]) -> Line:
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
    """Complete basic immunisation (IDL): all basic items of the child's own schedule given."""
    basic = [line for line in lines if line.item.is_basic]
    return bool(basic) and all(line.state == "given" for line in basic)


def alike(codes: Iterable[str]) -> dict[str, list[str]]:
    """By code the codes of all items that stand for the same dose of a series, or credit it: what coverage counts together. One query."""
    rows = list(Item.objects.all())
    slots = {one.code: (one.series, one.dose) for one in rows if one.series}
    return {
        code: sorted({code, *(one.code for one in rows if code in one.credits or (code in slots and slots.get(one.code) == slots[code]))})
        for code in codes
    }
