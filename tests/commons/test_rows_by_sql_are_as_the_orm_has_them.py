"""Rows that are read and written by SQL, for the few hot paths, are the same as Django's own."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest

from ntbportal.commons import rows
from ntbportal.commons.people import User
from ntbportal.commons.places import Region
from ntbportal.commons.rows import Question
from posyandu.models import OpenDay, Posyandu, SyncedEntry

pytestmark = pytest.mark.django_db


def test_what_is_written_is_read_and_has_its_number() -> None:
    user = User.objects.create_user("one", password="x")
    place = Posyandu.objects.create(name="Melati", village=Region.objects.filter(level="village").first())
    days = [OpenDay(posyandu=place, day=datetime(2026, 9, day, tzinfo=UTC).date(), opened_by=user) for day in (3, 1, 2)]
    entry = SyncedEntry(key=uuid.uuid4(), user=user, posyandu=place, kind="growth", answer={"state": "kept", "z": [1, None]})

    rows.write(days, [], [entry])

    assert [OpenDay.objects.get(pk=one.pk).day for one in days] == [one.day for one in days]
    assert SyncedEntry.objects.get(pk=entry.pk).answer == entry.answer
    opened, known = rows.read(
        Question(OpenDay, ("id", "day"), "posyandu_id = %s ORDER BY day", [place.pk]),
        Question(SyncedEntry, ("key", "answer"), "key = ANY(%s)", [[entry.pk]]),
    )
    assert [(one.pk, one.day.day) for one in opened] == [(days[1].pk, 1), (days[2].pk, 2), (days[0].pk, 3)]
    assert known[0].answer == entry.answer
    assert opened[0].opened_by == user  # what was not asked for is asked when it is wanted


def test_nothing_is_nothing() -> None:
    rows.write([], [])
