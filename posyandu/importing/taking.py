"""A batch of rows brought in: people found or entered, weighings judged as if each had been written by hand, and kept with COPY."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL
from django.utils import timezone

from ntbportal.commons.people import User
from ntbportal.commons.privacy import blind_index

from ..growth.zscores import growth_scores
from ..models import Came, GrowthVisit, Household, OpenDay, Person, Relation
from ..visits import Z_FIELDS, judge
from .reading import Known, Row, Weighing


@dataclass
class Outcome:
    new_people: int = 0
    new_visits: int = 0
    changed: int = 0
    same: int = 0
    contradicted: list[Row] = field(default_factory=list)  # not taken: their NIK is of somebody born on another day, or of the other sex


OpenDays = dict[tuple[int, date], int]  # number of the open day by posyandu and day


def take(rows: list[Row], user: User, *, write: bool, days: OpenDays | None = None) -> Outcome:
    """Bring a batch in, or (write=False) count what that would do. Inside the caller's transaction; of bounded queries. `days`: what
    is known of open days from earlier batches, added to."""
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
    if contradicted:
        out = {row.number for row in contradicted}
        rows = [row for row in rows if row.number not in out]
    if write and strangers:
        _enter(list(strangers.values()))
    # of two rows for one child and day the later one counts
    latest = {(_who(row), row.weighing.day): (row, row.weighing) for row in rows if row.weighing is not None}
    people = {row.person.pk for row, _said in latest.values() if row.person is not None}
    there = {
        (visit.person_id, visit.day): visit
        for visit in GrowthVisit.objects.filter(person__in=_among(people), day__in={said.day for _row, said in latest.values()})
    }
    found = [(row, said, there.get((row.person.pk, said.day)) if row.person else None) for row, said in latest.values()]
    differing = [(row, said, visit) for row, said, visit in found if visit is None or not _is_same(visit, said)]
    if write and differing:
        _keep(differing, user, {} if days is None else days)
    new = sum(visit is None for _row, _said, visit in differing)
    merely_new = sum(all(row.weighing is None for row in group) for group in strangers.values())  # told as new people already
    return Outcome(len(strangers), new, len(differing) - new, len(rows) - len(differing) - merely_new, contradicted)


def _among(numbers: Iterable[int]) -> RawSQL:
    """For __in: one array instead of thousands of parameters."""
    return RawSQL("SELECT unnest(%s::bigint[])", [list(numbers)])


def _who(row: Row) -> Any:
    """What tells one child of a batch from another: the record, else NIK, else posyandu, birth, sex and sound of the name."""
    if row.person is not None:
        return row.person.pk
    return row.nik or (row.posyandu.pk, row.born, row.sex, row.sound)


def find_people(rows: list[Row]) -> None:
    """Sets `person` of the rows whose person is known. Two queries."""
    by_nik = {}
    wanted = {row.nik_index: row.nik for row in rows if row.nik}
    people = Person.objects.filter(merged_into=None).values_list("pk", "posyandu_id", "birth_date", "sex", "sound", "nik_index")
    for person in (Known(*row) for row in people.filter(nik_index__in=wanted)) if wanted else ():
        by_nik[person.nik_index] = person
    known: dict[tuple[int, date, str], list[Known]] = defaultdict(list)
    pairs = list({(row.posyandu.pk, row.born) for row in rows})
    same_day = RawSQL(  # of these posyandu just the days asked for: in a file that is not in their order all would be everybody
        "SELECT c.id FROM posyandu_person c JOIN unnest(%s::bigint[], %s::date[]) w(place, born) "
        "ON c.posyandu_id = w.place AND c.birth_date = w.born",
        [[place for place, _born in pairs], [born for _place, born in pairs]],
    )
    for person in (Known(*row) for row in people.filter(pk__in=same_day)):
        known[person.posyandu_id, person.birth_date, person.sex].append(person)
    for row in rows:
        row.person = by_nik.get(row.nik_index) if row.nik else None
        if row.person is None:
            same = [one for one in known[row.posyandu.pk, row.born, row.sex] if one.sound == row.sound and not (row.nik and one.nik_index)]
            row.person = same[0] if same else None


def _is_same(visit: GrowthVisit, said: Weighing) -> bool:
    """Whether a row says nothing new: what it leaves out is not taken away."""
    mine = (said.weight, said.height, said.head or visit.head, said.muac or visit.muac, said.oedema or visit.oedema)
    return mine == (visit.weight, visit.height, visit.head, visit.muac, visit.oedema)


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


@dataclass(slots=True, eq=False)
class NewVisit:
    """A weighing that is not there yet, as COPY writes it; a GrowthVisit for each would cost more than all the rest."""

    person_id: int
    posyandu_id: int
    open_day_id: int
    day: date
    weight: Decimal
    height: Decimal | None
    measure: str
    head: Decimal | None
    muac: Decimal | None
    oedema: bool
    zwei: float | None
    zlen: float | None
    zwfl: float | None
    zbmi: float | None
    zhc: float | None
    is_implausible: bool
    confirmed: bool
    recorded_by_id: int
    recorded_at: datetime
    status: str = ""
    twice: bool = False
    counts: bool = True
    pk: None = None


def _keep(differing: list[tuple[Row, Weighing, GrowthVisit | None]], user: User, days: OpenDays) -> None:
    """New and corrected weighings, and what they change about the children's other ones."""
    now = timezone.now()
    _open_days({(row.posyandu.pk, said.day) for row, said, _visit in differing}, user, days)
    written: dict[int, list[Any]] = defaultdict(list)
    scored = _scores([(row, said) for row, said, _visit in differing])
    people = {row.person.pk: row.person for row, _said, _visit in differing if row.person is not None}
    for (row, said, known), (scores, is_implausible) in zip(differing, scored, strict=True):
        if row.person is None:
            continue  # cannot be: strangers have been entered
        if known is None:
            written[row.person.pk].append(
                NewVisit(  # type: ignore[call-arg]  # five scores are five
                    row.person.pk, row.posyandu.pk, days[row.posyandu.pk, said.day], said.day, said.weight, said.height, said.measure,
                    said.head, said.muac, said.oedema, *scores, is_implausible, is_implausible, user.pk, now,
                )
            )  # fmt: skip
            continue
        known.weight, known.height, known.measure, known.is_implausible = said.weight, said.height, said.measure, is_implausible
        known.head, known.muac, known.oedema = said.head or known.head, said.muac or known.muac, said.oedema or known.oedema
        for name, z in zip(Z_FIELDS, scores, strict=True):
            setattr(known, name, z)
        known.recorded_by, known.recorded_at = user, now
        written[row.person.pk].append(known)
    others = _history(written)
    moved: list[GrowthVisit] = []
    for number, mine in written.items():
        line = sorted([*mine, *others[number]], key=lambda one: one.day)
        child: Any = people[number]
        changed = judge(child, line, min(one.day for one in mine))
        moved += [one for one in changed if one.pk and one not in mine]
    _update(moved)
    visits = [visit for mine in written.values() for visit in mine]
    for visit in visits:
        if visit.pk:
            visit.save()
    copy_visits([visit for visit in visits if not visit.pk])


def _history(written: dict[int, list[Any]]) -> dict[int, list[GrowthVisit]]:
    """Of these children, the weighings that judging needs beside those just written: from the month before the first of the batch on,
    and the last one before that. Two queries."""
    first = min(one.day for mine in written.values() for one in mine).replace(day=1)
    since = (first - timedelta(days=1)).replace(day=1)
    kept = {one.pk for mine in written.values() for one in mine}
    found: dict[int, list[GrowthVisit]] = defaultdict(list)
    rows = GrowthVisit.objects.filter(person__in=_among(written))
    for visit in [*rows.filter(day__gte=since), *rows.filter(day__lt=since).order_by("person", "-day").distinct("person")]:
        if visit.pk not in kept:
            found[visit.person_id].append(visit)
    return found


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
                [list(column) for column in zip(*missing, strict=True)],
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


COLUMNS = (
    "person_id", "posyandu_id", "open_day_id", "day", "weight", "height", "measure", "head", "muac", "oedema", *Z_FIELDS, "is_implausible",
    "confirmed", "status", "twice", "counts", "recorded_by_id", "recorded_at",
)  # fmt: skip


def copy_visits(visits: Sequence[GrowthVisit | NewVisit]) -> None:
    """Write new weighings that are judged already; whatever counts is counted by the triggers."""
    with connection.cursor() as cursor, cursor.copy(f"COPY posyandu_growthvisit ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        read = attrgetter(*COLUMNS)
        for visit in visits:
            copy.write_row(read(visit))
