"""A case on an officer's desk, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import audience
from ntbportal.commons.audit import note_look
from ntbportal.commons.people import User

from .. import handling, onward
from ..access import leads
from ..asking import shown_answers
from ..forms import AnswerForm, AssignForm, DisposeForm, MergeForm, TransferForm, WordsForm
from ..models import AnswerTemplate, Case, OnwardCase
from ..photos import BrushError, blur_photo, hide_photo, restore_photo
from ..together import add_support, decide_offer


def _case(request: HttpRequest, code: str) -> Case:
    rows = Case.objects.select_related("category__parent", "region", "agency", "unit", "officer", "rule__category", "rule__region")
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
            "dispose": DisposeForm(case=case, initial={"unit": case.unit_id}) if case.agency and case.agency.units.exists() else None,
            "words": WordsForm(initial={"words": case.hidden_words}),
            "onward": OnwardCase.objects.filter(case=case).select_related("server").first(),
            "onward_server": onward.server_of(case),
            "dot": (case.latitude, case.longitude) if case.latitude is not None and case.longitude is not None else None,
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


@dataclass
class Act:
    """What was sent: the case, who, the two forms that most acts use, and how the case looked on the page."""

    case: Case
    user: User
    post: QueryDict
    answer: AnswerForm
    transfer: TransferForm

    @property
    def seen(self) -> str:
        return str(self.answer.cleaned_data.get("seen_at", ""))

    @property
    def text(self) -> str:
        return str(self.answer.cleaned_data.get("text", ""))

    @property
    def inside(self) -> str:
        return str(self.answer.cleaned_data.get("inside", ""))

    @property
    def reason(self) -> str:
        return str(self.transfer.cleaned_data.get("reason", ""))


def _take(act: Act) -> str:
    handling.take(act.case, act.user, seen_at=act.seen)
    return _("The report is in your hands.")


def _answer(act: Act) -> str:
    pictures = _valid(act.answer)["photos"]
    handling.answer(act.case, act.user, act.text, inside=act.inside, pictures=pictures, seen_at=act.seen)
    return _("The answer has been sent.")


def _note(act: Act) -> str:
    handling.note_inside(act.case, act.user, act.inside)
    return _("The note has been kept.")


def _transfer(act: Act) -> str:
    agency = act.transfer.cleaned_data.get("agency")
    if agency is None:
        raise ValidationError(_("Choose the agency."))
    handling.transfer(act.case, act.user, agency, act.reason, seen_at=act.seen)
    return _("The report has been handed on.")


def _ask(act: Act) -> str:
    handling.ask(act.case, act.user, act.text, seen_at=act.seen)
    return _("The question has been sent; the clock stands until the reply comes.")


def _refer(act: Act) -> str:
    handling.refer(act.case, act.user, act.reason, seen_at=act.seen)
    return _("The reporter has been told who is responsible.")


def _merge(act: Act) -> str:
    handling.merge(act.case, act.user, _valid(MergeForm(act.post))["original"], seen_at=act.seen)
    return _("The reporter now follows the first report.")


def _assign(act: Act) -> str:
    handling.assign(act.case, act.user, _valid(AssignForm(act.post, case=act.case))["officer"], seen_at=act.seen)
    return _("The report has been given to the officer.")


def _dispose(act: Act) -> str:
    values = _valid(DisposeForm(act.post, case=act.case))
    handling.dispose(act.case, act.user, values["unit"], values["note"], seen_at=act.seen)
    return _("The report has been given to the unit.")


def _support(act: Act) -> str:
    shared = _valid(TransferForm(act.post, prefix="support"))
    if shared["agency"] is None:
        raise ValidationError(_("Choose the agency."))
    add_support(act.case, act.user, shared["agency"], shared["reason"])
    return _("The agency has been asked to help.")


def _decide(act: Act, *, accept: bool) -> str:
    number = act.post.get("offer", "")
    offer = act.case.offers.filter(pk=number if number.isdigit() else 0).first()
    if offer is None:
        raise ValidationError(_("This offer is not there any more."))
    decide_offer(offer, act.user, accept=accept)
    return _("Whoever offered help has been told.")


def _reopen(act: Act) -> str:
    if not act.user.has_perm("care.coordinate"):
        raise PermissionDenied
    handling.reopen(act.case, act.user, act.post.get("reason", ""), seen_at=act.seen)
    return _("The report has been reopened.")


def _reject(act: Act) -> str:
    handling.reject(act.case, act.user, act.reason, seen_at=act.seen)
    return _("The report was not accepted.")


def _words(act: Act) -> str:
    handling.hide_words(act.case, act.user, _valid(WordsForm(act.post))["words"])
    return _("The public no longer reads these words.")


def _send_on(act: Act) -> str:
    onward.send_on(act.case, act.user, seen_at=act.seen)
    return _("The report is being sent to the other portal.")


ACTS: dict[str, Callable[[Act], str]] = {
    "take": _take, "answer": _answer, "note": _note, "transfer": _transfer, "ask": _ask, "refer": _refer, "merge": _merge,
    "assign": _assign, "dispose": _dispose, "support": _support, "accept": partial(_decide, accept=True),
    "decline": partial(_decide, accept=False), "reopen": _reopen, "reject": _reject, "words": _words, "onward": _send_on,
}  # fmt: skip
BESIDE_THE_ANSWER = {"answer", "ask", "note", "take"}  # what is wrong with these is said above the answer


@audience("care.work")
def act(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """One of ACTS, by POST."""
    case = _case(request, code)
    if request.method != "POST":
        return redirect("care:desk_case", code)
    user: User = request.user  # type: ignore[assignment]
    if name != "note" and not leads(user, case):
        raise PermissionDenied
    if name not in ACTS:
        return redirect("care:desk_case", code)
    answer, transfer = AnswerForm(request.POST, request.FILES), TransferForm(request.POST)
    answer.is_valid()
    transfer.is_valid()
    try:
        said = ACTS[name](Act(case, user, request.POST, answer, transfer))
    except ValidationError as error:
        form: AnswerForm | TransferForm = answer if name in BESIDE_THE_ANSWER else transfer
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
def photo(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """A photo with a brush: what is painted over is made unrecognisable for the public; or it is hidden; or all is undone."""
    case = _case(request, code)
    if not leads(request.user, case):
        raise PermissionDenied
    picture = get_object_or_404(case.photos, pk=number)
    error = ""
    if request.method == "POST":
        user: User = request.user  # type: ignore[assignment]
        what = request.POST.get("what", "")
        try:
            if what == "blur":
                blur_photo(picture, request.POST.get("strokes", ""), user)
                messages.success(request, _("What you painted over can no longer be recognised."))
            elif what in {"hide", "show"}:
                hide_photo(picture, user, hidden=what == "hide")
                messages.success(request, _("The public no longer sees the photo.") if what == "hide" else _("The photo is shown again."))
            elif what == "restore":
                restore_photo(picture, user)
                messages.success(request, _("The photo is as it came."))
            return redirect("care:desk_photo", code, number)
        except BrushError as problem:
            error = str(problem)
    return render(request, "care/desk_photo.html", {"case": case, "photo": picture, "error": error}, status=422 if error else 200)
