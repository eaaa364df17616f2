"""The copy laid out for questions answers what the Parquet file answers; it can be lost at any time."""

from __future__ import annotations

import threading
from typing import Any
from urllib.parse import urlencode

import pytest

from onedata import fast_copy, tables
from onedata.workflow import publish, submit

pytestmark = pytest.mark.django_db

QUESTIONS = [
    {"tahun": "2020"}, {"tahun": "2020", "komoditas": "Padi", "sort": "-nilai"}, {"nilai__gte": "900", "sort": "nilai", "page": "3"},
    {"sort": "komoditas", "size": "7", "page": "40"}, {"komoditas__contains": "ag"}, {"group": "komoditas,tahun", "sum": "nilai"},
    {"tahun__in": "2019,2021", "fields": "desa,nilai", "sort": "-desa"}, {"catatan__isnull": "1", "size": "5"},
]  # fmt: skip


@pytest.fixture(autouse=True)
def _fresh_connection(monkeypatch: Any) -> None:
    monkeypatch.setattr(tables, "_local", threading.local())


@pytest.fixture
def large(data_set: Any, upload: Any, person: Any) -> Any:
    goods = ("Padi", "Jagung", "Kedelai")
    lines = "".join(
        f"{goods[n * 7 % 3]},{2018 + n * 11 % 5},{n * 7919 % 1000},Desa {n % 97},{'' if n % 10 else 'x'}\n"
        for n in range(fast_copy.LEAST_ROWS + 1)
    )
    found = data_set("Produksi")
    upload(found, "komoditas,tahun,nilai,desa,catatan\n" + lines)
    return publish(submit(found, person("producer", agency="dinkes")), person("walidata"))


@pytest.mark.parametrize("asked", QUESTIONS, ids=str)
def test_the_same_answer_with_and_without(large: Any, client: Any, asked: dict[str, str]) -> None:
    address = f"/api/rows/{large.slug}?{urlencode(asked)}"
    without = client.get(address).json()
    assert fast_copy.build(large.current)
    assert not fast_copy.build(large.current), "made once"
    with_copy = client.get(address).json()
    assert tables.source_of(large.current, ordered=True)[0].startswith("t"), "the copy is in use"
    assert with_copy["total"] == without["total"]
    if "sort" not in asked:
        assert with_copy == without, "in the order of the table"
    else:
        name = asked["sort"].lstrip("-")
        assert [row.get(name) for row in with_copy["data"]] == [row.get(name) for row in without["data"]]


def test_pages_of_equal_values_do_not_overlap(large: Any, client: Any) -> None:
    fast_copy.build(large.current)
    seen: list[str] = []
    for page in range(1, 6):
        rows = client.get(f"/api/rows/{large.slug}?tahun=2020&komoditas=Padi&sort=komoditas&size=50&page={page}").json()["data"]
        seen += [f"{row['nilai']} {row['desa']}" for row in rows]
    whole = client.get(f"/api/rows/{large.slug}?tahun=2020&komoditas=Padi&sort=komoditas&size=250").json()["data"]
    assert seen == [f"{row['nilai']} {row['desa']}" for row in whole]


def test_a_damaged_copy_is_thrown_away(large: Any, client: Any) -> None:
    path = fast_copy.path_of(large.current)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"no database")
    assert client.get(f"/api/rows/{large.slug}?tahun=2020").status_code == 200
    assert not path.exists()


def test_copies_nobody_reads_are_dropped(large: Any) -> None:
    fast_copy.build(large.current)
    other = fast_copy.folder() / "abc.duckdb"
    other.write_bytes(b"x")
    assert fast_copy.drop_unused() == 1
    assert fast_copy.path_of(large.current).exists()


def test_the_page_groups_and_adds_up(large: Any, client: Any) -> None:
    fast_copy.build(large.current)
    page = client.get(f"/onedata/datasets/{large.slug}/?group=komoditas&total=count")
    assert page.context["answer"].count == 3
    assert sum(row[1] for row in page.context["answer"].rows) == fast_copy.LEAST_ROWS + 1
    lines = b"".join(client.get(f"/onedata/datasets/{large.slug}/v1.csv?group=tahun&total=sum&of=nilai")).decode("utf-8-sig").splitlines()
    assert lines[0] == '"tahun","sum_nilai"'
    assert len(lines) == 6


def test_filtered_rows_as_parquet(large: Any, client: Any, tmp_path: Any) -> None:
    import duckdb

    target = tmp_path / "f.parquet"
    target.write_bytes(b"".join(client.get(f"/onedata/datasets/{large.slug}/v1.parquet?column=tahun&is=eq&contains=2020")))
    found = duckdb.sql(f"SELECT count(*), min(tahun), max(tahun) FROM '{target}'").fetchall()
    assert found == [(sum(2018 + n * 11 % 5 == 2020 for n in range(fast_copy.LEAST_ROWS + 1)), 2020, 2020)]
