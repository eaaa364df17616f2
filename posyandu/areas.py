"""Areas from the province down to the posyandu, as the leaders' pages go through them."""

from __future__ import annotations

from django.db.models import Q

from ntbportal.commons.places import Level, Region, region_names

NEXT_LEVEL = {Level.PROVINCE: "regency", Level.REGENCY: "district", Level.DISTRICT: "village", Level.VILLAGE: "posyandu"}
LENGTHS = {"regency": 5, "district": 8, "village": 13}  # of the codes of areas


def level_below(region: Region) -> str:
    return NEXT_LEVEL[Level(region.level)]


def at(region: Region, name: str) -> Q:
    """In a region; `name` leads to a region."""
    return Q(**{name: region.code}) | Q(**{f"{name}__code__startswith": f"{region.code}."})


def path_to(region: Region) -> list[Region]:
    """From the province down to a region, with codes and names."""
    known = region_names()
    return [Region(code=code, name=known.get(code, code)) for code in reversed(region.ancestor_codes())]
