"""One act on several cases of the desk, each for itself; and who has how much to do."""

from __future__ import annotations

import csv
from typing import Any

import pytest

from care.models import Case
from care.routing import route_case


@pytest.fixture
def cases(report: Any) -> list[Case]:
    made = [report(description=f"Jalan berlubang nomor {number}.").case for number in range(3)]
    for case in made:
        route_case(case.pk)
    return made


def codes(cases: list[Case]) -> list[str]:
    return [case.code for case in cases]


def test_those_ticked_are_taken_in_hand_and_no_others(person: Any, sign_in: Any, cases: list[Case]) -> None:
    officer = person("officer", agency="pupr")
    sign_in(officer).post("/care/desk/bulk/", {"act": "take", "picked": codes(cases[:2])})
    assert set(Case.objects.filter(officer=officer)) == set(cases[:2])


def test_what_cannot_be_done_is_named_and_the_rest_is_done(person: Any, sign_in: Any, cases: list[Case]) -> None:
    from care import handling

    officer = person("officer", agency="pupr")
    handling.reject(cases[0], officer, "Bukan laporan.")
    client = sign_in(officer)
    page = client.post(
        "/care/desk/bulk/", {"act": "answer", "text": "Sudah ditambal.", "picked": codes(cases)}, follow=True
    ).content.decode()
    assert cases[0].code in page
    assert "2 laporan selesai." in page
    assert Case.objects.filter(state="answered").count() == 2


def test_cases_of_others_stay_untouched(person: Any, sign_in: Any, cases: list[Case]) -> None:
    sign_in(person("officer", agency="dinkes")).post("/care/desk/bulk/", {"act": "take", "picked": codes(cases)})
    assert not Case.objects.exclude(officer=None).exists()


@pytest.mark.parametrize(
    ("act", "said"), [("assign", "Pilih petugasnya."), ("transfer", "Pilih instansinya."), ("answer", "Tulis jawaban atau alasannya.")]
)
def test_what_the_act_needs_is_asked_for(person: Any, sign_in: Any, cases: list[Case], act: str, said: str) -> None:
    client = sign_in(person("officer", agency="pupr"))
    page = client.post("/care/desk/bulk/", {"act": act, "picked": codes(cases)}, follow=True).content.decode()
    assert said in page


def test_the_workload_by_officer(person: Any, sign_in: Any, cases: list[Case]) -> None:
    from care import handling

    officer = person("officer", agency="pupr", name="sahrul")
    handling.take(cases[0], officer)
    handling.answer(cases[1], officer, "Sudah ditambal.")
    rows = b"".join(sign_in(officer).get("/care/desk/workload/?export=csv").streaming_content).decode("utf-8-sig").splitlines()
    assert "Dinas" in rows[1]
    sahrul = next(row for row in csv.reader(rows) if any("Sahrul" in cell for cell in row))
    assert sahrul[-4:] in (["1", "0", "0", "0"], ["1", "0", "0", "1"])
