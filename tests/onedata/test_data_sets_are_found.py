import pytest
from django.utils import timezone

from onedata import search
from onedata.models import DataSet


@pytest.fixture
def catalogue(data_set):
    def add(title: str, **fields) -> DataSet:
        return data_set(title, stage="published", published_at=timezone.now(), **fields)

    made = [
        add("Prevalensi stunting balita", keywords=["gizi"]),
        add("Jumlah pertanian dan perkebunan", topic="farming", producer="distanbun"),
        add("Kondisi jalan provinsi", topic="infrastructure", producer="pupr", frequency="monthly"),
        data_set("Stunting rahasia, belum terbit"),
    ]
    for one in made:
        search.refresh_contents(one)
    return made


def titles(text: str) -> list[str]:
    return [row.title for row in search.find(DataSet.objects.published(), text).order_by("-rank")]


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("stunting", "Prevalensi stunting balita"), ("stuntng", "Prevalensi stunting balita"), ("gizi", "Prevalensi stunting balita"),
        ("petani", "Jumlah pertanian dan perkebunan"), ("jalan", "Kondisi jalan provinsi"),
    ],
)  # fmt: skip
def test_by_word_stem_typing_error_and_keyword(typed: str, first: str) -> None:
    assert titles(typed)[0] == first


@pytest.mark.usefixtures("catalogue")
def test_what_is_not_published_is_not_found() -> None:
    assert titles("rahasia") == []
    assert titles("xqzw") == []


@pytest.mark.usefixtures("catalogue")
def test_filters_count_as_if_they_were_not_set(client) -> None:
    rows = search.find(DataSet.objects.published(), "")
    found = {
        facet.name: {value["value"]: value["count"] for value in facet.values}
        for facet in search.facets(rows, {"topic": "health", "producer": ""})
    }
    assert found["topic"] == {"health": 1, "farming": 1, "infrastructure": 1}
    assert found["producer"] == {"dinkes": 1}
    page = client.get("/onedata/?topic=farming").content.decode()
    assert "pertanian" in page
    assert "Kondisi jalan" not in page


@pytest.mark.usefixtures("catalogue")
def test_the_catalogue_costs_the_same_however_many_data_sets(client, data_set, django_assert_max_num_queries) -> None:
    for number in range(15):
        data_set(f"Data {number}", stage="published", published_at=timezone.now())
    client.get("/onedata/")
    with django_assert_max_num_queries(10):
        client.get("/onedata/")


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize("query", ["?q=%22", "?q=%3A*%26%7C!", "?q=a' OR 1=1--", "?topic=x&sort=evil&after=x", "?q=" + "a" * 500])
def test_odd_words_break_nothing(client, query: str) -> None:
    assert client.get(f"/onedata/{query}").status_code == 200
