"""Families and people: entering them, moving them, deaths and departures, doubles merged and parted again."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.postgres.search import TrigramWordSimilarity
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ntbportal.commons.people import User
from ntbportal.commons.privacy import blind_candidates

from .immunisation import renew_complete
from .models import Came, Given, GrowthVisit, Left, Merge, PastStay, Person, Posyandu, PregnancyEnd, Referral, Visit
from .sounds import sound_of

ALIKE = 0.55  # word similarity of sounds from which a name is worth showing


def search(rows: QuerySet[Person], text: str, born: date | None = None) -> QuerySet[Person]:
    """People whose name, or mother's name, is written or sounds like `text`; or whose NIK it is. Most alike first."""
    if born:
        rows = rows.filter(birth_date=born)
    text = text.strip()
    if not text:
        return rows
    digits = "".join(filter(str.isdigit, text))
    if len(digits) == 16:
        return rows.filter(Q(nik_index__in=blind_candidates(digits)) | Q(household__kk_index__in=blind_candidates(digits)))
    sound = sound_of(text)
    alike = Q(name__icontains=text) | Q(mother_name__icontains=text)
    if not sound:
        return rows.filter(alike)
    return (
        rows.annotate(likeness=TrigramWordSimilarity(sound, "sound"))
        .filter(alike | Q(likeness__gte=ALIKE) | Q(sound__contains=sound))
        .order_by(F("likeness").desc(), "name", "pk")
    )


def doubles_of(person: Person, limit: int = 5) -> list[Person]:
    """People of the same sex who may be the same: same birth date within a week, a name that sounds alike; in the same regency."""
    near = Person.objects.filter(sex=person.sex, merged_into=None, posyandu__village__code__startswith=person.posyandu.village_id[:5])
    near = near.exclude(pk=person.pk).filter(
        birth_date__range=(
            person.birth_date.fromordinal(person.birth_date.toordinal() - 7),
            person.birth_date.fromordinal(person.birth_date.toordinal() + 7),
        )
    )
    if person.mother_id:  # born of her on that day: a twin, whom record_birth() wrote down with this one
        near = near.exclude(mother=person.mother_id, birth_date=person.birth_date)
    same = Q(nik_index=person.nik_index) if person.nik_index else Q(pk=None)
    rows = near.annotate(likeness=TrigramWordSimilarity(person.sound, "sound")).filter(Q(likeness__gte=ALIKE) | same)
    return list(rows.select_related("posyandu__village").order_by("-likeness", "pk")[:limit])


@transaction.atomic
def move(person: Person, to: Posyandu, day: date, by: User) -> Person:
    """Put a person into another posyandu from a day on; visits stay where they were made, counts of past months too."""
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if person.posyandu_id == to.pk:
        raise ValidationError(_("%(name)s is at this posyandu already.") % {"name": person.name})
    if person.left in {Left.DIED, Left.ERROR}:
        raise ValidationError(_("%(name)s has died or was entered by mistake; undo that first.") % {"name": person.name})
    if day > timezone.localdate() or day < (person.joined_on or person.birth_date) or day < (person.left_on or day):
        raise ValidationError(_("The day must lie between the last move and today."))
    PastStay.objects.create(
        person=person,
        posyandu_id=person.posyandu_id,
        birth_date=person.birth_date,
        has_kms=person.has_kms,
        joined_on=person.joined_on,
        left_on=person.left_on or day,  # who went away before was not there in between
        moved_by=by,
    )
    person.posyandu, person.joined_on, person.came, person.left_on, person.left = to, day, Came.MOVED, None, ""
    person.save(update_fields=["posyandu", "joined_on", "came", "left_on", "left"])
    if not person.household.people.exclude(posyandu=to).filter(left_on=None, merged_into=None).exists():  # the last of the family goes
        person.household.posyandu = to
        person.household.save(update_fields=["posyandu"])
    return person


@transaction.atomic
def leave(person: Person, why: str, day: date) -> Person:
    """Away, died, or entered by mistake; from that day on the person is no longer counted among those of the posyandu."""
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if day > timezone.localdate() or (why != Left.ERROR and day < (person.joined_on or person.birth_date)):
        raise ValidationError(_("The day must lie between birth, or coming here, and today."))
    if why == Left.DIED:
        _refuse_death_before_what_is_written(person, day)
    person.left_on, person.left = (person.birth_date if why == Left.ERROR else day), why
    person.died_on = day if why == Left.DIED else None
    person.save(update_fields=["left_on", "left", "died_on"])
    return person


def _refuse_death_before_what_is_written(person: Person, day: date) -> None:
    """Somebody who was weighed, seen or given something after the day of death did not die then, or was not the one who came."""
    later = [rows.filter(day__gt=day).order_by("-day").values_list("day", flat=True).first() for rows in _written(person)]
    last = max((one for one in later if one is not None), default=None)
    if last is not None:
        raise ValidationError(
            _("%(name)s was weighed, examined or given something on %(day)s. Check the day of death, or take that back first.")
            % {"name": person.name, "day": date_format(last)}
        )


def _written(person: Person) -> tuple[QuerySet[Any], ...]:
    return person.growth_visits.all(), person.visits.all(), person.given.all()


@transaction.atomic
def come_back(person: Person) -> Person:
    """Undo a departure."""
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if person.merged_into_id:
        raise ValidationError(_("This record is part of another; undo that there."))
    person.left_on, person.left, person.died_on = None, "", None
    person.save(update_fields=["left_on", "left", "died_on"])
    return person


@transaction.atomic
def merge(kept: Person, double: Person, by: User) -> Merge:
    """Make two records of one person one. Visits, doses and referrals of the double go over, and who has it for a mother; not those of
    months or days that `kept` has too, which stay with the double and are counted no longer. Nothing is deleted, and undo() gives
    everything back."""
    people = {one.pk: one for one in Person.objects.select_for_update(no_key=True).filter(pk__in=[kept.pk, double.pk]).order_by("pk")}
    kept, double = people[kept.pk], people[double.pk]
    if kept.pk == double.pk or kept.merged_into_id or double.merged_into_id:
        raise ValidationError(_("These two cannot be merged."))
    months = {(one.day.year, one.day.month) for one in kept.growth_visits.all()}
    growth = [one.pk for one in double.growth_visits.all() if (one.day.year, one.day.month) not in months]
    there = set(kept.visits.values_list("form", "day"))
    contacts = [one.pk for one in double.visits.all() if (one.form_id, one.day) not in there]
    GrowthVisit.objects.filter(pk__in=growth).update(person=kept)
    Visit.objects.filter(pk__in=contacts).update(person=kept)
    taken = _take_over(kept, double)
    before = {"left_on": double.left_on.isoformat() if double.left_on else None, "left": double.left}
    filled: dict[str, Any] = {}
    for name in ("nik", "mother_name"):
        if not getattr(kept, name) and getattr(double, name):
            filled[name] = ""
            setattr(kept, name, getattr(double, name))
    if filled:
        kept.save(update_fields=[*filled, *(["nik_index"] if "nik" in filled else [])])
    double.merged_into, double.left_on, double.left = kept, double.birth_date, Left.ERROR
    double.save(update_fields=["merged_into", "left_on", "left"])
    renew_statuses(kept)
    renew_complete(kept)
    moved = {"growth": growth, "visits": contacts, **taken, "double": before, "filled": filled}
    return Merge.objects.create(kept=kept, double=double, merged_by=by, moved=moved)


def _take_over(kept: Person, double: Person) -> dict[str, Any]:
    """Doses, referrals, children and ends of pregnancies of the double go over; what stays with it counts no longer. Returns what
    undo() needs."""
    given = _doses_to_move(kept, double)
    days = set(kept.referrals.values_list("day", flat=True))
    referrals = [one.pk for one in double.referrals.all() if one.day not in days]
    children = list(double.children.values_list("pk", flat=True))
    ended = set(kept.pregnancy_ends.values_list("day", flat=True))
    ends = [one.pk for one in double.pregnancy_ends.all() if one.day not in ended]
    Given.objects.filter(pk__in=given).update(person=kept)
    Referral.objects.filter(pk__in=referrals).update(person=kept)
    Person.objects.filter(pk__in=children).update(mother=kept)
    PregnancyEnd.objects.filter(pk__in=ends).update(person=kept)
    double.growth_visits.filter(counts=True).update(counts=False)
    silenced = {
        name: {one.pk: one.tallied for one in rows.exclude(tallied=[])}
        for name, rows in (("visits", double.visits), ("given", double.given))
    }
    double.visits.update(tallied=[])
    double.given.update(tallied=[])
    return {"given": given, "referrals": referrals, "children": children, "ends": ends, "silenced": silenced}


def mend_merges() -> str:
    """Merges made before doses, referrals and children went over take them over now."""
    mended = 0
    for found in Merge.objects.filter(undone_at=None).exclude(moved__has_key="given").order_by("pk"):
        with transaction.atomic():
            people = {
                one.pk: one
                for one in Person.objects.select_for_update(no_key=True).filter(pk__in=[found.kept_id, found.double_id]).order_by("pk")
            }
            kept, double = people[found.kept_id], people[found.double_id]
            found.moved |= _take_over(kept, double)
            found.save(update_fields=["moved"])
            renew_complete(kept)
            mended += 1
    return f"{mended} merges"


def _doses_to_move(kept: Person, double: Person) -> list[int]:
    """What the double was given and `kept` was not: a dose of the schedule or of a campaign once, what is repeated by its day."""
    had = {_dose_of(one) for one in kept.given.select_related("item")}
    days = set(kept.given.values_list("item", "day"))
    return [one.pk for one in double.given.select_related("item") if _dose_of(one) not in had and (one.item_id, one.day) not in days]


def _dose_of(given: Given) -> tuple[Any, ...]:
    if given.campaign_id:
        return "campaign", given.campaign_id
    return ("item", given.item_id, given.day) if given.item.every_days else ("item", given.item_id)


@transaction.atomic
def undo(merge: Merge) -> None:
    """Part what was merged: each has again what it had; visits made since stay with the one that was kept."""
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at:
        return
    GrowthVisit.objects.filter(pk__in=merge.moved["growth"]).update(person=merge.double)
    Visit.objects.filter(pk__in=merge.moved["visits"]).update(person=merge.double)
    Given.objects.filter(pk__in=merge.moved.get("given", [])).update(person=merge.double)
    Referral.objects.filter(pk__in=merge.moved.get("referrals", [])).update(person=merge.double)
    Person.objects.filter(pk__in=merge.moved.get("children", []), mother=merge.kept).update(mother=merge.double)
    PregnancyEnd.objects.filter(pk__in=merge.moved.get("ends", []), person=merge.kept).update(person=merge.double)
    for model, name in ((Visit, "visits"), (Given, "given")):
        for number, tallied in merge.moved.get("silenced", {}).get(name, {}).items():
            model._default_manager.filter(pk=number).update(tallied=tallied)
    double, kept = merge.double, merge.kept
    before = merge.moved["double"]
    double.merged_into, double.left = None, before["left"]
    double.left_on = date.fromisoformat(before["left_on"]) if before["left_on"] else None
    double.save(update_fields=["merged_into", "left_on", "left"])
    for name, value in merge.moved["filled"].items():
        setattr(kept, name, value)
    if merge.moved["filled"]:
        kept.save(update_fields=[*merge.moved["filled"], *(["nik_index"] if "nik" in merge.moved["filled"] else [])])
    for person in (kept, double):
        renew_statuses(person)
        renew_complete(person)
    merge.undone_at = timezone.now()
    merge.save(update_fields=["undone_at"])


def renew_statuses(person: Person) -> None:
    """Judge all weighings of a person again, in order: after a merge, or a birth date corrected."""
    from .visits import judge, rescore, save_weighings, weighings_of

    known = weighings_of(person)
    for visit in known:
        rescore(person, visit)
        visit.save()
    save_weighings(judge(person, known))
