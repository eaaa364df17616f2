"""Whoever is looked for on an open day is found wherever they are, and the list says where; nobody registered is told to be added."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from ntbportal.commons.places import Region
from posyandu import pack
from posyandu import people as records
from posyandu.models import Left, OpenDay, Posyandu
from posyandu.visits import Measurement, record_visit

TODAY = timezone.localdate()
BORN = TODAY - timedelta(days=500)


@pytest.fixture
def day(posyandu: Any) -> OpenDay:
    return OpenDay.objects.create(posyandu=posyandu, day=TODAY)


@pytest.fixture
def search(day: OpenDay, cadre: Any, sign_in: Any) -> Any:
    client = sign_in(cadre)

    def look(text: str, show: str = "queue", group: str = "") -> str:
        page = client.get(f"/posyandu/cadre/days/{day.pk}/?q={text}&show={show}&group={group}").content.decode()
        return page[page.index('class="tabs"') :]

    return look


WORDS = [
    ("absent", "belum datang"), ("queue", "dalam antrean"), ("served", "terlayani"), ("died", "Meninggal"), ("away", "Pindah"),
    ("other", "Posyandu Mawar"),
]  # fmt: skip


def weigh(kid: Any, day: OpenDay, cadre: Any) -> None:
    record_visit(kid, day, Measurement(Decimal("10"), confirmed=True), cadre)


@pytest.mark.parametrize("show", ["", "queue", "after", "waiting", "done", "next"])
@pytest.mark.parametrize(("state", "word"), WORDS)
def test_wherever_somebody_is(search: Any, day: OpenDay, posyandu: Any, child: Any, cadre: Any, show: str, state: str, word: str) -> None:
    kid = child(BORN, name="Rizki Maulana")
    if state == "queue":
        day.arrivals.create(person=kid, number=1)
    elif state == "served":
        weigh(kid, day, cadre)
    elif state in {"died", "away"}:
        records.leave(kid, Left.DIED if state == "died" else Left.AWAY, TODAY - timedelta(days=3))
    elif state == "other":
        other = Posyandu.objects.create(name="Posyandu Mawar", village=posyandu.village)
        other.cadres.add(cadre)
        records.move(kid, other, TODAY, cadre)
    page = search("Rizqi", show)
    assert "Rizki Maulana" in page
    assert word in page


@pytest.mark.parametrize("group", ["adult", "elderly", "youth"])
def test_whatever_age_the_list_was_narrowed_to(search: Any, child: Any, group: str) -> None:
    child(BORN, name="Rizki Maulana")
    assert "Rizki Maulana" in search("Rizki", "waiting", group)


def test_nobody_of_a_posyandu_that_is_not_ones_own(search: Any, child: Any) -> None:
    far = Posyandu.objects.create(name="Posyandu Jauh", village=Region.objects.get(code="52.07.02.2009"))
    child(BORN, name="Rizki Rahasia", at=far)
    assert "Rizki Rahasia" not in search("Rizki")


def test_next_person_is_the_queue_or_else_whoever_has_not_come(day: OpenDay, child: Any, cadre: Any, sign_in: Any) -> None:
    first, second = child(BORN, name="Ayu"), child(BORN, name="Bagus")
    client, path = sign_in(cadre), f"/posyandu/cadre/days/{day.pk}/"
    weigh(first, day, cadre)
    page = client.get(f"{path}children/{first.pk}/result/").content.decode()
    assert "?show=next" in page
    assert "Bagus" in client.get(f"{path}?show=next").content.decode()  # nobody in the queue
    third = child(BORN, name="Citra")
    day.arrivals.create(person=third, number=1)
    page = client.get(f"{path}?show=next").content.decode()
    assert "Citra" in page
    assert "Bagus" not in page
    weigh(second, day, cadre)
    weigh(third, day, cadre)
    assert "Semua sudah datang" in client.get(f"{path}?show=next").content.decode()


def test_the_list_of_people_finds_those_who_left(child: Any, cadre: Any, sign_in: Any) -> None:
    records.leave(child(BORN, name="Rizki Maulana"), Left.AWAY, TODAY)
    client = sign_in(cadre)
    assert "Rizki Maulana" in client.get("/posyandu/cadre/people/?q=Rizki").content.decode()
    assert "Rizki Maulana" not in client.get("/posyandu/cadre/people/").content.decode()


def test_the_phone_takes_along_who_has_left_so_that_its_search_finds_them(posyandu: Any, child: Any, cadre: Any) -> None:
    records.leave(child(BORN, name="Rizki Maulana"), Left.DIED, TODAY - timedelta(days=9))
    records.leave(child(BORN, name="Salah"), Left.ERROR, TODAY)
    found = pack.pack_for(cadre, [posyandu])
    assert [(one["name"], one["why"]) for one in found["gone"]] == [("Rizki Maulana", ["Meninggal", "Died"])]
    assert found["people"] == []
