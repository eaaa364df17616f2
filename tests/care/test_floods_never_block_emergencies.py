"""Many reports from one connection are slowed down, kept, and never an emergency."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from care.models import Case
from care.views import reporting


def send(category: Any, text: str, client: Client | None = None) -> Any:
    client = client or Client()
    client.post("/care/new/", {"category": category.pk, "asked": category.pk, "description": text})
    client.post("/care/new/where/", {"regency": "52.07", "district": "52.07.02", "village": ""})
    return client.post("/care/new/who/", {})


@pytest.fixture
def flooded(category: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "MOST_REPORTS", 2)
    for number in range(2):
        assert send(category("lainnya"), f"Laporan nomor {number}.").url.startswith("/care/new/thanks/")


def test_the_next_one_waits_and_nothing_is_lost(flooded: None, category: Any) -> None:
    client = Client()
    response = send(category("lainnya"), "Laporan nomor tiga.", client)
    assert response.status_code == 429
    assert Case.objects.count() == 2
    assert "Laporan nomor tiga." in client.get("/care/new/who/").content.decode()


def test_an_emergency_by_category_goes_through(flooded: None, category: Any) -> None:
    assert send(category("bencana"), "Air naik ke rumah warga.").url.startswith("/care/new/thanks/")


def test_an_emergency_by_words_goes_through(flooded: None, category: Any) -> None:
    assert send(category("lainnya"), "Anak hanyut di sungai dekat jembatan.").url.startswith("/care/new/thanks/")
