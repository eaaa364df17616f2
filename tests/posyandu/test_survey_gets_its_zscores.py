import csv
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

HEADER = "nama,sex,age_days,weight_kg,lenhei_cm,measure,oedema,headc_cm\n"


def run(tmp_path: Path, text: str) -> list[dict[str, str]]:
    source, target = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(text, encoding="utf-8")
    call_command("growth_zscores", str(source), str(target), verbosity=0)
    return list(csv.DictReader(target.open(encoding="utf-8")))


def test_columns_are_added_and_the_others_kept(tmp_path: Path) -> None:
    rows = run(tmp_path, HEADER + "Ani,F,1522,17,,,n,\nBudi,M,987,,72.86,L,n,\nCici,F,400,7,72,L,y,45\n")
    assert list(rows[0])[-10:] == ["zlen", "flen", "zwei", "fwei", "zwfl", "fwfl", "zbmi", "fbmi", "zhc", "fhc"]
    assert (rows[0]["nama"], rows[0]["zwei"], rows[0]["fwei"], rows[0]["zlen"], rows[0]["flen"]) == ("Ani", "0.24", "0", "", "")
    assert (rows[1]["zlen"], rows[1]["flen"]) == ("-6.09", "1")
    assert rows[2]["zwei"] == rows[2]["zwfl"] == ""
    assert rows[2]["zhc"] != ""


def test_missing_values_are_left_empty(tmp_path: Path) -> None:
    row = run(tmp_path, HEADER + "X,,400,7,72,,,\n")[0]
    assert all(row[name] == "" for name in ("zlen", "zwei", "zwfl", "zbmi", "zhc", "flen"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEADER + "A,M,100,5,60,L,n,\nB,M,100,enam,60,L,n,\n", "line 3, column weight_kg: 'ENAM'"),
        (HEADER + "A,laki,100,5,60,L,n,\n", "line 2, column sex"),
        ("sex,age_days\nM,100\n", "lacks the column(s) weight_kg"),
    ],
)
def test_an_error_names_row_and_column_and_leaves_no_half_file(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CommandError, match=said.replace("(", r"\(").replace(")", r"\)")):
        run(tmp_path, text)
    assert not list(tmp_path.glob("out*"))
