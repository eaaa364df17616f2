"""Demo posyandu: 60 posts, 3,000 families, 18 months of visits with plausible growth; seeded, made in bulk."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pgtrigger
from django.db import connection
from django.utils import timezone

from ntbportal.commons.agencies import Agency, AgencyKind
from ntbportal.commons.people import User
from ntbportal.commons.places import PROVINCE_CODE, Region
from ntbportal.commons.reference_data import Loader, register

from .campaigns import expected
from .contacts import examine
from .growth.standards import sex_row, tables
from .growth.weight_gain import Weighing, is_month_before, minimum_gains, weight_status
from .growth.zscores import growth_scores, measurement_at
from .importing.taking import copy_visits
from .models import (
    Campaign,
    Given,
    GrowthVisit,
    Household,
    Item,
    OpenDay,
    Person,
    Posyandu,
    PosyanduPlan,
    Relation,
    StockMove,
    Visit,
    VisitForm,
)
from .sounds import sound_of
from .strata import keep
from .tallying import recount

SEED, POSTS, FAMILIES, MONTHS = 2024, 60, 3000, 18
FLOWERS = ("Melati", "Mawar", "Anggrek", "Kenanga", "Cempaka", "Dahlia", "Teratai", "Flamboyan", "Kamboja", "Bougenville")
GIRLS = (
    "Aisyah",
    "Baiq Nadia",
    "Nurul",
    "Zahra",
    "Khadijah",
    "Lale Ayu",
    "Putri",
    "Salsabila",
    "Rahma",
    "Dende Sari",
    "Naila",
    "Hafsah",
    "Intan",
    "Wulan",
    "Fitri",
)
BOYS = (
    "Lalu Arya",
    "Muhammad Rizki",
    "Ahmad Fauzan",
    "Rangga",
    "Zidan",
    "Hamzah",
    "Gede Putra",
    "Ilham",
    "Farhan",
    "Abdul Aziz",
    "Bayu",
    "Rafi",
    "Yusuf",
    "Dimas",
    "Umar",
)
MOTHERS = (
    "Nurhayati",
    "Sumiati",
    "Baiq Hartini",
    "Siti Aminah",
    "Rohani",
    "Marlina",
    "Sri Handayani",
    "Halimah",
    "Jumenah",
    "Sahnim",
    "Rohana",
    "Maemunah",
    "Nuraini",
    "Mahyuni",
    "Suhaeni",
)
SECOND = (
    "Aprilia",
    "Saputra",
    "Ramadhan",
    "Maulana",
    "Safitri",
    "Hidayat",
    "Pratama",
    "Lestari",
    "Wijaya",
    "Azzahra",
    "Kurniawan",
    "Anjani",
)


def load_posyandu() -> str:
    rng = random.Random(SEED)
    posts = _posts(rng)
    households, children = _families(rng, posts)
    for child in children:
        child.sound = sound_of(child.name)
    Household.objects.bulk_create(households, batch_size=1000)
    with pgtrigger.ignore("posyandu.Person:tally_insert"):
        Person.objects.bulk_create(children, batch_size=1000)
    visits = _visits(children, posts)
    with pgtrigger.ignore("posyandu.GrowthVisit:tally_insert"):
        copy_visits(visits)
    return f"{len(posts)} posyandu, {len(households)} families, {len(children)} children, {len(visits)} visits"


def _posts(rng: random.Random) -> list[Posyandu]:
    """Six posyandu in each regency or city; the first is in Taliwang district, West Sumbawa, where the demo cadre works."""
    puskesmas = {agency.region_id: agency for agency in Agency.objects.filter(kind=AgencyKind.PUSKESMAS)}
    posts = []
    regencies = sorted(Region.objects.filter(level="regency").values_list("code", flat=True), key=lambda code: code != "52.07")
    for regency in regencies:
        villages = list(Region.objects.filter(level="village", code__startswith=f"{regency}.", latitude__isnull=False).order_by("code"))
        for number in range(POSTS // len(regencies)):
            village = rng.choice(
                [one for one in villages if one.code.startswith("52.07.02.")] if regency == "52.07" and not number else villages
            )
            posts.append(
                Posyandu(
                    name=f"Posyandu {rng.choice(FLOWERS)} {len(posts) + 1}",
                    village=village,
                    hamlet=f"Dusun {rng.choice(FLOWERS)}",
                    puskesmas=puskesmas.get(village.parent_id or ""),
                    address=f"Balai Dusun {rng.choice(FLOWERS)}",
                    latitude=village.latitude,
                    longitude=village.longitude,
                    open_day_of_month=rng.randrange(5, 21),
                    is_demo=True,
                )
            )
    Posyandu.objects.bulk_create(posts)
    posts[0].cadres.add(User.objects.get(username="kader"))
    return posts


def _families(rng: random.Random, posts: list[Posyandu]) -> tuple[list[Household], list[Person]]:
    today = timezone.localdate()
    households, children = [], []
    for number in range(FAMILIES):
        post = posts[number % len(posts)]
        mother = f"{rng.choice(MOTHERS)} {rng.choice(SECOND)}" if rng.random() < 0.3 else rng.choice(MOTHERS)
        household = Household(
            posyandu=post,
            head_name=f"{rng.choice(BOYS)} {rng.choice(SECOND)}",
            kk=f"52{rng.randrange(10**14):014d}",
            address=f"RT {rng.randrange(1, 9):02}",
            consent_on=today - timedelta(days=rng.randrange(20, 500)),
            is_demo=True,
        )
        households.append(household)
        for _child in range(rng.choices([1, 2], weights=[86, 14])[0]):
            sex = rng.choice("FM")
            born = today - timedelta(days=rng.randrange(20, 2000))
            children.append(
                Person(
                    household=household,
                    posyandu=post,
                    name=f"{rng.choice(GIRLS if sex == 'F' else BOYS)} {rng.choice(SECOND)}",
                    sex=sex,
                    birth_date=born,
                    nik=f"52{rng.randrange(10**14):014d}" if rng.random() < 0.8 else "",
                    mother_name=mother,
                    has_kms=rng.random() < 0.96,
                    is_demo=True,
                )
            )
    return households, children


def _visits(children: list[Person], posts: list[Posyandu]) -> list[GrowthVisit]:
    """Each child keeps near a z of its own that drifts a little; three months in four it is brought."""
    numbers = np.random.default_rng(SEED)
    days = _open_days(posts)
    count = len(children)
    home_weight, home_length = numbers.normal(-0.75, 0.95, count), numbers.normal(-1.05, 1.1, count)
    faltering = numbers.random(count) < 0.12
    rows: list[tuple[int, OpenDay, float, float]] = []
    for month in range(MONTHS):
        home_weight = home_weight + numbers.normal(0, 0.13, count) - np.where(faltering, 0.06, 0)
        home_length = home_length + numbers.normal(0, 0.07, count) - np.where(faltering, 0.03, 0)
        comes = numbers.random(count) < 0.78
        for place in np.flatnonzero(comes):
            child = children[place]
            day = days[child.posyandu.pk][month]
            if 0 <= (day.day - child.birth_date).days <= 1820:
                rows.append((int(place), day, float(home_weight[place]), float(home_length[place])))
    return _measured(rows, children, numbers)


def _open_days(posts: list[Posyandu]) -> dict[int, list[OpenDay]]:
    """The last MONTHS open days of each posyandu, oldest first; the present month is left to the demo cadre."""
    first = timezone.localdate().replace(day=1)
    months: list[date] = []
    for _month in range(MONTHS):
        first = (first - timedelta(days=1)).replace(day=1)
        months.append(first)
    days = {
        post.pk: [OpenDay(posyandu=post, day=month.replace(day=post.open_day_of_month)) for month in reversed(months)] for post in posts
    }
    OpenDay.objects.bulk_create([day for many in days.values() for day in many])
    return days


def _measured(rows: list[tuple[int, OpenDay, float, float]], children: list[Person], numbers: np.random.Generator) -> list[GrowthVisit]:
    table = tables()
    sexes = np.array([children[place].sex for place, *_ in rows])
    row = np.array([sex_row(sex) for sex in sexes])
    ages = np.array([(day.day - children[place].birth_date).days for place, day, *_ in rows])
    z_weight, z_length = np.array([row[2] for row in rows]), np.array([row[3] for row in rows])

    def at(indicator: str, z: np.ndarray) -> np.ndarray:
        lms = table[indicator]
        return measurement_at(np.clip(z, -4.2, 3.5), lms.l[row, ages], lms.m[row, ages], lms.s[row, ages])

    weight = np.round(at("weight_for_age", z_weight) + numbers.normal(0, 0.05, len(rows)), 1)
    length = np.round(at("length_height_for_age", z_length) + numbers.normal(0, 0.3, len(rows)), 1)
    measured = numbers.random(len(rows)) < 0.85
    measure = np.where(ages < 731, "L", "H")
    scores = growth_scores(sexes, ages.astype(float), weight, np.where(measured, length, np.nan), measure)
    gains = minimum_gains(timezone.localdate())
    last: dict[int, Weighing] = {}
    statuses: dict[int, str] = {}
    visits = []
    for number, (place, day, *_z) in enumerate(rows):
        child = children[place]

        def score(column: np.ndarray, number: int = number) -> float | None:
            return None if np.isnan(column[number]) else float(column[number])

        now = Weighing(day.day, round(float(weight[number]) * 1000), score(scores.zwei))
        before = last.get(place)
        status = weight_status(before, now, child.sex, child.age_in_months(day.day), gains)
        twice = status == statuses.get(place) == "T" and before is not None and is_month_before(before.day, now.day)
        last[place], statuses[place] = now, status
        visits.append(
            GrowthVisit(
                person=child,
                posyandu=child.posyandu,
                open_day=day,
                day=day.day,
                weight=Decimal(f"{weight[number]:.2f}"),
                height=Decimal(f"{length[number]:.1f}") if measured[number] else None,
                measure=measure[number] if measured[number] else "",
                zwei=now.z,
                zlen=score(scores.zlen),
                zwfl=score(scores.zwfl),
                zbmi=score(scores.zbmi),
                is_implausible=bool(scores.fwei[number] or scores.flen[number] or scores.fwfl[number]),
                status=status,
                twice=twice,
            )
        )
    return visits


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
            "weight": round(max(14, years * 3.1 + own.gauss(0, 4) + rng.gauss(0, 0.4)), 1), "height": round(80 + years * 4.9 + own.gauss(0, 5), 1),
            "hb": round(blood + 0.6 + rng.gauss(0, 0.3), 1), "iron": own.choice(["yes", "no"]), "school": "no" if own.random() < 0.05 else "yes",
            "smokes": smokes if years >= 13 else "no", "tb-cough": "no",
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


def load_given() -> str:
    """Immunisations of the demo children, mostly in time; vitamin A of the last August; some stock."""
    rng = random.Random(SEED + 2)
    items = list(Item.objects.filter(kind="vaccine", regions=[], at_school=False))
    basic = {item.pk for item in items if item.is_basic}
    vitamins = {item.code: item for item in Item.objects.filter(kind="vitamin")}
    today = timezone.localdate()
    august = date(today.year if today.month > 8 else today.year - 1, 8, 15)
    rows = []
    for child in Person.objects.filter(is_demo=True).under_five_on(today).order_by("pk"):
        drops_out = rng.random() < 0.18
        had, last = set(), {}
        for item in items:
            due = child.birth_date + timedelta(days=item.from_days + (0 if item.code == "hb0" else rng.randrange(0, 25)))
            before = last.get((item.series, item.dose - 1))
            if item.dose > 1 and before is None:
                continue
            if before is not None:
                due = max(due, before + timedelta(days=item.after_days))
            if due > today or (drops_out and item.from_days > 100) or rng.random() < 0.04:
                continue
            last[item.series, item.dose] = due
            had.add(item.pk)
            tallied = [f"given:{item.code}"] + (["idl"] if item.pk in basic and basic <= had else [])
            rows.append((child.pk, item.pk, child.posyandu_id, due, tallied))
        age = child.age_in_days(august)
        for item in vitamins.values():
            if item.from_days <= age <= item.until_days and rng.random() < 0.85:
                rows.append((child.pk, item.pk, child.posyandu_id, august, [f"given:{item.code}"]))
    with pgtrigger.ignore("posyandu.Given:tally_insert"):
        columns = "person_id, item_id, posyandu_id, day, tallied, batch, elsewhere, recorded_at"
        with connection.cursor() as cursor, cursor.copy(f"COPY posyandu_given ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row((*row, "", "", timezone.now()))
    load_campaign(rng, today)
    recount()
    posts = Posyandu.objects.filter(is_demo=True)
    StockMove.objects.bulk_create(
        StockMove(posyandu=post, item=item, day=august - timedelta(days=10), amount=60, note="Puskesmas")
        for post in posts
        for item in vitamins.values()
    )
    return f"{len(rows)} given"


def load_campaign(rng: random.Random, today: date) -> None:
    """A round of polio drops that runs now, two thirds done."""
    campaign = Campaign.objects.create(
        name=f"PIN Polio {today.year}", item=Item.objects.get(code="opv4"), region=Region.objects.get(code=PROVINCE_CODE),
        first_day=today - timedelta(days=10), last_day=today + timedelta(days=11), from_days=0, until_days=5 * 365 + 1, after_days=14,
    )  # fmt: skip
    people = expected(campaign, today).filter(is_demo=True).values_list("pk", "posyandu_id").order_by("pk")
    Given.objects.bulk_create(
        [
            Given(
                person_id=person, item=campaign.item, campaign=campaign, posyandu_id=posyandu, day=today - timedelta(days=rng.randrange(11)),
                tallied=[campaign.code],
            )
            for person, posyandu in people
            if rng.random() < 0.66
        ],
        batch_size=1000,
        ignore_conflicts=True,  # who had a dose of the schedule on that day
    )  # fmt: skip


def load_strata() -> str:
    """As the first of the month keeps them, for posyandu with four to seven cadres."""
    rng, today = random.Random(SEED + 3), timezone.localdate()
    posts = list(Posyandu.objects.filter(is_demo=True).order_by("pk"))
    PosyanduPlan.objects.bulk_create(
        PosyanduPlan(posyandu=one, active_cadres=rng.randrange(4, 8), extra_programmes=rng.randrange(3)) for one in posts
    )
    for one in posts:
        keep(one, today.replace(day=1))
    return f"{len(posts)} posyandu"


def register_all() -> None:
    register(Loader("60 posyandu, 3,000 families, 18 months of visits", lambda: "1", load_posyandu, demo=True))
    register(Loader("people of every age and their visits", lambda: "1", load_every_age, demo=True))
    register(Loader("immunisations and vitamins given", lambda: "1", load_given, demo=True))
    register(Loader("strata", lambda: "1", load_strata, demo=True))
