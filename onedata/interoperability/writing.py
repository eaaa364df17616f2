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
from ..public_changes import ask_to_archive, change_description
from ..search import refresh_contents
from ..uploading import add_version
from . import ckan
from .actions import Caller, Parameters, find, needed, resource_of, shown, writes
from .identifiers import number_of
from .problems import Invalid, NotAuthorized

STANDARD = ("concept", "definition", "classification", "measure", "unit")
EXTRAS = (*STANDARD, "access", "access_reason", "frequency", "kind")


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
    found = Agency.objects.filter(Q(pk=number) if number is not None else Q(slug=str(value))).first()
    if found is None:
        raise Invalid(owner_org=["Organization does not exist"])
    if not (caller.is_superuser or found.pk in caller.agencies_as(Role.PRODUCER)):
        raise NotAuthorized(f"Access denied: you do not produce data for {found.slug}")
    return found


REQUIRED_CHOICES = (("licence", Licence, "license_id"), ("topic", Topic, "groups"), ("frequency", Frequency, "frequency"),
                    ("kind", Kind, "kind"), ("access", Access, "access"))  # fmt: skip


def _told(parameters: Parameters, caller: User, *, whole: bool) -> dict[str, Any]:
    """The fields of a data set that the caller names, and nothing else. `whole`: as package_update wants, notes and tags
    that are not given are emptied, and so are our own fields that a given list of extras leaves out."""
    found: dict[str, Any] = {}
    if parameters.get("title"):
        found["title"] = str(parameters["title"])
    if "notes" in parameters:
        found["description"] = str(parameters["notes"] or "")
    if "tags" in parameters or whole:
        words = [str(one["name"]).strip().lower()[:60] for one in parameters.get("tags") or []]
        found["keywords"] = list(dict.fromkeys(filter(None, words)))[:20]
    if parameters.get("license_id"):
        found["licence"] = str(parameters["license_id"])
    if parameters.get("groups"):
        found["topic"] = str(parameters["groups"][0]["name"])
    if parameters.get("owner_org"):
        found["producer"] = _producer(caller, parameters["owner_org"])
    extras = {one["key"]: one["value"] for one in parameters.get("extras") or []}
    for name in EXTRAS:
        if name in parameters or name in extras:
            value = parameters[name] if name in parameters else extras[name]
            found[name] = "" if value is None else str(value)
        elif whole and "extras" in parameters and name in STANDARD:
            found[name] = ""
    for name in ("frequency", "kind", "access"):
        if found.get(name) == "":
            del found[name]  # these have no empty value: what is not said is not changed
    return found


def _written(data_set: DataSet, values: dict[str, Any], caller: User) -> DataSet:
    """Check the values as the forms do, and write them, or keep them for the Walidata where the data set is public."""
    for name, value in values.items():
        setattr(data_set, name, value)
    for name, allowed, said in REQUIRED_CHOICES:
        if getattr(data_set, name) not in allowed.values:
            raise Invalid(**{said: [f"Unknown value: {str(getattr(data_set, name))[:80]}"]})
    if data_set.access != Access.OPEN and not data_set.access_reason:
        raise Invalid(access_reason=["Missing value: say why the data are not open"])
    exclude = {"slug", "created_by", "current", "coverage", "published_at", "words", "title_words"}
    if not data_set.description:
        exclude.add("description")  # empty stays empty; a form asks for it before it is submitted
    try:
        data_set.full_clean(exclude=exclude, validate_unique=False)
    except ValidationError as error:
        names = {"description": "notes"}
        raise Invalid(**{names.get(name, name): texts for name, texts in error.message_dict.items()}) from error
    if data_set.pk is None:
        data_set.save()
        refresh_contents(data_set)
        return data_set
    stored = DataSet.objects.get(pk=data_set.pk)
    change_description(stored, values, caller)
    return find(caller, stored.slug)


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
    _written(data_set, {**_told(parameters, user, whole=False), "producer": data_set.producer}, user)
    workflow.plan_draft(data_set, user)
    return shown(caller, data_set)


@writes
def package_update(caller: Caller, parameters: Parameters) -> dict[str, Any]:
    """Replace the description of `id`: tags that are not given are emptied; title, notes and all else that is not named stays."""
    user, data_set = _user(caller), _own(caller, parameters)
    return shown(caller, _written(data_set, _told(parameters, user, whole=True), user))


@writes
def package_patch(caller: Caller, parameters: Parameters) -> dict[str, Any]:
    """Change only what is given of `id`."""
    user, data_set = _user(caller), _own(caller, parameters)
    return shown(caller, _written(data_set, _told(parameters, user, whole=False), user))


@writes
def package_delete(caller: Caller, parameters: Parameters) -> None:
    """Archive `id`: it leaves the catalogue, nothing is destroyed. Of a published one the Walidata is asked."""
    try:
        ask_to_archive(_own(caller, parameters), _user(caller), "API: package_delete")
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
        if version.published_at is not None and not caller.has_perm("onedata.check"):
            raise NotAuthorized("Access denied: what is published is changed by the Walidata")
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
