"""KPSP: at each of its ages ten questions; nine or ten yes fit the age, seven or eight are doubtful, six or fewer go to the puskesmas.
Ages, number of questions and limits: Kemenkes, Pedoman SDIDTK (2022)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from posyandu import contacts
from posyandu.targets import months_back

pytestmark = pytest.mark.django_db
AGES = (3, 6, 9, 12, 15, 18, 21, 24, 30, 36, 42, 48, 54, 60, 66, 72)
DAY = date(2026, 9, 14)


@pytest.fixture
def ani(child):
    return child(date(2025, 3, 10), sex="F", name="Ani")


def asked_at(child, months: int) -> list[str]:
    child.birth_date = months_back(DAY, months)
    known = contacts.basics(child, DAY)
    return [one.code for one in contacts.whole_form("kpsp").questions.all() if contacts.holds(one.when, known)]


@pytest.mark.parametrize("age", AGES)
def test_ten_questions_of_all_four_kinds(ani, age: int) -> None:
    assert len(asked_at(ani, age)) == 10
    later = next((other for other in AGES if other > age), 75)
    assert asked_at(ani, later - 1) == asked_at(ani, age)  # the questions of the age that was reached, until the next one is
    if later < 75:
        assert asked_at(ani, later) != asked_at(ani, age)


@pytest.mark.parametrize(
    ("yes", "found", "refer"),
    [(10, "kpsp-fits", False), (9, "kpsp-fits", False), (8, "kpsp-doubtful", False), (7, "kpsp-doubtful", False), (6, "kpsp-deviation", True),
     (0, "kpsp-deviation", True)],
)  # fmt: skip
def test_answers_are_judged(ani, yes: int, found: str, refer: bool) -> None:
    codes = asked_at(ani, 18)
    answers = {code: "yes" if place < yes else "no" for place, code in enumerate(codes)}
    told = contacts.examine(contacts.whole_form("kpsp"), ani, DAY, answers)
    assert ([one.code for one in told.findings], told.refer) == ([found], refer)


def test_nothing_is_judged_by_halves(ani) -> None:
    codes = asked_at(ani, 24)
    told = contacts.examine(contacts.whole_form("kpsp"), ani, DAY, dict.fromkeys(codes[:9], "yes"))
    assert list(told.errors) == [codes[9]]


def test_young_infants_and_school_children_are_not_asked(ani) -> None:
    for born, fits in (
        (DAY - timedelta(days=60), False),
        (months_back(DAY, 3), True),
        (months_back(DAY, 74), True),
        (months_back(DAY, 75), False),
    ):
        ani.birth_date = born
        assert ("kpsp" in [one.slug for one in contacts.forms_for(ani, DAY)]) == fits
