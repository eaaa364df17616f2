"""Counts of each month, kept in step by the database itself: whatever writes a visit or a person, the counts follow in the same
transaction. One row a posyandu and month, which villages are summed from, and one a district and month for all above: 117 rows, so
that a province costs what a village costs. Regencies have no rows of their own: everybody who writes would wait for them.

A month's visit of a child counts once: its latest below five years, marked `counts` (a unique index sees to that), at the posyandu where
S counts the child (`counted_at`; the rule is in posyandu/belonging.py). No part may be larger than its whole: a trigger sees to that.
What is counted and from which columns stands in MEASURES and TARGETS; posyandu/tallying.py makes the triggers of it, and the plain query
that checks them.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.places import Region

from ..tallying import part_of_trigger
from .places import Posyandu


def count() -> Any:
    return models.IntegerField(default=0)


class Counts(models.Model):
    month = models.DateField(_("month"), help_text=_("Its first day."))
    s, k, infants = count(), count(), count()
    d, n, t, o, b = count(), count(), count(), count(), count()
    twice, bgm, orange, oedema = count(), count(), count(), count()
    weighed, underweight, severely_underweight = count(), count(), count()
    measured, stunted, severely_stunted = count(), count(), count()
    proportioned, wasted, severely_wasted, overweight = count(), count(), count(), count()

    class Meta:
        abstract = True


class PosyanduMonth(Counts):
    posyandu = models.ForeignKey(Posyandu, models.CASCADE, related_name="months", db_index=False)

    class Meta:
        verbose_name = _("month of a posyandu")
        verbose_name_plural = _("months of posyandu")
        constraints = [models.UniqueConstraint(fields=["posyandu", "month"], name="one_row_per_posyandu_month")]
        triggers = [part_of_trigger("posyandu_posyandumonth")]

    def __str__(self) -> str:
        return f"{self.posyandu_id} {self.month:%Y-%m}"


class DistrictMonth(Counts):
    district = models.ForeignKey(Region, models.CASCADE, related_name="+", db_index=False)

    class Meta:
        verbose_name = _("month of a district")
        verbose_name_plural = _("months of districts")
        constraints = [models.UniqueConstraint(fields=["month", "district"], name="one_row_per_district_month")]
        triggers = [part_of_trigger("posyandu_districtmonth")]

    def __str__(self) -> str:
        return f"{self.district_id} {self.month:%Y-%m}"


class FindingMonth(models.Model):
    """How often a code of `Visit.tallied` was written in a village and month: visits by form, what was asked, what was found."""

    village = models.ForeignKey(Region, models.CASCADE, related_name="+", db_index=False)
    posyandu = models.ForeignKey(Posyandu, models.CASCADE, related_name="+")
    month = models.DateField(_("month"))
    code = models.CharField(_("code"), max_length=60)
    n = count()

    class Meta:
        verbose_name = _("findings of a month")
        verbose_name_plural = _("findings of months")
        constraints = [models.UniqueConstraint(fields=["month", "code", "village", "posyandu"], name="one_row_per_finding_month")]

    def __str__(self) -> str:
        return f"{self.posyandu_id} {self.month:%Y-%m} {self.code}: {self.n}"


class DistrictFinding(models.Model):
    """The same by district: what all above a village is summed from."""

    district = models.ForeignKey(Region, models.CASCADE, related_name="+", db_index=False)
    month = models.DateField(_("month"))
    code = models.CharField(_("code"), max_length=60)
    n = count()

    class Meta:
        verbose_name = _("findings of a month in a district")
        verbose_name_plural = _("findings of months in districts")
        constraints = [models.UniqueConstraint(fields=["month", "code", "district"], name="one_row_per_district_finding")]

    def __str__(self) -> str:
        return f"{self.district_id} {self.month:%Y-%m} {self.code}: {self.n}"
