"""How a text file is read: encoding, separator, decimal sign, types. Detected, never guessed silently: what was
detected is kept with the version and shown."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

SAMPLE = 262_144
SEPARATORS = (",", ";", "\t", "|")
MAX_COLUMNS = 2_000
NUMBER = re.compile(r"^-?[\d.,]+%?$")
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
    skipped: int = 0  # title lines above the header
    sheet: str = ""  # of a spreadsheet, the sheet that was read


def detect(path: Path, separator: str = "") -> Reading:
    """Encoding, separator (unless it is known) and header of a file. Raises Unreadable."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    encoding = detect_encoding(sample)
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError as error:
        raise Unreadable("not_text") from error
    if not text.strip():
        raise Unreadable("empty")
    if "\x00" in text:
        raise Unreadable("not_text")
    separator = separator or detect_separator(text)
    first_rows = list(islice(csv.reader(text.splitlines(), delimiter=separator), 30))
    skipped = title_rows(first_rows)
    header = [name.strip() for name in first_rows[skipped]]
    if len(header) > MAX_COLUMNS:
        raise Unreadable("too_many_columns", found=len(header), limit=MAX_COLUMNS)
    blank = [str(place) for place, name in enumerate(header, start=1) if not name]
    if blank:
        raise Unreadable("blank_header", columns=", ".join(blank))
    lowered = [name.lower() for name in header]
    doubled = sorted({name for name in header if lowered.count(name.lower()) > 1})
    if doubled:
        raise Unreadable("double_header", columns=", ".join(doubled))
    return Reading(encoding, separator, header, skipped)


def title_rows(rows: list[list[str]]) -> int:
    """How many rows stand above the header: titles fill at most half the cells of the widest row, a header fills all
    of its cells and holds no numbers. Without such a row the first one is the header."""
    width = max((len(row) for row in rows), default=0)
    for place, row in enumerate(rows[:15]):
        filled = [cell.strip() for cell in row if cell.strip()]
        if len(row) == width and len(filled) == width and not any(NUMBER.match(cell) for cell in filled):
            return place
        if len(filled) > max(1, width / 2):
            return 0
    return 0


def spreadsheet_as_csv(path: Path, target: Path) -> str:
    """Write the first sheet that holds rows as CSV; returns its name. Dates as year-month-day, formulas as their
    last value. Raises Unreadable."""
    from django.core.exceptions import ValidationError
    from openpyxl import load_workbook

    from ntbportal.commons.uploads import check_spreadsheet

    with path.open("rb") as file:
        try:
            check_spreadsheet(file)
        except ValidationError as error:
            raise Unreadable("bad_spreadsheet", detail=error.messages[0]) from error
        workbook = load_workbook(file, read_only=True, data_only=True)
        for sheet in workbook.worksheets:
            with target.open("w", encoding="utf-8", newline="") as out:
                if write_rows(csv.writer(out, lineterminator="\n"), sheet.iter_rows(values_only=True)):
                    return str(sheet.title)
    raise Unreadable("empty")


def write_rows(writer: Any, rows: Iterable[tuple[Any, ...]]) -> int:
    """Rows without the empty ones at the end and the empty columns at the right; returns how many."""
    done = 0
    width = 0
    gaps = 0
    for row in rows:
        cells = [cell_text(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            gaps += 1
            continue
        if done:
            for _gap in range(gaps):
                writer.writerow([])
        gaps = 0
        width = max(width, len(cells)) if done < 30 else width
        writer.writerow(cells + [""] * (width - len(cells)))
        done += 1
    return done


def cell_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value).strip()


def detect_encoding(sample: bytes) -> str:
    """By byte order mark, else UTF-8 where it decodes, else Windows-1252."""
    for mark, name in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if sample.startswith(mark):
            return name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return "cp1252"
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
    """The file itself if it is UTF-8 without a mark, else a copy that is."""
    if encoding == "utf-8":
        return path
    with path.open(encoding=encoding, errors="strict", newline="") as source, target.open("w", encoding="utf-8", newline="") as out:
        while chunk := source.read(1 << 20):
            out.write(chunk)
    return target
