"""A condition on something unknown never falls through to "all is well": in every form and every rule that comes with the portal; and
what an earlier visit knows is used."""

from __future__ import annotations

import json
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from posyandu import contacts, judging
from posyandu.conditions import OPERATORS, Between, truth
from posyandu.models import Household, OpenDay, Person, PregnancyEnd, Visit
from posyandu.opening_data import FORMS, GROWTH
from posyandu.visits import NeedsConfirmation

TODAY = timezone.localdate()


@pytest.fixture
def mother(posyandu: Any) -> Any:
    household = Household.objects.create(posyandu=posyandu, head_name="Ahmad")
    return Person.objects.create(household=household, posyandu=posyandu, name="Rohani", sex="F", birth_date=date(2000, 1, 1))


@pytest.fixture
def examined(mother: Any, posyandu: Any, cadre: Any) -> Any:
    """examined(days ago, answers) keeps a check in pregnancy and returns the codes of what was found."""

    def make(ago: int, confirmed: bool = True, **answers: Any) -> list[str]:
        said = {code.replace("_", "-"): value for code, value in answers.items()}
        day = TODAY - timedelta(days=ago)
        return list(
            contacts.record_contact(mother, contacts.whole_form("hamil"), day, said, cadre, posyandu=posyandu, confirmed=confirmed)[
                0
            ].findings
        )

    return make


def weeks_ago(weeks: int) -> str:
    return (TODAY - timedelta(weeks=weeks)).isoformat()


def test_hb_without_a_known_trimester_is_anaemia_below_eleven(examined: Any) -> None:
    assert "anaemia-mild" in examined(0, hb="10.7")


def test_a_period_told_at_an_earlier_check_is_known(examined: Any, mother: Any) -> None:
    examined(28, last_period=weeks_ago(10))
    assert "anaemia-mild" in examined(0, hb="10.7")  # week 10: the first trimester
    assert Visit.objects.get(person=mother, day=TODAY).derived["weeks"] == 10
    examined(28, last_period=weeks_ago(20))
    assert "hb-normal" in examined(0, hb="10.7")  # week 20: the second, where the limit is 10.5


def test_an_earlier_pregnancy_says_nothing_of_this_one(examined: Any, mother: Any, cadre: Any) -> None:
    examined(200, last_period=weeks_ago(44), risk_caesar="yes")
    PregnancyEnd.objects.create(person=mother, day=TODAY - timedelta(days=150), how="miscarriage")
    assert "anaemia-mild" in examined(0, hb="10.7")
    assert "weeks" not in Visit.objects.get(person=mother, day=TODAY).derived


def test_a_period_more_than_45_weeks_ago_is_asked_about_and_gives_no_trimester(examined: Any) -> None:
    with pytest.raises(NeedsConfirmation):
        examined(0, confirmed=False, hb="10.7", last_period=weeks_ago(46))
    assert "anaemia-mild" in examined(0, hb="10.7", last_period=weeks_ago(46))


def test_a_risk_told_once_is_not_forgotten_at_the_next_check(examined: Any) -> None:
    examined(28, risk_caesar="yes")
    assert "risk-high" in examined(0, hb="12", risk_many="no")


@pytest.mark.parametrize(
    ("answers", "absent"),
    [
        ({"systolic": "120"}, "blood-pressure-normal"),
        ({"tb_cough": "no"}, "tb-none"),
        ({"risk_many": "no"}, "risk-low"),
    ],
)
def test_half_an_answer_is_no_all_clear(
    examined: Any, mother: Any, posyandu: Any, cadre: Any, sign_in: Any, answers: Any, absent: str
) -> None:
    day = OpenDay.objects.create(posyandu=posyandu, day=TODAY)
    found = examined(0, hb="12", **answers)
    assert absent not in found
    page = sign_in(cadre).get(f"/posyandu/cadre/days/{day.pk}/people/{mother.pk}/hamil/result/").content.decode()
    assert "Tidak perlu dirujuk" not in page
    assert "Belum semuanya dapat dinilai" in page


def test_what_was_not_examined_is_not_counted_as_examined(examined: Any, mother: Any) -> None:
    examined(0, systolic="120", hb="12")
    assert "hamil:blood-pressure?" not in Visit.objects.get(person=mother).tallied
    examined(0, systolic="150", hb="12")  # high already, whatever the lower figure is
    assert {"hamil:blood-pressure?", "hamil:blood-pressure!"} <= set(Visit.objects.get(person=mother).tallied)


@pytest.mark.parametrize(("said", "found"), [("10.96", "anaemia-mild"), ("11", "hb-normal"), ("10.499", "anaemia")])
def test_values_are_judged_as_they_were_measured_not_after_rounding(examined: Any, said: str, found: str) -> None:
    assert found in examined(0, hb=said, last_period=weeks_ago(10))


# --- every rule that comes with the portal


class Rows(list[Any]):
    def all(self) -> list[Any]:
        return list(self)


BLANK = {"when": [], "is_required": False, "unit": "", "choices": []}


def stand_in(form: dict[str, Any]) -> Any:
    questions = Rows(SimpleNamespace(**{**BLANK, **one}, text=one["text_id"]) for one in form["questions"])
    rules = Rows(SimpleNamespace(**{"measured": "", **rule}) for rule in form["findings"])
    return SimpleNamespace(slug=form["slug"], derived=form["derived"], questions=questions, finding_rules=rules)


ALL_FORMS = {form["slug"]: form for form in json.loads(FORMS.read_text("utf-8"))}
DAY = date(2026, 11, 20)


def answer(question: dict[str, Any], limits: list[float]) -> st.SearchStrategy[Any]:
    if question["kind"] == "yesno":
        return st.sampled_from(["yes", "no"])
    if question["kind"] == "choice":
        return st.sampled_from([choice[0] for choice in question["choices"]])
    if question["kind"] == "date":
        return st.integers(0, 400).map(lambda days: (DAY - timedelta(days=days)).isoformat())
    if question["kind"] == "number":
        near = [limit + step for limit in limits for step in (-0.05, 0, 0.05)]
        return st.one_of(st.sampled_from(near or [question["least"]]), st.floats(question["least"], question["most"]))
    return st.just("")


def limits_of(form: dict[str, Any], code: str) -> list[float]:
    found = []
    for rule in form["findings"]:
        for condition in rule["when"]:
            found += [one[2] for one in (condition[1] if condition[0] == "any" else [condition]) if one[0] == code]
    return [float(one) for one in found if isinstance(one, int | float) and not isinstance(one, bool)]


@st.composite
def visits(draw: Any) -> tuple[Any, dict[str, Any], dict[str, Any], dict[str, Any]]:
    """(form, what is known of the person, complete answers, some of them)."""
    form = ALL_FORMS[draw(st.sampled_from(sorted(ALL_FORMS)))]
    months = draw(st.integers(form["months_from"], min(form["months_to"], 1200) - 1))
    known = {
        "age_days": round(months * 30.4375) + 1, "age_months": months, "age_years": months // 12,
        "sex": form["sex"] or draw(st.sampled_from("FM")),
    }  # fmt: skip
    whole: dict[str, Any] = {}
    for question in form["questions"]:
        if truth(question.get("when", []), {**known, **whole}) is True:
            whole[question["code"]] = draw(answer(question, limits_of(form, question["code"])))
    keeps = draw(st.sets(st.sampled_from(sorted(whole)))) if whole else set()
    return stand_in(form), known, whole, {code: value for code, value in whole.items() if code in keeps}


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(visits())
def test_no_rule_of_any_form_says_all_is_well_where_more_answers_would_say_otherwise(case: Any) -> None:
    form, known, whole, some = case
    with_all = contacts.work_out(form, known, whole, DAY)
    with_some = contacts.work_out(form, known, some, DAY)
    grave = {rule.group: rule.code for rule in with_all.findings if rule.tone != "good"}
    well = {rule.group: rule.code for rule in with_some.findings if rule.tone == "good"}
    assert {group: (well[group], grave[group]) for group in well.keys() & grave.keys()} == {}
    examined = {code.partition(":")[2][:-1] for code in contacts.tallied(form, with_some) if code.endswith("?")}
    assert examined & set(with_some.open_groups) <= {rule.group for rule in with_some.findings}


NAMES = ("zwei", "zlen", "zwfl", "zbmi", "zhc", "muac")


@settings(max_examples=300, deadline=None)
@given(
    st.fixed_dictionaries({name: st.floats(-8, 14) for name in NAMES}),
    st.sets(st.sampled_from(NAMES)),
    st.integers(0, 70),
    st.sampled_from("NTBO"),
)
def test_nor_does_any_rule_about_growth(values: dict[str, float], unknown: set[str], months: int, status: str) -> None:
    rules: list[Any] = [SimpleNamespace(**rule) for rule in json.loads(GROWTH.read_text("utf-8"))]
    known: dict[str, Any] = {"age_months": months, "sex": "F", "status": status, "twice": "no", "oedema": "no"}
    whole = judging.judge(rules, {**known, **values})
    some = judging.judge(rules, {**known, **{name: None if name in unknown else value for name, value in values.items()}})
    grave = {rule.group for rule in whole.found if rule.tone in {"alert", "wait"}}
    assert not grave & {rule.group for rule in some.found if rule.tone == "good"}


CONDITION = st.tuples(
    st.sampled_from("abc"), st.sampled_from(sorted(OPERATORS)), st.integers(0, 4)
).map(lambda one: [one[0], one[1], [one[2]] if one[1] == "in" else one[2]])  # fmt: skip
CONDITIONS = st.lists(st.one_of(CONDITION, st.lists(CONDITION, min_size=1, max_size=3).map(lambda parts: ["any", parts])), max_size=4)


@given(CONDITIONS, st.fixed_dictionaries({code: st.integers(0, 4) for code in "abc"}), st.sets(st.sampled_from("abc")), st.integers(0, 4))
def test_what_is_decided_stays_so_whatever_is_learned(conditions: Any, values: dict[str, int], unknown: set[str], more: int) -> None:
    """Of three values "true" and "false" are final: also where only the limits of a count are known."""
    decided = truth(conditions, values)
    nothing = truth(conditions, {code: value for code, value in values.items() if code not in unknown})
    limits = truth(conditions, {code: Between(value - more, value + 1) if code in unknown else value for code, value in values.items()})
    assert decided is not None
    assert nothing in (None, decided)
    assert limits in (None, decided)


@pytest.mark.django_db
def test_a_pregnancy_is_expected_at_checks_though_the_period_was_told_only_once(examined: Any, mother: Any, posyandu: Any) -> None:
    from posyandu.planning import month_targets

    examined(30, last_period=weeks_ago(20))
    examined(1, hb="12")
    with override("id"):
        needs = [need for target in month_targets(posyandu, TODAY.replace(day=1), TODAY) for need in target.open]
        told = {need.kind for need in needs} | {
            kind for target in month_targets(posyandu, TODAY.replace(day=1), TODAY) for kind in target.done
        }
    assert "pregnancy" in told
