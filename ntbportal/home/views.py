"""Front page, search across everything, a person's own page and inbox, demo mail, health."""

from __future__ import annotations

import email
import email.policy
from itertools import islice
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache

from care.models import Case
from care.redaction import public_text
from ntbportal.actionplan.models import Commitment
from ntbportal.commons.access import EVERYONE, SIGNED_IN, audience
from ntbportal.commons.inbox import inbox_page
from ntbportal.commons.numerals import whole_number
from ntbportal.commons.outlines import as_geojson
from ntbportal.commons.people import Role, User
from ntbportal.commons.places import Level, Region
from ntbportal.commons.push import device_here, drop_device, keep_device, public_key, remember_here
from ntbportal.commons.texts import json_of
from ntbportal.commons.tokens import issue
from onedata import search as onedata_search
from onedata.interoperability.package_search import public_rows
from onedata.models import CodeList, DataSet
from posyandu.finding import forms_for_everyone
from posyandu.models import Posyandu


@audience(EVERYONE)
def region_outlines(request: HttpRequest, level: str) -> HttpResponse:
    """Outlines of all regencies or districts for maps, as GeoJSON, small enough for a phone."""
    if level not in {Level.REGENCY, Level.DISTRICT}:
        raise Http404
    key = f"outlines:{level}:{cache.get('regions-version', 0)}"
    body = cache.get(key)
    if body is None:
        names = dict(Region.objects.filter(level=level).values_list("code", "name"))
        body = as_geojson(names, roughness=0.006 if level == Level.REGENCY else 0.004)
        cache.set(key, body, 24 * 3600)
    response = HttpResponse(body, content_type="application/geo+json")
    response["Cache-Control"] = "public, max-age=86400"
    return response


@audience(EVERYONE)
def front(request: HttpRequest) -> HttpResponse:
    figures = cache.get("front-figures")
    if figures is None:
        figures = {
            "data_sets": DataSet.objects.published().count(),
            "posyandu": Posyandu.objects.filter(is_active=True).count(),
            "cases": Case.objects.aggregate(
                all=Count("pk"),
                answered=Count("pk", filter=Q(answered_at__isnull=False)),
            ),
        }
        cache.set("front-figures", figures, 60)
    return render(
        request,
        "home/front.html",
        {
            "figures": figures,
            "newest": DataSet.objects.published().select_related("producer").order_by("-published_at")[:4],
            "answered": Case.objects.public()
            .filter(answered_at__isnull=False)
            .select_related("category", "region", "agency")
            .order_by("-answered_at")[:4],
        },
    )


def _cases(text: str) -> list[Case]:
    """Public reports with this code or text; what is left out of the public text is not found either."""
    rows = Case.objects.public().filter(Q(code__iexact=text) | Q(description__icontains=text)).select_related("category", "region")
    shown = (case for case in rows.order_by("-created_at")[:50] if text.lower() in f"{case.code} {public_text(case)}".lower())
    return list(islice(shown, 5))


@audience(EVERYONE)
def search(request: HttpRequest) -> HttpResponse:
    """Data sets, reports, posyandu, places and commitments with one word; a few of each, with the way to all."""
    text = request.GET.get("q", "")[:100].strip()
    context: dict[str, Any] = {"q": text}
    if text:
        context |= {
            "data_sets": onedata_search.find(DataSet.objects.published(), text).select_related("producer").order_by("-rank", "title")[:5],
            "code_lists": CodeList.objects.filter(title__icontains=text)[:3],
            "cases": _cases(text),
            "posyandu": Posyandu.objects.filter(name__icontains=text, is_active=True).select_related("village")[:5],
            "regions": Region.objects.named_like(text, 5),
            "commitments": Commitment.objects.filter(Q(title_id__icontains=text) | Q(title_en__icontains=text))[:3],
        }
        context["found"] = any(context[name] for name in ("data_sets", "code_lists", "cases", "posyandu", "regions", "commitments"))
    return render(request, "home/search.html", context)


@never_cache
@audience(SIGNED_IN)
def me(request: HttpRequest) -> HttpResponse:
    """A person's own page: where their work is, and what they are told."""
    user: User = request.user  # type: ignore[assignment]
    return render(
        request,
        "home/me.html",
        {
            "memberships": user.memberships.select_related("agency", "region").filter(
                Q(valid_until__isnull=True) | Q(valid_until__gte=timezone.localdate())
            ),
            "notices": inbox_page(user, size=5).things,
            "reports": Case.objects.filter(reporter=user).select_related("category").order_by("-created_at")[:10],
            "works": {
                "care": user.has_perm("care.work"),
                "onedata": user.has_perm("onedata.work"),
                "posyandu": user.has_perm("posyandu.work"),
                "leader": user.has_perm("posyandu.lead"),
                "admin": user.is_staff,
            },
            "to_check": DataSet.objects.filter(stage="submitted").count() if user.has_perm("onedata.check") else 0,
            "to_inspect": DataSet.objects.filter(stage="verified", is_priority=True, inspected_at__isnull=True).count()
            if user.has_perm("onedata.inspect")
            else 0,
            "push_key": public_key(),
            "devices": user.push_devices.all(),
            "notices_here": device_here(request, user) is not None,
            "is_citizen_only": not user.posts or all(post.role == Role.CITIZEN for post in user.posts),
        },
    )


@audience(SIGNED_IN)
def push(request: HttpRequest) -> HttpResponse:
    """POST by scripts: JSON {"subscription": …, "label": …} keeps this browser, {"drop": endpoint} forgets it; by the form:
    device=number forgets one."""
    user: User = request.user  # type: ignore[assignment]
    if request.method != "POST":
        return redirect("home:me")
    if (number := whole_number(request.POST.get("device", ""))) is not None:
        user.push_devices.filter(pk=number).delete()
        messages.success(request, _("This device gets no more notices."))
        return redirect("home:me")
    kept = None
    try:
        sent = json_of(request)
        if "drop" in sent:
            drop_device(user, str(sent["drop"]))
        else:
            kept = keep_device(user, sent.get("subscription") or {}, str(sent.get("label") or ""))
    except (ValueError, TypeError, AttributeError, ValidationError) as error:
        said = error.messages[0] if isinstance(error, ValidationError) else str(_("This is no address for notices."))
        return JsonResponse({"error": said}, status=400)
    response = JsonResponse({"devices": user.push_devices.count()})
    if kept is not None:
        remember_here(response, kept)
    return response


@audience(EVERYONE)
def push_worker(request: HttpRequest) -> HttpResponse:
    """The service worker that shows notices; it stands at the root so that it may open every page."""
    response = render(request, "home/push-worker.js", content_type="text/javascript")
    response["Cache-Control"] = "no-cache"
    return response


@never_cache
@audience(SIGNED_IN)
def tokens(request: HttpRequest) -> HttpResponse:
    """API tokens of a person: made, shown once, revoked."""
    user: User = request.user  # type: ignore[assignment]
    fresh = ""
    if request.method == "POST":
        if (number := whole_number(request.POST.get("revoke", ""))) is not None:
            user.api_tokens.filter(pk=number, revoked_at__isnull=True).update(revoked_at=timezone.now())
            messages.success(request, _("The token no longer works."))
            return redirect("home:tokens")
        label = request.POST.get("label", "").strip()
        if label:
            fresh = issue(user, label)
        else:
            messages.error(request, _("Say what the token is for."))
    rows = user.api_tokens.filter(revoked_at__isnull=True)[:100]
    return render(request, "home/tokens.html", {"tokens": rows, "fresh": fresh})


@never_cache
@audience(EVERYONE)
def demo_mail(request: HttpRequest) -> HttpResponse:
    """Mail that the demo wrote to files instead of sending; exists in demo only."""
    if not settings.PORTAL_DEMO:
        raise Http404
    letters = []
    folder = Path(settings.EMAIL_FILE_PATH)
    if folder.exists():
        newest = sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True)[:200]
        for path in newest:
            for raw in path.read_bytes().split(b"-" * 79):
                if raw.strip():
                    letters.append(_letter(raw.strip()))
    letters.sort(key=lambda letter: letter["date"], reverse=True)
    return render(request, "home/demo_mail.html", {"letters": letters[:100]})


def _letter(raw: bytes) -> dict[str, Any]:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    date = message["date"]
    body = message.get_body(preferencelist=("plain",))
    return {
        "to": str(message["to"]),
        "subject": str(message["subject"]),
        "text": body.get_content() if body else "",
        "date": date.datetime if date is not None else timezone.now(),
    }


@audience(EVERYONE)
def live(request: HttpRequest) -> HttpResponse:
    return HttpResponse("alive\n", content_type="text/plain")


@never_cache
@audience(EVERYONE)
def ready(request: HttpRequest) -> JsonResponse:
    """200 when database and Redis answer; else 503 and which does not."""
    parts = {}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        parts["database"] = "ok"
    except DatabaseError:
        parts["database"] = "down"
    parts["redis"] = "ok" if cache.ping() else "down"
    good = all(value == "ok" for value in parts.values())
    return JsonResponse({"status": "ok" if good else "down", **parts}, status=200 if good else 503)


@audience(EVERYONE)
def sitemap(request: HttpRequest) -> HttpResponse:
    """Public pages for search engines: at most 50,000 addresses, as the protocol allows."""
    fixed = ("/", "/care/", "/onedata/", "/onedata/reference/", "/posyandu/", "/posyandu/schedule/", "/action-plan/")
    pages: list[tuple[str, Any]] = [(path, None) for path in fixed]
    with override("id"):
        pages += [(reverse("posyandu:health", args=[form.slug]), None) for form in forms_for_everyone()]
        posyandu = Posyandu.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True)
        pages += [(reverse("posyandu:place", args=[pk]), None) for pk in posyandu[:15_000]]
    for slug, changed in public_rows().order_by("pk").values_list("slug", "updated_at")[:34_000].iterator():
        pages.append((f"/onedata/datasets/{slug}/", changed.date()))
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">']
    for path, day in pages:
        last = f"<lastmod>{day}</lastmod>" if day else ""
        lines.append(f"<url><loc>{escape(settings.BASE_URL + path)}</loc>{last}</url>")
    return HttpResponse("\n".join([*lines, "</urlset>", ""]), content_type="application/xml")


@audience(EVERYONE)
def robots(request: HttpRequest) -> HttpResponse:
    closed = ("/accounts/", "/admin/", "/care/desk/", "/onedata/desk/", "/posyandu/cadre/", "/me/")
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), f"Sitemap: {settings.BASE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")
