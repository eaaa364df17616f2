"""Immunisation, vitamin A and deworming: due, late, after the dose before; what cannot be is refused; IDL and stock."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from posyandu.contacts import record_contact, whole_form
from posyandu.immunisation import due_lists, give, is_complete, lines_for, schedule, stock, take_back
from posyandu.models import FindingMonth, Item, StockMove
from posyandu.schedules import own_schedule, without_credited
from posyandu.tallying import differences


def states(person: Any, day: date) -> dict[str, str]:
    lines = lines_for(person, day, person.posyandu.village_id, schedule(), list(person.given.select_related("item")))
    return {line.item.code: line.state for line in lines}


def item(code: str) -> Item:
    return Item.objects.get(code=code)


def test_a_newborn_a_two_month_old_and_a_late_one(child: Any) -> None:
    born = date(2025, 3, 1)  # before the hexavalent vaccine
    kid = child(born)
    assert states(kid, born)["hb0"] == "due"
    assert states(kid, born)["bcg"] == "soon"
    two = states(kid, born + timedelta(days=62))
    assert (two["dpt1"], two["pcv1"], two["rv1"], two["dpt2"]) == ("due", "due", "due", "soon")
    late = states(kid, born + timedelta(days=200))
    assert (late["dpt1"], late["dpt2"], late["rv1"], late["hb0"]) == ("late", "waits", "missed", "missed")
    assert "je" not in late  # not endemic in the region


def test_doses_of_a_series_keep_four_weeks(child: Any, posyandu: Any, person: Any) -> None:
    kid, cadre = child(date(2025, 1, 5)), person("cadre")
    first = date(2025, 9, 1)
    give(kid, item("dpt1"), first, cadre, posyandu=posyandu)
    assert states(kid, first + timedelta(days=20))["dpt2"] == "soon"
    assert states(kid, first + timedelta(days=28))["dpt2"] == "due"
    with pytest.raises(ValidationError, match="28"):
        give(kid, item("dpt2"), first + timedelta(days=20), cadre, posyandu=posyandu)
    with pytest.raises(ValidationError):
        give(kid, item("dpt1"), first + timedelta(days=40), cadre, posyandu=posyandu)
    again = give(kid, item("dpt1"), first, cadre, posyandu=posyandu)  # the same twice is once
    assert kid.given.count() == 1
    assert again.day == first


def test_complete_basic_immunisation_is_counted_once(child: Any, posyandu: Any, person: Any) -> None:
    kid, cadre = child(date(2025, 6, 1)), person("cadre")
    day = {"hb0": date(2025, 6, 1), "bcg": date(2025, 7, 2), "mr1": date(2026, 3, 5), "ipv1": date(2025, 10, 5)}
    for number in range(4):
        day[f"opv{number + 1}"] = date(2025, 7, 2) + timedelta(days=30 * number)
    for number in range(3):
        day[f"dpt{number + 1}"] = date(2025, 8, 2) + timedelta(days=30 * number)
    for code, on in sorted(day.items(), key=lambda one: one[1]):
        give(kid, item(code), on, cadre, posyandu=posyandu)
    lines = lines_for(kid, date(2026, 4, 1), posyandu.village_id, schedule(), list(kid.given.select_related("item")))
    assert is_complete(lines)
    assert FindingMonth.objects.get(code="idl").month == date(2026, 3, 1)
    assert differences() == []


def test_what_is_given_at_school_is_asked_about_and_never_due_here(child: Any, posyandu: Any, person: Any) -> None:
    born = date(2015, 3, 1)
    kid = child(born, sex="F")
    nine = date(2024, 5, 1)
    assert (states(kid, nine)["bias-dt"], states(kid, nine)["bias-td2"], states(kid, nine)["bias-td5"]) == ("school", "school", "soon")
    assert not any(line.item.at_school for lines in due_lists(nine, [kid], posyandu.village_id).values() for line in lines)
    given = give(kid, item("bias-dt"), date(2022, 11, 9), person("cadre"), posyandu=posyandu, elsewhere="SDN 1")
    assert states(kid, nine)["bias-dt"] == "given"
    assert given.elsewhere == "SDN 1"
    assert "bias-hpv" in states(kid, nine)
    assert "bias-hpv" not in states(child(born, sex="M"), nine)
    assert states(kid, date(2028, 4, 1))["bias-hpv"] == "missed"


def test_vitamin_a_in_february_and_august_by_age(child: Any, posyandu: Any, person: Any) -> None:
    kid = child(date(2025, 12, 1))
    assert states(kid, date(2026, 8, 10))["vita-blue"] == "due"
    assert "vita-red" not in states(kid, date(2026, 8, 10))
    assert states(kid, date(2026, 9, 10))["vita-blue"] == "late"
    assert "vita-blue" not in states(kid, date(2026, 10, 10))
    give(kid, item("vita-blue"), date(2026, 8, 10), person("cadre"), posyandu=posyandu)
    assert states(kid, date(2026, 9, 10))["vita-blue"] == "given"


def test_girls_get_iron_and_boys_do_not(child: Any, posyandu: Any, person: Any) -> None:
    born = date(2012, 1, 1)
    assert states(child(born, sex="F"), date(2026, 10, 1))["iron-youth"] == "due"
    boy = child(born, sex="M")
    assert "iron-youth" not in states(boy, date(2026, 10, 1))
    with pytest.raises(ValidationError):
        give(boy, item("iron-youth"), date(2026, 10, 1), person("cadre"), posyandu=posyandu)


def test_stock_is_what_came_less_what_was_given_here(child: Any, posyandu: Any, person: Any) -> None:
    cadre, red = person("cadre"), item("vita-red")
    StockMove.objects.create(posyandu=posyandu, item=red, amount=20)
    give(child(date(2024, 1, 1)), red, date(2026, 8, 3), cadre, posyandu=posyandu)
    give(child(date(2024, 1, 1)), red, date(2026, 8, 3), cadre, posyandu=posyandu, elsewhere="Puskesmas")
    StockMove.objects.create(posyandu=posyandu, item=red, amount=-4, note="kedaluwarsa")
    assert {one.code: left for one, left in stock(posyandu)}["vita-red"] == 15


def test_the_target_list_costs_two_queries_and_the_page_gives_and_takes_back(child: Any, posyandu: Any, person: Any, sign_in: Any, django_assert_num_queries: Any) -> None:  # fmt: skip
    today = timezone.localdate()
    kids = [child(today - timedelta(days=100 + number)) for number in range(12)]
    with django_assert_num_queries(2):
        assert len(due_lists(today, kids, posyandu.village_id)) == 12
    cadre = person("cadre")
    posyandu.cadres.add(cadre)
    client = sign_in(cadre)
    day = client.post(f"/posyandu/cadre/open/{posyandu.pk}/").url
    assert kids[0].name in client.get(f"{day}due/").content.decode()
    page = f"{day}people/{kids[0].pk}/services/"
    assert client.post(page, {"item": "dpt1"}).status_code == 302
    given = kids[0].given.get()
    assert client.post(page, {"item": "dpt2", "day": today.isoformat()}).status_code == 422  # too soon
    assert client.post(page, {"drop": given.pk}).status_code == 302
    assert not kids[0].given.exists()


def test_strips_go_with_the_visits_that_used_them_and_are_given_to_nobody(child: Any, posyandu: Any, person: Any) -> None:
    cadre, today = person("cadre"), timezone.localdate()
    strips = Item.objects.get(code="strip-glucose")
    assert dict(stock(posyandu))[strips] is None  # nobody has written down any
    StockMove.objects.create(posyandu=posyandu, item=strips, amount=25)
    for n, answers in enumerate(
        ({"glucose": "110"}, {"glucose": "126", "systolic": "120", "diastolic": "80"}, {"systolic": "120", "diastolic": "80"})
    ):
        one = child(date(1970, 1, 1 + n), name=f"Amaq {n}")
        record_contact(one, whole_form("dewasa"), today, answers, cadre, posyandu=posyandu, open_day=None)
    assert dict(stock(posyandu))[strips] == 23
    assert "strip-glucose" not in {item.code for item in schedule()}


def test_complete_is_counted_where_the_last_dose_lies_and_no_longer_when_one_is_taken_back(child: Any, posyandu: Any, person: Any) -> None:
    cadre, born = person("cadre"), timezone.localdate() - timedelta(days=420)
    kid = child(born)
    own = without_credited(own_schedule(schedule(), kid.sex, born, posyandu.village_id, timezone.localdate()))
    basic = sorted(
        (one for one in own if one.is_basic), key=lambda one: (-one.from_days, -one.position)
    )  # written down the wrong way round
    for one in basic:
        give(kid, one, born + timedelta(days=one.from_days + 2), cadre, posyandu=posyandu)
    last = kid.given.order_by("day", "pk").last()
    marked = [one.pk for one in kid.given.all() if "idl" in one.tallied]
    assert marked == [last.pk]
    assert FindingMonth.objects.get(code="idl").month == last.day.replace(day=1)
    take_back(kid.given.order_by("day").first())
    assert sum(FindingMonth.objects.filter(code="idl").values_list("n", flat=True)) == 0
    assert differences() == []


def test_a_dose_far_from_its_age_or_too_soon_again_is_asked_about_first(child: Any, posyandu: Any, person: Any, sign_in: Any) -> None:
    today, cadre = timezone.localdate(), person("cadre")
    posyandu.cadres.add(cadre)
    baby, toddler = child(today - timedelta(days=70)), child(today - timedelta(days=700), name="Zahra")
    client = sign_in(cadre)
    day = client.post(f"/posyandu/cadre/open/{posyandu.pk}/").url
    for kid, code, asked in (
        (baby, "mr1", "berumur 2 bulan"),
        (toddler, "rv1", "berumur 23 bulan"),
        (toddler, "vita-red", "tiap 150 hari"),
    ):
        if code == "vita-red":
            give(kid, item(code), today - timedelta(days=60), cadre, posyandu=posyandu)
        page, typed = f"{day}people/{kid.pk}/services/", {"item": code, "day": today.isoformat(), "batch": "A77"}
        answer = client.post(page, typed)
        assert answer.status_code == 422
        assert asked in answer.content.decode()
        assert 'value="A77"' in answer.content.decode()
        assert not kid.given.filter(day=today).exists()
        assert client.post(page, {**typed, "confirmed": "on"}).status_code == 302
        kid.given.get(day=today).delete()
    assert client.post(f"{day}people/{baby.pk}/services/", {"item": "dpt1"}).status_code == 302  # in time: nothing is asked


def test_doses_written_down_in_the_wrong_order_keep_their_distance_too(child: Any, posyandu: Any, person: Any) -> None:
    kid, cadre = child(date(2026, 1, 1)), person("cadre")
    give(kid, item("dpt2"), date(2026, 5, 1), cadre, posyandu=posyandu)
    for day in (date(2026, 4, 20), date(2026, 5, 20)):
        with pytest.raises(ValidationError, match="28"):
            give(kid, item("dpt1"), day, cadre, posyandu=posyandu)
    assert give(kid, item("dpt1"), date(2026, 4, 1), cadre, posyandu=posyandu).pk


def test_what_was_given_elsewhere_is_taken_back_on_any_day_of_the_posyandu(child: Any, posyandu: Any, person: Any, sign_in: Any) -> None:
    today, cadre = timezone.localdate(), person("cadre")
    posyandu.cadres.add(cadre)
    kid = child(today - timedelta(days=200))
    wrong = give(kid, item("bcg"), today - timedelta(days=150), cadre, posyandu=posyandu, elsewhere="RSUD")
    client = sign_in(cadre)
    page = f"{client.post(f'/posyandu/cadre/open/{posyandu.pk}/').url}people/{kid.pk}/services/"
    assert f'name="drop" value="{wrong.pk}"' in client.get(page).content.decode()
    client.post(page, {"drop": wrong.pk})
    assert not kid.given.exists()
    assert client.post(page, {"drop": "x"}).status_code == 404
