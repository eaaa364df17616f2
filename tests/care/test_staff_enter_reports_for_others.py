"""Walk-ins, calls and messages go the same way as reports from the portal."""

from __future__ import annotations

from typing import Any

from django.test import Client

from care.models import Case

WHERE = {"regency": "52.07", "district": "52.07.02", "village": "52.07.02.2021"}


def test_an_officer_writes_down_what_somebody_says_on_the_telephone(person: Any, sign_in: Any, category: Any) -> None:
    officer = person("officer", agency="pupr")
    client = sign_in(officer)
    values = {
        "channel": "phone",
        "category": category("jembatan").pk,
        "description": "Jembatan gantung ke sekolah putus.",
        "phone": "081234567890",
    }
    receipt = client.post("/care/desk/new/", {**values, **WHERE}).content.decode()
    case = Case.objects.get()
    assert (case.channel, case.entered_by, case.reporter) == ("phone", officer, None)
    assert case.code in receipt
    assert case.moves.get().by == officer


def test_what_was_typed_stays_where_something_is_missing(person: Any, sign_in: Any) -> None:
    client = sign_in(person("officer", agency="pupr"))
    response = client.post("/care/desk/new/", {"channel": "visit", "description": "Jembatan putus.", "name": "Nurul", **WHERE})
    assert response.status_code == 422
    assert 'value="Nurul"' in response.content.decode()
    assert not Case.objects.exists()


def test_citizens_may_not(person: Any, sign_in: Any) -> None:
    assert sign_in(person("citizen")).get("/care/desk/new/").status_code == 403
    assert Client().get("/care/desk/new/").status_code == 302
