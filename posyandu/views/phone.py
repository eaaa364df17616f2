"""The cadre's work without signal: a page that the phone keeps, what it takes along, and the address that entries are sent to."""

from __future__ import annotations

import json
from functools import lru_cache

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page

from ntbportal.commons.access import EVERYONE, audience
from ntbportal.commons.audit import note_look
from ntbportal.commons.numerals import whole_number
from ntbportal.commons.people import User
from ntbportal.commons.texts import json_of

from .. import pack, sync
from ..models import Posyandu
from ..phone_texts import texts


@audience(EVERYONE)
def app(request: HttpRequest) -> HttpResponse:
    """The page itself: the same for everybody, without anybody's data; what it shows comes from the phone, by PIN."""
    response = render(request, "posyandu/app.html", {"texts": texts()})
    response["Cache-Control"] = "no-cache"
    return response


@audience(EVERYONE)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker of everything below /posyandu/cadre/."""
    response = render(request, "posyandu/worker.js", content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


@audience(EVERYONE)
def manifest(request: HttpRequest) -> HttpResponse:
    return render(request, "posyandu/manifest.json", content_type="application/manifest+json")


@lru_cache(maxsize=1)
def _lms() -> bytes:
    return json.dumps(pack.lms(), separators=(",", ":")).encode()


@gzip_page
@audience(EVERYONE)
def lms(request: HttpRequest) -> HttpResponse:
    """WHO's LMS values, which never change."""
    response = HttpResponse(_lms(), content_type="application/json")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@never_cache
@gzip_page
@audience("posyandu.work")
def take_along(request: HttpRequest) -> JsonResponse:
    """?posyandu=1&posyandu=2: what the phone takes along; without, the first of the viewer's posyandu."""
    user: User = request.user  # type: ignore[assignment]
    mine = Posyandu.objects.visible_to(user).filter(is_active=True).select_related("village").order_by("name")
    sent = [whole_number(text) for text in request.GET.getlist("posyandu")]
    asked = [number for number in sent if number is not None][: pack.MOST_POSYANDU]
    chosen = list(mine.filter(pk__in=asked) if asked else mine[: pack.MOST_POSYANDU])
    note_look(user, *(f"posyandu:{one.pk}" for one in chosen), page=request.path)
    return JsonResponse(pack.pack_for(user, chosen) | {"token": get_token(request)})


@never_cache
@audience(EVERYONE)
def who(request: HttpRequest) -> JsonResponse:
    """Who is signed in, and a token for sending; {"user": null} where nobody is."""
    user = request.user
    work = isinstance(user, User) and user.has_perm("posyandu.work")
    return JsonResponse({"user": user.pk if work else None, "token": get_token(request)})


@never_cache
@audience("posyandu.send")
def send(request: HttpRequest) -> JsonResponse:
    """POST {"sent_at": …, "entries": […]}; answers {"answers": […]} in their order, as posyandu/sync.py describes."""
    try:
        body = json_of(request)
        entries = body["entries"]
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"errors": [_("What was sent cannot be read.")]}, status=400)
    if request.method != "POST" or not isinstance(entries, list) or len(entries) > sync.MOST_AT_ONCE:
        return JsonResponse({"errors": [_("Too many entries at once.")]}, status=400)
    off = sync.clock_off(str(body.get("sent_at", "")))
    answers = sync.take(entries, request.user, off)  # type: ignore[arg-type]
    return JsonResponse({"answers": answers, "clock_off": int(off.total_seconds())})
