"""A batch of rows brought in: people found or entered, weighings judged as if each had been written by hand, and kept with COPY.

In two steps, so that a batch can be understood while the one before is written: understand() only asks, write() only writes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from ntbportal.commons.people import User
from ntbportal.commons.privacy import blind_index

from ..growth.zscores import growth_scores
from ..models import Came, GrowthVisit, Household, OpenDay, Person, Relation
from ..visits import Z_FIELDS, judge, odd_indices, save_weighings, weighings_of
from .completing import Completion, complete, completions
from .copying import NewVisit, copy_visits
from .finding import array, find_people, weighings
from .reading import Known, Row, Weighing


@dataclass
class Outcome:
    new_people: int = 0
    new_visits: int = 0
    changed: int = 0
    same: int = 0
    contradicted: list[Row] = field(default_factory=list)  # not taken: their NIK is of somebody born on another day, or of the other sex
    odd: list[tuple[Row, str]] = field(default_factory=list)  # to be looked at before: the index that is implausible
    after_death: list[Row] = field(default_factory=list)  # not taken either: weighed after the day on which the child died


OpenDays = dict[tuple[int, date], int]  # number of the open day by posyandu and day


@dataclass
class Understood:
    """A batch as the database stood when it was asked; `strangers` by what tells them apart, one list of rows for each. The weighings
    are judged already: new ones with the row that says them, those that are there and said otherwise, those that are only judged
    otherwise."""

    rows: list[Row]
    strangers: list[list[Row]]
    outcome: Outcome
    new: list[tuple[Row, NewVisit]] = field(default_factory=list)
    corrected: list[GrowthVisit] = field(default_factory=list)
    moved: list[GrowthVisit] = field(default_factory=list)
    completed: list[Completion] = field(default_factory=list)

    def depends_on(self, earlier: Understood) -> bool:
        """Whether it would come to something else once `earlier` is written: a child of both, or somebody, or a family, entered there."""
        people = {row.person.pk for row in earlier.rows if row.person is not None}
        if any(row.person is not None and row.person.pk in people for row in self.rows):
            return True
        entered = {key for group in earlier.strangers for row in group for key in _keys(row)}
        entered |= {one.of_family["kk"] for one in earlier.completed if "kk" in one.of_family}
        return bool(entered) and any(key in entered for row in self.rows for key in _keys(row))


def _keys(row: Row) -> list[Any]:
    """What somebody entered by this row, or the household, could be found by."""
    place = (row.posyandu.pk, row.born, row.sex, row.sound)
    return [place, *(key for key in (row.nik_index, row.kk) if key)]


def understand(rows: list[Row], user: User, *, write: bool) -> Understood:
    """What a batch comes to, counted; with `write` also judged, to be kept. Asks the database thrice and changes nothing there."""
    find_people(rows)
    strangers: dict[Any, list[Row]] = defaultdict(list)
    contradicted: list[Row] = []
    for row in rows:
        if row.person is not None:
            known = (row.person.birth_date, row.person.sex)
        else:
            same = strangers[_who(row)]
            same.append(row)
            known = (same[0].born, same[0].sex)
        if known != (row.born, row.sex):
            contradicted.append(row)
            if row.person is None:
                same.pop()
    after_death = [row for row in rows if row.weighing is not None and died_before(row, row.weighing.day)]
    if contradicted or after_death:
        out = {row.number for row in (*contradicted, *after_death)}
        rows = [row for row in rows if row.number not in out]
    # of two rows for one child and day the later one counts
    latest = {(_who(row), row.weighing.day): (row, row.weighing) for row in rows if row.weighing is not None}
    since: dict[int, date] = {}  # the month of each child's first weighing
    for row, said in latest.values():
        if row.person is not None:
            month = said.day.replace(day=1)
            number = row.person.pk
            if number not in since or month < since[number]:
                since[number] = month
    lines = weighings(since)
    there = {(number, visit.day): visit for number, visits in lines.items() for visit in visits}
    said_of = [(row, said, there.get((row.person.pk, said.day)) if row.person else None) for row, said in latest.values()]
    differing = [(row, said, visit) for row, said, visit in said_of if visit is None or not _is_same(visit, said)]
    new = sum(visit is None for _row, _said, visit in differing)
    merely_new = sum(all(row.weighing is None for row in group) for group in strangers.values())  # told as new people already
    completed = completions(rows)
    told = {id(row) for row, _said, _visit in differing}
    merely_completed = sum(id(one.row) not in told for one in completed)
    unchanged = len(rows) - len(differing) - merely_new - merely_completed
    outcome = Outcome(len(strangers), new, len(differing) - new + merely_completed, unchanged, contradicted, after_death=after_death)
    found = Understood(rows, list(strangers.values()), outcome, completed=completed)
    if write and differing:
        _judge(found, differing, lines, user)
    elif differing:
        outcome.odd = _odd([(row, said) for row, said, _visit in differing])
    return found


def _odd(weighed: list[tuple[Row, Weighing]]) -> list[tuple[Row, str]]:
    """Rows with an index outside what WHO holds plausible, and each such index (visits.ODD)."""
    found = []
    for (row, _said), (scores, is_implausible) in zip(weighed, _scores(weighed), strict=True):
        if is_implausible:
            found += [(row, name) for name in odd_indices(dict(zip(Z_FIELDS, scores, strict=True)))]
    return found


def died_before(row: Row, day: date) -> bool:
    return row.person is not None and row.person.died_on is not None and day > row.person.died_on


def _who(row: Row) -> Any:
    """What tells one child of a batch from another: the record, else NIK, else posyandu, birth, sex and sound of the name."""
    if row.person is not None:
        return row.person.pk
    return row.nik or (row.posyandu.pk, row.born, row.sex, row.sound)


def _is_same(visit: GrowthVisit, said: Weighing) -> bool:
    """Whether a row says nothing new: what it leaves out is not taken away."""
    mine = (said.weight, said.height, said.head or visit.head, said.muac or visit.muac, said.oedema or visit.oedema)
    return mine == (visit.weight, visit.height, visit.head, visit.muac, visit.oedema)


def _judge(
    found: Understood, differing: list[tuple[Row, Weighing, GrowthVisit | None]], lines: dict[int, list[GrowthVisit]], user: User
) -> None:
    """Scores of the weighings that are new or corrected, and what they change about the children's other ones."""
    now = timezone.now()
    scored = _scores([(row, said) for row, said, _visit in differing])
    written: dict[Any, tuple[Row, list[Any]]] = {}
    for (row, said, known), (scores, is_implausible) in zip(differing, scored, strict=True):
        who = _who(row)
        if who in written:
            mine = written[who][1]
        else:
            mine = []
            written[who] = (row, mine)
        if known is None:
            new = NewVisit(  # type: ignore[call-arg]  # five scores are five
                row.posyandu.pk, said.day, said.weight, said.height, said.measure, said.head, said.muac, said.oedema, *scores,
                is_implausible, is_implausible, user.pk, now,
            )  # fmt: skip
            mine.append(new)
            found.new.append((row, new))
            continue
        known.weight, known.height, known.measure, known.is_implausible = said.weight, said.height, said.measure, is_implausible
        known.head, known.muac, known.oedema = said.head or known.head, said.muac or known.muac, said.oedema or known.oedema
        for name, z in zip(Z_FIELDS, scores, strict=True):
            setattr(known, name, z)
        known.recorded_by, known.recorded_at = user, now
        mine.append(known)
        found.corrected.append(known)
    for who, (row, mine) in written.items():
        others = [one for one in lines.get(who, ()) if one not in mine]
        line = sorted([*mine, *others], key=lambda one: one.day) if others or len(mine) > 1 else mine
        child: Any = row.person or Known(0, row.posyandu.pk, row.born, row.sex)
        changed = judge(child, line, line[0].day if line is mine else min(one.day for one in mine))
        if others:
            found.moved += [one for one in changed if one.pk and one not in mine]


def keep(found: Understood, user: User, days: OpenDays) -> None:
    """Write what understand() found. Inside the caller's transaction. `days`: open days known from earlier batches, added to."""
    _lock({row.person.pk for row in found.rows if row.person is not None})
    if found.strangers:
        _enter(found.strangers)
    complete(found.completed)
    _open_days({(one.posyandu_id, one.day) for _row, one in found.new}, user, days)
    _update(found.moved)
    for visit in found.corrected:
        visit.save()
    for row, new in found.new:
        assert row.person is not None  # strangers have been entered
        new.person_id, new.open_day_id = row.person.pk, days[new.posyandu_id, new.day]
        new.counted_at_id = row.person.posyandu_id if new.counts else None  # as the database would say it, but for who moved
    if found.new:
        copy_visits([new for _row, new in found.new])


def _lock(people: set[int]) -> None:
    """Until the batch is committed nobody else judges these children without its weighings."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT 1 FROM posyandu_person WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE) locked",
            [array(map(str, people))],
        )


def _enter(groups: list[list[Row]]) -> None:
    """People who are not known, each with a household (one for each KK)."""
    homes: dict[str, Household] = {}
    indexes = {blind_index(rows[0].kk): rows[0].kk for rows in groups if rows[0].kk}
    for home in Household.objects.filter(kk_index__in=indexes):
        homes[home.kk] = home
    new_homes: list[Household] = []
    people: list[Person] = []
    for rows in groups:
        row = rows[0]
        known_home = homes.get(row.kk) if row.kk else None
        home = known_home or Household(
            posyandu=row.posyandu, head_name=row.family.head or row.mother or row.name, kk=row.kk, kk_index=blind_index(row.kk),
            address=row.family.address, phone=row.family.phone,
        )  # fmt: skip
        if known_home is None:
            new_homes.append(home)
            if row.kk:
                homes[row.kk] = home
        elif row.family.head and not home.pk:
            home.head_name = row.family.head  # the head came after others of the family
        person = Person(
            household=home, posyandu=row.posyandu, name=row.name, sex=row.sex, birth_date=row.born, nik=row.nik,
            nik_index=row.nik_index, mother_name=row.mother, came=Came.REGISTERED, sound=row.sound,
            relation=row.family.relation or Relation.CHILD, birth_weight=row.family.birth_weight, birth_length=row.family.birth_length,
        )  # fmt: skip
        people.append(person)
        for one in rows:
            one.person = person
    Household.objects.bulk_create(new_homes, batch_size=1000)
    Person.objects.bulk_create(people, batch_size=1000)


def _scores(weighed: list[tuple[Row, Weighing]]) -> Iterable[tuple[Any, bool]]:
    """(Z_FIELDS; implausible) of each row, computed for all at once."""
    missing = float("nan")
    found = growth_scores(
        [row.sex for row, _said in weighed],
        [float((said.day - row.born).days) for row, said in weighed],
        [float(said.weight) for _row, said in weighed],
        [missing if said.height is None else float(said.height) for _row, said in weighed],
        [said.measure for _row, said in weighed],
        [said.oedema for _row, said in weighed],
        [missing if said.head is None else float(said.head) for _row, said in weighed],
    )
    columns = [[None if value != value else value for value in getattr(found, name).tolist()] for name in Z_FIELDS]
    flags = found.fwei | found.flen | found.fwfl | found.fbmi | found.fhc
    return zip(zip(*columns, strict=True), flags.tolist(), strict=True)


def _open_days(wanted: set[tuple[int, date]], user: User, days: OpenDays) -> None:
    """Add to `days` what is wanted and not there: known ones, then new ones."""
    for attempt in range(2):
        missing = sorted(wanted - days.keys())
        if not missing:
            return
        if attempt:
            OpenDay.objects.bulk_create(
                (OpenDay(posyandu_id=place, day=day, opened_by=user) for place, day in missing), ignore_conflicts=True
            )
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT d.posyandu_id, d.day, d.id FROM posyandu_openday d JOIN unnest(%s::bigint[], %s::date[]) w(place, day) "
                "ON d.posyandu_id = w.place AND d.day = w.day",
                [array(map(str, column)) for column in zip(*missing, strict=True)],
            )
            days |= {(place, day): number for place, day, number in cursor.fetchall()}


def _update(visits: list[GrowthVisit]) -> None:
    """Weighings that are only judged otherwise; in one statement. None of them comes to count anew, so no month counts two."""
    if not visits:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE posyandu_growthvisit v SET status = n.status, twice = n.twice, counts = n.counts "
            "FROM unnest(%s::bigint[], %s::text[], %s::bool[], %s::bool[]) AS n(id, status, twice, counts) WHERE v.id = n.id",
            [list(column) for column in zip(*((one.pk, str(one.status), one.twice, one.counts) for one in visits), strict=True)],
        )


def last_weighing() -> int:
    """The number of the newest weighing there is."""
    return GrowthVisit.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def judge_again(after: int, user: User) -> None:
    """Whom somebody else weighed while an import by `user` ran (weighings newer than `after`) is judged with all weighings there are:
    neither saw the other's before it was committed."""
    others = Exists(GrowthVisit.objects.filter(person=OuterRef("person"), pk__gt=after).exclude(recorded_by=user))
    both = GrowthVisit.objects.filter(others, pk__gt=after, recorded_by=user).values_list("person", flat=True)
    for number in sorted(set(both)):
        with transaction.atomic():
            child = Person.objects.select_for_update(no_key=True).get(pk=number)
            save_weighings(judge(child, weighings_of(child)))
