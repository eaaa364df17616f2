"""Who is behind a figure of a month: as many names as the figure says, those with oedema among the wasted; taken along with a reason."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from posyandu.models import OpenDay, PosyanduMonth
from posyandu.views.leader import PROBLEMS
from posyandu.visits import Measurement, record_visit

pytestmark = pytest.mark.django_db
DAY = date(2026, 10, 12)
# weight, length, oedema of children born on 12 October 2025: a year old, 365 days
CHILDREN = {
    "Sehat": ("9.5", "76", False),
    "Pendek": ("8.0", "66", False),
    "Kurus": ("7.0", "75", False),
    "Bengkak": ("9.3", "75", True),
    "Gemuk": ("12.5", "76", False),
    "Ringan": ("5.9", "68", False),
}


@pytest.fixture
def weighed(child: Any, posyandu: Any, cadre: Any) -> Any:
    before, day = (OpenDay.objects.create(posyandu=posyandu, day=one) for one in (date(2026, 9, 12), DAY))
    for name, (weight, length, oedema) in CHILDREN.items():
        kid = child(date(2025, 10, 12), name=name)
        record_visit(kid, before, Measurement(Decimal(weight), Decimal(length), "L", confirmed=True), cadre)
        record_visit(kid, day, Measurement(Decimal(weight), Decimal(length), "L", oedema=oedema, confirmed=True), cadre)
    return cadre


COLUMN = {
    "stunted": "stunted",
    "wasted": "wasted",
    "underweight": "underweight",
    "overweight": "overweight",
    "bgm": "bgm",
    "twice": "twice",
    "t": "t",
}


@pytest.mark.parametrize("problem", list(PROBLEMS))
def test_as_many_as_the_figure(weighed: Any, posyandu: Any, sign_in: Any, problem: str) -> None:
    page = sign_in(weighed).get(f"/posyandu/cadre/names/{posyandu.pk}/?month=2026-10&problem={problem}")
    figure = getattr(PosyanduMonth.objects.get(posyandu=posyandu, month=date(2026, 10, 1)), COLUMN[problem])
    assert len(page.context["rows"]) == figure


def test_oedema_is_among_the_wasted(weighed: Any, posyandu: Any, sign_in: Any) -> None:
    text = sign_in(weighed).get(f"/posyandu/cadre/names/{posyandu.pk}/?month=2026-10&problem=wasted").content.decode()
    assert "Bengkak" in text
    assert "Kurus" in text
    assert "Sehat" not in text


def test_they_are_taken_along_with_a_reason_only(weighed: Any, posyandu: Any, sign_in: Any) -> None:
    client, address = sign_in(weighed), f"/posyandu/cadre/names/{posyandu.pk}/?month=2026-10&problem=stunted&export=csv"
    assert client.get(address).status_code == 302
    answer = client.get(address + "&reason=Kunjungan rumah oleh kader")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert "Pendek" in [row[0] for row in rows[1:]]
    assert not any("Sehat" in row for row in rows)
