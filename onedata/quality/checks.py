"""The checks. Each looks at the whole table in DuckDB and returns what it tested and what it found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import duckdb

from ..models import DataSet, Dimension, Severity
from ..tables import quoted

SHOWN_PER_CHECK = 50  # findings with row and column kept of one check and column; the rest is counted


@dataclass
class Found:
    """One finding. row counts data lines from 1; None where the whole column or file is meant."""

    check: str
    dimension: str
    severity: str
    row: int | None = None
    column: str = ""
    value: str = ""
    count: int = 1


@dataclass
class Outcome:
    dimension: str
    tested: int = 0
    failed: int = 0
    findings: list[Found] = field(default_factory=list)


@dataclass
class Table:
    """The table under test: DuckDB view `raw` (all text, with `__row`), `typed` (as it will be stored)."""

    db: duckdb.DuckDBPyConnection
    columns: list[dict[str, Any]]
    rows: int
    data_set: DataSet
    region_codes: Callable[[], Iterable[str]]
    codes_of: Callable[[str], Iterable[str]] = lambda _slug: ()  # of a reference list, by its address

    @cached_property
    def tallies(self) -> dict[str, tuple[int, int]]:
        """By column: empty cells, and texts with spaces before or after. One pass over the whole table for all."""
        parts = []
        for column in self.columns:
            name = quoted(column["name"])
            parts.append(f"count({name})")
            text = column["type"] == "string"
            parts.append(f"count(*) FILTER (WHERE starts_with({name}, ' ') OR ends_with({name}, ' '))" if text else "0")
        found: tuple[int, ...] = ()
        for start in range(0, len(parts), 400):  # a statement of thousands of parts takes long to plan
            found += self.db.execute(f"SELECT {', '.join(parts[start : start + 400])} FROM raw").fetchone() or ()
        return {column["name"]: (self.rows - found[2 * place], found[2 * place + 1]) for place, column in enumerate(self.columns)}


Check = Callable[[Table], Outcome]


def _all(table: Table, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    return table.db.execute(sql, list(values)).fetchall()


def _one(table: Table, sql: str, *values: Any) -> int:
    row = table.db.execute(sql, list(values)).fetchone()
    return int(row[0]) if row and row[0] is not None else 0


def cells(table: Table, field: str, condition: str, values: list[Any]) -> tuple[list[tuple[Any, ...]], int]:
    """Rows and cells of `field` for "FROM … WHERE …", the first SHOWN_PER_CHECK, and how many there are."""
    failed = _one(table, f"SELECT count(*) {condition}", *values)
    rows = _all(table, f"SELECT __row, {field} {condition} ORDER BY __row LIMIT {SHOWN_PER_CHECK}", *values) if failed else []
    return rows, failed


def empty_cells(table: Table) -> Outcome:
    """Completeness: every cell filled. A column that is empty throughout is an error, single gaps are warnings."""
    outcome = Outcome(Dimension.COMPLETENESS, tested=table.rows * len(table.columns))
    for column in table.columns:
        name, missing = column["name"], table.tallies[column["name"]][0]
        if not missing:
            continue
        outcome.failed += missing
        if missing == table.rows:
            outcome.findings.append(Found("empty_column", outcome.dimension, Severity.ERROR, column=name, count=missing))
            continue
        rows = _all(table, f"SELECT __row FROM raw WHERE {quoted(name)} IS NULL ORDER BY __row LIMIT 5")
        outcome.findings.append(Found("empty_cells", outcome.dimension, Severity.WARNING, row=rows[0][0], column=name, count=missing))
    return outcome


def wrong_types(table: Table) -> Outcome:
    """Validity: each cell is what its column is (number, date …)."""
    outcome = Outcome(Dimension.VALIDITY)
    typed = [column for column in table.columns if column["type"] != "string"]
    if not typed:
        return outcome
    outcome.tested = table.rows * len(typed)
    filled = [table.rows - table.tallies[column["name"]][0] for column in typed]
    kept = table.db.execute("SELECT " + ", ".join(f"count({quoted(column['name'])})" for column in typed) + " FROM typed").fetchone()
    for column, before, after in zip(typed, filled, kept or (), strict=True):
        name, bad = quoted(column["name"]), before - after
        if not bad:
            continue
        outcome.failed += bad
        rows = _all(
            table,
            f"SELECT __row, raw.{name} FROM raw JOIN typed USING (__row) "
            f"WHERE raw.{name} IS NOT NULL AND typed.{name} IS NULL ORDER BY __row LIMIT {SHOWN_PER_CHECK}",
        )
        for row, value in rows:
            outcome.findings.append(
                Found(f"not_{column['type']}", outcome.dimension, Severity.ERROR, row=row, column=column["name"], value=str(value)[:120])
            )
        if bad > len(rows):
            outcome.findings.append(Found("more_of_these", outcome.dimension, Severity.ERROR, column=column["name"], count=bad - len(rows)))
    return outcome


def stray_spaces(table: Table) -> Outcome:
    """Validity: no spaces before or after a text."""
    outcome = Outcome(Dimension.VALIDITY)
    for column in table.columns:
        if column["type"] != "string":
            continue
        name, bad = quoted(column["name"]), table.tallies[column["name"]][1]
        outcome.tested += table.rows
        if bad:
            outcome.failed += bad
            row = _one(table, f"SELECT min(__row) FROM raw WHERE {name} <> trim({name})")
            outcome.findings.append(Found("stray_spaces", outcome.dimension, Severity.WARNING, row=row, column=column["name"], count=bad))
    return outcome


def double_rows(table: Table) -> Outcome:
    """Uniqueness: no row stands twice."""
    outcome = Outcome(Dimension.UNIQUENESS, tested=table.rows)
    names = ", ".join(quoted(column["name"]) for column in table.columns)
    # rows that are the same have the same hash; most tables have no two, and are done here
    doubled = f"SELECT hash({names}) AS h FROM raw GROUP BY 1 HAVING count(*) > 1"
    if not _one(table, f"SELECT count(*) FROM ({doubled})"):
        return outcome
    suspects = f"SELECT * FROM raw WHERE hash({names}) IN ({doubled})"
    numbered = f"SELECT __row, min(__row) OVER same AS first FROM ({suspects}) WINDOW same AS (PARTITION BY {names})"
    outcome.failed = _one(table, f"SELECT count(*) FROM ({numbered}) WHERE first <> __row")
    if outcome.failed:
        rows = _all(table, f"SELECT __row, first FROM ({numbered}) WHERE first <> __row ORDER BY __row LIMIT {SHOWN_PER_CHECK}")
        for row, first in rows:
            outcome.findings.append(Found("double_row", outcome.dimension, Severity.ERROR, row=row, value=str(first)))
        if outcome.failed > len(rows):
            outcome.findings.append(Found("more_of_these", outcome.dimension, Severity.ERROR, count=outcome.failed - len(rows)))
    return outcome


REGION_COLUMN = re.compile(
    r"^(kode|code)[ _]?(wilayah|region|provinsi|kabupaten|kota|kab_?kota|kecamatan|desa|kelurahan|kemendagri|bps)", re.I
)


def region_codes(table: Table) -> Outcome:
    """Consistency: region codes are in the reference list (Kemendagri or BPS)."""
    outcome = Outcome(Dimension.CONSISTENCY)
    columns = [column["name"] for column in table.columns if REGION_COLUMN.match(column["name"])]
    if not columns:
        return outcome
    known = set(table.region_codes())
    for column in columns:
        name = quoted(column)
        outcome.tested += table.rows
        counted = _all(table, f"SELECT {name}, count(*) FROM raw WHERE {name} IS NOT NULL GROUP BY 1")
        strange = {value: count for value, count in counted if value.strip() not in known}
        if not strange:
            continue
        outcome.failed += sum(strange.values())
        some = list(strange)[:10_000]
        marks = ", ".join("?" for _value in some)
        rows = _all(table, f"SELECT __row, {name} FROM raw WHERE {name} IN ({marks}) ORDER BY __row LIMIT {SHOWN_PER_CHECK}", *some)
        for row, value in rows:
            outcome.findings.append(
                Found("unknown_region_code", outcome.dimension, Severity.ERROR, row=row, column=column, value=str(value)[:120])
            )
    return outcome


NO_MEASURE = re.compile(r"kode|code|tahun|year|nomor|^no$|^id$|lat|lon", re.I)


def far_values(table: Table) -> Outcome:
    """Accuracy: numbers far from the others of their column (beyond the quartiles by three times their distance)."""
    outcome = Outcome(Dimension.ACCURACY)
    numbers = [column for column in table.columns if column["type"] in {"integer", "number"} and not NO_MEASURE.search(column["name"])]
    if not numbers:
        return outcome
    names = [quoted(column["name"]) for column in numbers]
    parts = (f"quantile_cont({name}, [0.25, 0.75]), count({name}), approx_count_distinct({name})" for name in names)
    measured = table.db.execute(f"SELECT {', '.join(parts)} FROM typed").fetchone() or ()
    for place, (column, name) in enumerate(zip(numbers, names, strict=True)):
        outcome.tested += table.rows
        quartiles, filled, values = measured[3 * place : 3 * place + 3]
        if filled < 20 or values < 10 or quartiles[1] == quartiles[0]:
            continue
        spread = quartiles[1] - quartiles[0]
        low, high = quartiles[0] - 3 * spread, quartiles[1] + 3 * spread
        rows = _all(table, f"SELECT __row, {name} FROM typed WHERE {name} < ? OR {name} > ? ORDER BY __row", low, high)
        if not rows or len(rows) > filled * 0.02 + 1:
            continue  # a skewed column, not stray values
        outcome.failed += len(rows)
        for row, value in rows[:SHOWN_PER_CHECK]:
            outcome.findings.append(
                Found("far_value", outcome.dimension, Severity.WARNING, row=row, column=column["name"], value=str(value)[:120])
            )
    return outcome


def lateness(table: Table) -> Outcome:
    """Timeliness: released within the declared frequency."""
    outcome = Outcome(Dimension.TIMELINESS, tested=1)
    plan = table.data_set.releases.filter(released_on__isnull=True).order_by("due_on").first()
    due = plan.due_on if plan else table.data_set.next_due
    if due is not None and due < date.today():
        outcome.failed = 1
        outcome.findings.append(Found("late", outcome.dimension, Severity.WARNING, value=due.isoformat()))
    return outcome


CHECKS: tuple[tuple[str, Check], ...] = (
    ("completeness", empty_cells),
    ("types", wrong_types),
    ("spaces", stray_spaces),
    ("double rows", double_rows),
    ("region codes", region_codes),
    ("far values", far_values),
    ("timeliness", lateness),
)
