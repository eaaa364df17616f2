"""Photos and pages to those on duty have budgets; large pictures are unfolded apart; Open311 is slowed down."""

from __future__ import annotations

import io
import resource
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from care import budgets, open311
from care.models import Case, DraftPhoto
from care.routing import route_case
from ntbportal.commons import uploads
from ntbportal.commons.fetching import is_open
from ntbportal.commons.notices import Notice
from ntbportal.commons.tokens import issue
from ntbportal.commons.uploads import clean_picture


def picture(side: int = 40, kind: str = "JPEG", **options: Any) -> io.BytesIO:
    buffer = io.BytesIO()
    Image.new("RGB", (side, side), (10, 200, 30)).save(buffer, kind, **options)
    buffer.seek(0)
    return buffer


def with_photo(category: Any, client: Client | None = None) -> Any:
    photo = SimpleUploadedFile("a.jpg", picture().read() + b"x" * 3000)
    road = category("jalan").pk
    sent = {"category": road, "asked": road, "description": "Lubang besar di jalan.", "photos": photo}
    return (client or Client()).post("/care/new/", sent)


def test_photos_beyond_the_budget_are_not_kept_and_the_text_is(category: Any, monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(budgets, "KILOBYTES_EACH", 10)
    for _ in range(2):
        assert with_photo(category).status_code == 302
    refused = with_photo(category)
    assert refused.status_code == 422
    assert "Lubang besar di jalan." in refused.content.decode()
    assert DraftPhoto.objects.count() == 2


def test_a_budget_for_the_whole_portal(category: Any, monkeypatch: pytest.MonkeyPatch, db: None) -> None:
    monkeypatch.setattr(budgets, "KILOBYTES_ALL", 3)
    with_photo(category)
    assert with_photo(category).status_code == 422


@pytest.mark.parametrize(("kind", "options"), [("PNG", {}), ("WEBP", {}), ("JPEG", {"progressive": True})])
def test_a_picture_that_costs_much_is_unfolded_apart(kind: str, options: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    apart = uploads.run_bounded
    monkeypatch.setattr(uploads, "run_bounded", lambda *a, **o: seen.append(o) or apart(*a, **o))
    dear = picture(6500, kind, **options)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = clean_picture(dear)
    assert (done.width, done.height) == (1600, 1600)
    assert seen
    assert seen[0]["memory"] <= 1_000_000_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000, "kilobytes of this process"


def test_many_emergencies_are_told_of_together(report: Any, person: Any) -> None:
    coordinator = person("coordinator")
    for number in range(budgets.PAGES + 13):
        case = report("bencana", description=f"Longsor menimpa rumah nomor {number}, ada orang tertimbun.").case
        route_case(case.pk)
    mine = Notice.objects.filter(user=coordinator, channel="in_app")
    assert mine.filter(event__contains=":routed:").count() == budgets.PAGES
    assert mine.filter(event__startswith="emergencies:wave:").count() in {1, 2}
    assert Case.objects.filter(is_emergency=True).count() == budgets.PAGES + 13, "none is lost"


@pytest.fixture
def key(person: Any) -> str:
    return issue(person("officer", agency="pupr"), "program")


def send(key: str, **more: Any) -> Any:
    sent = {"api_key": key, "service_code": "jalan", "description": "Lubang besar di jalan raya.", "address_id": "52.07.02.2021"}
    return Client().post("/open311/v2/requests.json", {**sent, **more})


def test_open311_is_slowed_down_but_not_for_emergencies(key: str, settings: Any) -> None:
    settings.CARE_REPORTS_PER_HOUR = 3
    assert [send(key).status_code for _ in range(5)] == [201, 201, 201, 429, 429]
    assert send(key, service_code="bencana", description="Longsor, ada orang tertimbun.").status_code == 201


@pytest.mark.parametrize("email", ["x@", "a@b\nBcc: x@y.z", "@y.z", "a b@c.d", "x" * 250 + "@y.z"])
def test_open311_takes_no_address_that_is_none(email: str, key: str) -> None:
    assert send(key, email=email).status_code == 400


@pytest.mark.parametrize("phone", ["bukan nomor", "123", "0" * 30])
def test_nor_a_number(phone: str, key: str) -> None:
    assert send(key, phone=phone).status_code == 400


def test_a_description_is_not_cut(key: str) -> None:
    assert send(key, description="a" * 6000).status_code == 400


def test_pictures_of_others_are_not_fetched_while_somebody_waits(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open311, "fetch_bytes", lambda *a, **o: pytest.fail("in the web process"))
    assert send(key, media_url="http://203.0.113.5/foto.jpg").status_code == 201
    case = Case.objects.get()
    assert "203.0.113.5" in str(case.answers), "the officer reads the address"
    monkeypatch.setattr(open311, "fetch_bytes", lambda *a, **o: picture().read())
    assert open311.fetch_picture(case.pk)
    assert not open311.fetch_picture(case.pk), "safe to run twice"
    assert case.photos.count() == 1


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::1", "fec0::1", "::127.0.0.1"),
        *("fe80::1%eth0", "fd00::1", "169.254.169.254", "64:ff9b:1::1", "2001:0:4136:e378::", "0.0.0.0", "224.0.0.1"),  # noqa: S104
    ],
)
def test_no_way_into_the_own_network(address: str) -> None:
    assert not is_open(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "64:ff9b::101:101", "2002:101:101::1"])
def test_the_open_internet_is_open(address: str) -> None:
    assert is_open(address)
