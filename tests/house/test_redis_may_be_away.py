"""With Redis gone the portal goes on: reports are taken in, pages are shown, and what waits is done later."""

from datetime import timedelta

import pytest
from celery import current_app
from django.core.cache import cache
from django.test import Client
from django.utils import timezone


@pytest.fixture
def without_redis(settings, monkeypatch, tmp_path):
    def away(*args, **options):
        raise ConnectionError("broker away")

    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": f"unix://{tmp_path}/gone.sock"}}
    monkeypatch.setattr(current_app, "send_task", away)
    assert not cache.ping()


@pytest.mark.django_db
def test_a_citizen_reports_and_tracks(category, without_redis, django_capture_on_commit_callbacks) -> None:
    from care.models import Case
    from care.routing import route_waiting

    citizen = Client()
    with django_capture_on_commit_callbacks(execute=True):
        citizen.post(
            "/care/new/", {"category": category("jalan").pk, "asked": category("jalan").pk, "description": "Jalan berlubang besar sekali."}
        )
        citizen.post("/care/new/where/", {"regency": "52.07", "district": "52.07.02", "village": "52.07.02.2021"})
        assert citizen.post("/care/new/who/", {}).url.startswith("/care/new/thanks/")
    case = Case.objects.get()
    assert case.code in citizen.get("/care/new/thanks/").content.decode()
    assert route_waiting() == 1
    assert citizen.get(f"/care/{case.code}/").status_code == 200
    assert (
        citizen.post("/care/track/", {"code": case.code, "pin": "000000" if not case.pin_fits("000000") else "111111"}).status_code == 422
    )


@pytest.mark.django_db
def test_a_cadre_weighs(person, posyandu, child, sign_in, without_redis) -> None:
    cadre = person("cadre")
    posyandu.cadres.add(cadre)
    client = sign_in(cadre)
    day = client.post(f"/posyandu/cadre/open/{posyandu.pk}/").url
    ani = child(timezone.localdate() - timedelta(days=300))
    assert client.post(f"{day}children/{ani.pk}/", {"weight": "8,1", "height": "70"}).status_code == 302
    assert client.get(f"{day}children/{ani.pk}/result/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/", "/care/", "/onedata/", "/posyandu/", "/action-plan/", "/search/?q=jalan"])
def test_public_pages_are_shown(without_redis, path: str) -> None:
    assert Client().get(path).status_code == 200


@pytest.mark.django_db
def test_readiness_says_what_is_away(without_redis) -> None:
    response = Client().get("/healthz/ready")
    assert (response.status_code, response.json()) == (503, {"status": "down", "database": "ok", "redis": "down"})
