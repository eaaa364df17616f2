"""The weighings of an open day, as a phone sends them: taken together in one transaction, each judged for itself.

What is needed to judge them is read with a handful of questions however many they are, and what is kept is written with three
statements: an open day of forty children costs little more than one child. Each gets its own answer; one that cannot be kept keeps
none of the others back.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from ntbportal.commons.people import User

from .. import visits
from ..models import GrowthVisit, Measure, OpenDay, SyncedEntry
from .entries import Answer, Refused, answered_before, decimal_of, key_of, noted, refused, text_of, true_day, whole_of
from .found import Found

COMPARED = ("weight", "height", "head", "muac", "measure", "oedema")


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
        self.found = Found(self.entries, self._days(), self.user)
        answers: dict[uuid.UUID, Answer] = {}
        for entry in self.entries:
            key = key_of(entry)
            if key is not None and key not in answers:
                answers[key] = self._answer(key, entry)
        notes = []
        for key, entry, posyandu, visit in self.kept.entries:
            scores = {name: getattr(visit, name) for name in visits.Z_FIELDS}
            said = {"person": visit.person_id, "status": visit.status, "twice": visit.twice, **scores}
            answers[key] = {"state": "kept", "day": visit.day.isoformat(), **said}
            notes.append(noted(key, entry, posyandu, self.user, answers[key], self.off))
        self._write(notes)
        return [{"key": entry.get("key"), **answers[key]} for entry in self.entries if (key := key_of(entry))]

    # --- reading
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
            if key in self.found.known:
                return answered_before(self.found.known[key], self.user)
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
        if posyandu not in self.found.places:
            raise refused(_("You do not work at this posyandu."))
        day = true_day(entry, self.off)
        person, measured = self.found.person(entry, posyandu), measurement_of(entry)
        open_day = self.found.days.get((posyandu, day)) or OpenDay(
            posyandu_id=posyandu, day=day, opened_by=self.user, is_home_visits=bool(entry.get("home"))
        )

        def allow(there: GrowthVisit) -> None:
            refuse_conflict(entry, measured, there)

        known = self.found.weighed[person.pk]
        visit, differing = visits.weigh(person, known, open_day, measured, self.user, key, allow=allow)
        self.found.days[posyandu, day] = open_day
        self.kept.weighings |= {id(one): one for one in differing}
        self.kept.corrected.add(id(visit))
        self.kept.entries.append((key, entry, posyandu, visit))

    # --- writing
    def _write(self, notes: list[SyncedEntry]) -> None:
        for new in self.found.days.values():
            if new.pk is None:
                same = OpenDay.objects.get_or_create(
                    posyandu_id=new.posyandu_id, day=new.day, defaults={"opened_by": self.user, "is_home_visits": new.is_home_visits}
                )
                new.pk = same[0].pk
        for visit in self.kept.weighings.values():
            if visit.open_day_id is None:  # the day was opened just now
                visit.open_day_id = visit.open_day.pk
        visits.save_weighings(self.kept.weighings.values(), self.kept.corrected, beside=notes)


def measurement_of(entry: Mapping[str, Any]) -> visits.Measurement:
    weight = decimal_of(entry, "weight")
    if weight is None:
        raise refused(_("The weight is missing."))
    measure, oedema = text_of(entry, "measure", 20), entry.get("oedema") or False
    if measure not in {"", *Measure.values} or not isinstance(oedema, bool):
        raise refused(_("The way of measuring, or the oedema, cannot be read. Load the page anew."))
    return visits.Measurement(
        weight=weight,
        height=decimal_of(entry, "height"),
        measure=measure,
        head=decimal_of(entry, "head"),
        muac=decimal_of(entry, "muac"),
        oedema=oedema,
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
