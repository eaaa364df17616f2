"""The public map and list on 1,000,000 reports, against the same on 10,000.

    ./portal up --detach && ./portal bench map

A scratch database is filled in bulk; each page is asked through Django's own client with its cache emptied before every
question, so that what is measured is the work of the database and the page, not the cache that stands before them.
"""

from __future__ import annotations

import statistics
import time
from typing import Any

from _scratch import scratch

NAME, ROUNDS = "ntb_bench_map", 7
PAGES = {
    "map of the province": "/care/map.json?zoom=8&box=115.7,-9.2,119.45,-7.9",
    "map, one category, 30 days": "/care/map.json?zoom=8&box=115.7,-9.2,119.45,-7.9&category=jalan&days=30",
    "map of a regency, open": "/care/map.json?zoom=11&box=116,-8.7,116.4,-8.4&state=open",
    "map of a town": "/care/map.json?zoom=15&box=116.09,-8.60,116.12,-8.57",
    "reports of a map's part": "/care/map/reports/?box=116.09,-8.60,116.12,-8.57",
    "page of the map": "/care/?view=map",
    "list": "/care/",
    "list, category and regency": "/care/?category=jalan&place=52.01",
    "list of a village, closed": "/care/?place=52.01.01.2001&state=closed",
    "list, 2024": "/care/?since=2024-01-01&until=2024-12-31",
}
FILL = """
INSERT INTO care_case (code, pin_digest, kind, category_id, is_emergency, description, answers, channel, region_id, place_note,
    latitude, longitude, map_x, map_y, reporter_name, reporter_email, reporter_phone, reporter_phone_index, language, is_anonymous,
    is_secret, hidden_words, state, agency_id, routed_at, was_reopened, rating_reason, hidden_reason, is_demo, created_at, updated_at)
SELECT left(h, 4) || '-' || right(h, 4), '', 'complaint', c.id, false, 'Jalan berlubang besar di tikungan nomor ' || n, '[]', 'web', v.code, '',
    lat, lon, floor((lon + 180) / 360 * 268435456), floor((1 - ln(tan(pi() / 4 + radians(lat) / 2)) / pi()) / 2 * 268435456),
    '', '', '', '', 'id', false, random() < 0.05, '',
    (ARRAY['answered','answered','closed','closed','closed','closed','in_progress','assigned','rejected'])[1 + floor(random() * 9)],
    NULL, at, false, '', '', false, at, at
FROM (SELECT n, 1 + floor(random() * (SELECT count(*) FROM villages))::int AS place,
        1 + floor(random() * (SELECT count(*) FROM categories))::int AS kind,
        now() - random() * interval '1000 days' AS at, random() * 0.01 AS dx, random() * 0.01 AS dy
    FROM generate_series(1, %(many)s) AS n) AS s
JOIN villages AS v ON v.nr = s.place JOIN categories AS c ON c.nr = s.kind
CROSS JOIN LATERAL (SELECT translate(lpad(upper(to_hex(%(from)s + n)), 8, '2'), '01', 'XY') AS h) AS t
CROSS JOIN LATERAL (SELECT v.latitude + s.dx AS lat, v.longitude + s.dy AS lon) AS p
"""


def measure() -> dict[str, float]:
    """Median seconds of each page."""
    from django.core.cache import cache
    from django.test import Client

    client, found = Client(), {}
    for name, path in PAGES.items():
        waits = []
        for _round in range(ROUNDS):
            cache.clear()
            begun = time.perf_counter()
            response = client.get(path, headers={"host": "localhost"})
            waits.append(time.perf_counter() - begun)
            assert response.status_code == 200, (path, response.status_code)
        found[name] = statistics.median(waits)
    return found


def main() -> None:
    with scratch(NAME) as database:
        run(database)


def run(database: Any) -> None:
    results, there = {}, 0
    for many in (10_000, 1_000_000):
        with database.cursor() as cursor:
            cursor.execute(
                "CREATE TEMP TABLE IF NOT EXISTS villages AS SELECT code, latitude, longitude, row_number() OVER () AS nr FROM commons_region WHERE level = 'village' AND latitude IS NOT NULL"
            )
            cursor.execute("CREATE TEMP TABLE IF NOT EXISTS categories AS SELECT id, row_number() OVER () AS nr FROM care_category")
            cursor.execute("ALTER TABLE care_case DISABLE TRIGGER USER")
            begun = time.perf_counter()
            cursor.execute(FILL, {"many": many - there, "from": 0x22222000 + there})
            cursor.execute("ALTER TABLE care_case ENABLE TRIGGER USER")
            cursor.execute("VACUUM ANALYZE care_case")
        there = many
        print(f"{many:9,} reports filled in {time.perf_counter() - begun:.0f} s")
        results[many] = measure()
    few, much = results.values()
    print(f"{'':32}{'10,000':>10}{'1,000,000':>12}   times")
    for name in PAGES:
        print(f"{name:32}{few[name] * 1000:7.0f} ms{much[name] * 1000:9.0f} ms{much[name] / few[name]:8.1f}")


if __name__ == "__main__":
    main()
