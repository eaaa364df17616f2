"""Recording a child's weighing and measuring: questioned if unusual, refused if impossible, computed and kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from ntbportal.commons.people import User

from .growth.weight_gain import Weighing, is_month_before, minimum_gains, weight_status
from .growth.zscores import HEIGHT_FROM_DAY, scores_of_child
from .models import GrowthVisit, Measure, OpenDay, Person, Posyandu, WeightStatus
from .skdn import month_bounds

# What no scale or board shows: refused. What is merely implausible for the age is asked about, flagged, and kept.
WEIGHT_KG = (Decimal("0.3"), Decimal("200"))
HEIGHT_CM = (Decimal("20"), Decimal("200"))
HEAD_CM = (Decimal("15"), Decimal("80"))
MUAC_CM = (Decimal("5"), Decimal("60"))
Z_FIELDS = ("zwei", "zlen", "zwfl", "zbmi", "zhc")


@dataclass(frozen=True)
class Measurement:
    """What the cadre read off. Kilograms and centimetres."""

    weight: Decimal
    height: Decimal | None = None
    measure: str = ""
    head: Decimal | None = None
    oedema: bool = False
    confirmed: bool = False
    muac: Decimal | None = None


@dataclass
class Assessment:
    """z-scores by name, whether a value is implausible, and what is to be asked before it is kept."""

    scores: dict[str, float | None]
    is_implausible: bool
    questions: list[str] = field(default_factory=list)


@transaction.atomic
def open_day_today(posyandu: Posyandu, by: User) -> OpenDay:
    """Today's open day of the posyandu, opened if it is not yet."""
    return OpenDay.objects.get_or_create(posyandu=posyandu, day=timezone.localdate(), defaults={"opened_by": by})[0]


def refuse_impossible(child: Person, day: date, measured: Measurement) -> None:
    """Raise ValidationError, by field, for what cannot be."""
    errors: dict[str, Any] = {}
    if day < child.birth_date:
        errors["day"] = _("%(name)s was born on %(born)s; a visit before that date cannot be recorded.") % {
            "name": child.name,
            "born": date_format(child.birth_date),
        }
    if day > timezone.localdate():
        errors["day"] = _("A visit cannot lie in the future.")
    for name, value, (low, high), unit in (
        ("weight", measured.weight, WEIGHT_KG, "kg"),
        ("height", measured.height, HEIGHT_CM, "cm"),
        ("head", measured.head, HEAD_CM, "cm"),
        ("muac", measured.muac, MUAC_CM, "cm"),
    ):
        if value is not None and not low <= value <= high:
            errors[name] = _("Must lie between %(low)s and %(high)s %(unit)s.") % {
                "low": number_format(low),
                "high": number_format(high),
                "unit": unit,
            }
    if errors:
        raise ValidationError(errors)


def assess(child: Person, day: date, measured: Measurement, before: GrowthVisit | None) -> Assessment:
    """z-scores, and questions where a value is implausible for the age or far from the last one."""
    age = child.age_in_days(day)
    found = scores_of_child(
        child.sex,
        age,
        float(measured.weight),
        None if measured.height is None else float(measured.height),
        measured.measure,
        oedema=measured.oedema,
        head=None if measured.head is None else float(measured.head),
    )
    scores = {name: found[name] for name in Z_FIELDS}
    result = Assessment(scores, bool(found["implausible"]))
    months = child.age_in_months(day)
    weight = scores["zwei"]
    if weight is not None and not -6 <= weight <= 5:
        result.questions.append(
            _("A weight of %(weight)s kg is very unusual at %(months)s months. Is it right?")
            % {"weight": number_format(measured.weight), "months": months}
        )
    length = scores["zlen"]
    if measured.height is not None and length is not None and not -6 <= length <= 6:
        result.questions.append(
            _("A length or height of %(height)s cm is very unusual at %(months)s months. Is it right?")
            % {"height": number_format(measured.height), "months": months}
        )
    if not result.questions and result.is_implausible:
        result.questions.append(_("Weight and height do not fit together. Are both right?"))
    if before is not None:
        change = measured.weight - before.weight
        if abs(change) > max(Decimal("1.5"), before.weight * Decimal("0.15")):
            result.questions.append(
                _("Last time it was %(before)s kg. Is %(now)s kg right?")
                % {"before": number_format(before.weight), "now": number_format(measured.weight)}
            )
        if measured.height is not None and before.height is not None and measured.height < before.height - 1:
            result.questions.append(
                _("Last time it was %(before)s cm tall. Is %(now)s cm right?")
                % {"before": number_format(before.height), "now": number_format(measured.height)}
            )
    return result


class NeedsConfirmation(Exception):
    """The values are unusual; `questions` are to be put to the cadre, who confirms or corrects."""

    def __init__(self, questions: list[str]) -> None:
        super().__init__("; ".join(questions))
        self.questions = questions


def weighing_before(child: Person, day: date) -> GrowthVisit | None:
    """The last weighing of an earlier month."""
    return child.growth_visits.filter(day__lt=day.replace(day=1)).order_by("-day").first()


@transaction.atomic
def record_visit(child: Person, open_day: OpenDay, measured: Measurement, by: User, key: UUID | None = None) -> GrowthVisit:
    """Keep a weighing; a second one on the same open day corrects the first, whose values stay in the history. `key`: of the phone
    that wrote it.

    Raises ValidationError for what is impossible, NeedsConfirmation for what is unusual and not yet confirmed.
    """
    child = Person.objects.select_for_update().get(pk=child.pk)
    refuse_impossible(child, open_day.day, measured)
    before = weighing_before(child, open_day.day)
    assessment = assess(child, open_day.day, measured, before)
    if assessment.questions and not measured.confirmed:
        raise NeedsConfirmation(assessment.questions)
    age = child.age_in_days(open_day.day)
    measure = measured.measure
    if measured.height is not None and not measure:
        measure = Measure.LYING if age < HEIGHT_FROM_DAY else Measure.STANDING
    status = status_of(child, open_day.day, measured.weight, assessment.scores["zwei"], before)
    first, until = month_bounds(open_day.day)
    month = child.growth_visits.filter(day__gte=first, day__lt=until).exclude(open_day=open_day)
    is_last = not month.filter(day__gt=open_day.day).exists()
    if is_last:
        month.filter(counts=True).update(counts=False)
    visit, _created = GrowthVisit.objects.update_or_create(
        person=child,
        open_day=open_day,
        defaults={
            "posyandu_id": open_day.posyandu_id,
            "day": open_day.day,
            "weight": measured.weight,
            "height": measured.height,
            "measure": measure if measured.height is not None else "",
            "head": measured.head,
            "muac": measured.muac,
            "oedema": measured.oedema,
            **assessment.scores,
            "is_implausible": assessment.is_implausible,
            "confirmed": bool(assessment.questions),
            "status": status,
            "twice": is_twice(status, before, open_day.day),
            "counts": is_last,
            "recorded_by": by,
            "recorded_at": timezone.now(),
            **({"key": key} if key else {}),
        },
    )
    renew_next_status(child, visit)
    return visit


@transaction.atomic
def remove_visit(visit: GrowthVisit) -> None:
    """Take back a weighing entered by mistake; its values stay in the history, and the month counts what it counted before."""
    child = Person.objects.select_for_update().get(pk=visit.person_id)
    first, until = month_bounds(visit.day)
    counted = visit.counts
    visit.delete()
    if counted and (last := child.growth_visits.filter(day__gte=first, day__lt=until).order_by("-day").first()):
        last.counts = True
        last.save(update_fields=["counts"])
    renew_next_status(child, visit)


def rescore(child: Person, visit: GrowthVisit) -> None:
    """z-scores of a kept weighing anew, not saved: sex or birth date were corrected."""
    found = scores_of_child(
        child.sex,
        child.age_in_days(visit.day),
        float(visit.weight),
        None if visit.height is None else float(visit.height),
        visit.measure,
        oedema=visit.oedema,
        head=None if visit.head is None else float(visit.head),
    )
    for name in Z_FIELDS:
        setattr(visit, name, found[name])
    visit.is_implausible = bool(found["implausible"])


def is_twice(status: str, before: GrowthVisit | None, day: date) -> bool:
    """2T: not gained in this month nor in the one before."""
    if before is None or not is_month_before(before.day, day):
        return False
    return status == before.status == WeightStatus.NOT_GAINED


def status_of(child: Person, day: date, weight: Decimal, z: float | None, before: GrowthVisit | None) -> str:
    earlier = Weighing(before.day, round(before.weight * 1000), before.zwei) if before else None
    now = Weighing(day, round(weight * 1000), z)
    return weight_status(earlier, now, child.sex, child.age_in_months(day), minimum_gains(day))


def renew_next_status(child: Person, visit: GrowthVisit) -> None:
    """A correction of one month changes how the months that follow are judged: the next one's status, and twice running after it."""
    before = visit
    for later in child.growth_visits.filter(day__gte=month_bounds(visit.day)[1]).order_by("day")[:3]:
        earlier = weighing_before(child, later.day)
        status = status_of(child, later.day, later.weight, later.zwei, earlier)
        twice = is_twice(status, earlier, later.day)
        if (status, twice) != (later.status, later.twice):
            later.status, later.twice = status, twice
            later.save(update_fields=["status", "twice"])
        elif before is not visit:
            return
        before = later
