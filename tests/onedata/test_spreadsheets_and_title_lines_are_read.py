import io
from datetime import date

import duckdb
import pytest
from openpyxl import Workbook

from onedata.storage import local_path


def rows_of(version) -> list[tuple]:
    return duckdb.sql(f"SELECT * FROM '{local_path(version.parquet)}'").fetchall()


def workbook(*sheets: tuple[str, list[list]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.django_db
def test_the_first_sheet_with_rows_is_read_with_types(data_set, upload) -> None:
    table = [["kode_wilayah", "tanggal", "jumlah", "rasio"], ["52.07", date(2026, 1, 31), 12, 0.5], ["52.08", date(2026, 2, 28), 7, 1.25]]
    version = upload(data_set(), workbook(("Kosong", []), ("Data", table)), name="data.xlsx")
    assert version.state == "ready", version.error
    assert version.reading["sheet"] == "Data"
    assert [column["type"] for column in version.columns] == ["string", "date", "integer", "number"]
    assert rows_of(version) == [("52.07", date(2026, 1, 31), 12, 0.5), ("52.08", date(2026, 2, 28), 7, 1.25)]


@pytest.mark.django_db
def test_titles_above_the_header_are_skipped_and_it_is_said(data_set, upload) -> None:
    table = [["Laporan stunting NTB"], [], ["Sumber: Dinkes, 2026"], ["kode", "nama", "nilai"], ["52.07", "KSB", 5], ["52.08", "KLU", 6]]
    version = upload(data_set(), workbook(("Data", table)), name="data.xlsx")
    assert version.column_names == ["kode", "nama", "nilai"]
    assert version.reading["skipped"] == 3
    text = "Laporan stunting NTB;;\nTahun 2026;;\nkode;nama;nilai\n52.07;KSB;5\n52.08;KLU;6\n"
    version = upload(data_set("Kedua"), text)
    assert version.column_names == ["kode", "nama", "nilai"]
    assert rows_of(version) == [("52.07", "KSB", 5), ("52.08", "KLU", 6)]


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["a,b,c\nx,y,z\n", "a,b\n1,2\n", "satu\n1\n2\n"])
def test_an_ordinary_first_line_stays_the_header(data_set, upload, text: str) -> None:
    version = upload(data_set(), text)
    assert version.column_names == text.splitlines()[0].split(",")
    assert "skipped" not in version.reading


@pytest.mark.django_db
@pytest.mark.parametrize("content", [b"PK\x03\x04broken", b"a,b\n1,2\n", workbook(("Kosong", []))])
def test_a_broken_or_empty_spreadsheet_says_so(data_set, upload, content: bytes) -> None:
    version = upload(data_set(), content, name="data.xlsx")
    assert version.state == "broken"
    assert version.error
