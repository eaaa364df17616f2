"""The narrow search entries follow every change, also raw ones; facets counted from them are those counted one by one."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from onedata import search
from onedata.models import DataSet, SearchEntry, Synonym

pytestmark = pytest.mark.django_db


@pytest.fixture
def published(data_set: Any) -> list[DataSet]:
    choices = itertools.product(["health", "farming", "finance"], ["dinkes", "pupr"], ["yearly", "monthly"], ["CC-BY-4.0", "CC0-1.0"])
    return [
        data_set(f"Data balita {number}", topic=topic, producer=producer, frequency=frequency, licence=licence, stage="published",
                 published_at=timezone.now(), access="open" if number % 3 else "on_request")
        for number, (topic, producer, frequency, licence) in enumerate(choices)
    ]  # fmt: skip


def counted(facets: list[search.Facet]) -> dict[str, dict[str, int]]:
    return {facet.name: {value["value"]: value["count"] for value in facet.values} for facet in facets}


@pytest.mark.parametrize(
    "chosen",
    [
        {}, {"topic": "health"}, {"producer": "pupr"}, {"topic": "farming", "licence": "CC0-1.0"}, {"access": "on_request", "producer": "dinkes"},
        {"topic": "health", "producer": "dinkes", "frequency": "monthly"}, {"topic": "tidak-ada"}, {"producer": "tidak-ada"}, {"area": "52.07"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("text", ["", "balita"])
def test_packed_counts_are_the_plain_counts(published: list[DataSet], chosen: dict[str, str], text: str) -> None:
    rows = DataSet.objects.published()
    facets, count = search.facets_and_count(search.by_words(rows, text) if text else search.unranked(rows), chosen)
    results = search.search(rows, text, chosen)
    assert counted(results.facets) == counted(facets)
    assert results.count == count == results.rows.count()


def test_plain_counts_are_those_of_the_rows(published: list[DataSet]) -> None:
    """The other side of the comparison above, counted by hand in Python."""
    results = search.search(DataSet.objects.published(), "", {"topic": "health", "producer": "dinkes"})
    by_hand: dict[str, int] = {}
    for one in published:
        if one.producer.slug == "dinkes":
            by_hand[one.topic] = by_hand.get(one.topic, 0) + 1
    assert counted(results.facets)["topic"] == by_hand
    assert results.count == 4


def test_entries_follow_bulk_and_raw_changes(published: list[DataSet]) -> None:
    assert SearchEntry.objects.count() == len(published)
    DataSet.objects.filter(pk=published[0].pk).update(stage="archived")
    assert not SearchEntry.objects.filter(pk=published[0].pk).exists()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE onedata_dataset SET stage = 'published', topic = 'tourism' WHERE id = %s", [published[0].pk])
    assert counted(search.search(DataSet.objects.published(), "", {}).facets)["topic"]["tourism"] == 1
    DataSet.objects.filter(pk=published[1].pk).update(title="Judul lain sama sekali")
    assert search.search(DataSet.objects.published(), "judul lain", {}).count == 1
    draft = DataSet.objects.create(
        slug="draf", title="Draf", description="x", topic="health", producer=published[0].producer, coverage_id="52"
    )
    assert not SearchEntry.objects.filter(pk=draft.pk).exists()


def test_the_first_page_from_titles_is_the_first_page_of_all(
    published: list[DataSet], data_set: Any, monkeypatch: Any, client: Any
) -> None:
    for number in range(30):
        found = data_set(
            f"Catatan {number}", stage="published", published_at=timezone.now(), description="tentang balita " * (number % 4 + 1)
        )
        search.refresh_contents(found)
    pages = []
    for many in (0, 10_000):
        monkeypatch.setattr(search, "MANY", many)
        seen, address = [], "/onedata/?q=balita"
        while address:
            listing = client.get(address).context["listing"]
            seen += [row.pk for row in listing.rows]
            address = f"/onedata/{listing.next}" if listing.next else ""
        pages.append(seen)
    assert pages[0] == pages[1]
    assert len(pages[0]) == len(set(pages[0])) == 54
    titles = {one.pk for one in published}
    assert set(pages[0][:24]) == titles, "words in the title come first"


def test_synonyms_find_each_other(data_set: Any) -> None:
    Synonym.objects.create(words="tengkes, balita kerdil")
    for title in ("Tengkes menurut desa", "Balita kerdil di NTB", "Balita sehat, pohon kerdil"):
        data_set(title, stage="published", published_at=timezone.now())
    found = search.find(DataSet.objects.published(), "tengkes")
    assert {row.title for row in found} == {"Tengkes menurut desa", "Balita kerdil di NTB"}
    assert search.find(DataSet.objects.published(), '"tengkes"').filter(title__startswith="Balita kerdil").count() == 0


def test_columns_and_values_of_the_table_are_found(data_set: Any, upload: Any, person: Any) -> None:
    from onedata.workflow import publish, submit

    found = data_set("Ternak")
    upload(found, "komoditas,populasi_induk\nKuda Sumba,3\nKerbau lumpur,4\n")
    publish(submit(found, person("producer", agency="dinkes")), person("walidata"))
    for words in ("kerbau", "populasi induk", "kuda sumba"):
        assert [row.title for row in search.find(DataSet.objects.published(), words)] == ["Ternak"], words


def test_suggestions_while_typing(data_set: Any, client: Any) -> None:
    for title in ("Balita gizi buruk", "Balita ditimbang", "Jalan"):
        data_set(title, stage="published", published_at=timezone.now())
    data_set("Balita rahasia")
    page = client.get("/onedata/suggest/?q=balita").content.decode()
    assert "Balita gizi buruk" in page
    assert "rahasia" not in page
    assert "Jalan" not in page
    assert client.get("/onedata/suggest/?q=b").content.decode().strip() == ""
    assert "/onedata/?topic=health" in client.get("/onedata/suggest/?q=kesehat").content.decode()


def test_place_and_time(data_set: Any, client: Any) -> None:
    from datetime import date

    data_set("Se-NTB", stage="published", published_at=timezone.now(), period_from=date(2020, 1, 1), period_to=date(2022, 12, 31))
    data_set("Khusus Bima", stage="published", published_at=timezone.now(), coverage_id="52.06")
    data_set("Khusus Dompu", stage="published", published_at=timezone.now(), coverage_id="52.05")

    def titles(query: str) -> set[str]:
        return {row.title for row in client.get(f"/onedata/{query}").context["listing"].rows}

    assert titles("?area=52.06") == {"Se-NTB", "Khusus Bima"}
    assert titles("?from=2022&to=2024") == {"Se-NTB"}
    assert titles("?from=2023") == set()
    assert titles("?from=abc&area=x'") == set()
