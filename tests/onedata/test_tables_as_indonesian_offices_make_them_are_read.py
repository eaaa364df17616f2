"""Merged headers, numbered columns, months in words, points between thousands, notes below the table."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from typing import Any

import duckdb
import pytest

pytestmark = pytest.mark.django_db

BPS_TABLE = """Tabel 3.1 Penduduk menurut jenis kelamin,,,,
,,,,
Kabupaten,Jumlah,,Persen,
,Laki-laki,Perempuan,Laki-laki,Perempuan
(1),(2),(3),(4),(5)
Bima,250.100,1.101,"49,5","50,5"
Dompu,950,1.200,"48,1","51,9"
Sumber: BPS Provinsi NTB,,,,
"""


def kinds(version: Any) -> dict[str, tuple[str, str]]:
    return {column["name"]: (column["type"], column["way"]) for column in version.columns}


def rows(version: Any) -> list[tuple[Any, ...]]:
    return duckdb.connect().execute("SELECT * FROM read_parquet(?)", [version.parquet.path]).fetchall()


def test_two_header_rows_numbered_columns_and_a_source_line(data_set: Any, upload: Any) -> None:
    version = upload(data_set(), BPS_TABLE)
    assert kinds(version) == {
        "Kabupaten": ("string", "string"),
        "Jumlah Laki-laki": ("integer", "thousands_dots"),
        "Jumlah Perempuan": ("integer", "thousands_dots"),
        "Persen Laki-laki": ("number", "decimal_comma"),
        "Persen Perempuan": ("number", "decimal_comma"),
    }
    assert rows(version) == [("Bima", 250100, 1101, 49.5, 50.5), ("Dompu", 950, 1200, 48.1, 51.9)]
    assert (version.reading["skipped"], version.reading["header_rows"]) == (2, 2)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("17 Agustus 1945", date(1945, 8, 17)), ("1 Mei 2025", date(2025, 5, 1)),
        ("3-Okt-2023", date(2023, 10, 3)), ("31/12/2025", date(2025, 12, 31)), ("2024-02-29", date(2024, 2, 29)),
    ],
)  # fmt: skip
def test_dates_in_all_the_ways_they_are_written(data_set: Any, upload: Any, written: str, read: date) -> None:
    version = upload(data_set(), f"hari,nilai\n{written},1\n{written},2\n")
    assert version.columns[0]["type"] == "date"
    assert rows(version)[0][0] == read


def test_a_day_that_does_not_exist_is_a_finding_not_a_date(data_set: Any, upload: Any) -> None:
    lines = "".join(f"{day} Januari 2025,{day}\n" for day in range(1, 29))
    version = upload(data_set(), f"hari,nilai\n{lines}30 Februari 2025,9\n")
    assert version.columns[0]["type"] == "string"  # so that the cell is not lost
    assert rows(version)[28][0] == "30 Februari 2025"
    finding = version.report.findings.get(check_name="not_date")
    assert (finding.row, finding.column, finding.value) == (29, "hari", "30 Februari 2025")


def test_longitudes_keep_their_points(data_set: Any, upload: Any) -> None:
    version = upload(data_set(), "nama,bujur\nA,116.123\nB,118.456\n")
    assert rows(version)[0][1] == pytest.approx(116.123)


def test_the_producer_has_a_file_read_differently(data_set: Any, upload: Any, person: Any, sign_in: Any) -> None:
    from onedata.quality.running import check_version

    found = data_set()
    version = upload(found, "nama,nilai\nA,1.200\nB,2.350\n")
    assert rows(version)[0][1] == "1.200"  # twelve hundred or one and a fifth: asked, not decided
    client = sign_in(person("producer", agency="dinkes"))
    client.post(f"/onedata/desk/{found.slug}/reading/", {"decimal": "."})
    check_version(version.pk)
    version.refresh_from_db()
    assert rows(version)[0][1] == pytest.approx(1.2)
    assert version.reading["decimal"] == "."


def test_a_published_version_is_not_read_anew(data_set: Any, upload: Any, person: Any, sign_in: Any) -> None:
    from onedata.workflow import publish, submit

    found, producer = data_set(), person("producer", agency="dinkes")
    version = upload(found, "nama,nilai\nA,1.200.000\n")
    publish(submit(found, producer), person("walidata"))
    response = sign_in(producer).post(f"/onedata/desk/{found.slug}/reading/", {"decimal": "."})
    assert response.status_code == 422
    version.refresh_from_db()
    assert rows(version) == [("A", 1_200_000)]


def test_geojson_becomes_rows_with_their_shape(data_set: Any, upload: Any) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"nama": f"Pos {n}", "kapasitas": n * 10},
            "geometry": {"type": "Point", "coordinates": [116.1, -8.5]},
        }
        for n in (1, 2)
    ]
    version = upload(data_set(), json.dumps({"type": "FeatureCollection", "features": features}), name="pos.geojson")
    assert version.column_names == ["nama", "kapasitas", "geometry"]
    first = rows(version)[0]
    assert first[:2] == ("Pos 1", 10)
    assert json.loads(first[2]) == {"type": "Point", "coordinates": [116.1, -8.5]}


@pytest.mark.parametrize("broken", ['{"type": "FeatureCollection", "features": [{"type"', "3", "[]", "[1, 2]"])
def test_json_that_is_no_table_says_so(data_set: Any, upload: Any, broken: str) -> None:
    version = upload(data_set(), broken, name="pos.geojson")
    assert version.state == "broken"
    assert "bad_geojson" in version.error or "no_features" in version.error


def test_parquet_is_taken_as_it_is(data_set: Any, upload: Any, tmp_path: Any) -> None:
    path = tmp_path / "t.parquet"
    duckdb.sql("SELECT '5207' AS kode, 1.5 AS nilai, DATE '2025-01-31' AS hari UNION ALL SELECT '5201', NULL, NULL").write_parquet(
        str(path)
    )
    version = upload(data_set(), path.read_bytes(), name="t.parquet")
    assert [(c["name"], c["type"]) for c in version.columns] == [("kode", "string"), ("nilai", "number"), ("hari", "date")]
    assert rows(version)[0] == ("5207", 1.5, date(2025, 1, 31))


def ods(content: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
            'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
            f'<office:body><office:spreadsheet><table:table table:name="Data">{content}</table:table></office:spreadsheet></office:body>'
            "</office:document-content>",
        )
    return buffer.getvalue()


def cell(value: Any, repeated: int = 1) -> str:
    if isinstance(value, (int, float)):
        return f'<table:table-cell office:value-type="float" office:value="{value}" table:number-columns-repeated="{repeated}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'


def test_ods_is_read(data_set: Any, upload: Any) -> None:
    body = "".join(
        f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in (("desa", "balita"), ("Labuhan", 12), ("Baru", 7))
    )
    version = upload(data_set(), ods(body), name="balita.ods")
    assert version.error == ""
    assert rows(version) == [("Labuhan", 12), ("Baru", 7)]
    assert version.reading["sheet"] == "Data"


def test_an_ods_that_unfolds_without_end_is_refused(data_set: Any, upload: Any) -> None:
    """A cell repeated sixteen thousand times in a row that is repeated a million times."""
    row = f'<table:table-row table:number-rows-repeated="1048576">{cell(1, 16384)}</table:table-row>'
    version = upload(data_set(), ods(row * 3), name="bom.ods")
    assert version.state == "broken"
    assert "sheet_too_large" in version.error


def test_another_sheet_may_be_chosen(data_set: Any, upload: Any) -> None:
    from openpyxl import Workbook

    from onedata.quality.running import check_version, read_again

    book = Workbook()
    book.active.append(["petunjuk"])
    book.active.append(["isi lembar kedua"])
    second = book.create_sheet("Isi")
    for line in (["desa", "nilai"], ["Labuhan", 3]):
        second.append(line)
    buffer = io.BytesIO()
    book.save(buffer)
    version = upload(data_set(), buffer.getvalue(), name="dua.xlsx")
    assert version.reading["sheets"] == ["Sheet", "Isi"]
    read_again(version, {"sheet": "Isi"})
    check_version(version.pk)
    version.refresh_from_db()
    assert rows(version) == [("Labuhan", 3)]
