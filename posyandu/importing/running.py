"""How an import runs: looked through or brought in batch by batch, each with its own transaction, from where a dead worker left it."""

from __future__ import annotations

import gc
import logging
import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from threading import Event
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from onedata.quality.reading import Unreadable
from onedata.quality.wording import reason

from ..families import know_mothers
from ..models import Person, VisitImport
from ..models.families import months_between
from ..models.imports import RUNNING, ImportState
from ..visits import ODD
from . import files
from .reading import Places, Problem, Row, header_of, lines, parse, prepare
from .taking import OpenDays, judge_again, keep, last_weighing, understand

logger = logging.getLogger(__name__)
COLUMN_OF = {"zwei": "weight", "zlen": "height", "zwfl": "weight", "zbmi": "weight", "zhc": "head"}  # of the index in question
BATCH, MOST_PROBLEMS, MOST_ROWS = 10_000, 1000, 500_000


def run(pk: Any) -> None:
    """Look an import through, or bring it in, from where it stopped. Safe to run twice: the row is locked batch by batch."""
    row = VisitImport.objects.select_related("user").filter(pk=pk).first()
    if row is None or not row.is_running:  # thrown away, or done by another worker
        return
    with override(row.user.language):
        try:
            with files.working(row) as folder:
                _run(row, prepare(folder, row.name))
        except Overtaken:
            return
        except (ValidationError, Unreadable) as error:
            said = error.messages if isinstance(error, ValidationError) else [reason(error.key, error.values)]
            # only where no other worker has done it meanwhile
            VisitImport.objects.filter(pk=pk, state__in=RUNNING).update(
                state=ImportState.FAILED, error=" ".join(said)[:300], finished_at=timezone.now()
            )


def _run(row: VisitImport, path: Path) -> None:
    skip, columns = header_of(path)
    sheet, write = Sheet(columns, Places(row.user), timezone.localdate()), row.state == ImportState.IMPORTING
    if row.state == ImportState.WAITING:
        total = sum(1 for _line in lines(path, skip))
        if total > MOST_ROWS:
            raise ValidationError(_("At most %(n)s rows at once.") % {"n": MOST_ROWS})
        VisitImport.objects.filter(pk=row.pk, state=ImportState.WAITING).update(state=ImportState.CHECKING, rows=total)
    newest = last_weighing() if write else 0
    with busy():
        _batches(row, sheet, ahead(sheet, lines(path, skip), row.user.language), write=write)
    if write:
        judge_again(newest, row.user)
        if "relation" in columns:  # a register of families
            know_mothers(Person.objects.filter(posyandu__in=sheet.places.all))
    before, state = (ImportState.IMPORTING, ImportState.DONE) if write else (ImportState.CHECKING, ImportState.CHECKED)
    through = VisitImport.objects.filter(pk=row.pk, state=before)
    if through.update(state=state, finished_at=timezone.now() if write else None) and write:
        files.drop(row)  # personal data are kept once


@dataclass(frozen=True)
class Sheet:
    """What every row of a file is read by."""

    columns: dict[str, tuple[int, str]]
    places: Places
    today: date
    days: OpenDays = field(default_factory=dict)


Parsed = list[tuple[Row | None, list[Problem]]]


def ahead(sheet: Sheet, rows: Iterator[tuple[int, list[str]]], language: str) -> Iterator[Parsed]:
    """The batches of a file, each read and understood while the database is busy with the one before."""

    def understood() -> Parsed:
        with override(language):
            return [parse(number, cells, sheet.columns, sheet.places, sheet.today) for number, cells in islice(rows, BATCH)]

    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(understood)
        while batch := coming.result():
            coming = reader.submit(understood)
            yield batch


def _batches(row: VisitImport, sheet: Sheet, coming: Iterator[Parsed], *, write: bool) -> None:
    """Each batch is understood while those before are written, on other ways to the database; anew where it depends on one of them."""
    seen = 0
    with Writer() as writer:
        for parsed in coming:
            seen += len(parsed)
            if seen <= row.reached:  # an earlier run came this far
                continue
            batch = Batch(row, sheet, parsed, seen, write=write)
            batch.understand()
            if any(batch.found.depends_on(earlier.found) for earlier in writer.batches()):
                writer.finish()
                batch.understand()
            writer.begin(batch)
        writer.finish()


class Writer:
    """Writes batches one after the other in threads, each with its own connection: what is committed is checked by the database while
    the next one is copied. What is inside a transaction already is written at once, on that transaction's connection. What went wrong
    is raised by begin() or finish()."""

    LANES = 2

    def __init__(self) -> None:
        self.lanes = deque([] if connection.in_atomic_block else [ThreadPoolExecutor(1) for _lane in range(self.LANES)])
        self.going: deque[tuple[Batch, Future[None]]] = deque()

    def __enter__(self) -> Writer:
        return self

    def batches(self) -> list[Batch]:
        """Those that may not be written yet."""
        return [batch for batch, _written in self.going]

    def begin(self, batch: Batch) -> None:
        if not self.lanes:
            batch.keep()
            return
        while len(self.going) >= self.LANES:
            self.going.popleft()[1].result()
        before = self.going[-1] if self.going else None
        self.going.append((batch, self.lanes[0].submit(self._keep, batch, before)))
        self.lanes.rotate()

    @staticmethod
    def _keep(batch: Batch, before: tuple[Batch, Future[None]] | None) -> None:
        try:
            if before is None:
                batch.keep()
            else:
                # not before that one has all its locks: so it never waits for this one
                before[0].written.wait()
                batch.keep(before[1].result)
        finally:
            batch.written.set()

    def finish(self) -> None:
        while self.going:
            self.going.popleft()[1].result()

    def __exit__(self, *_what: object) -> None:
        for lane in self.lanes:
            lane.submit(connection.close)  # in its own thread: that one's
            lane.shutdown()


class Batch:
    """Some rows of a file: understood, then kept, or counted only."""

    def __init__(self, row: VisitImport, sheet: Sheet, parsed: Parsed, seen: int, *, write: bool) -> None:
        self.row, self.sheet, self.parsed, self.seen, self.write = row, sheet, parsed, seen, write
        self.good = [found for found, _wrong in parsed if found is not None]
        self.contradiction = _("Somebody with this NIK is known with another birth date or sex.")
        self.after_death = _("The day lies after the day on which the child died.")
        self.written = Event()  # all that it writes, though not committed yet

    def understand(self) -> None:
        self.found = understand(self.good, self.row.user, write=self.write)

    def keep(self, after: Callable[[], None] = lambda: None) -> None:
        """In one transaction with what the import says of itself, committed when `after` has returned. Where somebody else wrote one of
        these weighings meanwhile, the batch is understood anew."""
        for attempt in range(3):
            days = dict(self.sheet.days)
            try:
                self._keep(days, after)
            except IntegrityError:
                if self.written.is_set() or attempt == 2 or connection.in_atomic_block:
                    raise
                self.understand()
            else:
                self.sheet.days.update(days)  # there for good
                return

    @transaction.atomic
    def _keep(self, days: OpenDays, after: Callable[[], None]) -> None:
        if self.write:
            keep(self.found, self.row.user, days)
        self.written.set()
        after()
        kept, outcome = VisitImport.objects.select_for_update().get(pk=self.row.pk), self.found.outcome
        if kept.reached != self.seen - len(self.parsed):
            raise Overtaken
        for name in ("new_people", "new_visits", "changed", "same"):
            setattr(kept, name, getattr(kept, name) + getattr(outcome, name))
        kept.bad += len(self.parsed) - len(self.good) + len(outcome.contradicted) + len(outcome.after_death)
        kept.reached = self.seen
        heading = self.sheet.columns.get("nik", (0, "NIK"))[1]
        problems = [] if self.write else [problem for _found, wrong in self.parsed for problem in wrong]
        problems += [(one.number, heading, self.contradiction) for one in outcome.contradicted]
        heading = self.sheet.columns.get("day", (0, ""))[1]
        problems += [(one.number, heading, self.after_death) for one in outcome.after_death]
        known = {(number, column) for number, column, _text in kept.problems}  # while brought in only what looking through could not see
        kept.problems = [*kept.problems, *sorted(one for one in problems if one[:2] not in known)][:MOST_PROBLEMS]
        kept.questions = [*kept.questions, *self._questions()][:MOST_PROBLEMS]
        kept.save()

    def _questions(self) -> list[tuple[int, str, str]]:
        """What the page would ask of the same values: told when looked through, so that the file can be corrected first."""
        found = []
        for row, name in self.found.outcome.odd:
            assert row.weighing is not None  # only weighings are odd
            said = {
                "weight": number_format(row.weighing.weight),
                "height": "" if row.weighing.height is None else number_format(row.weighing.height),
                "head": "" if row.weighing.head is None else number_format(row.weighing.head),
                "months": months_between(row.born, row.weighing.day),
            }
            column = self.sheet.columns.get(COLUMN_OF[name], (0, ""))[1]
            found.append((row.number, column, str(ODD[name]) % said))
        return found


class Overtaken(Exception):
    """Another worker brought in these rows meanwhile; what this one wrote of them is rolled back."""


@contextmanager
def busy() -> Iterator[None]:
    """Rows by the thousand are made and dropped, none of them in circles: left as it is, Python looks for circles all the time, a
    seventh of an import (benchmarks/importing.py). And it lets one thread wait 5 ms for another, at each answer of the database."""
    usual, patience = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(200_000, 50, 100)
    sys.setswitchinterval(0.0005)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        sys.setswitchinterval(patience)


def begin(row: VisitImport) -> bool:
    """Let an import that was looked through be brought in; False where it is not for that."""
    zeros = dict.fromkeys(("reached", "new_people", "new_visits", "changed", "same", "bad"), 0)
    return bool(VisitImport.objects.filter(pk=row.pk, state=ImportState.CHECKED).update(state=ImportState.IMPORTING, **zeros))


def go_on() -> int:
    """Take up imports that wait or that a dead worker left; returns how many were run. What goes wrong with one
    keeps no other from being run; it is tried again the next time."""
    files.drop_left()
    left = list(VisitImport.objects.filter(state__in=RUNNING).values_list("pk", flat=True))
    for pk in left:
        try:
            run(pk)
        except DatabaseError:
            raise
        except Exception:  # whatever one file does
            logger.exception("import %s", pk)
    return len(left)


def throw_away(row: VisitImport) -> bool:
    """Remove an import and its file, unless it is being looked through or brought in. Returns whether it did."""
    gone, _each = VisitImport.objects.filter(pk=row.pk).exclude(state__in=[*RUNNING, ImportState.DONE]).delete()
    if gone:
        files.drop(row)
    return bool(gone)
