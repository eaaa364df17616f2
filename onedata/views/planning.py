"""The yearly data list and its calendar; requests for data by the public."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, F, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from ntbportal.commons.access import EVERYONE, audience
from ntbportal.commons.agencies import Agency
from ntbportal.commons.calendars import Entry, calendar_response
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.people import Role
from ntbportal.commons.throttle import is_too_often

from .. import planning, requests
from ..models import DataRequest, DataSet, Frequency, Release, RequestState, YearlyList
from ..models.planning import OPEN_REQUESTS

PLAN_COLUMNS = (
    Column(gettext_lazy("Due on"), lambda row: row.due_on, "due_on"),
    Column(gettext_lazy("Data set"), lambda row: row.data_set.title),
    Column(gettext_lazy("Producer"), lambda row: row.data_set.producer.short_name),
    Column(gettext_lazy("Period"), lambda row: row.period),
    Column(gettext_lazy("Priority"), lambda row: _("yes") if row.data_set.is_priority else _("no")),
    Column(gettext_lazy("State"), lambda row: row.state_label),
    Column(gettext_lazy("Released on"), lambda row: row.released_on),
)
STATES = {"open": gettext_lazy("Still to come"), "late": gettext_lazy("Late"), "released": gettext_lazy("Released")}


def _releases(request: HttpRequest) -> Any:
    rows = Release.objects.select_related("data_set__producer")
    today = timezone.localdate()
    asked = request.GET
    if asked.get("producer"):
        rows = rows.filter(data_set__producer__slug=asked["producer"][:80])
    if asked.get("topic"):
        rows = rows.filter(data_set__topic=asked["topic"][:16])
    if asked.get("priority"):
        rows = rows.filter(data_set__is_priority=True)
    if asked.get("state") == "open":
        rows = rows.filter(released_on__isnull=True, due_on__gte=today)
    elif asked.get("state") == "late":
        rows = rows.filter(released_on__isnull=True, due_on__lt=today)
    elif asked.get("state") == "released":
        rows = rows.filter(released_on__isnull=False)
    return rows


@audience(EVERYONE)
def plan(request: HttpRequest, year: int = 0) -> HttpResponseBase:
    """The yearly data list: what is released when, by whom, and how far the promises were kept."""
    years = list(YearlyList.objects.values_list("year", flat=True)[:20])
    year = year or (timezone.localdate().year if timezone.localdate().year in years or not years else years[0])
    yearly = YearlyList.objects.filter(year=year).first()
    rows = _releases(request).filter(yearly_list__year=year)
    listing = Listing(request, rows, PLAN_COLUMNS, sort="due_on", size=50, name=f"daftar-data-{year}")
    if export := listing.export():
        return export
    today = timezone.localdate()
    kept = Release.objects.filter(yearly_list__year=year).aggregate(
        total=Count("pk"),
        released=Count("pk", filter=Q(released_on__isnull=False)),
        late=Count("pk", filter=Q(released_on__isnull=True, due_on__lt=today)),
    )
    context = {
        "year": year, "years": years, "yearly": yearly, "listing": listing, "kept": kept, "states": STATES,
        "producers": Agency.objects.filter(data_sets__releases__yearly_list__year=year).distinct().order_by("short_name"),
        "may_agree": yearly is not None and not yearly.agreed_on and request.user.has_perm("onedata.check"),
        "may_plan": request.user.has_perm("onedata.work"), "query": request.GET.urlencode(),
    }  # fmt: skip
    return render(request, "onedata/plan.html", context)


@audience(EVERYONE)
def calendar(request: HttpRequest) -> HttpResponse:
    """Releases from a year back to a year ahead as iCalendar (RFC 5545); the filters of the list apply."""
    today = timezone.localdate()
    rows = _releases(request).filter(due_on__range=(today - timedelta(days=366), today + timedelta(days=366))).order_by("due_on")[:5000]
    entries = (
        Entry(
            uid=f"release-{release.pk}",
            day=release.due_on,
            title=f"{release.data_set.title} ({release.data_set.producer.short_name})",
            text=f"{release.state_label}. {release.period}".strip(),
            path=release.data_set.get_absolute_url(),
            is_sure=bool(release.yearly_list_id),
        )
        for release in rows
    )
    return calendar_response("ntb-one-data", _("Release calendar of NTB One Data"), entries)


class PlanForm(forms.Form):
    data_set = forms.ModelChoiceField(DataSet.objects.none(), label=gettext_lazy("Data set"))
    first = forms.DateField(label=gettext_lazy("Release on"), widget=forms.DateInput(attrs={"type": "date"}))
    period = forms.CharField(
        label=gettext_lazy("Period covered"), required=False, max_length=80, help_text=gettext_lazy("E.g. 2025, or January 2026")
    )
    repeat = forms.BooleanField(label=gettext_lazy("Repeat through the year by the declared frequency"), required=False)

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = DataSet.objects.exclude(stage="archived").order_by("title")
        if not user.has_perm("onedata.check"):
            rows = rows.produced_by(user.agencies_as(Role.PRODUCER))
        self.fields["data_set"].queryset = rows  # type: ignore[attr-defined]

    def clean_first(self) -> date:
        day: date = self.cleaned_data["first"]
        if not 2020 <= day.year <= timezone.localdate().year + 5:
            raise ValidationError(_("This year is too far away."))
        return day


@audience("onedata.work")
def plan_add(request: HttpRequest) -> HttpResponse:
    """Promise a release, or a year of them."""
    form = PlanForm(
        request.POST if request.method == "POST" else None, user=request.user, initial={"data_set": request.GET.get("data_set")}
    )
    if request.method == "POST" and form.is_valid():
        data_set, first = form.cleaned_data["data_set"], form.cleaned_data["first"]
        yearly = YearlyList.objects.filter(year=first.year, agreed_on__isnull=False).exists()
        if yearly and not request.user.has_perm("onedata.check"):
            form.add_error("first", _("The list of this year has been agreed on; ask the Walidata to change it."))
        else:
            try:
                if form.cleaned_data["repeat"] and data_set.frequency in planning.MONTHS:
                    made = len(planning.plan_year(data_set, first))
                else:
                    planning.plan_release(data_set, first, form.cleaned_data["period"])
                    made = 1
            except ValidationError as error:
                form.add_error("first", error)
            else:
                messages.success(request, _("Planned releases: %(count)s") % {"count": made})
                return redirect("onedata:plan_year", first.year)
    return render(
        request,
        "onedata/plan_add.html",
        {"form": form, "frequencies": dict(Frequency.choices)},
        status=422 if request.method == "POST" else 200,
    )


@audience("onedata.work")
def plan_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a release that has not happened off the list (POST)."""
    release = get_object_or_404(Release.objects.select_related("data_set", "yearly_list"), pk=pk)
    may = request.user.has_perm("onedata.check") or (
        request.user.has_perm("onedata.produce", release.data_set) and not release.yearly_list.agreed_on
    )
    if not may:
        raise PermissionDenied
    if request.method == "POST" and not release.released_on:
        release.delete()
        messages.success(request, _("The release has been taken off the list."))
    return redirect("onedata:plan_year", release.yearly_list.year)


@audience("onedata.check")
def plan_agree(request: HttpRequest, year: int) -> HttpResponse:
    """The Forum has agreed on the year's list (POST)."""
    yearly = get_object_or_404(YearlyList, year=year)
    if request.method == "POST":
        try:
            planning.agree(yearly, request.user, request.POST.get("decree", "")[:160])  # type: ignore[arg-type]
            messages.success(request, _("The list has been agreed on."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    return redirect("onedata:plan_year", year)


# --- requests -------------------------------------------------------------------------------------------------------
class RequestForm(forms.ModelForm):
    # a trap: people do not see it, programs that fill every field do
    website = forms.CharField(
        required=False, label="Website", widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off", "aria-hidden": "true"})
    )

    class Meta:
        model = DataRequest
        fields = ["title", "text", "purpose", "topic", "requester_name", "requester_email"]
        widgets = {"text": forms.Textarea(attrs={"rows": 4}), "requester_name": forms.TextInput(attrs={"autocomplete": "name"})}
        help_texts = {
            "title": gettext_lazy("E.g. “Number of small businesses by village, 2024”"),
            "requester_email": gettext_lazy("Only for the answer; it is never shown."),
            "purpose": gettext_lazy("The law on public information asks for it."),
        }

    requester_email = forms.EmailField(label=gettext_lazy("E-mail"))


REQUEST_COLUMNS = (
    Column(gettext_lazy("Request number"), lambda row: row.code),
    Column(gettext_lazy("What data are needed"), lambda row: row.title),
    Column(gettext_lazy("Received"), lambda row: row.created_at, "created_at"),
    Column(gettext_lazy("To be answered by"), lambda row: row.due_on, "due_on"),
    Column(gettext_lazy("State"), lambda row: row.get_state_display(), "state"),
    Column(gettext_lazy("Agency asked"), lambda row: row.agency.short_name if row.agency else ""),
)


@audience(EVERYONE)
def request_list(request: HttpRequest) -> HttpResponseBase:
    """What has been asked for and how it stands; who asked is not shown."""
    rows = DataRequest.objects.filter(is_shown=True).select_related("agency", "answered_with")
    state, text = request.GET.get("state", ""), request.GET.get("q", "")[:80].strip()
    if state in RequestState.values:
        rows = rows.filter(state=state)
    if text:
        rows = rows.filter(Q(title__icontains=text) | Q(code__iexact=text))
    listing = Listing(request, rows, REQUEST_COLUMNS, sort="-created_at", name="permintaan-data")
    if export := listing.export():
        return export
    context = {"listing": listing, "states": RequestState.choices, "state": state, "q": text, "kept": _kept_promises()}
    return render(request, "onedata/requests.html", context)


def _kept_promises() -> dict[str, int]:
    answered = DataRequest.objects.filter(answered_at__isnull=False)
    return {
        "answered": answered.count(),
        "in_time": answered.filter(answered_at__date__lte=F("due_on")).count(),
    }


@audience(EVERYONE)
def request_new(request: HttpRequest) -> HttpResponse:
    data_set = DataSet.objects.published().filter(slug=request.GET.get("data_set", "")[:120]).first()
    initial: dict[str, Any] = {"title": data_set.title, "topic": data_set.topic} if data_set else {}
    if request.user.is_authenticated:
        initial |= {"requester_name": request.user.full_name, "requester_email": request.user.email}
    form = RequestForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["website"]:  # a program; it is told nothing
            return redirect("onedata:requests")
        if is_too_often(request, "data-request", 10):
            form.add_error(None, _("Many requests have come from your connection. Try again in an hour."))
            return render(request, "onedata/request_new.html", {"form": form, "data_set": data_set}, status=429)
        form.instance.data_set = data_set
        form.instance.agency = data_set.producer if data_set else None
        form.instance.requester = request.user if request.user.is_authenticated else None
        asked = requests.ask(form.save(commit=False), (get_language() or "id")[:2])
        request.session["asked"] = [*request.session.get("asked", []), asked.code][-20:]
        messages.success(
            request, _("We have received your request; its number is %(code)s. The answer comes by e-mail.") % {"code": asked.code}
        )
        return redirect(asked)
    return render(
        request, "onedata/request_new.html", {"form": form, "data_set": data_set}, status=422 if request.method == "POST" else 200
    )


@audience(EVERYONE)
def request_show(request: HttpRequest, code: str) -> HttpResponse:
    """A request and its answer: shown ones to all, others to who asked (this session or account) and to the office."""
    found = get_object_or_404(DataRequest.objects.select_related("agency", "data_set", "answered_with"), code=code)
    is_own = code in request.session.get("asked", []) or (request.user.is_authenticated and found.requester_id == request.user.pk)
    if not (is_own or request.user.has_perm("onedata.see", found)):
        raise Http404
    return render(request, "onedata/request.html", {"request_shown": found, "is_own": is_own})


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Answer or reason"), required=False, widget=forms.Textarea(attrs={"rows": 4}), max_length=4000
    )
    data_set = forms.ModelChoiceField(
        DataSet.objects.all(),
        label=gettext_lazy("Data set that answers it"),
        required=False,
        to_field_name="slug",
        widget=forms.TextInput(attrs={"list": "data-sets"}),
    )
    agency = forms.ModelChoiceField(Agency.objects.all(), label=gettext_lazy("Pass on to the agency"), required=False)


def _office_requests(request: HttpRequest) -> Any:
    rows = DataRequest.objects.select_related("agency")
    if request.user.has_perm("onedata.check"):
        return rows
    return rows.filter(agency__in=request.user.agencies_as(Role.PRODUCER))  # type: ignore[union-attr]


@audience("onedata.work")
def desk_requests(request: HttpRequest) -> HttpResponseBase:
    rows = _office_requests(request)
    state = request.GET.get("state", "open")
    if state == "open":
        rows = rows.filter(state__in=OPEN_REQUESTS)
    elif state in RequestState.values:
        rows = rows.filter(state=state)
    listing = Listing(request, rows, REQUEST_COLUMNS, sort="due_on", name="permintaan-data")
    if export := listing.export():
        return export
    return render(request, "onedata/desk_requests.html", {"listing": listing, "state": state, "states": RequestState.choices})


@audience("onedata.work")
def desk_request(request: HttpRequest, code: str) -> HttpResponse:
    """Pass on, extend, provide or refuse; show in public or not."""
    found = get_object_or_404(_office_requests(request), code=code)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    act = request.POST.get("act", "")
    if request.method == "POST" and act in {"show", "hide"}:
        # what is public is the Walidata's to say; hiding it again is everybody's in the office
        if act == "show" and not request.user.has_perm("onedata.check"):
            raise PermissionDenied
        DataRequest.objects.filter(pk=found.pk).update(is_shown=act == "show")
        return redirect("onedata:desk_request", code)
    if request.method == "POST" and form.is_valid():
        try:
            if act == "assign":
                if not form.cleaned_data["agency"]:
                    raise ValidationError(_("Choose the agency."))
                requests.assign(found, form.cleaned_data["agency"])
            elif act in {RequestState.PROVIDED, RequestState.REFUSED, RequestState.EXTENDED, RequestState.UNDER_REVIEW}:
                requests.move(found, act, request.user, text=form.cleaned_data["text"], data_set=form.cleaned_data["data_set"])  # type: ignore[arg-type]
            else:
                raise Http404
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Kept; the asker has been told."))
            return redirect("onedata:desk_request", code)
    context = {
        "asked": found,
        "form": form,
        "is_open": found.state in OPEN_REQUESTS,
        "data_sets": DataSet.objects.published().filter(title__trigram_word_similar=found.title[:80])[:20],
    }
    return render(request, "onedata/desk_request.html", context, status=422 if request.method == "POST" else 200)
