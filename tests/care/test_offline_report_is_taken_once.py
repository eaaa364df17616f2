"""What a phone sends after it had no signal: checked like any other, and once."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client

from care import inbox
from care.models import Case


@pytest.fixture
def waiting(category: Any) -> dict[str, Any]:
    return {
        "key": uuid.uuid4().hex, "pin": "004217", "category": category("jembatan").pk, "description": "Jembatan gantung putus.",
        "district": "52.07.02", "written_at": "25/11/2026 07.30",
    }  # fmt: skip


def test_the_answer_that_was_lost_on_the_way_makes_no_second_case(waiting: dict[str, Any]) -> None:
    first = Client().post("/care/new/offline/", waiting).json()
    second = Client().post("/care/new/offline/", waiting).json()
    assert first == second
    inbox.file_waiting()
    case = Case.objects.get()
    assert case.pin_fits("004217")
    assert (case.channel, case.region_id) == ("offline", "52.07.02")
    assert case.answers[0]["value"] == "25/11/2026 07.30"


def test_what_is_missing_is_named(waiting: dict[str, Any]) -> None:
    response = Client().post("/care/new/offline/", {**waiting, "district": ""})
    assert response.status_code == 422
    assert "Pilih kecamatan." in " ".join(response.json()["errors"])
    assert not Case.objects.exists()


def test_the_kept_page_is_nobodys_in_particular(person: Any, sign_in: Any) -> None:
    worker = Client().get("/care/sw.js").content.decode()
    assert 'credentials: "omit"' in worker
    assert "/care/new/offline/" in worker


def test_another_page_cannot_send_in_the_phones_name(waiting: dict[str, Any]) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/care/new/offline/", waiting).status_code == 403
    token = strict.get("/care/new/offline/token/").json()["token"]
    assert strict.post("/care/new/offline/", waiting, headers={"X-CSRFToken": token}).status_code == 200
