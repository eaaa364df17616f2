"""An emergency that somebody has taken is told of until it is answered; one act makes it ordinary."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from care import clock, corrections, handling
from care.models import Case, CaseMove, DutyShift
from care.routing import route_case
from ntbportal.commons.notices import Notice


@pytest.fixture
def people(person: Any) -> dict[str, Any]:
    return {
        "officer": person("officer", agency="bpbd"),
        "coordinator": person("coordinator"),
        "leader": person("leader"),
    }


@pytest.fixture
def taken(report: Any, people: dict[str, Any]) -> Case:
    case = report("bencana", description="Air sudah masuk rumah warga setinggi dada.").case
    route_case(case.pk)
    return handling.take(Case.objects.get(pk=case.pk), people["officer"])


def told(user: Any) -> int:
    return Notice.objects.filter(user=user, channel="in_app", event__contains=":unanswered:").count()


def late(case: Case, **by: float) -> None:
    Case.objects.filter(pk=case.pk).update(due_at=timezone.now() - timedelta(**by))


def test_nothing_is_said_within_the_limit(taken: Case) -> None:
    assert clock.chase_taken() == 0


def test_who_took_it_and_the_coordinator_hear_at_the_limit(taken: Case, people: dict[str, Any]) -> None:
    late(taken, minutes=1)
    assert clock.chase_taken() == 1
    assert clock.chase_taken() == 0, "safe to run twice"
    assert [told(people[name]) for name in ("officer", "coordinator", "leader")] == [1, 1, 0]


def test_three_days_later_it_is_not_forgotten(taken: Case, people: dict[str, Any]) -> None:
    for hours in (0.1, 0.6, 2, 4, 7, 13, 25, 49, 73):
        Case.objects.filter(pk=taken.pk).update(due_at=taken.due_at)
        late(taken, hours=hours)
        clock.chase_taken()
    assert told(people["leader"]) >= 6
    assert Notice.objects.filter(user=people["leader"]).latest("pk").urgent


def test_the_answer_ends_it(taken: Case, people: dict[str, Any]) -> None:
    handling.answer(taken, people["officer"], "Warga sudah dievakuasi.")
    late(taken, hours=5)
    assert clock.chase_taken() == 0


def test_an_untaken_one_goes_on_after_a_day(report: Any, people: dict[str, Any]) -> None:
    case = report("bencana", description="Longsor menimpa rumah warga.").case
    route_case(case.pk)
    Case.objects.filter(pk=case.pk).update(created_at=timezone.now() - timedelta(days=3))
    assert clock.climb() == 1
    assert CaseMove.objects.filter(case=case, what="escalated").count() == 1


def test_one_act_of_the_duty_officer_sets_it_down(report: Any, person: Any, sign_in: Any) -> None:
    case = report("bencana", description="Tolong ada api di kebun.").case
    route_case(case.pk)
    on_duty = person("cadre")
    DutyShift.objects.create(person=on_duty, region_id="52")
    desk = sign_in(on_duty)
    assert "Bukan darurat" in desk.get(f"/care/desk/{case.code}/").content.decode()
    assert desk.post(f"/care/desk/{case.code}/no_emergency/", {}).status_code == 302
    case.refresh_from_db()
    assert not case.is_emergency
    assert case.due_at > timezone.now() + timedelta(days=1)
    assert clock.climb() == clock.chase_taken() == 0
    assert case.moves.get(what="lowered").by == on_duty


def test_one_that_is_raised_begins_its_clock_then(report: Any, person: Any) -> None:
    case = report("jalan").case
    route_case(case.pk)
    Case.objects.filter(pk=case.pk).update(created_at=timezone.now() - timedelta(days=5))
    corrections.raise_emergency(Case.objects.get(pk=case.pk), person("coordinator"))
    assert clock.climb() == 0, "fifteen minutes have not gone by"


def test_a_wave_of_emergencies_is_told_of_together(report: Any, person: Any) -> None:
    coordinator = person("coordinator")
    for number in range(14):
        case = report("bencana", description=f"Banjir di dusun nomor {number}, tolong.").case
        route_case(case.pk)
    Case.objects.update(created_at=timezone.now() - timedelta(minutes=20))
    Notice.objects.all().delete()
    clock.climb()
    mine = Notice.objects.filter(user=coordinator, channel="in_app")
    assert mine.filter(event__contains="climb").count() == clock.ONE_BY_ONE
    assert mine.filter(event__startswith="emergencies:many").count() == 1
