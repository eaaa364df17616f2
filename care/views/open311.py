"""The addresses of Open311 GeoReport v2, JSON and XML. Reading is open; writing needs a key (a token of the account page)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from ntbportal.commons.access import EVERYONE, audience
from ntbportal.commons.tokens import owner_of

from .. import open311
from ..models import Case

HEADERS = {"Access-Control-Allow-Origin": "*"}


def _answer(ending: str, root: str, item: str, rows: Any, status: int = 200) -> HttpResponse:
    if ending == "xml":
        return HttpResponse(open311.as_xml(root, item, rows), status=status, content_type="text/xml; charset=utf-8", headers=HEADERS)
    return JsonResponse(rows, safe=False, status=status, headers=HEADERS, json_dumps_params={"ensure_ascii": False})


def _spoken(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Errors as a list of code and description, in the form that was asked for."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, ending: str, **options: Any) -> HttpResponse:
        try:
            return view(request, *args, ending=ending, **options)
        except open311.Refused as refusal:
            rows = [{"code": refusal.status, "description": refusal.description}]
            return _answer(ending, "errors", "error", rows, refusal.status)

    return guarded


@audience(EVERYONE)
@_spoken
def discovery(request: HttpRequest, ending: str) -> HttpResponse:
    return _answer(ending, "discovery", "", open311.discovery())


@audience(EVERYONE)
@_spoken
def services(request: HttpRequest, ending: str) -> HttpResponse:
    return _answer(ending, "services", "service", open311.services())


@audience(EVERYONE)
@_spoken
def service(request: HttpRequest, service_code: str, ending: str) -> HttpResponse:
    return _answer(ending, "service_definition", "", open311.service(service_code))


@csrf_exempt
@audience(EVERYONE)
@_spoken
def requests(request: HttpRequest, ending: str) -> HttpResponse:
    """GET finds public requests; POST takes one in (api_key as the standard has it, or the Authorization header)."""
    if request.method == "POST":
        key = request.POST.get("api_key", "") or request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
        client = owner_of(key)
        if client is None:
            raise open311.Refused(403, "api_key was not provided or is not known")
        case = open311.file(request.POST, client)
        found = [{"service_request_id": case.code, "service_notice": "", "account_id": request.POST.get("account_id") or None}]
        return _answer(ending, "service_requests", "request", found, 201)
    return _answer(ending, "service_requests", "request", [open311.shown(case) for case in open311.find(request.GET)])


@audience(EVERYONE)
@_spoken
def one(request: HttpRequest, code: str, ending: str) -> HttpResponse:
    rows = Case.objects.public().select_related("category", "region", "agency").prefetch_related("photos", "moves")
    found = rows.filter(code=code.upper()).first()
    if found is None:
        raise open311.Refused(404, f"service_request_id {code} was not found")
    return _answer(ending, "service_requests", "request", [open311.shown(found)])


@audience(EVERYONE)
@_spoken
def token(request: HttpRequest, token: str, ending: str) -> HttpResponse:
    """We give the number at once, so that a token is the number itself."""
    # a token of what is secret or hidden is not told apart from one that does not exist; what was
    # sent a moment ago and is not forwarded yet has its number
    if not Case.objects.filter(code=token.upper(), is_secret=False, hidden_at=None).exists():
        raise open311.Refused(404, f"token {token} was not found")
    return _answer(ending, "service_requests", "request", [{"service_request_id": token.upper(), "token": token}])
