"""The cadre's open day: her posyandu, who comes, the queue, and new people."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
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

from .. import immunisation, open_days, people, targets
from ..checking import unusual
from ..forms import PersonForm
from ..models import Arrival, Campaign, OpenDay, Person, Posyandu
from ..reasons import has_reason
from ..sounds import sound_of

PLACES, MOST_TO_CHOOSE, MOST_COUNTED = 20, 300, 99
PLACE_COLUMNS = (Column(gettext_lazy("Name"), lambda row: row.name, "name"),)


@never_cache
@audience("posyandu.work")
def home(request: HttpRequest) -> HttpResponse:
    """The viewer's posyandu, by name or village, and the last days on which they were open."""
    user: User = request.user  # type: ignore[assignment]
    today = timezone.localdate()
    mine = Posyandu.objects.visible_to(user)
    rows = mine.select_related("village").annotate(
        children=_people(birth_date__gt=targets.months_back(today, 60)),
        everybody=_people(),
        open_today=Subquery(OpenDay.objects.filter(posyandu=OuterRef("pk"), day=today).values("pk")[:1]),
        at_homes=Subquery(OpenDay.objects.filter(posyandu=OuterRef("pk"), day=today).values("is_home_visits")[:1]),
    )
    text = request.GET.get("q", "")[:60].strip()
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(village__name__icontains=text))
    listing = Listing(request, rows, PLACE_COLUMNS, sort="name", size=PLACES, name="posyandu-saya")
    running = list(Campaign.objects.filter(first_day__lte=today, last_day__gte=today).order_by("last_day"))
    for one in listing.rows:
        one.running = [campaign for campaign in running if one.village_id.startswith(campaign.region_id)]
    days = open_days.with_counts(OpenDay.objects.filter(posyandu__in=mine)).select_related("posyandu").order_by("-day", "pk")[:8]
    context = {"listing": listing, "q": text, "days": days, "today": today, "supervises": user.has_perm("posyandu.supervise")}
    if context["supervises"]:
        waiting = unusual(mine, "").order_by()[: MOST_COUNTED + 1].count()
        context["to_check"] = f"{MOST_COUNTED}+" if waiting > MOST_COUNTED else waiting
    context["many"] = bool(text or listing.next or listing.previous)
    return render(request, "posyandu/cadre_home.html", context)


def _people(**which: Any) -> Coalesce:
    """How many are at a posyandu; asked for those that are shown only."""
    rows: Any = Person.objects.filter(posyandu=OuterRef("pk"), left_on=None, **which).order_by().values("posyandu")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


def places_to_choose(request: HttpRequest) -> tuple[QuerySet[Posyandu], dict[str, Any]]:
    """(the viewer's posyandu, of them the one of ?posyandu= where it is asked for; what a page needs to offer the choice)."""
    mine = Posyandu.objects.visible_to(request.user)  # type: ignore[arg-type]
    asked = request.GET.get("posyandu", "")[:12]
    offered = list(mine.select_related("village").order_by("name", "pk")[: MOST_TO_CHOOSE + 1])
    chosen = mine.filter(pk=int(asked)).first() if asked.isdecimal() else None
    offered = offered if len(offered) <= MOST_TO_CHOOSE else [chosen] if chosen else []
    return mine.filter(pk=chosen.pk) if chosen else mine, {"places": offered, "place": chosen}


def number_in(request: HttpRequest, name: str) -> int:
    """A record's number as a page sent it; 0, which none has, where it is no number."""
    text = request.POST.get(name, "")[:12]
    return int(text) if text.isdecimal() else 0


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
    return redirect(open_days.open_day_today(posyandu, request.user))  # type: ignore[arg-type]


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
    "after": Q(number__isnull=False, gone=False) & targets.served(),
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
        after=Count("pk", filter=SHOWN["after"]),
    )
    text = request.GET.get("q", "")[:60].strip()
    show = request.GET.get("show", "")
    if show == "next":  # whoever waits in the queue, else whoever has not been here yet
        show = "queue" if counts["queue"] else "waiting"
    if text:  # a search looks at everybody and says where they are, whatever the list showed
        show, group = "", ""
        rows = people.search(targets.anybody(day, Posyandu.objects.visible_to(request.user)), text)  # type: ignore[arg-type]
    else:
        rows = rows.filter(SHOWN.get(show, Q()))
    in_turn = show in {"queue", "after"}  # as they came
    listing = Listing(request, rows, PERSON_COLUMNS, sort="number" if in_turn else "name", size=40, name=f"hari-buka-{day.day}")
    if request.GET.get("export"):
        if not has_reason(request, f"posyandu:{day.posyandu_id}"):
            return redirect(day)
        if export := listing.export():
            return export
    note_look(request.user, f"posyandu:{day.posyandu_id}", page=request.path)  # type: ignore[arg-type]
    for one in listing.rows:
        one.months = one.age_in_months(day.day)
        one.young = one.months < targets.FIVE_YEARS
        one.where = targets.whereabouts(one, day) if text else None
    if text:
        elsewhere = [one for one in listing.rows if one.posyandu_id != day.posyandu_id]
        note_look(request.user, *(f"person:{one.pk}" for one in elsewhere), page=request.path)  # type: ignore[arg-type]
    if show == "after":  # what table 4 is to give
        due = immunisation.due_lists(day.day, listing.rows, day.posyandu.village_id)
        for one in listing.rows:
            one.due = due.get(one.pk, [])
    context = {
        "day": day,
        "listing": listing,
        "q": text,
        "show": show,
        "group": group,
        "groups": [(key, title) for key, (title, _first, _below) in targets.GROUPS.items()],
        "waiting": max(0, counts["total"] - counts["done"]),
        "is_empty": not counts["done"] and open_days.is_empty(day),
        **counts,
        "everybody": bool(text),
    }
    return render(request, "posyandu/open_day.html", context)


@audience("posyandu.work")
def arrive(request: HttpRequest, pk: int) -> HttpResponse:
    """POST person: table 1 writes down who has come and gives a number; the same person again keeps the number. With act=done the last
    table lets them go; with act=away they had not come, or left before anything was done."""
    day = the_day(request, pk)
    if request.method == "POST":
        person = get_object_or_404(targets.present(day.posyandu_id, day.day), pk=number_in(request, "person"))
        if request.POST.get("act") == "done":
            day.arrivals.filter(person=person, done_at=None).update(done_at=timezone.now())
            messages.success(request, _("%(name)s has been at all tables.") % {"name": person.name})
            return redirect(f"{day.get_absolute_url()}?{request.POST.get('back', '')[:200]}")
        if request.POST.get("act") == "away":
            day.arrivals.filter(person=person).delete()
            messages.success(request, _("%(name)s is out of the queue.") % {"name": person.name})
            return redirect(f"{day.get_absolute_url()}?{request.POST.get('back', '')[:200]}")
        with transaction.atomic():
            OpenDay.objects.select_for_update().get(pk=day.pk)
            last = day.arrivals.aggregate(last=Max("number"))["last"] or 0
            arrival, _new = Arrival.objects.get_or_create(open_day=day, person=person, defaults={"number": last + 1})
        messages.success(request, _("%(name)s has number %(number)s.") % {"name": person.name, "number": arrival.number})
    return redirect(f"{day.get_absolute_url()}?{request.POST.get('back', '')[:200]}")


def keep_or_ask(request: HttpRequest, form: PersonForm) -> tuple[Person | None, list[Person]]:
    """(the person who was added, nobody) or (None, those who may be the same, looks at whom are noted): nothing is kept then until
    the cadre says that it is somebody else. Neither where the mother may be one of the posyandu's women, `form.women`."""
    if request.method != "POST" or not form.is_valid():
        return None, []
    alike = [] if form.cleaned_data["is_new"] else form.doubles()
    note_look(request.user, *(f"person:{one.pk}" for one in alike), page=request.path)  # type: ignore[arg-type]
    if alike:
        return None, alike
    if women := form.mothers():
        form.women, sound = women, sound_of(form.cleaned_data["mother_name"])
        for one in women:
            one.is_same = one.sound == sound  # type: ignore[attr-defined]
        note_look(request.user, *(f"person:{one.pk}" for one in women), page=request.path)  # type: ignore[arg-type]
        return None, []
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
    return render(request, "posyandu/new_child.html", context, status=422 if form.errors or alike or form.women else 200)
