"""What is known of the weighings that a phone sent: the same few questions for one entry and for a hundred.

They are written in SQL, not composed by Django: an entry sent alone asks all of them, and composing one costs Django more than
answering it costs the database (benchmarks/visits.py).
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from ntbportal.commons import rows
from ntbportal.commons.people import User
from ntbportal.commons.rows import Question

from ..models import GrowthVisit, OpenDay, PastStay, Person, Posyandu, SyncedEntry
from .entries import Refused, key_of, refused, whole_of

PERSON = ("id", "key", "posyandu_id", "name", "sex", "birth_date", "died_on", "merged_into_id")
KNOWN = ("key", "user_id", "answer")
OPEN_DAY = ("id", "posyandu_id", "day", "opened_by_id")
WEIGHING = tuple(field.attname for field in GrowthVisit._meta.concrete_fields)


class Found:
    """People are locked, in order: whatever else writes weighings of theirs waits, and the same entries sent twice at once meet here.
    What is asked after that sees what the other has written."""

    def __init__(self, entries: Sequence[Mapping[str, Any]], days: Collection[date], user: User) -> None:
        wanted = [entry.get("person") for entry in entries]
        numbers = [number for one in wanted if (number := whole_of(one))]
        keys = [found for one in wanted if isinstance(one, str) and (found := key_of({"key": one}))]
        places = [whole_of(entry.get("posyandu")) for entry in entries]
        where, values = Posyandu.objects.visible_in_sql(user)
        people, weighed, known, seen, opened = rows.read(
            _locked("(id = ANY(%s) OR key = ANY(%s))", numbers, keys) if keys else _locked("id = ANY(%s)", numbers),
            _weighings(numbers),
            Question(SyncedEntry, KNOWN, "key = ANY(%s)", [[key for entry in entries if (key := key_of(entry))]]),
            Question(Posyandu, ("id",), f"id = ANY(%s) AND {where}", [places, *values]),
            Question(OpenDay, OPEN_DAY, "posyandu_id = ANY(%s) AND day = ANY(%s)", [places, list(days)]),
        )
        self.known = {one.pk: one for one in known}
        self.places = {one.pk for one in seen}
        self.days: dict[tuple[int, date], OpenDay] = {(one.posyandu_id, one.day): one for one in opened}
        self.people: dict[int, Person] = {one.pk: one for one in people}
        self.by_key: dict[uuid.UUID, int] = {one.key: one.pk for one in people}
        self.weighed: dict[int, list[GrowthVisit]] = defaultdict(list)
        self._find_others(set(keys) - set(self.by_key), set(numbers))
        for visit in weighed:
            self.weighed[visit.person_id].append(visit)
        self.stays = self._stays()

    def _find_others(self, strange: set[uuid.UUID], weighed: set[int]) -> None:
        """People whose key belongs to an entry, those whom somebody was merged into, and the weighings of all who were not asked for
        by number."""
        if strange:
            (told,) = rows.read(Question(SyncedEntry, KNOWN, "key = ANY(%s) AND kind = 'person'", [list(strange)]))
            self.by_key |= {one.pk: one.answer["person"] for one in told if one.answer.get("person")}
        asked = set(weighed)
        while more := {*self.by_key.values(), *(one.merged_into_id for one in self.people.values() if one.merged_into_id)} - asked:
            people, visits = rows.read(_locked("id = ANY(%s)", list(more)), _weighings(list(more)))
            asked |= more
            self.people |= {one.pk: one for one in people}
            for visit in visits:
                self.weighed[visit.person_id].append(visit)

    def _stays(self) -> set[tuple[int, int]]:
        """(person, posyandu) of those who were there once and are elsewhere now."""
        elsewhere = [one.pk for one in self.people.values() if one.posyandu_id not in self.places or len(self.places) > 1]
        if not elsewhere:
            return set()
        stays = PastStay.objects.filter(person__in=elsewhere, posyandu__in=self.places)
        return set(stays.values_list("person", "posyandu"))

    def person(self, entry: Mapping[str, Any], posyandu: int) -> Person:
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


def _locked(where: str, *values: Collection[Any]) -> Question:
    return Question(Person, PERSON, f"{where} ORDER BY id FOR NO KEY UPDATE", values)


def _weighings(people: Sequence[int]) -> Question:
    return Question(GrowthVisit, WEIGHING, "person_id = ANY(%s) ORDER BY day, id", [people])
