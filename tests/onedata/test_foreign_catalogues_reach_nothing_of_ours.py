"""What a foreign catalogue says is parsed apart: nothing of this machine or network is read for it, and nothing it says takes long."""

from __future__ import annotations

import http.server
import threading
from typing import Any

import pytest

from ntbportal.commons.agencies import Agency
from ntbportal.commons.fetching import Unreachable
from onedata.harvesting.readers import read_dcat
from onedata.harvesting.running import harvest
from onedata.models import DataSet, HarvestSource

DATASET = (
    '"@type": "Dataset", "@id": "https://lain.example/d1", "title": "Luar", "description": "x", "landingPage": "https://lain.example/d1"'
)
PREFIXES = "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .\n"


@pytest.fixture
def inner(tmp_path: Any) -> Any:
    """A server of our own network: whoever asks it is noted."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"@context": {"@vocab": "http://www.w3.org/ns/dcat#"}}')

        def log_message(self, *arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()


def contexts_of(address: str, secret: str) -> list[str]:
    remote = f'"{address}/rahasia"'
    return [
        f'{{"@context": {remote}, {DATASET}}}', f'{{"@context": ["https://www.w3.org/ns/dcat.jsonld", {remote}], {DATASET}}}',
        f'{{"@context": {{"@import": {remote}}}, {DATASET}}}', f'{{"@graph": [{{"@context": {remote}, {DATASET}}}]}}',
        f'{{"@context": {{"x": {{"@id": "http://x/y", "@context": {remote}}}}}, "x": {{"a": 1}}, {DATASET}}}',
        f'{{"@context": "file://{secret}", {DATASET}}}',
    ]  # fmt: skip


@pytest.mark.parametrize("place", range(6))
def test_contexts_of_json_ld_are_never_fetched(site: Any, inner: Any, tmp_path: Any, place: int) -> None:
    address, asked = inner
    secret = tmp_path / "rahasia.json"
    secret.write_text('{"@context": {"@vocab": "http://rahasia/"}}')
    site.pages["/c.jsonld"] = ("application/ld+json", contexts_of(address, str(secret))[place])
    with pytest.raises(Unreachable) as refused:
        list(read_dcat(f"{site.address}/c.jsonld"))
    assert asked == []
    assert "Traceback" not in str(refused.value)


def test_contexts_of_our_own_bundle_are_read(site: Any) -> None:
    site.pages["/c.jsonld"] = ("application/ld+json", f'{{"@context": "https://www.w3.org/ns/dcat.jsonld", {DATASET}}}')
    assert [one.title for one in read_dcat(f"{site.address}/c.jsonld")] == ["Luar"]


def bomb(depth: int) -> str:
    entities = '<!ENTITY a0 "lol">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, depth))
    return (
        f'<?xml version="1.0"?><!DOCTYPE r [{entities}]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f"&a{depth - 1};</rdf:RDF>"
    )


@pytest.mark.parametrize(
    "body",
    [
        bomb(9), bomb(3),
        '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">&x;</rdf:RDF>',
        '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x">%x;]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>',
    ],
)  # fmt: skip
def test_entities_inside_entities_and_from_elsewhere_are_refused(site: Any, body: str) -> None:
    site.pages["/c.rdf"] = ("application/rdf+xml", body)
    with pytest.raises(Unreachable):
        list(read_dcat(f"{site.address}/c.rdf"))


@pytest.mark.parametrize(
    "body", ['{"a":' * 20_000, "[" * 20_000, '{"@context": {"@vocab": "http://x/"}, "a": ' + "[" * 900 + "]" * 900 + "}"]
)
def test_what_is_nested_deeply_is_refused(site: Any, body: str) -> None:
    site.pages["/c.jsonld"] = ("application/ld+json", body)
    with pytest.raises(Unreachable):
        list(read_dcat(f"{site.address}/c.jsonld"))


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["title", "description", "keyword"])
def test_personal_data_in_a_foreign_description_are_held_back(site: Any, where: str) -> None:
    said = {"title": "Data luar", "description": "Uraian", "keyword": "gizi"}
    said[where] += " NIK 5207014105900001"
    site.pages["/c.ttl"] = (
        "text/turtle",
        PREFIXES
        + '<https://lain.example/d1> a dcat:Dataset ; dct:title "{title}" ; dct:description "{description}" ; dcat:keyword "{keyword}" ; '
        "dcat:landingPage <https://lain.example/d1> .".format(**said),
    )
    source = HarvestSource.objects.create(
        title="x", kind="dcat", url=f"{site.address}/c.ttl", publisher=Agency.objects.get(slug="dinkes"), topic="health"
    )
    run = harvest(source.pk)
    assert run is not None
    assert "personal data" in run.broken[0]["problem"]
    assert not DataSet.objects.exists()
