"""Rows of a model read and written by SQL, for the few places where composing a question costs Django more than answering it costs the
database: what phones send one by one (benchmarks/visits.py). Everywhere else the ORM is the way."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models
from psycopg.types.json import Jsonb


@dataclass(frozen=True)
class Question:
    """Rows of a model with just the columns `names`, others deferred, in the model's order; `where` is SQL with a %s for each of
    `values`."""

    model: type[models.Model]
    names: Sequence[str]
    where: str
    values: Sequence[Any]


def read(*questions: Question) -> list[list[Any]]:
    """The rows of each question, all on one way to the database; each sees what was there when the one before it was answered."""
    sql = "; ".join(f"SELECT {', '.join(one.names)} FROM {one.model._meta.db_table} WHERE {one.where}" for one in questions)
    found = []
    with connection.cursor() as ours, connection.wrap_database_errors:
        cursor = ours.cursor  # psycopg's own: what pghistory lays round it keeps only the last answer, and reading makes no history
        cursor.execute(sql, [value for one in questions for value in one.values])
        for one in questions:
            found.append([one.model.from_db("default", one.names, row) for row in _converted(one, cursor.fetchall())])
            cursor.nextset()
    return found


def _converted(question: Question, rows: list[tuple[Any, ...]]) -> list[Any]:
    """Values as the fields have them: JSON read, numbers decrypted."""
    fields = [question.model._meta.get_field(name) for name in question.names]
    of = {place: field for place, field in enumerate(fields) if hasattr(field, "from_db_value")}
    if not of:
        return rows
    return [[of[n].from_db_value(value, None, connection) if n in of else value for n, value in enumerate(row)] for row in rows]


def write(*tables: Collection[models.Model]) -> None:
    """Insert new rows of one or several models on one way to the database. All values are set, a dict is JSON; the numbers that the
    database gives are set on the rows."""
    tables, values = tuple(rows for rows in tables if rows), list[Any]()
    parts, numbered = list[str](), list[str]()
    for place, rows in enumerate(tables):
        model = type(next(iter(rows)))
        is_numbered = bool(model._meta.pk.db_returning)
        names = [field.attname for field in model._meta.concrete_fields if not (is_numbered and field.primary_key)]
        places = ", ".join([f"({', '.join(['%s'] * len(names))})"] * len(rows))
        parts.append(
            f"t{place} AS (INSERT INTO {model._meta.db_table} ({', '.join(names)}) VALUES {places} RETURNING {model._meta.pk.column})"
        )
        numbered += [f"SELECT id FROM t{place}"] if is_numbered else []
        for row in rows:
            values += [Jsonb(value) if isinstance(value := getattr(row, name), dict) else value for name in names]
    if not tables:
        return
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {', '.join(parts)} {' UNION ALL '.join(numbered) or 'SELECT 1'}", values)
        numbers = iter(cursor.fetchall())
    for rows in tables:
        for row in rows:
            if row.pk is None:
                (row.pk,) = next(numbers)
            row._state.adding, row._state.db = False, "default"
