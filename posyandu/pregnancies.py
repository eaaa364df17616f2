"""A pregnancy from what was told at the checks: how far it is, when the birth is expected, and that it is over.

Weeks count from the first day of the last period, the birth is expected 280 days after it (Buku KIA 2023, HPL); after 42 weeks nobody
is expected as pregnant any more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ntbportal.commons.people import User

from .models import Ending, Person, PregnancyEnd

DAYS_TO_BIRTH, WEEKS_OF_PREGNANCY = 280, 42
AFTER_WHICH_SHE_IS_SEEN = (Ending.STILLBIRTH, Ending.ELSEWHERE)  # the checks after a birth are due then too


@dataclass(frozen=True)
class Pregnancy:
    """`period`: first day of the last period as told at the last check. `end`: how it ended, if it did other than by a birth here."""

    period: date
    weeks: int
    end: PregnancyEnd | None = None

    @property
    def expected(self) -> date:
        return self.period + timedelta(days=DAYS_TO_BIRTH)


def period_of(answer: Any) -> date | None:
    """The first day of the last period from an answer; None where it is no date."""
    try:
        return date.fromisoformat(str(answer))
    except ValueError:
        return None


def pregnancy_of(person: Person, day: date) -> Pregnancy | None:
    """Of the last check by a day; None where it is more than 42 weeks ago or a child was born since."""
    checks = person.visits.filter(form__slug="hamil", day__lte=day, answers__has_key="last-period").order_by("-day", "-pk")
    period = period_of(checks.values_list("answers__last-period", flat=True).first())
    if period is None:
        return None
    weeks = (day - period).days // 7
    if weeks > WEEKS_OF_PREGNANCY or Person.objects.filter(mother=person, birth_date__gt=period, merged_into=None).exists():
        return None
    return Pregnancy(period, weeks, person.pregnancy_ends.filter(day__gte=period, day__lte=day).first())


@transaction.atomic
def end(person: Person, how: str, day: date, today: date, by: User) -> PregnancyEnd:
    """Keep that a pregnancy is over. ValidationError where there is none, it is over already, or the day cannot be."""
    person = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    found = pregnancy_of(person, today)
    if found is None or found.end is not None:
        raise ValidationError(_("No pregnancy is known that has not ended."))
    if day > today:
        raise ValidationError(_("The date lies in the future."))
    if day < found.period:
        raise ValidationError(_("The pregnancy began on %(day)s; it cannot have ended before.") % {"day": date_format(found.period)})
    return PregnancyEnd.objects.create(person=person, how=how, day=day, recorded_by=by)
