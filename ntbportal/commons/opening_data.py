"""Loads the regions and agencies that come with the portal."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

from .agencies import Agency, AgencyKind
from .places import Level, Region
from .reference_data import Loader, register

DATA = Path(__file__).parent / "data"


def version_of(*paths: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def load_regions() -> str:
    """Add and update all regions; one that is no longer listed stays, as records may point at it."""
    with (DATA / "regions.csv").open(encoding="utf-8", newline="") as file:
        regions = [
            Region(
                code=row["code"],
                bps_code=row["bps_code"],
                parent_id=row["parent_code"] or None,
                level=row["level"],
                name=row["name"],
                latitude=float(row["latitude"]) if row["latitude"] else None,
                longitude=float(row["longitude"]) if row["longitude"] else None,
            )
            for row in csv.DictReader(file)
        ]
    Region.objects.bulk_create(
        sorted(regions, key=lambda region: region.code.count(".")),
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["bps_code", "parent", "level", "name", "latitude", "longitude"],
        batch_size=2000,
    )
    return f"{len(regions)} regions"


def _agencies() -> list[Agency]:
    with (DATA / "agencies.csv").open(encoding="utf-8", newline="") as file:
        listed = [
            Agency(
                slug=row["slug"],
                short_name=row["short_name"],
                name=row["name"],
                kind=row["kind"],
                region_id=row["region"],
                duties=row["duties"],
            )
            for row in csv.DictReader(file)
        ]
    for region in Region.objects.exclude(level=Level.PROVINCE):
        tail = region.code.replace(".", "")
        if region.level == Level.REGENCY:
            short = region.name.replace("Kabupaten", "Pemkab").replace("Kota", "Pemkot", 1)
            listed.append(
                Agency(slug=f"pemda-{tail}", short_name=short, name=f"Pemerintah {region.name}", kind=AgencyKind.REGENCY, region=region)
            )
        elif region.level == Level.DISTRICT:
            listed.append(
                Agency(
                    slug=f"puskesmas-{tail}",
                    short_name=f"Puskesmas {region.name}",
                    name=f"Puskesmas {region.name}",
                    kind=AgencyKind.PUSKESMAS,
                    region=region,
                )
            )
        else:
            kind = "Kelurahan" if region.code.split(".")[-1].startswith("1") else "Desa"
            listed.append(
                Agency(
                    slug=f"kantor-{tail}",
                    short_name=f"Kantor {kind} {region.name}",
                    name=f"Kantor {kind} {region.name}",
                    kind=AgencyKind.VILLAGE,
                    region=region,
                )
            )
    return listed


def load_agencies() -> str:
    """Add agencies that are missing. What an administrator has since edited is left alone."""
    before = Agency.objects.count()
    Agency.objects.bulk_create(_agencies(), ignore_conflicts=True, batch_size=2000)
    return f"{Agency.objects.count() - before} agencies added"


def register_all() -> None:
    register(Loader("regions", lambda: version_of(DATA / "regions.csv"), load_regions))
    register(Loader("agencies", lambda: version_of(DATA / "agencies.csv", DATA / "regions.csv"), load_agencies))
