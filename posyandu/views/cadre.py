"""The cadre's work: her posyandu, today's open day, a child's weighing and its result."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseBase
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

from ..forms import ChildForm, GrowthForm
from ..growth.chart import Point, kms_svg
from ..growth.labels import label_for
from ..models import GrowthVisit, OpenDay, Person, Posyandu
from ..models.rules import GrowthIndex
from ..visits import NeedsConfirmation, open_day_today, record_visit, weighing_before


@never_cache
@audience("posyandu.work")
def home(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    today = timezone.localdate()
    found = (
        Posyandu.objects.visible_to(user)
        .select_related("village")
        .annotate(
            children=Count(
                "people",
                filter=Q(people__left_on__isnull=True, people__birth_date__gt=today.replace(year=today.year - 5, day=1)),
                distinct=True,
            ),
            open_today=Subquery(OpenDay.objects.filter(posyandu=OuterRef("pk"), day=today).values("pk")[:1]),
        )
        .order_by("name")[:100]
    )
    days = (
        OpenDay.objects.filter(posyandu__in=Posyandu.objects.visible_to(user))
        .select_related("posyandu")
        .annotate(weighed=Count("growth_visits"))
        .order_by("-day", "pk")[:12]
    )
    return render(request, "posyandu/cadre_home.html", {"posyandu": found, "days": days, "today": today})


def _posyandu(request: HttpRequest, pk: int) -> Posyandu:
    posyandu = get_object_or_404(Posyandu, pk=pk)
    if not request.user.has_perm("posyandu.work", posyandu):
        raise PermissionDenied
    return posyandu


@audience("posyandu.work")
def open_today(request: HttpRequest, pk: int) -> HttpResponse:
    posyandu = _posyandu(request, pk)
    if request.method != "POST":
        return redirect("posyandu:cadre")
    return redirect(open_day_today(posyandu, request.user))  # type: ignore[arg-type]


CHILD_COLUMNS = (
    Column(gettext_lazy("Name"), lambda row: row.name, "name"),
    Column(gettext_lazy("Sex"), lambda row: row.get_sex_display()),
    Column(gettext_lazy("Born on"), lambda row: row.birth_date, "birth_date"),
    Column(gettext_lazy("Name of the mother"), lambda row: row.mother_name),
    Column(gettext_lazy("Weighed today"), lambda row: _("yes") if row.weighed else _("no")),
)


@never_cache
@audience("posyandu.work")
def open_day(request: HttpRequest, pk: int) -> HttpResponseBase:
    day = get_object_or_404(OpenDay.objects.select_related("posyandu__village"), pk=pk)
    _posyandu(request, day.posyandu_id)
    visits = GrowthVisit.objects.filter(open_day=day, person=OuterRef("pk"))
    children = (
        Person.objects.filter(posyandu=day.posyandu_id)
        .under_five_on(day.day)
        .annotate(weighed=Exists(visits), status=Subquery(visits.values("status")[:1]), weight=Subquery(visits.values("weight")[:1]))
    )
    total = children.count()
    done = GrowthVisit.objects.filter(open_day=day).count()
    text = request.GET.get("q", "")[:60].strip()
    show = request.GET.get("show", "")
    rows = children.filter(Q(name__icontains=text) | Q(mother_name__icontains=text)) if text else children
    if show in {"waiting", "done"}:
        rows = rows.filter(weighed=show == "done")
    listing = Listing(request, rows, CHILD_COLUMNS, sort="name", size=40, name=f"hari-buka-{day.day}")
    if export := listing.export():
        note_look(request.user, f"posyandu:{day.posyandu_id}", page=request.path)  # type: ignore[arg-type]
        return export
    for child in listing.rows:
        child.months = child.age_in_months(day.day)
    context = {"day": day, "listing": listing, "q": text, "show": show, "total": total, "done": done, "waiting": max(0, total - done)}
    return render(request, "posyandu/open_day.html", context)


@never_cache
@audience("posyandu.work")
def weigh(request: HttpRequest, pk: int, child_pk: int) -> HttpResponse:
    day = get_object_or_404(OpenDay.objects.select_related("posyandu"), pk=pk)
    _posyandu(request, day.posyandu_id)
    child = get_object_or_404(Person, pk=child_pk, posyandu=day.posyandu_id)
    visit = GrowthVisit.objects.filter(person=child, open_day=day).first()
    initial: dict[str, Any] = {}
    if visit:
        initial = {name: getattr(visit, name) for name in ("weight", "height", "measure", "head", "oedema")}
    else:
        initial["measure"] = "L" if child.age_in_days(day.day) < 731 else "H"
    form = GrowthForm(request.POST or None, initial=initial)
    questions: list[str] = []
    if request.method == "POST" and form.is_valid():
        try:
            record_visit(child, day, form.measurement(), request.user)  # type: ignore[arg-type]
        except NeedsConfirmation as unusual:
            questions = unusual.questions
        except ValidationError as error:
            for name, texts in (error.message_dict if hasattr(error, "error_dict") else {"": error.messages}).items():
                form.add_error(name if name in form.fields else None, texts)
        else:
            return redirect("posyandu:result", day.pk, child.pk)
    note_look(request.user, f"person:{child.pk}", page=request.path)  # type: ignore[arg-type]
    return render(
        request,
        "posyandu/weigh.html",
        {
            "day": day,
            "child": child,
            "form": form,
            "questions": questions,
            "visit": visit,
            "months": child.age_in_months(day.day),
            "before": weighing_before(child, day.day),
        },
        status=422 if form.errors or questions else 200,
    )


INDICES = (
    (GrowthIndex.WEIGHT_FOR_AGE, "zwei"),
    (GrowthIndex.LENGTH_FOR_AGE, "zlen"),
    (GrowthIndex.WEIGHT_FOR_LENGTH, "zwfl"),
)


@never_cache
@audience("posyandu.work")
def result(request: HttpRequest, pk: int, child_pk: int) -> HttpResponse:
    """What the weighing says: N or T, the three z-scores with their labels, what to tell the family, the growth card."""
    day = get_object_or_404(OpenDay.objects.select_related("posyandu"), pk=pk)
    _posyandu(request, day.posyandu_id)
    child = get_object_or_404(Person, pk=child_pk, posyandu=day.posyandu_id)
    visits = list(child.growth_visits.filter(day__lte=day.day).order_by("day"))
    visit = next((one for one in visits if one.open_day_id == day.pk), None)
    if visit is None:
        return redirect("posyandu:weigh", day.pk, child.pk)
    months = child.age_in_months(day.day)
    indices = [
        {"title": index.label, "z": getattr(visit, field), "label": label_for(field, getattr(visit, field), months, day.day)}
        for index, field in INDICES
    ]
    note_look(request.user, f"person:{child.pk}", page=request.path)  # type: ignore[arg-type]
    points = [Point(child.age_in_days(one.day), float(one.weight), date_format(one.day)) for one in visits]
    twice = visit.status == "T" and len(visits) > 1 and visits[-2].status == "T"
    red_line = visit.zwei is not None and visit.zwei < -3
    orange_line = visit.zwei is not None and visit.zwei > 1
    return render(
        request,
        "posyandu/result.html",
        {
            "day": day,
            "child": child,
            "visit": visit,
            "months": months,
            "indices": indices,
            "chart": kms_svg(child.sex, points),
            "history": list(reversed(visits))[:24],
            "twice": twice,
            "red_line": red_line,
            "orange_line": orange_line,
            "refer": twice
            or visit.status == "T"
            or red_line
            or orange_line
            or visit.oedema
            or any(row["label"] and row["label"].refer for row in indices),
        },
    )


@never_cache
@audience("posyandu.work")
def new_child(request: HttpRequest, pk: int) -> HttpResponse:
    day = get_object_or_404(OpenDay.objects.select_related("posyandu"), pk=pk)
    posyandu = _posyandu(request, day.posyandu_id)
    form = ChildForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            child = form.save_into(posyandu)
        messages.success(request, _("%(name)s has been added.") % {"name": child.name})
        return redirect("posyandu:weigh", day.pk, child.pk)
    return render(request, "posyandu/new_child.html", {"form": form, "day": day}, status=422 if form.errors else 200)
