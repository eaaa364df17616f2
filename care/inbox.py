"""The inbox: a report is taken in with a single insert and its code shown; Celery files it as a case a moment later.

A wave of reports (an earthquake, an hour in which a mast comes back) is kept at the speed of an insert, and nothing that was
promised waits for what may wait: history, timeline, deadlines, notices. What was shown is never lost: the row is there before
the answer leaves, a worker that dies files it when it comes back, and whoever asks for a code that is not filed yet has it
filed on the spot. Filing twice is once: the row is locked, and the case carries the report's key.
"""

from __future__ import annotations

import json
import logging
import uuid
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from ntbportal.commons.people import User
from ntbportal.commons.places import Region
from ntbportal.commons.privacy import encrypt
from ntbportal.commons.tasks import wake_soon

from .intake import Report, file_complaint
from .models import Case, Category, IncomingReport
from .models.cases import new_code

log = logging.getLogger(__name__)
TASK = "care.file_incoming"
PAUSES = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=1))
KEPT = timedelta(days=90)  # filed rows, for phones that send again after long
ACCEPT = """
INSERT INTO care_incomingreport (key, code, content, is_urgent, received_at, next_try_at, tries, error)
SELECT %(key)s, %(code)s, %(content)s, %(urgent)s, now(), now(), 0, ''
WHERE NOT EXISTS (SELECT 1 FROM care_case WHERE draft_key = %(key)s OR code = %(code)s)
ON CONFLICT (key) DO NOTHING RETURNING code
"""
KNOWN = "SELECT code FROM care_incomingreport WHERE key = %(key)s UNION ALL SELECT code FROM care_case WHERE draft_key = %(key)s"


def accept(values: dict[str, Any], key: uuid.UUID, *, urgent: bool) -> str:
    """Keep a report and return its code; the same key again gives the code it had.

    `values`: what Report holds, category and region by their keys, reporter by number; as JSON.
    """
    content, was_lost = encrypt(json.dumps({name: value for name, value in values.items() if value}, separators=(",", ":"))), False
    for _attempt in range(5):
        if not connection.in_atomic_block:
            # the question whether the connection still lives would cost as much as the insert; a dead one is found by the insert
            # itself, and repeating it is harmless as the key is kept once
            connection.health_check_done = True
        row: dict[str, Any] = {"key": key, "code": new_code(), "content": content, "urgent": urgent}
        try:
            with connection.cursor() as cursor:
                cursor.execute(ACCEPT, row)
                found = cursor.fetchone()
                if found is None:
                    cursor.execute(KNOWN, row)
                    found = cursor.fetchone()
        except IntegrityError:  # the code is taken by another that waits
            continue
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block or was_lost:
                raise
            was_lost = True
            connection.close()
            continue
        if found is not None:
            transaction.on_commit(lambda: wake_soon(TASK))
            return str(found[0])
    raise RuntimeError("no free case code in five attempts")


MOST_AT_ONCE = 300


def file_waiting(limit: int = MOST_AT_ONCE) -> int:
    """File what waits, emergencies first; returns how many were tried."""
    tried = 0
    while tried < limit and _file_next():
        tried += 1
    return tried


@transaction.atomic
def _file_next() -> bool:
    rows = IncomingReport.objects.filter(filed_at__isnull=True, next_try_at__lte=timezone.now())
    row = rows.order_by("-is_urgent", "next_try_at", "pk").select_for_update(skip_locked=True).first()
    if row is None:
        return False
    try:
        with transaction.atomic():
            _file(row)
    except Exception as error:  # one broken report must not hold up the others
        if isinstance(error, OperationalError | InterfaceError):  # the connection is gone: all wait
            raise
        log.exception("report %s cannot be filed", row.code)
        row.tries += 1
        row.error, row.next_try_at = repr(error)[:300], timezone.now() + PAUSES[min(row.tries, len(PAUSES)) - 1]
        row.save(update_fields=["tries", "error", "next_try_at"])
    return True


def _file(row: IncomingReport) -> Case:
    values = json.loads(row.content)
    reporter = values.pop("reporter", None)
    receipt = file_complaint(
        Report(
            **{
                **values,
                "category": Category.objects.select_related("parent").get(pk=values["category"]),
                "region": Region.objects.get(pk=values["region"]),
                "reporter": User.objects.filter(pk=reporter).first() if reporter else None,
                "draft_key": row.key,
                "code": row.code,
                "received_at": row.received_at,
                "is_emergency": row.is_urgent,
            }
        )
    )
    row.content, row.filed_at, row.error = "", timezone.now(), ""
    row.save(update_fields=["content", "filed_at", "error"])
    return receipt.case


@transaction.atomic
def file_code(code: str) -> None:
    """File the report of a code now, if it waits: somebody looks at it. Waits for a worker that has it in hand."""
    row = IncomingReport.objects.filter(code=code, filed_at__isnull=True).select_for_update().first()
    if row is not None and row.filed_at is None:
        _file(row)


def unfiled(limit: int = 20) -> list[IncomingReport]:
    """Those that failed more than once, oldest first: something is wrong with them or with the portal, and a person must see to it."""
    return list(IncomingReport.objects.filter(filed_at__isnull=True, tries__gt=1).order_by("received_at")[:limit])


def forget_filed(limit: int = 10_000) -> int:
    """Filed rows after KEPT; returns how many."""
    old = IncomingReport.objects.filter(filed_at__lt=timezone.now() - KEPT).values_list("pk", flat=True)[:limit]
    return IncomingReport.objects.filter(pk__in=list(old)).delete()[0]
