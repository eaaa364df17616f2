"""Each child has the schedule of its birth cohort, region and day; what was given by an older one counts. Doses keep their distance to
every dose of their series, and what can still be given is due."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from posyandu.every_age import counted_as
from posyandu.finding import childhood
from posyandu.immunisation import due_lists, give, is_complete, lines_for, schedule, unusual
from posyandu.models import Given, Item, Person
from posyandu.opening_data import SCHEDULE
from posyandu.pack import pack_for
from posyandu.schedules import days_between, gaps_of, own_schedule, without_credited

OLD, NEW = date(2025, 7, 9), date(2025, 7, 10)


def item(code: str) -> Item:
    return Item.objects.get(code=code)


def lines(kid: Any, day: date, village: str = "") -> dict[str, Any]:
    found = lines_for(kid, day, village or kid.posyandu.village_id, schedule(), list(kid.given.select_related("item")))
    return {line.item.code: line for line in found}


def states(kid: Any, day: date, village: str = "") -> dict[str, str]:
    return {code: line.state for code, line in lines(kid, day, village).items()}


# --- hexavalent vaccine


def test_born_after_9_july_2025_in_ntb_is_due_for_the_hexavalent_vaccine(child: Any) -> None:
    day = date(2025, 11, 20)
    old, new = states(child(OLD), day), states(child(NEW), day)
    assert old["dpt1"] == "late"
    assert "hexa1" not in old
    assert new["hexa1"] == "late"
    assert not {"dpt1", "dpt2", "ipv1"} & new.keys()
    assert "ipv1" in old


def test_elsewhere_and_before_october_2025_it_is_the_vaccine_that_was_there(child: Any) -> None:
    kid = child(NEW)
    assert "dpt1" in states(kid, date(2025, 9, 12))
    assert "dpt1" in states(kid, date(2026, 1, 10), village="73.71.01.1001")


def test_doses_of_the_older_vaccine_are_credited_and_nobody_begins_anew(child: Any, posyandu: Any, cadre: Any) -> None:
    kid = child(NEW)
    give(kid, item("dpt1"), date(2025, 9, 12), cadre, posyandu=posyandu)
    found = lines(kid, date(2025, 10, 20))
    assert (found["hexa1"].state, found["hexa1"].name) == ("given", "DPT-HB-Hib 1")
    assert found["hexa2"].state == "due"
    with pytest.raises(ValidationError):
        give(kid, item("hexa1"), date(2025, 10, 20), cadre, posyandu=posyandu)  # the same dose a second time
    assert give(kid, item("hexa2"), date(2025, 10, 20), cadre, posyandu=posyandu).pk


def test_the_injection_against_polio_comes_with_the_third_or_stands_by_itself(child: Any, posyandu: Any, cadre: Any) -> None:
    with_it, without = child(NEW, name="Satu"), child(NEW, name="Dua")
    for kid, last in ((with_it, "hexa3"), (without, "dpt3")):
        for number, code in enumerate(("hexa1", "hexa2", last)):
            give(kid, item(code), date(2025, 10, 12) + timedelta(days=31 * number), cadre, posyandu=posyandu)
    day = date(2026, 1, 20)
    assert "ipv1" not in states(with_it, day)
    assert states(without, day)["ipv1"] == "late"


@pytest.mark.parametrize(
    ("born", "codes"),
    [(NEW, ["hexa1", "hexa2", "hexa3"]), (NEW, ["dpt1", "hexa2", "hexa3"]), (date(2025, 3, 1), ["dpt1", "dpt2", "dpt3", "ipv1"])],
)
def test_complete_by_the_childs_own_schedule(child: Any, posyandu: Any, cadre: Any, sign_in: Any, born: date, codes: list[str]) -> None:
    kid = child(born)
    plan = {"hb0": 0, "bcg": 31, "opv1": 32, "opv2": 62, "opv3": 92, "opv4": 123, "mr1": 280, "ipv1": 124}
    plan |= {code: 95 + 31 * number for number, code in enumerate(codes) if code != "ipv1"}
    for code, after in sorted(plan.items(), key=lambda one: one[1]):
        if code != "ipv1" or "ipv1" in codes:
            give(kid, item(code), born + timedelta(days=after), cadre, posyandu=posyandu)
    assert is_complete(lines(kid, born + timedelta(days=300)).values())
    marked = [one.item.code for one in kid.given.select_related("item") if "idl" in one.tallied]
    assert marked == ["mr1"]
    posyandu.cadres.add(cadre)
    assert "Imunisasi dasar lengkap (IDL)." in sign_in(cadre).get(f"/posyandu/cadre/people/{kid.pk}/certificate/").content.decode()


@pytest.mark.django_db
def test_coverage_counts_the_new_vaccine_as_the_dose_it_is() -> None:
    assert counted_as("given:dpt3") == ["given:dpt3", "given:hexa3"]
    assert counted_as("given:ipv1") == ["given:hexa3", "given:ipv1"]
    assert counted_as("idl") == ["idl"]


def test_the_schedule_for_everybody_and_the_pack_of_the_phone_know_it(posyandu: Any, cadre: Any, client: Any) -> None:
    codes = {one.item.code for age in childhood(schedule(), NEW, date(2026, 1, 1)) for one in age.planned}
    assert "hexa1" in codes
    assert not {"dpt1", "ipv1"} & codes
    assert "Heksavalen 1" in client.get(f"/posyandu/schedule/?born={NEW}").content.decode()
    assert "DPT-HB-Hib 1" in client.get(f"/posyandu/schedule/?born={OLD}").content.decode()
    packed = pack_for(cadre, [posyandu])
    assert packed["slots"]["hexa3"] == ["dpt", 3, ["ipv1"]]
    assert next(one for one in packed["items"] if one["code"] == "hexa1")["born_from"] == "2025-07-10"


def test_a_dose_of_a_line_that_is_given_no_more_still_counts(child: Any, posyandu: Any, cadre: Any) -> None:
    kid = child(OLD)
    give(kid, item("dpt1"), date(2025, 10, 1), cadre, posyandu=posyandu)
    Item.objects.filter(code="dpt1").update(is_active=False)
    assert states(kid, date(2025, 11, 20))["dpt2"] != "late"
    assert states(kid, date(2025, 11, 1))["dpt2"] == "due"


def test_what_is_not_verified_is_marked_in_the_data() -> None:
    rows = {row["code"]: row for row in json.loads(SCHEDULE.read_text("utf-8"))}
    assert [code for code, row in rows.items() if row.get("is_verified") is False] == ["ipv2-hexa", "hexa4"]
    assert all(row["source"] for row in rows.values())


def test_school_doses_of_2025_in_their_months(child: Any) -> None:
    girl = child(date(2015, 3, 1), sex="F")
    found = lines(girl, date(2026, 4, 1))
    assert {code: found[code].on.month for code in ("bias-mr", "bias-dt", "bias-td2", "bias-td5", "bias-hpv")} == {
        "bias-mr": 8, "bias-dt": 11, "bias-td2": 11, "bias-td5": 11, "bias-hpv": 8,
    }  # fmt: skip
    assert all(found[code].item.at_school for code in found if code.startswith("bias"))
    assert Item.objects.filter(series="bias-hpv").count() == 1  # once


# --- intervals


def test_the_third_dose_a_day_after_the_first_is_refused(child: Any, posyandu: Any, cadre: Any) -> None:
    kid = child(date(2025, 3, 1))
    give(kid, item("dpt1"), date(2025, 8, 20), cadre, posyandu=posyandu)
    for day in (date(2025, 8, 21), date(2025, 10, 14)):
        with pytest.raises(ValidationError, match="56"):
            give(kid, item("dpt3"), day, cadre, posyandu=posyandu)
    with pytest.raises(ValidationError):
        give(kid, item("dpt3"), date(2025, 8, 10), cadre, posyandu=posyandu)  # before the first
    assert give(kid, item("dpt3"), date(2025, 10, 15), cadre, posyandu=posyandu).pk


def test_what_was_kept_too_near_leaves_a_day_for_the_dose_between(child: Any, posyandu: Any, cadre: Any) -> None:
    kid = child(date(2025, 3, 1))
    for code, day in (("dpt1", date(2025, 8, 20)), ("dpt3", date(2025, 8, 21))):  # as earlier versions kept them
        Given.objects.create(person=kid, item=item(code), day=day, posyandu=posyandu)
    assert lines(kid, date(2025, 9, 1))["dpt2"].on == date(2025, 9, 18)
    assert states(kid, date(2025, 9, 18))["dpt2"] == "due"
    assert give(kid, item("dpt2"), date(2025, 9, 18), cadre, posyandu=posyandu).pk


def test_a_series_that_can_no_longer_be_begun_is_over(child: Any, posyandu: Any, cadre: Any) -> None:
    born = date(2026, 1, 1)
    late = states(child(born), born + timedelta(days=190))
    assert (late["rv1"], late["rv2"], late["rv3"]) == ("missed", "missed", "missed")
    kid = child(born, name="Dua")
    give(kid, item("rv1"), born + timedelta(days=183), cadre, posyandu=posyandu)
    found = states(kid, born + timedelta(days=190))
    assert (found["rv2"], found["rv3"]) == ("soon", "waits" if found["rv3"] == "waits" else "soon")
    kid2 = child(born, name="Tiga")
    give(kid2, item("rv1"), born + timedelta(days=180), cadre, posyandu=posyandu)
    assert states(kid2, born + timedelta(days=214))["rv2"] == "missed"
    assert states(kid2, born + timedelta(days=214))["rv3"] == "missed"


CODES = [row["code"] for row in json.loads(SCHEDULE.read_text("utf-8")) if row.get("series") in {"dpt", "ipv", "rv", "pcv", "opv", "mr"}]


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@drawn(
    st.dates(date(2025, 1, 1), date(2026, 1, 1)),
    st.lists(st.tuples(st.sampled_from(CODES), st.integers(0, 600)), max_size=8),
    st.integers(0, 700),
)
def test_whatever_was_given_a_dose_that_is_due_keeps_its_distance_and_may_be_given(
    born: date, had: list[tuple[str, int]], age: int
) -> None:
    """No child is called to a dose that give() would refuse, nor to one that was given, nor to one too near to any of its series."""
    items = schedule()
    by_code, day = {one.code: one for one in items}, born + timedelta(days=age)
    kid = Person(pk=1, sex="F", birth_date=born)
    given = [Given(pk=n, item=by_code[code], day=born + timedelta(days=after)) for n, (code, after) in enumerate(had) if after <= age]
    found = lines_for(kid, day, "52.07.02.2021", items, given)
    gaps = gaps_of(own_schedule(items, "F", born, "52.07.02.2021", day))
    slots = [(line.item.series, line.item.dose) for line in found if line.item.series]
    assert len(slots) == len(set(slots))
    for line in found:
        if line.state not in {"due", "late"} or not line.item.series:
            continue
        for one in given:
            if one.item.series != line.item.series:
                continue
            assert one.item.dose != line.item.dose
            apart = days_between(gaps, line.item.series, one.item.dose, line.item.dose) if one.item.dose < line.item.dose else 28
            assert (day - one.day).days >= apart
        assert age <= line.item.until_days


@drawn(
    st.dates(date(2018, 1, 1), date(2026, 6, 1)), st.integers(0, 2500), st.sampled_from(["52.07.02.2021", "73.71.01.1001", "51.03.01.1001"])
)
@settings(max_examples=60, deadline=None)
@pytest.mark.django_db
def test_everybody_has_one_row_for_each_dose(born: date, age: int, village: str) -> None:
    chosen = own_schedule(schedule(), "F", born, village, born + timedelta(days=age))
    slots = [(one.series, one.dose) for one in chosen if one.series]
    assert len(slots) == len(set(slots))
    assert {("dpt", 1), ("dpt", 2), ("dpt", 3), ("mr", 1), ("opv", 4)} <= set(slots)
    assert any(one.code in {"ipv1"} or "ipv1" in one.credits for one in without_credited(chosen))


def test_due_lists_and_questions_follow_it(child: Any, posyandu: Any) -> None:
    kid = child(NEW)
    day = date(2025, 11, 20)
    codes = {line.item.code for line in due_lists(day, [kid], posyandu.village_id)[kid.pk]}
    assert "hexa1" in codes
    assert "dpt1" not in codes
    assert unusual(kid, item("hexa1"), day) == []
