"""What an agency publishes in its own name stays as it is; before that the officer is asked."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from care.models import Case
from care.redaction import redacted_by_agency, warnings_of
from care.routing import route_case

OWN = "Hubungi call center PUPR 0370-622322 atau WA 081234567890, surel pupr@ntbprov.go.id, Bapak Kepala Bidang Ahmad."


@pytest.fixture
def case(report: Any) -> Case:
    made = report("jalan", name="Sri Wahyuni").case
    route_case(made.pk)
    return Case.objects.get(pk=made.pk)


def test_its_numbers_and_officials_stay(case: Case, person: Any, sign_in: Any) -> None:
    desk = sign_in(person("officer", agency="pupr"))
    asked = desk.post(f"/care/desk/{case.code}/answer/", {"text": OWN})
    assert asked.status_code == 422
    assert "Semua orang akan membaca" in asked.content.decode()
    assert "081234567890" in asked.content.decode(), "what was typed is kept"
    assert desk.post(f"/care/desk/{case.code}/answer/", {"text": OWN, "is_meant": "on"}).status_code == 302
    assert OWN in Client().get(f"/care/{case.code}/").content.decode()


def test_a_text_that_tells_nobody_is_sent_at_once(case: Case, person: Any, sign_in: Any) -> None:
    desk = sign_in(person("officer", agency="pupr"))
    answer = "Jalan Pejanggik sudah ditambal pada 12/05/2026, biaya Rp 25.000.000."
    assert desk.post(f"/care/desk/{case.code}/answer/", {"text": answer}).status_code == 302


def test_the_reporter_goes_in_any_case(db: None) -> None:
    text = "Terima kasih Ibu Sri Wahyuni, NIK 5207024507880001, jalan sudah baik."
    assert redacted_by_agency(text, "Sri Wahyuni") == "Terima kasih Ibu ▒▒▒, NIK ▒▒▒, jalan sudah baik."


@pytest.mark.parametrize("telling", ["Pak Rohim", "081234567890", "5207024507880001", "Sri"])
def test_what_is_warned_of(telling: str, case: Case) -> None:
    assert warnings_of(f"Menurut {telling} jalan sudah baik.", case)
