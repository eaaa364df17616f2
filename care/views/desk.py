"""The officers' desk: queues, filters, the map beside them, saved views, acts on several cases, and the workload."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature
from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache

from ntbportal.commons import stamps
from ntbportal.commons.access import EVERYONE, audience
from ntbportal.commons.agencies import Agency
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.numerals import whole_number
from ntbportal.commons.people import Role, User
from ntbportal.commons.spreadsheets import spreadsheet_response

from .. import handling, live
from ..access import cases_of, leads
from ..choosing import SPANS, Choice
from ..forms import BulkForm
from ..inbox import unfiled
from ..models import Case, CaseState, Category, SavedView
from ..models.cases import OPEN_STATES
from ..public_map import as_rows, clusters, view_of
from ..redaction import public_text, warnings_of

COLUMNS = (
    Column(gettext_lazy("Code"), lambda row: row.code),
    Column(gettext_lazy("Category"), lambda row: row.category.name_id),
    Column(gettext_lazy("Place"), lambda row: row.region.full_name),
    Column(gettext_lazy("State"), lambda row: row.get_state_display(), "state"),
    Column(gettext_lazy("Agency"), lambda row: row.agency.short_name if row.agency else ""),
    Column(gettext_lazy("Officer"), lambda row: str(row.officer or "")),
    Column(gettext_lazy("Received"), lambda row: row.created_at, "created_at"),
    Column(gettext_lazy("Due"), lambda row: row.due_at),
)


def _day_end() -> Any:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


QUEUES: dict[str, tuple[Any, Callable[[User], Q]]] = {
    "new": (gettext_lazy("New"), lambda user: Q(state__in=[CaseState.RECEIVED, CaseState.VERIFIED, CaseState.ASSIGNED])),
    "mine": (gettext_lazy("Mine"), lambda user: Q(officer=user.pk, state__in=[CaseState.IN_PROGRESS, CaseState.NEEDS_INFO])),
    "emergency": (gettext_lazy("Emergencies"), lambda user: Q(is_emergency=True, answered_at__isnull=True, due_at__isnull=False)),
    "today": (gettext_lazy("Due today"), lambda user: Q(due_at__lt=_day_end(), due_at__gte=timezone.now())),
    "late": (gettext_lazy("Late"), lambda user: Q(due_at__lt=timezone.now())),
    "unrouted": (
        gettext_lazy("Without an agency"),
        lambda user: Q(agency__isnull=True, state__in=[CaseState.RECEIVED, CaseState.VERIFIED]),
    ),
    "all": (gettext_lazy("All"), lambda user: Q()),
}


MOST_LOOKED_AT = 500  # anonymous reports whose text is compared as the officer may read it


def _searched(rows: QuerySet[Case], text: str) -> QuerySet[Case]:
    """By code, or by words: of an anonymous report only those that its officer may read."""
    found = rows.filter(Q(code__istartswith=text) | Q(description__icontains=text))
    anonymous = found.filter(is_anonymous=True).exclude(code__istartswith=text).order_by("-pk")[:MOST_LOOKED_AT]
    told = [case.pk for case in anonymous if text.lower() in public_text(case).lower()]
    return found.filter(Q(is_anonymous=False) | Q(code__istartswith=text) | Q(pk__in=told))


def _chosen(request: HttpRequest) -> tuple[QuerySet[Case], str, str, Choice, dict[str, str]]:
    """The cases that the address chooses: (cases, queue, words, choice, what the filters hold)."""
    user: User = request.user  # type: ignore[assignment]
    queue = request.GET.get("queue", "new")
    queue = queue if queue in QUEUES else "new"
    text = request.GET.get("q", "")[:60].strip()
    choice = Choice.of(request)
    rows = choice.apply(cases_of(user).filter(QUEUES[queue][1](user)))
    for name in ("agency", "officer"):
        asked = request.GET.get(name, "")
        if (number := whole_number(asked)) is not None:
            rows = rows.filter(**{name: number})
            choice.values[name] = asked
    if text:
        rows = _searched(rows, text)
    kept = {"queue": queue, **({"q": text} if text else {}), **choice.values}
    return rows, queue, text, choice, kept


@never_cache
@audience("care.work")
def desk(request: HttpRequest) -> HttpResponseBase:
    """?queue= chooses a queue; the rest of the address filters; ?view=split sets the map beside it."""
    user: User = request.user  # type: ignore[assignment]
    shown, queue, text, choice, kept = _chosen(request)
    counts = cases_of(user).order_by().aggregate(**{name: _count(condition(user)) for name, (_title, condition) in QUEUES.items()})
    listing = Listing(request, shown, COLUMNS, sort="-created_at", size=30, name="meja-ntb-care")
    if export := listing.export():
        return export
    split = request.GET.get("view") == "split"
    view = {"view": "split"} if split else {}
    context = {
        "listing": listing,
        "queue": queue,
        "q": text,
        "choice": choice,
        "chosen": kept,
        "kept": urlencode(kept),
        "split": split,
        "token": live.desk_token(user),
        "stamp": stamps.read(live.desk_names(user)),
        "bulk": BulkForm(officers=_officers(user)),
        "queues": [
            {"value": name, "label": title, "count": counts[name], "link": urlencode({**kept, **view, "queue": name})}
            for name, (title, _condition) in QUEUES.items()
        ],
    }
    if request.headers.get("HX-Target") == "desk-board":
        return render(request, "care/_board.html", context)
    context |= {
        "categories": Category.objects.filter(is_active=True, parent__isnull=True).prefetch_related("children"),
        "states": CaseState.choices,
        "spans": SPANS,
        "agencies": _agencies(user),
        "officers": _officers(user),
        "saved": SavedView.objects.filter(user=user),
        "stuck": unfiled() if user.is_superuser or user.is_one_of(Role.ADMIN, Role.COORDINATOR) else [],
    }
    return render(request, "care/desk.html", context)


def _agencies(user: User) -> QuerySet[Agency]:
    """Whose cases a desk may hold; none to choose from where it is one."""
    if user.is_superuser or user.is_one_of(Role.ADMIN, Role.COORDINATOR):
        return Agency.objects.filter(routing_rules__isnull=False).distinct()
    mine = user.agencies_as(Role.OFFICER)
    return Agency.objects.filter(pk__in=mine) if len(mine) > 1 else Agency.objects.none()


@never_cache
@audience("care.work")
def desk_map(request: HttpRequest) -> JsonResponse:
    """Clusters of the cases that the desk shows, for its map; never kept, as it must be true within two seconds."""
    return JsonResponse({"clusters": as_rows(clusters(_chosen(request)[0], *view_of(request)))})


@never_cache
@audience("care.work")
def desk_map_cases(request: HttpRequest) -> HttpResponse:
    """The newest of the desk's cases in a box of the map."""
    rows = _chosen(request)[0].order_by("-created_at", "-pk")[:10]
    return render(request, "care/_map_cases.html", {"cases": rows, "path": "care:desk_case"})


MOST_SAVED = 30


@audience("care.work")
def saved_view(request: HttpRequest) -> HttpResponse:
    """POST: keep the desk as it is shown under a name (the same name again replaces it), or drop one (drop=number)."""
    user: User = request.user  # type: ignore[assignment]
    if request.method != "POST":
        return redirect("care:desk")
    if (dropped := whole_number(request.POST.get("drop", ""))) is not None:
        SavedView.objects.filter(user=user, pk=dropped).delete()
        messages.success(request, _("The view is gone."))
        return redirect("care:desk")
    name, query = request.POST.get("name", "").strip()[:40], request.POST.get("query", "")[:500]
    if not name:
        messages.error(request, _("Give the view a name."))
    elif SavedView.objects.filter(user=user).exclude(name=name).count() >= MOST_SAVED:
        messages.error(request, _("There are too many views; drop some first."))
    else:
        SavedView.objects.update_or_create(user=user, name=name, defaults={"query": query})
        messages.success(request, _("The view is kept."))
    return redirect(f"{reverse('care:desk')}?{query}")


def _count(condition: Q) -> Any:
    return Count("pk", filter=condition) if condition else Count("pk")


@never_cache
@audience(EVERYONE)
def changes(request: HttpRequest) -> HttpResponse:
    """Whether a desk changed since `stamp`: 204, or the event that makes the page reload its board. Touches neither
    session nor database; who may ask is in the signed token that the desk page carried."""
    try:
        names = live.names_of(request.GET.get("token", ""))
    except BadSignature:
        return HttpResponse(status=403)
    if stamps.read(names) == request.GET.get("stamp", ""):
        return HttpResponse(status=204)
    return HttpResponse(headers={"HX-Trigger": "desk-changed"})


def _officers(user: User) -> QuerySet[User]:
    """To whom somebody may give a case: the officers of their agencies; for coordinators all."""
    rows = User.objects.holding(Role.OFFICER)
    if user.is_superuser or user.is_one_of(Role.ADMIN, Role.COORDINATOR):
        return rows.order_by("full_name")
    return rows.filter(memberships__agency__in=user.agencies_as(Role.OFFICER)).distinct().order_by("full_name")


@audience("care.work")
def bulk(request: HttpRequest) -> HttpResponse:
    """POST: one act on several cases, each for itself; what could not be done is named with its reason."""
    user: User = request.user  # type: ignore[assignment]
    back = redirect(f"{reverse('care:desk')}?queue={request.POST.get('queue', 'new')[:12]}")
    if request.method != "POST":
        return back
    form = BulkForm(request.POST, officers=_officers(user))
    if not form.is_valid():
        for texts in form.errors.values():
            messages.error(request, str(texts[0]))
        return back
    data, done = form.cleaned_data, 0
    for case in cases_of(user).filter(code__in=data["picked"]):
        try:
            if not leads(user, case):
                raise ValidationError(_("The leading agency decides on this report."))
            if data["act"] == "take":
                handling.take(case, user)
            elif data["act"] == "assign":
                handling.assign(case, user, data["officer"])
            elif data["act"] == "transfer":
                handling.transfer(case, user, data["agency"], data["text"])
            elif not case.is_secret and (telling := warnings_of(data["text"], case)):
                raise ValidationError(
                    _("Everyone would read %(telling)s. Answer it on its own page.") % {"telling": "; ".join(telling[:4])}
                )
            else:
                handling.answer(case, user, data["text"])
            done += 1
        except ValidationError as error:
            messages.error(request, f"{case.code}: {error.messages[0]}")
    messages.success(request, ngettext("%(n)s report done.", "%(n)s reports done.", done) % {"n": done})
    return back


@never_cache
@audience("care.work")
def workload(request: HttpRequest) -> HttpResponseBase:
    """What lies with whom: open, late and due today by officer, and what was answered in the last thirty days."""
    user: User = request.user  # type: ignore[assignment]
    now = timezone.now()
    rows = list(
        cases_of(user)
        .order_by()
        .values("agency__short_name", "agency__name", "officer", "officer__full_name")
        .annotate(
            open=Count("pk", filter=Q(state__in=OPEN_STATES)),
            late=Count("pk", filter=Q(state__in=OPEN_STATES, due_at__lt=now)),
            today=Count("pk", filter=Q(state__in=OPEN_STATES, due_at__gte=now, due_at__lt=_day_end())),
            oldest=Min("created_at", filter=Q(state__in=OPEN_STATES)),
            answered=Count("pk", filter=Q(answered_at__gte=now - timedelta(days=30))),
        )
        .filter(Q(open__gt=0) | Q(answered__gt=0))
        .order_by("-late", "-open", "agency__name")[:300]
    )
    if request.GET.get("export") in {"csv", "xlsx"}:
        header = [_("Agency"), _("Officer"), _("Open"), _("Late"), _("Due today"), _("Answered in 30 days")]
        lines = ([r["agency__name"], r["officer__full_name"], r["open"], r["late"], r["today"], r["answered"]] for r in rows)
        return spreadsheet_response(request.GET["export"], "beban-kerja-ntb-care", header, lines)
    return render(request, "care/workload.html", {"rows": rows, "most": max((row["open"] for row in rows), default=1)})
