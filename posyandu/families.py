"""The family as one: its card, who belongs to it, and births, of twins too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.contrib.postgres.search import TrigramWordSimilarity
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from ntbportal.commons.people import User

from .models import Came, Household, Person, Posyandu, Relation, Sex
from .models.families import months_between
from .people import ALIKE, move
from .sounds import sound_of
from .targets import months_back

BATCH = 5000
MOTHERS = (10 * 12, 56 * 12)  # age in months of those who may have given birth


@dataclass(frozen=True)
class Baby:
    """Kilograms and centimetres at birth. A name may be missing yet: the child is then called after the mother."""

    name: str
    sex: str
    weight: Decimal | None = None
    length: Decimal | None = None


def who_may_have_borne(people: QuerySet[Person], day: date) -> QuerySet[Person]:
    """Of some people the women who may have given birth on a day."""
    first, below = MOTHERS
    born = {"birth_date__lte": months_back(day, first), "birth_date__gt": months_back(day, below)}
    return people.filter(sex=Sex.FEMALE, merged_into=None, **born)


def may_be_mothers(household: Household, day: date) -> list[Person]:
    """Women of the family, at its posyandu, who may have given birth on a day."""
    return list(who_may_have_borne(household.people.filter(posyandu=household.posyandu_id), day).order_by("birth_date"))


def mothers_named(name: str, posyandu: Posyandu, born: date, limit: int = 5) -> list[Person]:
    """Women of a posyandu whose name sounds like that of a child's mother; most alike first."""
    sound = sound_of(name)
    if not sound:
        return []
    rows = who_may_have_borne(Person.objects.filter(posyandu=posyandu, left_on=None), born)
    rows = rows.annotate(likeness=TrigramWordSimilarity(sound, "sound")).filter(likeness__gte=ALIKE)
    return list(rows.order_by("-likeness", "pk")[:limit])


@transaction.atomic
def join(person: Person, household: Household | None, relation: str) -> Household:
    """Put a person into another family of the same posyandu; without one, into a family of their own. Who was the last of the old
    family takes along what it was asked about social problems. Returns the family. ValidationError where it is at another posyandu."""
    person = Person.objects.select_for_update(of=("self",), no_key=True).select_related("household").get(pk=person.pk)
    old = person.household
    if household is not None and household.posyandu_id != person.posyandu_id:
        raise ValidationError(_("This family belongs to another posyandu; move the person there first."))
    if household is None:
        household = Household.objects.create(posyandu_id=person.posyandu_id, head_name=person.name, consent_on=old.consent_on)
        relation = Relation.HEAD
    person.household, person.relation = household, relation
    person.save(update_fields=["household", "relation"])
    know_mothers(Person.objects.filter(pk=person.pk))
    if not old.people.exists():
        take_along(old, household)
    return household


def take_along(old: Household, new: Household) -> None:
    """What a family that is no more was asked about social problems goes to the one its people are in now; not that of days on which
    both were asked."""
    days = new.social_checks.values_list("day", flat=True)
    old.social_checks.exclude(day__in=list(days)).update(household=new)


def know_mothers(people: QuerySet[Person]) -> int:
    """The only woman of a child's family who sounds as its mother is called, and may have borne it, is its mother. In batches; returns
    how many are known now."""
    known, last = 0, 0
    rows = people.filter(mother=None, merged_into=None, relation__in=(Relation.CHILD, Relation.GRANDCHILD)).exclude(mother_name="")
    rows = rows.filter(Exists(Person.objects.filter(household=OuterRef("household"), sex=Sex.FEMALE).exclude(pk=OuterRef("pk"))))
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        women: dict[int, list[Person]] = defaultdict(list)
        for woman in Person.objects.filter(household__in={one.household_id for one in batch}, sex=Sex.FEMALE, merged_into=None):
            women[woman.household_id].append(woman)
        found = []
        for child in batch:
            sound = sound_of(child.mother_name)
            named = [one for one in women[child.household_id] if one.sound == sound and one.pk != child.pk]
            if len(named) == 1 and MOTHERS[0] <= months_between(named[0].birth_date, child.birth_date) < MOTHERS[1]:
                child.mother = named[0]
                found.append(child)
        Person.objects.bulk_update(found, ["mother"], batch_size=1000)
        known += len(found)
    return known


@transaction.atomic
def move_family(household: Household, to: Posyandu, day: date, by: User) -> list[Person]:
    """Everybody of the family who is at its posyandu goes to another one from a day on; all or nobody. ValidationError as move()."""
    members = household.people.filter(left_on=None, merged_into=None, posyandu=household.posyandu_id).order_by("pk")
    moved = [move(one, to, day, by) for one in members]
    if not moved:
        raise ValidationError(_("Nobody of the family is at this posyandu."))
    household.refresh_from_db()
    return moved


@transaction.atomic
def record_birth(mother: Person, day: date, babies: Sequence[Baby]) -> list[Person]:
    """The children of one birth, in the mother's family and at her posyandu. ValidationError where the day lies in the future or
    before she could be a mother, or a child of hers was born on that day already: nothing is kept then."""
    mother = Person.objects.select_for_update(of=("self",), no_key=True).select_related("household", "posyandu").get(pk=mother.pk)
    if mother.sex != Sex.FEMALE:
        raise ValidationError(_("The mother must be a woman of the family."))
    if day > timezone.localdate():
        raise ValidationError(_("The date lies in the future."))
    if not MOTHERS[0] <= mother.age_in_months(day) < MOTHERS[1]:
        raise ValidationError(_("On that day the mother was too young or too old; check the date."))
    if mother.children.filter(birth_date=day, merged_into=None).exists():
        raise ValidationError(_("A birth on this day is written down for %(name)s already.") % {"name": mother.name})
    relation = Relation.CHILD if mother.relation in {Relation.HEAD, Relation.WIFE} else Relation.GRANDCHILD
    born = []
    for place, baby in enumerate(babies, start=1):
        called = _("Baby of %(mother)s") % {"mother": mother.name} + (f" {place}" if len(babies) > 1 else "")
        born.append(
            Person.objects.create(
                household=mother.household, posyandu=mother.posyandu, name=(baby.name or called)[:120], sex=baby.sex, birth_date=day,
                mother=mother, mother_name=mother.name, relation=relation, came=Came.BORN, birth_weight=baby.weight,
                birth_length=baby.length, is_demo=mother.is_demo,
            )
        )  # fmt: skip
    return born
