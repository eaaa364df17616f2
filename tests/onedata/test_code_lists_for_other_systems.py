import pytest
from rdflib import Graph, URIRef
from rdflib.namespace import RDF, SKOS


@pytest.mark.django_db
def test_json_has_every_code_with_both_schemes(client) -> None:
    found = client.get("/onedata/reference/kecamatan.json").json()
    assert len(found["codes"]) == 117
    assert found["owner"].startswith("Dinas Komunikasi")
    taliwang = next(code for code in found["codes"] if code["code"] == "52.07.02")
    assert taliwang == {"code": "52.07.02", "label": "Taliwang", "within": "52.07", "other_code": taliwang["other_code"]}
    assert taliwang["other_code"].startswith("5207")


@pytest.mark.django_db
def test_skos_is_read_by_rdflib(client) -> None:
    response = client.get("/onedata/reference/kabupaten-kota.ttl")
    graph = Graph().parse(data=response.content, format="turtle")
    scheme = next(graph.subjects(RDF.type, SKOS.ConceptScheme))
    concepts = list(graph.subjects(SKOS.inScheme, scheme))
    assert len(concepts) == 10
    node = URIRef(f"{scheme}/52.07")
    assert str(graph.value(node, SKOS.prefLabel)) == "Kabupaten Sumbawa Barat"
    assert str(graph.value(node, SKOS.notation)) == "52.07"


@pytest.mark.django_db
def test_sdmx_has_valid_identifiers_and_keeps_the_code(client) -> None:
    response = client.get("/onedata/reference/kabupaten-kota.sdmx.json")
    assert "sdmx.structure+json" in response["Content-Type"]
    (codelist,) = response.json()["data"]["codelists"]
    assert codelist["id"] == "CL_KABUPATEN_KOTA"
    code = next(one for one in codelist["codes"] if one["name"] == "Kabupaten Sumbawa Barat")
    assert code["id"] == "52_07"
    assert {"type": "NOTATION", "title": "52.07"} in code["annotations"]


@pytest.mark.django_db
def test_an_unknown_list_is_not_found(client) -> None:
    assert client.get("/onedata/reference/tidak-ada.json").status_code == 404
