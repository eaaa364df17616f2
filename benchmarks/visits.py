"""One visit saved with all its results over HTTP, against bare Django insert views, in one run, at 8 connections.

    ./portal up --detach && ./portal bench visits

Ours is what a phone sends (/posyandu/cadre/send/, one entry a request, and an open day of forty children in one): signed in as one of 400 cadres, checked for whose posyandu it is, z-scores, N or T,
counts of the month, history, look noted. The bare views are those of benchmarks/_intake_peer.py: one without any session that inserts a
row, and one of somebody signed in that inserts a visit with its foreign keys, unchecked: the least that a visit can be saved with.
"""

from __future__ import annotations

import http.client
import itertools
import json
import os
import re
import statistics
import subprocess
import sys
import uuid
from urllib.parse import parse_qs, unquote, urlsplit

import _peers
import intake

from ntbportal.launcher.house import HOUSE, ROOT
from ntbportal.launcher.running import running_port

OURS, PEERS, CHILDREN, ROUNDS = "ntb_bench_visits", "ntb_bench_visits_peer", 40_000, 2
DAY, TOGETHER = 40, "visits of an open day"
PREPARE = """
import json
from datetime import date, timedelta
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from importlib import import_module
from django.conf import settings
from ntbportal.commons.people import Membership, User
from ntbportal.commons.places import Region
from posyandu.models import Household, Person, Posyandu
today = timezone.localdate()
posts = [Posyandu.objects.create(name=f"P{n}", village=village) for n, village in enumerate(Region.objects.filter(level="village")[:400])]
users = User.objects.bulk_create([User(username=f"cadre{n}", email=f"cadre{n}@example.org", password="!") for n in range(400)])
Membership.objects.bulk_create([Membership(user=user, role="cadre") for user in users])
for post, user in zip(posts, users): post.cadres.add(user)
homes = [Household.objects.create(posyandu=post, head_name="A") for post in posts]
people = Person.objects.bulk_create([Person(household=homes[n %% 400], posyandu=posts[n %% 400], name=f"Anak {n}", sex="F", birth_date=today - timedelta(days=200 + n %% 1000)) for n in range(%d)], batch_size=2000)
sessions = {}
for post, user in zip(posts, users):
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), "ntbportal.commons.signin.AccountBackend", user.get_session_auth_hash()
    session.save(); sessions[post.pk] = session.session_key
print("MADE", json.dumps({"sessions": sessions, "name": settings.SESSION_COOKIE_NAME, "day": today.isoformat(), "people": [[one.pk, one.posyandu_id] for one in people]}))
"""


def answered(port: int, request: bytes) -> list[dict[str, object]]:
    """What a parcel is answered."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    head, _blank, body = request.partition(b"\r\n\r\n")
    lines = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    connection.request("POST", head.split()[1].decode(), body, lines)
    return json.loads(connection.getresponse().read())["answers"]  # type: ignore[no-any-return]


def main() -> None:
    if running_port() is None:
        sys.exit("start the portal first: ./portal up --detach")
    _peers.install()
    environment = {**os.environ, **HOUSE.environment(demo=True, port=8000)}
    ours = {**environment, "DATABASE_URL": intake.database(environment, OURS), "HTTPS": "off", "ALLOWED_HOSTS": "*", "PORTAL_DEMO": "on"}
    subprocess.run([sys.executable, "manage.py", "prepare", "--no-static"], cwd=ROOT, env=ours, check=True, stdout=subprocess.DEVNULL)
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", PREPARE % CHILDREN], cwd=ROOT, env=ours, check=True, stdout=subprocess.PIPE, text=True
    )
    made = json.loads(re.search(r"MADE (.*)", done.stdout)[1])  # type: ignore[index]
    peers = {**os.environ, "DATABASE_URL": intake.database(environment, PEERS), "PYTHONPATH": str(ROOT / "benchmarks")}
    address = urlsplit(peers["DATABASE_URL"])
    peers["PGHOST_FOLDER"] = parse_qs(address.query).get("host", [unquote(address.hostname or "")])[0]
    told = subprocess.run(
        [str(_peers.PYTHON), "_intake_peer.py"], cwd=ROOT / "benchmarks", env=peers, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    peer_session = re.search(r"SESSION (\S+)", told)[1]  # type: ignore[index]
    our_port, peer_port = intake.free_port(), intake.free_port()
    running = [
        intake.serve(sys.executable, "ntbportal.wsgi:application", our_port, ours, str(ROOT)),
        intake.serve(str(_peers.PYTHON), "_intake_peer:application", peer_port, peers, str(ROOT / "benchmarks")),
    ]
    intake.CONNECTIONS = 8
    try:
        cookie, sent = intake.token_of(our_port, "/care/new/offline/token/")
        turn = itertools.count()

        def entry(number: int) -> dict[str, object]:
            person, posyandu = made["people"][number % CHILDREN]
            return {"key": str(uuid.uuid4()), "kind": "growth", "posyandu": posyandu, "day": made["day"], "person": person, "weight": 9.1, "height": 75.5, "measure": "L", "confirmed": True, "replace": True}  # fmt: skip

        def visit() -> bytes:
            return sent_by_a_phone([entry(next(turn) * 7919 + os.getpid())])

        def whole_day() -> bytes:
            first = next(turn) * 7919 + os.getpid()  # the children of one posyandu lie 400 apart
            return sent_by_a_phone([entry(first + 400 * place) for place in range(DAY)])

        def sent_by_a_phone(entries: list[dict[str, object]]) -> bytes:
            body, session = json.dumps({"sent_at": "", "entries": entries}), made["sessions"][str(entries[0]["posyandu"])]
            cookies = f"Cookie: csrftoken={cookie}; {made['name']}={session}\r\nX-CSRFToken: {sent}\r\nOrigin: http://localhost\r\n"
            return (
                f"POST /posyandu/cadre/send/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{cookies}"
                f"Content-Length: {len(body)}\r\n\r\n{body}"
            ).encode()

        def bare() -> bytes:
            form = {"key": uuid.uuid4().hex, "category": "1", "description": intake.TEXT, "region": "52.07.02", "place": "x", "phone": ""}
            return intake.post("/bare/", form)

        def bare_visit() -> bytes:
            number = (next(turn) * 7919 + os.getpid()) % CHILDREN
            entry = {"key": str(uuid.uuid4()), "person_id": number + 1, "place_id": number % 400 + 1, "day": made["day"], "weight": "9.1", "height": "75.5", "measure": "L"}  # fmt: skip
            body = json.dumps(entry)
            return (
                f"POST /visit/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nCookie: csrftoken={cookie}; sessionid={peer_session}"
                f"\r\nX-CSRFToken: {cookie}\r\nOrigin: http://localhost\r\nContent-Length: {len(body)}\r\n\r\n{body}"
            ).encode()

        for body in (visit(), whole_day()):
            answers = answered(our_port, body)
            assert all(one["state"] == "kept" for one in answers), answers
        for port, make in ((our_port, visit), (our_port, whole_day), (peer_port, bare), (peer_port, bare_visit)):  # both warm
            intake.rate(port, make, 200)
        figures: dict[str, list[float]] = {}
        for _round in range(ROUNDS):
            for name, port, make in (
                ("visit with all results", our_port, visit),
                (TOGETHER, our_port, whole_day),
                ("bare insert view", peer_port, bare),
                ("bare visit, signed in", peer_port, bare_visit),
            ):
                many = DAY if name == TOGETHER else 1
                figures.setdefault(name, []).append(many * intake.rate(port, make, 200)[0])
        means = {name: statistics.mean(found) for name, found in figures.items()}
        for name, mean in means.items():
            print(f"{name:24} {mean:8,.0f} a second")
        for bare_name in ("bare insert view", "bare visit, signed in"):
            alone, together = (means[bare_name] / means[name] for name in ("visit with all results", TOGETHER))
            print(f"a visit costs {alone:.1f} of a {bare_name}, of an open day sent together {together:.2f} each")
    finally:
        intake.clear_away(running, environment, (OURS, PEERS))


if __name__ == "__main__":
    main()
