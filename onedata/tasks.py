"""Work of the catalogue that can wait."""

from __future__ import annotations

from celery import shared_task
from django.db import OperationalError

from .quality import running


@shared_task(name="onedata.check_version", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def check_version(version_id: int) -> bool:
    return running.check_version(version_id)


@shared_task(name="onedata.check_waiting_versions", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def check_waiting_versions() -> int:
    return running.check_waiting()
