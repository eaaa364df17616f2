import math

import pytest

from ntbportal.commons.places import Region


def great_circle_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Haversine, independent of the code under test."""
    (lat1, lon1), (lat2, lon2) = (tuple(map(math.radians, point)) for point in (a, b))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(h))


@pytest.mark.django_db
@pytest.mark.parametrize("point", [(-8.58, 116.10), (-8.75, 116.85), (-8.46, 118.73), (-8.41, 116.45)])
def test_it_is_the_nearest_by_great_circle_too(point: tuple[float, float]) -> None:
    found = Region.objects.all().nearest_village(*point)
    villages = Region.objects.filter(level="village", latitude__isnull=False)
    distances = {village.code: great_circle_km(point, (village.latitude, village.longitude)) for village in villages}
    assert distances[found.code] == pytest.approx(min(distances.values()), abs=0.05)
    assert found.distance_km(*point) == pytest.approx(distances[found.code], rel=0.01)


@pytest.mark.django_db
def test_a_point_far_from_the_province_is_nowhere() -> None:
    assert Region.objects.all().at(-6.2, 106.8) is None  # Jakarta
