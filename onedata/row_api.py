"""The row API: filter, sort, page, group and sum over a published table, by address alone.

?nilai__gte=10&wilayah__contains=lombok&sort=-nilai&fields=wilayah,nilai&size=50&page=2
?group=tahun&sum=nilai&mean=nilai
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb
from django.http import QueryDict

from ntbportal.commons.numerals import whole_number

from .fast_copy import quoted
from .models import DataVersion
from .tables import TooDear, fetched, source_of, with_row

log = logging.getLogger(__name__)
SIZE, MOST = 50, 1000
MOST_CONDITIONS, MOST_VALUES, LONGEST = 50, 500, 500  # of a question, of one condition, signs of a value
MOST_NAMES = 2_000
LAST_ROW = 1_000_000  # deeper pages are for downloads
COMPARISONS = {"": "=", "ne": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
TOTALS = {"sum": "sum", "mean": "avg", "min": "min", "max": "max"}
RESERVED = {"sort", "fields", "size", "page", "group", "total", *TOTALS}
CASTS = {
    "integer": "HUGEINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE", "datetime": "TIMESTAMP", "string": "VARCHAR",
}  # fmt: skip


class BadQuestion(ValueError):
    """The address asks for something the table has not; the message names it."""


@dataclass
class Rows:
    columns: list[str]
    rows: list[tuple[Any, ...]]
    total: int | None
    page: int
    size: int
    more: bool


def _column(version: DataVersion, name: str) -> dict[str, Any]:
    column = version.column(name)
    if column is None:
        raise BadQuestion(f"there is no column '{name}'; there are: {', '.join(version.column_names)}")
    return column


def _names(version: DataVersion, text: str) -> list[str]:
    names = [name for name in text.split(",") if name]
    if len(names) > MOST_NAMES:
        raise BadQuestion(f"at most {MOST_NAMES} columns may be named")
    known = set(version.column_names)
    return [name if name in known else _column(version, name)["name"] for name in dict.fromkeys(names)]


def _conditions(version: DataVersion, asked: QueryDict) -> tuple[str, list[Any]]:
    parts: list[str] = []
    values: list[Any] = []
    for key, texts in asked.lists():
        if key in RESERVED:
            continue
        name, _mark, comparison = key.rpartition("__") if "__" in key and version.column(key) is None else (key, "", "")
        column = _column(version, name)
        field, kind = quoted(name), CASTS[column["type"]]
        for text in texts:
            if len(parts) >= MOST_CONDITIONS or len(text) > LONGEST * 20:
                raise BadQuestion(f"at most {MOST_CONDITIONS} conditions of {LONGEST} signs may be asked")
            if comparison in COMPARISONS:
                parts.append(f"{field} {COMPARISONS[comparison]} CAST(? AS {_kind(text, column, kind)})")
                values.append(text)
            elif comparison == "in":
                options = text.split(",")
                if len(options) > MOST_VALUES:
                    raise BadQuestion(f"at most {MOST_VALUES} values may be asked for")
                casts = ", ".join(f"CAST(? AS {_kind(option, column, kind)})" for option in options)
                parts.append(f"{field} IN ({casts})")
                values += options
            elif comparison == "contains":
                parts.append(f"contains(lower(CAST({field} AS VARCHAR)), lower(?))")
                values.append(text)
            elif comparison == "isnull":
                parts.append(f"{field} IS {'NULL' if text in {'1', 'true'} else 'NOT NULL'}")
            else:
                raise BadQuestion(
                    f"'{comparison}' is no comparison; there are: {', '.join([*filter(None, COMPARISONS), 'in', 'contains', 'isnull'])}"
                )
    return (" WHERE " + " AND ".join(parts) if parts else ""), values


def _kind(text: str, column: dict[str, Any], kind: str) -> str:
    """The type a value is compared as. Raises BadQuestion where it is none of the column's."""
    said = text.strip()
    try:
        if kind in {"HUGEINT", "DOUBLE"}:
            if not Decimal(said).is_finite():
                raise ValueError
            is_whole = said.lstrip("+-").isdecimal() and len(said) < 38
            return kind if kind == "DOUBLE" or is_whole else "DOUBLE"
        if kind == "DATE":
            date.fromisoformat(said)
        elif kind == "TIMESTAMP":
            datetime.fromisoformat(said)
        elif kind == "BOOLEAN" and said.lower() not in {"true", "false", "1", "0"}:
            raise ValueError
    except (ValueError, ArithmeticError):
        raise BadQuestion(f"'{text[:60]}' does not fit the column '{column['name']}' ({column['type']})") from None
    return kind


def _whole(asked: QueryDict, name: str, default: int, most: int) -> int:
    number = whole_number(asked.get(name, str(default)), most)
    if not number:
        raise BadQuestion(f"{name} must be a whole number from 1 to {most}")
    return number


def _order(asked: QueryDict, columns: Iterable[str]) -> str:
    known, found = set(columns), []
    for part in list(filter(None, asked.get("sort", "")[:4000].split(",")))[:20]:
        name = part.removeprefix("-")
        if name not in known:
            raise BadQuestion(f"cannot sort by '{name}'; there are: {', '.join(known)}")
        found.append(f"{quoted(name)} {'DESC' if part.startswith('-') else 'ASC'} NULLS LAST")
    return " ORDER BY " + ", ".join(found) if found else ""


def read(version: DataVersion, asked: QueryDict) -> Rows:
    """One page of rows or groups. Raises BadQuestion. `total=0` leaves the count out, which is faster."""
    size, page = _whole(asked, "size", SIZE, MOST), _whole(asked, "page", 1, LAST_ROW)
    if page * size > LAST_ROW:
        raise BadQuestion(f"only the first {LAST_ROW} rows are paged; download the table for more")
    where, values = _conditions(version, asked)
    group = _names(version, asked.get("group", ""))
    sums = {f"{name}_{column}": f"{TOTALS[name]}({quoted(column)})" for name in TOTALS for column in _names(version, asked.get(name, ""))}
    for name in TOTALS:
        for column in _names(version, asked.get(name, "")):
            if name in {"sum", "mean"} and _column(version, column)["type"] not in {"integer", "number"}:
                raise BadQuestion(f"'{column}' holds no numbers")
    source, path = source_of(version, ordered=bool(where or group or sums or asked.get("sort")))
    if group or sums:
        columns = [*group, "count", *sums]
        parts = [*(quoted(name) for name in group), 'count(*) AS "count"', *(f"{sql} AS {quoted(name)}" for name, sql in sums.items())]
        grouped = f" GROUP BY {', '.join(map(quoted, group))}" if group else ""
        inner = f"SELECT {', '.join(parts)} FROM {source}{where}{grouped}"
        order = _order(asked, columns) or (f" ORDER BY {', '.join(map(quoted, group))}" if group else "")
    else:
        columns = _names(version, asked.get("fields", "")) or version.column_names
        inner = f"SELECT {', '.join(map(quoted, columns))} FROM {source}{where}"
        order = with_row(_order(asked, version.column_names), source, grouped=False)
    try:
        rows = fetched(f"{inner}{order} LIMIT {size + 1} OFFSET {(page - 1) * size}", [*path, *values])
        total = None
        if asked.get("total", "1") != "0":
            counting = f"SELECT count(*) FROM ({inner})" if group or sums else f"SELECT count(*) FROM {source}{where}"
            total = fetched(counting, [*path, *values])[0][0] if where or group or sums else version.rows
    except TooDear as error:
        raise BadQuestion("this takes too long: ask for fewer rows or conditions, or download the table") from error
    except duckdb.Error as error:
        log.info("a question that could not be answered: %s", error)
        raise BadQuestion("a value does not fit the type of its column") from error
    return Rows(columns, rows[:size], total, page, size, len(rows) > size)
