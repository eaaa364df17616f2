"""Reference code lists that come with the portal, filled from the reference data of the ground floor."""

from __future__ import annotations

from datetime import date

from ntbportal.commons.agencies import Agency
from ntbportal.commons.opening_data import DATA, version_of
from ntbportal.commons.places import Level, Region
from ntbportal.commons.reference_data import Loader, register

from .models import Code, CodeList

LEVELS = (
    (Level.REGENCY, "kabupaten-kota", "Kode kabupaten dan kota"),
    (Level.DISTRICT, "kecamatan", "Kode kecamatan"),
    (Level.VILLAGE, "desa-kelurahan", "Kode desa dan kelurahan"),
)


def load_code_lists() -> str:
    owner = Agency.objects.get(slug="diskominfotik")
    for level, slug, title in LEVELS:
        code_list, _ = CodeList.objects.update_or_create(
            slug=slug,
            defaults={
                "title": title,
                "owner": owner,
                "version": "2024",
                "valid_from": date(2024, 1, 1),
                "description": "Kode wilayah Kementerian Dalam Negeri dengan padanan kode BPS.",
                "source": "Kementerian Dalam Negeri (idn-area-data 4.0.1); padanan BPS 2020 (OCHA COD-AB)",
            },
        )
        Code.objects.bulk_create(
            [
                Code(
                    code_list=code_list, code=region.code, label=region.name, parent_code=region.parent_id or "", other_code=region.bps_code
                )
                for region in Region.objects.filter(level=level)
            ],
            update_conflicts=True,
            unique_fields=["code_list", "code"],
            update_fields=["label", "parent_code", "other_code"],
        )
    offices, _ = CodeList.objects.update_or_create(
        slug="perangkat-daerah",
        defaults={
            "title": "Kode perangkat daerah provinsi",
            "owner": owner,
            "version": "2024",
            "valid_from": date(2024, 1, 1),
            "description": "Kode pendek perangkat daerah Provinsi NTB yang dipakai portal ini.",
            "source": "Portal NTB",
        },
    )
    Code.objects.bulk_create(
        [
            Code(code_list=offices, code=agency.slug, label=agency.name)
            for agency in Agency.objects.filter(kind__in=["provincial", "hospital"])
        ],
        update_conflicts=True,
        unique_fields=["code_list", "code"],
        update_fields=["label"],
    )
    return f"{CodeList.objects.count()} code lists"


def register_all() -> None:
    register(Loader("reference code lists", lambda: version_of(DATA / "regions.csv", DATA / "agencies.csv"), load_code_lists))
