"""Every regular expression of the house on growing hostile text: the time grows as the text does, never as its square.

Hostile texts are made from the pattern itself: whatever may be repeated is repeated, and then nothing fits. A pattern fails where a
text four times as long takes more than eight times as long and more than a twentieth of a second, at its best of three tries; a
square pattern takes sixteen times as long, and thirty times that limit.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as sre_parser  # type: ignore[attr-defined]
from typing import Any

import pytest
from django.conf import settings

ROOT = Path(settings.ROOT)
APPS = ("ntbportal", "onedata", "care", "posyandu")
METHODS = {"compile", "match", "search", "fullmatch", "sub", "subn", "findall", "finditer", "split"}
SHORT, LONG, LIMIT, GROWTH = 2_000, 8_000, 0.05, 8.0


def written() -> dict[str, tuple[str, int]]:
    """Pattern and flags by where they stand: texts in calls of `re`."""
    found = {}
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" in path.parts:
                continue
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                    continue
                owner, first = node.func.value, node.args[0]
                is_re = isinstance(owner, ast.Name) and owner.id == "re" and node.func.attr in METHODS
                if is_re and isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found[f"{path.relative_to(ROOT)}:{node.lineno}"] = (first.value, 0)
    return found


def compiled() -> dict[str, tuple[str, int]]:
    """Patterns that modules hold, also those put together at import."""
    found = {}
    for app in APPS:
        package = importlib.import_module(app)
        for info in pkgutil.walk_packages(package.__path__, f"{app}."):
            if any(part in info.name for part in (".migrations", "__main__", ".settings", ".wsgi", ".server", "bootstrap")):
                continue
            try:
                module = importlib.import_module(info.name)
            except ImportError:
                continue
            for name, value in vars(module).items():
                values = value.values() if isinstance(value, dict) else value if isinstance(value, (list, tuple)) else [value]
                for place, one in enumerate(values):
                    if isinstance(one, re.Pattern) and isinstance(one.pattern, str):
                        found[f"{info.name}.{name}.{place}"] = (one.pattern, one.flags)
    return found


PATTERNS = {**written(), **compiled()}


def sample(tokens: Any) -> str:
    """A text that the tokens fit, as far as it can be made simply."""
    said = []
    for kind, value in tokens:
        if kind is sre.LITERAL:
            said.append(chr(value))
        elif kind is sre.NOT_LITERAL:
            said.append("b" if value == ord("a") else "a")
        elif kind is sre.ANY:
            said.append("a")
        elif kind is sre.IN:
            said.append(_of_class(value))
        elif kind in {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}:
            said.append(sample(value[2]) * max(1, value[0]))
        elif kind is sre.SUBPATTERN:
            said.append(sample(value[3]))
        elif kind is sre.ATOMIC_GROUP:
            said.append(sample(value))
        elif kind is sre.BRANCH:
            said.append(sample(value[1][0]))
    return "".join(said)


def _of_class(parts: Any) -> str:
    negated = bool(parts) and parts[0][0] is sre.NEGATE
    tester = {"a": False, "0": False, " ": False, "-": False, ".": False, "é": False}
    for kind, value in parts:
        for sign in tester:
            is_in = (
                (kind is sre.LITERAL and chr(value) == sign)
                or (kind is sre.RANGE and value[0] <= ord(sign) <= value[1])
                or (kind is sre.CATEGORY and bool(re.match(CATEGORIES.get(value, "(?!)"), sign)))
            )
            tester[sign] = tester[sign] or is_in
    fitting = [sign for sign, is_in in tester.items() if is_in != negated]
    literal = [chr(value) for kind, value in parts if kind is sre.LITERAL]
    return (fitting or literal or ["a"])[0]


CATEGORIES = {sre.CATEGORY_DIGIT: r"\d", sre.CATEGORY_NOT_DIGIT: r"\D", sre.CATEGORY_SPACE: r"\s", sre.CATEGORY_NOT_SPACE: r"\S",
              sre.CATEGORY_WORD: r"\w", sre.CATEGORY_NOT_WORD: r"\W"}  # fmt: skip


def pumps(tokens: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """What stands before each repeated part, and a text that it may repeat."""
    for place, (kind, value) in enumerate(tokens):
        lead = before + sample(tokens[:place])
        if kind in {sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT}:
            inner = sample(value[2])
            if value[1] > 50 and inner:
                yield lead, inner
                yield "", inner
                yield "", lead + inner
            yield from pumps(value[2], lead)
        elif kind is sre.SUBPATTERN:
            yield from pumps(value[3], lead)
        elif kind is sre.ATOMIC_GROUP:
            yield from pumps(value, lead)
        elif kind is sre.BRANCH:
            for branch in value[1]:
                yield from pumps(branch, lead)
                text = sample(branch)
                if text:
                    yield "", text


class TooLong(Exception):
    pass


def _stop(_number: int, _frame: Any) -> None:
    raise TooLong


def seconds(pattern: re.Pattern[str], lead: str, pump: str, size: int) -> float:
    text = lead + pump * (size // len(pump)) + "\x00\x01"
    best = float("inf")
    for _try in range(3):
        started = time.process_time()
        for _found in pattern.finditer(text):
            pass
        best = min(best, time.process_time() - started)
        if best < 0.002:
            break
    return best


def test_there_are_patterns() -> None:
    assert len(PATTERNS) > 80


@pytest.mark.parametrize("place", sorted(PATTERNS))
def test_time_grows_with_the_text(place: str) -> None:
    text, flags = PATTERNS[place]
    pattern = re.compile(text, flags & ~re.UNICODE if flags else 0)
    tokens = sre_parser.parse(text, flags & ~re.UNICODE if flags else 0)
    signs = {(("", sign)) for sign in set(sample(tokens))}
    signal.signal(signal.SIGALRM, _stop)
    for lead, pump in {*pumps(list(tokens)), *signs}:
        signal.setitimer(signal.ITIMER_REAL, 8)
        try:
            long = seconds(pattern, lead[:200], pump[:200], LONG)
            if long > LIMIT:
                short = seconds(pattern, lead[:200], pump[:200], SHORT)
                assert long < short * GROWTH, f"{place}: {text!r} on {lead!r} + {pump!r} * n: {short:.3f} s, {long:.3f} s"
        except TooLong:
            pytest.fail(f"{place}: {text!r} does not end on {lead!r} + {pump!r} * n")
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)


@pytest.mark.parametrize(
    ("text", "is_slow"),
    [(r"[a-z_]+:", True), (r"(a+)+$", True), (r"\s+$", True), (r"[a-z_]{1,40}+:", False), (r"(?<![a-z])[a-z]++:", False)],
)
def test_the_measure_tells_slow_patterns_from_others(text: str, is_slow: bool) -> None:
    PATTERNS["measure"] = (text, 0)
    if is_slow:
        with pytest.raises((AssertionError, pytest.fail.Exception)):
            test_time_grows_with_the_text("measure")
    else:
        test_time_grows_with_the_text("measure")
    del PATTERNS["measure"]
