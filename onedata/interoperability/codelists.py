"""Code lists for other systems: JSON, SKOS (Turtle) and SDMX-JSON 2.0 structure messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings

from ..models import Code, CodeList

SDMX_SCHEMA = (
    "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/structure-message/tools/schemas/2.0.0/sdmx-json-structure-schema.json"
)


def address(code_list: CodeList, code: str = "") -> str:
    base = f"{settings.BASE_URL}/onedata/reference/{code_list.slug}"
    return f"{base}/{code}" if code else base


def as_json(code_list: CodeList, codes: Iterable[Code]) -> dict[str, Any]:
    return {
        "id": code_list.slug, "title": code_list.title, "description": code_list.description, "owner": code_list.owner.name,
        "source": code_list.source, "version": code_list.version,
        "valid_from": code_list.valid_from.isoformat() if code_list.valid_from else None,
        "codes": [
            {
                "code": code.code, "label": code.label, "within": code.parent_code or None, "other_code": code.other_code or None,
                **{name: value for name in ("description", "valid_from", "valid_to") if (value := getattr(code, name))},
            }
            for code in codes
        ],
    }  # fmt: skip


def as_skos(code_list: CodeList, codes: Iterable[Code]) -> str:
    """A skos:ConceptScheme with a concept a code; `within` as skos:broader where the wider code is in the same list."""
    from rdflib import Graph, Literal, URIRef
    from rdflib.namespace import DCTERMS, OWL, RDF, SKOS

    matches = {"exact": SKOS.exactMatch, "close": SKOS.closeMatch, "broad": SKOS.broadMatch, "narrow": SKOS.narrowMatch}
    graph = Graph()
    for prefix, names in (("skos", SKOS), ("dct", DCTERMS), ("owl", OWL)):
        graph.bind(prefix, names)
    scheme = URIRef(address(code_list))
    graph.add((scheme, RDF.type, SKOS.ConceptScheme))
    graph.add((scheme, SKOS.prefLabel, Literal(code_list.title, lang="id")))
    graph.add((scheme, DCTERMS.description, Literal(code_list.description, lang="id")))
    graph.add((scheme, DCTERMS.creator, Literal(code_list.owner.name)))
    graph.add((scheme, DCTERMS.source, Literal(code_list.source)))
    if code_list.version:
        graph.add((scheme, OWL.versionInfo, Literal(code_list.version)))
    for mapping in code_list.mappings.select_related("to_list"):
        source, target = URIRef(address(code_list, mapping.from_code)), URIRef(address(mapping.to_list, mapping.to_code))
        graph.add((source, matches[mapping.relation], target))
    listed = list(codes)
    known = {code.code for code in listed}
    for code in listed:
        node = URIRef(address(code_list, code.code))
        graph.add((node, RDF.type, SKOS.Concept))
        graph.add((node, SKOS.inScheme, scheme))
        graph.add((node, SKOS.notation, Literal(code.code)))
        graph.add((node, SKOS.prefLabel, Literal(code.label, lang="id")))
        if code.other_code:
            graph.add((node, SKOS.altLabel, Literal(code.other_code)))
        if code.parent_code in known:
            graph.add((node, SKOS.broader, URIRef(address(code_list, code.parent_code))))
        else:
            graph.add((node, SKOS.topConceptOf, scheme))
    return str(graph.serialize(format="turtle"))


def sdmx_id(text: str) -> str:
    """SDMX allows letters, digits, _, @, $ and - in an identifier; the dots of region codes become underscores."""
    return "".join(letter if letter.isalnum() or letter in "_@$-" else "_" for letter in text)


def as_sdmx(code_list: CodeList, codes: Iterable[Code]) -> dict[str, Any]:
    """An SDMX-JSON 2.0 structure message with one codelist."""
    from django.utils import timezone

    listed = list(codes)
    known = {code.code for code in listed}
    version = f"{code_list.version or '1'}.0"
    return {
        "meta": {"schema": SDMX_SCHEMA, "id": f"{code_list.slug}-{version}", "prepared": timezone.now().isoformat(timespec="seconds"),
                 "sender": {"id": "NTB", "name": code_list.owner.name}, "contentLanguages": ["id"]},
        "data": {
            "codelists": [
                {
                    "id": "CL_" + sdmx_id(code_list.slug).upper().replace("-", "_"), "agencyID": "NTB", "version": version, "isExternalReference": False,
                    "name": code_list.title, "names": {"id": code_list.title}, "description": code_list.description,
                    "codes": [
                        {
                            "id": sdmx_id(code.code), "name": code.label, "names": {"id": code.label},
                            **({"parent": sdmx_id(code.parent_code)} if code.parent_code in known else {}),
                            "annotations": [{"type": "NOTATION", "title": code.code}, *([{"type": "OTHER_SCHEME", "title": code.other_code}] if code.other_code else [])],
                        }
                        for code in listed
                    ],
                }
            ]
        },
    }  # fmt: skip
