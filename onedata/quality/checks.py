"""The checks. Each looks at the whole table in DuckDB and returns what it tested and what it found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
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


@dataclass(frozen=True)
class Table:
    """The table under test: DuckDB view `raw` (all text, with `__row`), `typed` (as it will be stored)."""

    db: duckdb.DuckDBPyConnection
    columns: list[dict[str, Any]]
    rows: int
    data_set: DataSet
    region_codes: Callable[[], Iterable[str]]
    codes_of: Callable[[str], Iterable[str]] = lambda _slug: ()  # of a reference list, by its address


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
    names = [column["name"] for column in table.columns]
    counts = table.db.execute(
        "SELECT " + ", ".join(f"count(*) FILTER (WHERE {quoted(name)} IS NULL)" for name in names) + " FROM raw"
    ).fetchone()
    for name, missing in zip(names, counts or (), strict=True):
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
    filled, kept = (
        table.db.execute("SELECT " + ", ".join(f"count({quoted(column['name'])})" for column in typed) + f" FROM {view}").fetchone() or ()
        for view in ("raw", "typed")
    )
    for column, before, after in zip(typed, filled, kept, strict=True):
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
        name = quoted(column["name"])
        outcome.tested += table.rows
        bad = _one(table, f"SELECT count(*) FROM raw WHERE {name} <> trim({name})")
        if bad:
            outcome.failed += bad
            row = _one(table, f"SELECT min(__row) FROM raw WHERE {name} <> trim({name})")
            outcome.findings.append(Found("stray_spaces", outcome.dimension, Severity.WARNING, row=row, column=column["name"], count=bad))
    return outcome


def double_rows(table: Table) -> Outcome:
    """Uniqueness: no row stands twice."""
    outcome = Outcome(Dimension.UNIQUENESS, tested=table.rows)
    names = ", ".join(quoted(column["name"]) for column in table.columns)
    numbered = f"SELECT __row, min(__row) OVER same AS first FROM raw WINDOW same AS (PARTITION BY {names})"
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
    table.db.execute("CREATE OR REPLACE TEMP TABLE known_codes (code VARCHAR)")
    table.db.execute("INSERT INTO known_codes SELECT unnest(?)", [list(table.region_codes())])
    for column in columns:
        name = quoted(column)
        unknown = f"FROM raw WHERE {name} IS NOT NULL AND trim({name}) NOT IN (SELECT code FROM known_codes)"
        outcome.tested += table.rows
        bad = _one(table, f"SELECT count(*) {unknown}")
        outcome.failed += bad
        for row, value in _all(table, f"SELECT __row, {name} {unknown} ORDER BY __row LIMIT {SHOWN_PER_CHECK}"):
            outcome.findings.append(
                Found("unknown_region_code", outcome.dimension, Severity.ERROR, row=row, column=column, value=str(value)[:120])
            )
    return outcome


def far_values(table: Table) -> Outcome:
    """Accuracy: numbers far from the others of their column (beyond the quartiles by three times their distance)."""
    outcome = Outcome(Dimension.ACCURACY)
    for column in table.columns:
        if column["type"] not in {"integer", "number"} or re.search(r"kode|code|tahun|year|nomor|^no$|^id$|lat|lon", column["name"], re.I):
            continue
        name = quoted(column["name"])
        outcome.tested += table.rows
        limits = table.db.execute(
            f"SELECT quantile_cont({name}, 0.25), quantile_cont({name}, 0.75), count({name}), count(DISTINCT {name}) FROM typed"
        ).fetchone()
        if not limits or limits[2] < 20 or limits[3] < 10 or limits[1] == limits[0]:
            continue
        low, high = limits[0] - 3 * (limits[1] - limits[0]), limits[1] + 3 * (limits[1] - limits[0])
        rows = _all(table, f"SELECT __row, {name} FROM typed WHERE {name} < ? OR {name} > ? ORDER BY __row", low, high)
        if not rows or len(rows) > limits[2] * 0.02 + 1:
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
