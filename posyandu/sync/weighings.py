"""The weighings of an open day, as a phone sends them: taken together in one transaction, each judged for itself.

What is needed to judge them is read with a handful of questions however many they are, and what is kept is written with three
statements: an open day of forty children costs little more than one child. Each gets its own answer; one that cannot be kept keeps
none of the others back.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from ntbportal.commons.people import User

from .. import visits
from ..models import GrowthVisit, OpenDay, PastStay, Person, Posyandu, SyncedEntry
from .entries import Answer, Refused, answered_before, decimal_of, key_of, noted, refused, text_of, true_day, whole_of

COMPARED = ("weight", "height", "head", "muac", "measure", "oedema")
PERSON = ("key", "posyandu", "name", "sex", "birth_date", "merged_into")


def take_weighings(entries: Sequence[Mapping[str, Any]], user: User, off: timedelta) -> list[Answer]:
    """Entries of kind "growth", each with a key; answers in their order."""
    try:
        with transaction.atomic():
            return _Weighings(entries, user, off).taken()
    except IntegrityError:  # the same entries came at the same moment by another way: they are known now
        with transaction.atomic():
            return _Weighings(entries, user, off).taken()


@dataclass
class _Kept:
    """What is to be written of the batch."""

    weighings: dict[int, GrowthVisit] = field(default_factory=dict)  # by identity: those new, corrected, or judged otherwise
    corrected: set[int] = field(default_factory=set)
    entries: list[tuple[uuid.UUID, Mapping[str, Any], int, GrowthVisit]] = field(default_factory=list)


class _Weighings:
    def __init__(self, entries: Sequence[Mapping[str, Any]], user: User, off: timedelta) -> None:
        self.entries, self.user, self.off = entries, user, off
        self.kept = _Kept()

    def taken(self) -> list[Answer]:
        self._read()
        answers: dict[uuid.UUID, Answer] = {}
        for entry in self.entries:
            key = key_of(entry)
            if key is not None and key not in answers:
                answers[key] = self._answer(key, entry)
        self._write()
        notes = []
        for key, entry, posyandu, visit in self.kept.entries:
            scores = {name: getattr(visit, name) for name in visits.Z_FIELDS}
            said = {"person": visit.person_id, "status": visit.status, "twice": visit.twice, **scores}
            answers[key] = {"state": "kept", "day": visit.day.isoformat(), **said}
            notes.append(noted(key, entry, posyandu, self.user, answers[key], self.off))
        SyncedEntry.objects.bulk_create(notes)
        return [{"key": entry.get("key"), **answers[key]} for entry in self.entries if (key := key_of(entry))]

    # --- reading: the same few questions for one entry and for a hundred
    def _read(self) -> None:
        wanted = [entry.get("person") for entry in self.entries]
        numbers = {whole_of(one) for one in wanted} - {0}
        keys = {found for one in wanted if isinstance(one, str) and (found := key_of({"key": one}))}
        rows = Person.objects.only(*PERSON)
        # people are locked in order: whatever else writes weighings of theirs waits, and the same entries sent twice at once meet here
        locked = rows.select_for_update().order_by("pk")
        people = list(locked.filter(Q(pk__in=numbers) | Q(key__in=keys) if keys else Q(pk__in=numbers)))
        self.by_key: dict[uuid.UUID, int] = {one.key: one.pk for one in people}
        if strange := keys - set(self.by_key):
            told = SyncedEntry.objects.filter(pk__in=strange, kind="person")
            self.by_key |= {one.pk: one.answer["person"] for one in told if one.answer.get("person")}
        more = {*self.by_key.values(), *(one.merged_into_id for one in people if one.merged_into_id)} - {one.pk for one in people}
        people += locked.filter(pk__in=more) if more else []
        self.people: dict[int, Person] = {one.pk: one for one in people}
        sent = [key_of(entry) for entry in self.entries]
        self.known = {one.pk: one for one in SyncedEntry.objects.filter(pk__in=sent)}
        asked = {whole_of(entry.get("posyandu")) for entry in self.entries}
        self.places = {one.pk for one in Posyandu.objects.visible_to(self.user).filter(pk__in=asked).only("pk")}
        elsewhere = [one.pk for one in people if one.posyandu_id not in self.places or len(self.places) > 1]
        stays = PastStay.objects.filter(person__in=elsewhere, posyandu__in=self.places) if elsewhere else PastStay.objects.none()
        self.stays = set(stays.values_list("person", "posyandu"))
        self.weighed: dict[int, list[GrowthVisit]] = defaultdict(list)
        for visit in GrowthVisit.objects.filter(person__in=self.people).order_by("day", "pk"):
            self.weighed[visit.person_id].append(visit)
        days = OpenDay.objects.filter(posyandu__in=self.places, day__in=self._days())
        self.days: dict[tuple[int, date], OpenDay] = {(one.posyandu_id, one.day): one for one in days}

    def _days(self) -> set[date]:
        found = set()
        for entry in self.entries:
            try:
                found.add(true_day(entry, self.off))
            except Refused:
                continue  # told with its answer
        return found

    # --- judging, each for itself
    def _answer(self, key: uuid.UUID, entry: Mapping[str, Any]) -> Answer:
        try:
            if key in self.known:
                return answered_before(self.known[key], self.user)
            self._judge(key, entry)
        except Refused as told:
            return told.answer
        except visits.NeedsConfirmation as unusual:
            return {"state": "ask", "questions": unusual.questions}
        except ValidationError as error:
            return {"state": "refused", "errors": error.messages}
        return {}  # kept: told when all are judged, since a later one may change what an earlier one is

    def _judge(self, key: uuid.UUID, entry: Mapping[str, Any]) -> None:
        posyandu = whole_of(entry.get("posyandu"))
        if posyandu not in self.places:
            raise refused(_("You do not work at this posyandu."))
        day = true_day(entry, self.off)
        person, measured = self._person(entry, posyandu), measurement_of(entry)
        open_day = self.days.get((posyandu, day)) or OpenDay(posyandu_id=posyandu, day=day, opened_by=self.user)

        def allow(there: GrowthVisit) -> None:
            refuse_conflict(entry, measured, there)

        known = self.weighed[person.pk]
        visit, differing = visits.weigh(person, known, open_day, measured, self.user, key, allow=allow)
        self.days[posyandu, day] = open_day
        self.kept.weighings |= {id(one): one for one in differing}
        self.kept.corrected.add(id(visit))
        self.kept.entries.append((key, entry, posyandu, visit))

    def _person(self, entry: Mapping[str, Any], posyandu: int) -> Person:
        """Whom an entry speaks of. One who has moved to another posyandu of the portal meanwhile is found all the same."""
        who = entry.get("person")
        if isinstance(who, int):
            found = self.people.get(whole_of(who))
        else:
            number = key_of({"key": who})
            if number is None:
                raise refused(_("The entry does not say whom it is about."))
            if number not in self.by_key:
                raise Refused({"state": "wait"})
            found = self.people.get(self.by_key[number])
        if found is not None and found.merged_into_id:
            found = self.people.get(found.merged_into_id)
        if found is None or (found.posyandu_id != posyandu and (found.pk, posyandu) not in self.stays):
            raise refused(_("This person is not of the posyandu."))
        return found

    # --- writing
    def _write(self) -> None:
        for new in self.days.values():
            if new.pk is None:
                same = OpenDay.objects.get_or_create(posyandu_id=new.posyandu_id, day=new.day, defaults={"opened_by": self.user})
                new.pk = same[0].pk
        visits.save_weighings(self.kept.weighings.values(), self.kept.corrected)


def measurement_of(entry: Mapping[str, Any]) -> visits.Measurement:
    weight = decimal_of(entry, "weight")
    if weight is None:
        raise refused(_("The weight is missing."))
    measure = text_of(entry, "measure", 1)
    return visits.Measurement(
        weight=weight,
        height=decimal_of(entry, "height"),
        measure=measure if measure in {"L", "H"} else "",
        head=decimal_of(entry, "head"),
        muac=decimal_of(entry, "muac"),
        oedema=bool(entry.get("oedema")),
        confirmed=bool(entry.get("confirmed")),
    )


def refuse_conflict(entry: Mapping[str, Any], measured: visits.Measurement, there: GrowthVisit) -> None:
    """What is there may be written over by the same phone's correction, by somebody who has seen it, or by the same figures."""
    theirs = {name: getattr(there, name) for name in COMPARED}
    mine = {name: getattr(measured, name) for name in COMPARED}
    if measured.height is None or not measured.measure:
        mine["measure"] = theirs["measure"]
    if theirs == mine or entry.get("replace") or str(there.key) == str(entry.get("corrects")):
        return
    shown = {name: str(value) if isinstance(value, Decimal) else value for name, value in theirs.items()}
    by = User.objects.filter(pk=there.recorded_by_id).first()
    raise Refused({"state": "conflict", "theirs": {**shown, "by": str(by or ""), "at": there.recorded_at.isoformat()}})
