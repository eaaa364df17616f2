"""Checks that the producer or the Walidata adds to a data set: a sum equals its total, a value fits its own series."""

from __future__ import annotations

from typing import Any

from ..models import Dimension, Severity
from ..tables import quoted
from .checks import SHOWN_PER_CHECK, Found, Outcome, Table

LEAST_OF_SERIES = 4  # points a series needs before one of them can be called far from the others


def extra_checks(table: Table) -> list[Outcome]:
    """An outcome for each of the data set's own checks whose columns the table has."""
    names = {column["name"]: column["type"] for column in table.columns}
    found = []
    for rule in table.data_set.extra_checks:
        check, wanted = KINDS[rule["kind"]]
        if all(names.get(name) in {"integer", "number"} for name in wanted(rule)):
            found.append(check(table, rule))
    return found


def _sum_equals_total(table: Table, rule: dict[str, Any]) -> Outcome:
    """Consistency: in each row the parts add up to the total, within half a unit of the last place (0.5 by default)."""
    total, parts = quoted(rule["total"]), [quoted(name) for name in rule["parts"]]
    sum_of = " + ".join(f"coalesce({part}, 0)" for part in parts)
    bad = f"FROM typed WHERE {total} IS NOT NULL AND abs({total} - ({sum_of})) > {float(rule.get('tolerance', 0.5))}"
    outcome = Outcome(Dimension.CONSISTENCY, tested=table.rows)
    outcome.failed = int((table.db.execute(f"SELECT count(*) {bad}").fetchone() or (0,))[0])
    if outcome.failed:
        rows = table.db.execute(f"SELECT __row, {total}, {sum_of} {bad} ORDER BY __row LIMIT {SHOWN_PER_CHECK}").fetchall()
        for row, said, added in rows:
            outcome.findings.append(
                Found(
                    "sum_differs",
                    outcome.dimension,
                    Severity.ERROR,
                    row=row,
                    column=rule["total"],
                    value=f"{_plain(said)} / {_plain(added)}",
                )
            )
    return outcome


def _fits_own_series(table: Table, rule: dict[str, Any]) -> Outcome:
    """Accuracy: a value against the others of its series (same place, same group), by the modified z-score of Iglewicz
    and Hoaglin (1993): 0.6745 (x - median) / MAD, beyond 3.5 is far. Where half a series is one value, its mean distance
    takes the place of the MAD (1.2533 of it). A warning: the person decides."""
    value, keys = quoted(rule["value"]), ", ".join(quoted(name) for name in rule["by"])
    far = (
        f"WITH given AS (SELECT __row, {keys}, {value} AS v FROM typed WHERE {value} IS NOT NULL), "
        f"middle AS (SELECT *, median(v) OVER s AS m, count(*) OVER s AS n FROM given WINDOW s AS (PARTITION BY {keys})), "
        "spread AS (SELECT *, median(abs(v - m)) OVER s AS mad, avg(abs(v - m)) OVER s AS mean "
        f"FROM middle WINDOW s AS (PARTITION BY {keys})) "
        "SELECT __row, v, m FROM spread "
        f"WHERE n >= {LEAST_OF_SERIES} AND abs(v - m) > 3.5 * CASE WHEN mad > 0 THEN mad / 0.6745 ELSE 1.2533 * mean END AND mean > 0"
    )
    outcome = Outcome(Dimension.ACCURACY, tested=table.rows)
    outcome.failed = int((table.db.execute(f"SELECT count(*) FROM ({far})").fetchone() or (0,))[0])
    if outcome.failed:
        for row, said, middle in table.db.execute(f"{far} ORDER BY __row LIMIT {SHOWN_PER_CHECK}").fetchall():
            outcome.findings.append(
                Found(
                    "far_from_series", outcome.dimension, Severity.WARNING, row=row, column=rule["value"],
                    value=f"{_plain(said)} / {_plain(middle)}",
                )
            )  # fmt: skip
    return outcome


def _plain(number: Any) -> str:
    return f"{number:.10g}"


KINDS: dict[str, Any] = {
    "sum": (_sum_equals_total, lambda rule: [rule["total"], *rule["parts"]]),
    "series": (_fits_own_series, lambda rule: [rule["value"]]),
}
