"""Each kind of file as agencies send them: a value arrives as it was, or somebody is asked, or the loss is counted."""

from __future__ import annotations

import csv
import io
import json
import math
import zipfile
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.onedata.tables import geojson, lines, ods, parquet, read, xlsx

pytestmark = pytest.mark.django_db
THREE = (1.234, 13.125, 2.345)
IN_ALL_KINDS = [
    pytest.param(xlsx(["kab", "rasio"], *([name, value] for name, value in zip("ABC", THREE, strict=True))), "t.xlsx", id="xlsx"),
    pytest.param(ods(["kab", "rasio"], *([name, value] for name, value in zip("ABC", THREE, strict=True))), "t.ods", id="ods"),
    pytest.param(parquet("SELECT * FROM (VALUES ('A', 1.234::DOUBLE), ('B', 13.125), ('C', 2.345)) t(kab, rasio)"), "t.parquet", id="parquet"),
    pytest.param(geojson(*({"kab": name, "rasio": value} for name, value in zip("ABC", THREE, strict=True))), "t.geojson", id="geojson"),
    pytest.param(json.dumps([{"kab": name, "rasio": value} for name, value in zip("ABC", THREE, strict=True)]).encode(), "t.json", id="json"),
    pytest.param("\n".join(json.dumps({"kab": n, "rasio": v}) for n, v in zip("ABC", THREE, strict=True)).encode(), "t.json", id="json lines"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "name"), IN_ALL_KINDS)
def test_three_decimals_of_a_typed_source_are_no_thousands(content: bytes, name: str) -> None:
    found = read(content, name)
    assert found.columns["rasio"] == "number"
    assert [row[1] for row in found.rows] == list(THREE)
    assert found.losses == {}


@pytest.mark.parametrize(("content", "name"), IN_ALL_KINDS)
def test_texts_of_a_typed_source_stay_texts(content: bytes, name: str) -> None:
    assert read(content, name).columns["kab"] == "string"
    for sheet in (xlsx(["kode", "n"], ["52010", 1], ["52020", 2]), ods(["kode", "n"], ["52010", 1], ["52020", 2])):
        found = read(sheet, "t.xlsx" if sheet[30:38] != b"mimetype" else "t.ods")
        assert [row[0] for row in found.rows] == ["52010", "52020"]


def test_parquet_is_read_with_its_own_schema() -> None:
    found = read(
        parquet(
            "SELECT '52010' AS teks, 12345678901234567.01::DECIMAL(20,2) AS desimal, 18446744073709551615::UBIGINT AS besar, "
            "TIMESTAMP '2023-01-01 08:00:00.123456' AS saat, TIMESTAMPTZ '2023-01-01 08:00:00+00' AS zona, 'nan'::DOUBLE AS kosong, "
            "{'a': 1, 'b': [1, 2]} AS susun, [1, 2] AS daftar, true AS ya, DATE '2023-01-05' AS hari, TIME '08:30' AS jam, "
            "'\\x00\\xff'::BLOB AS bita, 0.1::FLOAT AS pendek, '1.500' AS angka_teks, NULL::INTEGER AS nol, 'inf'::DOUBLE AS tak_hingga"
        ),
        "t.parquet",
    )
    row = dict(zip(found.columns, found.rows[0], strict=True))
    assert row["teks"] == "52010"
    assert row["desimal"] == Decimal("12345678901234567.01")
    assert row["besar"] == 18446744073709551615
    assert row["saat"] == datetime(2023, 1, 1, 8, 0, 0, 123456)
    assert row["zona"].timestamp() == 1672560000
    assert row["kosong"] is None
    assert json.loads(row["susun"]) == {"a": 1, "b": [1, 2]}
    assert json.loads(row["daftar"]) == [1, 2]
    assert (row["hari"], row["jam"], row["bita"], row["pendek"], row["angka_teks"]) == (date(2023, 1, 5), "08:30:00", "AP8=", 0.1, "1.500")
    assert (row["nol"], row["tak_hingga"]) == (None, "inf")
    kinds = found.columns
    assert [kinds[name] for name in ("desimal", "besar", "saat", "zona", "kosong", "susun", "ya")] == [
        "number", "integer", "datetime", "datetime", "number", "string", "boolean",
    ]  # fmt: skip
    assert found.losses == {}


LONG = ["12345678901234567890", "51020300040005000600", "9223372036854775808", "-9223372036854775809"]


@pytest.mark.parametrize("number", [*LONG, "0.12345678901234567891", "123456789012345678.10", "1" + "0" * 40, "1e999", "1e5", "0007"])
def test_no_digit_of_a_text_is_lost(number: str) -> None:
    found = read(lines(["nilai", "n"], [number, 1], [number, 2]), "t.csv")
    assert [row[0] for row in found.rows] == [number, number]


def patched(book: bytes, before: str, after: str) -> bytes:
    """The spreadsheet with a text of its sheet changed, as openpyxl rounds what it writes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(f"<v>{before}</v>".encode(), f"<v>{after}</v>".encode()))
    return out.getvalue()


def test_a_number_that_a_spreadsheet_has_rounded_gets_no_invented_digits() -> None:
    found = read(xlsx(["nilai", "n"], [12345678901234567890, 1], [5, 2]), "t.xlsx")
    assert found.rows[0][0] == "1.234567890123457e+19"
    assert read(ods(["nilai", "n"], [12345678901234567890, 1]), "t.ods").losses["formulas"] == 1


@pytest.mark.parametrize("number", LONG)
def test_no_digit_of_a_long_number_in_a_typed_source_is_lost(number: str) -> None:
    for content, name in (
        (patched(xlsx(["nilai", "n"], [424242, 1], [5, 2]), "424242", number), "t.xlsx"),
        (f'[{{"nilai": {number}}}, {{"nilai": 5}}]'.encode(), "t.json"),
        (geojson({"nilai": int(number)}, {"nilai": 5}), "t.geojson"),
    ):
        found = read(content, name)
        assert str(found.rows[0][0]) == number, name
        assert found.reading.long_numbers == ("nilai",)


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (["1.500", "1.509"], "thousands_or_decimals"), (["1,500", "2,250"], "thousands_or_decimals"), (["7", "1.234", "13.125"], "thousands_or_decimals"),
        (["01/02/2023", "03/04/2023"], "date_order"), (["11.01", "11.02", "11.10"], "code_or_number"), (["1", "-", "n/a"], "missing_marks"),
        (["1", "-", ""], "missing_marks"),
    ],
)  # fmt: skip
def test_what_can_mean_two_things_is_asked_and_stays_text(cells: list[str], why: str) -> None:
    content = "".join(f'"{cell}";x\n' for cell in ["nilai", *cells]).encode()
    found = read(content, "t.csv")
    assert [(one["column"], one["why"]) for one in found.losses["questions"]] == [("nilai", why)]
    assert [row[0] for row in found.rows] == [cell or None for cell in cells]
    for way in found.losses["questions"][0]["options"]:  # each answer settles it, and loses nothing
        answered = read(content, "t.csv", {"ways": {"nilai": way}})
        assert not answered.losses.get("questions")
        assert not answered.losses.get("cells")


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1.234.567", "950", "1.200"], [1234567, 950, 1200]), (["1,234,567", "950"], [1234567, 950]), (["0,5", "1.234,5"], [0.5, 1234.5]),
        (["12.5", "1.234"], [12.5, 1.234]), (["13/01/2023", "02/01/2023"], [date(2023, 1, 13), date(2023, 1, 2)]),
        (["01/13/2023", "01/02/2023"], [date(2023, 1, 13), date(2023, 1, 2)]), (["5 Mei 2023", "1 Des 2023"], [date(2023, 5, 5), date(2023, 12, 1)]),
        (["10", "-", "12"], [10, None, 12]), (["ya", "tidak"], [True, False]), (["52.01", "52.02", "52.71"], ["52.01", "52.02", "52.71"]),
        (["2023-01-05 08:30", "2023-01-06 09:00:01"], [datetime(2023, 1, 5, 8, 30), datetime(2023, 1, 6, 9, 0, 1)]),
        (["Jan 2023", "Feb 2023"], ["Jan 2023", "Feb 2023"]), (["1234567890", "1234567891"], ["1234567890", "1234567891"]),
    ],
)  # fmt: skip
def test_what_can_mean_one_thing_only_is_read_so(cells: list[str], values: list[Any]) -> None:
    found = read("".join(f'"{cell}";x\n' for cell in ["nilai", *cells]).encode(), "t.csv")
    assert [row[0] for row in found.rows] == values
    assert not found.losses


@pytest.mark.parametrize(
    ("content", "values"),
    [
        (b'a,b\nX,1\n"Y,2\nZ,3\n', ["X", '"Y', "Z"]),  # a quote that is never closed
        (b'a,b\nX,1\n"Y,2\nZ,3\nW",4\n', ["X", '"Y', "Z", 'W"']),  # closed by mistake three lines below
        (b'a,b\nX,1\n1,"Jl. 1\n', ["X", "1"]), (b'a,b\n"pipa 3" besi",1\n', ['pipa 3" besi']), (b'a,b\n"Jl. \\"P\\" 1",1\n', ['Jl. "P" 1']),
        (b"a,b\r\nX,1\nY,2\rZ,3\r\n", ["X", "Y", "Z"]), (b'a,b\r\n"X\nbaru",1\r\nY,2\r\n', ["X\nbaru", "Y"]),
        (b"a,b,\nX,1,\nY,2,\n", ["X", "Y"]), (b"a,b\nX,1,\nY,2,\n", ["X", "Y"]), (b"a,b\nX\nY,2\n", ["X", "Y"]),
        ("a,b\nDômpu,1\n".encode() * 1 + b"Bim\xe9,2\n", ["Dômpu", "Bimé"]), (b"\xff\xfe" + "a\tb\nX\t1\n".encode("utf-16-le"), ["X"]),
        ("a,b\nXé,1\n".encode("cp1252"), ["Xé"]), ("a,b\nX,1\n".encode("utf-16-le"), ["X"]), (b"a,b\n" + b"x" * 200_000 + b",1\n", ["x" * 200_000]),
    ],
)  # fmt: skip
def test_badly_formed_text_is_read_whole(content: bytes, values: list[str]) -> None:
    found = read(content, "t.csv")
    assert [row[0] for row in found.rows] == values
    assert not found.losses.get("rows")


@pytest.mark.parametrize(
    ("content", "lost"),
    [(b"a,b\nX,1\nY,2,3\nZ,4\n", [[3, "Y,2,3"]]), (b"a,b\n" + b"X,1\n" * 500 + b"Y,1,2\n" * 7 + b"Z,1\n", None)],
)
def test_rows_that_do_not_fit_are_counted_exactly(content: bytes, lost: list[list[Any]] | None) -> None:
    found = read(content, "t.csv")
    physical = content.count(b"\n") - 1
    assert len(found.rows) + found.losses["rows"] == physical
    if lost is not None:
        assert [list(one) for one in found.losses["lines"]] == lost


def test_cells_that_do_not_fit_a_forced_type_are_counted_with_their_places() -> None:
    rows = [["A", n] for n in range(30)]
    rows[4][1], rows[9][1] = "lima", "1.5O"
    found = read(lines(["kab", "jumlah"], *rows), "t.csv")
    assert found.columns["jumlah"] == "string"
    assert found.rows[4][1] == "lima"
    forced = read(lines(["kab", "jumlah"], *rows), "t.csv", schema=[{"name": "jumlah", "type": "integer"}])
    assert forced.losses["cells"] == 2
    assert [list(one) for one in forced.losses["columns"][0]["where"]] == [[5, "lima"], [10, "1.5O"]]
    kept = read(lines(["kab", "jumlah"], *rows), "t.csv", {"ways": {"jumlah": "string"}}, [{"name": "jumlah", "type": "integer"}])
    assert kept.losses == {}


def test_one_bad_cell_late_in_a_long_column_is_not_emptied() -> None:
    content = lines(["id", "nilai"], *([n, n if n < 29_000 else "rusak"] for n in range(29_050)))
    found = read(content, "t.csv")
    assert found.rows[29_010][1] == "rusak"
    assert found.losses == {}


def test_hidden_sheets_stay_hidden_unless_they_are_chosen() -> None:
    secret = xlsx(
        ["kode"], ["RAHASIA"], title="_ref", more={"Data": [["kab", "n"], ["A", 1]], "2023": [["kab", "n"], ["A", 2]]}, hidden=("_ref",)
    )
    found = read(secret, "t.xlsx")
    assert (found.reading.sheet, found.reading.hidden) == ("Data", ("_ref",))
    assert found.rows == [("A", 1)]
    assert read(secret, "t.xlsx", {"sheet": "_ref"}).rows == [("RAHASIA",)]
    assert read(secret, "t.xlsx", {"sheet": "gone"}).rows == [("A", 1)]


def test_hidden_columns_and_formulas_without_values_are_counted() -> None:
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(xlsx(["kab", "n", "rumus"], ["A", 1, "=B2*2"], ["B", 2, "=B3*2"])))
    book.active.column_dimensions["B"].hidden = True
    book.active.row_dimensions[3].hidden = True
    out = io.BytesIO()
    book.save(out)
    found = read(out.getvalue(), "t.xlsx")
    assert (found.losses["hidden"], found.losses["hidden_columns"], found.losses["formulas"]) == (2, ["n"], 2)


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r\n", exclude_categories=("Cs",)), max_size=12)
FIGURES = st.from_regex(r"-?[0-9]{1,20}([.,][0-9]{1,4}){0,3}", fullmatch=True)
CELLS = st.one_of(FIGURES, TEXTS, st.sampled_from(["", "-", "n/a", "ya", "01/02/2023", "13/01/2023", "5 Mei 2023", "1e5", "0.10"]))


def equal(written: str, stored: Any) -> bool:
    """Whether a stored value is what was written, under any reading that loses nothing."""
    if stored is None:
        return written.strip() == "" or written.strip().lower() in {"-", "n/a"}
    if isinstance(stored, bool):
        return written.strip().lower() == ("ya" if stored else "tidak")
    if isinstance(stored, (int, float)):
        text = written.strip()
        forms = {text, text.replace(".", ""), text.replace(",", ""), text.replace(".", "").replace(",", ".")}
        return any(_number(form) == Decimal(repr(stored)) for form in forms)
    if isinstance(stored, (date, datetime)):
        return any(character.isdigit() for character in written)
    return stored == written


def _number(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except ArithmeticError:
        return None
    return value if value.is_finite() else None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    rows=st.lists(st.tuples(CELLS, CELLS, st.integers(0, 9)), min_size=1, max_size=8),
    separator=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_stands_in_a_table_arrives(db: None, rows: list[Any], separator: str, end: str) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(["satu", "dua", "urut"])
    writer.writerows(rows)
    found = read(out.getvalue().encode(), "t.csv", {"separator": separator, "skipped": 0, "header_rows": 1})
    assert len(found.rows) + len(found.account.notes) == len(rows)
    assert not found.losses.get("cells")
    for given_row, stored in zip(rows, found.rows, strict=False):
        for written, value in zip(given_row[:2], stored[:2], strict=True):
            assert equal(written, value), (written, value, found.plans)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    values=st.lists(
        st.one_of(
            st.integers(-(10**25), 10**25),
            st.floats(allow_nan=False, allow_infinity=False),
            st.text("abc 123.,-", max_size=8),
            st.booleans(),
            st.none(),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_whatever_stands_in_json_arrives(db: None, values: list[Any]) -> None:
    content = "\n".join(json.dumps({"n": place, "nilai": value}) for place, value in enumerate(values)).encode()
    found = read(content, "t.json")
    for value, (_place, stored) in zip(values, found.rows, strict=True):
        if value is None or value == "":
            assert stored is None
        elif isinstance(stored, str):
            assert stored.lower() == json.dumps(value).strip('"').lower() or stored == str(value) or Decimal(stored) == Decimal(repr(value))
        elif isinstance(stored, (date, datetime)):
            assert isinstance(value, str)
        else:
            assert math.isclose(stored, value, rel_tol=0) if not isinstance(value, bool) else stored == value
