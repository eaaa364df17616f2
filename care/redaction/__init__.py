"""What would tell who somebody is, taken out of texts before the public reads them; the agency and
the reporter read them whole.

Out of a citizen's words go numbers and addresses (numbers.py), people's names (names.py), the
reporter's own name and what an officer has named besides. Of an agency's own words stay its
telephone numbers, addresses and officials, which it publishes in its own name: only the reporter
and sixteen-digit numbers are left out, and the officer is warned before sending (warnings_of).

Texts are redacted once, when they are written, and kept beside the original; `VERSION` tells by
which rules. After a change of the rules they are redacted anew by the task `care.redact_anew`,
and until then as they are shown.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from ..models import Case, CaseMove
from .lexicon import is_everyday, lexicon
from .names import spans_of_names
from .numbers import Span, spans_of_numbers

__all__ = [
    "MARK",
    "VERSION",
    "by_agency",
    "folded",
    "public_note",
    "public_place_note",
    "public_text",
    "redact_case",
    "redacted",
    "redacted_by_agency",
    "warnings_of",
]

MARK = "▒▒▒"
VERSION = 2
What = CaseMove.What
# steps whose text is not the agency's own
OF_CITIZENS = frozenset({What.FILED, What.REPLIED, What.HELPED, What.REOPENED})
SIXTEEN = re.compile(r"(?<!\d)\d(?:[ \t\r\n.\-–]{0,3}\d){15}(?!\d)")
SHORTEST_OWN_NAME = 2  # letters of a word of the reporter's name


def folded(text: str) -> tuple[str, list[int]]:
    """The text as it is compared, and for each of its letters the place in the original: without
    signs that nobody sees, with digits and letters of other scripts as the plain ones."""
    letters: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        if sign.isascii():
            letters.append(sign)
            places.append(place)
            continue
        if unicodedata.category(sign) in {"Cf", "Mn"}:
            continue
        digit = unicodedata.digit(sign, None)
        plain = str(digit) if digit is not None else unicodedata.normalize("NFKC", sign)
        for one in plain if len(plain) <= 3 else sign:
            letters.append(" " if one.isspace() and one != "\n" else one)
            places.append(place)
    return "".join(letters), places


def redacted(text: str, *names: str, words: str = "", others: bool = True) -> str:
    """A citizen's text without numbers, addresses and names. `names`: of the reporter; `words`:
    further ones, one a line, left out whole; `others`: also names of other people."""
    plain, places = folded(text)
    spans = spans_of_numbers(plain)
    if others:
        spans += spans_of_names(plain)
    spans += _spans_of_own(plain, names, words)
    return _masked(text, places, spans)


def redacted_by_agency(text: str, *names: str, words: str = "") -> str:
    """An agency's own text: without the reporter's name, what officers left out, and NIK."""
    plain, places = folded(text)
    spans = [match.span() for match in SIXTEEN.finditer(plain)]
    spans += _spans_of_own(plain, names, words)
    return _masked(text, places, spans)


def _spans_of_own(text: str, names: Iterable[str], words: str) -> list[Span]:
    spans: list[Span] = []
    for line in words.splitlines():
        if wanted := folded(line.strip())[0]:
            spans += [m.span() for m in re.finditer(_whole(wanted), text, re.I)]
    for name in names:
        parts = re.findall(r"[^\W\d_]+", folded(name)[0])
        parts = [part for part in parts if len(part) >= SHORTEST_OWN_NAME]
        if not parts:
            continue
        one = "|".join(map(re.escape, sorted(set(parts), key=len, reverse=True)))
        together = re.compile(rf"(?<!\w)(?:{one})(?:[\s.]{{1,3}}(?:{one})){{1,6}}(?!\w)", re.I)
        spans += [match.span() for match in together.finditer(text)]
        for part in parts:
            spans += [m.span() for m in re.finditer(_whole(part), text, re.I) if _is_own(part, m[0])]
    return spans


def _whole(words: str) -> str:
    return rf"(?<!\w){re.escape(words)}(?!\w)"


def _is_own(part: str, written: str) -> bool:
    """Whether one word of the reporter's name stands for the reporter here: not where it is an
    everyday word in small letters (“Indah” reports that “taman yang indah” is dirty)."""
    key = part.lower()
    if lexicon().is_name(key) and key not in lexicon().ambiguous:
        return True
    return written[:1].isupper() or not is_everyday(key)


def _masked(text: str, places: list[int], spans: list[Span]) -> str:
    """The text with each span, joined where they meet, replaced by MARK."""
    if not spans:
        return text
    parts: list[str] = []
    done = -1
    joined: list[list[int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    done = 0
    for start, end in joined:
        first, last = places[start], places[end - 1] + 1
        parts.append(text[done:first])
        parts.append(MARK)
        done = last
    parts.append(text[done:])
    return "".join(parts)


def warnings_of(text: str, case: Case) -> list[str]:
    """What in an agency's text for the public may be somebody's own: names of people, mobile
    numbers, NIK, the reporter. Asked about before it is sent; each once, as written."""
    plain, places = folded(text)
    spans = spans_of_names(plain) + spans_of_numbers(plain)
    spans += _spans_of_own(plain, [case.reporter_name], case.hidden_words)
    written = [text[places[start] : places[end - 1] + 1].strip() for start, end in sorted(spans)]
    return list(dict.fromkeys(written))


# --- of cases --------------------------------------------------------------------------------------
def redact_case(case: Case, *, moves: bool = True) -> None:
    """Set what the public reads of the case (unsaved), and of each of its steps (saved)."""
    case.public_description = _of_citizen(case, case.description)
    case.public_place_note = _of_citizen(case, case.place_note)[:400]
    case.redacted_by = VERSION
    if not moves:
        return
    steps = list(case.moves.all())
    for move in steps:
        redact_move(case, move)
    CaseMove.objects.bulk_update(steps, ["redacted_note", "redacted_by"], batch_size=200)


def redact_move(case: Case, move: CaseMove) -> None:
    """Set what the public reads of a step (unsaved)."""
    move.redacted_note, move.redacted_by = _of_move(case, move), VERSION


def by_agency(move: CaseMove) -> bool:
    """Whether the step's text is the agency's own."""
    return move.what not in OF_CITIZENS or (move.what == What.REOPENED and move.by_id is not None)


def _of_move(case: Case, move: CaseMove) -> str:
    text = move.published_note if move.is_private else move.public_note
    if not text:
        return ""
    if by_agency(move) or move.is_private:  # what was published an officer has screened
        return redacted_by_agency(text, case.reporter_name, words=case.hidden_words)
    return _of_citizen(case, text)


def _of_citizen(case: Case, text: str) -> str:
    return redacted(text, case.reporter_name, words=case.hidden_words) if text else ""


def public_text(case: Case) -> str:
    """What happened, as the public reads it."""
    return case.public_description if case.redacted_by == VERSION else _of_citizen(case, case.description)


def public_place_note(case: Case) -> str:
    """Where exactly, as the public reads it."""
    if case.redacted_by == VERSION:
        return case.public_place_note
    return _of_citizen(case, case.place_note)


def public_note(case: Case, move: CaseMove) -> str:
    """What the public reads of a step: nothing of what is between reporter and agency."""
    return move.redacted_note if move.redacted_by == VERSION else _of_move(case, move)
