"""Reading foreign catalogues: CKAN's Action API, DCAT in any RDF form (paged with Hydra), data packages."""

from __future__ import annotations

import json
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin

from ntbportal.commons.bounded import Exhausted, run_bounded
from ntbportal.commons.fetching import Unreachable, fetch_bytes

from . import rdf_to_ntriples
from .foreign import Broken, Foreign, Reader, checked, frequency_of, licence_of, topic_of

log = logging.getLogger(__name__)
CONTEXTS = Path(__file__).parent / "contexts"
RDF_SECONDS, RDF_MEMORY = 120, 2_000_000_000
ROWS = 100
MOST_PAGES = 2000
MOST_BYTES = 100_000_000


def _json(url: str) -> Any:
    try:
        return json.loads(fetch_bytes(url, MOST_BYTES))
    except (ValueError, RecursionError) as error:
        raise Unreachable("the answer is not JSON") from error


def _safely(record: str, build: Any) -> Foreign | Broken:
    try:
        return checked(build())
    except Broken as broken:
        return broken
    except (KeyError, TypeError, AttributeError, ValueError, IndexError) as error:
        return Broken(record, f"{type(error).__name__}: {error}")


# --- CKAN -----------------------------------------------------------------------------------------------------------
def read_ckan(url: str) -> Iterator[Foreign | Broken]:
    """All public packages, a page at a time in a lasting order."""
    base = url.rstrip("/").removesuffix("/api/3/action").removesuffix("/api/3").removesuffix("/api")
    start = 0
    for _page in range(MOST_PAGES):
        answer = _json(f"{base}/api/3/action/package_search?" + urlencode({"rows": ROWS, "start": start, "sort": "metadata_created asc"}))
        if not isinstance(answer, dict) or not answer.get("success"):
            raise Unreachable("CKAN answers without success")
        found = answer["result"]["results"]
        for package in found:
            name = str(package.get("id") or package.get("name")) if isinstance(package, dict) else "?"
            yield _safely(name, lambda package=package: _package(base, package))
        start += len(found)
        if not found or start >= int(answer["result"]["count"]):
            return


def _package(base: str, package: dict[str, Any]) -> Foreign:
    extras = {str(one["key"]): str(one["value"]) for one in package.get("extras") or []}
    groups = " ".join(str(one.get("name", "")) for one in package.get("groups") or [])
    tags = [str(one["display_name"] if "display_name" in one else one["name"]) for one in package.get("tags") or []]
    return Foreign(
        identifier=str(package["id"]),
        title=str(package.get("title") or package.get("name") or ""),
        description=str(package.get("notes") or ""),
        keywords=tags,
        licence=licence_of(str(package.get("license_id") or ""), str(package.get("license_url") or "")),
        topic=topic_of(groups) or topic_of(" ".join(tags)),
        frequency=frequency_of(extras.get("frequency") or str(package.get("frequency") or "")),
        landing_page=f"{base}/dataset/{package['name']}",
        period_from=extras.get("temporal_start", ""),
        period_to=extras.get("temporal_end", ""),
        files=[
            {
                "title": str(one.get("name") or ""),
                "url": str(one.get("url") or ""),
                "format": str(one.get("format") or "").upper()[:20],
                "media_type": str(one.get("mimetype") or ""),
                "description": str(one.get("description") or "")[:500],
            }
            for one in package.get("resources") or []
        ],
    )


# --- DCAT -----------------------------------------------------------------------------------------------------------
FORMS = {"text/turtle": "turtle", "application/rdf+xml": "xml", "application/ld+json": "json-ld", "application/n-triples": "nt"}
ENDINGS = {".ttl": "turtle", ".rdf": "xml", ".xml": "xml", ".jsonld": "json-ld", ".json": "json-ld", ".nt": "nt"}
ACCEPT = "text/turtle, application/rdf+xml;q=0.9, application/ld+json;q=0.8"


def read_dcat(url: str) -> Iterator[Foreign | Broken]:
    """Each dcat:Dataset of the document and of the pages Hydra links to."""
    seen_pages: set[str] = set()
    seen: set[str] = set()
    page = url
    while page and page not in seen_pages and len(seen_pages) < MOST_PAGES:
        seen_pages.add(page)
        graph = _graph(page)
        yield from _data_sets(graph, seen)
        page = _next_page(graph, page)


def _graph(url: str) -> Any:
    body = fetch_bytes(url, MOST_BYTES, headers={"Accept": ACCEPT})
    path = url.partition("?")[0].lower()
    likely = next((form for ending, form in ENDINGS.items() if path.endswith(ending)), "")
    start = body.lstrip()[:1]
    guessed = "json-ld" if start in {b"{", b"["} else "xml" if start == b"<" and b"rdf:RDF" in body[:4000] else "turtle"
    problem = ""
    for form in dict.fromkeys([likely or guessed, guessed, "turtle"]):
        try:
            return _parsed(body, form, url)
        except Unreachable as error:
            problem = problem or str(error)
    raise Unreachable(f"no RDF: {problem[:250]}")


def _parsed(body: bytes, form: str, base: str) -> Any:
    """The graph of a foreign document. It is parsed in a process of its own, which fetches nothing. Raises Unreachable."""
    from rdflib import Graph

    with tempfile.TemporaryDirectory(prefix="ntb-rdf-") as place:
        source, target = Path(place) / "foreign", Path(place) / "plain.nt"
        source.write_bytes(body)
        try:
            said = run_bounded(
                rdf_to_ntriples.__file__, str(source), form, base, str(target), str(CONTEXTS), seconds=RDF_SECONDS, memory=RDF_MEMORY
            )
        except Exhausted as error:
            log.warning("RDF of %s exhausted its process: %s", base, error)
            raise Unreachable("too much to read") from error
        if "problem" in said:
            raise Unreachable(str(said["problem"]))
        return Graph().parse(target, format="nt")


def _next_page(graph: Any, page: str) -> str:
    from rdflib import Namespace, URIRef

    hydra = Namespace("http://www.w3.org/ns/hydra/core#")
    for name in (hydra.next, hydra.nextPage):
        for _view, target in graph.subject_objects(name):
            if isinstance(target, URIRef):
                return urljoin(page, str(target))
    return ""


def _data_sets(graph: Any, seen: set[str]) -> Iterator[Foreign | Broken]:
    from rdflib import RDF
    from rdflib.namespace import DCAT

    for node in sorted(graph.subjects(RDF.type, DCAT.Dataset), key=str):
        if str(node) in seen:
            continue
        seen.add(str(node))
        yield _safely(str(node), lambda node=node: _data_set(graph, node))


def _data_set(graph: Any, node: Any) -> Foreign:
    from rdflib import URIRef
    from rdflib.namespace import DCAT, DCTERMS

    files = []
    for item in sorted(graph.objects(node, DCAT.distribution), key=str):
        address = graph.value(item, DCAT.downloadURL) or graph.value(item, DCAT.accessURL)
        form = str(graph.value(item, DCTERMS["format"]) or "").rpartition("/")[2]
        files.append(
            {
                "title": _text(graph, item, DCTERMS.title),
                "url": str(address or ""),
                "format": form.upper()[:20],
                "media_type": str(graph.value(item, DCAT.mediaType) or "").partition("media-types/")[2],
                "description": _text(graph, item, DCTERMS.description)[:500],
            }
        )
    licences = [str(one) for item in (node, *graph.objects(node, DCAT.distribution)) for one in graph.objects(item, DCTERMS.license)]
    themes = " ".join(str(one).rpartition("/")[2] for one in graph.objects(node, DCAT.theme))
    words = [str(one) for one in graph.objects(node, DCAT.keyword)]
    period = graph.value(node, DCTERMS.temporal)
    landing = graph.value(node, DCAT.landingPage)
    identifier = graph.value(node, DCTERMS.identifier)
    return Foreign(
        identifier=str(node) if isinstance(node, URIRef) else str(identifier or ""),
        title=_text(graph, node, DCTERMS.title),
        description=_text(graph, node, DCTERMS.description),
        keywords=sorted(words),
        licence=licence_of(*licences),
        topic=topic_of(themes) or topic_of(" ".join(words)),
        frequency=frequency_of(str(graph.value(node, DCTERMS.accrualPeriodicity) or "").rpartition("/")[2]),
        landing_page=str(landing or (node if isinstance(node, URIRef) else "")),
        period_from=str((period and graph.value(period, DCAT.startDate)) or ""),
        period_to=str((period and graph.value(period, DCAT.endDate)) or ""),
        files=files,
    )


def _text(graph: Any, node: Any, predicate: Any) -> str:
    """The Indonesian text, else the English, else any."""
    found = sorted(graph.objects(node, predicate), key=str)
    for language in ("id", "en", None):
        for literal in found:
            if getattr(literal, "language", None) == language:
                return str(literal)
    return str(found[0]) if found else ""


# --- data packages --------------------------------------------------------------------------------------------------
def read_datapackage(url: str) -> Iterator[Foreign | Broken]:
    """One data package, or a list of packages or of their addresses."""
    answer = _json(url)
    if isinstance(answer, dict) and "packages" in answer:
        answer = answer["packages"]
    listed = answer if isinstance(answer, list) else [answer]
    for place, one in enumerate(listed, start=1):
        if isinstance(one, str):
            address = urljoin(url, one)
            try:
                package = _json(address)
            except Unreachable as error:
                yield Broken(address, str(error))
                continue
        else:
            package, address = one, url
        name = str(package.get("id") or package.get("name") or place) if isinstance(package, dict) else str(place)
        yield _safely(name, lambda package=package, address=address: _data_package(package, address))


def _data_package(package: dict[str, Any], address: str) -> Foreign:
    licences = [f"{one.get('name', '')} {one.get('path', '')}" for one in package.get("licenses") or []]
    files = []
    for one in package.get("resources") or []:
        paths = one.get("path") or []
        for path in [paths] if isinstance(paths, str) else paths:
            files.append(
                {
                    "title": str(one.get("title") or one.get("name") or ""),
                    "url": urljoin(address, path),
                    "format": str(one.get("format") or "").upper()[:20],
                    "media_type": str(one.get("mediatype") or ""),
                    "description": str(one.get("description") or "")[:500],
                }
            )
    return Foreign(
        identifier=str(package.get("id") or package["name"]),
        title=str(package.get("title") or package["name"]),
        description=str(package.get("description") or ""),
        keywords=[str(word) for word in package.get("keywords") or []],
        licence=licence_of(*licences),
        topic=topic_of(" ".join(map(str, package.get("keywords") or []))),
        landing_page=str(package.get("homepage") or address),
        files=files,
    )


READERS: dict[str, Reader] = {"ckan": read_ckan, "dcat": read_dcat, "datapackage": read_datapackage}
