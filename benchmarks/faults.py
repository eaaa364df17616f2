"""Faults in mid-load: Redis stopped and started, workers killed, PostgreSQL restarted, while reports come in.

    ./portal bench faults

On a portal of its own under var/faults. A client sends a report until its code is shown, with the same key each time, as a
phone does. Afterwards every report whose code was shown must be there once, routed once, and its reporter told once.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import uuid
from urllib.parse import urlencode

import psutil

from ntbportal.launcher.house import ROOT

CLIENTS, SECONDS = 8, 24.0
VAR = ROOT / "var" / "faults"
CHECK = """
import json
from collections import Counter
from care.models import Case, CaseMove
from ntbportal.commons.notices import Notice
codes = json.load(open("{codes}"))
found = dict(Case.objects.filter(code__in=codes).values_list("code", "pk"))
routed = Counter(CaseMove.objects.filter(case__in=found.values(), what="routed").values_list("case", flat=True))
told = Counter(Notice.objects.filter(event__in=[f"case:{{pk}}:filed" for pk in found.values()], channel="email", state="sent").values_list("event", flat=True))
waiting = Notice.objects.filter(state="waiting").count()
print("RESULT", json.dumps({{"found": len(found), "unrouted": Case.objects.filter(code__in=codes, routed_at=None).count(), "routed_once": sum(n == 1 for n in routed.values()),
    "routed_more": sum(n > 1 for n in routed.values()), "told_once": sum(n == 1 for n in told.values()), "told_more": sum(n > 1 for n in told.values()), "waiting": waiting,
    "cases": Case.objects.filter(channel="offline").count()}}))
"""


class Load:
    def __init__(self, port: int, category: str) -> None:
        self.port, self.category = port, category
        self.codes: list[str] = []
        self.failures = 0
        self.until = time.monotonic() + SECONDS

    def work(self) -> None:
        while time.monotonic() < self.until:
            key = uuid.uuid4().hex
            while not self.send(key) and time.monotonic() < self.until + 30:
                self.failures += 1
                time.sleep(0.3)

    def send(self, key: str) -> bool:
        form = {
            "key": key, "pin": "004217", "category": self.category, "description": "Jalan berlubang besar di tikungan dekat pasar.",
            "district": "52.07.02", "email": f"{key[:12]}@example.org",
        }  # fmt: skip
        try:
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            line.request("GET", "/care/new/offline/token/", headers={"Host": "localhost"})
            answer = line.getresponse()
            token = json.loads(answer.read())["token"]
            cookie = answer.headers["Set-Cookie"].partition(";")[0]
            headers = {"Host": "localhost", "Cookie": cookie, "X-CSRFToken": token, "Content-Type": "application/x-www-form-urlencoded"}
            line.request("POST", "/care/new/offline/", urlencode(form), headers)
            answer = line.getresponse()
            body = answer.read()
            line.close()
            if answer.status != 200:
                return False
            self.codes.append(json.loads(body)["code"])
            return True
        except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
            return False


def launcher(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ntbportal.launcher", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return done.stdout


def server(environment: dict[str, str], what: str, act: str) -> None:
    code = f"from ntbportal.launcher.house import HOUSE; from ntbportal.launcher.running import {what}_of; {what}_of(HOUSE).{act}()"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)


def ours(name: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            mine = process.environ().get("PORTAL_HOUSE") == str(VAR) or process.cwd().startswith(str(VAR))
            if mine and name in " ".join(process.cmdline()):
                found.append(process)
    return found


def main() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    chosen = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "FIELD_KEYS", "BLIND_INDEX_KEYS", "ALLOWED_HOSTS", "BASE_URL", "HTTPS", "VAR_DIR", "EMAIL_URL", "PORT", "PORTAL_DEMO", "PORTAL_DEMO_PASSWORD", "PORTAL_HOUSE")  # fmt: skip
    environment = {key: value for key, value in os.environ.items() if key not in chosen}
    environment |= {"PORTAL_VAR": str(VAR), "CARE_REPORTS_PER_HOUR": "100000000"}
    shutil.rmtree(VAR, ignore_errors=True)
    launcher(environment, "up", "--detach", "--port", str(port))
    try:
        answer = launcher(
            environment,
            "manage",
            "shell",
            "-c",
            "from care.models import Category; print('pk', Category.objects.get(slug='jalan-berlubang').pk)",
        )
        load = Load(port, answer.split("pk ")[1].split()[0])
        threads = [threading.Thread(target=load.work) for _n in range(CLIENTS)]
        for thread in threads:
            thread.start()
        time.sleep(4)
        print("Redis is killed", len(load.codes), flush=True)
        for process in ours("redis-server"):
            process.kill()
        time.sleep(4)
        server(environment, "redis", "start")
        print("Redis is back", len(load.codes), flush=True)
        time.sleep(3)
        workers = [process for process in ours(" worker") if process.name() != "sh" and process.parent().name() != "sh"]  # of the pool
        for process in workers:
            with contextlib.suppress(psutil.Error):
                process.kill()
        print(f"{len(workers)} workers killed", len(load.codes), flush=True)
        time.sleep(3)
        server(environment, "postgres", "stop")
        time.sleep(1)
        server(environment, "postgres", "start")
        print("PostgreSQL was restarted", len(load.codes), flush=True)
        for thread in threads:
            thread.join()
        print(f"{len(load.codes)} codes shown, {load.failures} sendings failed and were repeated", flush=True)
        codes = VAR / "codes.json"
        codes.write_text(json.dumps(load.codes))
        result: dict[str, int] = {}
        ended = time.perf_counter()
        for _try in range(100):  # what was taken in quickly is filed, routed and told of more slowly
            said = launcher(environment, "manage", "shell", "-c", CHECK.format(codes=codes))
            result = json.loads(said.split("RESULT ")[1].splitlines()[0])
            if result["found"] == len(set(load.codes)) and not result["unrouted"] and not result["waiting"]:
                break
            time.sleep(4)
        wanted = len(set(load.codes))
        print(f"settled {time.perf_counter() - ended:.0f} s after the load ended")
        print(json.dumps(result))
        good = result["found"] == result["routed_once"] == result["told_once"] == wanted == len(load.codes)
        print("every one there, routed once, told once" if good else "NOT ALL RIGHT")
    finally:
        launcher(environment, "down")
        shutil.rmtree(VAR, ignore_errors=True)


if __name__ == "__main__":
    main()
