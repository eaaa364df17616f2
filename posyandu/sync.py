"""Entries written on phones without signal: taken in any order, each once, conflicts shown and never overwritten in silence.

An entry is {key, kind, posyandu, day, at, person, …}. `person` is a number, or the key of an entry of kind "person". Its answer:

    {"state": "kept", …}      it is in; the same key again gets the same answer
    {"state": "wait"}         it speaks of a person whose entry has not come yet; the phone sends it again
    {"state": "conflict", "theirs": …}  another device wrote something else for the same person and day; with "replace": true the
                              entry is taken, and what was there stays in the history
    {"state": "double", "people": […]}  a new person sounds like somebody known; the phone answers with "is" (a number) or "is_new"
    {"state": "ask", "questions": […]}  unusual values, not confirmed
    {"state": "refused", "errors": […]} it cannot be; it stays on the phone until corrected or dropped

The phone says what its clock shows when it sends; where that is off, days and times written by it are put right by as much.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from ntbportal.commons.people import User

from . import contacts, immunisation, visits
from .models import Arrival, GrowthVisit, Household, Item, OpenDay, Person, Posyandu, Relation, SyncedEntry, Visit, VisitForm
from .people import doubles_of
from .sounds import sound_of

Answer = dict[str, Any]
CLOCK_MAY_BE_OFF = timedelta(hours=6)
MOST_AT_ONCE = 100


def clock_off(sent_at: str) -> timedelta:
    """How far the phone's clock is ahead of ours; nothing where the difference is less than CLOCK_MAY_BE_OFF or not said."""
    try:
        phone = datetime.fromisoformat(sent_at.replace("Z", "+00:00"))
    except ValueError:
        return timedelta(0)
    off = (phone if phone.tzinfo else timezone.make_aware(phone)) - timezone.now()
    return off if abs(off) > CLOCK_MAY_BE_OFF else timedelta(0)


@dataclass(frozen=True)
class Refused(Exception):
    """What the phone is told instead of "kept"."""

    answer: Answer


def refused(*errors: str) -> Refused:
    return Refused({"state": "refused", "errors": list(errors)})


def take(entries: list[Any], user: User, off: timedelta) -> list[Answer]:
    """Take entries, people first so that visits find them; answers in the order of the entries, each with its key."""
    order = sorted(range(len(entries)), key=lambda place: (_kind(entries[place]) != "person", place))
    answers: list[Answer] = [{} for _entry in entries]
    for place in order:
        answers[place] = take_one(entries[place], user, off)
    return answers


def _kind(entry: Any) -> str:
    return str(entry.get("kind", "")) if isinstance(entry, dict) else ""


def take_one(entry: Any, user: User, off: timedelta) -> Answer:
    key = entry.get("key") if isinstance(entry, dict) else None
    try:
        number = uuid.UUID(str(key))
    except ValueError:
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
    known = SyncedEntry.objects.filter(pk=key).first()
    if known is not None:
        if known.user_id != user.pk:
            raise refused(_("This entry was sent by somebody else."))
        return dict(known.answer)
    posyandu = Posyandu.objects.visible_to(user).filter(pk=_whole(entry.get("posyandu"))).first()
    if posyandu is None:
        raise refused(_("You do not work at this posyandu."))
    day = _day(entry.get("day")) - timedelta(days=round(off / timedelta(days=1)))
    if day > timezone.localdate():
        raise refused(_("The day %(day)s lies in the future.") % {"day": day.isoformat()})
    kind = _kind(entry)
    if kind not in KINDS:
        raise refused(_("This kind of entry is not known. Load the page anew."))
    answer: Answer = {"state": "kept", "day": day.isoformat(), **KINDS[kind](key, entry, posyandu, day, user)}
    written = _time(entry.get("at"))
    SyncedEntry.objects.create(
        key=key,
        user=user,
        posyandu=posyandu,
        kind=kind,
        answer=answer,
        written_at=written - off if written else None,
        clock_off=int(off.total_seconds()),
    )
    return answer


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**62 else 0


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise refused(_("The day is missing.")) from None


def _time(value: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else timezone.make_aware(found)


def _text(entry: Mapping[str, Any], name: str, most: int) -> str:
    return str(entry.get(name) or "").replace("\x00", "").strip()[:most]


def _person(entry: Mapping[str, Any], posyandu: Posyandu) -> Person:
    """Whom an entry speaks of. One who has moved to another posyandu of the portal meanwhile is found all the same."""
    who = entry.get("person")
    if isinstance(who, int) and not isinstance(who, bool):
        found = Person.objects.select_related("merged_into").filter(pk=_whole(who)).first()
    else:
        try:
            number = uuid.UUID(str(who))
        except ValueError:
            raise refused(_("The entry does not say whom it is about.")) from None
        found = Person.objects.select_related("merged_into").filter(key=number).first()
        if found is None:
            same = SyncedEntry.objects.filter(pk=number, kind="person").first()
            if same is None:
                raise Refused({"state": "wait"})
            found = Person.objects.select_related("merged_into").filter(pk=same.answer.get("person")).first()
    if found is not None and found.merged_into is not None:
        found = found.merged_into
    if found is None or (found.posyandu_id != posyandu.pk and not found.past_stays.filter(posyandu=posyandu).exists()):
        raise refused(_("This person is not of the posyandu."))
    return found


def _open_day(posyandu: Posyandu, day: date, user: User) -> OpenDay:
    return OpenDay.objects.get_or_create(posyandu=posyandu, day=day, defaults={"opened_by": user})[0]


def _take_person(key: uuid.UUID, entry: Mapping[str, Any], posyandu: Posyandu, day: date, user: User) -> Answer:
    if (same := _whole(entry.get("is"))) and (known := Person.objects.filter(pk=same, posyandu=posyandu).first()):
        return {"person": known.pk}
    name, sex, born = _text(entry, "name", 120), _text(entry, "sex", 1), _day(entry.get("born"))
    if not name or sex not in {"F", "M"}:
        raise refused(_("Name and sex are needed."))
    if born > day:
        raise refused(_("The date lies in the future."))
    person = Person(name=name, sex=sex, birth_date=born, posyandu=posyandu, mother_name=_text(entry, "mother", 120), sound=sound_of(name))
    if not entry.get("is_new"):
        alike = [one for one in doubles_of(person) if one.posyandu_id == posyandu.pk and one.birth_date == born]
        if alike:
            people = [{"id": one.pk, "name": one.name, "born": one.birth_date.isoformat(), "mother": one.mother_name} for one in alike]
            raise Refused({"state": "double", "people": people})
    relation = _text(entry, "relation", 10)
    person.relation = relation if relation in Relation.values else Relation.CHILD
    person.has_kms = bool(entry.get("kms", True))
    person.key = key
    consent = timezone.localdate() if entry.get("consent") else None
    head = _text(entry, "head", 120) or person.mother_name or name
    person.household = Household.objects.create(posyandu=posyandu, head_name=head, consent_on=consent)
    person.save()
    return {"person": person.pk}


def _decimal(entry: Mapping[str, Any], name: str) -> Decimal | None:
    value = entry.get(name)
    if value in (None, ""):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        raise refused(_("Write a number.")) from None
    if not found.is_finite():
        raise refused(_("Write a number."))
    return found.quantize(Decimal("0.01") if name == "weight" else Decimal("0.1"))


GROWTH = ("weight", "height", "head", "muac", "measure", "oedema")


def _take_growth(key: uuid.UUID, entry: Mapping[str, Any], posyandu: Posyandu, day: date, user: User) -> Answer:
    person = _person(entry, posyandu)
    weight = _decimal(entry, "weight")
    if weight is None:
        raise refused(_("The weight is missing."))
    measure = _text(entry, "measure", 1)
    measured = visits.Measurement(
        weight=weight,
        height=_decimal(entry, "height"),
        measure=measure if measure in {"L", "H"} else "",
        head=_decimal(entry, "head"),
        muac=_decimal(entry, "muac"),
        oedema=bool(entry.get("oedema")),
        confirmed=bool(entry.get("confirmed")),
    )

    def allow(there: GrowthVisit) -> None:
        """What is there may be written over by the same phone's correction, by somebody who has seen it, or by the same figures."""
        theirs = {name: getattr(there, name) for name in GROWTH}
        mine = {name: getattr(measured, name) for name in GROWTH}
        if measured.height is None or not measured.measure:
            mine["measure"] = theirs["measure"]
        if theirs == mine or entry.get("replace") or str(there.key) == str(entry.get("corrects")):
            return
        shown = {name: str(value) if isinstance(value, Decimal) else value for name, value in theirs.items()}
        by = User.objects.filter(pk=there.recorded_by_id).first()
        raise Refused({"state": "conflict", "theirs": {**shown, "by": str(by or ""), "at": there.recorded_at.isoformat()}})

    visit = visits.record_visit(person, _open_day(posyandu, day, user), measured, user, key, allow=allow)
    return {"person": person.pk, "status": visit.status, "twice": visit.twice, **{name: getattr(visit, name) for name in visits.Z_FIELDS}}


def _take_visit(key: uuid.UUID, entry: Mapping[str, Any], posyandu: Posyandu, day: date, user: User) -> Answer:
    person = _person(entry, posyandu)
    answers = entry.get("answers")
    if not isinstance(answers, dict):
        raise refused(_("Nothing is filled in yet."))
    try:
        form = contacts.whole_form(_text(entry, "form", 30))
    except VisitForm.DoesNotExist:
        raise refused(_("This form is not known. Load the page anew.")) from None
    there = Visit.objects.filter(person=person, form=form, day=day).select_related("recorded_by").first()
    if there is not None and not entry.get("replace") and str(there.key) != str(entry.get("corrects")):
        examined = contacts.examine(form, person, day, answers)
        if examined.answers != there.answers:
            theirs = {**there.answers, "by": str(there.recorded_by or ""), "at": there.recorded_at.isoformat()}
            raise Refused({"state": "conflict", "theirs": theirs})
    visit, _examined = contacts.record_contact(
        person, form, day, answers, user, posyandu=posyandu, open_day=_open_day(posyandu, day, user),
        confirmed=bool(entry.get("confirmed")), key=key,
    )  # fmt: skip
    return {"person": person.pk, "findings": visit.findings, "derived": visit.derived}


def _take_arrival(key: uuid.UUID, entry: Mapping[str, Any], posyandu: Posyandu, day: date, user: User) -> Answer:
    person, open_day = _person(entry, posyandu), _open_day(posyandu, day, user)
    OpenDay.objects.select_for_update().get(pk=open_day.pk)
    last = open_day.arrivals.aggregate(last=Max("number"))["last"] or 0
    arrival, _new = Arrival.objects.get_or_create(open_day=open_day, person=person, defaults={"number": last + 1})
    return {"person": person.pk, "number": arrival.number}


def _take_given(key: uuid.UUID, entry: Mapping[str, Any], posyandu: Posyandu, day: date, user: User) -> Answer:
    person = _person(entry, posyandu)
    item = Item.objects.filter(code=_text(entry, "item", 20), is_active=True).first()
    if item is None:
        raise refused(_("This line of the schedule is not known. Load the page anew."))
    given = immunisation.give(
        person, item, day, user, posyandu=posyandu, open_day=_open_day(posyandu, day, user), batch=_text(entry, "batch", 40), key=key
    )
    return {"person": person.pk, "item": item.code, "given": given.pk}


KINDS = {"given": _take_given, "person": _take_person, "growth": _take_growth, "visit": _take_visit, "arrival": _take_arrival}
