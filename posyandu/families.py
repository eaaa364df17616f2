"""The family as one: its card, who belongs to it, and births, of twins too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ntbportal.commons.people import User

from .models import Came, Household, Person, Posyandu, Relation, Sex
from .people import move
from .targets import months_back

MOTHERS = (10 * 12, 56 * 12)  # age in months of those who may have given birth


@dataclass(frozen=True)
class Baby:
    """Kilograms and centimetres at birth. A name may be missing yet: the child is then called after the mother."""

    name: str
    sex: str
    weight: Decimal | None = None
    length: Decimal | None = None


def may_be_mothers(household: Household, day: date) -> list[Person]:
    """Women of the family, at its posyandu, who may have given birth on a day."""
    first, below = MOTHERS
    rows = household.people.filter(
        posyandu=household.posyandu_id,
        sex=Sex.FEMALE,
        merged_into=None,
        birth_date__lte=months_back(day, first),
        birth_date__gt=months_back(day, below),
    )
    return list(rows.order_by("birth_date"))


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
