"""Weighings that are to be looked at by the puskesmas: outside what WHO holds plausible, or unusual and confirmed by the cadre."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from ntbportal.commons.people import User

from .models import GrowthVisit, Posyandu, WeighingCheck

UNUSUAL = Q(is_implausible=True) | Q(confirmed=True)


def unusual(places: QuerySet[Posyandu], show: str) -> QuerySet[GrowthVisit]:
    """Unusual weighings of some posyandu. `show`: "" not looked at yet, "implausible" the same, only the implausible ones, "done" looked
    at since they were last written."""
    looked = Exists(WeighingCheck.objects.filter(visit=OuterRef("pk"), checked_at__gte=OuterRef("recorded_at")))
    rows = GrowthVisit.objects.filter(UNUSUAL, posyandu__in=places, person__merged_into=None)
    if show == "implausible":
        rows = rows.filter(is_implausible=True)
    return rows.filter(looked if show == "done" else ~looked)


@transaction.atomic
def hold_right(visit: GrowthVisit, by: User) -> WeighingCheck:
    """The weighing was looked at, and is as it was."""
    row, _new = WeighingCheck.objects.update_or_create(visit=visit, defaults={"checked_by": by, "checked_at": timezone.now()})
    return row


def check_of(visit: GrowthVisit) -> WeighingCheck | None:
    """The look at a weighing as it stands now; None where there was none since it was last written."""
    return WeighingCheck.objects.filter(visit=visit, checked_at__gte=F("visit__recorded_at")).select_related("checked_by").first()
