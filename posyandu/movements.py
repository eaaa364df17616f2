"""Births, deaths, and who came and went in a month (lahir, mati, datang, pindah), for the village meeting. Not counted ahead: asked of a
village, whose people are some hundreds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F, Q
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.places import Region

from .areas import at
from .models import Came, Left, PastStay, Person
from .skdn import month_bounds


@dataclass(frozen=True)
class Movement:
    title: Any
    n: int
    definition: Any


def movements(region: Region, month: date) -> list[Movement]:
    """Of the people of an area's posyandu; two questions."""
    first, until = month_bounds(month)

    def within(name: str) -> Q:
        return Q(**{f"{name}__gte": first, f"{name}__lt": until})

    died = within("died_on") & Q(left=Left.DIED)
    people = Person.objects.filter(at(region, "posyandu__village"), merged_into=None).exclude(left=Left.ERROR)
    found = people.aggregate(
        born=Count("pk", filter=within("birth_date")),
        small=Count("pk", filter=within("birth_date") & Q(birth_weight__lt=2.5)),
        infants=Count("pk", filter=died & Q(died_on__lt=F("birth_date") + timedelta(days=365))),
        died=Count("pk", filter=died),
        came=Count("pk", filter=within("joined_on") & Q(came=Came.MOVED)),
        away=Count("pk", filter=within("left_on") & Q(left=Left.AWAY)),
    )
    moved = PastStay.objects.filter(at(region, "posyandu__village"), within("left_on"), person__merged_into=None).count()
    return [
        Movement(_("Births"), found["born"], _("People of the register born in the month.")),
        Movement(_("of them with low birth weight (BBLR)"), found["small"], _("Below 2.5 kg.")),
        Movement(_("Deaths"), found["died"], _("People of the register who died in the month.")),
        Movement(_("of them infants"), found["infants"], _("Before the first birthday.")),
        Movement(_("Moved in"), found["came"], _("From another posyandu.")),
        Movement(_("Moved out"), found["away"] + moved, _("To another posyandu, or away.")),
    ]
