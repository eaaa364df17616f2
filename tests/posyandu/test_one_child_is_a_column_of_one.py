"""A child's z-scores in plain numbers are, to the last digit, those of whole columns."""

import math

import numpy as np

from posyandu.growth.one_child import NAMES, scores_of_child
from posyandu.growth.zscores import PLAUSIBLE, growth_scores

COUNT = 30_000


def of_scale(numbers: np.random.Generator, low: float, high: float) -> np.ndarray:
    """As scales and boards show them, and some that are not there."""
    found = np.round(numbers.uniform(low, high, COUNT), 2)
    found[numbers.random(COUNT) < 0.1] = np.nan
    return found


def test_all_ages_measures_and_impossible_values_alike() -> None:
    numbers = np.random.default_rng(5207)
    sex = numbers.choice(["M", "F", ""], COUNT, p=[0.48, 0.48, 0.04])
    days = numbers.integers(-3, 1860, COUNT)
    weight, length, head = of_scale(numbers, -0.5, 40), of_scale(numbers, 40, 125), of_scale(numbers, 25, 60)
    measure, oedema = numbers.choice(["L", "H", ""], COUNT), numbers.random(COUNT) < 0.05
    columns = growth_scores(sex, days.astype(float), weight, length, measure, oedema, head)
    differing = []
    for place in range(COUNT):
        mine = [None if math.isnan(value) else float(value) for value in (weight[place], length[place], head[place])]
        found = scores_of_child(
            str(sex[place]), int(days[place]), mine[0], mine[1], str(measure[place]), oedema=bool(oedema[place]), head=mine[2]
        )
        theirs = {name: None if math.isnan(z := float(getattr(columns, name)[place])) else z for name in NAMES}
        theirs["implausible"] = float(any(getattr(columns, f"f{name}")[place] for name in PLAUSIBLE))
        if found != theirs:
            differing.append((sex[place], days[place], mine, measure[place], oedema[place], found, theirs))
    assert differing == []
    assert np.count_nonzero(~np.isnan(columns.zwfl)) > COUNT / 4
