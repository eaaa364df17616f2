"""The inbox: what a phone sends is kept with its code at once and filed as a case a moment later, whatever dies in between."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from care import inbox
from care.models import Case, IncomingReport
from care.routing import route_waiting
from ntbportal.commons.notices import Notice


@pytest.fixture
def sent(category: Any) -> dict[str, Any]:
    return {
        "key": uuid.uuid4().hex, "pin": "004217", "category": category("jalan").pk, "description": "Jalan berlubang di tikungan.",
        "district": "52.07.02", "place_note": "dekat jembatan", "email": "nurul@example.org", "name": "Nurul", "is_anonymous": "on",
    }  # fmt: skip


def send(values: dict[str, Any]) -> str:
    answer = Client().post("/care/new/offline/", values)
    assert answer.status_code == 200, answer.content
    return str(answer.json()["code"])


def test_kept_at_once_and_filed_by_the_worker_as_it_was_sent(sent: dict[str, Any]) -> None:
    code = send(sent)
    row = IncomingReport.objects.get()
    assert not Case.objects.exists()
    inbox.file_waiting()
    case = Case.objects.get()
    assert (case.code, case.region_id, case.place_note, case.reporter_name, case.is_anonymous) == (
        code, "52.07.02", "dekat jembatan", "Nurul", True,
    )  # fmt: skip
    assert case.created_at == row.received_at
    assert case.pin_fits("004217")
    assert case.map_x is not None
    assert Notice.objects.get(channel="email").address == "nurul@example.org"
    route_waiting()
    assert Case.objects.get().agency is not None


def test_filing_twice_is_once(sent: dict[str, Any]) -> None:
    send(sent)
    content = IncomingReport.objects.get().content
    inbox.file_waiting()
    IncomingReport.objects.update(filed_at=None, content=content)  # as if that had not been written down
    inbox.file_waiting()
    assert Case.objects.count() == 1
    assert IncomingReport.objects.get().filed_at is not None


def test_the_same_report_again_has_the_same_code_before_and_after_it_is_filed(sent: dict[str, Any]) -> None:
    first = send(sent)
    assert send(sent) == first
    inbox.file_waiting()
    assert send(sent) == first
    IncomingReport.objects.all().delete()  # after KEPT
    assert send(sent) == first
    inbox.file_waiting()
    assert Case.objects.count() == 1


def test_whoever_looks_for_the_code_has_it_filed_on_the_spot(sent: dict[str, Any]) -> None:
    code = send(sent)
    client = Client()
    assert client.post("/care/track/", {"code": code, "pin": "004217"}).url == f"/care/{code}/"
    assert "berlubang" in client.get(f"/care/{code}/").content.decode()
    inbox.file_waiting()
    assert Case.objects.count() == 1


def test_emergencies_are_filed_first(sent: dict[str, Any]) -> None:
    send(sent)
    urgent = send({**sent, "key": uuid.uuid4().hex, "description": "Anak hanyut di sungai, tolong segera."})
    inbox.file_waiting(limit=1)
    assert Case.objects.get().code == urgent
    assert Case.objects.get().is_emergency


@pytest.mark.parametrize(
    "broken",
    [
        '{"category": 0, "region": "52.07.02"}',
        '{"category": %(category)s, "region": "52.07.02", "description": "x", "kind": "terlalu panjang untuk kolomnya"}',
    ],
)
def test_a_report_that_cannot_be_filed_holds_nobody_up_and_is_tried_again(sent: dict[str, Any], broken: str) -> None:
    send(sent)
    IncomingReport.objects.update(content=broken.replace("%(category)s", str(sent["category"])), is_urgent=True)
    send({**sent, "key": uuid.uuid4().hex})
    inbox.file_waiting()
    assert Case.objects.count() == 1
    row = IncomingReport.objects.get(filed_at=None)
    assert (row.tries, bool(row.error)) == (1, True)
    assert row.next_try_at > timezone.now()


def test_coordinators_see_what_could_not_be_filed(sent: dict[str, Any], person: Any, sign_in: Any) -> None:
    code = send(sent)
    IncomingReport.objects.update(content='{"category": 0, "region": "52.07.02"}')
    for _try in range(2):
        IncomingReport.objects.update(next_try_at=timezone.now())
        inbox.file_waiting()
    assert code in sign_in(person("coordinator")).get("/care/desk/").content.decode()


def test_a_forged_form_is_refused_and_a_signed_in_reporter_is_remembered(sent: dict[str, Any], person: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/care/new/offline/", sent).status_code == 403
    token = strict.get("/care/new/offline/token/").json()["token"]
    assert strict.post("/en/care/new/offline/", sent, headers={"X-CSRFToken": token}).status_code == 200
    citizen, known = person("citizen"), Client()
    known.force_login(citizen)
    known.post("/care/new/offline/", {**sent, "key": uuid.uuid4().hex})
    inbox.file_waiting()
    assert set(Case.objects.values_list("reporter", "language")) == {(None, "en"), (citizen.pk, "id")}


def test_nothing_of_the_reporter_stays_in_the_inbox_nor_is_it_readable_there(sent: dict[str, Any]) -> None:
    from django.db import connection

    send(sent)
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM care_incomingreport")
        assert "nurul" not in cursor.fetchone()[0].lower()
        inbox.file_waiting()
        cursor.execute("SELECT content FROM care_incomingreport")
        assert cursor.fetchone()[0] == ""


def test_filed_rows_go_after_three_months(sent: dict[str, Any]) -> None:
    send(sent)
    inbox.file_waiting()
    assert inbox.forget_filed() == 0
    IncomingReport.objects.update(filed_at=timezone.now() - timedelta(days=91))
    assert inbox.forget_filed() == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("district", ""), ("district", "99.99.99"), ("category", "0"), ("category", "x"), ("description", "kurang"), ("pin", "12"),
        ("pin", "１２３４５６"), ("email", "bukan surel"), ("phone", "abc"), ("key", "x"), ("description", "x" * 5001), ("name", "x" * 121),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_as_before(sent: dict[str, Any], field: str, value: str) -> None:
    answer = Client().post("/care/new/offline/", {**sent, field: value})
    assert answer.status_code == 422
    assert answer.json()["errors"]
    assert not IncomingReport.objects.exists()


def test_what_is_unusual_but_right_is_filed_at_once(sent: dict[str, Any]) -> None:
    answer = Client().post("/care/new/offline/", {**sent, "phone": "0812 3456-7890", "latitude": "-8.74", "longitude": "116.85"})
    assert answer.status_code == 200
    assert Case.objects.get().reporter_phone == "081234567890"
    assert not IncomingReport.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_died_meanwhile_loses_nothing(sent: dict[str, Any]) -> None:
    from django.db import connection, connections

    send(sent)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [number] = cursor.fetchone()
    other = connections.create_connection("default")
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 1000)", [number])
    other.close()
    send({**sent, "key": uuid.uuid4().hex})
    assert IncomingReport.objects.count() == 2
