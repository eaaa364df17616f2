"""Reference values come from outside: WHO's R package `anthro` (its own published test cases) and WHO's printed tables."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posyandu.growth.one_child import scores_of_child
from posyandu.growth.zscores import growth_scores, school_age_scores

NONE = float("nan")
MONTH = 30.4375


# sex, age in days, weight, length, measure, indicator, z: cases of anthro's test suite (tests/testthat)
ANTHRO = [
    ("M", 987, None, 72.86, "L", "zlen", -6.09),  # lying after 24 months: 0.7 cm less
    ("F", 1522, 17.0, None, "", "zwei", 0.24),
    ("M", round(8 * MONTH), None, 60.0, "H", "zlen", -4.81),  # standing is not believed below 9 months
    ("M", round(9 * MONTH), None, 60.0, "H", "zlen", -5.02),
    ("F", 731, None, 77.5, "H", "zlen", -2.55),
    ("F", 731, None, 77.5, "", "zlen", -2.55),
]


@pytest.mark.parametrize(("sex", "days", "weight", "length", "measure", "name", "z"), ANTHRO)
def test_published_cases_of_anthro(sex, days, weight, length, measure, name, z) -> None:
    assert scores_of_child(sex, days, weight, length, measure)[name] == pytest.approx(z, abs=0.005)


@pytest.mark.parametrize(("sex", "days", "weight", "length", "name"), [("F", 1, 10.37, None, "fwei"), ("M", 987, None, 72.86, "flen")])
def test_published_flags_of_anthro(sex, days, weight, length, name) -> None:
    scores = growth_scores([sex], [days], [weight or NONE], [length or NONE], ["L"])
    assert bool(getattr(scores, name)[0])


# WHO's printed field tables (Child Growth Standards, 2006): median and SD lines, one decimal
# sex, age in months, indicator, {z: measurement}
PRINTED = [
    ("M", 0, "wei", {-3: 2.1, -2: 2.5, 0: 3.3, 2: 4.4, 3: 5.0}),
    ("M", 12, "wei", {-3: 6.9, -2: 7.7, 0: 9.6, 2: 12.0, 3: 13.3}),
    ("F", 24, "wei", {-3: 8.1, -2: 9.0, 0: 11.5, 2: 14.8, 3: 17.0}),
    ("M", 12, "len", {-3: 68.6, -2: 71.0, 0: 75.7, 2: 80.5, 3: 82.9}),
    ("F", 12, "len", {-3: 66.3, -2: 68.9, 0: 74.0, 2: 79.2, 3: 81.7}),
    ("M", 48, "len", {-3: 90.7, -2: 94.9, 0: 103.3, 2: 111.7, 3: 115.9}),
]


@pytest.mark.parametrize(("sex", "months", "name", "lines"), PRINTED)
def test_who_printed_tables(sex, months, name, lines) -> None:
    for z, measurement in lines.items():
        weight, length = (measurement, NONE) if name == "wei" else (NONE, measurement)
        # a printed value is rounded to 0.05 kg or cm either way: allow what that is worth in z
        near = [
            getattr(growth_scores([sex], [round(months * MONTH)], [weight + step], [length + step], [""]), f"z{name}")[0]
            for step in (-0.06, 0.06)
        ]
        assert near[0] <= z <= near[1]


@pytest.mark.parametrize(
    ("measure", "lines"), [("L", {-3: 5.7, -2: 6.2, 0: 7.3, 2: 8.6, 3: 9.4}), ("H", {-3: 5.9, -2: 6.3, 0: 7.4, 2: 8.8, 3: 9.6})]
)
def test_who_printed_weight_of_boys_of_65_cm_lying_and_standing(measure, lines) -> None:
    for z, weight in lines.items():
        near = [growth_scores(["M"], [NONE], [weight + step], [65.0], [measure]).zwfl[0] for step in (-0.06, 0.06)]
        assert near[0] <= z <= near[1]


def test_beyond_three_a_step_is_the_distance_of_two_and_three() -> None:
    """Restricted form (WHO, chapter 7): below -3 the z falls in a straight line with the weight."""
    days = 365.0
    weights = np.array([5.0, 5.5, 6.0])
    low = growth_scores(["F"] * 3, [days] * 3, weights, [NONE] * 3).zwei
    assert np.diff(low) == pytest.approx(np.full(2, np.diff(low).mean()), abs=0.011)  # a straight line below -3


def test_without_what_is_needed_nothing_is_computed() -> None:
    scores = growth_scores(["M", "X", "M", "M", "M"], [1827, 100, 100, -1, 100], [15, 6, 0, 5, 6], [100, 60, 60, 60, 44.9], ["L"] * 5)
    assert all(math.isnan(scores.zwei[place]) for place in (0, 1, 2, 3))  # 60 months, no sex, no weight, not born
    assert math.isnan(scores.zwfl[4])  # shorter than the tables
    assert not math.isnan(scores.zwei[4])


def test_oedema_leaves_only_what_needs_no_weight() -> None:
    found = scores_of_child("F", 400, 7.0, 72.0, "L", oedema=True, head=45.0)
    assert found["zwei"] is found["zwfl"] is found["zbmi"] is None
    assert found["zlen"] is not None
    assert found["zhc"] is not None


def test_without_an_age_weight_for_length_goes_by_the_measure_then_by_87_cm() -> None:
    scores = growth_scores(["M"] * 4, [NONE] * 4, [11.7] * 4, [85.0, 85.0, 85.0, 90.0], ["L", "H", "", ""])
    lying, standing = scores.zwfl[0], scores.zwfl[1]
    assert lying != standing
    assert scores.zwfl[2] == lying
    assert not math.isnan(scores.zwfl[3])
    assert all(math.isnan(z) for z in scores.zlen)


def test_the_last_day_and_the_last_millimetre_still_count() -> None:
    assert not math.isnan(growth_scores(["F"], [1826], [16], [105], ["H"]).zlen[0])
    assert not math.isnan(growth_scores(["F"], [500], [18], [110.0], ["L"]).zwfl[0])
    assert math.isnan(growth_scores(["F"], [500], [18], [110.1], ["L"]).zwfl[0])
    assert not math.isnan(growth_scores(["F"], [1500], [22], [120.0], ["H"]).zwfl[0])


def test_school_age_follows_the_2007_reference() -> None:
    """WHO 2007 BMI-for-age: boys 10 years, median 16.4, +1 SD 18.5, +2 SD 21.4; girls 15 years, -2 SD 15.9."""
    days = 120 * MONTH
    z = school_age_scores("bmi_for_age", ["M"] * 3, [days] * 3, [16.4, 18.5, 21.4])
    assert z == pytest.approx([0, 1, 2], abs=0.05)
    assert school_age_scores("bmi_for_age", ["F"], [180 * MONTH], [15.9])[0] == pytest.approx(-2, abs=0.06)
    assert math.isnan(school_age_scores("bmi_for_age", ["F"], [60 * MONTH], [15.9])[0])


@given(
    st.sampled_from("MF"), st.integers(0, 1826), st.floats(1.5, 30), st.floats(45, 120), st.sampled_from(["L", "H", ""]),
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_one_child_alone_or_in_a_column_is_the_same(sex, days, weight, length, measure) -> None:
    alone = growth_scores([sex], [days], [weight], [length], [measure])
    column = growth_scores(["F", sex, "M"], [30, days, 900], [4, weight, 12], [53, length, 88], ["L", measure, "H"])
    for name in ("zlen", "zwei", "zwfl", "zbmi"):
        one, other = getattr(alone, name)[0], getattr(column, name)[1]
        assert (math.isnan(one) and math.isnan(other)) or one == other
    heavier = growth_scores([sex], [days], [weight + 0.5], [length], [measure])
    if not math.isnan(alone.zwei[0]):
        assert heavier.zwei[0] >= alone.zwei[0]


def test_lying_below_731_days_standing_from_then_on_else_0_7_cm() -> None:
    """anthro's own case at 730 and 800 days, and the very day the tables change."""
    days = [730, 800, 730, 800, 731, 731, 730]
    ways = ["H", "H", "L", "L", "H", "L", ""]
    scores = growth_scores(["M"] * 7, days, [NONE] * 7, [100.0] * 7, ways)
    assert scores.length == pytest.approx([100.7, 100.0, 100.0, 99.3, 100.0, 99.3, 100.0])


def test_weight_for_length_changes_table_on_day_731() -> None:
    """Boys of 80 cm and 10 kg, WHO's printed medians: 80 cm lying 10.4 kg, 80 cm standing 10.6 kg."""
    lying, standing = growth_scores(["M"] * 2, [730, 731], [10.4, 10.6], [80.0] * 2, ["L", "H"]).zwfl
    assert lying == pytest.approx(0, abs=0.06)
    assert standing == pytest.approx(0, abs=0.06)
    swapped = growth_scores(["M"] * 2, [730, 731], [10.6, 10.4], [80.0] * 2, ["L", "H"]).zwfl
    assert swapped[0] > 0.1
    assert swapped[1] < -0.1
