"""The stratum of a posyandu, computed from its records of twelve months: why, and what is missing for the next one.

Ministry of Health, guideline for posyandu (2011): Pratama where open days < 8 a year or active cadres < 5; Madya with both;
Purnama where besides the five main programmes cover >= 50 % and there are extra programmes; Mandiri where besides the health fund
covers >= 50 % of households. The guideline does not say how the five are put together: here each is measured on its own and their
mean counts. "Family posyandu": all five age groups were served in twelve months.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from .models import Given, Person, Posyandu, PosyanduMonth, PosyanduPlan, Stratum, StratumRecord, Visit
from .open_days import months_open
from .targets import months_back

OPEN_DAYS, CADRES, COVERAGE, FUND = 8, 5, 0.5, 0.5
FORMS_OF_GROUPS = {"hamil": ("hamil", "nifas"), "remaja": ("remaja",), "dewasa": ("dewasa",), "lansia": ("lansia",)}


@dataclass
class Assessment:
    """`facts`: the figures; `programmes`: share by programme or None where nothing is recorded; `missing`: for the next stratum."""

    stratum: Stratum
    is_family: bool
    facts: dict[str, Any]
    programmes: dict[str, float | None]
    missing: list[str] = field(default_factory=list)
    missing_groups: list[str] = field(default_factory=list)


def assess(posyandu: Posyandu, day: date) -> Assessment:
    """From the records of the twelve months before `day`."""
    since = day - timedelta(days=365)
    plan = PosyanduPlan.objects.filter(posyandu=posyandu).first() or PosyanduPlan(posyandu=posyandu)
    open_days = months_open(posyandu, since, day)
    cadres = max(plan.active_cadres, posyandu.cadres.filter(is_active=True).count())
    households = posyandu.households.count()
    programmes = _programmes(posyandu, since, day)
    known = [share for share in programmes.values() if share is not None]
    coverage = sum(known) / len(programmes) if known else 0.0
    fund = plan.fund_households / households if households else 0.0
    groups = _groups(posyandu, since, day)
    facts = {
        "open_days": open_days, "cadres": cadres, "coverage": round(coverage, 4), "extra": plan.extra_programmes, "fund": round(fund, 4),
        "households": households, "programmes": {name: None if share is None else round(share, 4) for name, share in programmes.items()},
    }  # fmt: skip
    missing: list[str] = []
    if open_days < OPEN_DAYS:
        missing.append(_("%(n)s open days in twelve months; at least %(least)s are needed.") % {"n": open_days, "least": OPEN_DAYS})
    if cadres < CADRES:
        missing.append(_("%(n)s active cadres; at least %(least)s are needed.") % {"n": cadres, "least": CADRES})
    stratum = Stratum.PRATAMA
    if not missing:
        stratum = Stratum.MADYA
        if coverage < COVERAGE:
            missing.append(_("The five main programmes cover %(share)s %%; at least 50 %% are needed.") % {"share": round(coverage * 100)})
        if not plan.extra_programmes:
            missing.append(_("No extra programme yet."))
        if not missing:
            stratum = Stratum.PURNAMA
            if fund < FUND:
                missing.append(
                    _("The health fund covers %(share)s %% of the households; at least 50 %% are needed.") % {"share": round(fund * 100)}
                )
            else:
                stratum = Stratum.MANDIRI
    names = {
        "balita": _("Under five"),
        "hamil": _("Pregnant or nursing"),
        "remaja": _("6–18 years"),
        "dewasa": _("19–59 years"),
        "lansia": _("60 and older"),
    }
    return Assessment(stratum, all(groups.values()), facts, programmes, missing, [names[key] for key, there in groups.items() if not there])


def _programmes(posyandu: Posyandu, since: date, day: date) -> dict[str, float | None]:
    """Shares from 0 to 1: KIA, KB, immunisation, nutrition, diarrhoea."""
    months = PosyanduMonth.objects.filter(posyandu=posyandu, month__gt=since, month__lte=day).aggregate(s=Sum("s"), d=Sum("d"))
    contacts = (
        Visit.objects.filter(posyandu=posyandu, form__slug="hamil", day__gt=since, day__lte=day).values("person").annotate(n=Count("pk"))
    )
    pregnant = [row["n"] for row in contacts]
    asked = Visit.objects.filter(posyandu=posyandu, form__slug="dewasa", day__gt=since, day__lte=day, answers__has_key="contraception")
    yes = asked.filter(answers__contraception="yes").count()
    year_old = Person.objects.filter(
        posyandu=posyandu, left_on=None, birth_date__gt=months_back(day, 24), birth_date__lte=months_back(day, 12)
    )
    # each by their own schedule: the dose that completed it is marked
    complete = Given.objects.filter(person__in=year_old, tallied__contains=["idl"], campaign=None).values("person").distinct().count()
    children = year_old.count()
    talked = Visit.objects.filter(posyandu=posyandu, form__slug="balita", day__gt=since, day__lte=day, answers__has_key="diarrhoea")
    under_five = Person.objects.filter(posyandu=posyandu).under_five_on(day).count()

    def share(part: int | None, whole: int | None) -> float | None:
        return min(1.0, (part or 0) / whole) if whole else None

    return {
        "kia": share(sum(n >= 4 for n in pregnant), len(pregnant)),
        "kb": share(yes, asked.count()),
        "immunisation": share(complete, children),
        "nutrition": share(months["d"], months["s"]),
        "diarrhoea": share(talked.values("person").distinct().count(), under_five),
    }


def _groups(posyandu: Posyandu, since: date, day: date) -> dict[str, bool]:
    seen = set(Visit.objects.filter(posyandu=posyandu, day__gt=since, day__lte=day).values_list("form__slug", flat=True).distinct())
    weighed = posyandu.growth_visits.filter(day__gt=since, day__lte=day).exists()
    return {"balita": weighed} | {group: any(slug in seen for slug in slugs) for group, slugs in FORMS_OF_GROUPS.items()}


@transaction.atomic
def keep(posyandu: Posyandu, day: date) -> StratumRecord:
    """Assess and add to the history where stratum or family status changed since the last record."""
    Posyandu.objects.select_for_update().get(pk=posyandu.pk)
    found = assess(posyandu, day)
    last = posyandu.strata.first()
    if last is not None and (last.stratum, last.is_family) == (found.stratum, found.is_family):
        return last
    row, _created = StratumRecord.objects.update_or_create(
        posyandu=posyandu, day=day, defaults={"stratum": found.stratum, "is_family": found.is_family, "facts": found.facts}
    )
    return row


def keep_all(day: date) -> int:
    """Every active posyandu, one transaction each; returns how many were looked at."""
    count = 0
    for posyandu in Posyandu.objects.filter(is_active=True).order_by("pk").iterator(chunk_size=500):
        keep(posyandu, day)
        count += 1
    return count
