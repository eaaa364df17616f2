"""Demo people: one account for each kind of person, and officers for the agencies that answer reports."""

from __future__ import annotations

from datetime import date

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password

from .agencies import Agency
from .people import Membership, Role, User
from .reference_data import Loader, register

DOMAIN = "demo.ntb.test"
# name before the @, full name, role, agency, region
ACCOUNTS = (
    ("warga", "Baiq Nurhayati", Role.CITIZEN, "", ""),
    ("kader", "Siti Rahmah", Role.CADRE, "", "52.07"),
    ("bidan", "Ida Ayu Lestari", Role.MIDWIFE, "puskesmas-520702", "52.07"),
    ("petugas.dinsos", "Lalu Hamdani", Role.OFFICER, "dinsos", ""),
    ("petugas.pupr", "Zulkarnain", Role.OFFICER, "pupr", ""),
    ("koordinator", "Nurul Hidayah", Role.COORDINATOR, "diskominfotik", ""),
    ("produsen", "Muhammad Ramli", Role.PRODUCER, "dinkes", ""),
    ("walidata", "Dewi Anggraini", Role.WALIDATA, "diskominfotik", ""),
    ("pembina", "Agus Salim", Role.PEMBINA, "bps-ntb", ""),
    ("pimpinan", "Hj. Fatimah", Role.LEADER, "pemprov-ntb", ""),
    ("csofitra", "Ramdani", Role.CSO, "fitra-ntb", ""),
    ("admin", "Admin Portal", Role.ADMIN, "diskominfotik", ""),
)
OFFICERS_OF = (
    "dp3ap2kb",
    "bpbd",
    "dlhk",
    "dinkes",
    "dikbud",
    "dukcapil",
    "dishub",
    "satpolpp",
    *(f"pemda-52{n:02}" for n in (*range(1, 9), 71, 72)),
)
PRODUCERS_OF = (
    "dinsos",
    "pupr",
    "dukcapil",
    "dikbud",
    "bappeda",
    "distanbun",
    "dislutkan",
    "disnakeswan",
    "dispar",
    "dlhk",
    "disnakertrans",
    "bpkad",
    "diskominfotik",
)
SINCE = date(2024, 1, 1)


def load_people() -> str:
    agencies = {agency.slug: agency for agency in Agency.objects.all()}
    password = make_password(settings.PORTAL_DEMO_PASSWORD or None)
    entries = [
        *ACCOUNTS,
        *((f"petugas.{slug}", f"Petugas {agencies[slug].short_name}", Role.OFFICER, slug, "") for slug in OFFICERS_OF),
        *((f"produsen.{slug}", f"Produsen {agencies[slug].short_name}", Role.PRODUCER, slug, "") for slug in PRODUCERS_OF),
    ]
    users = [
        User(
            username=name,
            email=f"{name}@{DOMAIN}",
            full_name=full_name,
            password=password,
            is_demo=True,
            is_staff=role == Role.ADMIN,
            is_superuser=role == Role.ADMIN,
        )
        for name, full_name, role, _agency, _region in entries
    ]
    User.objects.bulk_create(users)
    EmailAddress.objects.bulk_create(EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users)
    Membership.objects.bulk_create(
        Membership(user=user, role=role, agency=agencies.get(agency), region_id=region or None, valid_from=SINCE)
        for user, (_name, _full, role, agency, region) in zip(users, entries, strict=True)
    )
    return f"{len(users)} people"


def register_all() -> None:
    register(Loader("people", lambda: "1", load_people, demo=True))
