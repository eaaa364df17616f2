"""What a register knows of people who are there already and the portal does not: filled in where nothing stands yet, never written over.

Children who came with spreadsheets of weighings have a family of their own each; a register that tells their KK brings them together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from ntbportal.commons.privacy import blind_index

from ..families import take_along
from ..models import Household, Person
from .reading import NO_FAMILY, Row

OF_PERSON = ("nik", "mother_name", "birth_weight", "birth_length")
OF_FAMILY = ("kk", "address", "phone")


@dataclass
class Completion:
    """A row, and by field what is to be filled in of the person and of the family."""

    row: Row
    of_person: dict[str, Any] = field(default_factory=dict)
    of_family: dict[str, Any] = field(default_factory=dict)


def completions(rows: list[Row]) -> list[Completion]:
    """Of the rows of a register that speak of somebody who is there: those that tell anything new. One question, none where it is no
    register."""
    told = {row.person.pk: row for row in rows if row.person is not None and row.family is not NO_FAMILY}
    if not told:
        return []
    found = []
    for person in Person.objects.filter(pk__in=told).select_related("household").order_by("pk"):
        row, home = told[person.pk], person.household
        mine = {"nik": row.nik, "mother_name": row.mother, "birth_weight": row.family.birth_weight, "birth_length": row.family.birth_length}
        theirs = {"kk": row.kk, "address": row.family.address, "phone": row.family.phone}
        one = Completion(
            row,
            {name: mine[name] for name in OF_PERSON if mine[name] and not getattr(person, name)},
            {name: theirs[name] for name in OF_FAMILY if theirs[name] and not getattr(home, name)},
        )
        if one.of_person or one.of_family:
            found.append(one)
    return found


def complete(found: list[Completion]) -> None:
    """Fill in; inside the caller's transaction, which holds the people. Their families are held from here on."""
    if not found:
        return
    rows = {one.row.person.pk: one for one in found if one.row.person is not None}
    people = list(Person.objects.filter(pk__in=rows).order_by("pk"))
    numbers = {one.of_family["kk"] for one in found if "kk" in one.of_family}
    wanted = Q(pk__in={one.household_id for one in people}) | Q(kk_index__in=[blind_index(number) for number in numbers])
    homes = {home.pk: home for home in Household.objects.select_for_update(no_key=True).filter(wanted).order_by("pk")}
    by_kk = {(home.posyandu_id, home.kk): home for home in homes.values()}
    left: dict[int, tuple[Household, Household]] = {}
    for person in people:
        one = rows[person.pk]
        for name, value in one.of_person.items():
            setattr(person, name, value)
        person.nik_index = blind_index(person.nik)
        own = homes[person.household_id]  # one object for all of a family
        home = by_kk.setdefault((person.posyandu_id, one.of_family["kk"]), own) if "kk" in one.of_family else own
        if home is not own:
            home.consent_on = home.consent_on or own.consent_on
            left[own.pk] = (own, home)
        if "kk" in one.of_family:
            person.relation = one.row.family.relation or person.relation
            home.head_name = one.row.family.head or home.head_name
        person.household = home
        for name, value in one.of_family.items():
            if not getattr(home, name):
                setattr(home, name, value)
        home.kk_index = blind_index(home.kk)
    Household.objects.bulk_update(homes.values(), [*OF_FAMILY, "kk_index", "head_name", "consent_on"], batch_size=500)
    Person.objects.bulk_update(people, [*OF_PERSON, "nik_index", "household", "relation"], batch_size=500)
    for empty in Household.objects.filter(pk__in=left, people=None, social_checks__isnull=False).distinct():
        take_along(*left[empty.pk])
