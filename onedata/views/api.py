"""For programs: the CKAN Action API, DCAT, Data Package."""

from __future__ import annotations

import inspect
import json
import logging
from typing import Any
from urllib.parse import urlencode

import duckdb
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt

from ntbportal.commons.access import EVERYONE, audience
from ntbportal.commons.numerals import whole_number
from ntbportal.commons.tokens import owner_of

from .. import row_api
from ..interoperability import codelists, dcat, writing  # noqa: F401 - registers its actions
from ..interoperability.actions import ACTIONS, WRITES
from ..interoperability.datapackage import datapackage, schema_org
from ..interoperability.openapi import COMMON, document
from ..interoperability.package_search import public_rows
from ..interoperability.parameters import checked
from ..interoperability.problems import ActionError, Invalid, NotAuthorized
from ..models import CodeList, DataSet

log = logging.getLogger(__name__)
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
}


def _json(value: Any, status: int = 200) -> JsonResponse:
    return JsonResponse(
        value, status=status, encoder=DjangoJSONEncoder, safe=False, headers=HEADERS, json_dumps_params={"ensure_ascii": False}
    )


class Unreadable(Exception):
    pass


UNUSABLE = (
    TypeError, ValueError, LookupError, AttributeError, ArithmeticError, RecursionError, DataError, duckdb.Error, ValidationError,
)  # fmt: skip


def _parameters(request: HttpRequest) -> dict[str, Any]:
    """From the address (GET), a JSON body, or a form with files, as CKAN takes them."""
    found: dict[str, Any] = {key: values[0] if len(values) == 1 else values for key, values in request.GET.lists()}
    if request.method != "POST":
        return found
    kind = request.content_type or ""
    if kind.startswith("multipart/form-data"):
        return {**found, **request.POST.dict(), **request.FILES.dict()}
    body = request.body
    if not body.strip():
        return found
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        if kind == "application/x-www-form-urlencoded":
            return {**found, **request.POST.dict()}
        raise Unreadable from None
    if not isinstance(sent, dict):
        raise Unreadable
    return {**found, **sent}


def _caller(request: HttpRequest) -> Any:
    """Who a token stands for. A session does not count, so that no other site can act through a browser."""
    token = request.headers.get("Authorization") or request.headers.get("X-CKAN-API-Key") or ""
    token = token.removeprefix("Bearer ").strip()
    if not token:
        return AnonymousUser()
    user = owner_of(token)
    if user is None:
        raise NotAuthorized("Access denied: this token is not known or was revoked")
    return user


@csrf_exempt
@audience(EVERYONE)
def action(request: HttpRequest, name: str) -> HttpResponse:
    if request.method == "OPTIONS":
        return HttpResponse(headers=HEADERS)
    found = ACTIONS.get(name)
    if found is None:
        return _json(f"Bad request - Action name not known: {name}", 400)
    answer: dict[str, Any] = {"help": request.build_absolute_uri(f"/api/3/action/help_show?{urlencode({'name': name})}")}
    try:
        if name in WRITES and request.method != "POST":
            return _json("Bad request - this action needs a POST", 400)
        caller, parameters = _caller(request), checked(_parameters(request))
        with override("id"):
            answer |= {"success": True, "result": found(caller, parameters)}
    except Unreadable:
        return _json("Bad request - JSON Error: the body is not a JSON object", 400)
    except ActionError as error:
        return _json({**answer, "success": False, "error": error.as_dict()}, error.status)
    except UNUSABLE:
        # a kind of parameter that the door does not know yet: the caller is told, we look into the log
        log.exception("action %s", name)
        error = Invalid("The parameters cannot be used")
        return _json({**answer, "success": False, "error": error.as_dict()}, error.status)
    return _json(answer)


@audience(EVERYONE)
def api_root(request: HttpRequest) -> HttpResponse:
    return _json({"version": 3})


@audience(EVERYONE)
def rows(request: HttpRequest, slug: str) -> HttpResponse:
    """A page of rows or groups of a published table, as JSON."""
    data_set = _public(slug)
    if data_set.current is None:
        raise Http404
    if not request.user.has_perm("onedata.read_rows", data_set):
        return _json({"error": "the data are not open", "reason": data_set.access_reason}, 403)
    try:
        found = row_api.read(data_set.current, request.GET)
    except row_api.BadQuestion as error:
        return _json({"error": str(error)}, 400)

    def link(page: int) -> str:
        query = request.GET.copy()
        query["page"] = str(page)
        return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")

    links = {"next": link(found.page + 1) if found.more else None, "previous": link(found.page - 1) if found.page > 1 else None}
    data = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    return _json({"data": data, "total": found.total, "page": found.page, "size": found.size, "links": links})


@audience(EVERYONE)
def openapi(request: HttpRequest) -> HttpResponse:
    with override("en"):
        return _json(document())


@audience(EVERYONE)
def docs(request: HttpRequest) -> HttpResponse:
    """The same for people to read, without scripts."""
    example = public_rows().filter(current__isnull=False, access="open").order_by("slug").first()
    actions = [{"name": name, "text": inspect.getdoc(ACTIONS[name]) or "", "writes": name in WRITES} for name in sorted(ACTIONS)]
    return render(request, "onedata/api_docs.html", {"example": example, "actions": actions, "common": COMMON})


CONTENT_TYPES = {"ttl": ("turtle", "text/turtle; charset=utf-8"), "jsonld": ("json-ld", "application/ld+json")}


def _rdf(graph: Any, ending: str) -> HttpResponse:
    form, content_type = CONTENT_TYPES[ending]
    text = graph.serialize(format=form, auto_compact=True) if form == "json-ld" else graph.serialize(format=form)
    return HttpResponse(text, content_type=content_type, headers=HEADERS)


@audience(EVERYONE)
def catalogue(request: HttpRequest, ending: str) -> HttpResponse:
    """The catalogue as DCAT, a page of 100 data sets."""
    rows = public_rows().select_related("producer", "coverage", "current").order_by("pk")
    total = rows.count()
    pages = max(1, -(-total // dcat.PAGE))
    page = whole_number(request.GET.get("page", "1"), 999_999) or 1
    if not 1 <= page <= pages:
        raise Http404
    graph = dcat.graph()
    with override("id"):
        dcat.add_catalogue(graph, rows[(page - 1) * dcat.PAGE : page * dcat.PAGE], page=page, pages=pages, total=total, ending=ending)
    return _rdf(graph, ending)


def _public(slug: str) -> DataSet:
    return get_object_or_404(public_rows().select_related("producer", "coverage", "current"), slug=slug)


@audience(EVERYONE)
def dataset(request: HttpRequest, slug: str, ending: str) -> HttpResponse:
    graph = dcat.graph()
    with override("id"):
        dcat.add_data_set(graph, _public(slug))
    return _rdf(graph, ending)


@audience(EVERYONE)
def package(request: HttpRequest, slug: str) -> HttpResponse:
    data_set = _public(slug)
    if data_set.current is None or not request.user.has_perm("onedata.read_rows", data_set):
        raise Http404
    with override("id"):
        return _json(datapackage(data_set, data_set.current))


@audience(EVERYONE)
def structured(request: HttpRequest, slug: str) -> HttpResponse:
    return _json(schema_org(_public(slug)))


@audience(EVERYONE)
def code_list(request: HttpRequest, slug: str, ending: str) -> HttpResponse:
    """A whole code list as JSON, SKOS (Turtle) or SDMX-JSON."""
    found = get_object_or_404(CodeList.objects.select_related("owner"), slug=slug)
    codes = found.codes.current().order_by("code")
    if ending == "ttl":
        return HttpResponse(codelists.as_skos(found, codes), content_type="text/turtle; charset=utf-8", headers=HEADERS)
    if ending == "sdmx.json":
        response = _json(codelists.as_sdmx(found, codes))
        response["Content-Type"] = "application/vnd.sdmx.structure+json; version=2.0.0"
        return response
    return _json(codelists.as_json(found, codes))
