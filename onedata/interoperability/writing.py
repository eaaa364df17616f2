"""The actions that write: data sets and versions, by token, for the agencies one produces for. All of them lead to
drafts and new versions; what is public is decided by the Walidata."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from ntbportal.commons.agencies import Agency
from ntbportal.commons.people import Role, User

from .. import workflow
from ..models import Access, DataSet, Frequency, Kind, Licence, Stage, Topic
from ..search import refresh_contents
from ..uploading import add_version
from . import ckan
from .actions import Caller, Parameters, find, needed, resource_of, shown, writes
from .identifiers import number_of
from .problems import Invalid, NotAuthorized

EXTRAS = ("concept", "definition", "classification", "measure", "unit", "access", "access_reason", "frequency", "kind")


def _user(caller: Caller) -> User:
    if not isinstance(caller, User):
        raise NotAuthorized("Access denied: this needs a token")
    return caller


def _own(caller: Caller, parameters: Parameters) -> DataSet:
    data_set = find(caller, needed(parameters, "id"))
    if not caller.has_perm("onedata.produce", data_set):
        raise NotAuthorized("Access denied: you do not produce data for this agency")
    return data_set


def _producer(caller: User, value: Any) -> Agency:
    number = number_of("organization", str(value))
    found = Agency.objects.filter(Q(pk=number) if number is not None else Q(slug=value)).first()
    if found is None:
        raise Invalid(owner_org=["Organization does not exist"])
    if not (caller.is_superuser or found.pk in caller.agencies_as(Role.PRODUCER)):
        raise NotAuthorized(f"Access denied: you do not produce data for {found.slug}")
    return found


def _filled(data_set: DataSet, parameters: Parameters, caller: User, *, whole: bool) -> DataSet:
    """Take CKAN's fields over. `whole`: what is not given is emptied, as package_update wants."""
    extras = {one.get("key"): one.get("value") for one in parameters.get("extras") or [] if isinstance(one, dict)}
    if "title" in parameters or (whole and not data_set.title):
        data_set.title = str(parameters.get("title") or parameters.get("name") or "")
    if "notes" in parameters or whole:
        data_set.description = str(parameters.get("notes") or "")
    if "tags" in parameters or whole:
        words = [one["name"] if isinstance(one, dict) else one for one in parameters.get("tags") or []]
        data_set.keywords = list(dict.fromkeys(str(word).strip().lower()[:60] for word in words if str(word).strip()))[:20]
    if parameters.get("license_id"):
        data_set.licence = str(parameters["license_id"])
    if parameters.get("groups"):
        data_set.topic = str(parameters["groups"][0].get("name") or parameters["groups"][0].get("id"))
    if parameters.get("owner_org"):
        data_set.producer = _producer(caller, parameters["owner_org"])
    for name in EXTRAS:
        if name in parameters or name in extras or (whole and name in {"concept", "definition", "classification", "measure", "unit"}):
            setattr(
                data_set, name, str(parameters.get(name) or extras.get(name) or getattr(DataSet._meta.get_field(name), "default", "") or "")
            )
    for name, allowed in (("licence", Licence), ("topic", Topic), ("frequency", Frequency), ("kind", Kind), ("access", Access)):
        value = getattr(data_set, name)
        if value not in allowed.values:
            raise Invalid(**{"license_id" if name == "licence" else "groups" if name == "topic" else name: [f"Unknown value: {value}"]})
    try:
        data_set.full_clean(
            exclude=["slug", "created_by", "current", "coverage", "published_at", "words", "title_words"], validate_unique=False
        )
    except ValidationError as error:
        names = {"description": "notes"}
        raise Invalid(**{names.get(name, name): texts for name, texts in error.message_dict.items()}) from error
    data_set.save()
    refresh_contents(data_set)
    return data_set


@writes
def package_create(caller: Caller, parameters: Parameters) -> dict[str, Any]:
    """A new draft: name, title, notes, owner_org; tags, groups, license_id, extras. It is public once the Walidata publishes it."""
    user = _user(caller)
    name, owner = needed(parameters, "name"), needed(parameters, "owner_org")
    if not re.fullmatch(r"[a-z0-9_-]{2,100}", name):
        raise Invalid(name=["Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"])
    if DataSet.objects.filter(slug=name).exists():
        raise Invalid(name=["That URL is already in use."])
    data_set = DataSet(
        slug=name, title=str(parameters.get("title") or name), producer=_producer(user, owner), topic=Topic.GOVERNMENT, coverage_id="52",
        created_by=user,
    )  # fmt: skip
    _filled(data_set, {"notes": "–", **parameters}, user, whole=True)
    workflow.plan_draft(data_set, user)
    return shown(caller, data_set)


@writes
def package_update(caller: Caller, parameters: Parameters) -> dict[str, Any]:
    """Replace the description of `id`; what is not given is emptied."""
    return shown(caller, _filled(_own(caller, parameters), {"notes": "–", **parameters}, _user(caller), whole=True))


@writes
def package_patch(caller: Caller, parameters: Parameters) -> dict[str, Any]:
    """Change only what is given of `id`."""
    return shown(caller, _filled(_own(caller, parameters), parameters, _user(caller), whole=False))


@writes
def package_delete(caller: Caller, parameters: Parameters) -> None:
    """Archive `id`: it leaves the catalogue, nothing is destroyed."""
    try:
        workflow.archive(_own(caller, parameters), _user(caller), "API: package_delete")
    except ValidationError as error:
        raise Invalid(id=error.messages) from error


@writes
def resource_create(caller: Caller, parameters: Parameters) -> dict[str, Any]:
    """A new version of `package_id` from the multipart file `upload` (CSV or TSV); `description` says what is new."""
    data_set = _own(caller, {"id": needed(parameters, "package_id")})
    upload = parameters.get("upload")
    if not hasattr(upload, "chunks"):
        raise Invalid(upload=["Missing value: send the table as multipart field 'upload'"])
    try:
        version = add_version(data_set, upload, _user(caller), str(parameters.get("description") or ""))
    except ValidationError as error:
        raise Invalid(upload=error.messages) from error
    return ckan.resource(data_set, version, "csv")


@writes
def resource_update(caller: Caller, parameters: Parameters) -> dict[str, Any]:
    """Versions never change: a new `upload` becomes the next version; without one only `description` is changed."""
    version, form = resource_of(caller, needed(parameters, "id"))
    data_set = _own(caller, {"id": version.data_set.slug})
    if hasattr(parameters.get("upload"), "chunks"):
        return resource_create(caller, {**parameters, "package_id": data_set.slug})
    if "description" in parameters:
        version.note = str(parameters["description"] or "")[:240]
        version.save(update_fields=["note"])
    return ckan.resource(data_set, version, form)


@writes
def resource_delete(caller: Caller, parameters: Parameters) -> None:
    """Remove a version that was never published. A published one keeps its address for good."""
    version, _form = resource_of(caller, needed(parameters, "id"))
    _own(caller, {"id": version.data_set.slug})
    if version.published_at is not None or version.data_set.stage == Stage.SUBMITTED:
        raise Invalid(id=["A published or submitted version cannot be deleted"])
    version.delete()
