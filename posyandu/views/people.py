"""A person's page: family, growth, visits of all ages, moves; and finding people of the posyandu."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import audience
from ntbportal.commons.audit import note_look
from ntbportal.commons.listing import Column, Listing
from ntbportal.commons.people import User

from .. import immunisation, pregnancies, targets
from .. import people as records
from ..course import courses_of, taken_back
from ..fhir import bundle
from ..forms import LeaveForm, MoveForm, PersonForm, PregnancyEndForm
from ..growth.chart import CHARTS, Point, growth_svg
from ..growth.zscores import DAYS_OF_MONTH
from ..models import GrowthVisit, Merge, Person, Posyandu, Sex, Visit
from ..reasons import has_reason
from .cadre import number_in, places_to_choose


def the_person(request: HttpRequest, pk: int) -> Person:
    """Somebody of a posyandu at which the viewer works; the look is noted."""
    person = get_object_or_404(Person.objects.select_related("household", "posyandu__village", "merged_into"), pk=pk)
    if not request.user.has_perm("posyandu.work", person.posyandu):
        raise PermissionDenied
    note_look(request.user, f"person:{person.pk}", page=request.path)  # type: ignore[arg-type]
    return person


WEIGHED_UNTIL = 120 * DAYS_OF_MONTH  # WHO gives no weight for age beyond ten years
SCHOOL_AGE = (61 * DAYS_OF_MONTH, 229 * DAYS_OF_MONTH)  # days, of the reference of 2007
COLUMNS = (
    Column(gettext_lazy("Name"), lambda row: row.name, "name"),
    Column(gettext_lazy("Sex"), lambda row: row.get_sex_display()),
    Column(gettext_lazy("Born on"), lambda row: row.birth_date, "birth_date"),
    Column(gettext_lazy("Name of the mother"), lambda row: row.mother_name),
    Column(gettext_lazy("Posyandu"), lambda row: row.posyandu.name),
)


@never_cache
@audience("posyandu.work")
def people(request: HttpRequest) -> HttpResponseBase:
    """Everybody of the viewer's posyandu: by name sounding alike, birth date, NIK, age group, posyandu."""
    user: User = request.user  # type: ignore[assignment]
    today = timezone.localdate()
    mine, choice = places_to_choose(request)
    rows: QuerySet[Person] = Person.objects.filter(posyandu__in=mine, merged_into=None).select_related("posyandu", "household")
    gone, text, born = request.GET.get("gone") == "1", request.GET.get("q", "")[:60], request.GET.get("born", "")
    if not text.strip():  # a search looks at everybody; the list says who has left
        rows = rows.filter(left_on__isnull=not gone)
    group = request.GET.get("group", "")
    rows = targets.of_group(rows, group, today)
    try:
        rows = records.search(rows, text, date.fromisoformat(born) if born else None)
    except ValueError:
        born = ""
        rows = records.search(rows, text)
    listing = Listing(request, rows, COLUMNS, sort="name", size=30, name="warga-posyandu")
    if request.GET.get("export"):
        if not has_reason(request, "people"):
            return redirect(f"{request.path}?{listing.link({})[1:]}")
        if export := listing.export():
            return export
    for one in listing.rows:
        one.months = one.age_in_months(today)
    note_look(user, *(f"person:{one.pk}" for one in listing.rows), page=request.path)
    groups = [(key, title) for key, (title, _first, _below) in targets.GROUPS.items()]
    context = {"listing": listing, "q": text, "born": born, "group": group, "groups": groups, "gone": gone}
    return render(request, "posyandu/people.html", {**context, **choice})


@never_cache
@audience("posyandu.work")
def person(request: HttpRequest, person_pk: int) -> HttpResponse:
    return person_page(request, the_person(request, person_pk))


def person_page(request: HttpRequest, found: Person, refused: forms.Form | None = None) -> HttpResponse:
    """`refused`: one of the page's small forms as it was filled in and is shown again, with what is wrong."""
    today = timezone.localdate()
    growth = list(found.growth_visits.select_related("posyandu").order_by("day"))
    visits = list(
        found.visits.select_related("form", "posyandu")
        .prefetch_related("form__questions", "form__finding_rules")
        .order_by("-day", "-pk")[:60]
    )
    context: dict[str, Any] = {
        "person": found,
        "months": found.age_in_months(found.left_on or today),
        "family": family_of(request, found),
        "growth": list(reversed(growth))[:36],
        "courses": courses_of(visits),
        "taken_back": taken_back(found),
        "stays": found.past_stays.select_related("posyandu__village"),
        "pregnancy": pregnancies.pregnancy_of(found, today) if found.sex == Sex.FEMALE else None,
        "refused": refused,
        **doubles_seen_by(request, found),
        "merges": Merge.objects.filter(kept=found, undone_at=None).select_related("double"),
        "open_day": found.posyandu.open_days.filter(day=today).first(),
    }
    given = list(found.given.select_related("item"))
    if found.age_in_months(today) < targets.GROUPS["youth"][2] or given:
        context["lines"] = immunisation.lines_for(found, today, found.posyandu.village_id, immunisation.schedule(), given)
    context["referrals"] = found.referrals.order_by("-day")[:12]
    drawn = {name: points for name in CHARTS if (points := points_of(found, growth, visits, name))}
    if drawn:
        asked = request.GET.get("chart", "")
        name = asked if asked in drawn else next(iter(drawn))
        context |= {"charts": [(key, CHARTS[key].title) for key in drawn], "chart_name": name, "school": CHARTS[name].school}
        context["chart"] = growth_svg(name, found.sex, drawn[name])
    for act, kind in SMALL_FORMS.items():
        context[act.replace("-", "_")] = refused if isinstance(refused, kind) else small_form(act, request, {"initial": {"day": today}})
    return render(request, "posyandu/person.html", context, status=422 if refused else 200)


def family_of(request: HttpRequest, found: Person) -> list[Person]:
    """The others of the family; `is_mine` where the viewer works at their posyandu."""
    others = list(found.household.people.exclude(pk=found.pk).filter(merged_into=None).order_by("left_on", "birth_date"))
    mine = Posyandu.objects.visible_to(request.user)  # type: ignore[arg-type]
    places = set(mine.filter(pk__in={one.posyandu_id for one in others}).values_list("pk", flat=True)) if others else set()
    for one in others:
        one.is_mine = one.posyandu_id in places  # type: ignore[attr-defined]
    return others


def doubles_seen_by(request: HttpRequest, found: Person) -> dict[str, Any]:
    """People who may be the same: those of the viewer's posyandu, the look at whom is noted; of others just that there are any."""
    if not found.is_here:
        return {}
    alike = records.doubles_of(found)
    mine = Posyandu.objects.visible_to(request.user)  # type: ignore[arg-type]
    places = set(mine.filter(pk__in={one.posyandu_id for one in alike}).values_list("pk", flat=True)) if alike else set()
    seen = [one for one in alike if one.posyandu_id in places]
    note_look(request.user, *(f"person:{one.pk}" for one in seen), page=request.path)  # type: ignore[arg-type]
    return {"doubles": seen, "doubles_elsewhere": len(alike) - len(seen)}


SMALL_FORMS: dict[str, type[forms.Form]] = {"move": MoveForm, "leave": LeaveForm, "end-pregnancy": PregnancyEndForm}  # by act


def small_form(act: str, request: HttpRequest, options: dict[str, Any]) -> forms.Form:
    """One of the page's small forms; all of them ask for a day, so each has ids of its own."""
    if act == "move":
        options["user"] = request.user
    return SMALL_FORMS[act](auto_id=f"id_{act}_%s", **options)


def points_of(child: Person, growth: list[GrowthVisit], visits: list[Visit], chart: str) -> list[Point]:
    """The child's points for one of WHO's charts: of weighings (oldest first), of visits at school age (newest first)."""
    points = []
    if CHARTS[chart].school:
        for visit in reversed(visits):
            age, value = child.age_in_days(visit.day), visit.answers.get("height")
            if chart == "school-bmi":
                value = visit.derived.get("bmi")
            elif chart == "school-weight":
                value = visit.answers.get("weight")
            if value and SCHOOL_AGE[0] <= age < (WEIGHED_UNTIL if chart == "school-weight" else SCHOOL_AGE[1]):
                points.append(Point(age, float(value), date_format(visit.day)))
        return points
    if chart == "weight" and child.birth_weight:
        points.append(Point(0, float(child.birth_weight), _("at birth")))
    elif chart == "length" and child.birth_length:
        points.append(Point(0, float(child.birth_length), _("at birth")))
    for one in growth:
        age, height, told = child.age_in_days(one.day), float(one.height or 0), date_format(one.day)
        if chart == "weight":
            points.append(Point(age, float(one.weight), told))
        elif chart == "head" and one.head:
            points.append(Point(age, float(one.head), told))
        elif chart == "arm" and one.muac:
            points.append(Point(age, float(one.muac), told))
        elif chart == "length" and height:
            points.append(Point(age, height, told))
        elif chart == "bmi" and height:
            points.append(Point(age, float(one.weight) / (height / 100) ** 2, told))
        elif (chart, one.measure) in {("lying", "L"), ("standing", "H")} and height:
            points.append(Point(height, float(one.weight), told))
    return points


@never_cache
@audience("posyandu.work")
def edit_person(request: HttpRequest, person_pk: int) -> HttpResponse:
    found = the_person(request, person_pk)
    form = PersonForm(request.POST or None, instance=found, posyandu=found.posyandu)
    if request.method == "POST" and form.is_valid():
        form.keep()
        messages.success(request, _("Kept."))
        return redirect("posyandu:person", found.pk)
    return render(request, "posyandu/edit_person.html", {"form": form, "person": found}, status=422 if form.errors else 200)


@audience("posyandu.work")
def change_person(request: HttpRequest, person_pk: int) -> HttpResponse:
    """POST act: move, leave, return, end-pregnancy, pregnancy-goes-on (with `end`), merge (with `double`), undo (with `merge`)."""
    found = the_person(request, person_pk)
    user: User = request.user  # type: ignore[assignment]
    act = request.POST.get("act", "")
    form = small_form(act, request, {"data": request.POST}) if act in SMALL_FORMS else None
    try:
        if request.method != "POST":
            pass
        elif form is not None:
            if not form.is_valid():
                return person_page(request, found, form)
            keep_small_form(request, found, act, form.cleaned_data)
            if act == "move" and not user.has_perm("posyandu.work", form.cleaned_data["posyandu"]):
                return redirect("posyandu:people")
        elif act == "pregnancy-goes-on":
            get_object_or_404(found.pregnancy_ends, pk=number_in(request, "end")).delete()
            messages.success(request, _("Taken back; she is expected at the checks in pregnancy again."))
        elif act == "return":
            records.come_back(found)
        elif act == "merge":
            records.merge(found, the_person(request, number_in(request, "double")), user)
            messages.success(request, _("The two records are one now. You can undo it on this page."))
        elif act == "undo":
            records.undo(get_object_or_404(Merge, pk=number_in(request, "merge"), kept=found))
            messages.success(request, _("The two records are apart again."))
    except ValidationError as error:
        if form is not None:
            form.add_error(None, error.messages)
            return person_page(request, found, form)
        messages.error(request, " ".join(error.messages))
    return redirect("posyandu:person", found.pk)


def keep_small_form(request: HttpRequest, found: Person, act: str, said: dict[str, Any]) -> None:
    """Move, leave or end-pregnancy; raises ValidationError where it cannot be."""
    user: User = request.user  # type: ignore[assignment]
    if act == "move":
        records.move(found, said["posyandu"], said["day"], user)
        messages.success(request, _("%(name)s now belongs to %(place)s.") % {"name": found.name, "place": said["posyandu"]})
        return
    if act == "leave":
        records.leave(found, said["why"], said["day"])
    else:
        pregnancies.end(found, said["how"], said["day"], timezone.localdate(), user)
    messages.success(request, _("Kept. You can undo it on this page."))


MOST_IN_A_BUNDLE = 1000


@never_cache
@audience("posyandu.work")
def fhir_person(request: HttpRequest, person_pk: int) -> JsonResponse:
    """One person as a FHIR R4 Bundle."""
    found = the_person(request, person_pk)
    response = JsonResponse(bundle(found.posyandu, [found]), content_type="application/fhir+json")
    response["Content-Disposition"] = f'attachment; filename="person-{found.pk}.fhir.json"'
    return response


@never_cache
@audience("posyandu.work")
def fhir_posyandu(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody of a posyandu as a FHIR R4 Bundle; needs ?reason=, which supervisors see."""
    posyandu = get_object_or_404(Posyandu, pk=pk)
    user: User = request.user  # type: ignore[assignment]
    if not user.has_perm("posyandu.work", posyandu):
        raise PermissionDenied
    if not has_reason(request, f"posyandu:{posyandu.pk}"):
        return redirect("posyandu:people")
    people = Person.objects.filter(posyandu=posyandu, merged_into=None).order_by("pk")[:MOST_IN_A_BUNDLE]
    response = JsonResponse(bundle(posyandu, people), content_type="application/fhir+json")
    response["Content-Disposition"] = f'attachment; filename="posyandu-{posyandu.pk}.fhir.json"'
    return response
