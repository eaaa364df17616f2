"""From a file to a typed table: every cell as text first, how each column is read, then Parquet.

Tables and views left behind: `raw_cells` (texts), `native_cells` (Parquet's own values, where the source has them), `raw` (texts,
`__row` from 1, marks of missing values as nulls) and `typed` (the Parquet file, `__row` alike). Ways are judged on a sample spread
over the whole table and confirmed on all of it when it is stored; a column that does not fit throughout is judged anew on all rows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from ..models import Dimension, Severity
from ..tables import quoted
from .checks import SHOWN_PER_CHECK, Found
from .csv_rows import Account, line_ends, written_anew
from .marks import missing_marks
from .reading import Reading
from .ways import CASTS, TYPES, WAYS, House, Shape, Verdict, almost, fit, house_style, judge, shapes

LONGEST_LINE, LONGEST_CELL = 1_000_000, 60_000_000
SAMPLE = 10_000
FOOTER = "^ *(sumber|source|catatan|keterangan|note|ket)( data)? *[:.]"
NOTE = "^ *([*]|[0-9]+ *[)]|dicetak|printed|diunduh|sumber|source|catatan|keterangan|note|ket *[:.])"
LISTED = 200  # losses of a column kept with their place


@dataclass
class Plan:
    """How one column is stored. `forced`: by a person or the schema, whatever its cells hold."""

    name: str
    way: str
    forced: bool = False
    native: str = ""  # DuckDB type of the source's own values
    missing: list[str] = field(default_factory=list)
    marked: int = 0
    why: str = ""
    options: tuple[str, ...] = ()
    sample: list[str] = field(default_factory=list)
    lost: int = 0
    almost: str = ""  # the way nearly all cells fit; the column is text for the sake of the others

    @property
    def type(self) -> str:
        return native_type(self.native) if self.way == "source" else TYPES[self.way]

    def column(self) -> dict[str, Any]:
        found: dict[str, Any] = {"name": self.name, "type": self.type, "way": self.way}
        if self.missing:
            found["missing"] = self.missing
        if self.way == "source" and self.native not in PLAIN_NATIVES:
            found["stored"] = self.native
        return found


PLAIN_NATIVES = {"BIGINT", "DOUBLE", "VARCHAR", "BOOLEAN", "DATE", "TIMESTAMP"}
INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}


def native_type(native: str) -> str:
    """Our type of a DuckDB type that a Parquet file holds."""
    if native in INTEGERS:
        return "integer"
    if native in {"DOUBLE", "FLOAT"} or native.startswith("DECIMAL"):
        return "number"
    return {"BOOLEAN": "boolean", "DATE": "date", "TIMESTAMP": "datetime", "TIMESTAMP WITH TIME ZONE": "datetime"}.get(native, "string")


# --- in ---------------------------------------------------------------------------------------
def load_raw(db: duckdb.DuckDBPyConnection, path: Path, reading: Reading, folder: Path) -> Account:
    """Read every cell as text, empty ones null. Returns the account of rows that do not fit the header.

    A well-formed file is read by DuckDB as it is; any other is written anew line by line first. Raises duckdb.Error.
    """
    strange = reading.uneven or len(line_ends(path)) > 1
    if not strange:
        try:
            _read_csv(db, path, reading.separator, reading.lines, reading.header, LONGEST_LINE)
            if not db.execute("SELECT count(*) FROM reject_errors").fetchall()[0][0] and not _hides_rows(db, reading):
                account = Account(rows=_count(db, "raw_cells"))
                return _finished(db, reading, account)
        except duckdb.Error:
            pass
        for name in ("raw_cells", "reject_errors", "reject_scans"):
            db.execute(f"DROP TABLE IF EXISTS {name}")
    clean = folder / "anew.csv"
    account = written_anew(path, clean, reading.separator, reading.lines, len(reading.header), reading.backslash)
    _read_csv(db, clean, ",", 0, reading.header, LONGEST_CELL)
    missed = account.rows - _count(db, "raw_cells")
    if missed > 0:
        account.lost_count += missed
    return _finished(db, reading, account)


def _finished(db: duckdb.DuckDBPyConnection, reading: Reading, account: Account) -> Account:
    account.notes = _drop_footers(db, reading.header)
    return account


def _read_csv(db: duckdb.DuckDBPyConnection, path: Path, separator: str, skip: int, header: list[str], longest: int) -> None:
    db.execute(
        "CREATE TABLE raw_cells AS SELECT * FROM read_csv(?, delim=?, quote='\"', escape='\"', header=false, skip=?, columns=?, nullstr='', "
        f"store_rejects=true, rejects_limit=1000, max_line_size={longest}, auto_detect=false, strict_mode=true)",
        [str(path), separator, skip, dict.fromkeys(header, "VARCHAR")],
    )


def _count(db: duckdb.DuckDBPyConnection, table: str) -> int:
    return int((db.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,))[0])


def _hides_rows(db: duckdb.DuckDBPyConnection, reading: Reading) -> bool:
    """Whether a cell holds a line end and as many separators as a row has: a quote opened by mistake."""
    width = len(reading.header)
    if width < 2:
        return False
    texts = " OR ".join(f"contains({quoted(name)}, chr(10))" for name in reading.header[:400])
    signs = " + ".join(f"coalesce(length({quoted(name)}) - length(replace({quoted(name)}, ?, '')), 0)" for name in reading.header[:400])
    found = db.execute(
        f"SELECT count(*) FROM (SELECT * FROM raw_cells WHERE {texts}) WHERE {signs} >= {width - 1}",
        [reading.separator] * min(width, 400),
    ).fetchone()
    return bool(found and found[0])


def load_parquet(db: duckdb.DuckDBPyConnection, path: Path) -> dict[str, str]:
    """A Parquet file as a table of texts and beside it its own values. Returns the DuckDB type of each column.

    Nested values become JSON, bytes Base64; NaN is a missing value; columns that hold infinite numbers become text, as no
    JSON holds them. Raises duckdb.Error.
    """
    described = db.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
    natives = {str(row[0]): str(row[1]) for row in described}
    texts, values, kept = [], [], {}
    floats = [name for name, native in natives.items() if native in {"DOUBLE", "FLOAT"}]
    infinite = set()
    if floats:
        counts = ", ".join(f"count(*) FILTER (WHERE isinf({quoted(name)}))" for name in floats)
        row = db.execute(f"SELECT {counts} FROM read_parquet(?)", [str(path)]).fetchone() or ()
        infinite = {name for name, count in zip(floats, row, strict=True) if count}
    for place, (name, native) in enumerate(natives.items()):
        column = quoted(name)
        text, value, kind = _native(column, native, name in infinite)
        texts.append(f"nullif({text}, '') AS {column}")
        values.append(f"{value} AS n{place}")
        kept[name] = kind
    db.execute(f"CREATE TABLE raw_cells AS SELECT {', '.join(texts)} FROM read_parquet(?)", [str(path)])
    db.execute(f"CREATE TABLE native_cells AS SELECT {', '.join(values)} FROM read_parquet(?)", [str(path)])
    return kept


def _native(column: str, native: str, is_infinite: bool) -> tuple[str, str, str]:
    """How a Parquet column is read: as text, as its value, and the DuckDB type of that."""
    text = f"CAST({column} AS VARCHAR)"
    if native in {"DOUBLE", "FLOAT"}:
        if is_infinite:
            return text, text, "VARCHAR"
        number = f"CASE WHEN isnan({column}) THEN NULL ELSE CAST({text} AS DOUBLE) END"
        return f"CASE WHEN isnan({column}) THEN NULL ELSE {text} END", number, "DOUBLE"
    if native in INTEGERS or native.startswith("DECIMAL") or native in {"BOOLEAN", "DATE", "TIMESTAMP WITH TIME ZONE"}:
        return text, column, native
    if native.startswith("TIMESTAMP"):
        return text, f"CAST({column} AS TIMESTAMP)", "TIMESTAMP"
    if native == "BLOB":
        return f"to_base64({column})", f"to_base64({column})", "VARCHAR"
    if native.endswith("]") or native.startswith(("STRUCT", "MAP", "UNION")):
        return f"CAST(to_json({column}) AS VARCHAR)", f"CAST(to_json({column}) AS VARCHAR)", "VARCHAR"
    return text, text, "VARCHAR"


def _drop_footers(db: duckdb.DuckDBPyConnection, header: list[str]) -> list[str]:
    """Lines below the table that give its source or a note: only their first cell is filled. Returns them."""
    if len(header) < 2:
        return []
    others = " AND ".join(f"{quoted(name)} IS NULL" for name in header[1:])
    last = "(SELECT count(*) FROM raw_cells) - 10"
    notes = f"rowid >= {last} AND regexp_matches(lower({quoted(header[0])}), '{FOOTER}') AND {others}"
    first = db.execute(f"SELECT min(rowid) FROM raw_cells WHERE {notes}").fetchone()
    if first and first[0] is not None:
        note = f"rowid >= ? AND {others} AND regexp_matches(lower({quoted(header[0])}), '{NOTE}')"
        said = [str(row[0]) for row in db.execute(f"SELECT {quoted(header[0])} FROM raw_cells WHERE {note}", [first[0]]).fetchall()]
        empty = f"rowid >= ? AND {others} AND {quoted(header[0])} IS NULL"
        db.execute(f"DELETE FROM raw_cells WHERE ({note}) OR ({empty})", [first[0], first[0]])
        db.execute("CREATE TABLE kept_cells AS SELECT * FROM raw_cells")
        db.execute("DROP TABLE raw_cells")
        db.execute("ALTER TABLE kept_cells RENAME TO raw_cells")
        return said
    return []


# --- judging ----------------------------------------------------------------------------------
@dataclass
class Wishes:
    """What is known of the columns besides their cells."""

    decimal: str = ""  # sign that somebody chose for the file
    declared: Mapping[str, str] = field(default_factory=dict)  # types of the data set's schema
    chosen: Mapping[str, str] = field(default_factory=dict)  # ways that a person chose
    given: Mapping[str, str] = field(default_factory=dict)  # ways of a typed source
    natives: Mapping[str, str] = field(default_factory=dict)  # DuckDB types of a Parquet file
    known_codes: Collection[str] = ()


def plans(db: duckdb.DuckDBPyConnection, header: list[str], rows: int, wishes: Wishes) -> list[Plan]:
    """How each column is to be stored, judged by a sample."""
    step = max(1, rows // SAMPLE)
    db.execute(f"CREATE OR REPLACE TEMP TABLE sampled AS SELECT * FROM raw_cells WHERE rowid % {step} = 0")
    found = shapes(db, "sampled", header)
    house = house_style(found, wishes.decimal)
    planned = [_plan(db, "sampled", name, found[name], house, wishes) for name in header]
    unclear = [plan.name for plan in planned if plan.why or plan.missing]
    if unclear and step > 1:  # what is asked, and what marks a missing value, is counted on all rows
        found |= shapes(db, "raw_cells", unclear)
        planned = [_plan(db, "raw_cells", plan.name, found[plan.name], house, wishes) if plan.name in unclear else plan for plan in planned]
    db.execute("DROP TABLE sampled")
    return planned


def _plan(db: duckdb.DuckDBPyConnection, table: str, name: str, shape: Shape, house: House, wishes: Wishes) -> Plan:
    way, kind = wishes.chosen.get(name, ""), wishes.declared.get(name, "")
    native = wishes.natives.get(name, "")
    if way == "source" and native:
        return Plan(name, "source", forced=True, native=native)
    if way in CASTS:
        return _marked(Plan(name, way, forced=True), shape, asked=True)
    if native and kind in {"", native_type(native)}:
        return Plan(name, "source", native=native)
    given = wishes.given.get(name, "")
    if given == "text" and not kind:  # a text of a typed source is none but a date that can mean nothing else
        verdict = judge(name, shape, house)
        is_day = TYPES[verdict.way] in {"date", "datetime", "boolean"}
        return Plan(name, verdict.way if is_day and not shape.marks else "string")
    if given in TYPES and kind in {"", TYPES[given]}:
        return _marked(Plan(name, given), shape, asked=False)
    codes = wishes.known_codes
    is_code = bool(codes) and shape.said > 2 and shape.longest <= 13 and _are_codes(db, table, name, codes)
    verdict = judge(name, shape, house, is_code)
    if kind in WAYS:
        verdict = _declared(verdict, kind, shape)
        forced = not verdict.why and TYPES[verdict.way] == kind
    else:
        forced = False
    plan = Plan(name, verdict.way, forced=forced, why=verdict.why, options=verdict.options)
    if verdict == Verdict("string") and kind != "string" and not is_code:
        plan.almost = almost(shape)
    return _marked(plan, shape, asked=False)


def _declared(verdict: Verdict, kind: str, shape: Shape) -> Verdict:
    """The verdict narrowed to a declared type; where none of its ways is of it, the way that fits most cells."""
    if kind == "string" or (TYPES[verdict.way] == kind and not verdict.why):
        return Verdict("string") if kind == "string" else verdict
    options = tuple(way for way in verdict.options if TYPES[way] == kind)
    if len(options) > 1:
        return Verdict("string", verdict.why, (*options, "string"))
    if options:
        return Verdict(options[0])
    if kind == "number" and verdict.why == "thousands_or_decimals":
        return verdict
    return Verdict(max(WAYS[kind], key=lambda way: fit(way, shape)))


def _are_codes(db: duckdb.DuckDBPyConnection, table: str, name: str, codes: Collection[str]) -> bool:
    """Whether each value is a code of the reference list of regions."""
    values = db.execute(f"SELECT DISTINCT trim({quoted(name)}) FROM {table} WHERE {quoted(name)} IS NOT NULL LIMIT 2000")
    found = {row[0] for row in values.fetchall()}
    return len(found) > 2 and found <= set(codes)


def _marked(plan: Plan, shape: Shape, *, asked: bool) -> Plan:
    """Marks of missing values become nulls where that can be told from the column alone; else it is asked."""
    plan.marked = sum(shape.marks.values())
    if not plan.marked or plan.type == "string":
        return plan
    plan.missing = sorted(shape.marks)
    several = len({mark.lower() for mark in shape.marks}) > 1 or shape.filled < shape.rows
    if not asked and several:  # which mark stood where would be lost
        plan.why, plan.options, plan.way = "missing_marks", (plan.way, "string"), "string"
        plan.missing = []
    return plan


# --- out --------------------------------------------------------------------------------------
def store(db: duckdb.DuckDBPyConnection, planned: list[Plan], rows: int, target: Path, wishes: Wishes) -> list[Plan]:
    """Write the typed Parquet file, and see that nothing got lost: a column whose cells do not all fit is judged anew
    on all rows, in the end as text. What a person or the schema forces stays, and its losses are counted."""
    planned = list(planned)
    for attempt in range(3):
        _write(db, planned, target)
        _views(db, planned, target)
        losses = _losses(db, planned)
        wrong = [plan.name for plan in planned if losses[plan.name] and not plan.forced]
        if not wrong:
            break
        found = shapes(db, "raw_cells", wrong) if attempt == 0 else {}
        for place, plan in enumerate(planned):
            if plan.name not in wrong:
                continue
            if plan.name in found and plan.name not in wishes.given:
                planned[place] = _plan(db, "raw_cells", plan.name, found[plan.name], House(), wishes)
            if attempt or planned[place].way == plan.way:
                planned[place] = Plan(plan.name, "string", almost=planned[place].almost)
    for plan in planned:
        plan.lost = losses[plan.name]
        if plan.why:
            plan.sample = _some(db, plan.name)
    return planned


def _write(db: duckdb.DuckDBPyConnection, planned: list[Plan], target: Path) -> None:
    has_natives = any(plan.way == "source" for plan in planned)
    parts = []
    for place, plan in enumerate(planned):
        name = quoted(plan.name)
        if plan.way == "source":
            parts.append(f"n{place} AS {name}")
            continue
        cell = f"({_without(plan)})" if plan.missing else name
        parts.append(f"{CASTS[plan.way].format(c=cell)} AS {name}")
    source = "raw_cells POSITIONAL JOIN native_cells" if has_natives else "raw_cells"
    db.execute("DROP VIEW IF EXISTS typed")
    db.execute(
        f"COPY (SELECT {', '.join(parts)} FROM {source}) TO '{target}' (FORMAT parquet, COMPRESSION zstd, DICTIONARY_SIZE_LIMIT 5000)"
    )


def _without(plan: Plan) -> str:
    """The cell without the marks of a missing value."""
    name = quoted(plan.name)
    marks = ", ".join("'" + mark.replace("'", "''") + "'" for mark in plan.missing)
    return f"CASE WHEN trim({name}) IN ({marks}) THEN NULL ELSE {name} END"


def _views(db: duckdb.DuckDBPyConnection, planned: list[Plan], target: Path) -> None:
    db.execute(
        "CREATE VIEW typed AS SELECT file_row_number + 1 AS __row, * EXCLUDE (file_row_number) "
        f"FROM read_parquet('{target}', file_row_number=true)"
    )
    replaced = [f"{_without(plan)} AS {quoted(plan.name)}" for plan in planned if plan.missing]
    star = f"* REPLACE ({', '.join(replaced)})" if replaced else "*"
    db.execute(f"CREATE OR REPLACE VIEW raw AS SELECT rowid + 1 AS __row, {star} FROM raw_cells")


def _losses(db: duckdb.DuckDBPyConnection, planned: list[Plan]) -> dict[str, int]:
    """By column: filled cells that are not in the typed table."""
    found = {}
    for start in range(0, len(planned), 400):
        part = planned[start : start + 400]
        counts = ", ".join(f"count({quoted(plan.name)})" for plan in part)
        before = db.execute(f"SELECT {counts} FROM raw").fetchone() or ()
        after = db.execute(f"SELECT {counts} FROM typed").fetchone() or ()
        found |= {plan.name: int(b - a) for plan, b, a in zip(part, before, after, strict=True)}
    return found


def _some(db: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    column = quoted(name)
    rows = db.execute(f"SELECT DISTINCT {column} FROM raw_cells WHERE {column} IS NOT NULL ORDER BY 1 LIMIT 8").fetchall()
    return [str(row[0])[:60] for row in rows]


def lost_cells(db: duckdb.DuckDBPyConnection, plan: Plan) -> list[tuple[int, str]]:
    """Row and text of cells of a column that are not in the typed table, the first LISTED."""
    name = quoted(plan.name)
    rows = db.execute(
        f"SELECT __row, raw.{name} FROM raw JOIN typed USING (__row) "
        f"WHERE raw.{name} IS NOT NULL AND typed.{name} IS NULL ORDER BY __row LIMIT {LISTED}"
    ).fetchall()
    return [(int(row), str(text)[:120]) for row, text in rows]


def almost_findings(db: duckdb.DuckDBPyConnection, plan: Plan) -> list[Found]:
    """The cells for whose sake a column is text, and that it is."""
    if not plan.almost:
        return []
    marks = ", ".join("'" + mark.replace("'", "''") + "'" for mark in sorted(missing_marks()))
    name = quoted(plan.name)
    wrong = f"FROM raw WHERE {name} IS NOT NULL AND {CASTS[plan.almost].format(c=name)} IS NULL AND lower(trim({name})) NOT IN ({marks})"
    kind, count = TYPES[plan.almost], _count(db, f"(SELECT 1 {wrong})")
    rows = db.execute(f"SELECT __row, {name} {wrong} ORDER BY __row LIMIT {SHOWN_PER_CHECK}").fetchall()
    found = [
        Found(f"not_{kind}", Dimension.VALIDITY, Severity.ERROR, row=row, column=plan.name, value=str(text)[:120]) for row, text in rows
    ]
    if count > len(rows):
        found.append(Found("more_of_these", Dimension.VALIDITY, Severity.ERROR, column=plan.name, count=count - len(rows)))
    if found:
        found.append(Found("kept_as_text", Dimension.VALIDITY, Severity.WARNING, column=plan.name, count=count))
    return found


def row_findings(account: Account) -> list[Found]:
    """What the reader of rows has to say."""
    found = [Found("lost_row", Dimension.VALIDITY, Severity.ERROR, row=line, value=text[:120]) for line, text in account.lost[:50]]
    if account.short_count:
        found.append(Found("short_rows", Dimension.VALIDITY, Severity.WARNING, row=account.short[0], count=account.short_count))
    if account.notes:
        notes = " | ".join(account.notes)[:120]
        found.append(Found("notes_left_out", Dimension.VALIDITY, Severity.WARNING, value=notes, count=len(account.notes)))
    if account.stray_count:
        found.append(Found("stray_quotes", Dimension.VALIDITY, Severity.WARNING, row=account.stray_quotes[0], count=account.stray_count))
    return found
