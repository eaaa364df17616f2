"""One sheet of a spreadsheet (XLSX, ODS, XLS) as CSV, run as a program of its own: file, target, wanted sheet, missing marks
(JSON), whether hidden sheets may be read ("1").

Answers in JSON on standard output: {"sheet", "sheets", "hidden", "first", "rest", "unsaid", "hidden_columns", "hidden_rows"} or
{"problem", "detail"}. `first` and `rest` say what kinds of cells there are, so that a number is never guessed anew from its text:
`first` by row (the first KNOWN_ROWS) and column, `rest` by column for all rows below. Kinds: i whole number, n number, x number of
more digits than a spreadsheet keeps, t text, m text that marks a missing value, d date, s date with time, b yes or no.

Imports nothing of the portal.
"""

from __future__ import annotations

import csv
import json
import re
import sys
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

KNOWN_ROWS = 60
EXACT = 1e15  # spreadsheet programs keep 15 digits
WHOLE = 2.0**53  # beyond, not every whole number has a double of its own
MOST_XML = 400_000_000  # of a sheet that is looked through for what is hidden


def cell_of(value: Any, marks: frozenset[str]) -> tuple[str, str]:
    """A cell as text and its kind; ("", "") for an empty one."""
    if value is None or value == "":
        return "", ""
    if isinstance(value, bool):
        return ("true" if value else "false"), "b"
    if isinstance(value, datetime):
        if value.time() == time():
            return value.date().isoformat(), "d"
        return value.isoformat(sep=" "), "s"
    if isinstance(value, date):
        return value.isoformat(), "d"
    if isinstance(value, int):
        return str(value), "i" if abs(value) < EXACT else "x"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < WHOLE:
            return str(int(value)), "i" if abs(value) < EXACT else "x"
        return repr(value), "n" if abs(value) < WHOLE else "x"  # further digits would be invented
    text = str(value).strip()
    if not text:
        return "", ""
    return text, "m" if text.lower() in marks else "t"


class Kinds:
    """What kinds of cells each column holds."""

    def __init__(self) -> None:
        self.first: list[list[str]] = []
        self.rest: list[set[str]] = []
        self.rounded = 0  # numbers whose last digits are not known

    def note(self, row: list[str]) -> None:
        self.rounded += row.count("x")
        if len(self.first) < KNOWN_ROWS:
            self.first.append(row)
            return
        while len(self.rest) < len(row):
            self.rest.append(set())
        for place, kind in enumerate(row):
            if kind:
                self.rest[place].add(kind)


def write_rows(writer: Any, rows: Iterable[Any], marks: frozenset[str]) -> tuple[int, Kinds]:
    """Rows without the empty ones at the end and the empty columns at the right; returns how many, and their kinds."""
    done = width = gaps = 0
    kinds = Kinds()
    for row in rows:
        cells = [cell_of(value, marks) for value in row]
        while cells and not cells[-1][0]:
            cells.pop()
        if not cells:
            gaps += 1
            continue
        if done:
            for _gap in range(gaps):
                writer.writerow([])
                kinds.note([])
        gaps = 0
        width = max(width, len(cells)) if done < 30 else width
        texts = [text for text, _kind in cells]
        writer.writerow(texts + [""] * (width - len(texts)))
        kinds.note([kind for _text, kind in cells])
        done += 1
    return done, kinds


def exact_rows(path: str, name: str) -> Iterable[Any]:
    """The same rows with whole numbers of any length as they stand in the file, where calamine makes floats of them."""
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True, data_only=True)
    for row in book[name].iter_rows(values_only=True):
        yield [value if not isinstance(value, (time,)) else value.isoformat() for value in row]


def looked_through(path: str, place: int) -> dict[str, Any]:
    """What an XLSX holds that is not seen: hidden columns and rows; and formulas whose value was never stored."""
    found: dict[str, Any] = {"hidden_columns": [], "hidden_rows": 0, "unsaid": 0}
    try:
        with zipfile.ZipFile(path) as archive:
            names = [one for one in archive.namelist() if re.fullmatch(r"xl/worksheets/sheet[0-9]+\.xml", one)]
            names.sort(key=lambda one: int(re.sub(r"[^0-9]", "", one)))
            if place >= len(names) or archive.getinfo(names[place]).file_size > MOST_XML:
                return found
            text = archive.read(names[place])
    except (zipfile.BadZipFile, OSError, KeyError, ValueError):
        return found
    for column in re.findall(rb"<col [^>]{0,400}>", text):
        if re.search(rb'hidden="(?:1|true)"', column):
            low, high = (re.search(key + rb'="([0-9]{1,5})"', column) for key in (rb"min", rb"max"))
            if low and high:
                found["hidden_columns"] += list(range(int(low[1]), min(int(high[1]), int(low[1]) + 200) + 1))
    found["hidden_rows"] = sum(1 for row in re.finditer(rb"<row [^>]{0,400}>", text) if re.search(rb'hidden="(?:1|true)"', row[0]))
    formula = rb"<f(?: [^>]{0,400})?(?:/>|>[^<]*</f>)\s{0,9}(?:<v\s?/>|<v></v>|</c>)"
    errors = rb'<c [^>]{0,200}\bt="e"'  # #DIV/0! and the like
    found["unsaid"] = sum(1 for _one in re.finditer(formula, text)) + sum(1 for _one in re.finditer(errors, text))
    return found


def main(path: str, target: str, wanted: str, marks: frozenset[str], hidden_too: bool) -> dict[str, Any]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum

    try:
        workbook = CalamineWorkbook.from_path(path)
        names = list(workbook.sheet_names)
        hidden = [one.name for one in workbook.sheets_metadata if one.visible != SheetVisibleEnum.Visible]
        visible = [name for name in names if name not in hidden]
        tried = [wanted] if wanted in visible or (hidden_too and wanted in names) else visible
        for name in tried:
            rows = workbook.get_sheet_by_name(name).iter_rows()
            with open(target, "w", encoding="utf-8", newline="") as out:
                count, kinds = write_rows(csv.writer(out, lineterminator="\n"), rows, marks)
            if not count:
                continue
            if path.endswith((".xlsx", ".xlsm")) and "x" in {*"".join("".join(row) for row in kinds.first), *set().union(*kinds.rest)}:
                with open(target, "w", encoding="utf-8", newline="") as out:
                    count, kinds = write_rows(csv.writer(out, lineterminator="\n"), exact_rows(path, name), marks)
            is_exact = path.endswith((".xlsx", ".xlsm"))
            unseen = looked_through(path, names.index(name)) if is_exact else {"unsaid": kinds.rounded}
            return {
                "sheet": name, "sheets": names, "hidden": hidden, "first": kinds.first,
                "rest": ["".join(sorted(one)) for one in kinds.rest], **unseen,
            }  # fmt: skip
    except PasswordError:
        return {"problem": "locked_spreadsheet"}
    except MemoryError:
        return {"problem": "sheet_too_large"}
    except (CalamineError, OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        return {"problem": "sheet_too_large" if "limit exceeded" in str(error) else "bad_spreadsheet"}
    return {"problem": "empty"}


if __name__ == "__main__":
    csv.field_size_limit(sys.maxsize)
    source, target, wanted, marks = sys.argv[1:5]
    said = main(source, target, wanted, frozenset(json.loads(marks)), sys.argv[5:6] == ["1"])
    print(json.dumps(said))
