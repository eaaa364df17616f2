"""The officers' board and what they do with a case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.signing import BadSignature
from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache

from ntbportal.commons import stamps
from ntbportal.commons.access import EVERYONE, audience
from ntbportal.commons.audit import note_look
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.people import Role, User
from ntbportal.commons.spreadsheets import csv_response, xlsx_response

from .. import handling, live
from ..access import leads
from ..asking import shown_answers
from ..coverage import coverage
from ..forms import AnswerForm, AssignForm, BulkForm, DeskReportForm, MergeForm, SimulatorForm, TransferForm
from ..intake import Report, file_complaint
from ..models import AnswerTemplate, Case, CaseKind, CaseState, CaseSupport
from ..models.cases import OPEN_STATES
from ..routing import fitting_rules
from ..together import add_support, decide_offer

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
    agencies = user.agencies_as(Role.OFFICER)
    mine = Q(agency__in=agencies)
    if agencies:
        mine |= Q(pk__in=CaseSupport.objects.filter(agency__in=agencies).values("case"))
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
        "bulk": BulkForm(officers=_officers(user)),
        "queues": [{"value": name, "label": title, "count": counts[name]} for name, (title, _condition) in QUEUES.items()],
    }
    partial = request.headers.get("HX-Target") == "desk-board"
    return render(request, "care/_board.html" if partial else "care/desk.html", context)


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
    only_helps = not leads(request.user, case)  # sees and notes; who reported, and what becomes of it, is the leading agency's
    if not only_helps and not case.is_anonymous and (case.reporter_name or case.reporter_phone or case.reporter_email):
        note_look(request.user, f"case:{case.pk}", page=request.path)  # type: ignore[arg-type]
    return render(
        request,
        "care/desk_case.html",
        {
            "case": case,
            "only_helps": only_helps,
            "moves": case.moves.select_related("by", "agency").prefetch_related("photos"),
            "photos": case.photos.filter(move=None),
            "answers": shown_answers(case.answers, everything=True),
            "answer": answer or AnswerForm(initial=seen),
            "transfer": transfer or TransferForm(),
            "merge": MergeForm(),
            "assign": AssignForm(case=case),
            "offers": case.offers.select_related("decided_by"),
            "supports": case.supports.select_related("agency"),
            "support": TransferForm(prefix="support"),
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
    """take, answer, ask, assign, transfer, refer, merge, reject, reopen, support, accept or decline (help), or note: by POST."""
    case = _case(request, code)
    if request.method != "POST":
        return redirect("care:desk_case", code)
    user: User = request.user  # type: ignore[assignment]
    if name != "note" and not leads(user, case):
        raise PermissionDenied
    answer, transfer = AnswerForm(request.POST, request.FILES), TransferForm(request.POST)
    answer.is_valid()
    transfer.is_valid()
    text, inside, seen = (answer.cleaned_data.get(key, "") for key in ("text", "inside", "seen_at"))
    try:
        if name == "take":
            handling.take(case, user, seen_at=seen)
            said = _("The report is in your hands.")
        elif name == "answer":
            if answer.errors:
                raise ValidationError(next(iter(answer.errors.values()))[0])
            handling.answer(case, user, text, inside=inside, pictures=answer.cleaned_data["photos"], seen_at=seen)
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
        elif name == "support":
            shared = _valid(TransferForm(request.POST, prefix="support"))
            if shared["agency"] is None:
                raise ValidationError(_("Choose the agency."))
            add_support(case, user, shared["agency"], shared["reason"])
            said = _("The agency has been asked to help.")
        elif name in {"accept", "decline"}:
            offer = case.offers.filter(pk=request.POST.get("offer") if request.POST.get("offer", "").isdigit() else 0).first()
            if offer is None:
                raise ValidationError(_("This offer is not there any more."))
            decide_offer(offer, user, accept=name == "accept")
            said = _("Whoever offered help has been told.")
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


@never_cache
@audience("care.work")
def simulator(request: HttpRequest) -> HttpResponseBase:
    """Where a report would go and why; and where the rules leave gaps or contradict one another."""
    asked = "category" in request.GET
    form = SimulatorForm(request.GET if asked else None, initial={"day": timezone.localdate()})
    context: dict[str, Any] = {"form": form}
    if asked and "village" in request.GET and form.is_valid():
        data = form.cleaned_data
        day = data["day"] or timezone.localdate()
        rules = fitting_rules(data["category"], data["region"], data["kind"] or CaseKind.COMPLAINT, day)
        context |= {"answered": True, "rules": rules, "region": data["region"], "chosen": data["category"]}
    elif asked and "village" not in request.GET:
        form.errors.clear()
    rows = coverage(timezone.localdate())
    if request.GET.get("export") in {"csv", "xlsx"}:
        respond = csv_response if request.GET["export"] == "csv" else xlsx_response
        header = [_("Category"), *(cell.region.name for cell in rows[0].cells)] if rows else []
        lines = ([row.category.full_name, *(cell.agency.short_name if cell.agency else "" for cell in row.cells)] for row in rows)
        return respond("penerusan-ntb-care", header, lines)
    context |= {"rows": rows, "gaps": sum(row.gaps for row in rows), "overlaps": sum(cell.is_overlap for row in rows for cell in row.cells)}
    return render(request, "care/simulator.html", context)


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
        respond = csv_response if request.GET["export"] == "csv" else xlsx_response
        header = [_("Agency"), _("Officer"), _("Open"), _("Late"), _("Due today"), _("Answered in 30 days")]
        lines = ([r["agency__name"], r["officer__full_name"], r["open"], r["late"], r["today"], r["answered"]] for r in rows)
        return respond("beban-kerja-ntb-care", header, lines)
    return render(request, "care/workload.html", {"rows": rows, "most": max((row["open"] for row in rows), default=1)})
