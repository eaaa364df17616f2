"""Signs that no text of a person needs and that break what others read: control signs."""

from __future__ import annotations

import json
import re
from typing import Any

from django.http import HttpRequest, RawPostDataException

# all of C0 and C1 but tab and line feed, lone surrogates, the two that XML forbids, and the line
# and paragraph separators, which end a line of JavaScript and of some logs
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n?|\u0085|\u2028|\u2029")
# signs that are there but show nothing: a text of nothing else is empty
_UNSEEN = re.compile(
    "[\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]+"
)


def without_controls(text: str) -> str:
    """The text without control signs; every kind of line end is a line feed."""
    return CONTROLS.sub("", _LINE_ENDS.sub("\n", text))


def is_blank(text: str) -> bool:
    """Whether nothing of the text can be seen."""
    return not _UNSEEN.sub("", text)


def json_of(request: HttpRequest) -> Any:
    """What was sent as JSON, without control signs. Raises ValueError for what is no JSON, is nested
    beyond all use, or was sent as a form."""
    try:
        return clean_json(json.loads(request.body))
    except (RecursionError, RawPostDataException) as error:
        raise ValueError("no JSON") from error


def clean_json(value: Any) -> Any:
    """A value read from JSON with all its texts, keys too, without control signs."""
    if isinstance(value, str):
        return without_controls(value)
    if isinstance(value, list):
        return [clean_json(one) for one in value]
    if isinstance(value, dict):
        return {clean_json(key): clean_json(one) for key, one in value.items()}
    return value
