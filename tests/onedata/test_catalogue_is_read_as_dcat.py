"""rdflib reads what we serve, and the DCAT-AP 3 shapes find nothing wrong where they lie beside the checkout."""

from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from rdflib import Graph, URIRef
from rdflib.namespace import DCAT, DCTERMS, RDF

SHAPES = Path(settings.ROOT).parent / "shared" / "data" / "dcat-ap-3"


@pytest.fixture
def published(data_set, upload):
    def make(title: str, **fields):
        found = data_set(title, keywords=["gizi", "balita"], period_from="2024-01-01", period_to="2025-12-31", **fields)
        version = upload(found, "kode_wilayah,nilai\n52.07,1\n")
        version.published_at = timezone.now()
        version.save()
        found.current, found.stage, found.published_at = version, "published", timezone.now()
        found.save()
        return found

    return make


def read(client, path: str) -> Graph:
    response = client.get(path)
    assert response.status_code == 200
    return Graph().parse(data=response.content, format="turtle" if "text/turtle" in response["Content-Type"] else "json-ld")


@pytest.mark.django_db
@pytest.mark.parametrize("ending", ["ttl", "jsonld"])
def test_a_data_set_says_the_same_in_both_forms(published, client, ending: str) -> None:
    found = published("Prevalensi stunting")
    graph = read(client, f"/onedata/datasets/{found.slug}.{ending}")
    node = next(graph.subjects(RDF.type, DCAT.Dataset))
    assert str(graph.value(node, DCTERMS.title)) == "Prevalensi stunting"
    assert {str(word) for word in graph.objects(node, DCAT.keyword)} == {"gizi", "balita"}
    assert len(list(graph.objects(node, DCAT.distribution))) == 4
    assert len(read(client, f"/onedata/datasets/{found.slug}.ttl")) == len(graph)


@pytest.mark.django_db
def test_the_catalogue_is_walked_page_by_page(published, client, monkeypatch) -> None:
    from onedata.interoperability import dcat

    monkeypatch.setattr(dcat, "PAGE", 2)
    for number in range(5):
        published(f"Data {number}")
    hydra = "http://www.w3.org/ns/hydra/core#"
    seen: set[str] = set()
    path = "/catalog.ttl"
    pages = 0
    while path:
        graph = read(client, path)
        seen |= {str(node) for node in graph.subjects(RDF.type, DCAT.Dataset)}
        after = next(graph.objects(None, URIRef(hydra + "next")), None)
        path = str(after).removeprefix(settings.BASE_URL) if after else ""
        pages += 1
    assert (pages, len(seen)) == (3, 5)
    assert client.get("/catalog.ttl?page=9").status_code == 404


@pytest.mark.django_db
def test_what_is_not_published_is_not_described(data_set, client) -> None:
    assert client.get(f"/onedata/datasets/{data_set().slug}.ttl").status_code == 404


@pytest.mark.django_db
@pytest.mark.skipif(not SHAPES.exists(), reason="the shapes are not on this machine")
def test_the_shapes_of_dcat_ap_find_nothing_wrong(published, client) -> None:
    from pyshacl import validate

    published("Prevalensi stunting")
    published("Data tertutup", access="closed", access_reason="UU 27/2022")
    for path in ("/catalog.ttl", "/catalog.jsonld"):
        graph = read(client, path)
        for name in ("shapes.ttl", "range.ttl"):
            conforms, _report, text = validate(graph, shacl_graph=Graph().parse(SHAPES / name), inference="none")
            assert conforms, text


@pytest.mark.django_db
def test_data_package_is_valid_by_frictionless_own_validator(published, client, tmp_path) -> None:
    import json

    import frictionless

    found = published("Prevalensi stunting")
    descriptor = client.get(f"/onedata/datasets/{found.slug}/datapackage.json").json()
    assert descriptor["$schema"].endswith("/2.0/datapackage.json")
    # the rows lie behind an address; beside the descriptor they are checked against the schema too
    (tmp_path / "rows.csv").write_bytes(b"".join(client.get(f"/onedata/datasets/{found.slug}/v1.csv").streaming_content))
    local = {**descriptor, "resources": [{**descriptor["resources"][0], "path": "rows.csv", "encoding": "utf-8-sig"}]}
    (tmp_path / "datapackage.json").write_text(json.dumps(local))
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])


@pytest.mark.django_db
def test_search_engines_find_the_pages(published, client) -> None:
    import json
    import re

    found = published("Prevalensi <stunting> & gizi")
    page = client.get(f"/onedata/datasets/{found.slug}/").content.decode()
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    described = json.loads(block[1])
    assert (described["@type"], described["name"]) == ("Dataset", "Prevalensi <stunting> & gizi")
    assert f"/onedata/datasets/{found.slug}/" in client.get("/sitemap.xml").content.decode()
    assert "Sitemap:" in client.get("/robots.txt").content.decode()
