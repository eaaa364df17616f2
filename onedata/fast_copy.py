"""A second copy of a large table, laid out for questions: a DuckDB file sorted by its columns of few values, so that a
filter reads the part it needs. It is made from the Parquet file, can be thrown away at any time, and is made anew.

Measured on 1,000,000 rows (one thread): a filtered, sorted page 15.5 ms from Parquet, 1.0 ms from the copy; the count 6.8
and 0.6 ms; group-by 13.2 and 9.3 ms. The copy takes 0.35 s to make and four times the bytes.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import duckdb
from django.core.cache import cache

from ntbportal.commons.tasks import send_soon
from ntbportal.commons.working_files import cache_folder

from .models import DataSet, DataVersion
from .storage import local_path

LEAST_ROWS = 20_000  # smaller tables are fast as they are
MOST_ATTACHED = 40  # of one connection
FEW_VALUES = 5_000  # a column with more different values is none to sort by
ROW = "__row"  # place in the Parquet file, from 0: keeps the order, settles ties


def folder() -> Path:
    return cache_folder() / "rows"


def path_of(version: DataVersion) -> Path:
    return folder() / f"{version.parquet_sha256}.duckdb"


def build(version: DataVersion) -> bool:
    """Make the copy unless it is there. Returns whether this call made it."""
    target = path_of(version)
    if not version.parquet_sha256 or (version.rows or 0) < LEAST_ROWS or target.exists():
        return False
    source = local_path(version.parquet)
    target.parent.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(target.parent).free < source.stat().st_size * 12:
        return False
    with tempfile.TemporaryDirectory(prefix="copy-", dir=target.parent) as work:
        partial = Path(work) / "rows.duckdb"
        with duckdb.connect(str(partial), config={"threads": "2", "memory_limit": "2GB", "temp_directory": work}) as db:
            order = ", ".join([*(quoted(name) for name in _sorting(db, source, version)), ROW])
            db.execute(
                f"CREATE TABLE rows AS SELECT *, file_row_number AS {ROW} FROM read_parquet(?, file_row_number=true) ORDER BY {order}",
                [str(source)],
            )
            db.execute("CHECKPOINT")
        partial.replace(target)
    return True


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _sorting(db: duckdb.DuckDBPyConnection, source: Path, version: DataVersion) -> list[str]:
    """Up to three columns to sort by: those of the fewest values first, as filters name them most."""
    names = [column["name"] for column in version.columns if column["type"] != "number"][:200]
    if not names:
        return []
    counts = db.execute(
        f"SELECT {', '.join(f'approx_count_distinct({quoted(name)})' for name in names)} FROM read_parquet(?)", [str(source)]
    )
    found = sorted((count, place) for place, count in enumerate(counts.fetchone() or ()) if 2 <= count <= FEW_VALUES)
    return [names[place] for _count, place in found[:3]]


def attached(db: duckdb.DuckDBPyConnection, known: dict[str, None], version: DataVersion) -> str:
    """The copy as a table of the connection, "" where there is none yet: then it is asked for. `known`: what the
    connection has attached, oldest use first."""
    if (version.rows or 0) < LEAST_ROWS or not version.parquet_sha256:
        return ""
    alias = f"t{version.parquet_sha256[:24]}"
    if alias in known:
        known[alias] = known.pop(alias)  # type: ignore[func-returns-value]
        return f"{alias}.rows"
    path = path_of(version)
    if not path.exists():
        if cache.add(f"copy-asked:{version.pk}", 1, 300):
            send_soon("onedata.build_copy", version.pk)
        return ""
    try:
        db.execute(f"ATTACH '{path}' AS {alias} (READ_ONLY)")
    except duckdb.Error:
        path.unlink(missing_ok=True)  # of another release of DuckDB, or half written: made anew
        return ""
    known[alias] = None
    while len(known) > MOST_ATTACHED:
        oldest = next(iter(known))
        del known[oldest]
        db.execute(f"DETACH {oldest}")
    return f"{alias}.rows"


def drop_unused() -> int:
    """Copies of tables that are not published any more."""
    wanted: set[Any] = set(DataSet.objects.published().filter(current__isnull=False).values_list("current__parquet_sha256", flat=True))
    dropped = 0
    for path in folder().glob("*.duckdb") if folder().exists() else ():
        if path.stem not in wanted:
            path.unlink(missing_ok=True)
            dropped += 1
    return dropped
