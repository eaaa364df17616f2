"""One visit to be read again: what was measured and answered, what was found, by whom, what it was before; and taking it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import audience

from .. import checking, contacts, course
from ..drawing import figure
from ..judging import judge_contact, judge_growth
from ..models import GrowthVisit, Visit
from ..visits import remove_visit
from .people import the_person


@never_cache
@audience("posyandu.work")
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """A visit by a form. POST act=remove takes it back."""
    visit = get_object_or_404(Visit.objects.select_related("posyandu", "recorded_by", "open_day"), pk=pk)
    person = the_person(request, visit.person_id)
    if request.method == "POST" and request.POST.get("act") == "remove":
        course.remove_contact(visit)
        messages.success(request, _("Taken back. It stays in the history and is counted no longer."))
        return redirect("posyandu:person", person.pk)
    form = contacts.whole_form(visit.form.slug)
    judged = judge_contact(person, visit, form)
    values = course.value_by_code(visit)
    asked = {one.code for one in form.questions.all()}
    context = {
        "person": person,
        "visit": visit,
        "form_data": form,
        "answers": course.answers_of(visit, form),
        "figures": [(one, figure(values[one.code])) for one in course.figures_of(form) if one.code in values and one.code not in asked],
        "findings": judged.findings,
        "sources": judged.sources,
        "unjudged": judged.unjudged,
        "changes": course.corrections_of_visit(visit, form),
        "can_correct": visit.open_day_id and visit.posyandu_id == person.posyandu_id,
    }
    return render(request, "posyandu/record.html", context)


@never_cache
@audience("posyandu.work")
def weighing(request: HttpRequest, pk: int) -> HttpResponse:
    """A weighing. POST act=remove takes it back; act=right says, of an unusual one, that the puskesmas has looked at it."""
    visit = get_object_or_404(GrowthVisit.objects.select_related("posyandu", "recorded_by", "open_day"), pk=pk)
    child = the_person(request, visit.person_id)
    if request.method == "POST" and request.POST.get("act") == "remove":
        remove_visit(visit)
        messages.success(request, _("Taken back. It stays in the history and is counted no longer."))
        return redirect("posyandu:person", child.pk)
    if request.method == "POST" and request.POST.get("act") == "right" and request.user.has_perm("posyandu.supervise"):
        checking.hold_right(visit, request.user)  # type: ignore[arg-type]
        messages.success(request, _("Kept as looked at."))
        return redirect(request.path)
    judged = judge_growth(child, visit)
    context = {
        "person": child,
        "visit": visit,
        "months": child.age_in_months(visit.day),
        "measured": course.weighed_in_words(visit),
        "indices": judged.indices,
        "arm": judged.arm,
        "found": judged.findings,
        "sources": judged.sources,
        "changes": course.corrections_of_weighing(visit),
        "can_correct": visit.posyandu_id == child.posyandu_id,
        "check": checking.check_of(visit),
        "may_check": (visit.is_implausible or visit.confirmed) and request.user.has_perm("posyandu.supervise"),
    }
    return render(request, "posyandu/weighing.html", context)
