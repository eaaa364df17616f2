import io
import time
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from openpyxl import Workbook

from ntbportal.commons.uploads import check_spreadsheet


def sheet(rows: int = 3, columns: int = 3) -> io.BytesIO:
    workbook = Workbook()
    for row in range(rows):
        workbook.active.append([f"{row}-{column}" for column in range(columns)])
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer


def code_of(buffer: io.BytesIO, **limits: int) -> str:
    with pytest.raises(ValidationError) as refused:
        check_spreadsheet(buffer, **limits)
    assert str(refused.value)
    return refused.value.code


def test_a_usual_one_passes_and_can_be_read_from_its_start() -> None:
    buffer = sheet()
    check_spreadsheet(buffer)
    assert buffer.tell() == 0


def test_too_many_rows_or_cells() -> None:
    assert code_of(sheet(rows=20), rows=10) == "rows"
    assert code_of(sheet(rows=20, columns=20), cells=100) == "cells"


def test_a_zip_bomb() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"\0" * 30_000_000)
    assert code_of(buffer) == "expansion"


def test_what_is_no_spreadsheet() -> None:
    assert code_of(io.BytesIO(b"a,b\n1,2\n")) == "not_a_spreadsheet"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert code_of(buffer) == "not_a_spreadsheet"


def with_shared_strings(count: int) -> io.BytesIO:
    """A small XLSX whose list of strings is long and squeezes well, but not so well that it is refused for that."""
    buffer = sheet()
    strings = "".join(f"<si><t>{place * 7919 % 99991}</t></si>" for place in range(count))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{strings}</sst>')
    return buffer


@pytest.mark.parametrize("count", [1_000, 400_000])
def test_looking_at_one_takes_a_moment_however_many_strings_it_holds(count: int) -> None:
    buffer = with_shared_strings(count)
    started = time.process_time()
    check_spreadsheet(buffer)
    assert time.process_time() - started < 0.5  # opening it took minutes


def test_spreadsheets_are_opened_in_the_bounded_process_only() -> None:
    root, found = Path(settings.ROOT), []
    for app in ("ntbportal", "onedata", "care", "posyandu"):
        for path in sorted((root / app).rglob("*.py")):
            text = path.read_text("utf-8")
            if "load_workbook" in text or "CalamineWorkbook" in text:
                found.append(str(path.relative_to(root)))
    assert found == ["onedata/quality/sheet_to_csv.py"]
