"""Searching 200,000 data sets with five facet counts, against a plain tsvector query with five GROUP BYs, in one run.

    ./portal up --detach && ./portal bench search

Both in the same scratch database of the portal's PostgreSQL, on the same rows, through the same connection: the page of 20
by rank, the count, and the counts of five facets.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

from ntbportal.launcher.house import HOUSE, ROOT
from ntbportal.launcher.running import running_port

SIZE, ROUNDS, DATABASE = 200_000, 12, "ntb_bench_search"
WORDS = [
    "stunting",
    "kemiskinan",
    "balita",
    "imunisasi",
    "jalan",
    "jembatan",
    "irigasi",
    "sekolah",
    "guru",
    "siswa",
    "rumah",
    "sakit",
    "puskesmas",
    "petani",
    "padi",
    "jagung",
    "bawang",
    "sapi",
    "nelayan",
    "perikanan",
    "ekspor",
    "pasar",
    "harga",
    "inflasi",
    "pajak",
    "anggaran",
    "desa",
    "kecamatan",
    "penduduk",
    "kelahiran",
    "kematian",
    "migrasi",
    "pengangguran",
    "pariwisata",
    "hotel",
    "sampah",
    "sungai",
    "hutan",
    "gempa",
    "banjir",
    "listrik",
    "internet",
    "pelatihan",
    "koperasi",
    "usaha",
    "mikro",
    "perempuan",
    "lansia",
    "disabilitas",
    "bantuan",
    "gizi",
    "air",
    "bersih",
]
QUERIES = ("balita gizi", "jalan kecamatan", "padi", "sekolah siswa", "kemiskinan", "air bersih desa")
FACETS = ("topic", "producer_id", "frequency", "licence", "access")


def scratch(environment: dict[str, str]) -> dict[str, str]:
    """A database of its own, made anew; the environment that points to it."""
    import psycopg

    address = urlsplit(environment["DATABASE_URL"])
    with psycopg.connect(environment["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        connection.execute(f"CREATE DATABASE {DATABASE}")
    return {**environment, "DATABASE_URL": urlunsplit(address._replace(path=f"/{DATABASE}"))}


def fill() -> None:
    """Data sets of a province and its neighbours, ten years on: written in bulk, seeded."""
    from django.db import connection

    from ntbportal.commons.agencies import Agency
    from onedata.models import Access, Frequency, Licence, Topic

    rng = random.Random(200_000)
    agencies = list(Agency.objects.values_list("pk", flat=True)[:60])
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE onedata_dataset DISABLE TRIGGER USER")
        with cursor.copy(
            "COPY onedata_dataset (slug, title, description, producer_id, kind, topic, keywords, frequency, licence, access, access_reason, coverage_id, "
            "concept, definition, classification, measure, unit, schema, extra_checks, link, link_problem, contents, view_count, download_count, "
            "is_priority, is_demo, stage, created_at, updated_at, published_at) FROM STDIN"
        ) as copy:
            for number in range(SIZE):
                words = rng.sample(WORDS, 4)
                moment = f"20{rng.randrange(16, 27)}-{rng.randrange(1, 13):02}-{rng.randrange(1, 28):02} 08:00+08"
                copy.write_row(
                    (
                        f"data-{number}", f"Data {words[0]} {words[1]} {number}", f"Tentang {' '.join(rng.sample(WORDS, 12))} menurut wilayah.",
                        rng.choice(agencies), "statistical", rng.choice(Topic.values), [words[2], words[3]], rng.choice(Frequency.values),
                        rng.choice(Licence.values), rng.choice([Access.OPEN, Access.OPEN, Access.OPEN, Access.ON_REQUEST]), "", "52",
                        words[0], "", "", "", "", "[]", "[]", "", "", " ".join(words), 0, 0, False, False, "published", moment, moment, moment,
                    )
                )  # fmt: skip
        cursor.execute("ALTER TABLE onedata_dataset ENABLE TRIGGER USER")
        packed = " | ".join(
            f"(onedata_facet_code('{name}', {name}) << {6 * place})"
            for place, name in enumerate(("topic", "frequency", "licence", "access"))
        )
        names = "producer_id, coverage_id, period_from, period_to, words"
        cursor.execute(
            f"INSERT INTO onedata_searchentry (data_set_id, signature, {names}) SELECT id, {packed}, {names} FROM onedata_dataset"
        )
        # what one would write first: the text in one column, an index over it
        cursor.execute(
            "CREATE TABLE plain AS SELECT id, title, description, topic, producer_id, frequency, licence, access, published_at, "
            "to_tsvector('indonesian', title || ' ' || concept || ' ' || description || ' ' || contents) AS words FROM onedata_dataset"
        )
        cursor.execute("ALTER TABLE plain ADD PRIMARY KEY (id)")
        cursor.execute("CREATE INDEX plain_words ON plain USING gin (words)")
        cursor.execute("VACUUM ANALYZE plain")
        cursor.execute("VACUUM ANALYZE onedata_dataset")
        cursor.execute("VACUUM ANALYZE onedata_searchentry")


def plain_search(text: str) -> int:
    from django.db import connection

    where = "words @@ plainto_tsquery('indonesian', %s)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, title, ts_rank(words, plainto_tsquery('indonesian', %s)) AS rank FROM plain WHERE {where} ORDER BY rank DESC, id DESC LIMIT 21",
            [text, text],
        )
        cursor.fetchall()
        cursor.execute(f"SELECT count(*) FROM plain WHERE {where}", [text])
        count = int(cursor.fetchone()[0])
        for facet in FACETS:
            cursor.execute(f"SELECT {facet}, count(*) FROM plain WHERE {where} GROUP BY {facet} ORDER BY 2 DESC", [text])
            cursor.fetchall()
    return count


def our_search(text: str) -> int:
    """As the catalogue's page does it."""
    from django.test import RequestFactory

    from ntbportal.commons.listing import Listing
    from onedata import search
    from onedata.models import DataSet
    from onedata.views.public import CATALOGUE_COLUMNS, RANK_COLUMN

    results = search.search(DataSet.objects.published().select_related("producer", "current__report"), text, {})
    request = RequestFactory().get("/onedata/", {"q": text})
    columns = [*CATALOGUE_COLUMNS, RANK_COLUMN]
    listing = Listing(request, results.rows, columns, sort="-rank", size=20, first=results.first, count=results.count)
    return int(listing.count)


def timed(act: Callable[[str], int]) -> tuple[dict[str, float], list[int]]:
    """Median milliseconds of each query's search, and how many it finds."""
    counts = [act(text) for text in QUERIES]
    times: dict[str, list[float]] = {text: [] for text in QUERIES}
    for _round in range(ROUNDS):
        for text in QUERIES:
            started = time.perf_counter()
            act(text)
            times[text].append((time.perf_counter() - started) * 1000)
    return {text: statistics.median(several) for text, several in times.items()}, counts


def main() -> None:
    port = running_port()
    if port is None:
        sys.exit("start the portal first: ./portal up --detach")
    environment = scratch(HOUSE.environment(demo=False, port=port))
    for command in (["migrate", "-v", "0"], ["prepare", "--no-static"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    os.environ.update(environment)
    os.environ["DJANGO_SETTINGS_MODULE"] = "ntbportal.settings"
    import django

    django.setup()
    from django.db import connection

    started = time.perf_counter()
    fill()
    print(f"{SIZE:,} data sets written in {time.perf_counter() - started:.0f} s")
    theirs, counts = timed(plain_search)
    ours, mine = timed(our_search)
    for text, count, found in zip(QUERIES, counts, mine, strict=True):
        print(
            f"  {text:16} {count:7,} found ({found:,} by the catalogue): portal {ours[text]:4.0f} ms, plain {theirs[text]:4.0f} ms, "
            f"{theirs[text] / ours[text]:.1f} times"
        )
    mean, peer = statistics.mean(ours.values()), statistics.mean(theirs.values())
    print(
        f"page + count + five facets, mean: portal {mean:.0f} ms, plain tsvector with five GROUP BYs {peer:.0f} ms; {peer / mean:.1f} times as fast"
    )
    connection.close()


if __name__ == "__main__":
    main()
