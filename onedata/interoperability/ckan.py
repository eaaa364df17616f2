"""Our data sets in the words of CKAN 2.x."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils.text import slugify

from ntbportal.commons.agencies import Agency

from ..models import Access, DataSet, DataVersion, Licence, Stage, Topic
from ..serving import file_facts
from .identifiers import identifier, resource_identifier

MIMETYPES = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
LICENCE_ADDRESSES = {
    Licence.CC_BY: "https://creativecommons.org/licenses/by/4.0/",
    Licence.CC0: "https://creativecommons.org/publicdomain/zero/1.0/",
    Licence.CC_BY_SA: "https://creativecommons.org/licenses/by-sa/4.0/",
    Licence.ODBL: "https://opendatacommons.org/licenses/odbl/1-0/",
}
DATASTORE_TYPES = {"integer": "int", "number": "float8", "boolean": "bool", "date": "date", "datetime": "timestamp", "string": "text"}


def moment(value: datetime | None) -> str | None:
    """CKAN writes UTC without a zone."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() if value else None


def organization(agency: Agency, count: int | None = None) -> dict[str, Any]:
    found = {
        "id": identifier("organization", agency.pk), "name": agency.slug, "title": agency.name, "display_name": agency.name,
        "description": agency.duties, "type": "organization", "is_organization": True, "approval_status": "approved", "state": "active",
        "image_url": "", "image_display_url": "", "created": None,
    }  # fmt: skip
    if count is not None:
        found["package_count"] = count
    return found


def group(topic: str, count: int | None = None) -> dict[str, Any]:
    label = str(Topic(topic).label)
    found = {
        "id": topic, "name": topic, "title": label, "display_name": label, "description": "", "type": "group", "is_organization": False,
        "state": "active", "image_display_url": "",
    }  # fmt: skip
    if count is not None:
        found["package_count"] = count
    return found


def tag(word: str) -> dict[str, Any]:
    return {"id": word, "name": word, "display_name": word, "state": "active", "vocabulary_id": None}


def licence(value: str) -> dict[str, Any]:
    return {
        "id": value, "title": str(Licence(value).label), "url": LICENCE_ADDRESSES.get(Licence(value), ""), "status": "active", "family": "",
        "domain_content": True, "domain_data": True, "domain_software": False, "is_generic": False, "maintainer": "",
        "od_conformance": "approved" if value in LICENCE_ADDRESSES else "not reviewed", "osd_conformance": "not reviewed",
    }  # fmt: skip


def address(path: str) -> str:
    return f"{settings.BASE_URL}{path}"


def dataset_address(data_set: DataSet) -> str:
    return address(f"/onedata/datasets/{data_set.slug}/")


def resource_address(data_set: DataSet, version: DataVersion, form: str) -> str:
    return address(f"/onedata/datasets/{data_set.slug}/v{version.number}.{form}")


def resources(data_set: DataSet, version: DataVersion | None) -> list[dict[str, Any]]:
    """The version as CSV and Parquet. Data that are not open have none."""
    if data_set.access != Access.OPEN or (version is not None and version.is_held):
        return []
    if version is None:
        return [elsewhere(data_set, file, position) for position, file in enumerate(files_elsewhere(data_set))]
    return [resource(data_set, version, form, position) for position, form in enumerate(("csv", "parquet"))]


def files_elsewhere(data_set: DataSet) -> list[dict[str, str]]:
    """Files that lie on another server: those a harvest found, else the data set's own link."""
    if not data_set.link:
        return []
    record = getattr(data_set, "harvested", None)
    return (record.files if record else None) or [{"title": data_set.title, "url": data_set.link, "format": "", "media_type": ""}]


def elsewhere(data_set: DataSet, file: dict[str, str], position: int) -> dict[str, Any]:
    return {
        "id": identifier("elsewhere", data_set.pk * 1000 + position), "package_id": identifier("dataset", data_set.pk), "position": position,
        "name": file["title"], "description": file.get("description", ""), "format": file["format"], "mimetype": file["media_type"] or None,
        "url": file["url"], "url_type": None, "resource_type": None, "state": "active", "created": moment(data_set.published_at),
        "last_modified": moment(data_set.published_at), "metadata_modified": moment(data_set.published_at), "size": None, "hash": "",
        "datastore_active": False,
    }  # fmt: skip


def resource(data_set: DataSet, version: DataVersion, form: str, position: int = 0) -> dict[str, Any]:
    """A file as it is served: its own size and checksum, not those of the upload."""
    size, digest = file_facts(version, form)
    return {
        "id": resource_identifier(version.pk, form), "package_id": identifier("dataset", data_set.pk), "position": position,
        "name": f"{data_set.title} ({form.upper()})", "description": version.note, "format": form.upper(), "mimetype": MIMETYPES[form],
        "url": resource_address(data_set, version, form), "url_type": "upload", "resource_type": "file", "state": "active",
        "created": moment(version.uploaded_at), "last_modified": moment(version.published_at or version.uploaded_at),
        "metadata_modified": moment(version.published_at or version.uploaded_at),
        "size": size, "hash": f"sha256:{digest}" if digest else "",
        "datastore_active": version.state == "ready", "version": version.number,
    }  # fmt: skip


def package(data_set: DataSet, version: DataVersion | None = None) -> dict[str, Any]:
    """A data set with producer, tags, topic and the resources of a version (the published one if none is given)."""
    version = version or data_set.current
    licence_of = licence(data_set.licence)
    listed = resources(data_set, version)
    extras = {
        "frequency": data_set.frequency, "kind": data_set.kind, "spatial": data_set.coverage.name, "spatial_code": data_set.coverage_id,
        "temporal_start": data_set.period_from, "temporal_end": data_set.period_to, "concept": data_set.concept,
        "definition": data_set.definition, "classification": data_set.classification, "measure": data_set.measure, "unit": data_set.unit,
        "access": data_set.access, "access_reason": data_set.access_reason, "stage": data_set.stage,
    }  # fmt: skip
    return {
        "id": identifier("dataset", data_set.pk), "name": data_set.slug, "title": data_set.title, "notes": data_set.description,
        "type": "dataset", "state": "active" if data_set.is_public else "deleted" if data_set.stage == Stage.ARCHIVED else "draft",
        "private": not data_set.is_public, "isopen": True, "url": dataset_address(data_set),
        "license_id": data_set.licence, "license_title": licence_of["title"], "license_url": licence_of["url"],
        "owner_org": identifier("organization", data_set.producer_id), "organization": organization(data_set.producer),
        "author": data_set.producer.name, "author_email": data_set.producer.email, "maintainer": None, "maintainer_email": None,
        "creator_user_id": None, "version": str(version.number) if version else None,
        "metadata_created": moment(data_set.created_at), "metadata_modified": moment(data_set.updated_at),
        "groups": [{key: group(data_set.topic)[key] for key in ("id", "name", "title", "display_name", "description", "image_display_url")}],
        "tags": [tag(word) for word in data_set.keywords], "num_tags": len(data_set.keywords),
        "resources": listed, "num_resources": len(listed), "relationships_as_object": [], "relationships_as_subject": [],
        "extras": [{"key": key, "value": str(value)} for key, value in extras.items() if value],
    }  # fmt: skip


def tag_word(name: str) -> str:
    return slugify(name).replace("-", " ") if not name.strip() else name.strip().lower()
