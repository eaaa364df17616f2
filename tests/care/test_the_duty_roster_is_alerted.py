"""Whoever is on duty for the place and hour hears of an emergency at once, also over midnight; nobody else does."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

import pytest
from django.utils import timezone

from care.models import DutyShift
from care.routing import on_duty, route_case
from ntbportal.commons.notices import Notice

pytestmark = pytest.mark.django_db


def at(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))  # local time of the portal


@pytest.mark.parametrize(
    ("begins", "ends", "weekday", "moment", "on"),
    [
        ("08:00", "16:00", None, "2026-11-25 09:00", True), ("08:00", "16:00", None, "2026-11-25 16:00", False),
        ("22:00", "06:00", None, "2026-11-25 23:30", True), ("22:00", "06:00", None, "2026-11-26 05:59", True),
        ("22:00", "06:00", None, "2026-11-26 06:00", False),
        # 25 November 2026 is a Wednesday (2): the night shift of Wednesday runs into Thursday, not out of Tuesday
        ("22:00", "06:00", 2, "2026-11-26 02:00", True), ("22:00", "06:00", 2, "2026-11-25 02:00", False),
        ("00:00", "00:00", None, "2026-11-25 12:00", True), ("00:00", "00:00", 2, "2026-11-26 12:00", False),
    ],
)  # fmt: skip
def test_a_shift_covers_its_hours(begins: str, ends: str, weekday: int | None, moment: str, on: bool) -> None:
    shift = DutyShift(
        begins=time.fromisoformat(begins), ends=time.fromisoformat(ends), weekday=weekday, valid_from=datetime(2026, 1, 1).date()
    )
    assert shift.covers(at(moment)) is on


def test_shifts_end_with_their_dates() -> None:
    day = datetime(2026, 11, 24).date()
    shift = DutyShift(begins=time(22), ends=time(6), valid_from=day, valid_until=day)
    assert shift.covers(at("2026-11-25 05:00")), "the last night runs to its end"
    assert not shift.covers(at("2026-11-25 23:00"))


def test_the_right_place_and_category_are_alerted(report: Any, person: Any) -> None:
    from care.models import Category

    here, province, elsewhere, other = (person("officer", agency="dinsos", name=name) for name in ("ksb", "ntb", "bima", "bencana"))
    disaster = Category.objects.get(slug="bencana")
    for who, region, category in ((here, "52.07", None), (province, "52", None), (elsewhere, "52.06", None), (other, "52", disaster)):
        DutyShift.objects.create(person=who, region_id=region, category=category)
    case = report("darurat-sosial").case
    assert {user.username for user in on_duty(case)} == {"ksb", "ntb"}
    route_case(case.pk)
    told = set(Notice.objects.filter(event__startswith=f"case:{case.pk}:routed", urgent=True).values_list("user__username", flat=True))
    assert {"ksb", "ntb"} <= told


def test_usual_reports_leave_the_roster_in_peace(report: Any, person: Any) -> None:
    on = person("officer", agency="dinsos", name="siaga")
    DutyShift.objects.create(person=on, region_id="52")
    case = report("jalan").case
    route_case(case.pk)
    assert not Notice.objects.filter(user=on).exists()
