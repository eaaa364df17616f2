"""Work of the ground floor that can wait."""

from __future__ import annotations

import logging

from celery import current_app, shared_task
from django.db import OperationalError

from . import notices

log = logging.getLogger(__name__)


def send_soon(task: str, *arguments: object) -> None:
    """Hand a task to the broker; if the broker is away, say so and go on: every such task has a sweeper."""
    try:
        current_app.send_task(task, args=arguments)
    except Exception as error:  # noqa: BLE001 - kombu and redis raise many kinds
        log.warning("broker away, %s waits for the sweeper: %s", task, error)


@shared_task(name="commons.send_waiting_notices", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def send_waiting_notices() -> int:
    return notices.send_waiting()
