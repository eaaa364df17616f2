"""The row API on 1,000,000 rows against Datasette on the same rows, in one run on this machine.

    ./portal up --detach && ./portal bench rows

Filter + sort + page, and group-by; 8 connections, requests a second and 95th percentile.
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent))
import _peers

from ntbportal.launcher.house import HOUSE, ROOT
from ntbportal.launcher.running import running_port

SECONDS, CONNECTIONS, SLUG = 10.0, 8, "bench-rows"
LOAD = """
from django.core.files import File
from django.utils import timezone
from ntbportal.commons.agencies import Agency
from onedata.models import DataSet
from onedata.quality.running import check_version
from onedata.uploading import add_version
found, made = DataSet.objects.get_or_create(slug="{slug}", defaults=dict(title="Benchmark", description="Benchmark", topic="farming",
    producer=Agency.objects.get(slug="diskominfotik"), coverage_id="52", is_demo=True))
if made:
    with open("{path}", "rb") as file:
        version = add_version(found, File(file, name="bench.csv"), None)
    check_version(version.pk)
    version.refresh_from_db()
    version.published_at = timezone.now(); version.save()
    found.current, found.published_at = version, timezone.now()
found.stage = "published"
found.save()
"""
# nobody who reads the catalogue afterwards is to find it
HIDE = 'from onedata.models import DataSet; DataSet.objects.filter(slug="{slug}").update(stage="archived")'


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def measure(port: int, path_of: Callable[[int], str]) -> tuple[float, float]:
    """Requests a second and the 95th percentile in milliseconds."""
    times: list[float] = []
    until = time.perf_counter() + SECONDS

    def work(number: int) -> None:
        connection, turn = http.client.HTTPConnection("127.0.0.1", port, timeout=60), number
        while time.perf_counter() < until:
            started = time.perf_counter()
            connection.request("GET", path_of(turn), headers={"Host": "localhost"})
            answer = connection.getresponse()
            body = answer.read()
            if answer.status != 200:
                raise SystemExit(f"{path_of(turn)}: {answer.status} {body[:200]!r}")
            times.append(time.perf_counter() - started)
            turn += CONNECTIONS

    threads = [threading.Thread(target=work, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.sort()
    return len(times) / SECONDS, times[int(len(times) * 0.95)] * 1000


def main() -> None:
    port = running_port()
    if port is None:
        sys.exit("start the portal first: ./portal up --detach")
    _peers.install()
    table = _peers.table()
    environment = HOUSE.environment(demo=True, port=port)
    code = LOAD.format(slug=SLUG, path=table)
    subprocess.run([sys.executable, "manage.py", "shell", "-v", "0", "-c", code], cwd=ROOT, env=environment, check=True)
    database = _peers.FOLDER / "rows.db"
    if not database.exists():
        tool = str(_peers.PYTHON.parent / "sqlite-utils")
        subprocess.run([tool, "insert", str(database), "rows", str(table), "--csv", "--detect-types", "--silent"], check=True)
        for column in ("tahun", "komoditas"):
            subprocess.run([tool, "create-index", str(database), "rows", column], check=True)
    peer_port = free_port()
    peer = subprocess.Popen(
        [str(_peers.PYTHON.parent / "datasette"), str(database), "--port", str(peer_port), "--setting", "sql_time_limit_ms", "60000"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": ""},
    )  # fmt: skip
    try:
        for _try in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", peer_port)) == 0:
                    break
            time.sleep(0.1)
        report(port, peer_port)
    finally:
        peer.terminate()
        subprocess.run(
            [sys.executable, "manage.py", "shell", "-v", "0", "-c", HIDE.format(slug=SLUG)], cwd=ROOT, env=environment, check=True
        )


def report(port: int, peer_port: int) -> None:
    years, goods = range(2015, 2026), ("Padi", "Jagung", "Kedelai", "Bawang", "Cabai")

    def turn(number: int) -> tuple[int, str, int]:
        return years[number % 11], goods[number % 5], number * 37 % 90_000

    def ours_page(number: int) -> str:
        year, good, least = turn(number)
        return f"/api/rows/{SLUG}?tahun={year}&komoditas={good}&jumlah__gte={least}&sort=-nilai&size=50"

    def peer_page(number: int) -> str:
        year, good, least = turn(number)
        return f"/rows/rows.json?tahun__exact={year}&komoditas__exact={good}&jumlah__gte={least}&_sort_desc=nilai&_size=50&_shape=objects&_nosuggest=1&_nofacet=1"

    def ours_group(number: int) -> str:
        return f"/api/rows/{SLUG}?group=komoditas,tahun&sum=jumlah&jumlah__gte={turn(number)[2]}&size=100"

    def peer_group(number: int) -> str:
        sql = f"select komoditas, tahun, count(*), sum(jumlah) from rows where jumlah >= {turn(number)[2]} group by komoditas, tahun"
        return f"/rows.json?sql={quote(sql)}&_shape=objects"

    for title, ours, theirs in (("filter + sort + page", ours_page, peer_page), ("group-by", ours_group, peer_group)):
        mine, other = measure(port, ours), measure(peer_port, theirs)
        print(
            f"{title:22} portal {mine[0]:7.1f} requests/s, p95 {mine[1]:6.0f} ms; Datasette {other[0]:7.1f} requests/s, p95 {other[1]:6.0f} ms"
        )
        print(f"{'':22} {mine[0] / other[0]:.1f} times the requests, {mine[1] / other[1]:.2f} of the p95")


if __name__ == "__main__":
    main()
