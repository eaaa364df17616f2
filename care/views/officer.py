"""The officers' board and what they do with a case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.signing import BadSignature
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from ntbportal.commons import stamps
from ntbportal.commons.access import EVERYONE, audience
from ntbportal.commons.audit import note_look
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.people import Role, User

from .. import handling, live
from ..asking import shown_answers
from ..forms import AnswerForm, AssignForm, DeskReportForm, MergeForm, TransferForm
from ..intake import Report, file_complaint
from ..models import AnswerTemplate, Case, CaseState

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


def cases_of(user: User) -> QuerySet[Case]:
    """All cases a person is responsible for."""
    rows = Case.objects.select_related("category", "region", "agency", "officer")
    if user.is_superuser or user.is_one_of(Role.ADMIN):
        return rows
    mine = Q(agency__in=user.agencies_as(Role.OFFICER))
    for code in user.regions_as(Role.COORDINATOR):
        mine |= Q(region_id=code) | Q(region__code__startswith=f"{code}.")
    return rows.filter(mine)


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


@never_cache
@audience("care.work")
def desk(request: HttpRequest) -> HttpResponseBase:
    user: User = request.user  # type: ignore[assignment]
    rows = cases_of(user)
    queue = request.GET.get("queue", "new")
    queue = queue if queue in QUEUES else "new"
    counts = rows.order_by().aggregate(**{name: _count(condition(user)) for name, (_title, condition) in QUEUES.items()})
    text = request.GET.get("q", "")[:60].strip()
    shown = rows.filter(QUEUES[queue][1](user))
    if text:
        shown = shown.filter(Q(code__istartswith=text) | Q(description__icontains=text))
    listing = Listing(request, shown, COLUMNS, sort="-created_at", size=30, name="meja-ntb-care")
    if export := listing.export():
        return export
    context = {
        "listing": listing,
        "queue": queue,
        "q": text,
        "token": live.desk_token(user),
        "stamp": stamps.read(live.desk_names(user)),
        "queues": [{"value": name, "label": title, "count": counts[name]} for name, (title, _condition) in QUEUES.items()],
    }
    partial = request.headers.get("HX-Target") == "desk-board"
    return render(request, "care/_board.html" if partial else "care/desk.html", context)


def _count(condition: Q) -> Any:
    from django.db.models import Count

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


def _case(request: HttpRequest, code: str) -> Case:
    rows = Case.objects.select_related("category", "region", "agency", "officer", "rule__category", "rule__region")
    found = get_object_or_404(rows, code=code)
    if not request.user.has_perm("care.work", found):
        raise PermissionDenied
    return found


def _show(
    request: HttpRequest, case: Case, *, answer: AnswerForm | None = None, transfer: TransferForm | None = None, status: int = 200
) -> HttpResponse:
    seen = {"seen_at": case.updated_at.isoformat()}
    if not case.is_anonymous and (case.reporter_name or case.reporter_phone or case.reporter_email):
        note_look(request.user, f"case:{case.pk}", page=request.path)  # type: ignore[arg-type]
    return render(
        request,
        "care/desk_case.html",
        {
            "case": case,
            "moves": case.moves.select_related("by", "agency"),
            "photos": case.photos.all(),
            "answers": shown_answers(case.answers, everything=True),
            "answer": answer or AnswerForm(initial=seen),
            "transfer": transfer or TransferForm(),
            "merge": MergeForm(),
            "assign": AssignForm(case=case),
            "duplicates": case.duplicates.all()[:50],
            "templates": _templates(case),
            "may_reopen": not case.is_open and request.user.has_perm("care.coordinate"),
            "seen_at": seen["seen_at"],
        },
        status=status,
    )


def _templates(case: Case) -> QuerySet[AnswerTemplate]:
    """Templates for the case's agency and category, and those for all."""
    fits = (Q(agency__isnull=True) | Q(agency=case.agency_id)) & (Q(category__isnull=True) | Q(category=case.category_id))
    return AnswerTemplate.objects.filter(fits)[:30]


@never_cache
@audience("care.work")
def desk_case(request: HttpRequest, code: str) -> HttpResponse:
    """A case; ?template= begins the answer with a template."""
    case = _case(request, code)
    answer = None
    asked = request.GET.get("template", "")
    if asked.isdigit() and (template := AnswerTemplate.objects.filter(pk=int(asked)).first()):
        filled = {"code": case.code, "place": case.region.full_name, "agency": case.agency.short_name if case.agency else ""}
        text = template.text
        for name, value in filled.items():
            text = text.replace("{" + name + "}", value)
        answer = AnswerForm(initial={"seen_at": case.updated_at.isoformat(), "text": text})
    return _show(request, case, answer=answer)


def _valid(form: Any) -> dict[str, Any]:
    """The form's values. Raises ValidationError with the first thing that is wrong."""
    if not form.is_valid():
        raise ValidationError(next(iter(form.errors.values()))[0])
    return dict(form.cleaned_data)


@audience("care.work")
def act(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """take, answer, ask, assign, transfer, refer, merge, reject, reopen or note: by POST."""
    case = _case(request, code)
    if request.method != "POST":
        return redirect("care:desk_case", code)
    user: User = request.user  # type: ignore[assignment]
    answer, transfer = AnswerForm(request.POST), TransferForm(request.POST)
    answer.is_valid()
    transfer.is_valid()
    text, inside, seen = (answer.cleaned_data.get(key, "") for key in ("text", "inside", "seen_at"))
    try:
        if name == "take":
            handling.take(case, user, seen_at=seen)
            said = _("The report is in your hands.")
        elif name == "answer":
            handling.answer(case, user, text, inside=inside, seen_at=seen)
            said = _("The answer has been sent.")
        elif name == "note":
            handling.note_inside(case, user, inside)
            said = _("The note has been kept.")
        elif name == "transfer":
            agency = transfer.cleaned_data.get("agency")
            if agency is None:
                raise ValidationError(_("Choose the agency."))
            handling.transfer(case, user, agency, transfer.cleaned_data["reason"], seen_at=seen)
            said = _("The report has been handed on.")
        elif name == "ask":
            handling.ask(case, user, text, seen_at=seen)
            said = _("The question has been sent; the clock stands until the reply comes.")
        elif name == "refer":
            handling.refer(case, user, transfer.cleaned_data["reason"], seen_at=seen)
            said = _("The reporter has been told who is responsible.")
        elif name == "merge":
            handling.merge(case, user, _valid(MergeForm(request.POST))["original"], seen_at=seen)
            said = _("The reporter now follows the first report.")
        elif name == "assign":
            handling.assign(case, user, _valid(AssignForm(request.POST, case=case))["officer"], seen_at=seen)
            said = _("The report has been given to the officer.")
        elif name == "reopen":
            if not user.has_perm("care.coordinate"):
                raise PermissionDenied
            handling.reopen(case, user, request.POST.get("reason", ""), seen_at=seen)
            said = _("The report has been reopened.")
        elif name == "reject":
            handling.reject(case, user, transfer.cleaned_data["reason"], seen_at=seen)
            said = _("The report was not accepted.")
        else:
            return redirect("care:desk_case", code)
    except ValidationError as error:
        form: AnswerForm | TransferForm = transfer if name in {"transfer", "reject", "refer", "merge", "assign", "reopen"} else answer
        form.add_error(None, error)
        case.refresh_from_db()
        kept = {"seen_at": case.updated_at.isoformat()}
        answer.data = {**{key: request.POST.get(key, "") for key in ("text", "inside")}, **kept}  # type: ignore[assignment]
        return _show(request, case, answer=answer, transfer=transfer, status=422)
    messages.success(request, said)
    still_mine = request.user.has_perm("care.work", Case.objects.get(pk=case.pk))
    return redirect("care:desk_case", code) if still_mine else redirect("care:desk")


@never_cache
@audience("care.work")
def enter(request: HttpRequest) -> HttpResponse:
    """A report that staff write down for somebody at the counter, on the telephone or in a message."""
    form = DeskReportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and "village" in form.data and form.is_valid():
        data = form.cleaned_data
        receipt = file_complaint(
            Report(
                category=data["category"], description=data["description"], kind=data["kind"], region=data["region"],
                place_note=data["place_note"], name=data["name"], email=data["email"], phone=data["phone"],
                is_anonymous=data["is_anonymous"], is_secret=data["is_secret"], language="id", pictures=data["photos"],
                channel=data["channel"], entered_by=request.user,  # type: ignore[arg-type]
            )
        )  # fmt: skip
        return render(request, "care/entered.html", {"case": receipt.case, "pin": receipt.pin})
    # without scripts the next list appears when the button is pressed
    asked = request.method == "POST" and bool(form.data.get("regency")) and "village" not in form.data
    if asked:
        form.errors.clear()
    return render(request, "care/enter.html", {"form": form}, status=422 if form.errors else 200)
