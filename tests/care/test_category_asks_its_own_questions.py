"""Two levels of categories, each with questions; without scripts they follow one another."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from care.asking import fitting_category
from care.models import Case, Question

TEXT = "Insulin sudah dua minggu tidak ada."
WHERE = {"regency": "52.07", "district": "52.07.02", "village": "52.07.02.2021"}


@pytest.fixture
def medicine(category: Any) -> dict[str, Any]:
    sub = category("obat-kosong")
    return {"category": sub.parent_id, "sub": sub.pk, "asked": sub.pk, "description": TEXT, f"q_{sub.questions.get().pk}": "insulin"}


def test_the_second_level_is_asked_before_the_place(category: Any, db: None) -> None:
    client = Client()
    health = category("kesehatan").pk
    first = client.post("/care/new/", {"category": health, "description": TEXT})
    page = first.content.decode()
    assert first.status_code == 200
    assert "Obat kosong" in page
    assert TEXT in page
    second = client.post("/care/new/", {"category": health, "sub": category("obat-kosong").pk, "asked": health, "description": TEXT})
    assert second.status_code == 200
    assert "Obat apa?" in second.content.decode()


def test_a_question_that_must_be_answered_is_asked_again(medicine: dict[str, Any]) -> None:
    response = Client().post("/care/new/", {key: value for key, value in medicine.items() if not key.startswith("q_")})
    assert response.status_code == 422
    assert "Obat apa?" in response.content.decode()


def test_the_answer_stands_with_the_case_even_when_the_question_changes(medicine: dict[str, Any]) -> None:
    client = Client()
    assert client.post("/care/new/", medicine).url.startswith("/care/new/where/")
    client.post("/care/new/where/", WHERE)
    assert "insulin" in client.get("/care/new/who/").content.decode()
    client.post("/care/new/who/", {})
    Question.objects.filter(category__slug="obat-kosong").update(text_id="Apa namanya?")
    case = Case.objects.get()
    assert case.category.slug == "obat-kosong"
    page = client.get(f"/care/{case.code}/").content.decode()
    assert "Obat apa?" in page
    assert "insulin" in page


def test_answers_that_are_not_public_are_for_the_reporter_and_the_desk(report: Any, category: Any) -> None:
    from care.asking import answers_of, questions_of, shown_answers

    safe = questions_of(category("kekerasan-anak"))
    kept = answers_of(safe, {f"q_{safe[0].pk}": "tidak"})
    assert shown_answers(kept, everything=False) == []
    assert shown_answers(kept, everything=True) == [("Apakah korban sekarang aman?", "tidak")]


def test_going_back_keeps_second_level_and_answers(medicine: dict[str, Any]) -> None:
    client = Client()
    sent = client.post("/care/new/", medicine)
    page = client.get(sent.url.replace("where/", "")).content.decode()
    assert 'value="insulin"' in page
    assert f'value="{medicine["sub"]}"' in page


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Lampu jalan di depan rumah mati, gelap sekali", "lampu-jalan"),
        ("Jembatan gantung sudah lapuk", "jembatan"),
        ("kakek sebatang kara, sudah dua hari tidak makan", "lansia-terlantar"),
        ("air PDAM mati sejak kemarin", "air-mati"),
        ("Guru honorer jarang mengajar", "guru"),
    ],
)
def test_the_text_proposes_its_category(db: None, text: str, slug: str) -> None:
    found = fitting_category(text)
    assert found is not None
    assert found.slug == slug


def test_words_that_fit_nothing_propose_nothing(db: None) -> None:
    assert fitting_category("selamat pagi bapak ibu sekalian") is None


def test_somebody_who_chose_nothing_is_shown_the_proposal(db: None) -> None:
    response = Client().post("/care/new/", {"description": "Jembatan gantung sudah lapuk"})
    assert response.status_code == 422
    assert "Jembatan rusak" in response.content.decode()


def test_an_address_may_name_the_finer_category(category: Any) -> None:
    page = Client().get("/care/new/?category=obat-kosong").content.decode()
    assert "Obat apa?" in page
    assert f'name="asked" value="{category("obat-kosong").pk}"' in page
