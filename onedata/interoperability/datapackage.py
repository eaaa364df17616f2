"""Data Package (v2, Frictionless) and schema.org descriptions of one data set."""

from __future__ import annotations

from typing import Any

from ..models import Access, DataSet, DataVersion, Licence
from ..schema import table_schema
from ..serving import file_facts
from .ckan import LICENCE_ADDRESSES, MIMETYPES, dataset_address, resource_address

SCHEMA = "https://datapackage.org/profiles/2.0/datapackage.json"


def datapackage(data_set: DataSet, version: DataVersion) -> dict[str, Any]:
    """The version as a tabular data resource with its Table Schema."""
    return {
        "$schema": SCHEMA, "name": data_set.slug, "id": dataset_address(data_set), "title": data_set.title,
        "description": data_set.description, "homepage": dataset_address(data_set), "version": str(version.number),
        "created": (version.published_at or version.uploaded_at).isoformat(timespec="seconds"),
        **({"keywords": data_set.keywords} if data_set.keywords else {}),
        **({"licenses": [_licence(data_set)]} if data_set.licence in LICENCE_ADDRESSES else {}),
        "contributors": [{"title": data_set.producer.name, "roles": ["publisher"]}],
        "resources": [
            {
                "name": f"{data_set.slug}-v{version.number}", "type": "table", "path": resource_address(data_set, version, "csv"),
                "format": "csv", "mediatype": "text/csv", "encoding": "utf-8", **_facts(version),
                "schema": {**table_schema(data_set, version), "missingValues": [""]},
            }
        ],
    }  # fmt: skip


def _facts(version: DataVersion) -> dict[str, Any]:
    size, digest = file_facts(version, "csv")
    return {"bytes": size, "hash": f"sha256:{digest}"} if digest else {}


def _licence(data_set: DataSet) -> dict[str, str]:
    return {"name": data_set.licence, "path": LICENCE_ADDRESSES[Licence(data_set.licence)], "title": data_set.get_licence_display()}


def schema_org(data_set: DataSet) -> dict[str, Any]:
    """schema.org/Dataset, as search engines read it."""
    found: dict[str, Any] = {
        "@context": "https://schema.org/", "@type": "Dataset", "name": data_set.title, "description": data_set.description,
        "url": dataset_address(data_set), "identifier": dataset_address(data_set), "keywords": data_set.keywords, "inLanguage": "id",
        **({"license": LICENCE_ADDRESSES[Licence(data_set.licence)]} if data_set.licence in LICENCE_ADDRESSES else {}),
        "isAccessibleForFree": data_set.access == Access.OPEN,
        "creator": {"@type": "GovernmentOrganization", "name": data_set.producer.name},
        "spatialCoverage": {"@type": "Place", "name": data_set.coverage.name},
        "dateModified": (data_set.published_at or data_set.updated_at).isoformat(timespec="seconds"),
    }  # fmt: skip
    if data_set.period_from and data_set.period_to:
        found["temporalCoverage"] = f"{data_set.period_from}/{data_set.period_to}"
    version = data_set.current
    if version and data_set.access == Access.OPEN and not version.is_held:
        found["distribution"] = [
            {"@type": "DataDownload", "encodingFormat": MIMETYPES[form], "contentUrl": resource_address(data_set, version, form)}
            for form in ("csv", "parquet")
        ]
    return found
