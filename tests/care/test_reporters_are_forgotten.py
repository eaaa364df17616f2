"""After the retention period, or when the reporter asks: name, address, phone and account are gone, from the history too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from care.forgetting import forget, forget_old
from care.models import Case, RetentionRule
from care.models.cases import new_pin, pin_digest
from care.routing import route_case

pytestmark = pytest.mark.django_db
WHO = {"name": "Siti Aminah", "email": "siti@example.org", "phone": "081234567890"}


@pytest.fixture
def closed(report: Any, person: Any) -> Case:
    case = report("jalan", reporter=person("citizen"), **WHO).case
    route_case(case.pk)
    Case.objects.filter(pk=case.pk).update(state="closed", updated_at=timezone.now() - timedelta(days=731))
    return Case.objects.get(pk=case.pk)


def stored(case: Case) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        rows: list[tuple[Any, ...]] = []
        for table, key in (("care_case", "id"), ("care_caseevent", "pgh_obj_id")):
            cursor.execute(
                f"SELECT reporter_name, reporter_email, reporter_phone, reporter_phone_index, reporter_id FROM {table} WHERE {key} = %s",
                [case.pk],
            )
            rows += cursor.fetchall()
        return rows


def test_after_the_period_nothing_of_the_reporter_is_stored(closed: Case, report: Any) -> None:
    fresh = report("jalan", **WHO).case
    assert len(stored(closed)) > 1
    assert any(value for row in stored(closed) for value in row)
    assert forget_old() == 1
    assert forget_old() == 0
    assert not any(value for row in stored(closed) for value in row)
    closed.refresh_from_db()
    assert closed.description, "what was reported stays"
    fresh.refresh_from_db()
    assert fresh.reporter_name == "Siti Aminah", "open reports are not touched"


def test_a_rule_for_a_kind_goes_before_the_general_one(closed: Case) -> None:
    RetentionRule.objects.create(kind="complaint", days=3650, source="uji")
    assert forget_old() == 0
    RetentionRule.objects.filter(kind="complaint").update(days=700)
    assert forget_old() == 1


def test_the_reporter_asks_to_be_forgotten(closed: Case, client: Any) -> None:
    pin = new_pin()
    Case.objects.filter(pk=closed.pk).update(pin_digest=pin_digest(closed.code, pin))
    address = f"{closed.get_absolute_url()}forget/"
    client.post(address)
    assert Case.objects.get(pk=closed.pk).reporter_name, "strangers erase nothing"
    client.post("/care/track/", {"code": closed.code, "pin": pin})
    assert "Hapus siapa saya" in client.get(closed.get_absolute_url()).content.decode()
    client.post(address)
    assert not any(value for row in stored(closed) for value in row)
    assert client.post("/care/track/", {"code": closed.code, "pin": pin}).status_code == 422, "the PIN is gone too"


def test_the_name_goes_from_the_text_too(report: Any, client: Any) -> None:
    """Before, it was left out whenever the text was shown; once nobody knows the name, nobody could."""
    case = report("jalan", description="Saya Siti Aminah, jalan depan rumah rusak.", **WHO).case
    route_case(case.pk)
    forget(case)
    case.refresh_from_db()
    assert case.description == "Saya ▒▒▒, jalan depan rumah rusak."
    assert "Aminah" not in client.get(f"/care/{case.code}/").content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM care_caseevent WHERE pgh_obj_id = %s AND description LIKE '%%Aminah%%'", [case.pk])
        assert cursor.fetchone() == (0,)
