"""The action plan in public."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from ntbportal.commons.access import EVERYONE, audience

from .models import Commitment, Plan


@audience(EVERYONE)
def plan(request: HttpRequest) -> HttpResponse:
    found = (
        Plan.objects.filter(is_current=True)
        .prefetch_related("consortium", "partners", "commitments__lead", "commitments__milestones")
        .first()
    )
    return render(request, "actionplan/plan.html", {"plan": found})


@audience(EVERYONE)
def commitment(request: HttpRequest, slug: str) -> HttpResponse:
    rows = Commitment.objects.select_related("lead", "plan").prefetch_related("milestones", "supporting")
    return render(request, "actionplan/commitment.html", {"commitment": get_object_or_404(rows, slug=slug)})
