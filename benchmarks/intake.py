"""Taking in reports at 16 connections, against a bare Django insert view and django-helpdesk's public form, in one run.

    ./portal up --detach && ./portal bench intake

All three are served by granian with the same workers and threads, over scratch databases of the portal's PostgreSQL, each in
turn, and twice. Ours is the whole act: form, deadline, case, timeline, notice to the reporter, task for the router. The
tasks land in a Redis database of their own and are not worked off here; the peers have no such work.
"""

from __future__ import annotations

import http.client
import multiprocessing
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from urllib.parse import parse_qs, unquote, urlencode, urlsplit, urlunsplit

import _peers

from ntbportal.launcher.house import HOUSE, ROOT
from ntbportal.launcher.running import running_port

SECONDS, CONNECTIONS, ROUNDS = 5.0, 16, 2
OURS, PEERS = "ntb_bench_intake", "ntb_bench_helpdesk"
TEXT = "Jalan berlubang besar di tikungan dekat pasar, sudah dua sepeda motor jatuh minggu ini."


def database(environment: dict[str, str], name: str) -> str:
    import psycopg

    address = urlsplit(environment["DATABASE_URL"])
    with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")
        connection.execute(f"CREATE DATABASE {name}")
    return urlunsplit(address._replace(path=f"/{name}"))


def serve(python: str, application: str, port: int, environment: dict[str, str], folder: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [
            python, "-m", "granian", "--interface", "wsgi", application, "--host", "127.0.0.1", "--port", str(port), "--workers", "2",
            "--blocking-threads", "4", "--no-ws", "--log-level", "error",
        ],
        env=environment, cwd=folder, start_new_session=True,
    )  # fmt: skip
    for _try in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
            time.sleep(1)
            return process
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{application} did not start")


def clear_away(running: list[subprocess.Popen[bytes]], environment: dict[str, str], databases: tuple[str, ...]) -> None:
    """End the servers and drop their databases."""
    import psycopg

    for process in running:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
    with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as connection:
        for name in databases:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _client(
    port: int,
    connections: int,
    make: Callable[[], bytes],
    wanted: int,
    until: float,
    result: multiprocessing.Queue[tuple[int, list[float]]],
) -> None:
    """Keep-alive connections in threads over bare sockets, so that the client costs little of the machine."""
    import threading

    done, waits = [0] * connections, []

    def work(number: int) -> None:
        line = socket.create_connection(("127.0.0.1", port))
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while time.perf_counter() < until:
            begun = time.perf_counter()
            line.sendall(make())
            head = b""
            while b"\r\n\r\n" not in head:
                part = line.recv(65536)
                if not part:
                    raise SystemExit("the line was closed")
                head += part
            top, _blank, body = head.partition(b"\r\n\r\n")
            status = int(top[9:12])
            if status != wanted:
                raise SystemExit(f"{status}: {body[:300]!r}")
            length = int(re.search(rb"content-length: (\d+)", top, re.I)[1])  # type: ignore[index]
            while len(body) < length:
                body += line.recv(65536)
            waits.append(time.perf_counter() - begun)
            done[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.put((sum(done), waits))


def rate(port: int, make: Callable[[], bytes], wanted: int) -> tuple[float, float]:
    """(requests a second, 95th percentile in seconds)."""
    fork = multiprocessing.get_context("fork")
    result: multiprocessing.Queue[tuple[int, list[float]]] = fork.Queue()
    until = time.perf_counter() + SECONDS
    clients = [fork.Process(target=_client, args=(port, CONNECTIONS // 2, make, wanted, until, result)) for _n in range(2)]
    for client in clients:
        client.start()
    found = [result.get(timeout=SECONDS + 30) for _client in clients]
    for client in clients:
        client.join()
    waits = sorted(wait for _done, waits in found for wait in waits)
    return sum(done for done, _waits in found) / SECONDS, waits[int(len(waits) * 0.95)]


def post(path: str, form: dict[str, str], headers: str = "") -> bytes:
    body = urlencode(form)
    return (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n{headers}"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def token_of(port: int, path: str) -> tuple[str, str]:
    """(cookie, what the form sends)."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers={"Host": "localhost"})
    answer = connection.getresponse()
    text = answer.read().decode()
    cookie = re.search(r"csrftoken=([^;]+)", answer.headers.get("Set-Cookie", ""))
    sent = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', text) or re.search(r'"token": "([^"]+)"', text)
    if not cookie or not sent:
        raise SystemExit(f"{path}: {answer.status}")
    return cookie[1], sent[1]


def main() -> None:
    if running_port() is None:
        sys.exit("start the portal first: ./portal up --detach")
    _peers.install()
    environment = {**os.environ, **HOUSE.environment(demo=False, port=8000)}
    # ours
    ours = {
        **environment,
        "DATABASE_URL": database(environment, OURS),
        "CARE_REPORTS_PER_HOUR": "100000000",
        "HTTPS": "off",
        "ALLOWED_HOSTS": "*",
    }
    ours["CELERY_BROKER_URL"] = ours["REDIS_URL"].replace("unix://", "redis+socket://", 1).partition("?")[0] + "?virtual_host=9"
    prepare = [sys.executable, "manage.py", "prepare", "--no-static"]
    subprocess.run(prepare, cwd=ROOT, env=ours, check=True, stdout=subprocess.DEVNULL)
    # the peers
    peers = {**os.environ, "DATABASE_URL": database(environment, PEERS), "PYTHONPATH": str(ROOT / "benchmarks")}
    address = urlsplit(peers["DATABASE_URL"])
    peers["PGHOST_FOLDER"] = parse_qs(address.query).get("host", [unquote(address.hostname or "")])[0]
    made = subprocess.run(
        [str(_peers.PYTHON), "_intake_peer.py"], cwd=ROOT / "benchmarks", env=peers, check=True, stdout=subprocess.PIPE, text=True
    )
    queue = made.stdout.split()[-1]

    our_port, peer_port = free_port(), free_port()
    running = [
        serve(sys.executable, "ntbportal.wsgi:application", our_port, ours, str(ROOT)),
        serve(str(_peers.PYTHON), "_intake_peer:application", peer_port, peers, str(ROOT / "benchmarks")),
    ]
    try:
        import psycopg

        with psycopg.connect(ours["DATABASE_URL"]) as connection:
            category = str(connection.execute("SELECT id FROM care_category WHERE slug = 'jalan-berlubang'").fetchone()[0])  # type: ignore[index]
        cookie, sent = token_of(our_port, "/care/new/offline/token/")
        ticket_cookie, ticket_token = token_of(peer_port, "/helpdesk/tickets/submit/")

        def our_report() -> bytes:
            form = {"key": uuid.uuid4().hex, "pin": "004217", "category": category, "description": TEXT, "district": "52.07.02", "place_note": "depan pasar", "email": "warga@example.org"}  # fmt: skip
            return post("/care/new/offline/", form, f"Cookie: csrftoken={cookie}\r\nX-CSRFToken: {sent}\r\nOrigin: http://localhost\r\n")

        def bare_report() -> bytes:
            form = {"key": uuid.uuid4().hex, "category": category, "description": TEXT, "region": "52.07.02", "place": "depan pasar", "phone": ""}  # fmt: skip
            return post("/bare/", form)

        def ticket() -> bytes:
            form = {"csrfmiddlewaretoken": ticket_token, "queue": queue, "title": "Jalan berlubang", "body": TEXT, "priority": "3", "submitter_email": "warga@example.org"}  # fmt: skip
            return post("/helpdesk/tickets/submit/", form, f"Cookie: csrftoken={ticket_cookie}\r\n")

        figures: dict[str, list[tuple[float, float]]] = {}
        for _round in range(ROUNDS):
            for name, port, make, wanted in (
                ("NTB Care", our_port, our_report, 200),
                ("bare insert view", peer_port, bare_report, 200),
                ("django-helpdesk", peer_port, ticket, 302),
            ):
                figures.setdefault(name, []).append(rate(port, make, wanted))
        means = {name: statistics.mean(one for one, _p in found) for name, found in figures.items()}
        for name, found in figures.items():
            print(f"{name:18} {means[name]:8,.0f} reports/s   p95 {min(p for _one, p in found) * 1000:6.0f} ms")
        print(
            f"ours / bare {means['NTB Care'] / means['bare insert view']:.2f}   ours / helpdesk {means['NTB Care'] / means['django-helpdesk']:.1f}"
        )
    finally:
        clear_away(running, environment, (OURS, PEERS))


if __name__ == "__main__":
    main()
