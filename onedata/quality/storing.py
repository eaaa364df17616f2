"""From text to a typed table: every cell as text first, the type of each column, then Parquet.

Views left behind: `raw` (text, `__row` from 1) and `typed` (the Parquet file, `__row` alike). Types are judged on a
sample spread over the whole table and confirmed on all of it when it is stored, so that most cells are read twice only.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb

from ..models import Dimension, Severity
from ..tables import quoted
from .checks import Found
from .reading import SHARE_OF_TYPE, Reading

LONGEST_LINE = 1_000_000
FIRST_SAMPLE, SAMPLE = 1_000, 10_000
MONTH_NUMBERS = {
    "jan": 1, "feb": 2, "peb": 2, "mar": 3, "apr": 4, "mei": 5, "may": 5, "jun": 6, "jul": 7, "agu": 8, "agt": 8, "ags": 8, "aug": 8,
    "sep": 9, "okt": 10, "oct": 10, "nov": 11, "nop": 11, "des": 12, "dec": 12,
}  # fmt: skip
MONTHS = ", ".join(f"'{name}': '{number:02d}'" for name, number in MONTH_NUMBERS.items())
COORDINATE = re.compile(r"lat|lon|lintang|bujur", re.I)
FOOTER = "^(sumber|source|catatan|keterangan|note|ket)\\b"

# How a cell is read -> what it looks like in DuckDB; whole numbers keep no leading zeros, those are codes.
# Spaces around are allowed by the patterns rather than trimmed off: casting does not mind them, and trimming costs more.
CASTS: dict[str, str] = {
    "integer": "TRY_CAST(CASE WHEN regexp_full_match({c}, ' *-?(0|[1-9][0-9]*) *') THEN {c} END AS BIGINT)",
    "number": "TRY_CAST(CASE WHEN regexp_full_match({c}, ' *-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)? *') THEN {c} END AS DOUBLE)",
    "decimal_comma": "TRY_CAST(CASE WHEN regexp_full_match({c}, ' *-?(0|[1-9][0-9]*|[1-9][0-9]{{0,2}}(\\.[0-9]{{3}})+)(,[0-9]+)? *') "
    "THEN replace(replace({c}, '.', ''), ',', '.') END AS DOUBLE)",
    "thousands_dots": "TRY_CAST(CASE WHEN regexp_full_match({c}, ' *-?(0|[1-9][0-9]{{0,2}}(\\.[0-9]{{3}})*) *') "
    "THEN replace({c}, '.', '') END AS BIGINT)",
    "date": "TRY_CAST(CASE WHEN regexp_full_match(trim({c}), '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') THEN trim({c}) END AS DATE)",
    # 31/12/2025, 31-12-2025: the day first, as Indonesia writes it
    "date_day_first": "TRY_CAST(CASE WHEN regexp_full_match(trim({c}), '[0-9]{{1,2}}[/.-][0-9]{{1,2}}[/.-][0-9]{{4}}') "
    "THEN regexp_replace(trim({c}), '([0-9]{{1,2}})[/.-]([0-9]{{1,2}})[/.-]([0-9]{{4}})', '\\3-\\2-\\1') END AS DATE)",
    # 31 Desember 2025, Agt 2025 (its first day), 1-Mei-2025
    "date_words": "TRY_CAST(CASE WHEN regexp_full_match(lower(trim({c})), '([0-9]{{1,2}}[ /-])?[a-z]{{3,9}}\\.?[ /-][0-9]{{4}}') "
    "THEN concat(right(trim({c}), 4), '-', map {{" + MONTHS + "}}[regexp_extract(lower({c}), '[a-z]{{3}}')], '-', "
    "coalesce(nullif(regexp_extract(trim({c}), '^[0-9]{{1,2}}'), ''), '1')) END AS DATE)",
    "boolean": "CASE lower(trim({c})) WHEN 'ya' THEN true WHEN 'tidak' THEN false WHEN 'true' THEN true WHEN 'false' THEN false END",
    "string": "{c}",
}
GUESSED = ("integer", "number", "decimal_comma", "thousands_dots", "date", "date_day_first", "date_words", "boolean")
# how a cell is read -> type of the column
TYPES = {
    **{kind: kind for kind in ("integer", "number", "date", "boolean", "string")},
    "decimal_comma": "number",
    "thousands_dots": "integer",
    "date_day_first": "date",
    "date_words": "date",
}
WAYS = {kind: [way for way in CASTS if TYPES[way] == kind] for kind in ("integer", "number", "date", "boolean", "string")}


def load_raw(db: duckdb.DuckDBPyConnection, path: Path, reading: Reading, longest: int = LONGEST_LINE) -> list[Found]:
    """Read every cell as text, empty ones null. Returns the lines that do not fit the header. `longest`: bytes of a line."""
    db.execute(
        "CREATE TABLE raw_cells AS SELECT * FROM read_csv(?, delim=?, quote='\"', escape='\"', header=false, skip=?, columns=?, nullstr='', "
        f"store_rejects=true, rejects_limit=1000, max_line_size={longest}, auto_detect=false, strict_mode=true)",
        [str(path), reading.separator, reading.lines, dict.fromkeys(reading.header, "VARCHAR")],
    )
    lines = db.execute("SELECT DISTINCT line FROM reject_errors ORDER BY line LIMIT 1000").fetchall()
    _drop_footers(db, reading.header)
    _number_rows(db)
    return [Found("ragged_row", Dimension.VALIDITY, Severity.ERROR, row=int(line)) for (line,) in lines]


def load_parquet(db: duckdb.DuckDBPyConnection, path: Path) -> list[str]:
    """A Parquet file as the same table of text. Returns the names of its columns. Raises duckdb.Error."""
    names = [row[0] for row in db.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()]
    casts = ", ".join(f"nullif(CAST({quoted(name)} AS VARCHAR), '') AS {quoted(name)}" for name in names)
    db.execute(f"CREATE TABLE raw_cells AS SELECT {casts} FROM read_parquet(?)", [str(path)])
    _number_rows(db)
    return names


def _number_rows(db: duckdb.DuckDBPyConnection) -> None:
    db.execute("CREATE VIEW raw AS SELECT rowid + 1 AS __row, * FROM raw_cells")


def _drop_footers(db: duckdb.DuckDBPyConnection, header: list[str]) -> None:
    """Lines below the table that give its source or a note: only their first cell is filled."""
    if len(header) < 2:
        return
    others = " AND ".join(f"{quoted(name)} IS NULL" for name in header[1:])
    last = "(SELECT count(*) FROM raw_cells) - 10"
    notes = f"rowid >= {last} AND regexp_matches(lower({quoted(header[0])}), '{FOOTER}') AND {others}"
    first = db.execute(f"SELECT min(rowid) FROM raw_cells WHERE {notes}").fetchone()
    if first and first[0] is not None:
        db.execute(f"DELETE FROM raw_cells WHERE rowid >= ? AND {others}", [first[0]])


def guess_types(
    db: duckdb.DuckDBPyConnection, header: list[str], rows: int, decimal: str = "", declared: dict[str, str] | None = None
) -> list[str]:
    """For each column how its cells are read: as at least nine in ten filled cells of a sample are, else as text.

    `decimal` leaves out the ways that read the other sign; `declared` gives the types of columns that have one.
    """
    step = max(1, rows // SAMPLE)
    db.execute(f"CREATE OR REPLACE TEMP TABLE sampled AS SELECT * FROM raw_cells WHERE rowid % {step} = 0")
    likely = _fits(db, header, max(1, min(rows, SAMPLE) // FIRST_SAMPLE), dict.fromkeys(header, GUESSED))
    # what is far from fitting a small sample is not tried on the large one
    tried = {name: tuple(way for way in GUESSED if fits[way] >= filled * 0.5) for name, (filled, fits) in likely.items()}
    found = _fits(db, header, 1, tried)
    db.execute("DROP TABLE sampled")
    kinds = []
    for name in header:
        filled, fits = found[name]
        if decimal == ",":
            fits["number"] = 0
        elif decimal == ".":
            fits["decimal_comma"] = fits["thousands_dots"] = 0
        if COORDINATE.search(name):
            fits["thousands_dots"] = 0
        kind = (declared or {}).get(name, "")
        if kind in WAYS:
            kinds.append(max(WAYS[kind], key=lambda way: fits.get(way, 0)))
        else:
            kinds.append("string" if _looks_like_code(name) else _best(filled, fits))
    return kinds


def _fits(
    db: duckdb.DuckDBPyConnection, header: list[str], step: int, ways: dict[str, tuple[str, ...]]
) -> dict[str, tuple[int, dict[str, int]]]:
    """By column: filled cells of each step-th row of the sample, and how many of them each of the ways reads."""
    found: dict[str, tuple[int, dict[str, int]]] = {}
    for start in range(0, len(header), 100):
        names = header[start : start + 100]
        parts = []
        for name in names:
            column = quoted(name)
            parts += [f"count({column})", *(f"count({CASTS[way].format(c=column)})" for way in ways[name])]
        counts = list(db.execute(f"SELECT {', '.join(parts)} FROM sampled WHERE rowid % {step} = 0").fetchone() or ())
        for name in names:
            filled = counts.pop(0)
            fits = {way: counts.pop(0) for way in ways[name]}
            found[name] = (filled, {way: fits.get(way, 0) for way in GUESSED})
    return found


def _best(filled: int, fits: dict[str, int]) -> str:
    if not filled:
        return "string"
    shares = {kind: fit / filled for kind, fit in fits.items()}
    if shares["integer"] >= SHARE_OF_TYPE and shares["number"] in {shares["integer"], 0} and shares["thousands_dots"] <= shares["integer"]:
        return "integer"  # whole numbers are numbers too: a column of both is of numbers
    dots = shares["thousands_dots"]
    if dots >= SHARE_OF_TYPE and dots >= shares["number"] and dots >= shares["decimal_comma"]:
        return "thousands_dots"  # 950, 1.200: a decimal point would not always stand before three digits
    if shares["number"] >= SHARE_OF_TYPE and shares["number"] >= shares["decimal_comma"]:
        return "number"
    ways = ("decimal_comma", "date", "date_day_first", "date_words", "boolean")
    return next((way for way in ways if shares[way] >= SHARE_OF_TYPE), "string")


def _looks_like_code(name: str) -> bool:
    """Codes keep their leading zeros and dots, even if all digits."""
    return name.lower().startswith(("kode", "code", "nik", "npsn", "nip", "telepon", "phone"))


def store(
    db: duckdb.DuckDBPyConnection, header: list[str], kinds: list[str], target: Path, declared: dict[str, str] | None = None
) -> list[dict[str, Any]]:
    """Write the typed Parquet file and confirm the types on all rows: what the sample misjudged is written anew.

    A declared type stays, whatever its cells hold. Returns the columns: name, type (integer, number, boolean, date or
    string) and the way its cells are read.
    """
    kinds = list(kinds)
    for _attempt in range(3):
        _write(db, header, kinds, target)
        misjudged = [place for place, kind in enumerate(kinds) if kind != "string" and header[place] not in (declared or {})]
        judged = [header[place] for place in misjudged]
        kept, held = (_counts(db, judged, view) for view in ("typed", "raw_cells"))
        changed = False
        for place in misjudged:
            fits, filled = kept[header[place]], held[header[place]]
            if fits == filled:
                continue
            numbers = _count(db, header[place], "number") if kinds[place] == "integer" else fits
            if numbers > fits:
                kinds[place], changed = "number", True
            elif fits < filled * SHARE_OF_TYPE:
                kinds[place], changed = "string", True
        if not changed:
            break
    return [{"name": name, "type": TYPES[kind], "way": kind} for name, kind in zip(header, kinds, strict=True)]


def _counts(db: duckdb.DuckDBPyConnection, names: list[str], view: str) -> dict[str, int]:
    """Filled cells of each column."""
    if not names:
        return {}
    found = db.execute(f"SELECT {', '.join(f'count({quoted(name)})' for name in names)} FROM {view}").fetchone() or ()
    return dict(zip(names, found, strict=True))


def _count(db: duckdb.DuckDBPyConnection, name: str, kind: str) -> int:
    found = db.execute(f"SELECT count({CASTS[kind].format(c=quoted(name))}) FROM raw_cells").fetchone()
    return int(found[0]) if found else 0


def _write(db: duckdb.DuckDBPyConnection, header: list[str], kinds: list[str], target: Path) -> None:
    casts = ", ".join(f"{CASTS[kind].format(c=quoted(name))} AS {quoted(name)}" for name, kind in zip(header, kinds, strict=True))
    db.execute("DROP VIEW IF EXISTS typed")
    db.execute(f"COPY (SELECT {casts} FROM raw_cells) TO '{target}' (FORMAT parquet, COMPRESSION zstd, DICTIONARY_SIZE_LIMIT 5000)")
    db.execute(
        "CREATE VIEW typed AS SELECT file_row_number + 1 AS __row, * EXCLUDE (file_row_number) "
        f"FROM read_parquet('{target}', file_row_number=true)"
    )
