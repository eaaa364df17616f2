"""GeoReport v2 as its specification words it: services, requests, errors, in JSON and XML."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from care import handling
from care.models import Case
from care.routing import route_case
from ntbportal.commons.tokens import issue

pytestmark = pytest.mark.django_db
BASE = "/open311/v2"
SENT = {"service_code": "jalan", "description": "Jalan berlubang besar di tikungan.", "address_id": "52.07.02.2021"}


@pytest.fixture
def key(person: Any) -> str:
    return issue(person("citizen"), "aplikasi kabupaten")


@pytest.fixture
def case(report: Any) -> Case:
    found = report("jalan", latitude=-8.74512, longitude=116.85049, place_note="depan pasar").case
    route_case(found.pk)
    return Case.objects.get(pk=found.pk)


def test_discovery_and_services_in_both_forms(client: Any) -> None:
    assert client.get(f"{BASE}/discovery.json").json()["endpoints"][0]["url"].endswith("/open311/v2")
    listed = client.get(f"{BASE}/services.json").json()
    assert {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"} == set(listed[0])
    xml = ElementTree.fromstring(client.get(f"{BASE}/services.xml").content)
    assert [node.findtext("service_code") for node in xml.iter("service")] == [one["service_code"] for one in listed]
    assert client.get(f"{BASE}/services/lainnya.json").json() == {"service_code": "lainnya", "attributes": []}


def test_the_questions_of_a_service_are_its_attributes(client: Any, person: Any, category: Any) -> None:
    asked = client.get(f"{BASE}/services/obat-kosong.json").json()["attributes"]
    assert [(one["datatype"], one["required"], one["description"]) for one in asked] == [("string", True, "Obat apa?")]
    assert next(one for one in client.get(f"{BASE}/services.json").json() if one["service_code"] == "obat-kosong")["metadata"] is True
    key = issue(person("officer", agency="dinkes"), "x")
    sent = {"api_key": key, "service_code": "obat-kosong", "description": "Insulin kosong dua minggu.", "address_id": "52.07.02"}
    refused = client.post(f"{BASE}/requests.json", sent)
    assert refused.status_code == 400
    assert asked[0]["code"] in refused.json()[0]["description"]
    assert client.post(f"{BASE}/requests.json", {**sent, f"attribute[{asked[0]['code']}]": "insulin"}).status_code == 201
    taken = Case.objects.get(category__slug="obat-kosong")
    assert (taken.channel, taken.answers[0]["value"]) == ("open311", "insulin")


def test_a_request_is_read_by_number_and_filter(client: Any, case: Case, person: Any) -> None:
    found = client.get(f"{BASE}/requests/{case.code}.json").json()
    assert len(found) == 1
    one = found[0]
    assert (one["service_request_id"], one["status"], one["service_code"], one["address_id"]) == (
        case.code,
        "open",
        "jalan",
        case.region_id,
    )
    assert (one["lat"], one["long"]) == (-8.74512, 116.85049)
    assert one["requested_datetime"].endswith("+08:00")
    assert client.get(f"{BASE}/requests.json?service_code=sampah").json() == []
    assert [row["service_request_id"] for row in client.get(f"{BASE}/requests.json?status=open&service_code=jalan,sampah").json()] == [
        case.code
    ]
    handling.answer(case, person("officer", agency="pupr"), "Sudah ditambal.")
    closed = client.get(f"{BASE}/requests.json?status=closed").json()[0]
    assert (closed["status"], closed["status_notes"]) == ("closed", "Sudah ditambal.")
    xml = ElementTree.fromstring(client.get(f"{BASE}/requests.xml?service_request_id={case.code},ZZZZ-ZZZZ").content)
    assert xml.findtext("request/service_request_id") == case.code


def test_the_span_is_ninety_days_unless_asked(client: Any, case: Case) -> None:
    old = timezone.now() - timedelta(days=120)
    Case.objects.update(created_at=old)
    assert client.get(f"{BASE}/requests.json").json() == []
    start = (old - timedelta(days=1)).isoformat()
    assert len(client.get(f"{BASE}/requests.json", {"start_date": start}).json()) == 1
    assert len(client.get(f"{BASE}/requests.json", {"start_date": "2001-01-01T00:00:00Z"}).json()) == 0
    assert client.get(f"{BASE}/requests.json?start_date=kemarin").status_code == 400


def test_sensitive_places_are_rough_and_secret_reports_are_not_there(client: Any, report: Any) -> None:
    rough = report("kependudukan", latitude=-8.745123, longitude=116.850497, place_note="rumah nomor 7").case
    secret = report("jalan", is_secret=True).case
    for one in (rough, secret):
        route_case(one.pk)
    found = client.get(f"{BASE}/requests/{rough.code}.json").json()[0]
    assert (found["lat"], found["long"]) == (-8.745, 116.85)
    assert "nomor 7" not in found["address"]
    assert client.get(f"{BASE}/requests/{secret.code}.json").status_code == 404


@pytest.mark.parametrize(
    "place",
    [
        {"address_id": "52.07.02.2021"},
        {"address_id": "", "lat": "-8.7451", "long": "116.8505"},
        {"address_id": "", "address_string": "Taliwang"},
    ],
)
def test_a_client_with_a_key_files_a_request(client: Any, key: str, place: dict[str, str]) -> None:
    answer = client.post(f"{BASE}/requests.json", {**SENT, **place, "api_key": key, "first_name": "Siti", "email": "siti@example.org"})
    assert answer.status_code == 201
    case = Case.objects.get(code=answer.json()[0]["service_request_id"])
    assert (case.category.slug, case.reporter_name, case.reporter_email) == ("jalan", "Siti", "siti@example.org")
    assert case.region_id.startswith("52.07")
    token = client.get(f"{BASE}/tokens/{case.code}.json").json()
    assert token[0]["service_request_id"] == case.code


@pytest.mark.parametrize(
    ("changes", "status", "said"),
    [
        ({"api_key": ""}, 403, "api_key"), ({"api_key": "ntb_salah"}, 403, "api_key"), ({"service_code": ""}, 400, "service_code"),
        ({"service_code": "tidak-ada"}, 404, "service_code"), ({"description": ""}, 400, "description"), ({"address_id": ""}, 400, "address"),
        ({"address_id": "99"}, 400, "address_id"), ({"lat": "x", "long": "y"}, 400, "lat"), ({"lat": "51.5", "long": "0"}, 400, "outside"),
        ({"email": "bukan"}, 400, "email"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("ending", ["json", "xml"])
def test_errors_are_a_list_of_code_and_description(
    client: Any, key: str, changes: dict[str, str], status: int, said: str, ending: str
) -> None:
    answer = client.post(f"{BASE}/requests.{ending}", {**SENT, "api_key": key, **changes})
    assert answer.status_code == status
    if ending == "json":
        assert (answer.json()[0]["code"], said in answer.json()[0]["description"]) == (status, True)
    else:
        error = ElementTree.fromstring(answer.content).find("error")
        assert (error.findtext("code"), said in error.findtext("description")) == (str(status), True)
    assert not Case.objects.exists()


def test_a_picture_that_cannot_be_had_does_not_lose_the_report(client: Any, key: str) -> None:
    answer = client.post(f"{BASE}/requests.json", {**SENT, "api_key": key, "media_url": "http://127.0.0.1:9/foto.jpg"})
    assert answer.status_code == 201
    assert Case.objects.get().photos.count() == 0


def test_signs_that_xml_does_not_allow_break_nothing(client: Any, case: Case) -> None:
    Case.objects.filter(pk=case.pk).update(description="lubang \x0b besar <b>&", redacted_by=0)
    xml = ElementTree.fromstring(client.get(f"{BASE}/requests/{case.code}.xml").content)
    assert xml.findtext("request/description") == "lubang  besar <b>&"
