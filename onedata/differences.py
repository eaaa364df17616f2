"""What changed between two versions of a table: columns, rows, and where the rows have a key, single cells."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .models import DataSet, DataVersion
from .storage import local_path
from .tables import connection, limited, quoted

SHOWN = 50
COMPARED_SECONDS = 30.0


@dataclass
class Difference:
    columns_added: list[str] = field(default_factory=list)
    columns_removed: list[str] = field(default_factory=list)
    types_changed: list[tuple[str, str, str]] = field(default_factory=list)  # column, before, after
    columns: list[str] = field(default_factory=list)  # compared
    key: list[str] = field(default_factory=list)
    added: int = 0
    removed: int = 0
    changed: int = 0  # rows with the same key and other values
    added_rows: list[tuple[Any, ...]] = field(default_factory=list)
    removed_rows: list[tuple[Any, ...]] = field(default_factory=list)
    changed_cells: list[tuple[tuple[Any, ...], str, Any, Any]] = field(default_factory=list)  # key, column, before, after


def compare(data_set: DataSet, older: DataVersion, newer: DataVersion) -> Difference:
    """Rows are matched by their key (columns declared unique, or codes and periods that tell all rows apart), else as
    wholes. At most SHOWN of each kind are listed; all are counted."""
    before = {column["name"]: column["type"] for column in older.columns}
    after = {column["name"]: column["type"] for column in newer.columns}
    found = Difference(
        columns_added=[name for name in after if name not in before],
        columns_removed=[name for name in before if name not in after],
        types_changed=[(name, before[name], after[name]) for name in after if name in before and before[name] != after[name]],
        columns=[name for name in after if name in before],
    )
    if not found.columns:
        return found
    db = connection()
    texts = ", ".join(f"CAST({quoted(name)} AS VARCHAR) AS {quoted(name)}" for name in found.columns)
    for name, version in (("older", older), ("newer", newer)):
        db.execute(f"CREATE OR REPLACE TEMP VIEW {name}_rows AS SELECT {texts} FROM read_parquet('{local_path(version.parquet)}')")
    with limited(db, COMPARED_SECONDS):
        found.key = _key(data_set, found.columns, newer.columns)
        if found.key:
            _by_key(found)
        else:
            _as_wholes(found)
    return found


def _key(data_set: DataSet, columns: list[str], described: list[dict[str, Any]]) -> list[str]:
    db = connection()
    declared = [name for name in columns if data_set.field(name).get("unique")]
    texts = {column["name"] for column in described if column["type"] in {"string", "date"}}
    periods = [name for name in columns if name.lower() in {"tahun", "year", "bulan", "month", "periode", "tanggal"}]
    codes = [name for name in columns if name in texts and name not in periods]
    for key in (declared[:1], codes[:1], codes[:1] + periods, codes[:2] + periods, codes + periods):
        if not key:
            continue
        names = ", ".join(map(quoted, dict.fromkeys(key)))
        counts = [
            db.execute(f"SELECT count(*), count(DISTINCT ({names})) FROM {view}").fetchone() or (0, -1)
            for view in ("older_rows", "newer_rows")
        ]
        if all(rows == distinct for rows, distinct in counts):
            return list(dict.fromkeys(key))
    return []


def _by_key(found: Difference) -> None:
    db = connection()
    same = " AND ".join(f"o.{quoted(name)} IS NOT DISTINCT FROM n.{quoted(name)}" for name in found.key)
    for attribute, here, there in (("added", "newer_rows n", "older_rows o"), ("removed", "older_rows o", "newer_rows n")):
        only = f"FROM {here} WHERE NOT EXISTS (SELECT 1 FROM {there} WHERE {same})"
        setattr(found, attribute, (db.execute(f"SELECT count(*) {only}").fetchone() or (0,))[0])
        setattr(found, f"{attribute}_rows", db.execute(f"SELECT * {only} LIMIT {SHOWN}").fetchall())
    others = [name for name in found.columns if name not in found.key]
    if not others:
        return
    differs = " OR ".join(f"o.{quoted(name)} IS DISTINCT FROM n.{quoted(name)}" for name in others)
    joined = f"FROM older_rows o JOIN newer_rows n ON {same} WHERE {differs}"
    found.changed = (db.execute(f"SELECT count(*) {joined}").fetchone() or (0,))[0]
    pairs = ", ".join(f"o.{quoted(name)}, n.{quoted(name)}" for name in others)
    keys = ", ".join(f"n.{quoted(name)}" for name in found.key)
    for row in db.execute(f"SELECT {keys}, {pairs} {joined} ORDER BY {keys} LIMIT {SHOWN}").fetchall():
        key, values = row[: len(found.key)], row[len(found.key) :]
        for place, name in enumerate(others):
            if values[2 * place] != values[2 * place + 1]:
                found.changed_cells.append((key, name, values[2 * place], values[2 * place + 1]))


def _as_wholes(found: Difference) -> None:
    db = connection()
    for attribute, here, there in (("added", "newer_rows", "older_rows"), ("removed", "older_rows", "newer_rows")):
        only = f"(SELECT * FROM {here} EXCEPT ALL SELECT * FROM {there})"
        setattr(found, attribute, (db.execute(f"SELECT count(*) FROM {only}").fetchone() or (0,))[0])
        setattr(found, f"{attribute}_rows", db.execute(f"SELECT * FROM {only} LIMIT {SHOWN}").fetchall())
