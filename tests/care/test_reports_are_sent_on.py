"""A report is sent on to another Open311 server once, and what becomes of it there comes back; against a stand-in that fails
in every way. Against a whole second portal: tests/browser/test_a_second_portal_takes_reports.py."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from care import onward
from care.models import Case, OnwardCase, OnwardServer, OnwardService
from care.routing import route_case
from ntbportal.commons.agencies import Agency
from ntbportal.commons.notices import Notice


class Regency(HTTPServer):
    requests: dict[str, dict[str, str]]
    posted: int
    failing: int  # status of the next answers to POST, 0: as it should be
    loses_the_answer: bool  # takes the report, but the line breaks
    by_token: bool


class Handler(BaseHTTPRequestHandler):
    server: Regency

    def do_POST(self) -> None:
        form = {key: values[0] for key, values in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()}
        self.server.posted += 1
        if self.server.failing:
            self.say([{"code": self.server.failing, "description": "service_code tidak dikenal"}], self.server.failing)
            return
        number = f"R{len(self.server.requests) + 1}"
        self.server.requests[number] = {**form, "service_request_id": number, "status": "open", "status_notes": ""}
        if self.server.loses_the_answer:
            self.server.loses_the_answer = False
            self.close_connection = True
            return
        self.say([{"token": f"t{number}"} if self.server.by_token else {"service_request_id": number}])

    def do_GET(self) -> None:
        name = urlsplit(self.path).path.rpartition("/")[2].removesuffix(".json")
        if "/tokens/" in self.path:
            self.say([{"service_request_id": name.removeprefix("t"), "token": name}])
        elif name == "requests":
            self.say(list(self.server.requests.values()))
        else:
            self.say([self.server.requests[name]])

    def say(self, rows: Any, status: int = 200) -> None:
        body = json.dumps(rows).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def regency(settings: Any) -> Iterator[Regency]:
    settings.FETCH_PRIVATE_ADDRESSES = True
    server = Regency(("127.0.0.1", 0), Handler)
    server.requests, server.posted, server.failing, server.loses_the_answer, server.by_token = {}, 0, 0, False, False
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def known(regency: Regency, category: Any) -> OnwardServer:
    row = OnwardServer.objects.create(
        name="Lapor KSB", url=f"http://127.0.0.1:{regency.server_port}/v2", api_key="kunci", jurisdiction="ksb",
        agency=Agency.objects.get(slug="pupr"), is_automatic=True,
    )  # fmt: skip
    OnwardService.objects.create(server=row, category=category("jalan"), service_code="ROAD")
    return row


@pytest.fixture
def routed(report: Any) -> Any:
    def make(**fields: Any) -> Case:
        case = report(**fields).case
        route_case(case.pk)
        return Case.objects.get(pk=case.pk)

    return make


def later() -> None:
    """The next looks are due now."""
    OnwardCase.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    onward.send_due()


def test_it_is_sent_once_with_what_the_public_may_read(regency: Regency, known: OnwardServer, routed: Any) -> None:
    case = routed(description="Jalan rusak, hubungi 081234567890.", name="Nurul", email="nurul@example.org", place_note="depan pasar")
    onward.send_due()
    onward.send_due()
    [sent] = regency.requests.values()
    assert (sent["service_code"], sent["api_key"], sent["jurisdiction_id"]) == ("ROAD", "kunci", "ksb")
    assert case.code in sent["description"]
    assert "081234567890" not in sent["description"]
    assert "email" not in sent
    assert "depan pasar" in sent["address_string"]
    assert "R1" in Client().get(f"/care/{case.code}/").content.decode()


def test_a_finer_category_goes_as_the_one_above_it(regency: Regency, known: OnwardServer, routed: Any) -> None:
    routed(category="jembatan")
    onward.send_due()
    assert [one["service_code"] for one in regency.requests.values()] == ["ROAD"]


def test_contact_goes_along_only_where_it_was_agreed_and_never_of_anonymous_ones(
    regency: Regency, known: OnwardServer, routed: Any
) -> None:
    OnwardServer.objects.update(sends_contact=True)
    routed(name="Nurul Hidayah", email="nurul@example.org")
    routed(name="Siti Aminah", email="siti@example.org", is_anonymous=True)
    onward.send_due()
    first, second = regency.requests.values()
    assert (first["first_name"], first["last_name"], first["email"]) == ("Nurul", "Hidayah", "nurul@example.org")
    assert {"first_name", "email"}.isdisjoint(second)


def test_secret_reports_and_other_agencies_stay(regency: Regency, known: OnwardServer, routed: Any) -> None:
    routed(is_secret=True)
    routed(category="sampah")
    onward.send_due()
    assert regency.requests == {}


def test_a_lost_answer_makes_no_double(regency: Regency, known: OnwardServer, routed: Any) -> None:
    regency.loses_the_answer = True
    routed()
    onward.send_due()
    assert OnwardCase.objects.get().state == "waiting"
    later()
    assert OnwardCase.objects.get().state == "open"
    assert (OnwardCase.objects.get().request_id, regency.posted) == ("R1", 1)


def test_a_token_is_exchanged_for_the_number(regency: Regency, known: OnwardServer, routed: Any) -> None:
    regency.by_token = True
    routed()
    onward.send_due()
    assert OnwardCase.objects.get().state == "token"
    later()
    assert (OnwardCase.objects.get().state, OnwardCase.objects.get().request_id) == ("open", "R1")


def test_trouble_there_is_waited_out(regency: Regency, known: OnwardServer, routed: Any) -> None:
    regency.failing = 503
    routed()
    onward.send_due()
    row = OnwardCase.objects.get()
    assert (row.state, row.tries) == ("waiting", 1)
    assert row.next_at > timezone.now()
    regency.failing = 0
    later()
    assert OnwardCase.objects.get().state == "open"


def test_a_refusal_is_told_to_the_officers_who_keep_the_report(regency: Regency, known: OnwardServer, routed: Any, person: Any) -> None:
    officer = person("officer", agency="pupr")
    regency.failing = 400
    case = routed()
    onward.send_due()
    assert OnwardCase.objects.get().state == "failed"
    assert "service_code tidak dikenal" in case.moves.get(what="noted").inside_note
    assert Notice.objects.filter(user=officer, event__contains=":office:").exists()
    assert Case.objects.get().state == "assigned"


def test_news_there_is_news_here_and_closed_there_is_the_answer(regency: Regency, known: OnwardServer, routed: Any) -> None:
    case = routed(email="nurul@example.org")
    onward.send_due()
    regency.requests["R1"]["status_notes"] = "Tim sudah di lokasi."
    later()
    later()
    page = Client().get(f"/care/{case.code}/").content.decode()
    assert page.count("Tim sudah di lokasi.") == 1
    regency.requests["R1"] |= {"status": "closed", "status_notes": "Lubang sudah ditambal."}
    later()
    later()
    case.refresh_from_db()
    assert case.state == "answered"
    assert case.answered_at is not None
    assert "Lubang sudah ditambal." in Client().get(f"/care/{case.code}/").content.decode()
    assert sum("Lubang sudah ditambal." in notice.body for notice in Notice.objects.filter(channel="email")) == 1
    assert OnwardCase.objects.get().state == "closed"


def test_an_officer_sends_it_where_it_does_not_go_by_itself(
    regency: Regency, known: OnwardServer, routed: Any, person: Any, sign_in: Any
) -> None:
    OnwardServer.objects.update(is_automatic=False)
    case = routed()
    onward.send_due()
    assert regency.posted == 0
    desk = sign_in(person("officer", agency="pupr"))
    assert "Lapor KSB" in desk.get(f"/care/desk/{case.code}/").content.decode()
    desk.post(f"/care/desk/{case.code}/onward/")
    desk.post(f"/care/desk/{case.code}/onward/")
    onward.send_due()
    assert regency.posted == 1


def test_addresses_within_the_house_are_not_asked(regency: Regency, known: OnwardServer, routed: Any, settings: Any) -> None:
    settings.FETCH_PRIVATE_ADDRESSES = False
    routed()
    onward.send_due()
    assert regency.posted == 0
    assert "not in the open internet" in OnwardCase.objects.get().error


def test_a_row_that_breaks_holds_nobody_up(regency: Regency, known: OnwardServer, routed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = routed(description="Laporan yang rusak di jalan ini.")
    routed()
    text = onward.public_text
    monkeypatch.setattr(onward, "public_text", lambda case: 1 / 0 if case.pk == broken.pk else text(case))
    onward.send_due()
    assert regency.posted == 1
    assert "ZeroDivisionError" in OnwardCase.objects.get(case=broken).error
