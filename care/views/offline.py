"""Reports written without signal: a page that the phone keeps, and the address to which they are sent later, once."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import EVERYONE, audience
from ntbportal.commons.people import User
from ntbportal.commons.places import Level, Region
from ntbportal.commons.throttle import is_too_often

from ..forms import OfflineReportForm
from ..intake import Report, file_complaint, is_urgent
from ..models import Category, Channel
from .reporting import MOST_REPORTS


@audience(EVERYONE)
def offline(request: HttpRequest) -> HttpResponse:
    """GET: the page with everything a report needs, the same for everybody, so that it can be kept on the phone.
    POST: a report that waited; answers {"code": …} or 422 {"errors": […]}. The same key sent twice is one case."""
    if request.method == "POST":
        return _receive(request)
    categories = Category.objects.filter(is_active=True, parent__isnull=True).prefetch_related("children")
    districts: dict[str, list[Region]] = {}
    for district in Region.objects.filter(level=Level.DISTRICT).select_related("parent").order_by("parent__code", "name"):
        districts.setdefault(district.parent.name if district.parent else "", []).append(district)
    context = {"form": OfflineReportForm(auto_id="off_%s"), "categories": categories, "districts": districts.items()}
    response = render(request, "care/offline.html", context)
    response["Cache-Control"] = "no-cache"
    return response


def _receive(request: HttpRequest) -> JsonResponse:
    form = OfflineReportForm(request.POST, request.FILES)
    if not form.is_valid():
        return JsonResponse(
            {"errors": [f"{form.fields[name].label}: {text}" for name, texts in form.errors.items() for text in texts]}, status=422
        )
    data = form.cleaned_data
    urgent = is_urgent(data["category"], data["description"])
    if not urgent and is_too_often(request, "care-intake", MOST_REPORTS):
        return JsonResponse({"errors": [_("Many reports have come from your connection. It is sent later.")]}, status=429)
    answers: list[dict[str, Any]] = []
    if data["written_at"]:
        # the texts as they stand in the translations, so that both languages are kept
        answers.append(
            {"question": None, "id": "Ditulis tanpa sinyal", "en": "Written without signal", "value": data["written_at"], "public": False}
        )
    receipt = file_complaint(
        Report(
            category=data["category"], description=data["description"], region=data["district"], place_note=data["place_note"],
            latitude=data["latitude"], longitude=data["longitude"], name=data["name"], email=data["email"], phone=data["phone"],
            is_anonymous=data["is_anonymous"], is_secret=data["is_secret"], language=(get_language() or "id")[:2],
            reporter=request.user if isinstance(request.user, User) else None, draft_key=data["key"], pin=data["pin"],
            pictures=data["photos"], answers=answers, channel=Channel.OFFLINE, is_emergency=urgent,
        )
    )  # fmt: skip
    return JsonResponse({"code": receipt.case.code})


@never_cache
@audience(EVERYONE)
def offline_token(request: HttpRequest) -> JsonResponse:
    """A token for sending: the one in the kept page is as old as the page."""
    return JsonResponse({"token": get_token(request)})


@audience(EVERYONE)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker: keeps the page for reports without signal, and shows it where the network fails."""
    response = render(request, "care/worker.js", content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response
