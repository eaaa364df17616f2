"""DCAT 3 / DCAT-AP 3 as an RDF graph: the catalogue, paged with Hydra, and single data sets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings

from ..models import Access, DataSet, DataVersion, Licence, Topic
from ..serving import file_facts
from .ckan import LICENCE_ADDRESSES, MIMETYPES, dataset_address, files_elsewhere, resource_address

if TYPE_CHECKING:
    from rdflib import Graph

PAGE = 100
EU = "http://publications.europa.eu/resource/authority/"
FREQUENCIES = {
    "daily": "DAILY", "weekly": "WEEKLY", "monthly": "MONTHLY", "quarterly": "QUARTERLY", "half_yearly": "ANNUAL_2", "yearly": "ANNUAL",
    "once": "NEVER", "irregular": "IRREG",
}  # fmt: skip
THEMES = {
    Topic.GOVERNMENT: "GOVE", Topic.HEALTH: "HEAL", Topic.EDUCATION: "EDUC", Topic.SOCIAL: "SOCI", Topic.POPULATION: "SOCI",
    Topic.ECONOMY: "ECON", Topic.FARMING: "AGRI", Topic.INFRASTRUCTURE: "TRAN", Topic.ENVIRONMENT: "ENVI", Topic.TOURISM: "EDUC",
    Topic.FINANCE: "ECON",
}  # fmt: skip
FILE_TYPES = {"csv": "CSV", "parquet": "PARQUET", "json": "JSON", "xlsx": "XLSX"}
ACCESS_RIGHTS = {Access.OPEN: "PUBLIC", Access.ON_REQUEST: "RESTRICTED", Access.CLOSED: "NON_PUBLIC"}


def _names() -> Any:
    from rdflib import Namespace
    from rdflib.namespace import DCAT, DCTERMS, FOAF, RDF, RDFS, SKOS, XSD

    class Names:
        dcat, dct, foaf, rdf, rdfs, skos, xsd = DCAT, DCTERMS, FOAF, RDF, RDFS, SKOS, XSD
        hydra, vcard = Namespace("http://www.w3.org/ns/hydra/core#"), Namespace("http://www.w3.org/2006/vcard/ns#")
        spdx, adms = Namespace("http://spdx.org/rdf/terms#"), Namespace("http://www.w3.org/ns/adms#")

    return Names


def graph() -> Graph:
    from rdflib import Graph

    names, found = _names(), Graph()
    for prefix in ("dcat", "dct", "foaf", "skos", "hydra", "vcard", "spdx", "adms"):
        found.bind(prefix, getattr(names, prefix))
    return found


def add_data_set(target: Graph, data_set: DataSet) -> Any:
    """Add one data set with its agent and distributions; returns its node."""
    from rdflib import BNode, Literal, URIRef

    n = _names()
    page = URIRef(dataset_address(data_set))
    node = URIRef(str(page).rstrip("/"))  # the data set; with a slash, the page that tells of it
    publisher = URIRef(f"{settings.BASE_URL}/api/3/action/organization_show?id={data_set.producer.slug}")

    def add(predicate: Any, value: Any, subject: Any = node) -> None:
        target.add((subject, predicate, value))

    add(n.rdf.type, n.dcat.Dataset)
    add(n.dct.identifier, Literal(data_set.slug))
    add(n.dct.title, Literal(data_set.title, lang="id"))
    add(n.dct.description, Literal(data_set.description, lang="id"))
    add(n.dcat.landingPage, page)
    target.add((page, n.rdf.type, n.foaf.Document))
    add(n.dcat.theme, _concept(target, EU + "data-theme/" + THEMES[Topic(data_set.topic)], str(Topic(data_set.topic).label)))
    for word in data_set.keywords:
        add(n.dcat.keyword, Literal(word, lang="id"))
    add(n.dct.publisher, publisher)
    target.add((publisher, n.rdf.type, n.foaf.Agent))
    target.add((publisher, n.foaf.name, Literal(data_set.producer.name, lang="id")))
    contact = BNode()
    add(n.dcat.contactPoint, contact)
    target.add((contact, n.rdf.type, n.vcard.Kind))
    target.add((contact, n.rdf.type, n.vcard.Organization))
    target.add((contact, n.vcard.fn, Literal(data_set.producer.name)))
    add(n.dct.accrualPeriodicity, _typed(target, EU + "frequency/" + FREQUENCIES[data_set.frequency], n.dct.Frequency))
    add(n.dct.accessRights, _typed(target, EU + "access-right/" + ACCESS_RIGHTS[Access(data_set.access)], n.dct.RightsStatement))
    add(n.dct.language, _typed(target, EU + "language/IND", n.dct.LinguisticSystem))
    place = URIRef(f"{settings.BASE_URL}/onedata/reference/kabupaten-kota/?q={data_set.coverage_id}")
    add(n.dct.spatial, place)
    target.add((place, n.rdf.type, n.dct.Location))
    target.add((place, n.skos.prefLabel, Literal(data_set.coverage.name, lang="id")))
    if data_set.period_from or data_set.period_to:
        period = BNode()
        add(n.dct.temporal, period)
        target.add((period, n.rdf.type, n.dct.PeriodOfTime))
        for predicate, day in ((n.dcat.startDate, data_set.period_from), (n.dcat.endDate, data_set.period_to)):
            if day:
                target.add((period, predicate, Literal(day.isoformat(), datatype=n.xsd.date)))
    add(n.dct.issued, _moment(data_set.created_at))
    add(n.dct.modified, _moment(data_set.published_at or data_set.updated_at))
    version = data_set.current
    if version is None and data_set.access == Access.OPEN:
        for position, file in enumerate(files_elsewhere(data_set)):
            item = URIRef(f"{page}#elsewhere-{position}")
            add(n.dcat.distribution, item)
            target.add((item, n.rdf.type, n.dcat.Distribution))
            target.add((item, n.dct.title, Literal(file["title"] or data_set.title)))
            target.add((item, n.dcat.accessURL, URIRef(file["url"])))
            if data_set.licence in LICENCE_ADDRESSES:
                target.add((item, n.dct.license, _typed(target, LICENCE_ADDRESSES[Licence(data_set.licence)], n.dct.LicenseDocument)))
    if version is not None:
        add(n.dcat.version, Literal(str(version.number)))
        if data_set.access == Access.OPEN and not version.is_held:
            for form in ("csv", "parquet", "json", "xlsx"):
                add(n.dcat.distribution, _distribution(target, data_set, version, form))
    return node


def _moment(value: Any) -> Any:
    from rdflib import Literal
    from rdflib.namespace import XSD

    return Literal(value.isoformat(timespec="seconds"), datatype=XSD.dateTime)


def _typed(target: Graph, address: str, kind: Any) -> Any:
    from rdflib import URIRef

    node = URIRef(address)
    target.add((node, _names().rdf.type, kind))
    return node


def _concept(target: Graph, address: str, label: str) -> Any:
    from rdflib import Literal

    node = _typed(target, address, _names().skos.Concept)
    target.add((node, _names().skos.prefLabel, Literal(label, lang="id")))
    return node


def _distribution(target: Graph, data_set: DataSet, version: DataVersion, form: str) -> Any:
    from rdflib import BNode, Literal, URIRef

    n = _names()
    address = URIRef(resource_address(data_set, version, form))
    node = URIRef(f"{dataset_address(data_set)}#v{version.number}-{form}")
    target.add((node, n.rdf.type, n.dcat.Distribution))
    target.add((node, n.dct.title, Literal(f"{data_set.title} ({form.upper()})", lang="id")))
    target.add((node, n.dcat.accessURL, address))
    target.add((node, n.dcat.downloadURL, address))
    target.add((node, n.dct["format"], _typed(target, EU + "file-type/" + FILE_TYPES[form], n.dct.MediaTypeOrExtent)))
    target.add((node, n.dcat.mediaType, _typed(target, "https://www.iana.org/assignments/media-types/" + MIMETYPES[form], n.dct.MediaType)))
    if data_set.licence in LICENCE_ADDRESSES:
        target.add((node, n.dct.license, _typed(target, LICENCE_ADDRESSES[Licence(data_set.licence)], n.dct.LicenseDocument)))
    if version.published_at:
        target.add((node, n.dct.issued, _moment(version.published_at)))
    size, digest = file_facts(version, form)
    if size is not None:
        target.add((node, n.dcat.byteSize, Literal(str(size), datatype=n.xsd.nonNegativeInteger)))
    if digest:
        checksum = BNode()
        target.add((node, n.spdx.checksum, checksum))
        target.add((checksum, n.rdf.type, n.spdx.Checksum))
        target.add((checksum, n.spdx.algorithm, _typed(target, str(n.spdx.checksumAlgorithm_sha256), n.spdx.ChecksumAlgorithm)))
        target.add((checksum, n.spdx.checksumValue, Literal(digest, datatype=n.xsd.hexBinary)))
    return node


def add_catalogue(target: Graph, rows: Iterable[DataSet], *, page: int, pages: int, total: int, ending: str) -> None:
    """The catalogue with one page of its data sets, and Hydra's links to the other pages."""
    from rdflib import Literal, URIRef

    n = _names()
    catalogue = URIRef(f"{settings.BASE_URL}/catalog")
    publisher = URIRef(f"{settings.BASE_URL}/api/3/action/organization_show?id=diskominfotik")
    target.add((catalogue, n.rdf.type, n.dcat.Catalog))
    target.add((catalogue, n.dct.title, Literal("NTB Satu Data", lang="id")))
    target.add((catalogue, n.dct.description, Literal("Data terbuka Provinsi Nusa Tenggara Barat", lang="id")))
    target.add((catalogue, n.dct.publisher, publisher))
    target.add((publisher, n.rdf.type, n.foaf.Agent))
    target.add((publisher, n.foaf.name, Literal("Dinas Komunikasi, Informatika dan Statistik Provinsi NTB", lang="id")))
    home = URIRef(f"{settings.BASE_URL}/onedata/")
    target.add((catalogue, n.foaf.homepage, home))
    target.add((home, n.rdf.type, n.foaf.Document))
    target.add((catalogue, n.dct.language, _typed(target, EU + "language/IND", n.dct.LinguisticSystem)))
    scheme = _typed(target, EU + "data-theme", n.skos.ConceptScheme)
    target.add((scheme, n.dct.title, Literal("Data theme", lang="en")))
    target.add((catalogue, n.dcat.themeTaxonomy, scheme))
    for data_set in rows:
        target.add((catalogue, n.dcat.dataset, add_data_set(target, data_set)))

    def link(number: int) -> Any:
        return URIRef(f"{settings.BASE_URL}/catalog.{ending}?page={number}")

    view = link(page)
    target.add((view, n.rdf.type, n.hydra.PartialCollectionView))
    target.add((view, n.hydra.totalItems, Literal(total)))
    target.add((view, n.hydra.first, link(1)))
    target.add((view, n.hydra.last, link(pages)))
    if page < pages:
        target.add((view, n.hydra.next, link(page + 1)))
    if page > 1:
        target.add((view, n.hydra.previous, link(page - 1)))
