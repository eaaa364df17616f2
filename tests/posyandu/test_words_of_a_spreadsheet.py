"""Sex, way of measuring, oedema and relation are read from one table; what is not in it is refused by row and column, never guessed from
a letter."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posyandu.models import GrowthVisit, Person
from posyandu.words import value_of

HEADER = ("Nama", "JK", "Tgl Lahir", "Posyandu", "Tanggal Pengukuran", "Berat", "Tinggi", "Cara Ukur", "Edema", "Hubungan Keluarga")
MEN = ("L", "l", "LK", "Laki-laki", "LAKI LAKI", "laki2", "Pria", " pria ", "Putra", "Male", "M", "1", "1.0")
WOMEN = ("P", "p", "PR", "Perempuan", "PEREMPUAN", "Wanita", "Putri", "Female", "F", "2", "2.0")


def sheet(*rows: dict[str, str]) -> bytes:
    usual = {
        "Nama": "Pande", "JK": "L", "Tgl Lahir": "2025-04-02", "Posyandu": "Melati", "Tanggal Pengukuran": "2026-10-12", "Berat": "10,5",
        "Tinggi": "80", "Cara Ukur": "Terlentang", "Edema": "Tidak", "Hubungan Keluarga": "Anak",
    }  # fmt: skip
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    for row in rows:
        writer.writerow([{**usual, **row}[name] for name in HEADER])
    return out.getvalue().encode()


def test_pria_is_a_boy_weighed_on_the_curve_of_boys(send: Any, posyandu: Any) -> None:
    send.bring(send(sheet({"JK": "Pria"}), "b.csv"))
    boy = Person.objects.get(name="Pande")
    assert boy.sex == "M"
    send.bring(send(sheet({"Nama": "Made", "JK": "L"}), "b.csv"))
    scores = GrowthVisit.objects.order_by("pk").values_list("zwei", "zlen", "zwfl")
    assert scores[0] == scores[1]


@pytest.mark.parametrize(("words", "sex"), [(MEN, "M"), (WOMEN, "F")])
def test_every_word_of_the_table_in_a_file(send: Any, posyandu: Any, words: tuple[str, ...], sex: str) -> None:
    rows = [{"Nama": f"Anak {number}", "JK": word} for number, word in enumerate(words)]
    row = send.bring(send(sheet(*rows), "b.csv"))
    assert (row.problems, row.new_people) == ([], len(words))
    assert set(Person.objects.values_list("sex", flat=True)) == {sex}


@pytest.mark.parametrize(
    ("heading", "word"),
    [
        ("JK", "Pra"), ("JK", "Lainnya"), ("JK", "Maria"), ("JK", "L/P"), ("JK", "3"), ("JK", "?"), ("JK", "Perjaka"), ("JK", ""),
        ("Cara Ukur", "Tergantung"), ("Cara Ukur", "Bidan"), ("Edema", "sedikit"), ("Edema", "2"), ("Edema", "?"),
        ("Hubungan Keluarga", "Anjing"),
    ],
)  # fmt: skip
def test_what_is_not_in_the_table_is_refused_with_row_and_column(send: Any, posyandu: Any, heading: str, word: str) -> None:
    row = send(sheet({"Nama": "Baik"}, {heading: word}), "b.csv")
    assert [problem[:2] for problem in row.problems] == [[3, heading]]
    row = send.bring(row)
    assert (row.new_people, row.bad) == (1, 1)


@pytest.mark.parametrize(("word", "oedema"), [("Ya", True), ("ada", True), ("+", True), ("+2", True), ("Tdk", False), ("-", False)])
def test_oedema_is_seen_however_it_is_written(send: Any, posyandu: Any, word: str, oedema: bool) -> None:
    send.bring(send(sheet({"Edema": word}), "b.csv"))
    assert GrowthVisit.objects.get().oedema is oedema


@given(st.sampled_from(["sex", "measure", "oedema", "relation"]), st.text(max_size=12))
def test_a_word_is_known_as_a_whole_or_not_at_all(kind: str, text: str) -> None:
    """No beginning of a word decides: where a text is understood, a letter more is another word of the table or none."""
    known = value_of(kind, text)
    longer = value_of(kind, f"{text}q")
    assert longer is None
    assert known is None or known == value_of(kind, f" {text.upper()} ") or text.upper().lower() != text.lower()


@pytest.mark.parametrize("said", ["Pria", "Maria", "Fulan", "P", "", "MF", None, 1])
def test_a_phone_says_f_or_m_and_nothing_else(from_phone: Any, entry: Any, said: Any) -> None:
    born = date(2025, 4, 2).isoformat()
    (answer,) = from_phone(entry("person", None, name="Pande", sex=said, born=born))
    assert answer["state"] == "refused"
    assert not Person.objects.exists()


@pytest.mark.parametrize("more", [{"oedema": "tidak"}, {"oedema": 2}, {"measure": "Lain"}, {"measure": "Hanya"}])
def test_nor_does_a_phone_guess_oedema_or_measure(from_phone: Any, entry: Any, child: Any, more: dict[str, Any]) -> None:
    (answer,) = from_phone(entry("growth", child(date(2025, 4, 2)), weight=10, height=80, **more))
    assert answer["state"] == "refused"
