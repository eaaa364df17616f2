"""Personal data in a table or a text, found by what the cells hold and by what the columns are called. What is looked for, and by
which law, stands in data/personal_data.json. A finding never carries a value, only how many cells and a masked sample.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..tables import quoted
from .checks import Table

FILE = Path(__file__).parent.parent / "data" / "personal_data.json"
SAMPLED = 5
SEPARATORS = r"[ .\-/]"


@lru_cache(maxsize=1)
def rules() -> dict[str, Any]:
    return dict(json.loads(FILE.read_text("utf-8")))


def nik_pattern() -> str:
    """A number of identity: place, day (women plus 40), month, year, number in turn; for RE2 and Python alike."""
    return rf"({rules()['nik_provinces']})[0-9]{{4}}(0[1-9]|[12][0-9]|3[01]|4[1-9]|[56][0-9]|7[01])(0[1-9]|1[0-2])[0-9]{{6}}"


NIK_ALONE = r"(^|[^0-9])({nik})([^0-9]|$)"
# with the sign of the country or a leading zero: nothing else is written so
PHONE = r"(^|[^0-9+])(\+62[ .\-]?|0)8[1-9][0-9]([ .\-]?[0-9]){{6,10}}([^0-9]|$)"
PHONE_ABROAD = r"^628[1-9][0-9]{{7,10}}$"  # without the plus: of a column where most are so
PHONE_SHORT = r"^8[1-9][0-9]{{7,10}}$"  # as spreadsheets leave them: of a column that is called so
EMAIL = r"[A-Za-z0-9._%+\-]{{1,64}}@[A-Za-z0-9\-]{{1,63}}(\.[A-Za-z0-9\-]{{1,63}}){{1,4}}"


LEAST = {"nik": 16, "phone": 10, "abroad": 11, "short": 9, "email": 6}  # signs of a cell


def _sql(column: str, kind: str) -> str:
    """A condition of DuckDB on a cell. Only cells long enough are looked through, which spares most of the time."""
    prefix = f"contains({column}, '@')" if kind == "email" else f"length({column}) >= {LEAST[kind]}"
    return f"(CASE WHEN {prefix} THEN {_pattern(column, kind)} ELSE false END)"


def _pattern(column: str, kind: str) -> str:
    bare = f"regexp_replace({column}, '{SEPARATORS}', '', 'g')"
    unpointed = f"regexp_replace({bare}, '^([0-9]{{16}})0$', '\\1')"  # 5201010101900001.0
    if kind == "nik":
        return f"regexp_matches({column}, '[0-9].*[0-9]') AND regexp_matches({unpointed}, '{NIK_ALONE.format(nik=nik_pattern())}')"
    if kind == "phone":
        return f"regexp_matches({column}, '{PHONE.format()}')"
    if kind == "abroad":
        return f"regexp_matches({bare}, '{PHONE_ABROAD.format()}')"
    if kind == "short":
        return f"regexp_matches({bare}, '{PHONE_SHORT.format()}')"
    public = "|".join(re.escape(domain) for domain in rules()["public_domains"])
    return f"regexp_matches({column}, '{EMAIL.format()}') AND NOT regexp_full_match(lower(trim({column})), '[^@ ]+@[^@ ]*({public})')"


CONTENT = ("nik", "phone", "abroad", "email")


def look_for_personal_data(table: Table) -> list[dict[str, Any]]:
    """[{"column", "kind", "cells", "sample": masked}] of a table whose texts stand in the view `raw`."""
    found: list[dict[str, Any]] = []
    names = [column["name"] for column in table.columns]
    counts = _counts(table, names)
    for name in names:
        filled, of = counts[name]
        kinds = [kind for kind in ("nik", "phone", "email") if of[kind]]
        if of["abroad"] and of["abroad"] >= filled * 0.5 and "phone" not in kinds:
            kinds.append("phone")
        for kind in kinds:
            cells = of[kind] or of["abroad"]
            condition = _sql(quoted(name), kind if of[kind] else "abroad")
            found.append({"column": name, "kind": kind, "cells": cells, "sample": _sample(table, name, condition)})
        if not kinds and filled:
            found += _by_name(table, name)
    return found + _people(table, names, {one["column"] for one in found})


def _counts(table: Table, names: list[str]) -> dict[str, tuple[int, dict[str, int]]]:
    found = {}
    for start in range(0, len(names), 60):
        part = names[start : start + 60]
        sums = ", ".join(
            f"count({quoted(name)}), " + ", ".join(f"count(*) FILTER (WHERE {_sql(quoted(name), kind)})" for kind in CONTENT)
            for name in part
        )
        row = list(table.db.execute(f"SELECT {sums} FROM raw").fetchone() or ())
        for name in part:
            filled = int(row.pop(0))
            found[name] = (filled, {kind: int(row.pop(0)) for kind in CONTENT})
    return found


def words_of(name: str) -> str:
    """A column's name as words between spaces: noHP, no_hp and "No. HP" alike."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return f" {re.sub(r'[^a-z0-9]+', ' ', apart.lower()).strip()} "


def _by_name(table: Table, name: str) -> list[dict[str, Any]]:
    said = words_of(name)
    column = quoted(name)
    for rule in rules()["columns"]:
        if not any(f" {word} " in said for word in rule["words"]):
            continue
        masked = f"regexp_matches({column}, '[*•]|[xX]{{3,}}')"
        condition = f"length(trim({column})) >= {int(rule['least'])} AND NOT {masked}"
        if rule["kind"] == "email":
            condition = _sql(column, "email")
        elif rule["kind"] == "person":
            condition += f" AND regexp_matches({column}, '[A-Za-z]{{2,}}')"
        elif rule["kind"] in {"nik", "kk", "phone", "account", "passport"}:
            condition += f" AND regexp_matches(regexp_replace({column}, '{SEPARATORS}', '', 'g'), '[0-9]{{6,}}')"
        row = table.db.execute(f"SELECT count(*) FROM raw WHERE {condition}").fetchone()
        if row and row[0]:
            return [{"column": name, "kind": rule["kind"], "cells": int(row[0]), "sample": _sample(table, name, condition)}]
        return []
    return []


def _people(table: Table, names: list[str], found: set[str]) -> list[dict[str, Any]]:
    """Names beside addresses, unless most of them are names of places and institutions."""

    def called(words: list[str]) -> list[str]:
        return [name for name in names if any(f" {word} " in words_of(name) for word in words)]

    addresses = called(rules()["addresses"])
    if not addresses:
        return []
    institutions = "|".join(re.escape(word) for word in rules()["institutions"])
    result = []
    for name in called(rules()["names"]):
        if name in found or name in addresses:
            continue
        column = quoted(name)
        is_person = (
            f"regexp_matches({column}, '[A-Za-z]{{3,}}') AND NOT regexp_matches({column}, '[*•]') "
            f"AND NOT regexp_matches(lower({column}), '(^|[^a-z])({institutions})([^a-z]|$)')"
        )
        row = table.db.execute(f"SELECT count(*), count({column}) FROM raw WHERE {is_person}").fetchone() or (0, 0)
        filled = (table.db.execute(f"SELECT count({column}) FROM raw").fetchone() or (0,))[0]
        if row[0] and row[0] >= filled * 0.5:
            sample = _sample(table, name, is_person)
            result.append({"column": name, "kind": "named_people", "cells": int(row[0]), "sample": sample})
    return result


def _sample(table: Table, name: str, condition: str) -> list[str]:
    column = quoted(name)
    rows = table.db.execute(f"SELECT {column} FROM raw WHERE {condition} ORDER BY __row LIMIT {SAMPLED}").fetchall()
    return [masked(str(row[0])) for row in rows]


def masked(text: str) -> str:
    """The first and the last sign of each word; digits but the first two and the last are covered."""

    def cover(word: str) -> str:
        if len(word) <= 2:
            return "•" * len(word)
        keep = 2 if word[:2].isdecimal() else 1
        return word[:keep] + "•" * (len(word) - keep - 1) + word[-1]

    return " ".join(cover(word) for word in text[:60].split())


_EMAIL_TEXT = re.compile(EMAIL.format())
_PHONE_TEXT = re.compile(PHONE.format())


def personal_data_in_text(*texts: str) -> list[dict[str, Any]]:
    """The same of texts: descriptions, titles, notes. `column` is empty."""
    found: dict[str, list[str]] = {}
    nik = re.compile(NIK_ALONE.format(nik=nik_pattern()))
    public = tuple(rules()["public_domains"])
    for text in texts:
        text = text[:100_000]
        joined = re.sub(r"(?<=[0-9])[ .\-](?=[0-9])", "", text)
        found.setdefault("nik", []).extend(one[2] for one in nik.finditer(joined))
        found.setdefault("phone", []).extend(one[0].strip() for one in _PHONE_TEXT.finditer(text))
        found.setdefault("email", []).extend(one[0] for one in _EMAIL_TEXT.finditer(text) if not one[0].lower().endswith(public))
    return [
        {"column": "", "kind": kind, "cells": len(hits), "sample": [masked(hit) for hit in hits[:SAMPLED]]}
        for kind, hits in found.items()
        if hits
    ]
