"""What the public reads names nobody and still tells where: measured on 300 sentences of our own."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from care.redaction import folded, redacted
from care.redaction.names import spans_of_names
from care.redaction.numbers import spans_of_numbers

SENTENCES = Path(__file__).with_name("redaction_sentences.txt")


def sentences() -> list[tuple[str, str]]:
    """(easy or hard, sentence with braces)."""
    lines = SENTENCES.read_text(encoding="utf-8").splitlines()
    return [(line[0], line[2:].replace("\\n", "\n")) for line in lines if line[:2] in ("E ", "H ")]


def split(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """The plain sentence, and where in it what must go stands."""
    text, spans, begun = "", [], 0
    for sign in marked:
        if sign == "{":
            begun = len(text)
        elif sign == "}":
            spans.append((begun, len(text)))
        else:
            text += sign
    return text, spans


def found_in(text: str) -> list[tuple[int, int]]:
    plain, places = folded(text)
    spans = spans_of_numbers(plain) + spans_of_names(plain)
    return [(places[start], places[end - 1] + 1) for start, end in spans]


def words_at(text: str, spans: list[tuple[int, int]]) -> set[tuple[int, int]]:
    """The words of a sentence that lie in the spans."""
    every = [(m.start(), m.end()) for m in re.finditer(r"[\w\u200b]+", text)]
    return {(a, b) for a, b in every for start, end in spans if a < end and b > start}


def measure(kind: str = "") -> tuple[float, float, list[str]]:
    """Recall and precision over words, and the sentences where they are not whole."""
    right = wanted_all = found_all = 0
    wrong = []
    for level, marked in sentences():
        if kind and level != kind:
            continue
        text, spans = split(marked)
        wanted, found = words_at(text, spans), words_at(text, found_in(text))
        right += len(wanted & found)
        wanted_all += len(wanted)
        found_all += len(found)
        if wanted != found:
            wrong.append(f"{level} {marked!r} → {redacted(text)!r}")
    return right / wanted_all, right / found_all, wrong


def test_the_list_is_as_large_and_as_hard_as_promised() -> None:
    levels = [level for level, _marked in sentences()]
    assert len(levels) >= 300
    assert levels.count("H") * 2 >= len(levels)


@pytest.mark.parametrize("kind", ["E", "H", ""])
def test_recall_and_precision(kind: str, db: None) -> None:
    recall, precision, wrong = measure(kind)
    print(f"{kind or 'all'}: recall {recall:.3f}, precision {precision:.3f}")
    told = "\n".join(wrong)
    assert recall >= 0.95, told
    assert precision >= 0.95, told


@pytest.mark.parametrize(
    "part",
    ["pak ", "Budi ", "pak lalu gede ", "08", "0 8 ", "a@", "a.b@c ", "jl. ", "made ", "1.000.", "adik sy ", "satu "],
)
def test_hostile_repetition_takes_no_time(part: str, db: None) -> None:
    text = (part * 5_000)[:5_000]
    redacted("pak budi 08")  # the lists are read
    began = time.process_time()
    redacted(text, "Budi Santoso")
    assert time.process_time() - began < 0.1
