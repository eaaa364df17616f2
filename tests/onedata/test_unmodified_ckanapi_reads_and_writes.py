"""The client everybody uses, as it is, against a running server."""

import io

import pytest
from ckanapi import NotAuthorized, NotFound, RemoteCKAN, ValidationError
from ckanapi.errors import CKANAPIError

from ntbportal.commons.tokens import ApiToken, issue
from onedata import workflow
from onedata.models import DataSet, PendingChange
from onedata.public_changes import decide_change
from onedata.quality.running import check_waiting

TABLE = "kode_wilayah,tahun,nilai,catatan\n" + "".join(f"52.0{1 + n % 8},{2020 + n % 5},{n * 7 % 50},baris {n}\n" for n in range(120))
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def producer(person):
    return person("producer", agency="dinkes")


@pytest.fixture
def published(data_set, upload, producer, person):
    def make(title: str, content: str = TABLE, **fields) -> DataSet:
        found = data_set(title, **fields)
        upload(found, content)
        workflow.submit(found, producer)
        return workflow.publish(found, person("walidata"))

    return make


@pytest.fixture
def anyone(live_server, settings):
    settings.BASE_URL = live_server.url
    with RemoteCKAN(live_server.url) as client:
        yield client


def test_browse_search_and_read_rows(published, anyone) -> None:
    published("Prevalensi stunting balita", keywords=["stunting", "gizi"])
    published("Kondisi jalan provinsi", producer="dinkes", topic="infrastructure", keywords=["jalan"])
    act = anyone.action
    assert act.site_read() is True
    assert act.status_show()["ckan_version"]
    assert act.package_list() == ["kondisi-jalan-provinsi", "prevalensi-stunting-balita"]
    assert len(act.current_package_list_with_resources(limit=1)) == 1
    found = act.package_search(q="stuntng", rows=5, **{"facet.field": ["organization", "groups", "tags"]})
    assert found["count"] == 1
    assert found["facets"]["tags"] == {"stunting": 1, "gizi": 1}
    assert found["search_facets"]["organization"]["items"][0]["display_name"].startswith("Dinas Kesehatan")
    package = act.package_show(id="prevalensi-stunting-balita")
    assert act.package_show(id=package["id"])["name"] == "prevalensi-stunting-balita"
    assert [tag["name"] for tag in package["tags"]] == ["stunting", "gizi"]
    assert {resource["format"] for resource in package["resources"]} == {"CSV", "PARQUET"}
    resource = next(one for one in package["resources"] if one["format"] == "CSV")
    assert act.resource_show(id=resource["id"])["package_id"] == package["id"]
    rows = act.datastore_search(
        resource_id=resource["id"], filters={"tahun": 2021}, sort="nilai desc, kode_wilayah", limit=3, fields="nilai,tahun"
    )
    values = sorted((n * 7 % 50 for n in range(120) if n % 5 == 1), reverse=True)
    assert [row["nilai"] for row in rows["records"]] == values[:3]
    assert rows["total"] == 24
    assert rows["fields"] == [{"id": "nilai", "type": "int"}, {"id": "tahun", "type": "int"}]
    page = act.datastore_search(resource_id=resource["id"], limit=2, offset=118)
    assert [row["_id"] for row in page["records"]] == [119, 120]
    years = act.datastore_search(resource_id=resource["id"], fields=["tahun"], distinct=True, sort="tahun")
    assert [row["tahun"] for row in years["records"]] == [2020, 2021, 2022, 2023, 2024]
    assert act.datastore_search(resource_id=resource["id"], q="baris 77")["total"] == 1
    assert act.datastore_search(resource_id=resource["id"], filters={"kode_wilayah": ["52.01", "52.02"]})["total"] == 30
    assert act.datastore_info(id=resource["id"])["meta"]["count"] == 120


def test_filter_queries_sort_and_windows(published, anyone) -> None:
    published("Prevalensi stunting balita", keywords=["gizi"])
    published("Kondisi jalan provinsi", topic="infrastructure", licence="CC0-1.0")
    search = anyone.action.package_search

    def names(**parameters) -> list[str]:
        return [row["name"] for row in search(**parameters)["results"]]

    both = ["kondisi-jalan-provinsi", "prevalensi-stunting-balita"]
    assert names(sort="name asc") == both
    assert names(sort="title desc") == both[::-1]
    assert names(fq="groups:health") == both[1:]
    assert names(fq="organization:dinkes -tags:gizi") == both[:1]
    assert names(fq='license_id:"CC0-1.0"') == both[:1]
    assert names(fq="groups:(health OR infrastructure)", sort="name asc") == both
    assert names(q="tags:gizi") == both[1:]
    assert names(q="*:*", rows=1, start=1, sort="name asc") == both[1:]
    assert names(fq="metadata_modified:[2020-01-01T00:00:00Z TO *]", sort="name asc") == both
    assert search(rows=0)["count"] == 2
    for wrong in ({"sort": "evil asc"}, {"fq": "undefined:1"}, {"rows": "many"}, {"facet.field": '["nope"]'}):
        with pytest.raises((CKANAPIError, ValidationError)):
            search(**wrong)


def test_lists_of_producers_topics_tags_and_licences(published, anyone) -> None:
    published("Prevalensi stunting balita", keywords=["gizi"])
    act = anyone.action
    assert "dinkes" in act.organization_list()
    assert act.organization_list(all_fields=True, organizations=["dinkes"])[0]["package_count"] == 1
    assert act.organization_show(id="dinkes", include_datasets=True)["packages"][0]["name"] == "prevalensi-stunting-balita"
    assert "health" in act.group_list()
    assert act.group_show(id="health")["package_count"] == 1
    assert act.tag_list() == ["gizi"]
    assert act.tag_show(id="gizi", include_datasets=True)["packages"]
    assert {one["id"] for one in act.license_list()} >= {"CC-BY-4.0", "CC0-1.0"}
    assert act.package_autocomplete(q="stunt")[0]["name"] == "prevalensi-stunting-balita"
    assert act.resource_search(query="format:CSV")["count"] == 1
    assert "include_datasets" in act.help_show(name="organization_show")


@pytest.mark.parametrize(
    ("action", "parameters"),
    [
        ("package_show", {"id": "tidak-ada"}),
        ("organization_show", {"id": "x"}),
        ("resource_show", {"id": "x"}),
        ("tag_show", {"id": "x"}),
        ("datastore_search", {"resource_id": "x"}),
    ],
)
def test_what_is_not_there_is_not_found(anyone, action: str, parameters: dict) -> None:
    with pytest.raises(NotFound):
        anyone.call_action(action, parameters)


def test_missing_and_wrong_parameters_are_named(published, anyone) -> None:
    with pytest.raises(ValidationError) as missing:
        anyone.action.package_show()
    assert missing.value.error_dict["id"] == ["Missing value"]
    resource = anyone.action.package_show(id=published("A B").slug)["resources"][0]["id"]
    for wrong in ({"filters": {"nope": 1}}, {"sort": "nope"}, {"fields": "nope"}, {"limit": "x"}, {"sort": 'nilai"; DROP TABLE x --'}):
        with pytest.raises(ValidationError):
            anyone.action.datastore_search(resource_id=resource, **wrong)


def test_a_producers_program_makes_a_data_set_that_the_walidata_publishes(live_server, settings, producer, person) -> None:
    settings.BASE_URL = live_server.url
    with RemoteCKAN(live_server.url, apikey=issue(producer, "uji")) as client:
        act = client.action
        assert [one["name"] for one in act.organization_list_for_user()] == ["dinkes"]
        made = act.package_create(
            name="uji-api", title="Uji API", notes="Dari program.", owner_org="dinkes", tags=[{"name": "Uji"}], groups=[{"name": "health"}]
        )
        assert (made["state"], made["private"]) == ("draft", True)
        with pytest.raises(ValidationError) as taken:
            act.package_create(name="uji-api", owner_org="dinkes")
        assert "already in use" in taken.value.error_dict["name"][0]
        act.resource_create(package_id="uji-api", upload=("data.csv", io.BytesIO(TABLE.encode())), description="pertama")
        check_waiting()
        assert act.package_show(id="uji-api")["resources"][0]["datastore_active"]
        assert act.package_patch(id="uji-api", title="Uji API baru")["notes"] == "Dari program."
        assert act.package_update(id="uji-api", title="Uji API lagi", notes="Baru.")["tags"] == []
        with RemoteCKAN(live_server.url) as stranger, pytest.raises(NotFound):
            stranger.action.package_show(id="uji-api")
        found = DataSet.objects.get(slug="uji-api")
        workflow.submit(found, producer)
        workflow.publish(found, person("walidata"))
        with RemoteCKAN(live_server.url) as stranger:
            resources = stranger.action.package_show(id="uji-api")["resources"]
        with pytest.raises(ValidationError):
            act.resource_delete(id=resources[0]["id"])  # a published version keeps its address
        act.package_delete(id="uji-api")
        with RemoteCKAN(live_server.url) as stranger:  # what is public leaves only when the Walidata accepts it
            assert stranger.action.package_show(id="uji-api")["state"] == "active"
        decide_change(PendingChange.objects.get(), person("walidata"), accept=True)
        with RemoteCKAN(live_server.url) as stranger, pytest.raises(NotFound):
            stranger.action.package_show(id="uji-api")


def test_without_the_right_token_nothing_is_written(live_server, producer, person) -> None:
    token = issue(producer, "dicabut")
    ApiToken.objects.update(revoked_at="2026-01-01T00:00:00Z")
    for apikey in (None, "salah", token, issue(person("producer", agency="pupr"), "lain")):
        with RemoteCKAN(live_server.url, apikey=apikey) as client, pytest.raises(NotAuthorized):
            client.action.package_create(name="tidak-boleh", owner_org="dinkes")
    assert not DataSet.objects.filter(slug="tidak-boleh").exists()


def test_data_that_are_not_open_have_no_files_and_no_rows(published, anyone) -> None:
    found = published("Data tertutup", access="closed", access_reason="UU 27/2022")
    assert anyone.action.package_show(id=found.slug)["resources"] == []
    from onedata.interoperability.identifiers import resource_identifier

    with pytest.raises(NotAuthorized):
        anyone.action.datastore_search(resource_id=resource_identifier(found.current_id))
