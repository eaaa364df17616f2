"""Each night: published tables are looked at again, addresses elsewhere are tried, who is late is reminded."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from ntbportal.commons.fetching import answers
from ntbportal.commons.notices import Message, announce
from ntbportal.commons.people import Role, User
from ntbportal.commons.tasks import send_soon

from .models import DataSet, PastScore

log = logging.getLogger(__name__)
STARTED = "onedata-nightly"


def start() -> int:
    """Hand each published table to the workers; returns how many."""
    versions = list(DataSet.objects.published().filter(current__isnull=False).values_list("current", flat=True))
    cache.set(STARTED, {"at": timezone.now(), "total": len(versions)}, 3 * 24 * 3600)
    for pk in versions:
        send_soon("onedata.recheck", pk)
    return len(versions)


def progress() -> dict[str, Any] | None:
    """{"at", "total", "done"} of the last run, None where none is known."""
    run = cache.get(STARTED)
    if not run:
        return None
    done = PastScore.objects.filter(at__gte=run["at"]).values("data_set").distinct().count()
    return {**run, "done": min(done, run["total"])}


def try_links(limit: int = 2000) -> int:
    """Try the addresses not tried for twenty hours; producers are told of one that stopped answering."""
    old = timezone.now() - timedelta(hours=20)
    waiting = (
        DataSet.objects.exclude(link="").exclude(link_checked_at__gt=old).select_related("producer").order_by("link_checked_at")[:limit]
    )
    tried = 0
    for data_set in waiting:
        problem = in_words(answers(data_set.link))
        with transaction.atomic():
            was = data_set.link_problem
            DataSet.objects.filter(pk=data_set.pk).update(link_problem=problem, link_checked_at=timezone.now())
            if problem and not was:
                announce(
                    Message(
                        event=f"dataset:{data_set.pk}:link:{timezone.localdate()}",
                        subject=gettext_lazy("Address does not answer: %(title)s"),
                        body=gettext_lazy("%(link)s\n%(problem)s"),
                        path=f"/onedata/desk/{data_set.slug}/",
                        values={"title": data_set.title, "link": data_set.link, "problem": problem},
                    ),
                    users=User.objects.holding(Role.PRODUCER, agency=data_set.producer),
                )
        tried += 1
    return tried


def in_words(problem: str) -> str:
    """Why an address does not answer, for people: the status it gives, or that it does not; what a library says is for the log."""
    if not problem or problem.startswith("HTTP "):
        return problem[:40]
    log.info("an address does not answer: %s", problem)
    return gettext("does not answer")


def remind_late() -> int:
    """Producers of data sets whose declared frequency wanted a release that has not come and that have no plan of their
    own: once for each day that was missed."""
    told = 0
    today = timezone.localdate()
    rows = DataSet.objects.published().exclude(releases__released_on__isnull=True, releases__isnull=False).select_related("producer")
    for data_set in rows.iterator(chunk_size=500):
        due = data_set.next_due
        if due is None or not timedelta(0) < today - due <= timedelta(days=60):
            continue
        with transaction.atomic():
            announce(
                Message(
                    event=f"dataset:{data_set.pk}:late:{due}",
                    subject=gettext_lazy("A new release is overdue: %(title)s"),
                    body=gettext_lazy("By the declared frequency it was due on %(due)s."),
                    path=f"/onedata/desk/{data_set.slug}/",
                    values={"title": data_set.title, "due": due.isoformat()},
                ),
                users=User.objects.holding(Role.PRODUCER, agency=data_set.producer),
            )
        told += 1
    return told
