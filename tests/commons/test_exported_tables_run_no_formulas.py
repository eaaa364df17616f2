import csv
import io

import pytest
from openpyxl import load_workbook

from ntbportal.commons.spreadsheets import csv_lines, harmless, xlsx_response


@pytest.mark.parametrize("evil", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)"])
def test_a_text_that_starts_like_a_formula_is_made_text(evil: str) -> None:
    assert harmless(evil) == f"'{evil}"


@pytest.mark.parametrize("sign", ["\t", "\r", "\n", ";", ",", "|"])
def test_a_formula_behind_a_sign_that_some_program_splits_at_is_made_text_too(sign: str) -> None:
    assert harmless(f"a{sign}=1") == f"a{sign}'=1"
    assert harmless(f"{sign}=1").endswith(f"{sign}'=1")


@pytest.mark.parametrize("value", [-5, -0.5, "-5", "+3.2", "biasa", "a=b", "", None])
def test_numbers_and_usual_texts_stay_as_they_are(value: object) -> None:
    assert harmless(value) == value


def test_csv_and_xlsx_are_both_harmless() -> None:
    lines = "".join(csv_lines(["nama"], [["=HYPERLINK(1)"]]))
    assert list(csv.reader(io.StringIO(lines.removeprefix("\ufeff"))))[1] == ["'=HYPERLINK(1)"]
    response = xlsx_response("daftar", ["nama"], [["=HYPERLINK(1)"]])
    workbook = load_workbook(io.BytesIO(b"".join(response.streaming_content)))
    assert workbook.active["A2"].value == "'=HYPERLINK(1)"
