"""Answered on time, median hours, reopened, rating, open by age: computed here by hand for a few cases."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from care.league import standings
from care.models import Case
from care.routing import route_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def five(report: Any) -> None:
    now = timezone.now()
    for hours, limit, state, age, rating in (
        (2, 10, "answered", 3, 5), (4, 10, "closed", 20, 2), (30, 10, "answered", 40, None), (None, 10, "in_progress", 10, None),
        (None, 100, "assigned", 2, None),
    ):  # fmt: skip
        case = report("jalan", region="52.07.02.2021").case
        route_case(case.pk)
        begun = now - timedelta(days=age)
        Case.objects.filter(pk=case.pk).update(
            created_at=begun, routed_at=begun, first_due_at=begun + timedelta(hours=limit), state=state, rating=rating,
            answered_at=begun + timedelta(hours=hours) if hours else None, due_at=None if hours else begun + timedelta(hours=limit),
            was_reopened=rating == 2,
        )  # fmt: skip


def test_figures_by_hand(five: None) -> None:
    found = {one.slug: one for one in standings()}["pupr"]
    assert (found.total, found.answered, found.reopened, found.late) == (5, 3, 1, 1)
    assert found.on_time == pytest.approx(2 / 3)
    assert found.hours == pytest.approx(4), "the median of 2, 4 and 30"
    assert found.rating == pytest.approx(3.5)
    assert (found.open_week, found.open_month, found.open_older) == (1, 1, 0)


def test_by_time_and_place(five: None) -> None:
    assert {one.slug: one.total for one in standings(30)}["pupr"] == 4
    assert standings(365, "52.06") == []
    assert {one.slug: one.total for one in standings(365, "52.07")}["pupr"] == 5


def test_the_page_and_its_export(five: None, client: Any) -> None:
    page = client.get("/care/agencies/?days=365").content.decode()
    assert re.search(r"67\s%", page), re.findall(r".{10}%", page)
    lines = b"".join(client.get("/care/agencies/?export=csv")).decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert client.get("/care/agencies/?days=x&regency=%27").status_code == 200
