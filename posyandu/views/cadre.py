"""The cadre's open day: her posyandu, who comes, the queue, and new people."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Max, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import audience
from ntbportal.commons.audit import note_look
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.people import User

from .. import people, targets
from ..forms import PersonForm
from ..models import Arrival, Campaign, OpenDay, Person, Posyandu
from ..reasons import has_reason
from ..visits import open_day_today


@never_cache
@audience("posyandu.work")
def home(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    today = timezone.localdate()
    here = Q(people__left_on__isnull=True)
    found = (
        Posyandu.objects.visible_to(user)
        .select_related("village")
        .annotate(
            children=Count("people", filter=here & Q(people__birth_date__gt=targets.months_back(today, 60)), distinct=True),
            everybody=Count("people", filter=here, distinct=True),
            open_today=Subquery(OpenDay.objects.filter(posyandu=OuterRef("pk"), day=today).values("pk")[:1]),
        )
        .order_by("name")[:100]
    )
    running = list(Campaign.objects.filter(first_day__lte=today, last_day__gte=today).order_by("last_day"))
    places = list(found)
    for one in places:
        one.running = [campaign for campaign in running if one.village_id.startswith(campaign.region_id)]  # type: ignore[attr-defined]
    days = (
        OpenDay.objects.filter(posyandu__in=Posyandu.objects.visible_to(user))
        .select_related("posyandu")
        .annotate(weighed=Count("growth_visits", distinct=True), contacts=Count("visits", distinct=True))
        .order_by("-day", "pk")[:12]
    )
    return render(
        request,
        "posyandu/cadre_home.html",
        {"posyandu": places, "days": days, "today": today, "supervises": user.has_perm("posyandu.supervise")},
    )


def the_posyandu(request: HttpRequest, pk: int) -> Posyandu:
    """A posyandu at which the person works; 404 or PermissionDenied."""
    posyandu = get_object_or_404(Posyandu, pk=pk)
    if not request.user.has_perm("posyandu.work", posyandu):
        raise PermissionDenied
    return posyandu


def the_day(request: HttpRequest, pk: int) -> OpenDay:
    day = get_object_or_404(OpenDay.objects.select_related("posyandu__village"), pk=pk)
    the_posyandu(request, day.posyandu_id)
    return day


@audience("posyandu.work")
def open_today(request: HttpRequest, pk: int) -> HttpResponse:
    posyandu = the_posyandu(request, pk)
    if request.method != "POST":
        return redirect("posyandu:cadre")
    return redirect(open_day_today(posyandu, request.user))  # type: ignore[arg-type]


PERSON_COLUMNS = (
    Column(gettext_lazy("Name"), lambda row: row.name, "name"),
    Column(gettext_lazy("Sex"), lambda row: row.get_sex_display()),
    Column(gettext_lazy("Born on"), lambda row: row.birth_date, "birth_date"),
    Column(gettext_lazy("Name of the mother"), lambda row: row.mother_name),
    Column(gettext_lazy("Weighed today"), lambda row: _("yes") if row.weighed else _("no")),
    Column(gettext_lazy("Form filled in today"), lambda row: _("yes") if row.seen else _("no")),
)
SHOWN: dict[str, Any] = {
    "": Q(),
    "queue": Q(number__isnull=False) & ~targets.served(),
    "waiting": ~targets.served(),
    "done": targets.served(),
}


@never_cache
@audience("posyandu.work")
def open_day(request: HttpRequest, pk: int) -> HttpResponseBase:
    day = the_day(request, pk)
    everybody = targets.expected(day)
    group = request.GET.get("group", "")
    rows = targets.of_group(everybody, group, day.day)
    counts = rows.aggregate(
        total=Count("pk"),
        done=Count("pk", filter=targets.served()),
        queue=Count("pk", filter=SHOWN["queue"]),
    )
    text = request.GET.get("q", "")[:60].strip()
    show = request.GET.get("show", "")
    rows = rows.filter(SHOWN.get(show, Q()))
    if text:
        rows = people.search(rows, text)
    first = rows.filter(number__isnull=False) if show == "queue" else None
    listing = Listing(request, rows, PERSON_COLUMNS, sort="name", size=40, name=f"hari-buka-{day.day}", first=first)
    if request.GET.get("export"):
        if not has_reason(request, f"posyandu:{day.posyandu_id}"):
            return redirect(day)
        if export := listing.export():
            return export
    for one in listing.rows:
        one.months = one.age_in_months(day.day)
        one.young = one.months < targets.FIVE_YEARS
    context = {
        "day": day,
        "listing": listing,
        "q": text,
        "show": show,
        "group": group,
        "groups": [(key, title) for key, (title, _first, _below) in targets.GROUPS.items()],
        "waiting": max(0, counts["total"] - counts["done"]),
        **counts,
    }
    return render(request, "posyandu/open_day.html", context)


@audience("posyandu.work")
def arrive(request: HttpRequest, pk: int) -> HttpResponse:
    """POST person: table 1 writes down who has come and gives a number; the same person again keeps the number."""
    day = the_day(request, pk)
    if request.method == "POST":
        person = get_object_or_404(targets.present(day.posyandu_id, day.day), pk=request.POST.get("person", "0")[:12])
        with transaction.atomic():
            OpenDay.objects.select_for_update().get(pk=day.pk)
            last = day.arrivals.aggregate(last=Max("number"))["last"] or 0
            arrival, _new = Arrival.objects.get_or_create(open_day=day, person=person, defaults={"number": last + 1})
        messages.success(request, _("%(name)s has number %(number)s.") % {"name": person.name, "number": arrival.number})
    return redirect(f"{day.get_absolute_url()}?{request.POST.get('back', '')[:200]}")


def keep_or_ask(request: HttpRequest, form: PersonForm) -> tuple[Person | None, list[Person]]:
    """(the person who was added, nobody) or (None, those who may be the same, looks at whom are noted): nothing is kept then until
    the cadre says that it is somebody else."""
    if request.method != "POST" or not form.is_valid():
        return None, []
    alike = [] if form.cleaned_data["is_new"] else form.doubles()
    note_look(request.user, *(f"person:{one.pk}" for one in alike), page=request.path)  # type: ignore[arg-type]
    if alike:
        return None, alike
    with transaction.atomic():
        person = form.keep()
    messages.success(request, _("%(name)s has been added.") % {"name": person.name})
    return person, []


@never_cache
@audience("posyandu.work")
def new_child(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody new at the posyandu, of any age. Where the name sounds like somebody's of the same age, that person is shown first."""
    day = the_day(request, pk)
    form = PersonForm(request.POST or None, posyandu=day.posyandu)
    person, alike = keep_or_ask(request, form)
    if person is not None:
        young = person.age_in_months(day.day) < targets.FIVE_YEARS
        return redirect("posyandu:weigh" if young else "posyandu:visit", day.pk, person.pk)
    context = {"form": form, "day": day, "alike": alike}
    return render(request, "posyandu/new_child.html", context, status=422 if form.errors or alike else 200)
