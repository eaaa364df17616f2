import pytest
from django.utils import timezone


@pytest.fixture
def ask(data_set, upload, client):
    lines = ["kode,tahun,nilai,hari,nama"] + [f"K{n % 4},{2020 + n % 3},{n}.5,2026-01-{n % 28 + 1:02},Desa {n}" for n in range(90)]
    found = data_set()
    version = upload(found, "\n".join(lines) + "\nK0,2020,,2026-02-01,\n")
    version.published_at = timezone.now()
    version.save()
    found.current, found.stage, found.published_at = version, "published", timezone.now()
    found.save()

    def get(query: str = "", status: int = 200):
        response = client.get(f"/api/rows/{found.slug}{query}")
        assert response.status_code == status, response.content
        return response.json()

    return get


@pytest.mark.django_db
def test_filter_sort_and_page(ask) -> None:
    page = ask("?tahun=2021&nilai__gte=10&nilai__lt=50&sort=-nilai&size=5&fields=nilai,kode")
    wanted = sorted((n + 0.5 for n in range(90) if n % 3 == 1 and 10 <= n + 0.5 < 50), reverse=True)
    assert [row["nilai"] for row in page["data"]] == wanted[:5]
    assert list(page["data"][0]) == ["nilai", "kode"]
    assert page["total"] == len(wanted)
    assert page["links"]["previous"] is None
    after = ask("?" + page["links"]["next"].partition("?")[2])
    assert [row["nilai"] for row in after["data"]] == wanted[5:10]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "total"),
    [("?kode__in=K0,K1", 47), ("?kode__ne=K0", 67), ("?nama__contains=desa+1", 11), ("?nilai__isnull=1", 1), ("?hari=2026-01-05", 4), ("?hari__gt=2026-01-27", 4), ("?nilai=7.5", 1), ("", 91)],
)  # fmt: skip
def test_comparisons(ask, query: str, total: int) -> None:
    assert ask(query)["total"] == total


@pytest.mark.django_db
def test_groups_and_sums(ask) -> None:
    page = ask("?group=tahun&sum=nilai&max=nilai&nilai__isnull=0")
    assert page["data"] == [
        {"tahun": 2020 + rest, "count": 30, "sum_nilai": sum(n + 0.5 for n in range(rest, 90, 3)), "max_nilai": max(range(rest, 90, 3)) + 0.5}
        for rest in range(3)
    ]  # fmt: skip
    assert ask("?group=kode&sort=-count")["data"][0]["count"] == 24
    assert ask("?mean=nilai")["data"] == [{"count": 91, "mean_nilai": 45.0}]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("query", "said"),
    [("?nope=1", "no column 'nope'"), ("?nilai__like=1", "'like' is no comparison"), ("?nilai=banyak", "banyak"), ("?sort=nope", "cannot sort by 'nope'"), ("?size=0", "size must be"), ("?size=99999", "size must be"), ("?page=x", "page must be"), ("?page=900000", "download"), ("?sum=nama", "holds no numbers"), ("?group=nope", "no column"), ('?sort=nilai";DROP', "cannot sort")],
)  # fmt: skip
def test_a_wrong_question_is_answered_in_words(ask, query: str, said: str) -> None:
    assert said in ask(query, 400)["error"]


@pytest.mark.django_db
def test_data_that_are_not_open_are_refused_with_the_reason(data_set, upload, client) -> None:
    found = data_set(access="closed", access_reason="UU 27/2022")
    found.current, found.stage, found.published_at = upload(found, "a\n1\n"), "published", timezone.now()
    found.save()
    response = client.get(f"/api/rows/{found.slug}")
    assert (response.status_code, response.json()["reason"]) == (403, "UU 27/2022")


@pytest.mark.django_db
def test_the_description_lists_what_there_is(client) -> None:
    document = client.get("/api/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert "/api/rows/{slug}" in document["paths"]
    assert "post" in document["paths"]["/api/3/action/package_create"]
    assert "datastore_search" in client.get("/api/docs").content.decode()
