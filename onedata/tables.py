"""Reading published tables: DuckDB over the version's Parquet file. Column names come from users: always quoted."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
from django.utils.translation import gettext as _

from . import fast_copy
from .fast_copy import ROW, quoted
from .models import DataVersion
from .storage import local_path

PAGE = 25
DOWNLOAD_SECONDS = 120.0
LAST_PAGE = 400
_local = threading.local()


def connection() -> duckdb.DuckDBPyConnection:
    """One connection a thread, in memory, single-threaded: many requests share the cores."""
    if not hasattr(_local, "connection"):
        _local.attached = {}
        _local.connection = duckdb.connect(":memory:", config={"threads": "1", "memory_limit": "1GB"})
    return _local.connection  # type: ignore[no-any-return]


class TooDear(ValueError):
    """The question took longer than a reader may have."""


SECONDS = 10.0
_running: dict[int, tuple[duckdb.DuckDBPyConnection, float]] = {}
_guard = threading.Lock()
_watcher: list[threading.Thread] = []


def _watch() -> None:
    """Break off what takes longer than SECONDS: one thread for all connections."""
    while True:
        time.sleep(0.25)
        now = time.monotonic()
        with _guard:
            for db, until in _running.values():
                if now > until:
                    db.interrupt()


@contextmanager
def limited(db: duckdb.DuckDBPyConnection, seconds: float | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """Whatever is asked of the connection meanwhile ends after `seconds`, by TooDear."""
    key = id(db)
    with _guard:
        if not any(thread.is_alive() for thread in _watcher):
            _watcher[:] = [threading.Thread(target=_watch, name="duckdb-limit", daemon=True)]
            _watcher[0].start()
        _running[key] = (db, time.monotonic() + (SECONDS if seconds is None else seconds))
    try:
        yield db
    except (duckdb.InterruptException, duckdb.OutOfMemoryException) as error:
        raise TooDear(_("This question takes too long. Ask for less, or download the table.")) from error
    finally:
        with _guard:
            _running.pop(key, None)


def fetched(sql: str, values: list[Any]) -> list[tuple[Any, ...]]:
    """All rows of an answer, within the limit of time. Raises TooDear."""
    with limited(connection()) as db:
        return db.execute(sql, values).fetchall()


def source_of(version: DataVersion, *, ordered: bool) -> tuple[str, list[Any]]:
    """What to read the rows from, with its placeholders' values: the fast copy where there is one and it helps (`ordered`:
    filters, sorting or groups are asked for), else the Parquet file, which gives the first rows of all at once."""
    db = connection()
    if ordered and (table := fast_copy.attached(db, _local.attached, version)):
        return table, []
    return "read_parquet(?)", [str(local_path(version.parquet))]


COMPARISONS = {"contains": "", "eq": "=", "gte": ">=", "lte": "<="}
TOTALS = {"count": "count(*)", "sum": "sum({c})", "mean": "avg({c})", "min": "min({c})", "max": "max({c})"}
CASTS = {"integer": "DOUBLE", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE", "datetime": "TIMESTAMP", "string": "VARCHAR"}
MOST_GROUPS = 3


@dataclass
class Question:
    """What a reader asks of a table. `sort`: a column, "-" before it for descending. `group` by up to three columns
    gives one row a group, with the `total` of the column `of`."""

    column: str = ""  # that `text` is looked for in; none: in all
    comparison: str = "contains"
    text: str = ""
    sort: str = ""
    page: int = 1
    group: list[str] = field(default_factory=list)
    total: str = "count"
    of: str = ""

    @property
    def filters(self) -> bool:
        return bool(self.text)


@dataclass(frozen=True)
class Answer:
    rows: list[tuple[Any, ...]]
    count: int
    page: int
    pages: int
    columns: list[dict[str, Any]]


def asked_columns(version: DataVersion, question: Question) -> list[dict[str, Any]]:
    """Columns of the answer: the table's, or those of the groups and their total."""
    if not question.group:
        return version.columns
    grouped = [column for name in question.group if (column := version.column(name))]
    of = version.column(question.of) or {}
    name = "jumlah_baris" if question.total == "count" else f"{question.total}_{question.of}"
    kind = "integer" if question.total == "count" else of.get("type", "number") if question.total in {"min", "max"} else "number"
    return [*grouped, {"name": name, "type": kind}]


def _where(version: DataVersion, question: Question) -> tuple[str, list[Any]]:
    if not question.text:
        return "", []
    column = version.column(question.column)
    if column is None:
        hits = [f"contains(lower(CAST({quoted(name)} AS VARCHAR)), lower(?))" for name in version.column_names]
        return f" WHERE ({' OR '.join(hits)})", [question.text] * len(hits)
    name = quoted(column["name"])
    sign = COMPARISONS.get(question.comparison, "")
    if not sign:
        return f" WHERE contains(lower(CAST({name} AS VARCHAR)), lower(?))", [question.text]
    kind = CASTS[column["type"]]
    text = question.text.replace(",", ".") if kind == "DOUBLE" else question.text
    return f" WHERE {name} {sign} TRY_CAST(? AS {kind})", [text]


def _select(version: DataVersion, question: Question, source: str = "read_parquet(?)") -> str:
    """SELECT … FROM … WHERE … GROUP BY … with placeholders for the path and the values of `_where`."""
    where, _values = _where(version, question)
    if not question.group:
        return f"SELECT {', '.join(map(quoted, version.column_names))} FROM {source}{where}"
    columns = asked_columns(version, question)
    groups = ", ".join(quoted(column["name"]) for column in columns[:-1])
    total = TOTALS[question.total].format(c=quoted(question.of))
    return f"SELECT {groups}, {total} AS {quoted(columns[-1]['name'])} FROM {source}{where} GROUP BY {groups}"


def _order(version: DataVersion, question: Question) -> str:
    name = question.sort.removeprefix("-")
    known = [column["name"] for column in asked_columns(version, question)]
    if name not in known:
        return f" ORDER BY {', '.join(map(quoted, known[:-1]))}" if question.group else ""
    return f" ORDER BY {quoted(name)} {'DESC' if question.sort.startswith('-') else 'ASC'} NULLS LAST"


def with_row(order: str, source: str, *, grouped: bool) -> str:
    """Rows of the fast copy in the order of the table, which also settles ties; groups need no such thing."""
    if grouped or source.startswith("read_parquet"):
        return order
    return f"{order}, {ROW}" if order else f" ORDER BY {ROW}"


def ask(version: DataVersion, question: Question) -> Answer:
    """One page of rows or groups, and how many there are in all."""
    where, values = _where(version, question)
    source, path = source_of(version, ordered=bool(where or question.group or question.sort))
    select = _select(version, question, source)
    count = version.rows or 0
    if where or question.group:
        counting = f"SELECT count(*) FROM ({select})" if question.group else f"SELECT count(*) FROM {source}{where}"
        count = fetched(counting, [*path, *values])[0][0]
    pages = max(1, min(LAST_PAGE, -(-count // PAGE)))
    page = min(max(1, question.page), pages)
    order = with_row(_order(version, question), source, grouped=bool(question.group))
    rows = fetched(f"{select}{order} LIMIT {PAGE} OFFSET {(page - 1) * PAGE}", [*path, *values])
    return Answer(rows, count, page, pages, asked_columns(version, question))


def rows_of(version: DataVersion, question: Question | None = None, batch: int = 2000) -> Iterator[tuple[Any, ...]]:
    """All rows that fit the question, streamed."""
    question = question or Question()
    values = _where(version, question)[1]
    cursor = duckdb.connect(":memory:", config={"threads": "1", "memory_limit": "1GB"})
    with limited(cursor, DOWNLOAD_SECONDS):
        cursor.execute(f"{_select(version, question)}{_order(version, question)}", [str(local_path(version.parquet)), *values])
    while rows := cursor.fetchmany(batch):
        yield from rows
    cursor.close()


def write_parquet(version: DataVersion, question: Question, target: Path) -> None:
    """The rows that fit the question as a Parquet file."""
    values = _where(version, question)[1]
    with duckdb.connect(":memory:", config={"threads": "1", "memory_limit": "1GB"}) as db, limited(db, DOWNLOAD_SECONDS):
        db.execute(
            f"COPY ({_select(version, question)}{_order(version, question)}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)",
            [str(local_path(version.parquet)), *values],
        )
