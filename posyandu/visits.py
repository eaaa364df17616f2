"""Recording a child's weighing and measuring: questioned if unusual, refused if impossible, computed and kept."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ntbportal.commons import rows
from ntbportal.commons.people import User

from .growth.one_child import scores_of_child
from .growth.weight_gain import Weighing, is_month_before, minimum_gains, weight_status
from .growth.zscores import HEIGHT_FROM_DAY, PLAUSIBLE
from .models import GrowthVisit, Measure, OpenDay, Person, WeightStatus

# What no scale or board shows: refused. What is merely implausible for the age is asked about, flagged, and kept.
WEIGHT_KG = (Decimal("0.3"), Decimal("200"))
HEIGHT_CM = (Decimal("20"), Decimal("200"))
HEAD_CM = (Decimal("15"), Decimal("80"))
MUAC_CM = (Decimal("5"), Decimal("60"))
MONTHS_UNDER_FIVE = 60
Z_FIELDS = ("zwei", "zlen", "zwfl", "zbmi", "zhc")


# what is asked of an index outside what WHO holds plausible: each has its own question, the same on the phone
ODD = {
    "zwei": gettext_lazy("A weight of %(weight)s kg is very unusual at %(months)s months. Is it right?"),
    "zlen": gettext_lazy("A length or height of %(height)s cm is very unusual at %(months)s months. Is it right?"),
    "zwfl": gettext_lazy("A weight of %(weight)s kg does not fit a length or height of %(height)s cm. Are both right?"),
    "zbmi": gettext_lazy("A weight of %(weight)s kg at %(height)s cm is very unusual at %(months)s months. Are both right?"),
    "zhc": gettext_lazy("A head circumference of %(head)s cm is very unusual at %(months)s months. Is it right?"),
}


def odd_indices(scores: Mapping[str, float | None]) -> list[str]:
    """Of z-scores by name those outside what WHO holds plausible, in the order of ODD."""
    found = []
    for name in ODD:
        z, (low, high) = scores[name], PLAUSIBLE[name[1:]]
        if z is not None and not low <= z <= high:
            found.append(name)
    return found


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
    try:
        child.refuse_after_death(day)
    except ValidationError as error:
        errors["day"] = error.messages
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
    said = {
        "weight": number_format(measured.weight),
        "height": "" if measured.height is None else number_format(measured.height),
        "head": "" if measured.head is None else number_format(measured.head),
        "months": child.age_in_months(day),
    }
    result.questions += [str(ODD[name]) % said for name in odd_indices(scores)]
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


def is_of_earlier_month(earlier: date, later: date) -> bool:
    return (earlier.year, earlier.month) < (later.year, later.month)


def weighing_before(child: Person, day: date) -> GrowthVisit | None:
    """The last weighing of an earlier month."""
    return child.growth_visits.filter(day__lt=day.replace(day=1)).order_by("-day").first()


def weighings_before(visits: Collection[GrowthVisit]) -> dict[int, GrowthVisit]:
    """By number of a weighing the one of the same child before it; one query however many."""
    known: dict[int, list[GrowthVisit]] = {}
    for one in GrowthVisit.objects.filter(person__in={one.person_id for one in visits}).order_by("day", "pk"):
        known.setdefault(one.person_id, []).append(one)
    earlier = {one.pk: [row for row in known[one.person_id] if row.day < one.day] for one in visits}
    return {number: rows[-1] for number, rows in earlier.items() if rows}


def weighings_of(child: Person) -> list[GrowthVisit]:
    """All of a child's weighings, oldest first; there are sixty at most, so one question answers everything about them."""
    return list(child.growth_visits.order_by("day", "pk"))


@transaction.atomic
def record_visit(
    child: Person,
    open_day: OpenDay,
    measured: Measurement,
    by: User,
    key: UUID | None = None,
    *,
    allow: Callable[[GrowthVisit], None] | None = None,
) -> GrowthVisit:
    """Keep a weighing; a second one on the same open day corrects the first, whose values stay in the history. `key`: of the phone
    that wrote it. What it changes about other months is changed with it. `allow` is asked before one that is there is corrected, and
    raises what it will.

    Raises ValidationError for what is impossible, NeedsConfirmation for what is unusual and not yet confirmed.
    """
    child = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=child.pk)
    visit, differing = weigh(child, weighings_of(child), open_day, measured, by, key, allow=allow)
    save_weighings(differing, {id(visit)})
    return visit


def weigh(
    child: Person,
    known: list[GrowthVisit],
    open_day: OpenDay,
    measured: Measurement,
    by: User,
    key: UUID | None = None,
    *,
    allow: Callable[[GrowthVisit], None] | None = None,
) -> tuple[GrowthVisit, list[GrowthVisit]]:
    """record_visit without reading or writing: `known` are the child's weighings, oldest first, to which a new one is added. Returns
    the weighing and all that differ now, itself among them. Nothing is changed where something is raised."""
    refuse_impossible(child, open_day.day, measured)
    visit = next((one for one in known if one.day == open_day.day and one.posyandu_id == open_day.posyandu_id), None)
    if visit is not None and allow is not None:
        allow(visit)
    before = next((one for one in reversed(known) if is_of_earlier_month(one.day, open_day.day)), None)
    assessment = assess(child, open_day.day, measured, before)
    if assessment.questions and not measured.confirmed:
        raise NeedsConfirmation(assessment.questions)
    measure = measured.measure
    if measured.height is not None and not measure:
        measure = Measure.LYING if child.age_in_days(open_day.day) < HEIGHT_FROM_DAY else Measure.STANDING
    if visit is None:
        visit = GrowthVisit(person=child, open_day=open_day, posyandu_id=open_day.posyandu_id, day=open_day.day, key=uuid4(), counts=False)
        known.append(visit)
        known.sort(key=lambda one: one.day)
    visit.weight, visit.height, visit.head, visit.muac = measured.weight, measured.height, measured.head, measured.muac
    visit.measure = measure if measured.height is not None else ""
    visit.oedema, visit.is_implausible, visit.confirmed = measured.oedema, assessment.is_implausible, bool(assessment.questions)
    visit.recorded_by, visit.recorded_at = by, timezone.now()
    for name, z in assessment.scores.items():
        setattr(visit, name, z)
    if key:
        visit.key = key
    differing = judge(child, known, open_day.day)
    if visit.pk is None and visit.counts:  # what the database would say, so that it need not write the row twice
        visit.counted_at_id = child.posyandu_id
    return visit, differing if visit in differing else [*differing, visit]


def save_weighings(differing: Iterable[GrowthVisit], corrected: Collection[int] = (), beside: Collection[Model] = ()) -> None:
    """Write weighings: new ones, those whose id() is in `corrected` whole, of others what judge() sets. `beside`: new rows of another
    model, written with the new ones."""
    found = list(differing)
    new = [one for one in found if one.pk is None]

    def save(one: GrowthVisit) -> None:
        if id(one) in corrected:
            one.save()
        else:
            one.save(update_fields=["status", "twice", "counts"])

    # what no longer counts is written first, what counts anew last: one weighing counts in a month
    for one in found:
        if one.pk is not None and not one.counts:
            save(one)
    known = [one for one in found if one.pk is not None and one.counts]
    rows.write(new, beside)
    for one in known:
        save(one)


def judge(child: Person, known: list[GrowthVisit], since: date | None = None) -> list[GrowthVisit]:
    """Set N, T, B, O, twice running, and which of a month counts (its last below five years), on a child's weighings (oldest first);
    those of months before that of `since` are taken as they are. Returns those that differ from before, not saved."""
    differing: list[GrowthVisit] = []
    before: GrowthVisit | None = None  # the last weighing of an earlier month
    for place, one in enumerate(known):
        if place and is_of_earlier_month(known[place - 1].day, one.day):
            before = known[place - 1]
        if since is not None and is_of_earlier_month(one.day, since):
            continue
        status = status_of(child, one.day, one.weight, one.zwei, before)
        counts = is_under_five(child, one.day) and not (
            place + 1 < len(known) and not is_of_earlier_month(one.day, known[place + 1].day) and is_under_five(child, known[place + 1].day)
        )
        found = (status, is_twice(status, before, one.day), counts)
        if found != (one.status, one.twice, one.counts):
            one.status, one.twice, one.counts = found
            differing.append(one)
    return differing


def is_under_five(child: Person, day: date) -> bool:
    """Weighings of older children are kept, and counted in no month."""
    return child.age_in_months(day) < MONTHS_UNDER_FIVE


@transaction.atomic
def remove_visit(visit: GrowthVisit) -> None:
    """Take back a weighing entered by mistake; its values stay in the history, and the month counts what it counted before."""
    child = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=visit.person_id)
    visit.delete()
    save_weighings(judge(child, weighings_of(child)))


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
    if before is None:
        return WeightStatus.FIRST  # nothing to be compared with
    earlier = Weighing(before.day, round(before.weight * 1000), before.zwei)
    now = Weighing(day, round(weight * 1000), z)
    return weight_status(earlier, now, child.sex, child.age_in_months(day), minimum_gains(day))
