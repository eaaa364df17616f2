"""Open days and days of home visits: opening them, also those past that were kept on paper; one opened by mistake goes again."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Exists, IntegerField, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone
from django.utils.translation import gettext as _

from ntbportal.commons.people import User

from .models import Given, GrowthVisit, OpenDay, Posyandu, Visit

OLDEST = timedelta(days=2 * 366)  # what is older comes in as a spreadsheet
WRITTEN = (GrowthVisit, Visit, Given)  # what may stand on a day, beside who has come


def open_day_today(posyandu: Posyandu, by: User) -> OpenDay:
    """Today's open day of the posyandu, opened if it is not yet."""
    return open_on(posyandu, timezone.localdate(), by)


@transaction.atomic
def open_on(posyandu: Posyandu, day: date, by: User, *, home_visits: bool = False) -> OpenDay:
    """The posyandu's day, opened if it is not yet. ValidationError where it lies in the future or further back than OLDEST."""
    today = timezone.localdate()
    if day > today:
        raise ValidationError(_("The date lies in the future."))
    if today - day > OLDEST:
        raise ValidationError(_("The day is more than two years ago; bring it in as a spreadsheet."))
    defaults = {"opened_by": by, "is_home_visits": home_visits}
    return OpenDay.objects.get_or_create(posyandu=posyandu, day=day, defaults=defaults)[0]


@transaction.atomic
def change_kind(day: OpenDay, *, home_visits: bool) -> None:
    """It was home visits after all, or an open day."""
    OpenDay.objects.filter(pk=day.pk).update(is_home_visits=home_visits)


def is_empty(day: OpenDay) -> bool:
    """Nothing is written of anybody on that day."""
    return not any(model._default_manager.filter(open_day=day).exists() for model in WRITTEN)


@transaction.atomic
def forget(day: OpenDay) -> None:
    """A day opened by mistake. ValidationError where anything is written of anybody: that is taken back one by one."""
    day = OpenDay.objects.select_for_update().get(pk=day.pk)
    if not is_empty(day):
        raise ValidationError(_("Somebody is written down on this day; take that back first."))
    day.delete()


def with_counts(days: QuerySet[OpenDay]) -> QuerySet[OpenDay]:
    """With `weighed`, `contacts` (forms) and `doses` of each day; counted for the days that are read only."""
    return days.annotate(weighed=_many(GrowthVisit), contacts=_many(Visit), doses=_many(Given))


def _many(model: type[Model]) -> Coalesce:
    rows: Any = model._default_manager.filter(open_day=OuterRef("pk")).order_by().values("open_day")
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


def months_open(posyandu: Posyandu, since: date, until: date) -> int:
    """Months after one day up to another with an open day on which anybody was served. The guideline for posyandu (2011) counts how
    often a year it opens, which is once a month: a second day of a month, a day opened by mistake and home visits make none more."""
    served = Q()
    for model in WRITTEN:
        served |= Q(Exists(model._default_manager.filter(open_day=OuterRef("pk"))))
    days = posyandu.open_days.filter(served, day__gt=since, day__lte=until, is_home_visits=False)
    return days.order_by().values(month=TruncMonth("day")).distinct().count()
