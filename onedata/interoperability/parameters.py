"""What CKAN's parameters may be, checked once at the door: kinds, sizes, signs that no database takes. What comes after may rely
on it. Names that are not listed are ignored by the actions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .problems import Invalid

SHORT, LONG, MOST = 1_000, 100_000, 1_000
MOST_WHOLE = 10**9
DEPTH = 6

SHORT_TEXTS = (
    "id", "name", "name_or_id", "resource_id", "package_id", "title", "license_id", "owner_org", "sort", "fq", "access", "frequency", "kind",
    "measure", "unit", "concept", "classification", "access_reason", "vocabulary_id", "records_format", "format",
)  # fmt: skip
LONG_TEXTS = ("notes", "description", "definition")
WHOLES = ("limit", "offset", "rows", "start", "page", "facet.limit")
FLAGS = ("all_fields", "include_datasets", "distinct", "include_total", "facet")


def _scalar(value: Any) -> bool:
    return value is None or isinstance(value, (str, int, float, bool))


def _text(most: int) -> Callable[[str, Any], Any]:
    def check(name: str, value: Any) -> Any:
        if not _scalar(value):
            raise Invalid(**{name: ["Must be a text"]})
        if value is not None and len(str(value)) > most:
            raise Invalid(**{name: [f"Length is more than maximum {most}"]})
        return value

    return check


def _whole(name: str, value: Any) -> Any:
    if value is None or value == "":
        return value
    try:
        if isinstance(value, bool) or not _scalar(value) or (isinstance(value, float) and not math.isfinite(value)):
            raise ValueError
        number = int(value)
    except (ValueError, OverflowError):
        raise Invalid(**{name: ["Invalid integer"]}) from None
    if abs(number) > MOST_WHOLE:
        raise Invalid(**{name: [f"Must not be greater than {MOST_WHOLE}"]})
    return number


def _flag(name: str, value: Any) -> Any:
    if not _scalar(value):
        raise Invalid(**{name: ["Must be true or false"]})
    return value


def _list(name: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Invalid(**{name: ["Must be a list"]})
    if len(value) > MOST:
        raise Invalid(**{name: [f"At most {MOST} entries"]})
    return value


def _named(name: str, value: Any) -> Any:
    """Tags and groups: a list of names, or of objects that have one."""
    found = []
    for one in _list(name, value if value is not None else []):
        said = one.get("name") or one.get("id") or one.get("display_name") if isinstance(one, dict) else one
        if not isinstance(said, str) or len(said) > SHORT:
            raise Invalid(**{name: ["Each entry needs a name"]})
        found.append({"name": said})
    return found


def _pairs(name: str, value: Any) -> Any:
    found = []
    for one in _list(name, value if value is not None else []):
        if not isinstance(one, dict) or not isinstance(one.get("key"), str) or not _scalar(one.get("value")):
            raise Invalid(**{name: ["Each entry needs a key and a value"]})
        _text(LONG)(name, one.get("value"))
        found.append({"key": one["key"], "value": one.get("value")})
    return found


def _texts(name: str, value: Any) -> Any:
    """A text, or a list of texts."""
    if isinstance(value, list):
        for one in _list(name, value):
            _text(SHORT)(name, one)
        return value
    return _text(20 * SHORT)(name, value)


def _searched(name: str, value: Any) -> Any:
    """A text, or an object of texts by column."""
    if isinstance(value, dict):
        if len(value) > 50 or not all(_scalar(one) for one in value.values()):
            raise Invalid(**{name: ["Must be a text, or texts by field"]})
        for one in value.values():
            _text(SHORT)(name, one)
        return value
    return _text(SHORT)(name, value)


def _filters(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        count = 0
        for one in value.values():
            options = one if isinstance(one, list) else [one]
            count += len(options)
            if not all(_scalar(option) and len(str(option)) <= SHORT for option in options):
                raise Invalid(**{name: ["Values must be texts or numbers"]})
        if count > MOST:
            raise Invalid(**{name: [f"At most {MOST} values"]})
        return value
    return _text(20 * SHORT)(name, value)


KINDS: dict[str, Callable[[str, Any], Any]] = {
    **dict.fromkeys(SHORT_TEXTS, _text(SHORT)),
    **dict.fromkeys(LONG_TEXTS, _text(LONG)),
    **dict.fromkeys(WHOLES, _whole),
    **dict.fromkeys(FLAGS, _flag),
    "tags": _named, "groups": _named, "extras": _pairs, "fields": _texts, "facet.field": _texts, "fq_list": _texts, "organizations": _texts,
    "query": _texts, "q": _searched, "filters": _filters,
}  # fmt: skip


def checked(parameters: dict[str, Any]) -> dict[str, Any]:
    """The parameters as the actions take them. Raises Invalid, naming the first that cannot be used."""
    found = {}
    for name, value in parameters.items():
        _writable(name, name, 0)
        if not hasattr(value, "chunks"):
            _writable(name, value, 0)
        check = KINDS.get(name)
        found[name] = check(name, value) if check else value
    return found


def _writable(name: str, value: Any, depth: int) -> None:
    """Refuse NUL and halves of surrogate pairs, which no text column takes, and what is nested deeply."""
    if depth > DEPTH:
        raise Invalid(**{name[:100]: ["Nested too deeply"]})
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            raise Invalid(**{name[:100].replace("\x00", ""): ["Holds a sign that cannot be stored"]})
    elif isinstance(value, dict):
        for key, one in value.items():
            _writable(name, key, depth + 1)
            _writable(name, one, depth + 1)
    elif isinstance(value, list):
        for one in value:
            _writable(name, one, depth + 1)
