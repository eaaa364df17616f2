"""Web Push, against a stand-in for a browser maker's push service, which here also opens what only the browser could."""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from ntbportal.commons.notices import Message, Notice, announce, send_waiting
from ntbportal.commons.push import PushDevice, keep_device, public_key


def text_of(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class StandIn(HTTPServer):
    heard: list[tuple[str, Any, bytes]]
    answers: dict[str, int]


class Handler(BaseHTTPRequestHandler):
    server: StandIn

    def do_POST(self) -> None:
        self.server.heard.append((self.path, self.headers, self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.answers.get(self.path, 201))
        self.end_headers()

    def log_message(self, *_args: Any) -> None:
        pass


@pytest.fixture
def service(settings: Any) -> Iterator[StandIn]:
    settings.FETCH_PRIVATE_ADDRESSES = True
    settings.VAPID_PRIVATE_KEY = text_of((7).to_bytes(32, "big"))
    server = StandIn(("127.0.0.1", 0), Handler)
    server.heard, server.answers = [], {}
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


class Phone:
    """What a browser keeps of its subscription."""

    def __init__(self, service: StandIn, path: str) -> None:
        self.key, self.secret = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.subscription = {
            "endpoint": f"http://127.0.0.1:{service.server_port}{path}",
            "keys": {"p256dh": text_of(point), "auth": text_of(self.secret)},
        }

    def opened(self, body: bytes) -> dict[str, Any]:
        return json.loads(http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm"))  # type: ignore[no-any-return]


def tell(*people: Any, urgent: bool = False) -> None:
    with transaction.atomic():
        announce(
            Message(event="case:1:routed", subject="Laporan baru", body="Jalan rusak", path="/care/desk/", urgent=urgent), users=people
        )


def test_only_the_browser_can_read_what_was_sent(service: StandIn, person: Any) -> None:
    officer, phone = person("officer", agency="pupr"), Phone(service, "/a")
    keep_device(officer, phone.subscription, "Android")
    tell(officer)
    send_waiting()
    [(path, headers, body)] = [one for one in service.heard if one[0] == "/a"]
    assert phone.opened(body) == {"title": "Laporan baru", "text": "Jalan rusak", "path": "/care/desk/", "tag": "case:1:routed"}
    assert b"Jalan" not in body
    assert headers["Content-Encoding"] == "aes128gcm"
    assert headers["Urgency"] == "normal"
    assert public_key() in headers["Authorization"]
    assert Notice.objects.get(channel="push").state == "sent"


def test_an_emergency_is_urgent_and_reaches_every_device(service: StandIn, person: Any) -> None:
    officer = person("officer", agency="pupr")
    for path in ("/a", "/b"):
        keep_device(officer, Phone(service, path).subscription)
    tell(officer, urgent=True)
    send_waiting()
    assert sorted(path for path, _headers, _body in service.heard) == ["/a", "/b"]
    assert {headers["Urgency"] for _path, headers, _body in service.heard} == {"high"}


def test_a_browser_that_is_gone_is_forgotten_and_the_others_go_on(service: StandIn, person: Any) -> None:
    officer = person("officer", agency="pupr")
    for path in ("/gone", "/b"):
        keep_device(officer, Phone(service, path).subscription)
    service.answers["/gone"] = 410
    tell(officer)
    send_waiting()
    assert PushDevice.objects.count() == 1
    assert Notice.objects.get(channel="push").state == "sent"


def test_a_service_in_trouble_is_tried_again(service: StandIn, person: Any) -> None:
    officer = person("officer", agency="pupr")
    keep_device(officer, Phone(service, "/a").subscription)
    service.answers["/a"] = 503
    tell(officer)
    send_waiting()
    notice = Notice.objects.get(channel="push")
    assert (notice.state, notice.tries) == ("waiting", 1)
    assert notice.next_try_at > timezone.now()


def test_who_has_no_device_gets_none(service: StandIn, person: Any) -> None:
    tell(person("officer", agency="pupr"))
    assert not Notice.objects.filter(channel="push").exists()


def test_the_page_keeps_and_drops_the_device(service: StandIn, person: Any, sign_in: Any) -> None:
    officer, phone = person("officer", agency="pupr"), Phone(service, "/a")
    client = sign_in(officer)
    kept = client.post("/me/push/", json.dumps({"subscription": phone.subscription, "label": "Android"}), "application/json")
    assert kept.json() == {"devices": 1}
    assert "Android" in client.get("/me/").content.decode()
    again = sign_in(person("officer", agency="pupr"))  # a shared phone: who signed in last gets the notices
    again.post("/me/push/", json.dumps({"subscription": phone.subscription}), "application/json")
    assert PushDevice.objects.get().user != officer
    again.post("/me/push/", json.dumps({"drop": phone.subscription["endpoint"]}), "application/json")
    assert not PushDevice.objects.exists()


def test_signing_out_ends_the_notices_of_this_device_and_of_no_other(service: StandIn, person: Any, sign_in: Any) -> None:
    officer = person("officer", agency="pupr")
    at_home, shared = sign_in(officer), sign_in(officer)
    for client, path in ((at_home, "/home"), (shared, "/shared")):
        client.post("/me/push/", json.dumps({"subscription": Phone(service, path).subscription, "label": path}), "application/json")
        assert "data-here" in client.get("/me/").content.decode()
    assert shared.post("/accounts/logout/").status_code == 302
    assert [one.label for one in PushDevice.objects.all()] == ["/home"]
    assert "data-here" in at_home.get("/me/").content.decode()
    at_home.cookies["notices_here"] = "forged"
    assert "data-here" not in at_home.get("/me/").content.decode()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"endpoint": "https://push.example.org/1"},
        {"endpoint": "file:///etc/passwd", "keys": {"p256dh": "a", "auth": "b"}},
        {"endpoint": "http://10.0.0.1/", "keys": {"p256dh": "a", "auth": "b"}},
    ],
)
def test_what_is_no_address_of_a_push_service_is_refused(sent: dict[str, Any], person: Any, settings: Any) -> None:
    settings.FETCH_PRIVATE_ADDRESSES = False
    with pytest.raises(ValidationError):
        keep_device(person("officer", agency="pupr"), sent)


def test_without_a_key_nothing_is_offered(settings: Any, person: Any, sign_in: Any) -> None:
    settings.VAPID_PRIVATE_KEY = ""
    assert "data-push=" not in sign_in(person("officer", agency="pupr")).get("/me/").content.decode()
