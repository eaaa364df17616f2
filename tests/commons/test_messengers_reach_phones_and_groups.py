"""Messengers of MESSENGER_URLS, against a stand-in that listens on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.db import transaction

from ntbportal.commons.notices import Message, Notice, announce, send_waiting


class StandIn(HTTPServer):
    heard: list[tuple[str, dict[str, Any]]]
    answer = 200


class Handler(BaseHTTPRequestHandler):
    server: StandIn

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append((self.path, json.loads(body)))
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def provider(settings: Any) -> Iterator[StandIn]:
    server = StandIn(("127.0.0.1", 0), Handler)
    server.heard = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"json://127.0.0.1:{server.server_port}"
    settings.MESSENGER_URLS = {"sms": f"{address}/sms/{{phone}}", "grup": f"{address}/grup"}
    yield server
    server.shutdown()
    server.server_close()


def tell(**options: Any) -> None:
    urgent = options.pop("urgent", True)
    with transaction.atomic():
        announce(Message(event="case:1:routed", subject="DARURAT", body="Ada laporan.", path="/care/desk/", urgent=urgent), **options)


def test_an_emergency_reaches_each_phone_and_the_group_once(provider: StandIn, person: Any) -> None:
    people = [person("officer", agency="pupr", phone="0812 3456 7890"), person("officer", agency="pupr", phone="+62 813-1111-2222")]
    people.append(person("officer", agency="pupr"))  # has no phone
    tell(users=people)
    tell(users=people)
    send_waiting()
    assert sorted(path for path, _body in provider.heard) == ["/grup", "/sms/6281234567890", "/sms/6281311112222"]
    assert all("Ada laporan." in body["message"] and "/care/desk/" in body["message"] for _path, body in provider.heard)


def test_what_is_not_urgent_costs_no_message(provider: StandIn, person: Any) -> None:
    tell(users=[person("officer", agency="pupr", phone="081234567890")], urgent=False)
    assert not Notice.objects.filter(channel__in=["sms", "grup"]).exists()


def test_a_reporter_with_only_a_phone_hears_of_the_answer(provider: StandIn, report: Any) -> None:
    receipt = report(phone="081234567890")
    send_waiting()
    assert [path for path, _body in provider.heard] == ["/sms/6281234567890"]
    assert receipt.case.code in provider.heard[0][1]["message"]
    assert receipt.pin in provider.heard[0][1]["message"]


def test_a_provider_in_trouble_is_tried_again(provider: StandIn, db: None) -> None:
    provider.answer = 503
    tell(phones=[("081234567890", "id")])
    send_waiting()
    notice = Notice.objects.get(channel="sms")
    assert (notice.state, notice.tries) == ("waiting", 1)
    provider.answer = 200
    Notice.objects.update(next_try_at=notice.created_at)
    send_waiting()
    assert Notice.objects.get(channel="sms").state == "sent"


def test_an_address_that_is_not_understood_fails_for_good_without_showing_its_secret(settings: Any, db: None) -> None:
    settings.MESSENGER_URLS = {"sms": "tidakada://rahasia/{phone}"}
    tell(phones=[("081234567890", "id")])
    send_waiting()
    notice = Notice.objects.get(channel="sms")
    assert notice.state == "failed"
    assert "rahasia" not in notice.error


def test_without_messengers_nothing_is_written_for_phones(db: None) -> None:
    tell(phones=[("081234567890", "id")])
    assert not Notice.objects.exists()
