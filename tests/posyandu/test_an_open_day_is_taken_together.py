"""The weighings of a whole open day come in one parcel: each is judged for itself, all are written together, with as many questions to
the database as one child needs."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from posyandu.models import GrowthVisit, OpenDay, Person, SyncedEntry
from posyandu.sync import weighings
from posyandu.tallying import differences
from posyandu.visits import Measurement, record_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def today() -> Any:
    return timezone.localdate()


def test_forty_children_ask_the_database_no_more_than_one(from_phone: Any, entry: Any, child: Any, today: Any) -> None:
    from django.db import connection

    kids = [child(today - timedelta(days=300 + n), name=f"Anak {n}") for n in range(42)]
    from_phone(entry("growth", kids[0], weight=8.1))
    with CaptureQueriesContext(connection) as one:
        from_phone(entry("growth", kids[1], weight=8.1))
    with CaptureQueriesContext(connection) as many:
        answers = from_phone(*(entry("growth", kid, weight="8.15", height=72) for kid in kids[2:]))
    assert {one["state"] for one in answers} == {"kept"}
    assert len(many.captured_queries) == len(one.captured_queries)
    assert (GrowthVisit.objects.count(), SyncedEntry.objects.count(), OpenDay.objects.count()) == (42, 42, 1)
    assert differences() == []


def test_one_that_cannot_be_kept_keeps_none_of_the_others_back(from_phone: Any, entry: Any, child: Any, posyandu: Any, today: Any) -> None:
    kids = [child(today - timedelta(days=400), name=f"Anak {n}") for n in range(7)]
    from_phone(entry("growth", kids[5], weight=9))
    sent = [
        entry("growth", kids[0], weight=9),
        entry("growth", kids[1], weight=95),
        entry("growth", kids[2], weight=950),
        entry("growth", kids[3], weight=9, day=(today + timedelta(days=2)).isoformat()),
        entry("growth", kids[4], weight=9, posyandu=posyandu.pk + 1),
        entry("growth", kids[5], weight=9.9),
        entry("growth", None, weight=9),
        entry("growth", "5f0e1f9c-0d58-4c87-8a9b-3d1d3f0b8f00", weight=9),
        entry("growth", kids[6], weight="1e40"),
        entry("growth", kids[6], weight=9.2),
    ]
    answers = from_phone(*sent)
    states = ["kept", "ask", "refused", "refused", "refused", "conflict", "refused", "wait", "refused", "kept"]
    assert [one["state"] for one in answers] == states
    assert [one["key"] for one in answers] == [one["key"] for one in sent]
    assert set(GrowthVisit.objects.values_list("person", "weight")) == {
        (kids[n].pk, weight) for n, weight in ((0, 9), (5, 9), (6, Decimal("9.20")))
    }
    assert OpenDay.objects.count() == 1  # none was opened for what was refused


def test_months_of_one_child_in_any_order_are_judged_as_if_each_had_come_alone(
    from_phone: Any, entry: Any, child: Any, cadre: Any, posyandu: Any, today: Any
) -> None:
    one, other = (child(today - timedelta(days=500), name=name) for name in ("Satu", "Dua"))
    days = [(today.replace(day=1) - timedelta(days=31 * back)).replace(day=12) for back in (4, 3, 2, 1)]
    said = list(zip(days, ("8.0", "8.1", "8.1", "8.9"), strict=True))
    for day, weight in said:
        open_day = OpenDay.objects.create(posyandu=posyandu, day=day)
        record_visit(other, open_day, Measurement(Decimal(weight), confirmed=True), cadre)
    shuffled = [said[2], said[0], said[3], said[1]]
    answers = from_phone(*(entry("growth", one, weight=weight, day=day.isoformat(), confirmed=True) for day, weight in shuffled))
    judged = [list(kid.growth_visits.order_by("day").values_list("day", "status", "twice", "counts", "zwei")) for kid in (one, other)]
    assert judged[0] == judged[1]
    by_day = {answer["day"]: answer["status"] for answer in answers}
    assert [by_day[day.isoformat()] for day, _weight in said] == [status for _day, status, *_rest in judged[0]]
    assert differences() == []


def test_two_weighings_of_one_day_in_a_parcel_are_a_conflict_and_the_same_key_is_one(
    from_phone: Any, entry: Any, child: Any, today: Any
) -> None:
    kid = child(today - timedelta(days=400))
    first, second = entry("growth", kid, weight=9), entry("growth", kid, weight=9.3)
    answers = from_phone(first, second, first)
    assert [one["state"] for one in answers] == ["kept", "conflict", "kept"]
    assert GrowthVisit.objects.get().weight == 9
    corrected = entry("growth", kid, weight=9.3, corrects=first["key"])
    assert from_phone(corrected)[0]["state"] == "kept"
    assert GrowthVisit.objects.get().weight == Decimal("9.30")


def test_of_a_merged_record_the_weighing_goes_to_the_one_that_was_kept(
    from_phone: Any, entry: Any, child: Any, cadre: Any, today: Any
) -> None:
    from posyandu.people import merge

    kept, double = (child(today - timedelta(days=400), name=name) for name in ("Rizki", "Rizqi"))
    merge(kept, double, cadre)
    assert from_phone(entry("growth", double, weight=9))[0]["person"] == kept.pk
    assert kept.growth_visits.count() == 1


def test_the_same_parcel_by_two_ways_at_once_is_taken_once(from_phone: Any, entry: Any, child: Any, today: Any, monkeypatch: Any) -> None:
    kid = child(today - timedelta(days=400))
    sent, real, calls = entry("growth", kid, weight=9), weighings._Weighings.taken, []

    def beaten(self: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:  # as when the other one wrote the key a moment earlier
            raise IntegrityError("duplicate key")
        return real(self)

    monkeypatch.setattr(weighings._Weighings, "taken", beaten)
    assert from_phone(sent)[0]["state"] == "kept"
    assert (GrowthVisit.objects.count(), Person.objects.count()) == (1, 1)
