"""Work of the posyandu that can wait a moment."""

from __future__ import annotations

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from . import importing, publication, referrals, strata
from .models import VisitImport


@shared_task(name="posyandu.chase_referrals", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def chase_referrals() -> int:
    return referrals.chase()


@shared_task(name="posyandu.keep_strata", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def keep_strata() -> int:
    return strata.keep_all(timezone.localdate())


@shared_task(name="posyandu.import", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def import_visits(pk: str) -> None:
    if VisitImport.objects.filter(pk=pk).exists():  # not thrown away meanwhile
        importing.run(pk)


@shared_task(name="posyandu.go_on_importing", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def go_on_importing() -> int:
    return importing.go_on()


@shared_task(name="posyandu.close_months", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def close_months() -> int:
    return publication.close_due()
