"""Work of the ground floor that can wait."""

from __future__ import annotations

import logging
import threading

from celery import current_app, shared_task
from django.core.cache import cache
from django.db import OperationalError

from . import notices

log = logging.getLogger(__name__)


def send_soon(task: str, *arguments: object) -> None:
    """Hand a task to the broker; if the broker is away, say so and go on: every such task has a sweeper."""
    try:
        current_app.send_task(task, args=arguments)
    except Exception as error:  # noqa: BLE001 - kombu and redis raise many kinds
        log.warning("broker away, %s waits for the sweeper: %s", task, error)


WAKE_SECONDS = 5


def wake(task: str) -> None:
    """Ask a worker for a task that works off all that waits: many asks while one is on its way are one.

    The task calls `woken` before it looks. What was committed before that is seen by it; what is committed after asks anew.
    An ask that got lost is forgotten after some seconds, and the sweeper of the beat schedule comes anyway.
    """
    if cache.add(f"woken:{task}", 1, WAKE_SECONDS):
        send_soon(task)


SOON = 0.05
_wanted: set[str] = set()
_guard = threading.Lock()


def wake_soon(task: str) -> None:
    """As `wake`, but out of the request's way: asked within SOON seconds by a thread, once for all requests of this process in
    between. A process that dies in that moment leaves it to the sweeper."""
    with _guard:
        is_first = not _wanted
        _wanted.add(task)
    if is_first:
        timer = threading.Timer(SOON, _wake_wanted)
        timer.daemon = True
        timer.start()


def _wake_wanted() -> None:
    with _guard:
        tasks = list(_wanted)
        _wanted.clear()
    for task in tasks:
        wake(task)


def woken(task: str) -> None:
    cache.delete(f"woken:{task}")


@shared_task(name="commons.send_waiting_notices", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def send_waiting_notices() -> int:
    woken("commons.send_waiting_notices")
    tried = notices.send_waiting()
    if tried >= notices.MOST_AT_ONCE:
        wake("commons.send_waiting_notices")
    return tried
