"""How an import runs: looked through or brought in batch by batch, each with its own transaction, from where a dead worker left it."""

from __future__ import annotations

import gc
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from onedata.quality.reading import Unreadable
from onedata.quality.wording import reason

from ..models import VisitImport
from ..models.imports import RUNNING, ImportState
from .reading import Places, Problem, Row, header_of, lines, parse, prepare
from .taking import OpenDays, Outcome, take

BATCH, MOST_PROBLEMS, MOST_ROWS = 10_000, 1000, 500_000


def run(pk: Any) -> None:
    """Look an import through, or bring it in, from where it stopped. Safe to run twice: the row is locked batch by batch."""
    row = VisitImport.objects.select_related("user").get(pk=pk)
    if not row.is_running:
        return
    with override(row.user.language):
        try:
            _run(row)
        except (ValidationError, Unreadable) as error:
            said = error.messages if isinstance(error, ValidationError) else [reason(error.key, error.values)]
            VisitImport.objects.filter(pk=pk).update(state=ImportState.FAILED, error=" ".join(said)[:300], finished_at=timezone.now())


def _run(row: VisitImport) -> None:
    path = prepare(row.folder, row.name)
    skip, columns = header_of(path)
    sheet, write = Sheet(columns, Places(row.user), timezone.localdate()), row.state == ImportState.IMPORTING
    if row.state == ImportState.WAITING:
        total = sum(1 for _line in lines(path, skip))
        if total > MOST_ROWS:
            raise ValidationError(_("At most %(n)s rows at once.") % {"n": MOST_ROWS})
        VisitImport.objects.filter(pk=row.pk, state=ImportState.WAITING).update(state=ImportState.CHECKING, rows=total)
    seen = 0
    with busy():
        for batch in ahead(sheet, lines(path, skip), row.user.language):
            seen += len(batch)
            _batch(row, batch, seen, sheet, write=write)
    state = ImportState.DONE if write else ImportState.CHECKED
    VisitImport.objects.filter(pk=row.pk).update(state=state, finished_at=timezone.now() if write else None)
    if write:
        shutil.rmtree(row.folder, ignore_errors=True)  # personal data are kept once


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


@transaction.atomic
def _batch(row: VisitImport, parsed: Parsed, seen: int, sheet: Sheet, *, write: bool) -> None:
    kept = VisitImport.objects.select_for_update().get(pk=row.pk)
    if kept.reached >= seen:  # an earlier run came this far
        return
    good = [found for found, _wrong in parsed if found is not None]
    outcome = take(good, row.user, write=write, days=sheet.days) if good else Outcome()
    for name in ("new_people", "new_visits", "changed", "same"):
        setattr(kept, name, getattr(kept, name) + getattr(outcome, name))
    kept.bad += len(parsed) - len(good) + len(outcome.contradicted)
    kept.reached = seen
    said, heading = _("Somebody with this NIK is known with another birth date or sex."), sheet.columns.get("nik", (0, "NIK"))[1]
    problems = [] if write else [problem for _found, wrong in parsed for problem in wrong]
    problems += [(one.number, heading, said) for one in outcome.contradicted]
    known = {(number, column) for number, column, _text in kept.problems}  # while it is brought in only what looking through could not see
    kept.problems = [*kept.problems, *sorted(one for one in problems if one[:2] not in known)][:MOST_PROBLEMS]
    kept.save()


def begin(row: VisitImport) -> bool:
    """Let an import that was looked through be brought in; False where it is not for that."""
    zeros = dict.fromkeys(("reached", "new_people", "new_visits", "changed", "same", "bad"), 0)
    return bool(VisitImport.objects.filter(pk=row.pk, state=ImportState.CHECKED).update(state=ImportState.IMPORTING, **zeros))


def go_on() -> int:
    """Take up imports that wait or that a dead worker left; returns how many were run."""
    left = list(VisitImport.objects.filter(state__in=RUNNING).values_list("pk", flat=True))
    for pk in left:
        run(pk)
    return len(left)
