"""New weighings by the thousand, written with COPY; whatever counts is counted by the triggers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter

from django.db import connection

from ..models import GrowthVisit
from ..visits import Z_FIELDS

COLUMNS = (
    "person_id", "posyandu_id", "open_day_id", "day", "weight", "height", "measure", "head", "muac", "oedema", *Z_FIELDS, "is_implausible",
    "confirmed", "status", "twice", "counts", "counted_at_id", "recorded_by_id", "recorded_at",
)  # fmt: skip


@dataclass(slots=True, eq=False)
class NewVisit:
    """A weighing that is not there yet, as COPY writes it; a GrowthVisit for each would cost more than all the rest. The numbers of
    the person and of the open day are known last."""

    posyandu_id: int
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
    person_id: int = 0
    open_day_id: int = 0
    counted_at_id: int | None = None
    pk: None = None


def copy_visits(visits: Sequence[GrowthVisit | NewVisit]) -> None:
    """Write new weighings that are judged already. Raises IntegrityError where one of a child and day is there."""
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY posyandu_growthvisit ({', '.join(COLUMNS)}) FROM STDIN") as copy,
    ):
        read = attrgetter(*COLUMNS)
        for visit in visits:
            copy.write_row(read(visit))
