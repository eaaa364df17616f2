"""A person's notices as they are read: one line a thing, however often it was told of."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Case, CharField, Count, F, Max, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from .notices import Notice
from .people import User

PAGE = 25


@dataclass(frozen=True)
class Thing:
    """What was told of: the newest notice, how many there are of it and how many unread."""

    notice: Notice
    count: int
    unread: int


@dataclass(frozen=True)
class InboxPage:
    """`older`: where the next page begins; None on the last one."""

    things: list[Thing]
    older: int | None


def _inbox(user: User) -> QuerySet[Notice]:
    """With `thing`: the page that a notice leads to; one without a page is a thing of its own."""
    alone = Concat(Value("#"), Cast(F("pk"), CharField()), output_field=CharField())
    return Notice.objects.filter(user=user, channel="in_app").annotate(
        thing=Case(When(path="", then=alone), default=F("path"), output_field=CharField())
    )


def inbox_page(user: User, *, before: int = 0, unread: bool = False, size: int = PAGE) -> InboxPage:
    """The newest things before a notice (by number); two queries however many notices there are."""
    rows = _inbox(user).order_by().values("thing")
    rows = rows.annotate(last=Max("pk"), count=Count("pk"), fresh=Count("pk", filter=Q(read_at__isnull=True)))
    if unread:
        rows = rows.filter(fresh__gt=0)
    if before:
        rows = rows.filter(last__lt=before)
    found = list(rows.order_by("-last")[: size + 1])
    shown = found[:size]
    newest = Notice.objects.in_bulk([row["last"] for row in shown])
    things = [Thing(newest[row["last"]], row["count"], row["fresh"]) for row in shown]
    return InboxPage(things, shown[-1]["last"] if len(found) > size else None)


def mark_read(user: User, notice: Notice | None = None) -> int:
    """Mark all notices of a person read, or all of the thing that one of them tells of."""
    rows = Notice.objects.filter(user=user, channel="in_app", read_at__isnull=True)
    if notice is not None:
        rows = rows.filter(path=notice.path) if notice.path else rows.filter(pk=notice.pk)
    return rows.update(read_at=timezone.now())
