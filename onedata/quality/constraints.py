"""What the producer's schema asks of each column: required, unique, limits, pattern, one of a list (Frictionless Table
Schema's constraints), and codes of a reference list."""

from __future__ import annotations

from typing import Any

import duckdb

from ..models import Dimension, Severity
from ..tables import quoted
from .checks import Found, Outcome, Table, cells


def constraints(table: Table) -> list[Outcome]:
    """One outcome for each constraint that the schema sets on a column of the table."""
    found = []
    by_name = {field["name"]: field for field in table.data_set.schema}
    for column in table.columns:
        field = by_name.get(column["name"], {})
        for key, check in CONSTRAINTS.items():
            if field.get(key) not in (None, "", [], False):
                found.append(check(table, column, field[key]))
    return found


def _collect(
    table: Table, column: dict[str, Any], name: str, dimension: str, bad: str, values: list[Any], *, view: str = "raw", tested: int = 0
) -> Outcome:
    """An outcome with the rows of `view` for which the condition `bad` holds; values are those of its placeholders."""
    field = quoted(column["name"])
    rows, failed = cells(table, field, f"FROM {view} WHERE {bad}", values)
    outcome = Outcome(dimension, tested=tested or table.rows, failed=failed)
    for row, value in rows:
        outcome.findings.append(
            Found(name, dimension, Severity.ERROR, row=row, column=column["name"], value="" if value is None else str(value)[:120])
        )
    if failed > len(rows):
        outcome.findings.append(Found("more_of_these", dimension, Severity.ERROR, column=column["name"], count=failed - len(rows)))
    return outcome


def _required(table: Table, column: dict[str, Any], _asked: Any) -> Outcome:
    return _collect(table, column, "required_missing", Dimension.COMPLETENESS, f"{quoted(column['name'])} IS NULL", [])


def _unique(table: Table, column: dict[str, Any], _asked: Any) -> Outcome:
    name = quoted(column["name"])
    doubled = f"{name} IN (SELECT {name} FROM raw WHERE {name} IS NOT NULL GROUP BY 1 HAVING count(*) > 1)"
    return _collect(table, column, "not_unique", Dimension.UNIQUENESS, doubled, [])


def _enum(table: Table, column: dict[str, Any], asked: list[str]) -> Outcome:
    name = quoted(column["name"])
    marks = ", ".join("?" for _one in asked)
    return _collect(table, column, "not_in_enum", Dimension.VALIDITY, f"{name} IS NOT NULL AND trim({name}) NOT IN ({marks})", list(asked))


def _pattern(table: Table, column: dict[str, Any], asked: str) -> Outcome:
    name = quoted(column["name"])
    try:
        return _collect(
            table, column, "pattern_miss", Dimension.VALIDITY, f"{name} IS NOT NULL AND NOT regexp_full_match({name}, ?)", [asked]
        )
    except duckdb.InvalidInputException:  # no regular expression of RE2; the form refuses these
        return Outcome(Dimension.VALIDITY)


def _limit(key: str, sign: str) -> Any:
    def check(table: Table, column: dict[str, Any], asked: Any) -> Outcome:
        name = quoted(column["name"])
        kind = {"integer": "DOUBLE", "number": "DOUBLE", "date": "DATE", "datetime": "TIMESTAMP"}.get(column["type"])
        if kind is None:
            return Outcome(Dimension.VALIDITY)
        return _collect(table, column, key, Dimension.VALIDITY, f"{name} {sign} TRY_CAST(? AS {kind})", [str(asked)], view="typed")

    return check


def _code_list(table: Table, column: dict[str, Any], asked: str) -> Outcome:
    name = quoted(column["name"])
    table.db.execute("CREATE OR REPLACE TEMP TABLE listed_codes (code VARCHAR)")
    table.db.execute("INSERT INTO listed_codes SELECT unnest(?)", [list(table.codes_of(asked))])
    outside = f"{name} IS NOT NULL AND trim({name}) NOT IN (SELECT code FROM listed_codes)"
    return _collect(table, column, "unknown_code", Dimension.CONSISTENCY, outside, [])


CONSTRAINTS = {
    "required": _required,
    "unique": _unique,
    "enum": _enum,
    "pattern": _pattern,
    "minimum": _limit("below_minimum", "<"),
    "maximum": _limit("above_maximum", ">"),
    "code_list": _code_list,
}
