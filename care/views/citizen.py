"""What citizens do with a case: follow it by its code, answer back, judge, help, ask for alerts."""

from __future__ import annotations

import contextlib
from typing import Any

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import EVERYONE, audience
from ntbportal.commons.channels import phone_channel
from ntbportal.commons.people import User
from ntbportal.commons.throttle import is_too_often

from .. import handling
from ..access import leads
from ..asking import shown_answers
from ..budgets import photos_are_too_many
from ..forgetting import forget
from ..forms import AlertForm, HelpForm, PhoneCodeForm, RatingForm, ReplyForm, TrackForm
from ..inbox import file_code
from ..intake import confirm_phone, confirmed_case
from ..models import AreaAlert, Case, CaseFollow, CaseMove
from ..models.cases import INSIDE, TOLD_TO_REPORTER
from ..public_map import degrees
from ..similar import affected, follow_of, stop_following
from ..together import alert_of, alert_path, offer_help, subscribe
from .reporting import OPENED

PIN_TRIES, PIN_PAUSE, PHONE_TRIES = 8, 900, 8


@never_cache
@audience(EVERYONE)
def track(request: HttpRequest) -> HttpResponse:
    form = TrackForm(request.POST or None, initial={"code": request.GET.get("code", "")[:12]})
    if request.method == "POST" and form.is_valid():
        code, pin = form.cleaned_data["code"], form.cleaned_data["pin"]
        case = _case_of(code)
        tries = f"pin-tries:{code}"
        if cache.get(tries, 0) >= PIN_TRIES:
            form.add_error("pin", _("Too many wrong PINs. Try again in 15 minutes."))
        elif case and pin and case.pin_fits(pin):
            request.session[OPENED] = [*request.session.get(OPENED, []), code][-20:]
            return redirect(case)
        elif pin:
            cache.add(tries, 0, PIN_PAUSE)
            with contextlib.suppress(ValueError):  # Redis away
                cache.incr(tries)
            form.add_error("pin", _("Code and PIN do not belong together."))
        elif case and (case.is_public or _may_open(request, case)):
            return redirect(case)
        elif case:
            form.add_error("pin", _("This report is not public. Enter the PIN too."))
        else:
            form.add_error("code", _("There is no report with this code. Check it letter by letter."))
    return render(request, "care/track.html", {"form": form}, status=422 if form.errors else 200)


def _moves(case: Case, *, own: bool) -> QuerySet[CaseMove]:
    """The steps as their reader sees them: of what was set right inside only what the reporter is told."""
    left_out = INSIDE - TOLD_TO_REPORTER if own else INSIDE
    return case.moves.select_related("agency").prefetch_related("photos").exclude(what__in=left_out)


def _may_open(request: HttpRequest, case: Case) -> bool:
    """The reporter, by PIN or account, and those responsible."""
    return (
        case.code in request.session.get(OPENED, [])
        or (case.reporter_id is not None and case.reporter_id == request.user.pk)
        or (request.user.is_authenticated and request.user.has_perm("care.work", case))
    )


def _case_of(code: str) -> Case | None:
    """The case of a code; a report that still waits in the inbox is filed first."""
    rows = Case.objects.select_related("category__parent", "region", "agency", "rule", "duplicate_of").filter(code=code)
    found = rows.first()
    if found is None:
        file_code(code)
        found = rows.first()
    return found


def _leads_on(case: Case) -> bool:
    """Whether the case was put together with one that all may read, and was itself no secret."""
    was_public = not case.is_secret and case.hidden_at is None
    return was_public and case.duplicate_of is not None and case.duplicate_of.is_public


def _dot(found: Case, own: bool) -> tuple[float, float] | None:
    """Where the page's map shows the case (degrees): exactly for those who may know, else as the public map."""
    if own and found.latitude is not None and found.longitude is not None:
        return found.latitude, found.longitude
    if found.map_x is None or found.map_y is None:
        return None
    latitude, longitude = degrees(found.map_x, found.map_y)
    return round(latitude, 5), round(longitude, 5)


@never_cache
@audience(EVERYONE)
def case(request: HttpRequest, code: str) -> HttpResponse:
    if (found := _case_of(code.upper())) is None:
        raise Http404
    if not found.is_public and not _may_open(request, found) and not _leads_on(found):
        return (
            redirect(f"{reverse('care:track')}?code={found.code}")
            if not found.hidden_at
            else render(request, "problem.html", {"title": _("Not shown"), "text": _("This report is not shown in public.")}, status=410)
        )
    original = found.duplicate_of
    if original is not None and original.is_public and not _is_reporter(request, found):
        return redirect(original)  # the copy's address leads to where it goes on
    own = _is_reporter(request, found)  # officers read here what the public reads; the whole stands on their desk
    return render(
        request,
        "care/case.html",
        {
            "case": found,
            "moves": _moves(found, own=own),
            "photos": found.photos.filter(move=None) if own else found.photos.filter(move=None, hidden_at=None),
            "answers": shown_answers(found.answers, everything=own),
            "own": own,
            "exact": own or not found.category.is_sensitive,
            "dot": _dot(found, own),
            "affected": affected([found.pk]).get(found.pk, 0),
            **_replies(request, found),
        },
    )


@never_cache
@audience(EVERYONE)
def help_with(request: HttpRequest, code: str) -> HttpResponse:
    """Neighbours, volunteers and CSOs offer help on a public case that is open."""
    found = get_object_or_404(Case.objects.select_related("category", "region", "agency", "officer"), code=code.upper())
    if not found.is_public:
        raise Http404
    user = request.user if isinstance(request.user, User) else None
    form = HelpForm(request.POST or None, initial={"name": user.full_name, "contact": user.email} if user else None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if is_too_often(request, "help", 20):
            form.add_error(None, _("Many requests have come from your connection. Try again in an hour."))
        elif data["website"]:
            return redirect(found)
        else:
            try:
                offer_help(
                    found, name=data["name"], contact=data["contact"], text=data["text"], user=user, language=(get_language() or "id")[:2]
                )
                messages.success(request, _("Thank you! The agency has been told and will answer you."))
                return redirect(found)
            except ValidationError as error:
                form.add_error(None, error)
    return render(request, "care/help.html", {"form": form, "case": found}, status=422 if form.errors else 200)


@never_cache
@audience(EVERYONE)
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail: hear of a case (act "confirm"), or no more (act "end"), each by a button."""
    found = follow_of(token)
    if found is None:
        raise Http404
    if request.method == "POST":
        if request.POST.get("act") == "end":
            stop_following(found.pk)
            messages.success(request, _("You are no longer told of this report."))
            return redirect("care:overview")
        CaseFollow.objects.filter(pk=found.pk, confirmed_at=None).update(confirmed_at=timezone.now())
        messages.success(request, _("Confirmed. You are told of what happens to this report."))
        return redirect(found.case if found.case.is_public else "care:overview")
    return render(request, "care/follow.html", {"follow": found})


@never_cache
@audience(EVERYONE)
def alerts(request: HttpRequest) -> HttpResponse:
    """Ask for a mail with new reports of an area or a category; those of the account are listed."""
    user = request.user if isinstance(request.user, User) else None
    form = AlertForm(request.POST or None, needs_email=user is None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if is_too_often(request, "alert", 20):
            form.add_error(None, _("Many requests have come from your connection. Try again in an hour."))
        elif not data["website"]:
            subscribe(
                AreaAlert(
                    user=user, email=data.get("email", ""), region=data["district"] or data["regency"], category=data["category"],
                    language=(get_language() or "id")[:2],
                )
            )  # fmt: skip
            messages.success(request, _("Your alert is kept.") if user else _("We have sent you a mail. Open its link to confirm."))
            return redirect("care:alerts")
    mine = (
        [(alert, alert_path(alert)) for alert in AreaAlert.objects.filter(user=user).select_related("region", "category")] if user else []
    )
    return render(request, "care/alerts.html", {"form": form, "mine": mine}, status=422 if form.errors else 200)


@never_cache
@audience(EVERYONE)
def alert(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mails: confirm (act "confirm") or end (act "end") an alert, each by a button."""
    found = alert_of(token)
    if found is None:
        raise Http404
    if request.method == "POST":
        if request.POST.get("act") == "end":
            found.delete()
            messages.success(request, _("The alert has ended."))
            return redirect("care:overview")
        AreaAlert.objects.filter(pk=found.pk, confirmed_at__isnull=True).update(confirmed_at=timezone.now(), told_until=timezone.now())
        messages.success(request, _("Confirmed. You get a mail on each morning with new reports."))
        return redirect(request.path)
    return render(request, "care/alert.html", {"alert": found})


def _is_reporter(request: HttpRequest, case: Case) -> bool:
    """Who wrote the report: by PIN in this browser, or by account."""
    return case.code in request.session.get(OPENED, []) or (case.reporter_id is not None and case.reporter_id == request.user.pk)


def _replies(request: HttpRequest, case: Case) -> dict[str, Any]:
    """What the reporter may do now."""
    if not _is_reporter(request, case):
        return {}
    in_time = case.reply_until is None or case.reply_until >= timezone.now()
    unconfirmed = case.reporter_phone and not case.contact_confirmed_at and phone_channel() is not None
    return {
        "phone_code": PhoneCodeForm() if unconfirmed else None,
        "reply": ReplyForm() if _may_reply(case, in_time=in_time) else None,
        "may_forget": case.forgotten_at is None,
        "judge": RatingForm() if case.state in {"answered", "closed"} and not case.rating else None,
    }


def _may_reply(case: Case, *, in_time: bool) -> bool:
    if case.state == "duplicate":  # what is written goes to the report it was put together with
        return case.duplicate_of is not None and case.duplicate_of.is_open
    return case.is_open or (case.state == "answered" and in_time and not case.was_reopened)


@never_cache
@audience(EVERYONE)
def reply(request: HttpRequest, code: str, act: str) -> HttpResponse:
    """POST of the reporter: write back (act "reply"), or judge and close (act "rate")."""
    found = get_object_or_404(
        Case.objects.select_related("category__parent", "region", "agency", "rule", "duplicate_of"), code=code.upper()
    )
    if not _is_reporter(request, found):
        return redirect(f"{reverse('care:track')}?code={found.code}")
    if request.method != "POST":
        return redirect(found)
    if act == "forget":
        forget(found)
        request.session[OPENED] = [one for one in request.session.get(OPENED, []) if one != found.code]
        messages.success(request, _("Your name and how to reach you have been erased. You are no longer told of this report."))
        return redirect("care:overview")
    forms = {"reply": ReplyForm, "rate": RatingForm, "phone": PhoneCodeForm}
    too_much = photos_are_too_many(request)
    form: Any = forms[act](request.POST, None if too_much else request.FILES)
    if too_much:
        form.add_error(None, _("Many photos have come from your connection. Send it without a photo, or try again in an hour."))
    if act == "phone" and is_too_often(request, f"phone-code:{found.pk}", PHONE_TRIES, PIN_PAUSE):
        form.add_error(None, _("Too many wrong codes. Try again in 15 minutes."))
    if form.is_valid():
        try:
            if act == "phone":
                confirm_phone(found, form.cleaned_data["code"])
                messages.success(request, _("Thank you, your number is confirmed."))
            elif act == "reply":
                handling.reply(found, form.cleaned_data["text"], pictures=form.cleaned_data["photos"])
                messages.success(request, _("Your reply has been sent."))
            else:
                handling.rate(found, form.cleaned_data["stars"], form.cleaned_data["why"])
                messages.success(request, _("Thank you for judging the answer."))
            return redirect(found)
        except ValidationError as error:
            form.add_error(None, error)
    context = {
        "case": found,
        "moves": _moves(found, own=True),
        "photos": found.photos.filter(move=None),
        "answers": shown_answers(found.answers, everything=True),
        "own": True,
        "exact": True,
        "dot": _dot(found, own=True),
    }
    context |= {**_replies(request, found), {"reply": "reply", "rate": "judge", "phone": "phone_code"}[act]: form}
    return render(request, "care/case.html", context, status=422)


@audience(EVERYONE)
def photo(request: HttpRequest, code: str, number: int, size: str) -> HttpResponseBase:
    """What the public sees of a photo; the picture as it came, and hidden photos, only for those responsible and the reporter."""
    found = get_object_or_404(Case.objects.select_related("category"), code=code)
    own = _may_open(request, found)
    is_close = own and (_is_reporter(request, found) or leads(request.user, found))  # not who only helps
    picture = get_object_or_404(found.photos.select_related("move"), pk=number)
    is_between = picture.move is not None and picture.move.is_private and not picture.move.published_note
    if not own and (not found.is_public or picture.hidden_at):
        raise Http404
    if not is_close and (size == "original" or is_between):  # the faces that were made unrecognisable
        raise Http404
    file = {"small": picture.thumbnail, "large": picture.picture, "original": picture.original or picture.picture}[size]
    response = FileResponse(file.open(), content_type="image/jpeg")
    # not for long: a face may be made unrecognisable at any time
    response["Cache-Control"] = "private, no-store" if size == "original" else "private, max-age=300"
    return response


@never_cache
@audience(EVERYONE)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the mail: the button on it says that the address is the reporter's. Mail filters that open links do not."""
    found = confirmed_case(token)
    if found is None and request.method != "POST":
        raise Http404
    if found is not None and request.method == "POST":
        Case.objects.filter(pk=found.pk, contact_confirmed_at=None).update(contact_confirmed_at=timezone.now())
        messages.success(request, _("Thank you, your address is confirmed."))
        return redirect(f"{reverse('care:track')}?code={found.code}")
    return render(request, "care/confirm.html", {})
