"""Reports written without signal: a page that the phone keeps, and the address to which they are sent later, once."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import EVERYONE, audience
from ntbportal.commons.cache import remembered
from ntbportal.commons.people import User
from ntbportal.commons.places import Level, Region
from ntbportal.commons.texts import CONTROLS, is_blank
from ntbportal.commons.throttle import is_too_often

from ..budgets import photos_are_too_many
from ..emergencies import judge
from ..forms import OfflineReportForm
from ..inbox import accept
from ..intake import Report, file_complaint
from ..models import Category, Channel
from . import reporting


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


@dataclass(frozen=True)
class _Lists:
    """What a report may name."""

    categories: dict[str, Category]  # by key as sent
    districts: frozenset[str]


def _lists() -> _Lists:
    rows = Category.objects.filter(is_active=True).select_related("parent")
    districts = Region.objects.filter(level=Level.DISTRICT).values_list("code", flat=True)
    return _Lists({str(row.pk): row for row in rows}, frozenset(districts))


MAIL = re.compile(r"[A-Za-z0-9_.+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63})*\.[A-Za-z]{2,24}")
PHONE = re.compile(r"\+?\d{8,15}")


def _plainly_right(post: QueryDict) -> tuple[dict[str, Any], uuid.UUID, bool] | None:
    """(values, key, urgent) of a report that is plainly as it should be. None where anything is unusual: the form looks at it
    then, and says what is wrong. Only stricter than the form, never laxer; a hundredth of its time."""
    get = post.get
    lists = remembered(_lists)
    category, description = lists.categories.get(get("category", "")), get("description", "").strip()
    place_note, name, email, phone = (get(field, "").strip() for field in ("place_note", "name", "email", "phone"))
    key, pin, written = get("key", ""), get("pin", ""), get("written_at", "")
    if (
        category is None or get("district", "") not in lists.districts or not 10 <= len(description) <= 5000
        or len(place_note) > 200 or len(name) > 120 or len(written) > 40 or len(pin) != 6 or not (pin.isascii() and pin.isdigit())
        or (email and (len(email) > 254 or not MAIL.fullmatch(email))) or (phone and not PHONE.fullmatch(phone))
        or get("latitude") or get("longitude")
        or any(get(field, "on") != "on" for field in ("is_anonymous", "is_secret"))
        or CONTROLS.search(description + place_note + name + written) or is_blank(description)
    ):  # fmt: skip
        return None
    try:
        draft = uuid.UUID(key)
    except ValueError:
        return None
    values = {
        "category": category.pk, "description": description, "region": get("district"), "place_note": place_note, "name": name,
        "email": email, "phone": phone, "is_anonymous": bool(get("is_anonymous")), "is_secret": bool(get("is_secret")),
        "language": (get_language() or "id")[:2], "pin": pin, "channel": str(Channel.OFFLINE), "answers": _written(written),
    }  # fmt: skip
    return values, draft, judge(category, description).is_emergency


def _written(written: str) -> list[dict[str, Any]]:
    """When it was written, as the phone says, with the texts as they stand in the translations."""
    if not written:
        return []
    texts = {"id": "Ditulis tanpa sinyal", "en": "Written without signal"}
    return [{"question": None, **texts, "value": written, "public": False}]


def _receive(request: HttpRequest) -> JsonResponse:
    if not request.FILES and (known := _plainly_right(request.POST)) is not None:
        values, key, urgent = known
        if not urgent and is_too_often(request, "care-intake", reporting.MOST_REPORTS):
            return JsonResponse({"errors": [_("Many reports have come from your connection. It is sent later.")]}, status=429)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and isinstance(request.user, User):
            values["reporter"] = request.user.pk
        response = JsonResponse({"code": accept(values, key, urgent=urgent)})
        response["Content-Security-Policy"] = "default-src 'none'"  # no page, so nothing of a page is allowed, and nothing put together
        return response
    if photos_are_too_many(request):
        return JsonResponse({"errors": [_("Many photos have come from your connection. It is sent later.")]}, status=429)
    form = OfflineReportForm(request.POST, request.FILES)
    if not form.is_valid():
        return JsonResponse(
            {"errors": [f"{form.fields[name].label}: {text}" for name, texts in form.errors.items() for text in texts]}, status=422
        )
    data = form.cleaned_data
    urgent = judge(data["category"], data["description"]).is_emergency
    if not urgent and is_too_often(request, "care-intake", reporting.MOST_REPORTS):
        return JsonResponse({"errors": [_("Many reports have come from your connection. It is sent later.")]}, status=429)
    receipt = file_complaint(
        Report(
            category=data["category"], description=data["description"], region=data["district"], place_note=data["place_note"],
            latitude=data["latitude"], longitude=data["longitude"], name=data["name"], email=data["email"], phone=data["phone"],
            is_anonymous=data["is_anonymous"], is_secret=data["is_secret"], language=(get_language() or "id")[:2],
            reporter=request.user if isinstance(request.user, User) else None, draft_key=data["key"], pin=data["pin"],
            pictures=data["photos"], answers=_written(data["written_at"]), channel=Channel.OFFLINE, is_emergency=urgent,
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
