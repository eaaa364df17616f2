"""How far a campaign has come: whom it is for, who has had it, by area down to the posyandu.

Due: people of the age on any day of the campaign, at the posyandu on its last day so far (after today: today). Done: doses of it, counted
as they are written (FindingMonth, DistrictFinding), wherever the person belongs. Both are sums of their parts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.cache import cache
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Left

from ntbportal.commons.places import Region

from .areas import LENGTHS, at, level_below
from .models import Campaign, DistrictFinding, FindingMonth, Person, Posyandu

SECONDS_KEPT = 120


@dataclass(frozen=True)
class Reach:
    code: str
    name: str
    due: int
    done: int

    @property
    def share(self) -> float | None:
        return self.done / self.due if self.due else None

    @property
    def left(self) -> int:
        return max(0, self.due - self.done)


def reach(campaign: Campaign, region: Region, today: date) -> list[Reach]:
    """Of each area below a region, within the campaign's own; by name. Three questions; that of the whole province, which counts all
    children, is remembered for two minutes."""
    if level_below(region) != "regency":
        return _reach(campaign, region, today)
    key = f"campaign:{campaign.pk}:{campaign.last_day}:{region.code}:{today}"
    found = cache.get(key)
    if found is None:
        found = _reach(campaign, region, today)
        cache.set(key, found, SECONDS_KEPT)
    return list(found)


def _reach(campaign: Campaign, region: Region, today: date) -> list[Reach]:
    level = level_below(region)
    within = {"code__startswith": f"{region.code}."}
    if level == "posyandu":
        names = {str(pk): name for pk, name in Posyandu.objects.filter(village=region.code, is_active=True).values_list("pk", "name")}
    else:
        areas = Region.objects.filter(level=level, **within)
        names = {code: name for code, name in areas.values_list("code", "name") if touches(campaign, code)}
    area = F("posyandu_id") if level == "posyandu" else Left("posyandu__village_id", LENGTHS[level])
    people = expected(campaign, today).filter(at(region, "posyandu__village"))
    due = dict(people.annotate(area=area).order_by().values_list("area").annotate(n=Count("pk")))
    done = _done(campaign, region, level)
    rows = [Reach(code, name, due.get(_key(level, code), 0), done.get(_key(level, code), 0)) for code, name in names.items()]
    return sorted(rows, key=lambda row: row.name)


def _key(level: str, code: str) -> str | int:
    return int(code) if level == "posyandu" else code


def touches(campaign: Campaign, code: str) -> bool:
    """Whether an area holds, or lies in, that of the campaign."""
    return f"{code}.".startswith(f"{campaign.region_id}.") or f"{campaign.region_id}.".startswith(f"{code}.")


def expected(campaign: Campaign, today: date) -> QuerySet[Person]:
    """Everybody the campaign is for."""
    day = min(max(today, campaign.first_day), campaign.last_day)
    rows = Person.objects.filter(birth_date__range=campaign.births, merged_into=None).filter(Q(left_on=None) | Q(left_on__gt=day))
    rows = rows.filter(Q(joined_on=None) | Q(joined_on__lte=day)).filter(at(campaign.region, "posyandu__village"))
    return rows.filter(sex=campaign.item.sex) if campaign.item.sex else rows


def _done(campaign: Campaign, region: Region, level: str) -> dict[str | int, int]:
    counted = {"code": campaign.code, "month__range": (campaign.first_day.replace(day=1), campaign.last_day)}
    if level in {"regency", "district"}:
        rows = DistrictFinding.objects.filter(at(region, "district"), **counted)
        return dict(rows.annotate(area=Left("district_id", LENGTHS[level])).order_by().values_list("area").annotate(total=Sum("n")))
    found = FindingMonth.objects.filter(at(region, "village"), **counted)
    return dict(found.order_by().values_list("posyandu_id" if level == "posyandu" else "village_id").annotate(total=Sum("n")))


def total(rows: Iterable[Reach], code: str, name: str) -> Reach:
    rows = list(rows)
    return Reach(code, name, sum(row.due for row in rows), sum(row.done for row in rows))
