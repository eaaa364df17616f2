"""How a file is read: encoding, separator, decimal sign, title rows, header rows. Detected, never guessed silently:
what was detected is kept with the version and shown, and the producer may have it read differently (`choices`)."""

from __future__ import annotations

import codecs
import csv
import io
import json
import logging
import re
from dataclasses import dataclass, field
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

from . import sheet_to_csv
from .csv_rows import is_utf8, utf8_copy

log = logging.getLogger(__name__)
csv.field_size_limit(60_000_000)  # an outline may be long; the file itself is bounded
SAMPLE = 262_144
SEPARATORS = (",", ";", "\t", "|")
ENCODINGS = ("utf-8", "utf-16", "cp1252")
MAX_COLUMNS = 2_000
LOOKED_AT = 30  # rows in which the header is looked for
NUMBER = re.compile(r"^-?[\d.,]+%?$")
COLUMN_NUMBER = re.compile(r"^\(?(\d+)\)?$")
SHARE_OF_TYPE = 0.9  # of the filled cells that must fit for a column to be of a type


class Unreadable(Exception):
    """The file is no table; `key` names the sentence to show, `values` fill it."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


@dataclass(frozen=True)
class Reading:
    encoding: str
    separator: str
    header: list[str]
    skipped: int = 0  # title rows above the header
    header_rows: int = 1
    lines: int = 1  # rows before the first one of data: titles, header, a row that numbers the columns
    decimal: str = ""  # "," or "." where somebody chose it
    sheet: str = ""  # of a spreadsheet, the sheet that was read
    sheets: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()  # sheets that a spreadsheet program does not show
    uneven: bool = False  # the header ends with separators that name nothing
    backslash: bool = False  # quotes inside texts stand after a backslash
    given: dict[str, str] = field(default_factory=dict)  # ways of the columns of a typed source
    natives: dict[str, str] = field(default_factory=dict)  # DuckDB types of a Parquet file
    odd_bytes: int = 0  # that are not of the encoding
    hidden_columns: tuple[str, ...] = ()
    hidden_rows: int = 0
    unsaid: int = 0  # formulas without a value
    is_own: bool = False  # a download of ours that comes back
    long_numbers: tuple[str, ...] = ()  # columns of numbers with more digits than a spreadsheet keeps


def detect(path: Path, separator: str = "", choices: dict[str, Any] | None = None) -> Reading:
    """Encoding, separator (unless it is known) and header of a file. What `choices` names is taken as chosen.

    choices: encoding, separator, decimal, skipped (title rows), header_rows. Raises Unreadable.
    """
    choices = choices or {}
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    encoding = choices.get("encoding") or detect_encoding(sample)
    try:
        text = codecs.getincrementaldecoder(encoding)(errors="ntb-windows").decode(sample)
    except UnicodeDecodeError as error:
        raise Unreadable("not_text") from error
    if not text.strip():
        raise Unreadable("empty")
    if "\x00" in text:
        raise Unreadable("not_text")
    separator = choices.get("separator") or separator or detect_separator(text)
    try:
        rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), LOOKED_AT))
    except csv.Error as error:
        log.info("no table: %s", error)
        raise Unreadable("too_broken") from error
    skipped, depth = header_place(rows)
    if choices.get("skipped") is not None:
        skipped, depth = min(int(choices["skipped"]), len(rows) - 1), 1
    depth = int(choices.get("header_rows") or depth)
    header = combined_header(rows[skipped : skipped + depth])
    uneven = False
    while len(header) > 1 and not header[-1] and not any("".join(row[len(header) - 1 :]).strip() for row in rows):
        header, uneven = header[:-1], True  # a separator at the end of each line
    check_header(header)
    lines = skipped + depth + numbers_the_columns(rows[skipped + depth : skipped + depth + 1])
    backslash = '\\"' in text and '""' not in text
    uneven = uneven or any(len(row) > len(header) for row in rows)
    decimal = choices.get("decimal") or ""
    return Reading(encoding, separator, header, skipped, depth, lines, decimal, uneven=uneven, backslash=backslash)


def check_header(header: list[str]) -> None:
    """Raises Unreadable where a column has no name, or two have the same."""
    if len(header) > MAX_COLUMNS:
        raise Unreadable("too_many_columns", found=len(header), limit=MAX_COLUMNS)
    taken = sorted(name for name in header if name.lower() in {"rowid", "__row"})
    if taken:
        raise Unreadable("reserved_name", columns=", ".join(taken))
    blank = [str(place) for place, name in enumerate(header, start=1) if not name]
    if blank:
        raise Unreadable("blank_header", columns=", ".join(blank))
    lowered = [name.lower() for name in header]
    doubled = sorted({name for name in header if lowered.count(name.lower()) > 1})
    if doubled:
        raise Unreadable("double_header", columns=", ".join(doubled))


def _filled(row: list[str]) -> list[str]:
    return [cell.strip() for cell in row if cell.strip()]


def _is_of_words(row: list[str]) -> bool:
    return not any(NUMBER.match(cell) and not re.fullmatch(r"(19|20)\d\d", cell) for cell in _filled(row))


def header_place(rows: list[list[str]]) -> tuple[int, int]:
    """Where the header begins and how many rows it has.

    Titles fill at most half the cells of the widest row. A header fills all of its cells and holds no numbers but
    years; a header in two rows (merged cells) does so together. Without such rows the first one is the header.
    """
    width = max((len(row) for row in rows), default=0)
    for place, row in enumerate(rows[:15]):
        filled = _filled(row)
        full = len(row) == width and len(filled) == width
        if full and _is_plain(row):
            return place, 1
        if place + 1 < len(rows) and filled and _are_two_header_rows(row, rows[place + 1], width):
            return place, 2
        if full and _is_of_words(row):
            return place, 1
        if len(filled) > max(1, width / 2):
            return 0, 1
    return 0, 1


def _is_plain(row: list[str]) -> bool:
    """A header without any number, and each name once."""
    names = [cell.strip().lower() for cell in row]
    return not any(NUMBER.match(name) for name in names) and len(set(names)) == len(names)


def _are_two_header_rows(upper: list[str], lower: list[str], width: int) -> bool:
    """Merged cells leave blanks: the two rows together name each column, neither alone does."""
    if not (_is_of_words(upper) and _is_of_words(lower)) or len(_filled(lower)) == 0 or max(len(upper), len(lower)) < width:
        return False
    names = [name.lower() for name in combined_header([upper, lower])]
    if len(names) < width or not all(names) or len(set(names)) < len(names):
        return False
    return not (len(_filled(lower)) == width and _is_plain(lower))


def combined_header(rows: list[list[str]]) -> list[str]:
    """Names of the columns. In a header of several rows a name merged over columns is repeated before those below it."""
    width = max((len(row) for row in rows), default=0)
    padded = [[re.sub(r"\s+", " ", cell).strip() for cell in row] + [""] * (width - len(row)) for row in rows]
    for upper, lower in pairwise(padded):
        for place in range(1, width):
            if not upper[place] and lower[place]:
                upper[place] = upper[place - 1]
    return [" ".join(dict.fromkeys(filter(None, parts))) for parts in zip(*padded, strict=True)]


def numbers_the_columns(rows: list[list[str]]) -> int:
    """1 if the row below the header only numbers the columns, (1) (2) (3), as statistical tables do; else 0."""
    for row in rows:
        found = [COLUMN_NUMBER.match(cell.strip()) for cell in row]
        in_brackets = all(cell.strip().startswith("(") for cell in row)
        if row and all(found) and [int(one[1]) for one in found if one] == list(range(1, len(row) + 1)):
            return int(in_brackets or len(row) >= 5)
    return 0


SPREADSHEETS = (".xlsx", ".xlsm", ".ods", ".xls")
SHEET_SECONDS = 300


@dataclass(frozen=True)
class Sheet:
    """The sheet that was read, and what the file holds besides."""

    name: str
    names: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    first: tuple[tuple[str, ...], ...] = ()  # kinds of cells by row and column, of the first rows
    rest: tuple[str, ...] = ()  # kinds of cells by column, of the others
    hidden_columns: tuple[int, ...] = ()
    hidden_rows: int = 0
    unsaid: int = 0  # formulas without a value

    def kinds(self, header: list[str], lines: int) -> dict[str, set[str]]:
        """Kinds of the cells of each column below the header."""
        found = {}
        for place, name in enumerate(header):
            found[name] = {row[place] for row in self.first[lines:] if place < len(row)} - {""}
            if place < len(self.rest):
                found[name] |= set(self.rest[place])
        return found


def way_of(kinds: set[str]) -> str:
    """The way of a column of a typed source by the kinds of its values (sheet_to_csv.py, geojson.py). Nothing for texts,
    which may still be dates in words."""
    said = kinds - {"m"}
    if not said:
        return "string" if kinds else ""
    if said == {"i"}:
        return "exact_integer"
    if said <= {"i", "n"}:
        return "exact_number"
    if said == {"d"}:
        return "date"
    if said <= {"d", "s"}:
        return "datetime"
    if said == {"b"}:
        return "boolean"
    return "text" if said == {"t"} else "string"


def spreadsheet_as_csv(path: Path, target: Path, wanted: str = "", hidden_too: bool = False) -> Sheet:
    """Write a sheet as CSV: the wanted one, else the first visible one that holds rows.

    Dates as year-month-day, formulas as their last value. The file is opened in a process of its own with bounded
    memory, as one stray cell at the far corner may unfold to thousands of millions. Raises Unreadable.
    """
    from django.core.exceptions import ValidationError

    from ntbportal.commons.bounded import Exhausted, run_bounded
    from ntbportal.commons.uploads import check_spreadsheet

    from .marks import missing_marks

    try:
        with path.open("rb") as file:
            check_spreadsheet(file, suffix=path.suffix)
    except ValidationError as error:
        raise Unreadable("refused_spreadsheet", detail=error.messages[0]) from error
    marks = json.dumps(sorted(missing_marks()))
    try:
        said = run_bounded(sheet_to_csv.__file__, str(path), str(target), wanted, marks, "1" if hidden_too else "", seconds=SHEET_SECONDS)
    except Exhausted as error:
        log.warning("a spreadsheet exhausted its process: %s", error)
        raise Unreadable("sheet_too_large") from error
    if "problem" in said:
        raise Unreadable(said["problem"])
    return Sheet(
        said["sheet"],
        tuple(said["sheets"]),
        tuple(said["hidden"]),
        tuple(tuple(row) for row in said["first"]),
        tuple(said["rest"]),
        tuple(said.get("hidden_columns", ())),
        int(said.get("hidden_rows", 0)),
        int(said.get("unsaid", 0)),
    )


def detect_encoding(sample: bytes) -> str:
    """By byte order mark, else UTF-8 where it decodes, else Windows-1252."""
    for mark, name in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if sample.startswith(mark):
            return name
    if len(sample) > 8 and sample[1:400:2].count(0) > len(sample[1:400:2]) * 0.8 and not sample[0:400:2].count(0):
        return "utf-16-le"  # without a mark
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        # a few bytes of another encoding in a text that is UTF-8 otherwise are dealt with one by one
        return "utf-8" if re.search(rb"[\xc3-\xc5\xe2][\x80-\xbf]", sample) else "cp1252"
    return "utf-8"


def detect_separator(text: str) -> str:
    """The sign that cuts the first lines into the most parts, equally many in each."""
    lines = [line for line in text.splitlines()[:50] if line.strip()][:20]
    if len(text) >= SAMPLE // 2 and len(lines) > 1:
        lines = lines[:-1]  # the last one may be cut off

    def regularity(separator: str) -> tuple[float, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=separator)]
        usual = max(set(widths), key=lambda width: (widths.count(width), width))
        return (widths.count(usual) / len(widths) if usual > 1 else 0, usual)

    return max(SEPARATORS, key=regularity)


def as_utf8(path: Path, encoding: str, target: Path) -> Path:
    """The file itself if it is UTF-8 without a mark, else a copy that is. Raises UnicodeError."""
    return as_utf8_counted(path, encoding, target)[0]


def as_utf8_counted(path: Path, encoding: str, target: Path) -> tuple[Path, int]:
    """As `as_utf8`, and how many bytes were of another encoding (read as Windows-1252)."""
    if encoding == "utf-8" and is_utf8(path):
        return path, 0
    odd = utf8_copy(path, target, encoding)
    return target, odd if encoding.startswith("utf") else 0
