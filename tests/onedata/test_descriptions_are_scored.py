"""Points of the MQA: 405 in all; 100, 100, 110, 75 and 20 by dimension (data.europa.eu)."""

import pytest
from django.utils import timezone

from onedata.quality.metadata_score import MOST, metadata_score, stars


@pytest.fixture
def published(data_set, upload):
    def make(title: str = "Prevalensi stunting", content: str = "kode_wilayah,nilai\n52.07,1\n", **fields):
        found = data_set(title, **fields)
        version = upload(found, content)
        version.published_at = timezone.now()
        version.save()
        found.current, found.stage, found.published_at = version, "published", timezone.now()
        found.save()
        return found

    return make


@pytest.mark.django_db
def test_a_full_description_has_all_points(published) -> None:
    found = published(keywords=["gizi"], period_from="2024-01-01", period_to="2024-12-31")
    found.producer.email = "dinkes@example.org"
    score = metadata_score(found)
    assert {name: most for name, (_reached, most) in score.parts.items()} == {
        "findability": 100, "accessibility": 100, "interoperability": 110, "reusability": 75, "contextuality": 20,
    }  # fmt: skip
    assert score.points == MOST == 405
    assert str(score.rating) in {"istimewa", "excellent"}
    assert score.missing == []


@pytest.mark.django_db
def test_what_is_missing_is_said_and_costs_its_points(published) -> None:
    bare = metadata_score(published())
    assert bare.parts["findability"] == (50, 100)  # no keywords, no period
    assert len(bare.missing) == 3
    closed = metadata_score(published("Tertutup", access="closed", access_reason="UU"))
    assert closed.parts["accessibility"] == (0, 100)
    assert closed.points < bare.points


@pytest.mark.django_db
def test_stars(published) -> None:
    assert stars(published()) == 5, "region codes are mapped to those of BPS"
    listed = published("Sekolah", "jenjang,nilai\nD1,1\n")
    listed.schema = [{"name": "jenjang", "code_list": "jenjang-pendidikan"}]
    assert stars(listed) == 4
    listed.licence = "other"
    assert stars(listed) == 0
    assert stars(published("Lain", "nama,nilai\nA,1\n")) == 3
    assert stars(published("Tertutup", access="closed", access_reason="UU")) == 0


@pytest.mark.django_db
def test_the_league_table_ranks_by_quality_and_exports(published, client, django_assert_max_num_queries) -> None:
    published()
    published("Panjang jalan", "kode_wilayah,nilai\n52.07,1\n52.07,1\n52.99,\n", producer="pupr")
    with django_assert_max_num_queries(5):
        page = client.get("/onedata/league/").content.decode()
    assert page.index("Dinas Kesehatan") < page.index("Dinas PUPR")
    lines = b"".join(client.get("/onedata/league/?export=csv").streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) == 3
    for number in range(5):
        published(f"Data {number}")
    with django_assert_max_num_queries(5):
        client.get("/onedata/league/")
