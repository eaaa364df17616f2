"""Who is behind a figure of a month: as many names as the figure says, those with oedema among the wasted; taken along with a reason."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ntbportal.commons.places import Region
from posyandu.contacts import record_contact, whole_form
from posyandu.every_age import AGES, of_every_age
from posyandu.models import OpenDay, PosyanduMonth
from posyandu.views.naming import PROBLEMS
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


def test_names_of_every_age_too(posyandu: Any, child: Any, cadre: Any, sign_in: Any) -> None:
    day = OpenDay.objects.create(posyandu=posyandu, day=DAY)
    for name, form, born, answers in (
        ("Tinggi Sekali", "dewasa", date(1980, 1, 1), {"systolic": "165", "diastolic": "95"}),
        ("Tinggi Tua", "lansia", date(1950, 1, 1), {"systolic": "150", "diastolic": "80"}),
        ("Baik Saja", "dewasa", date(1981, 1, 1), {"systolic": "118", "diastolic": "76"}),
    ):
        record_contact(child(born, name=name), whole_form(form), DAY, answers, cadre, posyandu=posyandu, open_day=day, confirmed=True)
    client, address = sign_in(cadre), f"/posyandu/cadre/names/{posyandu.pk}/?month=2026-10&problem=hypertension"
    page = client.get(address)
    figures, _counts = of_every_age(Region.objects.get(code=posyandu.village_id), DAY)
    figure = next(one for one, known in zip(figures, AGES, strict=True) if known.code == "hypertension")
    assert len(page.context["rows"]) == figure.part == 2
    assert "Tinggi Tua" in page.content.decode()
    assert "Baik Saja" not in page.content.decode()
    table = client.get(address + "&export=csv&reason=Kunjungan rumah oleh kader").getvalue().decode()
    assert '"Tinggi Sekali","1980-01-01","2026-10-12"' in table


def test_leaders_are_led_to_names_only_where_they_may_see_them(weighed: Any, posyandu: Any, person: Any, sign_in: Any) -> None:
    address, link = f"/posyandu/leader/?area={posyandu.village_id}&month=2026-10", f"/posyandu/cadre/names/{posyandu.pk}/"
    assert link not in sign_in(person("leader")).get(address).content.decode()
    assert link in sign_in(person("midwife", region=posyandu.village_id)).get(address).content.decode()
    assert link not in sign_in(person("midwife", region="52.01")).get(address).content.decode()


def test_every_month_since_the_first_weighing_can_be_chosen(posyandu: Any, child: Any, cadre: Any, person: Any, sign_in: Any) -> None:
    old = OpenDay.objects.create(posyandu=posyandu, day=date(2022, 3, 9))
    record_visit(child(date(2021, 10, 12)), old, Measurement(Decimal("6.4"), confirmed=True), cadre)
    page = sign_in(person("leader")).get("/posyandu/leader/?month=2022-03").content.decode()
    assert '<option value="2022-03" selected>' in page
    assert 'value="2022-02"' not in page
