"""Work of NTB Care that can wait a moment."""

from __future__ import annotations

from celery import shared_task
from django.db import OperationalError

from ntbportal.commons.tasks import wake, woken

from . import clock, confidential, corrections, forgetting, inbox, onward, open311, public_map, routing, together
from .models import Category


@shared_task(name="care.route_waiting_cases", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def route_waiting_cases() -> int:
    woken("care.route_waiting_cases")
    routed = routing.route_waiting()
    if routed >= routing.MOST_AT_ONCE:
        wake("care.route_waiting_cases")
    return routed


@shared_task(name="care.file_incoming", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def file_incoming() -> int:
    woken(inbox.TASK)
    tried = inbox.file_waiting()
    if tried >= inbox.MOST_AT_ONCE:
        wake(inbox.TASK)
    return tried


@shared_task(name="care.climb", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def climb() -> int:
    return clock.climb() + clock.chase_taken()


@shared_task(name="care.remind_and_escalate", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def remind_and_escalate() -> int:
    return clock.remind_and_escalate()


@shared_task(name="care.close_silent", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def close_silent() -> int:
    return clock.close_silent()


@shared_task(name="care.forget_old", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def forget_old() -> int:
    return forgetting.forget_old()


@shared_task(name="care.forget_drafts", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def forget_drafts() -> int:
    return forgetting.forget_drafts() + inbox.forget_filed()


@shared_task(name="care.send_alerts", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def send_alerts() -> int:
    return together.send_alerts()


@shared_task(name="care.send_weekly", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def send_weekly() -> int:
    return together.send_weekly()


@shared_task(name="care.send_onward", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def send_onward() -> int:
    woken(onward.TASK)
    done = onward.send_due()
    if done >= onward.MOST_AT_ONCE:
        wake(onward.TASK)
    return done


@shared_task(name="care.keep_secret", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def keep_secret(category: int) -> int:
    """A category has become confidential: its public cases are so, too."""
    found = Category.objects.filter(pk=category).select_related("parent").first()
    return confidential.keep_secret_by_category(found) if found and found.keeps_secret else 0


@shared_task(name="care.redact_anew", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def redact_anew() -> int:
    """What was redacted by other rules than today's, a part at a time."""
    woken("care.redact_anew")
    done = corrections.redact_anew()
    if done:
        wake("care.redact_anew")
    return done


@shared_task(name="care.fetch_picture", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def fetch_picture(case_id: int) -> bool:
    return open311.fetch_picture(case_id)


@shared_task(name="care.replace_on_map", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=3)
def replace_on_map(category: int) -> int:
    found = Category.objects.filter(pk=category).first()
    return public_map.replace_on_map(found) if found else 0
