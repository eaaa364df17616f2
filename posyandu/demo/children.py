"""Posyandu, families with children, and 18 months of weighings with plausible growth."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pgtrigger
from django.utils import timezone

from ntbportal.commons.agencies import Agency, AgencyKind
from ntbportal.commons.people import User
from ntbportal.commons.places import Region

from ..growth.standards import arm_and_skinfolds, sex_row, tables
from ..growth.weight_gain import Weighing, is_month_before, minimum_gains, weight_status
from ..growth.zscores import growth_scores, measurement_at
from ..importing.copying import copy_visits
from ..models import GrowthVisit, Household, OpenDay, Person, Posyandu
from ..sounds import sound_of
from ..tallying import ASLEEP
from .names import BOYS, FLOWERS, GIRLS, MOTHERS, SECOND, SEED

POSTS, FAMILIES, MONTHS = 60, 3000, 18


def load_posyandu() -> str:
    rng = random.Random(SEED)
    posts = _posts(rng)
    households, children = _families(rng, posts)
    for child in children:
        child.sound = sound_of(child.name)
    Household.objects.bulk_create(households, batch_size=1000)
    with pgtrigger.ignore(*ASLEEP):  # all is counted at the end, when doses have been given
        Person.objects.bulk_create(children, batch_size=1000)
        visits = _visits(children, posts)
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
    table = tables() | arm_and_skinfolds()
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
    others = np.random.default_rng(SEED + 1)  # heads up to two years, arms from six months on
    home_head = others.normal(-0.4, 0.9, len(children))[[place for place, *_rest in rows]]
    head = np.where(measured & (ages < 731), np.round(at("head_circumference_for_age", home_head), 1), np.nan)
    arm = np.round(at("arm_circumference_for_age", z_weight * 0.7 + others.normal(0, 0.3, len(rows))), 1)
    arm = np.where(measured & (ages >= 183), arm, np.nan)
    scores = growth_scores(sexes, ages.astype(float), weight, np.where(measured, length, np.nan), measure, head=head)
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
                counted_at=child.posyandu,
                open_day=day,
                day=day.day,
                weight=Decimal(f"{weight[number]:.2f}"),
                height=Decimal(f"{length[number]:.1f}") if measured[number] else None,
                measure=measure[number] if measured[number] else "",
                head=None if np.isnan(head[number]) else Decimal(f"{head[number]:.1f}"),
                muac=None if np.isnan(arm[number]) else Decimal(f"{arm[number]:.1f}"),
                zwei=now.z,
                zlen=score(scores.zlen),
                zwfl=score(scores.zwfl),
                zbmi=score(scores.zbmi),
                zhc=score(scores.zhc),
                is_implausible=bool(scores.fwei[number] or scores.flen[number] or scores.fwfl[number]),
                status=status,
                twice=twice,
            )
        )
    return visits
