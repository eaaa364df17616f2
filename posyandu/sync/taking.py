"""Entries of every kind but weighings, one by one, each in its own transaction; people first, so that others find them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from ntbportal.commons.people import User

from .. import contacts, immunisation, referrals, social, visits
from ..families import who_may_have_borne
from ..models import (
    Arrival,
    Campaign,
    Household,
    Item,
    ItemKind,
    OpenDay,
    Person,
    Posyandu,
    Relation,
    Sex,
    SocialCheck,
    SyncedEntry,
    Visit,
    VisitForm,
)
from ..people import doubles_of
from ..sounds import sound_of
from .entries import Answer, Refused, answered_before, day_of, key_of, kind_of, noted, refused, text_of, true_day, whole_of
from .found import Found
from .weighings import take_weighings

MOST_AT_ONCE = 100
TURNS = {"person": 0, "growth": 1, "referral": 3}  # of a parcel; all others between


def take(entries: list[Any], user: User, off: timedelta) -> list[Answer]:
    """Take entries: people first so that others find them, then all weighings together, then the rest, and
    referrals, which live on what was found, last. Answers in the order of the
    entries, each with its key."""
    order = sorted(range(len(entries)), key=lambda place: (TURNS.get(kind_of(entries[place]), 2), place))
    answers: list[Answer] = [{} for _entry in entries]
    weighings = [place for place in order if kind_of(entries[place]) == "growth" and key_of(entries[place])]
    for place in order:
        if place not in weighings:
            answers[place] = take_one(entries[place], user, off)
        elif place == weighings[0]:
            found = take_weighings([entries[one] for one in weighings], user, off)
            for one, answer in zip(weighings, found, strict=True):
                answers[one] = answer
    return answers


def take_one(entry: Any, user: User, off: timedelta) -> Answer:
    key, number = entry.get("key") if isinstance(entry, dict) else None, key_of(entry)
    if number is None:
        return {"key": key, "state": "refused", "errors": [_("The entry has no key.")]}
    try:
        with transaction.atomic():
            return {"key": key, **_take(number, entry, user, off)}
    except Refused as told:
        return {"key": key, **told.answer}
    except visits.NeedsConfirmation as unusual:
        return {"key": key, "state": "ask", "questions": unusual.questions}
    except ValidationError as error:
        return {"key": key, "state": "refused", "errors": error.messages}


def _take(key: uuid.UUID, entry: Mapping[str, Any], user: User, off: timedelta) -> Answer:
    if known := SyncedEntry.objects.filter(pk=key).first():
        return answered_before(known, user)
    posyandu = Posyandu.objects.visible_to(user).filter(pk=whole_of(entry.get("posyandu"))).first()
    if posyandu is None:
        raise refused(_("You do not work at this posyandu."))
    day = true_day(entry, off)
    kind = kind_of(entry)
    if kind not in KINDS:
        raise refused(_("This kind of entry is not known. Load the page anew."))
    answer: Answer = {"state": "kept", "day": day.isoformat(), **KINDS[kind](key, entry, posyandu, day, user)}
    noted(key, entry, posyandu.pk, user, answer, off).save(force_insert=True)
    return answer


def _person(entry: Mapping[str, Any], posyandu: Posyandu, user: User) -> Person:
    """Whom an entry speaks of, locked: two entries about one person are taken one after the other."""
    return Person.objects.get(pk=Found([entry], [], user).person(entry, posyandu.pk).pk)


def _open_day(entry: Mapping[str, Any], posyandu: Posyandu, day: date, user: User) -> OpenDay:
    """The entry's day; "home": true says that it was written on home visits."""
    defaults = {"opened_by": user, "is_home_visits": bool(entry.get("home"))}
    return OpenDay.objects.get_or_create(posyandu=posyandu, day=day, defaults=defaults)[0]


def _take_person(key: uuid.UUID, entry: Mapping[str, Any], posyandu: Posyandu, day: date, user: User) -> Answer:
    if (same := whole_of(entry.get("is"))) and (known := Person.objects.filter(pk=same, posyandu=posyandu).first()):
        return {"person": known.pk}
    name, sex, born = text_of(entry, "name", 120), text_of(entry, "sex", 20), day_of(entry.get("born"))
    if not name or sex not in Sex.values:  # never the beginning of a word: "Pria" is no P
        raise refused(_("Name and sex are needed."))
    if born > day:
        raise refused(_("The date lies in the future."))
    person = Person(name=name, sex=sex, birth_date=born, posyandu=posyandu, mother_name=text_of(entry, "mother", 120), sound=sound_of(name))
    if not entry.get("is_new"):
        alike = [one for one in doubles_of(person) if one.posyandu_id == posyandu.pk and one.birth_date == born]
        if alike:
            people = [{"id": one.pk, "name": one.name, "born": one.birth_date.isoformat(), "mother": one.mother_name} for one in alike]
            raise Refused({"state": "double", "people": people})
    relation = text_of(entry, "relation", 10)
    person.relation = relation if relation in Relation.values else Relation.CHILD
    person.has_kms = bool(entry.get("kms", True))
    person.key = key
    consent = timezone.localdate() if entry.get("consent") else None
    mother = _mother(entry, posyandu, born, user)
    if mother is not None:
        person.mother, person.household = mother, mother.household
        person.mother_name = person.mother_name or mother.name
        if consent and person.household.consent_on is None:
            person.household.consent_on = consent
            person.household.save(update_fields=["consent_on"])
    else:
        head = text_of(entry, "head", 120) or person.mother_name or name
        person.household = Household.objects.create(posyandu=posyandu, head_name=head, consent_on=consent)
    person.save()
    return {"person": person.pk}


def _mother(entry: Mapping[str, Any], posyandu: Posyandu, born: date, user: User) -> Person | None:
    """Whom the cadre named as the mother, as `mother_id`; None where it cannot be her. Her own entry is waited for."""
    if not entry.get("mother_id"):
        return None
    try:
        named = _person({"person": entry["mother_id"]}, posyandu, user)
    except Refused as told:
        if told.answer["state"] == "wait":
            raise
        return None
    return who_may_have_borne(Person.objects.filter(pk=named.pk), born).select_related("household").first()


def _take_visit(key: uuid.UUID, entry: Mapping[str, Any], posyandu: Posyandu, day: date, user: User) -> Answer:
    person = _person(entry, posyandu, user)
    answers = entry.get("answers")
    if not isinstance(answers, dict):
        raise refused(_("Nothing is filled in yet."))
    try:
        form = contacts.whole_form(text_of(entry, "form", 30))
    except VisitForm.DoesNotExist:
        raise refused(_("This form is not known. Load the page anew.")) from None
    there = Visit.objects.filter(person=person, form=form, day=day).select_related("recorded_by").first()
    if there is not None and not entry.get("replace") and str(there.key) != str(entry.get("corrects")):
        examined = contacts.examine(form, person, day, answers)
        if examined.answers != there.answers:
            theirs = {**there.answers, "by": str(there.recorded_by or ""), "at": there.recorded_at.isoformat()}
            raise Refused({"state": "conflict", "theirs": theirs})
    visit, _examined = contacts.record_contact(
        person, form, day, answers, user, posyandu=posyandu, open_day=_open_day(entry, posyandu, day, user),
        confirmed=bool(entry.get("confirmed")), key=key,
    )  # fmt: skip
    return {"person": person.pk, "findings": visit.findings, "derived": visit.derived}


def _take_arrival(key: uuid.UUID, entry: Mapping[str, Any], posyandu: Posyandu, day: date, user: User) -> Answer:
    person, open_day = _person(entry, posyandu, user), _open_day(entry, posyandu, day, user)
    OpenDay.objects.select_for_update().get(pk=open_day.pk)
    last = open_day.arrivals.aggregate(last=Max("number"))["last"] or 0
    arrival, _new = Arrival.objects.get_or_create(open_day=open_day, person=person, defaults={"number": last + 1})
    return {"person": person.pk, "number": arrival.number}


def _take_given(key: uuid.UUID, entry: Mapping[str, Any], posyandu: Posyandu, day: date, user: User) -> Answer:
    person = _person(entry, posyandu, user)
    batch = text_of(entry, "batch", 40)
    if number := whole_of(entry.get("campaign")):
        campaign = Campaign.objects.select_related("item").filter(pk=number).first()
        if campaign is None:
            raise refused(_("This campaign is not known. Load the page anew."))
        dose = immunisation.give_in_campaign(
            person, campaign, day, user, posyandu=posyandu, open_day=_open_day(entry, posyandu, day, user), batch=batch, key=key
        )
        return {"person": person.pk, "campaign": campaign.pk, "given": dose.pk}
    item = Item.objects.exclude(kind=ItemKind.SUPPLY).filter(code=text_of(entry, "item", 20), is_active=True).first()
    if item is None:
        raise refused(_("This line of the schedule is not known. Load the page anew."))
    given = immunisation.give(
        person, item, day, user, posyandu=posyandu, open_day=_open_day(entry, posyandu, day, user), batch=batch, key=key
    )
    return {"person": person.pk, "item": item.code, "given": given.pk}


def _take_referral(key: uuid.UUID, entry: Mapping[str, Any], posyandu: Posyandu, day: date, user: User) -> Answer:
    """The reasons are what the visits of the day give here; what the phone told the cadre (`why`) stands in where they give none."""
    person, note = _person(entry, posyandu, user), text_of(entry, "note", 300)
    if not note and not referrals.reasons_for(person, day)[0]:
        note = text_of(entry, "why", 300)
    letter = referrals.refer(person, posyandu, day, user, note)
    return {"person": person.pk, "code": letter.code, "due_on": letter.due_on.isoformat(), "reasons": letter.reasons}


def _take_social(key: uuid.UUID, entry: Mapping[str, Any], posyandu: Posyandu, day: date, user: User) -> Answer:
    person, found, notes = _person(entry, posyandu, user), entry.get("found"), entry.get("notes")
    if not isinstance(found, list) or not isinstance(notes, dict):
        raise refused(_("Nothing is filled in yet."))
    found = sorted({str(one) for one in found})
    there = SocialCheck.objects.filter(household=person.household_id, day=day).select_related("asked_by").first()
    if there is not None and not entry.get("replace") and there.asked_by_id != user.pk and (there.found, there.notes) != (found, notes):
        theirs = {"found": there.found, "by": str(there.asked_by or ""), "at": there.asked_at.isoformat()}
        raise Refused({"state": "conflict", "theirs": theirs})
    again = text_of(entry, "follow_up_on", 10)
    made = social.check(
        person.household, posyandu, day, user, found=found, notes={str(code): text_of(notes, code, 500) for code in notes},
        consent=bool(entry.get("consent")), plan=text_of(entry, "plan", 1000), follow_up_on=day_of(again) if again else None,
    )  # fmt: skip
    return {"person": person.pk, "cases": made.cases.count()}


KINDS = {
    "given": _take_given, "person": _take_person, "visit": _take_visit, "arrival": _take_arrival, "referral": _take_referral,
    "social": _take_social,
}  # fmt: skip
