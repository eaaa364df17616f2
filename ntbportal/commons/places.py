"""Regions of NTB: province > regency/city > district > village, with the codes of Kemendagri and BPS.

Source of codes, names and points: commons/data/SOURCES.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import TrigramWordSimilarity
from django.core.cache import cache
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

PROVINCE_CODE = "52"
KM_PER_DEGREE = 111.195  # mean Earth radius 6371.0088 km


class Level(models.TextChoices):
    PROVINCE = "province", _("Province")
    REGENCY = "regency", _("Regency or city")
    DISTRICT = "district", _("District")
    VILLAGE = "village", _("Village")


class RegionQuerySet(models.QuerySet["Region"]):
    def within(self, code: str) -> RegionQuerySet:
        """The region `code` itself and everything beneath it."""
        return self.filter(Q(code=code) | Q(code__startswith=f"{code}."))

    def named_like(self, text: str, limit: int = 10) -> RegionQuerySet:
        """Best matches of a name or code, typing errors forgiven ("mtaram" finds Mataram); at most `limit`."""
        text = text.strip()
        if not text:
            return self.none()
        if text[0].isdigit():
            return self.filter(Q(code__startswith=text) | Q(bps_code__startswith=text)).order_by("code")[:limit]
        size = models.Case(
            *(models.When(level=level, then=models.Value(rank)) for rank, level in enumerate(Level.values)),
            output_field=models.IntegerField(),
        )
        return (
            self.annotate(likeness=TrigramWordSimilarity(text.upper(), Upper("name")), size=size)
            .filter(likeness__gte=0.35)
            .order_by("-likeness", "size", "name", "code")[:limit]
        )

    def nearest_village(self, latitude: float, longitude: float) -> Region | None:
        """The village whose point is nearest (degrees, WGS84). Equirectangular distance: exact enough inside a province."""
        squeeze = math.cos(math.radians(latitude)) ** 2
        distance = (F("latitude") - latitude) * (F("latitude") - latitude) + (F("longitude") - longitude) * (
            F("longitude") - longitude
        ) * squeeze
        return (
            self.filter(level=Level.VILLAGE, latitude__isnull=False)
            .annotate(distance=models.ExpressionWrapper(distance, output_field=models.FloatField()))
            .order_by("distance", "code")
            .first()
        )

    def containing(self, latitude: float, longitude: float) -> Region | None:
        """The smallest region whose outline contains the point; None where no outline does or none were loaded."""
        from shapely.geometry import Point, shape

        point = Point(longitude, latitude)
        boundaries = (
            RegionBoundary.objects.filter(
                south__lte=latitude, north__gte=latitude, west__lte=longitude, east__gte=longitude, region__in=self
            )
            .select_related("region")
            .annotate(depth=models.functions.Length("region__code"))
            .order_by("-depth")
        )
        for boundary in boundaries:
            if shape(boundary.geometry).covers(point):
                return boundary.region
        return None

    def at(self, latitude: float, longitude: float) -> Region | None:
        """Where a point lies: by outline if loaded, else the nearest village within 30 km."""
        found = self.containing(latitude, longitude)
        if found and found.level == Level.VILLAGE:
            return found
        village = self.nearest_village(latitude, longitude)
        if village and village.distance_km(latitude, longitude) <= 30:
            return village
        return found


class Region(models.Model):
    """One administrative area. Primary key is the ministry's code with dots: 52, 52.07, 52.07.02, 52.07.02.2021."""

    code = models.CharField(_("Kemendagri code"), max_length=13, primary_key=True)
    bps_code = models.CharField(_("BPS code"), max_length=10, blank=True, db_index=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children", verbose_name=_("within"))
    level = models.CharField(_("level"), max_length=10, choices=Level)
    name = models.CharField(_("name"), max_length=80)
    latitude = models.FloatField(_("latitude"), null=True)
    longitude = models.FloatField(_("longitude"), null=True)

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["code"]
        indexes = [
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="region_name_trgm"),
            models.Index(fields=["level", "code"], name="region_level_code"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def full_name(self) -> str:
        """Name with the areas around it, up to the regency: "Taliwang, Kabupaten Sumbawa Barat"."""
        names = region_names()
        parts = self.code.split(".")
        codes = [".".join(parts[:length]) for length in range(len(parts), 1, -1)] or [self.code]
        return ", ".join(names.get(code, code) for code in codes)

    def ancestor_codes(self) -> list[str]:
        """Codes from this region up to the province, most specific first."""
        parts = self.code.split(".")
        return [".".join(parts[:length]) for length in range(len(parts), 0, -1)]

    def distance_km(self, latitude: float, longitude: float) -> float:
        if self.latitude is None or self.longitude is None:
            return math.inf
        north = (self.latitude - latitude) * KM_PER_DEGREE
        east = (self.longitude - longitude) * KM_PER_DEGREE * math.cos(math.radians(latitude))
        return math.hypot(north, east)


def region_names() -> dict[str, str]:
    """Names of all regions by code: 1,294 entries, kept in the process, refreshed when the list is loaded anew."""
    return _names_of(cache.get("regions-version", 0))


@lru_cache(maxsize=1)
def _names_of(version: int) -> dict[str, str]:
    return dict(Region.objects.values_list("code", "name"))


def point_of(code: str) -> tuple[float, float] | None:
    """Latitude and longitude of a region's point; where none is known, that of the area around it."""
    points = _points_of(cache.get("regions-version", 0))
    while code not in points and "." in code:
        code = code.rpartition(".")[0]
    return points.get(code)


@lru_cache(maxsize=1)
def _points_of(version: int) -> dict[str, tuple[float, float]]:
    rows = Region.objects.filter(latitude__isnull=False, longitude__isnull=False).values_list("code", "latitude", "longitude")
    return {code: (latitude, longitude) for code, latitude, longitude in rows}


def forget_region_names() -> None:
    """Let every process read the names anew."""
    _names_of.cache_clear()
    _points_of.cache_clear()
    import time

    cache.set("regions-version", time.time_ns(), None)


def lies_within(code: str, area: str) -> bool:
    """Whether region `code` is `area` or beneath it."""
    return code == area or code.startswith(f"{area}.")


class RegionBoundary(models.Model):
    """Outline of a region, loaded with `manage load_boundaries`; GeoJSON geometry in WGS84."""

    region = models.OneToOneField(Region, models.CASCADE, related_name="boundary", primary_key=True)
    geometry = models.JSONField()
    south = models.FloatField()
    north = models.FloatField()
    west = models.FloatField()
    east = models.FloatField()

    class Meta:
        verbose_name = _("region outline")
        verbose_name_plural = _("region outlines")
        indexes = [models.Index(fields=["south", "north", "west", "east"], name="boundary_box")]

    def __str__(self) -> str:
        return str(self.region)


class BoundaryFileError(ValueError):
    """The file is no GeoJSON with a known `code` on each feature."""


@transaction.atomic
def load_boundaries(path: Path) -> tuple[int, list[str]]:
    """Store the outlines of a GeoJSON FeatureCollection whose features carry `code` (Kemendagri).

    Returns how many were stored, and what was left out with the reason, one line each.
    Raises BoundaryFileError where the file is not GeoJSON at all.
    """
    from shapely import make_valid
    from shapely.geometry import mapping, shape

    try:
        collection = json.loads(path.read_text(encoding="utf-8"))
        features: Iterable[dict[str, Any]] = collection["features"]
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, KeyError, TypeError) as error:
        raise BoundaryFileError(_("%(file)s is not a GeoJSON FeatureCollection.") % {"file": path.name}) from error
    known = set(Region.objects.values_list("code", flat=True))
    stored, left_out = [], []
    for number, feature in enumerate(features, start=1):
        code = str((feature.get("properties") or {}).get("code", ""))
        if code not in known:
            left_out.append(f"feature {number}: code '{code}' is not a region of NTB")
            continue
        try:
            outline = make_valid(shape(feature["geometry"]))
        except Exception as error:  # noqa: BLE001 - shapely raises many kinds for broken geometry
            left_out.append(f"feature {number} ({code}): {error}")
            continue
        west, south, east, north = outline.bounds
        geometry = json.loads(json.dumps(mapping(outline)))
        stored.append(RegionBoundary(region_id=code, geometry=geometry, south=south, north=north, west=west, east=east))
    RegionBoundary.objects.bulk_create(
        stored,
        update_conflicts=True,
        unique_fields=["region"],
        update_fields=["geometry", "south", "north", "west", "east"],
        batch_size=200,
    )
    return len(stored), left_out
