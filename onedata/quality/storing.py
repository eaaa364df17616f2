"""From text to a typed table: every cell as text first, the type of each column, then Parquet.

Views left behind: `raw` (text, `__row` from 1) and `typed` (the Parquet file, `__row` alike). Types are judged on a
sample spread over the whole table and confirmed on all of it when it is stored, so that most cells are read twice only.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from ..models import Dimension, Severity
from ..tables import quoted
from .checks import Found
from .reading import SHARE_OF_TYPE, Reading

SAMPLE = 20_000

# type of ours -> what a cell of it looks like in DuckDB; whole numbers keep no leading zeros, those are codes
CASTS: dict[str, str] = {
    "integer": "TRY_CAST(CASE WHEN regexp_full_match(trim({c}), '-?(0|[1-9][0-9]*)') THEN trim({c}) END AS BIGINT)",
    "number": "TRY_CAST(CASE WHEN regexp_full_match(trim({c}), '-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?') THEN trim({c}) END AS DOUBLE)",
    "decimal_comma": "TRY_CAST(CASE WHEN regexp_full_match(trim({c}), '-?(0|[1-9][0-9]*|[1-9][0-9]{{0,2}}(\\.[0-9]{{3}})+)(,[0-9]+)?') "
    "THEN replace(replace(trim({c}), '.', ''), ',', '.') END AS DOUBLE)",
    "date": "TRY_CAST(CASE WHEN regexp_full_match(trim({c}), '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') THEN trim({c}) END AS DATE)",
    "boolean": "CASE lower(trim({c})) WHEN 'ya' THEN true WHEN 'tidak' THEN false WHEN 'true' THEN true WHEN 'false' THEN false END",
    "string": "{c}",
}
GUESSED = ("integer", "number", "decimal_comma", "date", "boolean")


def load_raw(db: duckdb.DuckDBPyConnection, path: Path, reading: Reading) -> list[Found]:
    """Read every cell as text, empty ones null. Returns the lines that do not fit the header."""
    db.execute(
        "CREATE TABLE raw_cells AS SELECT * FROM read_csv(?, delim=?, quote='\"', escape='\"', header=true, skip=?, columns=?, nullstr='', "
        "store_rejects=true, rejects_limit=1000, max_line_size=4000000, auto_detect=false, strict_mode=true)",
        [str(path), reading.separator, reading.skipped, dict.fromkeys(reading.header, "VARCHAR")],
    )
    db.execute("CREATE VIEW raw AS SELECT rowid + 1 AS __row, * FROM raw_cells")
    lines = db.execute("SELECT DISTINCT line FROM reject_errors ORDER BY line LIMIT 1000").fetchall()
    return [Found("ragged_row", Dimension.VALIDITY, Severity.ERROR, row=int(line)) for (line,) in lines]


def guess_types(db: duckdb.DuckDBPyConnection, header: list[str], rows: int) -> list[str]:
    """For each column the type that at least nine in ten filled cells of a sample are of, else text."""
    step = max(1, rows // SAMPLE)
    parts = []
    for name in header:
        column = quoted(name)
        parts += [f"count({column})", *(f"count({CASTS[kind].format(c=column)})" for kind in GUESSED)]
    found = db.execute(f"SELECT {', '.join(parts)} FROM raw_cells WHERE rowid % {step} = 0").fetchone() or ()
    width = len(GUESSED) + 1
    return [
        "string" if _looks_like_code(name) else _best(found[place * width], dict(zip(GUESSED, found[place * width + 1 :], strict=False)))
        for place, name in enumerate(header)
    ]


def _best(filled: int, fits: dict[str, int]) -> str:
    if not filled:
        return "string"
    shares = {kind: fit / filled for kind, fit in fits.items()}
    if shares["integer"] >= SHARE_OF_TYPE and shares["number"] == shares["integer"]:
        return "integer"  # whole numbers are numbers too: a column of both is of numbers
    if shares["number"] >= SHARE_OF_TYPE and shares["number"] >= shares["decimal_comma"]:
        return "number"
    return next((kind for kind in ("decimal_comma", "date", "boolean") if shares[kind] >= SHARE_OF_TYPE), "string")


def _looks_like_code(name: str) -> bool:
    """Codes keep their leading zeros and dots, even if all digits."""
    return name.lower().startswith(("kode", "code", "nik", "npsn", "nip", "telepon", "phone"))


def store(db: duckdb.DuckDBPyConnection, header: list[str], kinds: list[str], target: Path) -> list[dict[str, Any]]:
    """Write the typed Parquet file and confirm the types on all rows: what the sample misjudged is written anew.

    Returns the columns: name and type (integer, number, boolean, date or string).
    """
    kinds = list(kinds)
    for _attempt in range(3):
        _write(db, header, kinds, target)
        misjudged = [place for place, kind in enumerate(kinds) if kind != "string"]
        counts = db.execute(
            "SELECT " + ", ".join([*(f"count({quoted(name)})" for name in header), *(f"(SELECT count({quoted(name)}) FROM raw_cells)" for name in header)])
            + " FROM typed"
        ).fetchone() or ()  # fmt: skip
        changed = False
        for place in misjudged:
            fits, filled = counts[place], counts[len(header) + place]
            if fits == filled:
                continue
            numbers = _count(db, header[place], "number") if kinds[place] == "integer" else fits
            if numbers > fits:
                kinds[place], changed = "number", True
            elif fits < filled * SHARE_OF_TYPE:
                kinds[place], changed = "string", True
        if not changed:
            break
    return [{"name": name, "type": "number" if kind == "decimal_comma" else kind} for name, kind in zip(header, kinds, strict=True)]


def _count(db: duckdb.DuckDBPyConnection, name: str, kind: str) -> int:
    found = db.execute(f"SELECT count({CASTS[kind].format(c=quoted(name))}) FROM raw_cells").fetchone()
    return int(found[0]) if found else 0


def _write(db: duckdb.DuckDBPyConnection, header: list[str], kinds: list[str], target: Path) -> None:
    casts = ", ".join(f"{CASTS[kind].format(c=quoted(name))} AS {quoted(name)}" for name, kind in zip(header, kinds, strict=True))
    db.execute("DROP VIEW IF EXISTS typed")
    db.execute(f"COPY (SELECT {casts} FROM raw_cells) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
    db.execute(
        "CREATE VIEW typed AS SELECT file_row_number + 1 AS __row, * EXCLUDE (file_row_number) "
        f"FROM read_parquet('{target}', file_row_number=true)"
    )
