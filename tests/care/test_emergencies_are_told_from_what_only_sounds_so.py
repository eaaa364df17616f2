"""Words propose an emergency, category and context decide: none is missed, few are false."""

from __future__ import annotations

from pathlib import Path

import pytest

from care.emergencies import judge
from care.models import Category

SENTENCES = Path(__file__).with_name("emergency_sentences.txt")


def sentences() -> list[tuple[bool, str, str]]:
    """(is an emergency, category, text)."""
    found = []
    for line in SENTENCES.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            wanted, category, text = line.split(" ", 2)
            found.append((wanted == "Y", category, text))
    return found


@pytest.fixture
def judged(db: None) -> list[tuple[bool, bool, str]]:
    """(is one, is taken for one, text)."""
    categories = {one.slug: one for one in Category.objects.all()}
    return [(wanted, judge(categories[category], text).is_emergency, f"{category}: {text}") for wanted, category, text in sentences()]


def test_no_true_emergency_is_missed(judged: list[tuple[bool, bool, str]]) -> None:
    missed = [text for wanted, taken, text in judged if wanted and not taken]
    assert not missed, "\n".join(missed)


def test_nine_of_ten_that_are_taken_for_one_are_one(judged: list[tuple[bool, bool, str]]) -> None:
    taken = [(wanted, text) for wanted, is_taken, text in judged if is_taken]
    false = [text for wanted, text in taken if not wanted]
    print(f"precision {1 - len(false) / len(taken):.3f} of {len(taken)}")
    assert len(false) <= 0.1 * len(taken), "\n".join(false)


def test_what_was_not_believed_is_told_to_whoever_reads_it(db: None) -> None:
    found = judge(None, "Gedung serbaguna terlantar sejak 2019")
    assert not found.is_emergency
    assert (found.word, found.doubt) == ("terlantar", "gedung")
