import json
from pathlib import Path

import pytest

from ntbportal.commons.places import BoundaryFileError, Region, load_boundaries


def square(code: str, west: float, south: float, size: float = 0.1) -> dict:
    ring = [[west, south], [west + size, south], [west + size, south + size], [west, south + size], [west, south]]
    return {"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}


def write(path: Path, *features: dict) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return path


@pytest.mark.django_db
def test_a_point_lies_in_the_smallest_area_loaded(tmp_path: Path) -> None:
    load_boundaries(write(tmp_path / "a.geojson", square("52.07", 116.0, -9.0, 1.0), square("52.07.02", 116.8, -8.8)))
    regions = Region.objects.all()
    assert regions.containing(-8.75, 116.85).code == "52.07.02"
    assert regions.containing(-8.1, 116.05).code == "52.07"
    assert regions.containing(-7.0, 110.0) is None


@pytest.mark.django_db
def test_unknown_codes_are_named_and_the_rest_is_kept(tmp_path: Path) -> None:
    stored, left_out = load_boundaries(write(tmp_path / "a.geojson", square("52.07", 116, -9), square("99", 116, -9)))
    assert stored == 1
    assert left_out == ["feature 2: code '99' is not a region of NTB"]


@pytest.mark.django_db
def test_loading_twice_is_loading_once(tmp_path: Path) -> None:
    file = write(tmp_path / "a.geojson", square("52.07", 116, -9))
    assert load_boundaries(file) == load_boundaries(file) == (1, [])


@pytest.mark.django_db
def test_a_file_that_is_no_geojson_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.geojson").write_text("kode,nama\n52,NTB\n")
    with pytest.raises(BoundaryFileError):
        load_boundaries(tmp_path / "a.geojson")


@pytest.mark.django_db
def test_real_outlines_contain_the_points_of_their_villages() -> None:
    """Where the reference outlines lie beside the checkout."""
    real = Path(__file__).resolve().parents[3] / "shared" / "data" / "boundaries_districts.geojson"
    if not real.exists():
        pytest.skip("the reference outlines are not on this machine")
    stored, left_out = load_boundaries(real)
    assert (stored, left_out) == (117, [])
    villages = list(Region.objects.filter(level="village", latitude__isnull=False)[::25])
    hits = sum(Region.objects.all().containing(one.latitude, one.longitude).code == one.parent_id for one in villages)
    assert hits >= len(villages) * 0.9  # outlines are simplified
