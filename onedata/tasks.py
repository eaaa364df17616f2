"""Work of the catalogue that can wait."""

from __future__ import annotations

from celery import shared_task
from django.db import OperationalError

from . import counting, resumable
from .quality import running


@shared_task(name="onedata.check_version", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def check_version(version_id: int) -> bool:
    return running.check_version(version_id)


@shared_task(name="onedata.check_waiting_versions", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def check_waiting_versions() -> int:
    return running.check_waiting()


@shared_task(name="onedata.recheck", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def recheck(version_id: int) -> bool:
    return running.recheck(version_id)


@shared_task(name="onedata.add_up_counts", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def add_up_counts() -> int:
    return counting.add_up()


@shared_task(name="onedata.drop_old_uploads", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def drop_old_uploads() -> int:
    return resumable.drop_old()
