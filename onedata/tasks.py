"""Work of the catalogue that can wait."""

from __future__ import annotations

from celery import shared_task
from django.db import OperationalError

from . import counting, fast_copy, nightly, planning, requests, resumable, serving
from .harvesting import running as harvesting
from .models import DataVersion
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


@shared_task(name="onedata.nightly_checks")
def nightly_checks() -> int:
    return nightly.start()


@shared_task(name="onedata.try_links", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def try_links() -> int:
    return nightly.try_links()


@shared_task(name="onedata.remind", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def remind() -> int:
    """Reminders of the day: releases, requests, late data sets. Safe to run twice: each is told once."""
    return planning.remind() + requests.remind() + nightly.remind_late()


@shared_task(name="onedata.harvest", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def harvest(source_id: int) -> bool:
    return harvesting.harvest(source_id) is not None


@shared_task(name="onedata.harvest_due", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def harvest_due() -> int:
    return harvesting.start_due()


@shared_task(name="onedata.build_copy", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def build_copy(version_id: int) -> bool:
    version = DataVersion.objects.filter(pk=version_id, state="ready").first()
    if version is None:
        return False
    if version.published_at is not None and version.served.get("written") != serving.WRITTEN:
        serving.measure(version)
    return fast_copy.build(version)


@shared_task(name="onedata.drop_unused_copies", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def drop_unused_copies() -> int:
    return fast_copy.drop_unused()
