"""Public figures: small cells are not shown, nor any cell that would give them away by subtraction (UU 27/2022)."""

from __future__ import annotations

from collections.abc import Sequence

SMALLEST = 5


def suppressed(counts: Sequence[int]) -> list[bool]:
    """Which of the parts of one shown total must be hidden: those of 1 to 4, and, if only one is hidden, the
    smallest other that is not 0, so that the total does not reveal it. Zeros are shown: they say nothing of anybody."""
    hidden = [0 < count < SMALLEST for count in counts]
    if sum(hidden) == 1:
        others = [(count, place) for place, count in enumerate(counts) if not hidden[place] and count > 0]
        if others:
            hidden[min(others)[1]] = True
    return hidden


def total_reveals(counts: Sequence[int]) -> bool:
    """Whether the total itself must be hidden: it is small, or only one part could make it up."""
    whole = sum(counts)
    return 0 < whole < SMALLEST or (sum(suppressed(counts)) == 1)
