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
from ntbportal.commons.numerals import whole_number
from ntbportal.commons.people import User

from .. import corrections, duplicates, handling, onward
from ..access import leads
from ..asking import shown_answers
from ..forms import (
    AnswerForm,
    AssignForm,
    DisposeForm,
    MergeForm,
    PublishForm,
    ReclassifyForm,
    TransferForm,
    WordsForm,
)
from ..models import AnswerTemplate, Case, OnwardCase, SecretBecause
from ..models.cases import INSIDE
from ..photos import BrushError, blur_photo, hide_photo, restore_photo
from ..redaction import warnings_of
from ..together import add_support, decide_offer


def _case(request: HttpRequest, code: str) -> Case:
    rows = Case.objects.select_related("category__parent", "region", "agency", "unit", "officer", "rule__category", "rule__region")
    found = get_object_or_404(rows, code=code)
    if not request.user.has_perm("care.work", found):
        raise PermissionDenied
    return found


def _show(
    request: HttpRequest,
    case: Case,
    *,
    answer: AnswerForm | None = None,
    transfer: TransferForm | None = None,
    publish: PublishForm | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page. `publish`: the form of a step that was not published yet; `problem`: what is wrong
    with an act that has no place of its own on the page."""
    seen = {"seen_at": case.updated_at.isoformat()}
    answer = answer or AnswerForm(initial=seen)
    if case.is_secret:
        answer.fields["text"].help_text = _("The report is secret: only its reporter reads what you write.")
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
            "publish": publish,
            "publish_step": whole_number(request.POST.get("move", "")) if publish else None,
            "problem": problem,
            "answer": answer,
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


def _classified(case: Case) -> dict[str, Any]:
    """Category, kind and place of a case as the form of them begins."""
    parts = case.region.ancestor_codes()
    levels = dict(zip(("regency", "district", "village"), reversed(parts[:-1]), strict=False))
    return {"category": case.category_id, "kind": case.kind, **levels}


def _templates(case: Case) -> QuerySet[AnswerTemplate]:
    """Templates for the case's agency and category, and those for all."""
    fits = (Q(agency__isnull=True) | Q(agency=case.agency_id)) & (Q(category__isnull=True) | Q(category=case.category_id))
    return AnswerTemplate.objects.filter(fits)[:30]


@never_cache
@audience("care.see_case")
def desk_case(request: HttpRequest, code: str) -> HttpResponse:
    """A case; ?template= begins the answer with a template. Leaders see how it stands, and may ask the
    agency to explain."""
    found = get_object_or_404(Case.objects.select_related("category", "region", "agency", "officer"), code=code)
    if not request.user.has_perm("care.work", found) and request.user.has_perm("care.oversee", found):
        return _overseen(request, found)
    case = _case(request, code)
    answer = None
    asked = whole_number(request.GET.get("template", ""))
    if asked is not None and (template := AnswerTemplate.objects.filter(pk=asked).first()):
        filled = {"code": case.code, "place": case.region.full_name, "agency": case.agency.short_name if case.agency else ""}
        text = template.text
        for name, value in filled.items():
            text = text.replace("{" + name + "}", value)
        answer = AnswerForm(initial={"seen_at": case.updated_at.isoformat(), "text": text})
    return _show(request, case, answer=answer)


def _overseen(request: HttpRequest, case: Case) -> HttpResponse:
    """How a case stands, for leaders: no reporter, and of a secret case no text."""
    user: User = request.user  # type: ignore[assignment]
    error = ""
    if request.method == "POST":
        try:
            handling.ask_to_explain(case, user, request.POST.get("text", ""))
            messages.success(request, _("The agency has been asked to explain."))
            return redirect("care:desk_case", case.code)
        except ValidationError as problem:
            error = problem.messages[0]
    moves = case.moves.select_related("agency").exclude(what__in=INSIDE)
    asked = case.moves.filter(by=user, what="noted").order_by("-at")[:10]
    context = {"case": case, "moves": moves, "asked": asked, "error": error}
    return render(request, "care/desk_overseen.html", context, status=422 if error else 200)


def _valid(form: Any) -> dict[str, Any]:
    """The form's values. Raises ValidationError with the first thing that is wrong."""
    if not form.is_valid():
        raise ValidationError(next(iter(form.errors.values()))[0])
    return dict(form.cleaned_data)


@dataclass
class Act:
    """What was sent: the case, who, the forms that most acts use, and how the case looked on the page."""

    case: Case
    user: User
    post: QueryDict
    answer: AnswerForm
    transfer: TransferForm
    publish: PublishForm

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


def _ask_whether_meant(act: Act, text: str, form: AnswerForm | TransferForm | PublishForm) -> None:
    """Raises ValidationError where a text for the public may tell who somebody is and the officer
    has not said that it is meant so; the form then asks."""
    if act.case.is_secret or form.cleaned_data.get("is_meant"):
        return
    if telling := warnings_of(text, act.case):
        form.ask_whether_meant = True
        raise ValidationError(
            _("Everyone will read: %(telling)s. Leave out what belongs to people; what your agency itself publishes may stay.")
            % {"telling": "; ".join(telling[:8])}
        )


def _answer(act: Act) -> str:
    pictures = _valid(act.answer)["photos"]
    _ask_whether_meant(act, act.text, act.answer)
    handling.answer(act.case, act.user, act.text, inside=act.inside, pictures=pictures, seen_at=act.seen)
    return _("The answer has been sent.")


def _note(act: Act) -> str:
    handling.note_inside(act.case, act.user, act.inside)
    return _("The note has been kept.")


def _transfer(act: Act) -> str:
    agency = act.transfer.cleaned_data.get("agency")
    if agency is None:
        raise ValidationError(_("Choose the agency."))
    _ask_whether_meant(act, act.reason, act.transfer)
    handling.transfer(act.case, act.user, agency, act.reason, seen_at=act.seen)
    return _("The report has been handed on.")


def _ask(act: Act) -> str:
    handling.ask(act.case, act.user, act.text, seen_at=act.seen)
    return _("The question has been sent; the clock stands until the reply comes.")


def _refer(act: Act) -> str:
    _ask_whether_meant(act, act.reason, act.transfer)
    handling.refer(act.case, act.user, act.reason, seen_at=act.seen)
    return _("The reporter has been told who is responsible.")


def _merge(act: Act) -> str:
    duplicates.merge(act.case, act.user, _valid(MergeForm(act.post))["original"], seen_at=act.seen)
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
    number = whole_number(act.post.get("offer", ""))
    offer = act.case.offers.filter(pk=number or 0).first()
    if offer is None:
        raise ValidationError(_("This offer is not there any more."))
    decide_offer(offer, act.user, accept=accept)
    return _("Whoever offered help has been told.")


def _reopen(act: Act) -> str:
    if not act.user.has_perm("care.coordinate"):
        raise PermissionDenied
    _ask_whether_meant(act, act.reason, act.transfer)
    handling.reopen(act.case, act.user, act.reason, seen_at=act.seen)
    return _("The report has been reopened.")


def _reject(act: Act) -> str:
    _ask_whether_meant(act, act.reason, act.transfer)
    handling.reject(act.case, act.user, act.reason, seen_at=act.seen)
    return _("The report was not accepted.")


def _words(act: Act) -> str:
    handling.hide_words(act.case, act.user, _valid(WordsForm(act.post))["words"])
    return _("The public no longer reads these words.")


def _raise_emergency(act: Act) -> str:
    corrections.raise_emergency(act.case, act.user, act.reason, seen_at=act.seen)
    return _("It is treated as an emergency; the duty roster has been alerted.")


def _lower_emergency(act: Act) -> str:
    corrections.lower_emergency(act.case, act.user, act.reason, seen_at=act.seen)
    return _("It is treated as an ordinary report from now on.")


def _publish(act: Act) -> str:
    values = _valid(act.publish)
    _ask_whether_meant(act, values["text"], act.publish)
    corrections.publish_step(act.case, act.user, values["move"], values["text"], with_photos=values["with_photos"], seen_at=act.seen)
    return _("The public reads the text that you gave.") if values["text"] else _("The public does not read it.")


def _send_on(act: Act) -> str:
    onward.send_on(act.case, act.user, seen_at=act.seen)
    return _("The report is being sent to the other portal.")


ACTS: dict[str, Callable[[Act], str]] = {
    "take": _take, "answer": _answer, "note": _note, "transfer": _transfer, "ask": _ask, "refer": _refer, "merge": _merge,
    "assign": _assign, "dispose": _dispose, "support": _support, "accept": partial(_decide, accept=True),
    "decline": partial(_decide, accept=False), "reopen": _reopen, "reject": _reject, "words": _words, "onward": _send_on,
    "emergency": _raise_emergency, "no_emergency": _lower_emergency, "publish": _publish,
}  # fmt: skip
BESIDE_THE_ANSWER = {"answer", "ask", "note"}  # what is wrong with these is said above the answer
BESIDE_THE_TRANSFER = {"transfer", "reject", "refer", "assign", "dispose", "onward", "merge", "support", "reopen"}


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
    publish = PublishForm(request.POST)
    for form in (answer, transfer, publish):
        form.is_valid()
    try:
        said = ACTS[name](Act(case, user, request.POST, answer, transfer, publish))
    except ValidationError as error:
        case.refresh_from_db()
        kept = {"seen_at": case.updated_at.isoformat()}
        answer.data = {**{key: request.POST.get(key, "") for key in ("text", "inside")}, **kept}  # type: ignore[assignment]
        if name in BESIDE_THE_ANSWER:
            answer.add_error(None, error)
            return _show(request, case, answer=answer, status=422)
        if name in BESIDE_THE_TRANSFER:
            transfer.add_error(None, error)
            return _show(request, case, transfer=transfer, status=422)
        published = publish if name == "publish" else None
        return _show(request, case, publish=published, problem=error.messages[0], status=422)
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


CORRECTIONS = ("reclassify", "hide", "show", "secret", "public")


@never_cache
@audience("care.work")
def correct(request: HttpRequest, code: str) -> HttpResponse:
    """Category, place and kind of a case, who may read it, and whether the public sees it: each an act of
    CORRECTIONS, by POST; what is wrong is said above, with all that was typed."""
    case = _case(request, code)
    user: User = request.user  # type: ignore[assignment]
    if not leads(user, case):
        raise PermissionDenied
    name = request.POST.get("act", "")
    form = ReclassifyForm(request.POST if name == "reclassify" else None, initial=_classified(case))
    error, typed = "", request.POST.get("why", "")
    if request.method == "POST" and name in CORRECTIONS and "village" not in request.POST and name == "reclassify":
        form.errors.clear()  # without scripts the next list appears when the button is pressed
    elif request.method == "POST" and name in CORRECTIONS:
        try:
            messages.success(request, _corrected(case, user, name, form, request.POST))
            still_mine = user.has_perm("care.work", Case.objects.get(pk=case.pk))
            return redirect("care:desk_case", code) if still_mine else redirect("care:desk")
        except ValidationError as problem:
            error = problem.messages[0]
            case = _case(request, code)
    context = {
        "case": case,
        "form": form,
        "error": error,
        "typed": typed,
        "act": name,
        "may_publish": case.is_secret and case.secret_because in (SecretBecause.WORDS, SecretBecause.OFFICER),
        "seen_at": case.updated_at.isoformat(),
    }
    return render(request, "care/desk_correct.html", context, status=422 if error or form.errors else 200)


def _corrected(case: Case, user: User, name: str, form: ReclassifyForm, post: QueryDict) -> str:
    """Do one of CORRECTIONS; returns what is said. Raises ValidationError."""
    why, seen = post.get("why", ""), post.get("seen_at", "")
    if name == "reclassify":
        values = _valid(form)
        to = corrections.Classification(values["category"], values["region"], values["kind"])
        corrections.reclassify(case, user, to, values["reason"], seen_at=seen)
        return _("The report has been put right and told anew.")
    if name == "hide":
        corrections.hide(case, user, why, seen_at=seen)
        return _("The public no longer sees the report.")
    if name == "show":
        corrections.show_again(case, user, why, seen_at=seen)
        return _("The public sees the report again.")
    if name == "secret":
        corrections.make_secret(case, user, why, seen_at=seen)
        return _("Only the reporter and those responsible read the report now.")
    corrections.make_public(case, user, why, seen_at=seen)
    return _("All may read the report now.")
