import io
import zipfile

import pytest
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
