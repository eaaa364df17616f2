"""z-scores of whole columns against columns of one child and against one child in plain numbers, in one run.

    ./portal bench growth

WHO's R package was seen at 58,000 children a second with seven indicators on such a machine (docs of issue 5); it is
not installable here, so the ratio given is against our own scalar path, and the rate is given as it is.
"""

from __future__ import annotations

import time

import numpy as np

from posyandu.growth.one_child import scores_of_child
from posyandu.growth.zscores import growth_scores

COUNT, ALONE = 400_000, 2_000


def children(count: int) -> tuple[np.ndarray, ...]:
    numbers = np.random.default_rng(1)
    return (
        np.where(numbers.random(count) < 0.5, "M", "F"), numbers.integers(0, 1826, count).astype(float), numbers.uniform(2, 25, count),
        numbers.uniform(45, 118, count), np.where(numbers.random(count) < 0.5, "L", "H"), numbers.random(count) < 0.01,
        numbers.uniform(30, 55, count),
    )  # fmt: skip


def main() -> None:
    columns = children(COUNT)
    growth_scores(*(column[:10] for column in columns))  # reads the tables
    started = time.perf_counter()
    growth_scores(*columns)
    together = COUNT / (time.perf_counter() - started)
    started = time.perf_counter()
    for place in range(ALONE):
        growth_scores(*(column[place : place + 1] for column in columns))
    alone = ALONE / (time.perf_counter() - started)
    plain = [[value.item() for value in child] for child in zip(*(column[:ALONE] for column in columns), strict=True)]
    started = time.perf_counter()
    for sex, days, weight, length, measure, oedema, head in plain:
        scores_of_child(sex, int(days), weight, length, measure, oedema=oedema, head=head)
    scalar = ALONE / (time.perf_counter() - started)
    print(f"five indicators, columns of {COUNT:,}: {together:,.0f} children a second on one core")
    print(f"five indicators, one at a time:      {alone:,.0f} children a second")
    print(f"five indicators, in plain numbers:   {scalar:,.0f} children a second")
    print(f"ratio: {together / alone:,.0f}, {together / scalar:,.0f}")


if __name__ == "__main__":
    main()
