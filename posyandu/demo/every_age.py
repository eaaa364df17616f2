"""Parents, youth and the elderly of the families, and what their visits found."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pgtrigger
from django.utils import timezone

from ..contacts import examine
from ..models import Household, OpenDay, Person, Relation, Visit, VisitForm
from ..sounds import sound_of
from .names import BOYS, GIRLS, MOTHERS, SECOND, SEED


def load_every_age() -> str:
    """Parents, youth and the elderly of the families, and forms filled in on the last five open days."""
    rng = random.Random(SEED + 1)
    today = timezone.localdate()
    people, mothers = [], []
    for household in Household.objects.filter(is_demo=True).prefetch_related("people").order_by("pk"):
        children = list(household.people.all())
        youngest = max(child.birth_date for child in children)
        mother = Person(
            household=household, posyandu_id=household.posyandu_id, name=children[0].mother_name, sex="F", relation=Relation.WIFE,
            birth_date=youngest - timedelta(days=rng.randrange(18 * 365, 40 * 365)), has_kms=False, is_demo=True,
        )  # fmt: skip
        people.append(mother)
        mothers.append((mother, children))
        father = Person(
            household=household, posyandu_id=household.posyandu_id, name=household.head_name, sex="M", relation=Relation.HEAD,
            birth_date=youngest - timedelta(days=rng.randrange(20 * 365, 45 * 365)), has_kms=False, is_demo=True,
        )  # fmt: skip
        people.append(father)
        for share, first, last, relation in ((0.35, 7, 18, Relation.CHILD), (0.25, 60, 85, Relation.PARENT)):
            if rng.random() < share:
                sex = rng.choice("FM")
                born = today - timedelta(days=rng.randrange(first * 365 + 10, last * 365))
                name = f"{rng.choice(MOTHERS if sex == 'F' and first > 50 else GIRLS if sex == 'F' else BOYS)} {rng.choice(SECOND)}"
                people.append(
                    Person(
                        household=household,
                        posyandu_id=household.posyandu_id,
                        name=name,
                        sex=sex,
                        relation=relation,
                        birth_date=born,
                        mother_name=mother.name if relation == Relation.CHILD else "",
                        has_kms=False,
                        is_demo=True,
                    )
                )
    for person in people:
        person.sound = sound_of(person.name)
    with pgtrigger.ignore("posyandu.Person:tally_insert", "posyandu.Visit:tally_insert", "posyandu.Person:tally_update"):
        visits = _keep(rng, people, mothers)
    return f"{len(people)} people, {len(visits)} visits"


def _keep(rng: random.Random, people: list[Person], mothers: list[tuple[Person, list[Person]]]) -> list[Visit]:
    """Written past the triggers that count; the loader after this one counts all anew, which is quicker."""
    Person.objects.bulk_create(people, batch_size=1000)
    children = []
    for mother, own in mothers:
        for child in own:
            child.mother = mother
            children.append(child)
    Person.objects.bulk_update(children, ["mother"], batch_size=1000)
    visits = _contacts(rng, [*people, *children])
    Visit.objects.bulk_create(visits, batch_size=1000)
    return visits


def _answers(rng: random.Random, person: Person, form: VisitForm, day: date) -> dict[str, object]:
    """Plausible answers of one visit."""
    slug = form.slug
    if slug == "kpsp":
        slow = rng.random() < 0.1
        return {one.code: "no" if rng.random() < (0.35 if slow else 0.04) else "yes" for one in form.questions.all()}
    if slug == "balita":
        often = {"only-breast": 0.65, "fever": 0.12, "diarrhoea": 0.08, "cough": 0.02, "tb-cough": 0.01, "tb-contact": 0.01}
        return {one.code: "yes" if rng.random() < often.get(one.code, 0.7) else "no" for one in form.questions.all()}
    own, years = _of_person(person), person.age_in_months(day) / 12  # what stays, or moves little, from visit to visit
    weight = max(35.0, round(own.gauss(58 if person.sex == "F" else 62, 10) + rng.gauss(0, 0.8), 1))
    height = round(own.gauss(152 if person.sex == "F" else 163, 6), 1)
    systolic, sugar, blood = own.gauss(121, 15) + max(0.0, years - 40) * 0.4, max(75.0, own.gauss(112, 36)), own.gauss(12.0, 1.1)
    pressure = {"systolic": round(systolic + rng.gauss(0, 6)), "diastolic": round(systolic * 0.63 + rng.gauss(0, 4))}
    smokes = "yes" if own.random() < (0.35 if person.sex == "M" else 0.03) else "no"
    if slug == "hamil":
        period = day - timedelta(days=rng.randrange(60, 250))
        return {
            "last-period": period.isoformat(), "weight": max(weight, 40), "muac": round(own.gauss(26, 2.6), 1), **pressure,
            "hb": round(blood - 0.5 + rng.gauss(0, 0.3), 1), "iron": rng.randrange(0, 120),
            "danger-bleeding": "no", "risk-many": "no", "risk-old": "yes" if years >= 35 else "no", "tb-cough": "no",
        }  # fmt: skip
    if slug == "remaja":
        return {
            "weight": round(max(14, years * 3.1 + own.gauss(0, 4) + rng.gauss(0, 0.4)), 1),
            "height": round(80 + years * 4.9 + own.gauss(0, 5), 1),
            "hb": round(blood + 0.6 + rng.gauss(0, 0.3), 1), "iron": own.choice(["yes", "no"]),
            "school": "no" if own.random() < 0.05 else "yes", "smokes": smokes if years >= 13 else "no", "tb-cough": "no",
        }  # fmt: skip
    answers: dict[str, object] = {
        "weight": weight, "height": height, "waist": round(own.gauss(82, 9) + rng.gauss(0, 0.8), 1), **pressure,
        "glucose": round(sugar + rng.gauss(0, 12)), "smokes": smokes, "tb-cough": "yes" if rng.random() < 0.02 else "no",
    }  # fmt: skip
    if slug == "lansia":
        answers |= {f"adl-{part}": own.choices([top, max(0, top - 1)], [85, 15])[0] for part, top in BARTHEL.items()}
    return answers


def _of_person(person: Person) -> random.Random:
    return random.Random(f"{SEED}-{person.pk}")


BARTHEL = {"bowel": 2, "bladder": 2, "wash": 1, "toilet": 2, "feed": 2, "transfer": 3, "walk": 3, "dress": 2, "stairs": 2, "bath": 1}


def _contacts(rng: random.Random, people: list[Person]) -> list[Visit]:
    forms = {form.slug: form for form in VisitForm.objects.prefetch_related("questions", "finding_rules")}
    days: dict[int, list[OpenDay]] = {}
    for day in OpenDay.objects.filter(posyandu__is_demo=True, day__lt=timezone.localdate()).order_by("-day"):
        if len(days.setdefault(day.posyandu_id, [])) < 5:
            days[day.posyandu_id].append(day)
    visits = []
    for person in people:
        comes = 0.7 if _of_person(person).random() < 0.27 else 0.09  # some come every month, most hardly ever
        for day in reversed(days.get(person.posyandu_id, [])):
            months = person.age_in_months(day.day)
            if day.day < person.birth_date:
                continue
            if person.relation == Relation.WIFE and rng.random() < 0.03:
                slug = "hamil"
            elif rng.random() < comes:
                slug = "remaja" if months < 228 else "dewasa" if months < 720 else "lansia"
                if months < 60:
                    slug = "kpsp" if months >= 3 and rng.random() < 0.4 else "balita"
            else:
                continue
            form = forms[slug]
            examined = examine(form, person, day.day, _answers(rng, person, form, day.day))
            visits.append(
                Visit(
                    person=person,
                    posyandu_id=person.posyandu_id,
                    open_day=day,
                    form=form,
                    day=day.day,
                    answers=examined.answers,
                    derived=examined.derived,
                    findings=[rule.code for rule in examined.findings],
                    tallied=examined.tallied,
                    refer=examined.refer,
                    confirmed=bool(examined.questions),
                )
            )
    return visits
