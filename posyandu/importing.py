"""Weighings from a spreadsheet (e-PPGBM's export, or the yearly register): looked through first, then brought in.

A row is one weighing. People are found by NIK, else by posyandu, birth date, sex and the sound of the name; whoever is not found is
entered. A weighing that is there already stays; one that differs is corrected, its old values staying in the history. Rows with
problems are left out and told by row and column; the good rest is brought in. z-scores are computed for a batch at once, weighings
are written with COPY, and N, T, B, O of the children concerned are judged anew.
"""

from __future__ import annotations

import csv
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import numpy as np
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from ntbportal.commons.people import User
from ntbportal.commons.privacy import NIK_PATTERN, blind_index
from onedata.quality.reading import Unreadable, as_utf8, detect_encoding, detect_separator, spreadsheet_as_csv
from onedata.quality.wording import reason

from .growth.weight_gain import Weighing, is_month_before, minimum_gains, weight_status
from .growth.zscores import growth_scores
from .models import Came, GrowthVisit, Household, OpenDay, Person, Posyandu, VisitImport
from .models.families import months_between
from .models.imports import ImportState
from .sounds import sound_of
from .visits import HEAD_CM, HEIGHT_CM, MUAC_CM, WEIGHT_KG

BATCH, MOST_PROBLEMS, MOST_ROWS = 2000, 1000, 500_000
# field: headings as they are met, without spaces and signs
HEADINGS = {
    "nik": ("nik", "nikanak", "nikbalita"),
    "name": ("nama", "namaanak", "namabalita", "name"),
    "sex": ("jk", "jeniskelamin", "lp", "sex"),
    "born": ("tgllahir", "tanggallahir", "born", "lahir"),
    "mother": ("namaortu", "namaorangtua", "namaibu", "ibu", "mother"),
    "kk": ("nokk", "kk", "nomorkk"),
    "village": ("desakel", "desakelurahan", "desa", "kelurahan", "kodedesa", "village"),
    "posyandu": ("posyandu", "namaposyandu"),
    "day": ("tanggalpengukuran", "tglpengukuran", "tglukur", "tanggalukur", "tanggal", "day"),
    "weight": ("berat", "bb", "beratbadan", "weight"),
    "height": ("tinggi", "tb", "pb", "panjang", "tinggibadan", "pbtb", "height"),
    "measure": ("caraukur", "carapengukuran", "posisi"),
    "head": ("lk", "lingkarkepala", "head"),
    "muac": ("lila", "lingkarlengan", "muac"),
    "oedema": ("edema", "oedema"),
}
NEEDED = ("name", "sex", "born", "day", "weight")
LYING, STANDING = {"terlentang", "telentang", "lying", "l", "pb"}, {"berdiri", "standing", "h", "tb"}
FIELD_OF = {heading: field for field, headings in HEADINGS.items() for heading in headings}


@dataclass
class Row:
    number: int
    posyandu: Posyandu
    nik: str
    name: str
    sex: str
    born: date
    mother: str
    kk: str
    day: date
    weight: Decimal
    height: Decimal | None
    measure: str
    head: Decimal | None
    muac: Decimal | None
    oedema: bool
    person: Person | None = None


Problem = tuple[int, str, str]  # row as the spreadsheet counts, heading, what is wrong


def prepare(folder: Path, name: str) -> Path:
    """The uploaded file as UTF-8 CSV; ValidationError where it cannot be read."""
    source, target = folder / "file", folder / "rows.csv"
    if target.exists():
        return target
    if name.lower().endswith((".xlsx", ".xls", ".ods")):
        suffixed = folder / f"file{Path(name).suffix.lower()}"
        shutil.copyfile(source, suffixed)
        spreadsheet_as_csv(suffixed, target)
        suffixed.unlink()
        return target
    with source.open("rb") as file:
        encoding = detect_encoding(file.read(200_000))
    read = source if encoding.lower() in {"utf-8", "utf8"} else as_utf8(source, encoding, folder / "utf8.csv")
    with read.open(encoding="utf-8-sig", newline="") as file:
        separator = detect_separator(file.read(20_000))
        file.seek(0)
        with (folder / "rows.part").open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows(csv.reader(file, delimiter=separator))
    return (folder / "rows.part").rename(target)


def plain(heading: str) -> str:
    return re.sub(r"[^a-z]", "", heading.lower())


def header_of(path: Path) -> tuple[int, dict[str, tuple[int, str]]]:
    """(rows above the first of data, field -> (column, heading)); ValidationError where needed columns are missing."""
    best: dict[str, tuple[int, str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for number, cells in enumerate(csv.reader(file), start=1):
            found: dict[str, tuple[int, str]] = {}
            for column, heading in enumerate(cells):
                field = FIELD_OF.get(plain(heading))
                if field and field not in found:
                    found[field] = (column, heading.strip())
            if all(field in found for field in NEEDED):
                return number, found
            best = max(best, found, key=len)
            if number >= 20:
                break
    missing = ", ".join(HEADINGS[field][0] for field in NEEDED if field not in best)
    raise ValidationError(_("Columns are missing: %(names)s.") % {"names": missing})


def lines(path: Path, skip: int) -> Iterator[tuple[int, list[str]]]:
    """(row as the spreadsheet counts, cells) of rows that are not empty."""
    with path.open(encoding="utf-8", newline="") as file:
        for number, cells in enumerate(csv.reader(file), start=1):
            if number > skip and any(cell.strip() for cell in cells):
                yield number, cells


DAY_FORMS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%Y/%m/%d", "%d.%m.%Y")


def day_of(text: str) -> date | None:
    text = text.strip().split(" ")[0].split("T")[0]
    for form in DAY_FORMS:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


class Places:
    """The posyandu that an importer may write to, by village and name."""

    def __init__(self, user: User) -> None:
        self.by_name: dict[str, list[Posyandu]] = defaultdict(list)
        self.all = list(Posyandu.objects.visible_to(user).filter(is_active=True).select_related("village"))
        for one in self.all:
            self.by_name[self._key(one.name)].append(one)

    @staticmethod
    def _key(name: str) -> str:
        return re.sub(r"[^a-z0-9]", "", name.lower().replace("posyandu", ""))

    def find(self, name: str, village: str) -> Posyandu | str:
        """The posyandu, or what is wrong."""
        if not name and len(self.all) == 1:
            return self.all[0]
        found = self.by_name.get(self._key(name), [])
        if village and len(found) > 1:
            wanted = self._key(village)
            found = [one for one in found if village == one.village_id or self._key(one.village.name) == wanted]
        if len(found) == 1:
            return found[0]
        return _("More than one posyandu has this name; the village is needed.") if found else _("No such posyandu among yours.")


def parse(
    number: int, cells: Sequence[str], columns: dict[str, tuple[int, str]], places: Places, today: date
) -> tuple[Row | None, list[Problem]]:
    """A row, or what is wrong with it."""
    problems: list[Problem] = []

    def text(field: str) -> str:
        column = columns.get(field)
        return cells[column[0]].strip() if column and column[0] < len(cells) else ""

    def wrong(field: str, said: str) -> None:
        problems.append((number, columns[field][1] if field in columns else field, said))

    def day(field: str) -> date:
        found = day_of(text(field))
        if found is None:
            wrong(field, _("“%(text)s” is no date.") % {"text": text(field)[:30]})
            return today
        if found > today:
            wrong(field, _("The date lies in the future."))
        return found

    def figure(field: str, limits: tuple[Decimal, Decimal], places: str) -> Decimal | None:
        raw = text(field).replace(",", ".").replace("cm", "").replace("kg", "").strip()
        if raw in {"", "-", "0", "0.0", "0.00"}:
            return None
        try:
            value = Decimal(raw)
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite():
            wrong(field, _("“%(text)s” is no number.") % {"text": text(field)[:30]})
            return None
        if not limits[0] <= value <= limits[1]:
            wrong(field, _("Must lie between %(low)s and %(high)s.") % {"low": limits[0], "high": limits[1]})
            return None
        return value.quantize(Decimal(places))

    name, nik, kk = text("name")[:120], re.sub(r"\D", "", text("nik")), re.sub(r"\D", "", text("kk"))
    if not name:
        wrong("name", _("The name is missing."))
    if nik and not NIK_PATTERN.match(nik):
        wrong("nik", _("Must have 16 digits."))
    sex = {"l": "M", "p": "F", "m": "M", "f": "F"}.get(text("sex")[:1].lower(), "")
    if not sex:
        wrong("sex", _("L or P is needed."))
    born, measured_on = day("born"), day("day")
    if not problems and measured_on < born:
        wrong("day", _("The day lies before the birth."))
    weight = figure("weight", WEIGHT_KG, "0.01")
    if weight is None and not any(problem[1] == columns["weight"][1] for problem in problems):
        wrong("weight", _("The weight is missing."))
    height, head, muac = figure("height", HEIGHT_CM, "0.1"), figure("head", HEAD_CM, "0.1"), figure("muac", MUAC_CM, "0.1")
    place = places.find(text("posyandu"), text("village"))
    if isinstance(place, str):
        wrong("posyandu", place)
    if problems or weight is None or isinstance(place, str):
        return None, problems
    way = plain(text("measure"))
    age = (measured_on - born).days
    measure = "" if height is None else "L" if way in LYING else "H" if way in STANDING else "L" if age < 731 else "H"
    oedema = plain(text("oedema")) in {"ya", "y", "yes"}
    kk = kk if NIK_PATTERN.match(kk) else ""
    return Row(number, place, nik, name, sex, born, text("mother")[:120], kk, measured_on, weight, height, measure, head, muac, oedema), []


def find_people(rows: list[Row]) -> None:
    """Sets `person` of the rows whose person is known. Two queries."""
    by_nik = {}
    wanted = {blind_index(row.nik): row.nik for row in rows if row.nik}
    for person in Person.objects.filter(nik_index__in=wanted, merged_into=None):
        by_nik[person.nik_index] = person
    known: dict[tuple[int, date, str], list[Person]] = defaultdict(list)
    pairs = list({(row.posyandu.pk, row.born) for row in rows})
    same_day = RawSQL(  # of these posyandu just the days asked for: in a file that is not in their order all would be everybody
        "SELECT c.id FROM posyandu_person c JOIN unnest(%s::bigint[], %s::date[]) w(place, born) "
        "ON c.posyandu_id = w.place AND c.birth_date = w.born",
        [[place for place, _born in pairs], [born for _place, born in pairs]],
    )
    for person in Person.objects.filter(pk__in=same_day, merged_into=None):
        known[person.posyandu_id, person.birth_date, person.sex].append(person)
    for row in rows:
        row.person = by_nik.get(blind_index(row.nik)) if row.nik else None
        if row.person is None:
            sound = sound_of(row.name)
            same = [one for one in known[row.posyandu.pk, row.born, row.sex] if one.sound == sound and not (row.nik and one.nik_index)]
            row.person = same[0] if same else None


@dataclass
class Outcome:
    new_people: int = 0
    new_visits: int = 0
    changed: int = 0
    same: int = 0


def take(rows: list[Row], user: User, *, write: bool) -> Outcome:
    """Bring a batch in, or (write=False) count what that would do. Inside the caller's transaction. Bounded queries a batch."""
    outcome = Outcome()
    find_people(rows)
    strangers: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if row.person is None:
            strangers[(row.nik,) if row.nik else (row.posyandu.pk, row.born, row.sex, sound_of(row.name))].append(row)
    outcome.new_people = len(strangers)
    if write and strangers:
        _enter(list(strangers.values()))
    latest: dict[tuple[Any, date], Row] = {}
    for row in rows:  # of two rows for one child and day the later one counts
        who = row.person.pk if row.person else (row.nik or (row.posyandu.pk, row.born, row.sex, sound_of(row.name)))
        latest[who, row.day] = row
    known = [row for row in latest.values() if row.person is not None and row.person.pk]
    days, who_is = {row.day for row in known}, {row.person.pk for row in known if row.person}
    there = {(visit.person_id, visit.day): visit for visit in GrowthVisit.objects.filter(person__in=who_is, day__in=days)}
    new: list[Row] = []
    for row in latest.values():
        visit = there.get((row.person.pk, row.day)) if row.person and row.person.pk else None
        if visit is None:
            new.append(row)
        elif _is_same(visit, row):
            outcome.same += 1
        else:
            outcome.changed += 1
            if write:
                _correct(visit, row, user)
    outcome.new_visits = len(new)
    outcome.same += len(rows) - len(latest)
    if write:
        if new:
            _write(new, user)
        judge({row.person.pk for row in latest.values() if row.person}, min(row.day for row in rows))
    return outcome


def _is_same(visit: GrowthVisit, row: Row) -> bool:
    """Whether a row says nothing new: what it leaves out is not taken away."""
    mine = (row.weight, row.height, row.head or visit.head, row.muac or visit.muac, row.oedema or visit.oedema)
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
        home = known_home or Household(posyandu=row.posyandu, head_name=row.mother or row.name, kk=row.kk, kk_index=blind_index(row.kk))
        if known_home is None:
            new_homes.append(home)
            if row.kk:
                homes[row.kk] = home
        person = Person(
            household=home, posyandu=row.posyandu, name=row.name, sex=row.sex, birth_date=row.born, nik=row.nik,
            nik_index=blind_index(row.nik), mother_name=row.mother, came=Came.REGISTERED, sound=sound_of(row.name),
        )  # fmt: skip
        people.append(person)
        for one in rows:
            one.person = person
    Household.objects.bulk_create(new_homes, batch_size=1000)
    Person.objects.bulk_create(people, batch_size=1000)


def _scores(rows: list[Row]) -> list[tuple[list[float | None], bool]]:
    """(zwei, zlen, zwfl, zbmi, zhc; implausible) of each row, computed for all at once."""
    missing = float("nan")
    found = growth_scores(
        [row.sex for row in rows],
        [float((row.day - row.born).days) for row in rows],
        [float(row.weight) for row in rows],
        [missing if row.height is None else float(row.height) for row in rows],
        [row.measure for row in rows],
        [row.oedema for row in rows],
        [missing if row.head is None else float(row.head) for row in rows],
    )
    columns = np.stack([found.zwei, found.zlen, found.zwfl, found.zbmi, found.zhc], axis=1)
    flags = found.fwei | found.flen | found.fwfl | found.fbmi | found.fhc
    return [([None if value != value else float(value) for value in line], bool(flag)) for line, flag in zip(columns, flags, strict=True)]


COLUMNS = (
    "person_id", "posyandu_id", "open_day_id", "day", "weight", "height", "measure", "head", "muac", "oedema", "zwei", "zlen", "zwfl",
    "zbmi", "zhc", "is_implausible", "confirmed", "status", "twice", "counts", "recorded_by_id", "recorded_at",
)  # fmt: skip


def _write(rows: list[Row], user: User) -> None:
    """New weighings with COPY; which of a month counts is settled before."""
    days = _open_days({(row.posyandu.pk, row.day) for row in rows}, user)
    last: dict[tuple[int, int, int], date] = {}
    for row in rows:
        key = (row.person.pk, row.day.year, row.day.month)  # type: ignore[union-attr]
        last[key] = max(last.get(key, row.day), row.day)
    people, first = {key[0] for key in last}, min(row.day for row in rows).replace(day=1)
    replaced = []
    for visit in GrowthVisit.objects.filter(person__in=people, counts=True, day__gte=first):
        key = (visit.person_id, visit.day.year, visit.day.month)
        if key in last:
            if visit.day > last[key]:
                last[key] = visit.day
            else:
                replaced.append(visit.pk)
    GrowthVisit.objects.filter(pk__in=replaced).update(counts=False)
    now = timezone.now()
    with connection.cursor() as cursor, cursor.copy(f"COPY posyandu_growthvisit ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        for row, (scores, flag) in zip(rows, _scores(rows), strict=True):
            person: Person = row.person  # type: ignore[assignment]
            counts = last[person.pk, row.day.year, row.day.month] == row.day
            copy.write_row(
                (person.pk, row.posyandu.pk, days[row.posyandu.pk, row.day], row.day, row.weight, row.height, row.measure, row.head,
                 row.muac, row.oedema, *scores, flag, flag, "B", False, counts, user.pk, now)
            )  # fmt: skip


def _open_days(wanted: set[tuple[int, date]], user: User) -> dict[tuple[int, date], int]:
    OpenDay.objects.bulk_create(
        (OpenDay(posyandu_id=place, day=day, opened_by=user) for place, day in sorted(wanted)), ignore_conflicts=True
    )
    rows = OpenDay.objects.filter(posyandu__in={place for place, _day in wanted}, day__in={day for _place, day in wanted})
    return {(one.posyandu_id, one.day): one.pk for one in rows}


def _correct(visit: GrowthVisit, row: Row, user: User) -> None:
    visit.weight, visit.height, visit.measure = row.weight, row.height, row.measure
    visit.head, visit.muac = row.head or visit.head, row.muac or visit.muac
    visit.oedema = row.oedema or visit.oedema
    scores, flag = _scores([row])[0]
    visit.zwei, visit.zlen, visit.zwfl, visit.zbmi, visit.zhc = scores
    visit.is_implausible, visit.recorded_by, visit.recorded_at = flag, user, timezone.now()
    visit.save()


def judge(people: set[int], since: date) -> None:
    """N, T, B, O and twice running of all weighings of these children from a day on, written where they differ. One query to read and
    one to write."""
    gains = minimum_gains(timezone.localdate())
    changed: list[GrowthVisit] = []
    line: list[GrowthVisit] = []
    rows = GrowthVisit.objects.filter(person__in=people).select_related("person")
    rows = rows.only("day", "weight", "zwei", "status", "twice", "person__sex", "person__birth_date")
    for visit in rows.order_by("person_id", "day"):
        if line and line[-1].person_id != visit.person_id:
            line = []
        before = next((one for one in reversed(line) if (one.day.year, one.day.month) != (visit.day.year, visit.day.month)), None)
        line.append(visit)
        if visit.day < since:
            continue
        earlier = Weighing(before.day, round(before.weight * 1000), before.zwei) if before else None
        now = Weighing(visit.day, round(visit.weight * 1000), visit.zwei)
        status = weight_status(earlier, now, visit.person.sex, months_between(visit.person.birth_date, visit.day), gains)
        twice = before is not None and status == before.status == "T" and is_month_before(before.day, visit.day)
        if (status, twice) != (visit.status, visit.twice):
            visit.status, visit.twice = status, twice
            changed.append(visit)
    if changed:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE posyandu_growthvisit v SET status = n.status, twice = n.twice "
                "FROM unnest(%s::bigint[], %s::text[], %s::bool[]) AS n(id, status, twice) WHERE v.id = n.id",
                [[one.pk for one in changed], [str(one.status) for one in changed], [one.twice for one in changed]],
            )


def run(pk: Any, *, write: bool) -> None:
    """Look an import through, or bring it in from where it stopped. Safe to run twice: the row is locked batch by batch."""
    row = VisitImport.objects.select_related("user").get(pk=pk)
    with override(row.user.language):
        try:
            _run(row, write=write)
        except (ValidationError, Unreadable) as error:
            said = error.messages if isinstance(error, ValidationError) else [reason(error.key, error.values)]
            VisitImport.objects.filter(pk=pk).update(state=ImportState.FAILED, error=" ".join(said)[:300], finished_at=timezone.now())


def _run(row: VisitImport, *, write: bool) -> None:
    path = prepare(row.folder, row.name)
    skip, columns = header_of(path)
    places, today = Places(row.user), timezone.localdate()
    if not write:
        total = sum(1 for _line in lines(path, skip))
        if total > MOST_ROWS:
            raise ValidationError(_("At most %(n)s rows at once.") % {"n": MOST_ROWS})
        zeros = dict.fromkeys(("reached", "new_people", "new_visits", "changed", "same", "bad"), 0)
        VisitImport.objects.filter(pk=row.pk).update(state=ImportState.CHECKING, rows=total, problems=[], **zeros)
    batch: list[tuple[int, list[str]]] = []
    seen = 0
    for line in lines(path, skip):
        seen += 1
        batch.append(line)
        if len(batch) == BATCH:
            _batch(row, batch, seen, columns, places, today, write=write)
            batch = []
    if batch:
        _batch(row, batch, seen, columns, places, today, write=write)
    state = ImportState.DONE if write else ImportState.CHECKED
    VisitImport.objects.filter(pk=row.pk).update(state=state, finished_at=timezone.now() if write else None)
    if write:
        shutil.rmtree(row.folder, ignore_errors=True)  # personal data are kept once


@transaction.atomic
def _batch(
    row: VisitImport, batch: list[tuple[int, list[str]]], seen: int, columns: Any, places: Places, today: date, *, write: bool
) -> None:
    kept = VisitImport.objects.select_for_update().get(pk=row.pk)
    if kept.reached >= seen:  # an earlier run came this far
        return
    good: list[Row] = []
    problems: list[Problem] = []
    bad = 0
    for number, cells in batch:
        parsed, wrong = parse(number, cells, columns, places, today)
        if parsed is None:
            bad += 1
            problems += wrong
        else:
            good.append(parsed)
    outcome = take(good, row.user, write=write) if good else Outcome()
    for name in ("new_people", "new_visits", "changed", "same"):
        setattr(kept, name, getattr(kept, name) + getattr(outcome, name))
    kept.bad += bad
    kept.reached = seen
    if not write:
        kept.problems = [*kept.problems, *problems][:MOST_PROBLEMS]
    kept.save()


def begin(row: VisitImport) -> bool:
    """Let an import that was looked through be brought in; False where it is not for that."""
    zeros = dict.fromkeys(("reached", "new_people", "new_visits", "changed", "same", "bad"), 0)
    return bool(VisitImport.objects.filter(pk=row.pk, state=ImportState.CHECKED).update(state=ImportState.IMPORTING, **zeros))


def go_on() -> int:
    """Take up imports that wait or that a dead worker left; returns how many were run."""
    count = 0
    running = VisitImport.objects.filter(state__in=[ImportState.WAITING, ImportState.CHECKING, ImportState.IMPORTING])
    for pk, state in list(running.values_list("pk", "state")):
        run(pk, write=state == ImportState.IMPORTING)
        count += 1
    return count
