"""Small uploaded tables (code lists, metadata) as rows of text, whether CSV or spreadsheet."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ntbportal.commons.spreadsheets import restored

from .quality.reading import SPREADSHEETS, Unreadable, as_utf8, detect_encoding, detect_separator, spreadsheet_as_csv
from .quality.wording import reason

MOST_BYTES = 50_000_000


def rows_of_upload(upload: Any, most: int) -> Iterator[list[str]]:
    """Rows with their header first. Raises ValidationError where the file is no table, too large or too long."""
    if upload.size > MOST_BYTES:
        raise ValidationError(_("The file is larger than 50 MB."))
    with tempfile.TemporaryDirectory(prefix="ntb-sheet-") as folder:
        source = Path(folder) / f"sent{PurePath(upload.name).suffix.lower()}"
        with source.open("wb") as target:
            for chunk in upload.chunks():
                target.write(chunk)
        try:
            rows = _as_text(source, Path(folder))
        except Unreadable as problem:
            raise ValidationError(reason(problem.key, problem.values)) from problem
        except UnicodeError as problem:
            raise ValidationError(reason("not_text", {})) from problem
    if len(rows) > most + 1:
        raise ValidationError(_("The table has more than %(most)s rows.") % {"most": most})
    return iter(rows)


def _as_text(source: Path, folder: Path) -> list[list[str]]:
    if source.suffix in SPREADSHEETS:
        spreadsheet_as_csv(source, folder / "sheet.csv")
        path, separator = folder / "sheet.csv", ","
    else:
        with source.open("rb") as file:
            sample = file.read(262_144)
        if not sample.strip():
            raise Unreadable("empty")
        if b"\x00" in sample and not sample.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise Unreadable("not_text")
        encoding = detect_encoding(sample)
        path = as_utf8(source, encoding, folder / "utf8.csv")
        separator = detect_separator(path.read_text("utf-8")[:262_144])
    with path.open(encoding="utf-8", newline="") as file:
        return [[restored(cell) for cell in row] for row in csv.reader(file, delimiter=separator)]
