"""Immunisations and vitamins given, a campaign that runs, some stock, strata, referrals and families with troubles."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pgtrigger
from django.db import connection
from django.db.models import Max, Q
from django.utils import timezone

from ntbportal.commons.places import PROVINCE_CODE, Region

from ..campaigns import expected
from ..models import Campaign, Given, GrowthVisit, Household, Item, Person, Posyandu, PosyanduPlan, Referral, SocialCheck, StockMove
from ..referrals import DAYS_TO_COME
from ..schedules import own_schedule, without_credited
from ..strata import keep
from ..tallying import recount
from .names import SEED


def load_given() -> str:
    """Immunisations of the demo children by their own schedule, mostly in time; vitamin A of the last August; some stock."""
    rng = random.Random(SEED + 2)
    vaccines = list(Item.objects.filter(kind="vaccine", at_school=False))
    vitamins = {item.code: item for item in Item.objects.filter(kind="vitamin")}
    today = timezone.localdate()
    august = date(today.year if today.month > 8 else today.year - 1, 8, 15)
    rows = []
    for child in Person.objects.filter(is_demo=True).under_five_on(today).order_by("pk"):
        drops_out = rng.random() < 0.18
        had, last = set(), {}
        own = without_credited(own_schedule(vaccines, child.sex, child.birth_date, PROVINCE_CODE, today))
        basic = {item.pk for item in own if item.is_basic}
        for item in own:
            due = child.birth_date + timedelta(days=item.from_days + (0 if item.code == "hb0" else rng.randrange(0, 25)))
            before = last.get((item.series, item.dose - 1))
            if item.dose > 1 and before is None and item.series != "ipv":  # the first comes with the hexavalent vaccine
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
                person_id=person, item=campaign.item, campaign=campaign, posyandu_id=posyandu,
                day=today - timedelta(days=rng.randrange(11)), tallied=[campaign.code],
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


def load_referrals() -> str:
    """Referrals of the last open day, as they stand at the puskesmas, and families with troubles that are looked at again."""
    rng, today = random.Random(SEED + 4), timezone.localdate()
    last = GrowthVisit.objects.filter(posyandu__is_demo=True).aggregate(last=Max("day"))["last"]
    falter = GrowthVisit.objects.filter(
        Q(twice=True) | Q(zwfl__lt=-3), posyandu__is_demo=True, day__gt=last - timedelta(days=75), counts=True
    )
    letters: dict[int, Referral] = {}
    for one in falter.select_related("posyandu", "person").order_by("day", "pk"):
        state = rng.choices(("answered", "sent", "missed", "closed"), (6, 2, 2, 1))[0]
        wasted = one.zwfl is not None and one.zwfl < -3
        due = one.day + timedelta(days=DAYS_TO_COME)
        if state == "sent":
            due = max(due, today + timedelta(days=3))
        letters[one.person_id] = Referral(
            person=one.person, posyandu=one.posyandu, puskesmas_id=one.posyandu.puskesmas_id, day=one.day, due_on=due, state=state,
            reasons=["Gizi buruk"] if wasted else ["Berat badan tidak naik dua kali berturut-turut (2T)"], is_urgent=wasted,
        )  # fmt: skip
        if state == "answered":
            letters[one.person_id].seen_on = min(one.day + timedelta(days=rng.randrange(1, DAYS_TO_COME)), today)
            letters[one.person_id].feedback = rng.choice(ANSWERS)
            letters[one.person_id].advice = "Timbang lagi dua minggu lagi; ajak ibu ke kelas makanan balita."
    Referral.objects.bulk_create(letters.values(), batch_size=500)
    checks = [
        SocialCheck(
            household=home, posyandu_id=home.posyandu_id, day=last, found=found, plan=plan,
            follow_up_on=today + timedelta(days=rng.randrange(-5, 20)) if found else None,
        )
        for home in Household.objects.filter(is_demo=True).order_by("pk")
        if rng.random() < 0.1
        for found, plan in [rng.choice(TROUBLES)]
    ]  # fmt: skip
    SocialCheck.objects.bulk_create(checks, batch_size=500)
    return f"{len(letters)} referrals, {len(checks)} families asked"


ANSWERS = (
    "Diperiksa dokter: ISPA ringan, nafsu makan turun. Diberi obat dan konseling gizi.",
    "Gizi kurang tanpa komplikasi. Mulai PMT pemulihan 90 hari, kontrol tiap minggu.",
    "Sehat; asupan kurang. Konseling pemberian makan, ibu paham dan setuju.",
)
TROUBLES: tuple[tuple[list[str], str], ...] = (
    ([], ""),
    ([], ""),
    (["documents"], "Bantu keluarga mengurus akta kelahiran di kantor desa."),
    (["housing"], "Sampaikan ke kepala dusun untuk program jamban."),
    (["food"], "Daftarkan ke desa untuk bantuan pangan; tengok lagi."),
    (["migrant"], "Tanya nenek yang mengasuh: apa yang dibutuhkan anak-anak?"),
)
