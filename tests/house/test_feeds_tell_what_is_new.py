from xml.etree import ElementTree

import pytest
from django.utils import timezone

ATOM = "{http://www.w3.org/2005/Atom}"


def titles(client, path: str) -> list[str]:
    response = client.get(path)
    assert response.status_code == 200
    assert "atom+xml" in response["Content-Type"]
    return [entry.findtext(f"{ATOM}title") for entry in ElementTree.fromstring(response.content).iter(f"{ATOM}entry")]


@pytest.mark.django_db
def test_new_data_sets_by_topic(data_set, client) -> None:
    data_set("Stunting", stage="published", published_at=timezone.now())
    data_set("Jalan", topic="infrastructure", stage="published", published_at=timezone.now())
    data_set("Belum terbit")
    assert set(titles(client, "/onedata/feed.atom")) == {"Stunting", "Jalan"}
    assert titles(client, "/onedata/feed.atom?topic=health") == ["Stunting"]


@pytest.mark.django_db
def test_new_reports_of_a_place_without_secret_ones(report, client) -> None:
    from care.routing import route_case

    for fields in ({}, {"category": "sampah", "region": "52.01.01"}, {"is_secret": True}):
        route_case(report(**fields).case.pk)
    assert len(titles(client, "/care/feed.atom")) == 2
    assert titles(client, "/care/feed.atom?regency=52.07")[0].startswith("Jalan dan jembatan")
    assert len(titles(client, "/care/feed.atom?category=sampah")) == 1
