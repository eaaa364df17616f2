"""Reading published tables: DuckDB over the version's Parquet file. Column names come from users: always quoted."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import duckdb

from .models import DataVersion
from .storage import local_path

PAGE = 25
LAST_PAGE = 400
_local = threading.local()


def connection() -> duckdb.DuckDBPyConnection:
    """One connection a thread, in memory, single-threaded: many requests share the cores."""
    if not hasattr(_local, "connection"):
        _local.connection = duckdb.connect(":memory:", config={"threads": "1", "memory_limit": "1GB"})
    return _local.connection  # type: ignore[no-any-return]


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@dataclass
class Question:
    """What a reader asks of a table. `contains`: text by column; `sort`: a column, "-" before it for descending."""

    contains: dict[str, str] = field(default_factory=dict)
    anywhere: str = ""
    sort: str = ""
    page: int = 1


@dataclass(frozen=True)
class Answer:
    rows: list[tuple[Any, ...]]
    count: int
    page: int
    pages: int


def _where(version: DataVersion, question: Question) -> tuple[str, list[Any]]:
    parts, values = [], []
    for name, text in question.contains.items():
        if version.column(name) and text:
            parts.append(f"contains(lower(CAST({quoted(name)} AS VARCHAR)), lower(?))")
            values.append(text)
    if question.anywhere:
        hits = [f"contains(lower(CAST({quoted(name)} AS VARCHAR)), lower(?))" for name in version.column_names]
        parts.append("(" + " OR ".join(hits) + ")")
        values += [question.anywhere] * len(hits)
    return (" WHERE " + " AND ".join(parts) if parts else ""), values


def _order(version: DataVersion, question: Question) -> str:
    name = question.sort.removeprefix("-")
    if not version.column(name):
        return ""
    return f" ORDER BY {quoted(name)} {'DESC' if question.sort.startswith('-') else 'ASC'} NULLS LAST"


def ask(version: DataVersion, question: Question) -> Answer:
    """One page of rows, and how many rows there are in all."""
    path = str(local_path(version.parquet))
    where, values = _where(version, question)
    db = connection()
    count = version.rows or 0
    if where:
        row = db.execute(f"SELECT count(*) FROM read_parquet(?){where}", [path, *values]).fetchone()
        count = row[0] if row else 0
    pages = max(1, min(LAST_PAGE, -(-count // PAGE)))
    page = min(max(1, question.page), pages)
    rows = db.execute(
        f"SELECT * FROM read_parquet(?){where}{_order(version, question)} LIMIT {PAGE} OFFSET {(page - 1) * PAGE}",
        [path, *values],
    ).fetchall()
    return Answer(rows, count, page, pages)


def rows_of(version: DataVersion, question: Question | None = None, batch: int = 2000) -> Iterator[tuple[Any, ...]]:
    """All rows that fit the question, streamed."""
    question = question or Question()
    where, values = _where(version, question)
    cursor = duckdb.connect(":memory:", config={"threads": "1"})
    cursor.execute(f"SELECT * FROM read_parquet(?){where}{_order(version, question)}", [str(local_path(version.parquet)), *values])
    while rows := cursor.fetchmany(batch):
        yield from rows
    cursor.close()
