"""Working days: not weekends, not national holidays, not holidays of the region.

National holidays come from the package `holidays` (country ID); regional ones from a table.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays
from django.core.cache import cache
from django.db import models
from django.utils.translation import gettext_lazy as _

from .places import Region


class RegionalHoliday(models.Model):
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=120)
    region = models.ForeignKey(Region, models.CASCADE, verbose_name=_("where"))
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("regional holiday")
        verbose_name_plural = _("regional holidays")
        constraints = [models.UniqueConstraint(fields=["day", "region"], name="one_holiday_per_day_and_region")]

    def __str__(self) -> str:
        return f"{self.day}: {self.name}"


@lru_cache(maxsize=8)
def national_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("ID", years=year))


def regional_holidays(region_code: str, first: date, last: date) -> set[date]:
    """Holidays of the region and of the areas it lies in; both ends included."""
    key = f"regional-holidays:{region_code}:{first}:{last}"
    if (known := cache.get(key)) is not None:
        return set(known)
    parts = region_code.split(".")
    codes = [".".join(parts[:length]) for length in range(1, len(parts) + 1)]
    rows = RegionalHoliday.objects.filter(region__in=codes, day__range=(first, last))
    found = set(rows.values_list("day", flat=True))
    cache.set(key, found, 60)
    return found


def add_working_days(start: date, count: int, *, region_code: str = "52") -> date:
    """The day on which `count` working days after `start` have passed; `start` itself does not count."""
    if count < 0:
        raise ValueError("count must not be negative")
    local = regional_holidays(region_code, start, start + timedelta(days=count * 3 + 30))
    day = start
    while count:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in national_holidays(day.year) and day not in local:
            count -= 1
    return day
