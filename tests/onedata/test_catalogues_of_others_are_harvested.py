"""CKAN, DCAT and data packages over HTTP: new, changed and removed follow, broken records are named, nothing is doubled."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ntbportal.commons.agencies import Agency
from onedata.harvesting.foreign import frequency_of, licence_of, plain, topic_of
from onedata.harvesting.running import harvest, start_due
from onedata.models import DataSet, HarvestedRecord, HarvestSource

from .conftest import Site

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(site: Site) -> Any:
    def make(kind: str, path: str = "") -> HarvestSource:
        return HarvestSource.objects.create(
            title="Portal lain", kind=kind, url=site.address + path, publisher=Agency.objects.get(slug="bappeda")
        )

    return make


def package(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": f"id-{number}", "name": f"data-{number}", "title": f"Data kesehatan {number}", "notes": "<p>Uraian <b>tebal</b></p>",
        "license_id": "cc-by", "tags": [{"name": "balita"}], "groups": [{"name": "kesehatan"}],
        "resources": [{"name": "CSV", "url": f"https://contoh.go.id/{number}.csv", "format": "csv"}], **fields,
    }  # fmt: skip


def test_ckan_new_changed_removed_and_back(site: Site, source: Any) -> None:
    site.packages = [package(number) for number in range(5)]
    portal = source("ckan")
    run = harvest(portal.pk)
    assert (run.state, run.seen, run.added, run.changed, run.removed, run.broken) == ("done", 5, 5, 0, 0, [])
    first = DataSet.objects.get(title="Data kesehatan 0")
    assert (first.topic, first.licence, first.keywords, first.description) == ("health", "CC-BY-4.0", ["balita"], "Uraian tebal")
    assert first.link == f"{site.address}/dataset/data-0"
    assert first.producer.slug == "bappeda"

    run = harvest(portal.pk)
    assert (run.added, run.changed, run.removed) == (0, 0, 0)
    assert DataSet.objects.filter(harvested__isnull=False).count() == 5

    site.packages[1]["title"] = "Judul baru"
    gone = site.packages.pop(2)
    run = harvest(portal.pk)
    assert (run.added, run.changed, run.removed) == (0, 1, 1)
    assert DataSet.objects.filter(title="Judul baru").exists()
    assert not DataSet.objects.published().filter(title="Data kesehatan 2").exists()

    site.packages.append(gone)
    harvest(portal.pk)
    assert DataSet.objects.published().filter(title="Data kesehatan 2").count() == 1
    assert HarvestedRecord.objects.count() == 5


def test_broken_records_are_named_and_the_others_taken(site: Site, source: Any) -> None:
    site.packages = [
        package(1),
        package(2, title="", name=""),
        {"id": "x"},
        package(3, resources=None, name=None, title="Tanpa alamat"),
        package(1),
    ]
    run = harvest(source("ckan").pk)
    assert (run.state, run.added) == ("done", 2)
    problems = {one["record"]: one["problem"] for one in run.broken}
    assert problems["id-2"] == "no title"
    assert "KeyError" in problems["x"]
    assert "twice" in problems["id-1"]


def test_a_record_that_is_broken_today_is_not_gone(site: Site, source: Any) -> None:
    site.packages = [package(1), package(2)]
    portal = source("ckan")
    harvest(portal.pk)
    site.packages[0] |= {"title": "", "name": ""}
    run = harvest(portal.pk)
    assert (run.removed, len(run.broken)) == (0, 1)


@pytest.mark.parametrize("trouble", ["empty", "error", "no json", "down"])
def test_a_source_in_trouble_removes_nothing(site: Site, source: Any, trouble: str) -> None:
    site.packages = [package(1)]
    portal = source("ckan")
    harvest(portal.pk)
    if trouble == "empty":
        site.packages = []
    elif trouble == "error":
        site.status = 500
    elif trouble == "no json":
        site.answer = lambda *_asked: ("text/html", "<html>rusak</html>")  # type: ignore[method-assign]
    else:
        site.server.shutdown()
        site.server.server_close()
    run = harvest(portal.pk)
    assert run.state == "failed"
    assert run.error
    assert DataSet.objects.published().filter(title="Data kesehatan 1").exists()


TURTLE = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> . @prefix hydra: <http://www.w3.org/ns/hydra/core#> .
<{base}/d/{n}> a dcat:Dataset ; dct:title "Air bersih {n}"@id, "Water {n}"@en ; dct:description "Per desa"@id ;
  dcat:keyword "air"@id ; dcat:theme <http://publications.europa.eu/resource/authority/data-theme/ENVI> ;
  dct:accrualPeriodicity <http://publications.europa.eu/resource/authority/frequency/MONTHLY> ;
  dct:temporal [ a dct:PeriodOfTime ; dcat:startDate "2024-01-01" ; dcat:endDate "2024-12-31" ] ;
  dcat:distribution [ a dcat:Distribution ; dcat:accessURL <{base}/d/{n}.csv> ;
    dct:license <https://creativecommons.org/publicdomain/zero/1.0/> ] .
{more}
"""


def test_dcat_is_read_page_by_page(site: Site, source: Any) -> None:
    base = site.address
    following = f"<{base}/catalog.ttl?page=1> a hydra:PartialCollectionView ; hydra:next <{base}/catalog.ttl?page=2> ."
    site.pages["/catalog.ttl"] = ("text/turtle", TURTLE.format(base=base, n=1, more=following))
    site.pages["/catalog.ttl?page=2"] = ("text/turtle", TURTLE.format(base=base, n=2, more=""))
    run = harvest(source("dcat", "/catalog.ttl").pk)
    assert (run.state, run.added) == ("done", 2)
    found = DataSet.objects.get(title="Air bersih 2")
    assert (found.topic, found.frequency, found.licence, str(found.period_to)) == ("environment", "monthly", "CC0-1.0", "2024-12-31")


def test_our_own_catalogue_is_read_by_our_own_reader(
    site: Site, source: Any, data_set: Any, upload: Any, person: Any, client: Any, settings: Any
) -> None:
    from onedata.workflow import publish, submit

    found = data_set("Prevalensi stunting")
    upload(found, "a,b\n1,2\n")
    publish(submit(found, person("producer", agency="dinkes")), person("walidata"))
    settings.BASE_URL = "https://provinsi-lain.go.id"
    site.pages["/catalog.ttl"] = ("text/turtle", client.get("/catalog.ttl").content.decode())
    settings.BASE_URL = "https://localhost"
    run = harvest(source("dcat", "/catalog.ttl").pk)
    assert (run.added, run.broken) == (1, [])
    assert HarvestedRecord.objects.get().files[0]["url"].startswith("https://provinsi-lain.go.id/onedata/datasets/prevalensi-stunting/v1.")
    settings.BASE_URL = "https://provinsi-lain.go.id"
    site.pages["/catalog.ttl"] = ("text/turtle", client.get("/catalog.ttl").content.decode())
    run = harvest(HarvestSource.objects.get().pk)
    assert any("our own" in one["problem"] for one in run.broken)


def test_data_packages_one_and_many(site: Site, source: Any) -> None:
    one = {
        "name": "sungai", "title": "Sungai", "licenses": [{"name": "ODbL-1.0"}], "homepage": f"{site.address}/sungai",
        "resources": [{"name": "sungai", "path": "sungai.csv", "format": "csv"}],
    }  # fmt: skip
    site.pages["/sungai/datapackage.json"] = ("application/json", json.dumps(one))
    site.pages["/list.json"] = (
        "application/json",
        json.dumps(["sungai/datapackage.json", "tidak-ada.json", {**one, "name": "danau", "title": "Danau", "homepage": ""}]),
    )
    run = harvest(source("datapackage", "/list.json").pk)
    assert run.added == 2
    assert [one["problem"] for one in run.broken] == ["HTTP 404"]
    files = HarvestedRecord.objects.get(identifier="sungai").files
    assert files[0]["url"] == f"{site.address}/sungai/sungai.csv"


def test_the_same_page_from_two_sources_is_taken_once(site: Site, source: Any) -> None:
    site.packages = [package(1)]
    harvest(source("ckan").pk)
    site.pages["/d.json"] = (
        "application/json",
        json.dumps({"name": "data-1", "title": "Data kesehatan 1", "homepage": f"{site.address}/dataset/data-1", "resources": []}),
    )
    run = harvest(source("datapackage", "/d.json").pk)
    assert "already fetched" in run.broken[0]["problem"]
    assert DataSet.objects.filter(title="Data kesehatan 1").count() == 1


def test_private_networks_are_out_of_reach(site: Site, source: Any, settings: Any) -> None:
    settings.FETCH_PRIVATE_ADDRESSES = False
    site.packages = [package(1)]
    run = harvest(source("ckan").pk)
    assert (run.state, "open internet" in run.error) == ("failed", True)


def test_two_runs_at_once_are_one(site: Site, source: Any) -> None:
    from onedata.harvesting.running import begin

    portal = source("ckan")
    assert begin(portal.pk) is not None
    assert harvest(portal.pk) is None


def test_what_is_due_is_started(site: Site, source: Any) -> None:
    from datetime import timedelta

    from django.utils import timezone

    portal = source("ckan")
    assert start_due() == 1
    HarvestSource.objects.update(next_run_at=timezone.now() + timedelta(hours=1))
    assert start_due() == 0
    HarvestSource.objects.filter(pk=portal.pk).update(next_run_at=timezone.now() - timedelta(minutes=1), is_active=False)
    assert start_due() == 0


def test_a_harvested_data_set_is_read_by_people_and_programs(site: Site, source: Any, client: Any) -> None:
    site.packages = [package(1, license_id="notspecified")]
    harvest(source("ckan").pk)
    found = DataSet.objects.get(title="Data kesehatan 1")
    page = client.get(found.get_absolute_url()).content.decode()
    assert "https://contoh.go.id/1.csv" in page
    shown = client.get(f"/api/3/action/package_show?id={found.slug}").json()["result"]
    assert [one["url"] for one in shown["resources"]] == ["https://contoh.go.id/1.csv"]
    assert (shown["license_id"], shown["license_url"]) == ("other", "")
    assert b"https://contoh.go.id/1.csv" in client.get(f"/onedata/datasets/{found.slug}.ttl").content
    assert client.get(f"/onedata/datasets/{found.slug}/schema.json").status_code == 200


@pytest.mark.parametrize(
    ("said", "licence"),
    [("cc-by-4.0", "CC-BY-4.0"), ("https://creativecommons.org/licenses/by-sa/4.0/", "CC-BY-SA-4.0"), ("cc-zero", "CC0-1.0"), ("by-nc", "other"), ("", "other")],
)  # fmt: skip
def test_licences_are_never_guessed_more_open_than_they_are(said: str, licence: str) -> None:
    assert licence_of(said) == licence


def test_words_of_others_in_ours() -> None:
    assert topic_of("Kesehatan Masyarakat") == "health"
    assert (frequency_of("ANNUAL_2"), frequency_of("Bulanan"), frequency_of("?")) == ("half_yearly", "monthly", "irregular")
    assert plain("<p>satu</p><p>dua &amp; tiga</p>") == "satu\ndua & tiga"


def test_the_walidata_adds_a_source_and_sees_what_came_of_it(site: Site, person: Any, sign_in: Any) -> None:
    site.packages = [package(1), package(2, title="", name="")]
    client = sign_in(person("walidata"))
    sent = {
        "title": "Portal kabupaten",
        "kind": "ckan",
        "url": site.address,
        "publisher": Agency.objects.get(slug="bappeda").pk,
        "topic": "health",
        "every": "day",
    }
    assert client.post("/onedata/desk/harvest/new/", {**sent, "url": "ftp://x"}).status_code == 422
    answer = client.post("/onedata/desk/harvest/new/", {**sent, "is_active": "on"})
    source = HarvestSource.objects.get()
    harvest(source.pk)
    page = client.get(answer["Location"]).content.decode()
    assert "2 ditemukan, 1 baru" in page
    assert "no title" in page
    assert "Data kesehatan 1" in page
    assert "Portal kabupaten" in client.get("/onedata/desk/harvest/").content.decode()
    assert sign_in(person("producer", agency="dinkes")).get(answer["Location"]).status_code == 403
