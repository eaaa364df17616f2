"""Whether a report is an emergency: words propose, category and context decide (domain.md part 2).

A word of emergencies (EmergencyWord) counts unless what stands around it in its sentence speaks
against one. By its nature that is: of harm to somebody (“pingsan”) a negation, long ago, a request
for information; of an event (“kebakaran”) prevention and the past as well; of a state (“terlantar”)
that it is told of a thing. What is not believed is not forgotten: the case keeps the doubt, and
whoever reads it may treat it as an emergency by one act (handling.raise_emergency).

A category of emergencies makes one, too, unless the report is a suggestion or a question, or all
it says is prevention or the past. Missing a true one is worse than ten false ones: where words
for and against stand in one sentence with a word of the present, it is an emergency.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ntbportal.commons.cache import remembered

from .models import CaseKind, Category, EmergencyWord

DATA = Path(__file__).resolve().parent / "data" / "emergency_context.json"
PRONOUNS = ("saya", "kami", "aku", "dia", "ia", "beliau", "mereka", "ibu", "bapak", "pak", "bu", "mama")
NEAR = 3  # words between a negation and what it denies
_SENTENCE = re.compile(r"[.!?;\n•]+|\b(?:tapi|tetapi|namun|sedangkan|padahal)\b", re.I)
_FIGURE = "…"  # the doubt of a figure of speech
_WORD = re.compile(r"[\w'’-]+")


@dataclass(frozen=True)
class Judgement:
    """`is_emergency`, by which word, and, where a word was not believed, what speaks against it."""

    is_emergency: bool
    word: str = ""
    doubt: str = ""


@lru_cache(maxsize=1)
def _context() -> dict[str, tuple[str, ...]]:
    listed = json.loads(DATA.read_text(encoding="utf-8"))
    listed.pop("about")
    return {name: tuple(words) for name, words in listed.items()}


def judge(category: Category | None, text: str, kind: str = CaseKind.COMPLAINT) -> Judgement:
    """Whether a report is an emergency."""
    of_words = judge_words(text)
    if of_words.is_emergency:
        return of_words
    if category is not None and category.is_emergency:
        against = _against_category(text, kind)
        if not against:
            return Judgement(True, of_words.word)
        return Judgement(False, of_words.word or category.slug, against)
    return of_words


def judge_words(text: str) -> Judgement:
    """By the words alone: the first that is believed, else the first with its doubt."""
    words = remembered(_words)
    if not words:
        return Judgement(False)
    pattern = _any_of(tuple(words))
    doubted = Judgement(False)
    figurative = _one_of(_context()["figurative"])
    for sentence in _SENTENCE.split(text.lower()):
        if figure := figurative.search(sentence):  # “tenggelam dalam utang”
            doubted = doubted if doubted.word else Judgement(False, figure[1], _FIGURE)
            sentence = figurative.sub(" · ", sentence)
        for found in pattern.finditer(sentence):
            word = _listed(found[0], words)
            doubt = _DOUBTS[words[word]](sentence, found)
            if not doubt:
                return Judgement(True, word)
            doubted = doubted if doubted.word else Judgement(False, word, doubt)
    return doubted


def _words() -> dict[str, str]:
    """Each word of the list and its nature."""
    return {word.lower(): nature for word, nature in EmergencyWord.objects.values_list("word", "nature")}


@lru_cache(maxsize=8)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})(?:nya|lah|kah|an)?\b")


def _listed(found: str, words: dict[str, str]) -> str:
    """The word of the list that was found, without a clitic behind it."""
    return max((word for word in words if found.startswith(word)), key=len)


# --- what speaks against a word, by its nature; empty where nothing does ----------------------------
def _doubt_of_harm(sentence: str, found: re.Match[str]) -> str:
    context = _context()
    if said := _negation(sentence, found):
        return said
    if said := _said(context["requests"], _around(sentence, found, before=5, after=1)):
        return "" if _said(context["now"], sentence) else said
    if said := _said(context["past_time"], sentence):
        return "" if _said(context["now"], sentence) else said
    if said := _said(context["long_ago"], _around(sentence, found, before=2, after=2)):  # “tenggelam 2023”
        return "" if _said(context["now"], sentence) else said
    near = _around(sentence, found, before=3, after=0)
    is_anybody = _said(context["persons"], sentence) or _said(PRONOUNS, sentence)
    return "" if is_anybody else _said(context["things"], near)


def _doubt_of_hazard(sentence: str, found: re.Match[str]) -> str:
    context = _context()
    if said := _negation(sentence, found):
        return said
    if _said(context["now"], sentence):
        return _said(context["requests"], _around(sentence, found, before=3, after=0))
    if said := _said(context["offices"], _around(sentence, found, before=4, after=0)):
        return said
    near = _around(sentence, found, before=6, after=5)
    for reason in ("prevention", "requests", "past"):
        if said := _said(context[reason], near):
            return said
    return _said(context["past_time"], sentence)


def _doubt_of_state(sentence: str, found: re.Match[str]) -> str:
    context = _context()
    if said := _negation(sentence, found):
        return said
    if said := _said(context["requests"], _around(sentence, found, before=4, after=0)):
        return said
    nearest = _nearest(sentence, found)
    if nearest in context["persons"]:
        return ""
    if not nearest and _said(PRONOUNS, sentence):  # "saya terlantar di pelabuhan"
        return ""
    return nearest or "–"


_DOUBTS: dict[str, Callable[[str, re.Match[str]], str]] = {
    EmergencyWord.Nature.HARM: _doubt_of_harm,
    EmergencyWord.Nature.HAZARD: _doubt_of_hazard,
    EmergencyWord.Nature.STATE: _doubt_of_state,
}


def _negation(sentence: str, found: re.Match[str]) -> str:
    """“tidak ada kebakaran”, “bukan longsor”; not “tidak kuat, pingsan” nor “belum makan”."""
    before = " ".join(_WORD.findall(sentence[: found.start()])[-NEAR:])
    match = _at_end(_context()["negations"]).search(before)
    return match[1] if match else ""


@lru_cache(maxsize=4)
def _at_end(words: tuple[str, ...]) -> re.Pattern[str]:
    """One of the words, at most one word before the end."""
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"\b({'|'.join(map(re.escape, longest_first))})(?: (?:ada|terjadi|lagi|pernah|yang|korban))?$")


def _around(sentence: str, found: re.Match[str], *, before: int, after: int) -> str:
    """So many words before and after the word, without the word itself."""
    left = _WORD.findall(sentence[: found.start()])[-before:] if before else []
    right = _WORD.findall(sentence[found.end() :])[:after]
    return " ".join([*left, "·", *right])


def _nearest(sentence: str, found: re.Match[str]) -> str:
    """The person or thing that is spoken of: the last one before the word, else the first after."""
    context = _context()
    either = _one_of((*context["persons"], *context["things"]))
    if before := list(either.finditer(sentence[: found.start()])):
        return before[-1][1]
    after = either.search(sentence[found.end() :])
    return after[1] if after else ""


def _said(words: tuple[str, ...], text: str) -> str:
    """The first of the words that stands in the text, as a word; empty where none does."""
    match = _one_of(words).search(text)
    return match[1] if match else ""


@lru_cache(maxsize=32)
def _one_of(words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(rf"\b({'|'.join(map(re.escape, longest_first))})(?:nya|-\w+)?\b")


def _against_category(text: str, kind: str) -> str:
    """What speaks against an emergency though the reporter chose such a category: that it is a
    suggestion or a question, or that all it tells of is prevention, the past, or a thing."""
    context, low = _context(), text.lower()
    if _said(context["now"], low):
        return ""
    if kind in (CaseKind.ASPIRATION, CaseKind.INFORMATION):
        return str(kind)
    if said := _said(context["requests"], low):
        return said
    if said := _said((*context["past_time"], *context["long_ago"], "bekas"), low):
        return said
    if idle := re.search(r"\b(?:terlantar|telantar|mangkrak|terbengkalai)\b", low):
        nearest = _nearest(low, idle)
        return nearest if nearest in context["things"] else ""
    return ""
