"""Labels of the indices as Permenkes 2/2020 names them; the limits are the table GrowthLimit."""

from __future__ import annotations

from datetime import date

from django.core.cache import cache
from django.db.models import Q

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
