"""One sheet of a spreadsheet (XLSX, ODS, XLS) as CSV, run as a program of its own: file, target, wanted sheet.

Answers in JSON on standard output: {"sheet", "sheets"} or {"problem", "detail"}. Imports nothing of the portal.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any


def write_rows(writer: Any, rows: Iterable[Any]) -> int:
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
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value).strip()


def main(path: str, target: str, wanted: str) -> dict[str, Any]:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    try:
        workbook = CalamineWorkbook.from_path(path)
        names = list(workbook.sheet_names)
        for name in [wanted] if wanted in names else names:
            with open(target, "w", encoding="utf-8", newline="") as out:
                if write_rows(csv.writer(out, lineterminator="\n"), workbook.get_sheet_by_name(name).iter_rows()):
                    return {"sheet": name, "sheets": names}
    except PasswordError:
        return {"problem": "locked_spreadsheet"}
    except (CalamineError, OSError, ValueError) as error:
        said = str(error)[:200]
        return {"problem": "sheet_too_large" if "limit exceeded" in said else "bad_spreadsheet", "detail": said}
    return {"problem": "empty"}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:4])))
