"""A public report can be taken down, put right and made secret; each act is routed, timed, told and kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from care import corrections, handling
from care.models import Case, SecretBecause
from care.routing import route_case
from ntbportal.commons.notices import Notice
from ntbportal.commons.places import Region


@pytest.fixture
def road(report: Any) -> Case:
    case = report("jalan", email="warga@example.org").case
    route_case(case.pk)
    return Case.objects.select_related("category", "region", "agency").get(pk=case.pk)


@pytest.fixture
def officer(person: Any, sign_in: Any) -> Client:
    return sign_in(person("officer", agency="pupr"))


def correct(client: Client, case: Case, act: str, **values: Any) -> Any:
    return client.post(f"/care/desk/{case.code}/correct/", {"act": act, **values})


def test_hidden_from_the_public_with_a_reason_and_shown_again(road: Case, officer: Client) -> None:
    assert correct(officer, road, "hide", why="").status_code == 422, "a reason is needed"
    correct(officer, road, "hide", why="Memuat hinaan.")
    assert Client().get(f"/care/{road.code}/").status_code == 410
    for face in ("/care/", "/care/feed.atom", "/open311/v2/requests.json"):
        assert road.code not in Client().get(face).content.decode()
    assert "Memuat hinaan." in Notice.objects.filter(channel="email").latest("pk").body
    assert road.moves.get(what="hidden").public_note == "Memuat hinaan."
    correct(officer, road, "show")
    assert Client().get(f"/care/{road.code}/").status_code == 200


def test_another_category_goes_to_whoever_is_responsible_and_begins_anew(road: Case, officer: Client, category: Any, person: Any) -> None:
    social = person("officer", agency="dinsos")
    Case.objects.filter(pk=road.pk).update(due_at=timezone.now() - timedelta(days=9), latitude=-8.7, longitude=116.8)
    other = category("bantuan-sosial")
    answer = correct(
        officer, road, "reclassify",
        category=other.pk, kind="complaint", regency="52.07", district="52.07.02", village="52.07.02.2021",
        reason="Ini tentang bantuan.",
    )  # fmt: skip
    assert answer.url == "/care/desk/", "it is no longer theirs"
    road.refresh_from_db()
    assert (road.category_id, road.agency.slug, road.state) == (other.pk, "dinsos", "assigned")
    assert road.due_at > timezone.now() + timedelta(days=2)
    assert road.rule.category_id == other.pk
    assert Notice.objects.filter(user=social, path=f"/care/desk/{road.code}/").exists()
    assert "Ini tentang bantuan." in Notice.objects.filter(channel="email").latest("pk").body
    assert road.moves.filter(what="reclassified").count() == 1


def test_another_place_moves_the_report_on_the_map(road: Case, officer: Client) -> None:
    Case.objects.filter(pk=road.pk).update(latitude=-8.7, longitude=116.8, map_x=1, map_y=1)
    village = Region.objects.filter(level="village", code__startswith="52.01", latitude__isnull=False).first()
    parts = village.code.split(".")
    place = {"regency": "52.01", "district": ".".join(parts[:3]), "village": village.code}
    correct(officer, road, "reclassify", category=road.category_id, kind="complaint", reason="Salah tempat.", **place)
    road.refresh_from_db()
    assert (road.region_id, road.latitude) == (village.code, None)
    assert road.map_x > 1


def test_the_reporters_wish_outlasts_a_category_that_was_wrong(report: Any, person: Any, category: Any) -> None:
    case = report("jalan", is_secret=True).case
    assert case.secret_because == SecretBecause.REPORTER
    by = person("officer", agency="pupr")
    for slug in ("kekerasan-anak", "jalan"):
        case = corrections.reclassify(case, by, corrections.Classification(category(slug), case.region, case.kind), "Salah kategori.")
        assert (case.is_secret, case.secret_because) == (True, SecretBecause.REPORTER)


def test_a_report_of_violence_filed_as_a_road_becomes_secret(road: Case, officer: Client, category: Any) -> None:
    place = {"regency": "52.07", "district": "52.07.02", "village": ""}
    correct(officer, road, "reclassify", category=category("kekerasan-anak").pk, kind="complaint", reason="Kekerasan.", **place)
    road.refresh_from_db()
    assert (road.is_secret, road.secret_because, road.is_emergency) == (True, "category", True)
    assert Client().get(f"/care/{road.code}/").status_code == 302


def test_made_secret_and_public_again(road: Case, officer: Client) -> None:
    correct(officer, road, "secret", why="Menyebut korban.")
    road.refresh_from_db()
    assert road.secret_because == SecretBecause.OFFICER
    assert Client().get(f"/care/{road.code}/").status_code == 302
    correct(officer, road, "public", why="Sudah diperiksa.")
    assert Client().get(f"/care/{road.code}/").status_code == 200
    assert list(road.moves.filter(what__startswith="made_").values_list("what", flat=True)) == ["made_secret", "made_public"]


@pytest.mark.parametrize(("slug", "fields"), [("jalan", {"is_secret": True}), ("kekerasan-anak", {}), ("korupsi", {})])
def test_what_must_stay_secret_cannot_be_made_public(slug: str, fields: Any, report: Any, person: Any) -> None:
    case = report(slug, **fields).case
    with pytest.raises(ValidationError):
        corrections.make_public(case, person("coordinator"), "Ingin saya buka.")
    case.refresh_from_db()
    assert case.is_secret


def test_an_ordinary_report_becomes_an_emergency(road: Case, officer: Client, person: Any) -> None:
    coordinator = person("coordinator")
    officer.post(f"/care/desk/{road.code}/emergency/", {})
    road.refresh_from_db()
    assert road.is_emergency
    assert road.due_at < timezone.now() + timedelta(minutes=61)
    assert Notice.objects.filter(user=coordinator, urgent=True, path=f"/care/desk/{road.code}/").exists()
    assert road.moves.filter(what="raised").exists()


def test_an_act_on_what_somebody_else_changed_is_refused(road: Case, person: Any) -> None:
    by = person("officer", agency="pupr")
    seen = road.updated_at.isoformat()
    handling.take(road, by, seen_at=seen)
    acts = (
        lambda: corrections.hide(road, by, "x", seen_at=seen),
        lambda: corrections.make_secret(road, by, "x", seen_at=seen),
        lambda: corrections.raise_emergency(road, by, seen_at=seen),
    )
    for act in acts:
        with pytest.raises(handling.ChangedMeanwhile):
            act()


@pytest.mark.parametrize("act", ["hide", "show", "secret", "public", "reclassify"])
@pytest.mark.parametrize("who", ["officer of another agency", "helping agency", "leader", "citizen"])
def test_only_who_leads_the_case(act: str, who: str, road: Case, person: Any, sign_in: Any) -> None:
    people = {
        "officer of another agency": ("officer", {"agency": "dinsos"}),
        "helping agency": ("officer", {"agency": "bpbd"}),
        "leader": ("leader", {}),
        "citizen": ("citizen", {}),
    }
    role, fields = people[who]
    user = person(role, **fields)
    if who == "helping agency":
        road.supports.create(agency=user.memberships.get().agency)
    before = Case.objects.get(pk=road.pk).updated_at
    assert correct(sign_in(user), road, act, why="x", reason="x").status_code == 403
    assert Case.objects.get(pk=road.pk).updated_at == before
