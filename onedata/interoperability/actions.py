"""The actions of CKAN's Action API that we answer. Each takes the caller and the parameters and returns plain data.

Read actions are open to everyone; create, update, patch and delete need a token of somebody who may produce for the agency.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet

from ntbportal.commons.agencies import Agency
from ntbportal.commons.people import Role, User

from .. import search, workflow
from ..models import Access, DataSet, DataVersion, Licence, Stage, Topic
from . import ckan, datastore
from .identifiers import number_of, version_and_form
from .package_search import package_search as _package_search
from .package_search import public_rows
from .problems import Invalid, NotAuthorized, NotFound

Caller = Any  # a User, or AnonymousUser
Parameters = dict[str, Any]
Action = Callable[[Caller, Parameters], Any]
ACTIONS: dict[str, Action] = {}
WRITES: set[str] = set()


def reads(action: Action) -> Action:
    ACTIONS[action.__name__] = action
    return action


def writes(action: Action) -> Action:
    """Only by POST, in one transaction. The actions are in `writing.py`."""
    ACTIONS[action.__name__] = transaction.atomic(action)
    WRITES.add(action.__name__)
    return action


def needed(parameters: Parameters, name: str) -> str:
    value = parameters.get(name)
    if value in (None, ""):
        raise Invalid(**{name: ["Missing value"]})
    return str(value)


def _window(parameters: Parameters, default: int | None = None, most: int = 1000) -> slice:
    try:
        offset = int(parameters.get("offset") or 0)
        limit = int(parameters["limit"]) if parameters.get("limit") not in (None, "") else default
    except (TypeError, ValueError):
        raise Invalid(limit=["Invalid integer"]) from None
    if offset < 0 or (limit is not None and limit < 0):
        raise Invalid(limit=["Must be a natural number"])
    return slice(offset, None if limit is None else offset + min(limit, most))


def _true(value: Any) -> bool:
    return str(value).lower() in {"true", "1", "yes", "on"}


# --- the site ---


@reads
def site_read(caller: Caller, parameters: Parameters) -> bool:
    """Whether the site may be read: it may."""
    return True


@reads
def status_show(caller: Caller, parameters: Parameters) -> dict[str, Any]:
    """Title, address, CKAN version whose API this follows, and what is switched on."""
    return {
        "ckan_version": "2.11.0", "site_url": settings.BASE_URL, "site_title": "NTB Satu Data", "locale_default": "id",
        "site_description": "Data terbuka Provinsi Nusa Tenggara Barat", "error_emails_to": None, "extensions": ["datastore"],
    }  # fmt: skip


@reads
def help_show(caller: Caller, parameters: Parameters) -> str | None:
    """The help text of the action `name`."""
    action = ACTIONS.get(needed(parameters, "name"))
    if action is None:
        raise NotFound("Action not found")
    return inspect.getdoc(action)


# --- data sets ---


def find(caller: Caller, name: str) -> DataSet:
    number = number_of("dataset", name)
    rows = DataSet.objects.select_related("producer", "coverage", "current")
    found = rows.filter(Q(pk=number) if number is not None else Q(slug=name)).first()
    if found is None or not caller.has_perm("onedata.see", found):
        raise NotFound
    return found


def shown(caller: Caller, data_set: DataSet) -> dict[str, Any]:
    """Those who work with it see its newest version before it is published."""
    version = data_set.current
    if version is None and caller.has_perm("onedata.work_on", data_set):
        version = workflow.latest_version(data_set)
    return ckan.package(data_set, version)


@reads
def package_list(caller: Caller, parameters: Parameters) -> list[str]:
    """Names of all public data sets; limit, offset."""
    return list(public_rows().order_by("slug").values_list("slug", flat=True)[_window(parameters, most=100_000)])


@reads
def current_package_list_with_resources(caller: Caller, parameters: Parameters) -> list[dict[str, Any]]:
    """Public data sets, the newest change first; limit, offset (or page)."""
    if parameters.get("page") and parameters.get("limit"):
        parameters = {**parameters, "offset": max(0, int(parameters["page"]) - 1) * int(parameters["limit"])}
    rows = public_rows().select_related("producer", "coverage", "current").order_by("-updated_at", "pk")
    return [ckan.package(row) for row in rows[_window(parameters, default=1000)]]


@reads
def package_show(caller: Caller, parameters: Parameters) -> dict[str, Any]:
    """One data set by `id`: its name or identifier."""
    return shown(caller, find(caller, str(parameters.get("id") or parameters.get("name_or_id") or needed(parameters, "id"))))


@reads
def package_search(caller: Caller, parameters: Parameters) -> dict[str, Any]:
    """Search with q, fq, sort, rows (10; at most 1,000), start, facet.field, facet.limit."""
    return _package_search(public_rows(), parameters)


@reads
def package_autocomplete(caller: Caller, parameters: Parameters) -> list[dict[str, str]]:
    """Data sets whose title or name is like `q`; limit (10)."""
    text = needed(parameters, "q")
    rows = search.find(public_rows(), text) | search.find(public_rows(), "").filter(slug__icontains=text)
    return [
        {"name": row.slug, "title": row.title, "match_field": "title", "match_displayed": row.title}
        for row in rows.order_by("title")[_window(parameters, default=10)]
    ]


# --- producers, topics, tags, licences ---


def _agencies() -> QuerySet[Agency]:
    """Agencies with public data sets, and how many each has."""
    count = Count("data_sets", filter=Q(data_sets__published_at__isnull=False) & ~Q(data_sets__stage=Stage.ARCHIVED))
    return Agency.objects.annotate(count=count).filter(Q(count__gt=0) | Q(kind__in=["provincial", "hospital"])).order_by("slug")


@reads
def organization_list(caller: Caller, parameters: Parameters) -> list[Any]:
    """Producers: names, or with all_fields everything; limit, offset, sort (name, title, package_count), organizations."""
    rows = _agencies()
    order = {"name": "slug", "title": "name", "package_count": "-count"}
    sort = str(parameters.get("sort") or "name").split()
    rows = rows.order_by(order.get(sort[0], "slug"), "slug")
    if parameters.get("organizations"):
        wanted = parameters["organizations"]
        rows = rows.filter(slug__in=wanted if isinstance(wanted, list) else str(wanted).split(","))
    rows = rows[_window(parameters)]
    if _true(parameters.get("all_fields")):
        return [ckan.organization(row, row.count) for row in rows]  # type: ignore[attr-defined]
    return [row.slug for row in rows]


@reads
def organization_show(caller: Caller, parameters: Parameters) -> dict[str, Any]:
    """One producer by `id` (name or identifier); include_datasets adds up to 1,000 of its data sets."""
    name = needed(parameters, "id")
    number = number_of("organization", name)
    found = Agency.objects.filter(Q(pk=number) if number is not None else Q(slug=name)).first()
    if found is None:
        raise NotFound
    rows = public_rows().filter(producer=found)
    answer = ckan.organization(found, rows.count()) | {"users": [], "tags": [], "groups": [], "extras": []}
    if _true(parameters.get("include_datasets")):
        answer["packages"] = [ckan.package(row) for row in rows.select_related("producer", "coverage", "current").order_by("slug")[:1000]]
    return answer


@reads
def organization_list_for_user(caller: Caller, parameters: Parameters) -> list[dict[str, Any]]:
    """The agencies for which the holder of the token may produce."""
    if not isinstance(caller, User):
        return []
    return [ckan.organization(row) for row in Agency.objects.filter(pk__in=caller.agencies_as(Role.PRODUCER)).order_by("slug")]


def _topic_counts() -> dict[str, int]:
    return dict(public_rows().order_by().values_list("topic").annotate(Count("pk")))


@reads
def group_list(caller: Caller, parameters: Parameters) -> list[Any]:
    """Topics: names, or with all_fields everything; limit, offset."""
    counts = _topic_counts()
    topics = sorted(Topic.values)[_window(parameters)]
    return [ckan.group(topic, counts.get(topic, 0)) for topic in topics] if _true(parameters.get("all_fields")) else topics


@reads
def group_show(caller: Caller, parameters: Parameters) -> dict[str, Any]:
    """One topic by `id`; include_datasets adds up to 1,000 of its data sets."""
    name = needed(parameters, "id")
    if name not in Topic.values:
        raise NotFound
    answer = ckan.group(name, _topic_counts().get(name, 0)) | {"users": [], "tags": [], "groups": [], "extras": []}
    if _true(parameters.get("include_datasets")):
        rows = public_rows().filter(topic=name).select_related("producer", "coverage", "current").order_by("slug")
        answer["packages"] = [ckan.package(row) for row in rows[:1000]]
    return answer


def _words() -> list[str]:
    from django.db.models import F, Func

    rows = public_rows().order_by().annotate(word=Func(F("keywords"), function="unnest"))
    return sorted(rows.values_list("word", flat=True).distinct())


@reads
def tag_list(caller: Caller, parameters: Parameters) -> list[Any]:
    """Keywords: all, or those containing `query`; all_fields."""
    text = str(parameters.get("query") or "").lower()
    found = [word for word in _words() if text in word]
    return [ckan.tag(word) for word in found] if _true(parameters.get("all_fields")) else found


@reads
def tag_show(caller: Caller, parameters: Parameters) -> dict[str, Any]:
    """One keyword by `id`; include_datasets adds its data sets."""
    word = needed(parameters, "id").lower()
    rows = public_rows().filter(keywords__contains=[word])
    if not rows.exists():
        raise NotFound
    answer = ckan.tag(word)
    if _true(parameters.get("include_datasets")):
        answer["packages"] = [ckan.package(row) for row in rows.select_related("producer", "coverage", "current").order_by("slug")[:1000]]
    return answer


@reads
def license_list(caller: Caller, parameters: Parameters) -> list[dict[str, Any]]:
    """The licences a data set may have."""
    return [ckan.licence(value) for value in Licence.values]


# --- tables ---


def resource_of(caller: Caller, name: str) -> tuple[DataVersion, str]:
    found = version_and_form(name)
    rows = DataVersion.objects.select_related("data_set__producer", "data_set__coverage", "data_set__current")
    version = rows.filter(pk=found[0]).first() if found else None
    if version is None or found is None or not caller.has_perm("onedata.see", version.data_set):
        raise NotFound
    if version.published_at is None and not caller.has_perm("onedata.work_on", version):
        raise NotFound
    return version, found[1]


def _rows(caller: Caller, name: str) -> DataVersion:
    version, _form = resource_of(caller, name)
    if not caller.has_perm("onedata.read_rows", version):
        raise NotAuthorized("Access denied: the data are not open")
    if version.state != "ready":
        raise NotFound("Resource has no table yet")
    return version


@reads
def resource_show(caller: Caller, parameters: Parameters) -> dict[str, Any]:
    """One file by `id`."""
    version, form = resource_of(caller, needed(parameters, "id"))
    return ckan.resource(version.data_set, version, form)


@reads
def resource_search(caller: Caller, parameters: Parameters) -> dict[str, Any]:
    """Files by `query`: name:…, description:…, format:…, url:…; order_by, limit, offset."""
    asked = parameters.get("query")
    terms = [str(one) for one in (asked if isinstance(asked, list) else [asked]) if one]
    if not terms:
        raise Invalid(query=["Missing value"])
    rows = public_rows().filter(current__isnull=False, access=Access.OPEN).select_related("producer", "current")
    forms = {"CSV", "PARQUET"}
    for term in terms:
        field, colon, value = term.partition(":")
        if not colon:
            raise Invalid(query=["Must be <field>:<value> pair(s)"])
        if field in {"name", "description"}:
            rows = rows.filter(Q(title__icontains=value) if field == "name" else Q(current__note__icontains=value))
        elif field == "format":
            forms &= {value.upper()}
        elif field == "url":
            rows = rows.filter(slug__in=[word for word in value.split("/") if word])
        else:
            raise Invalid(query=[f"Field {field} not recognised"])
    files = [ckan.resource(row, row.current, form.lower()) for row in rows.order_by("slug") for form in sorted(forms) if row.current]
    return {"count": len(files), "results": files[_window(parameters, default=1000)]}


@reads
def datastore_search(caller: Caller, parameters: Parameters) -> dict[str, Any]:
    """Rows of `resource_id`: filters, q, fields, sort, distinct, limit (100; at most 32,000), offset."""
    name = str(parameters.get("resource_id") or parameters.get("id") or needed(parameters, "resource_id"))
    return datastore.datastore_search(_rows(caller, name), name, parameters, "/api/3/action/datastore_search")


@reads
def datastore_info(caller: Caller, parameters: Parameters) -> dict[str, Any]:
    """Columns, types and number of rows of `id`."""
    name = str(parameters.get("id") or parameters.get("resource_id") or needed(parameters, "id"))
    return datastore.datastore_info(_rows(caller, name), name)
