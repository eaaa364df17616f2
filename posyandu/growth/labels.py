"""Labels of the indices as Permenkes 2/2020 names them; the limits are the table GrowthLimit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.cache import cache
from django.db.models import Q
from django.utils.translation import gettext as _

from ..models.rules import GrowthLimit


def limits_on(day: date) -> list[GrowthLimit]:
    """All bands valid on a day, highest first; kept in the cache for a minute."""
    key = f"growth-limits:{day}"
    found = cache.get(key)
    if found is None:
        rows = GrowthLimit.objects.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day), valid_from__lte=day)
        found = sorted(rows, key=lambda limit: float("-inf") if limit.above is None else limit.above, reverse=True)
        cache.set(key, found, 60)
    return list(found)


def label_for(index: str, z: float | None, age_months: int, day: date) -> GrowthLimit | None:
    """The band that z (two decimals) falls in; None where there is no z or no band."""
    if z is None:
        return None
    for limit in limits_on(day):
        if limit.index != index or not limit.months_from <= age_months < limit.months_to:
            continue
        if limit.above is None or z > limit.above or (limit.includes_limit and z == limit.above):
            return limit
    return None


@dataclass(frozen=True)
class PlainLabel:
    label: str
    tone: str
    refer: bool


def muac_label(centimetres: Decimal | None, age_months: int) -> PlainLabel | None:
    """LiLA of 6-59 months: below 11.5 cm severe, below 12.5 cm moderate (Permenkes 2/2020; WHO 2013). None outside that age."""
    if centimetres is None or not 6 <= age_months < 60:
        return None
    if centimetres < SEVERE_ARM:
        return PlainLabel(_("LiLA: severe acute malnutrition"), "alert", refer=True)
    if centimetres < MODERATE_ARM:
        return PlainLabel(_("LiLA: moderate acute malnutrition"), "wait", refer=True)
    return PlainLabel(_("LiLA in order"), "good", refer=False)


SEVERE_ARM, MODERATE_ARM = Decimal("11.5"), Decimal("12.5")
