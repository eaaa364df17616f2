"""How an import runs: looked through or brought in batch by batch, each with its own transaction, from where a dead worker left it."""

from __future__ import annotations

import gc
import shutil
from collections.abc import Iterator
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
from .reading import Places, header_of, lines, parse, prepare
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
    seen, rows = 0, lines(path, skip)
    with rare_garbage():
        while batch := list(islice(rows, BATCH)):
            seen += len(batch)
            _batch(row, batch, seen, sheet, write=write)
    state = ImportState.DONE if write else ImportState.CHECKED
    VisitImport.objects.filter(pk=row.pk).update(state=state, finished_at=timezone.now() if write else None)
    if write:
        shutil.rmtree(row.folder, ignore_errors=True)  # personal data are kept once


@contextmanager
def rare_garbage() -> Iterator[None]:
    """Rows by the thousand are made and dropped, none of them in circles: left as it is, Python looks for circles all the time, a
    seventh of an import (benchmarks/importing.py)."""
    usual = gc.get_threshold()
    gc.set_threshold(200_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


@dataclass(frozen=True)
class Sheet:
    """What every row of a file is read by."""

    columns: dict[str, tuple[int, str]]
    places: Places
    today: date
    days: OpenDays = field(default_factory=dict)


@transaction.atomic
def _batch(row: VisitImport, batch: list[tuple[int, list[str]]], seen: int, sheet: Sheet, *, write: bool) -> None:
    kept = VisitImport.objects.select_for_update().get(pk=row.pk)
    if kept.reached >= seen:  # an earlier run came this far
        return
    parsed = [parse(number, cells, sheet.columns, sheet.places, sheet.today) for number, cells in batch]
    good = [found for found, _wrong in parsed if found is not None]
    outcome = take(good, row.user, write=write, days=sheet.days) if good else Outcome()
    for name in ("new_people", "new_visits", "changed", "same"):
        setattr(kept, name, getattr(kept, name) + getattr(outcome, name))
    kept.bad += len(parsed) - len(good)
    kept.reached = seen
    if not write:
        kept.problems = [*kept.problems, *(problem for _found, wrong in parsed for problem in wrong)][:MOST_PROBLEMS]
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
