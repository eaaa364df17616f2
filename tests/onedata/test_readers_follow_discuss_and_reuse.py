"""Followers are told once; what readers write is looked at first; reuses are shown; reading is counted."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from ntbportal.commons.notices import Notice
from onedata import workflow
from onedata.counting import add_up
from onedata.models import Comment, DataSet, Follow, Reuse

pytestmark = pytest.mark.django_db
PERSON = {"HTTP_USER_AGENT": "Mozilla/5.0 (Android)"}


@pytest.fixture
def public(data_set: Any, upload: Any, person: Any) -> DataSet:
    found = data_set("Balita stunting")
    upload(found, "kode,nilai\n52.01,1\n")
    return workflow.publish(workflow.submit(found, person("producer", agency="dinkes", name="ani")), person("walidata", name="budi"))


@pytest.mark.parametrize(("kind", "what"), [("data_set", "balita-stunting"), ("agency", "dinkes"), ("topic", "health")])
def test_followers_hear_of_a_new_version_once(public: DataSet, upload: Any, person: Any, sign_in: Any, kind: str, what: str) -> None:
    from ntbportal.commons.people import User

    reader = person("citizen", name="warga")
    client = sign_in(reader)
    client.post("/onedata/following/", {"kind": kind, "what": what})
    assert Follow.objects.count() == 1
    version = upload(public, "kode,nilai\n52.01,2\n")
    ani, budi = User.objects.get(username="ani"), User.objects.get(username="budi")
    workflow.publish(workflow.submit(public, ani), budi)
    event = f"dataset:{public.pk}:version:{version.pk}"
    assert Notice.objects.filter(user=reader, event=event, channel="in_app").count() == 1
    client.post("/onedata/following/", {"kind": kind, "what": what})
    assert not Follow.objects.exists()


def test_nobody_is_sent_elsewhere(public: DataSet, person: Any, sign_in: Any) -> None:
    answer = sign_in(person("citizen")).post("/onedata/following/", {"kind": "topic", "what": "health", "back": "//evil.example/"})
    assert answer["Location"] == "/onedata/following/"


def test_a_citizens_comment_waits_an_officers_is_shown(public: DataSet, person: Any, sign_in: Any) -> None:
    from ntbportal.commons.people import User

    address = f"/onedata/datasets/{public.slug}/comment/"
    sign_in(person("citizen", name="warga")).post(address, {"text": "Kapan data desa terbit?"})
    page = Client().get(public.get_absolute_url()).content.decode()
    assert "Kapan data desa" not in page
    asked = Comment.objects.get()
    walidata = sign_in(User.objects.get(username="budi"))
    assert "Kapan data desa" in walidata.get("/onedata/desk/moderation/").content.decode()
    walidata.post("/onedata/desk/moderation/", {"kind": "comment", "pk": asked.pk, "act": "show"})
    sign_in(User.objects.get(username="ani")).post(address, {"text": "Bulan depan.", "answers": asked.pk})
    page = Client().get(public.get_absolute_url()).content.decode()
    assert "Kapan data desa" in page
    assert "Bulan depan." in page
    assert walidata.post("/onedata/desk/moderation/", {"kind": "comment", "pk": asked.pk, "act": "hide"}).status_code == 422
    walidata.post("/onedata/desk/moderation/", {"kind": "comment", "pk": asked.pk, "act": "hide", "reason": "Di luar topik"})
    assert "Kapan data desa" not in Client().get(public.get_absolute_url()).content.decode()
    assert Notice.objects.filter(user__username="warga", body__isnull=False, event__startswith="hidden:Comment").exists()


@pytest.mark.parametrize("text", ["Hubungi 0812 3456 7890", "NIK 5207010101900001", "tulis ke budi@example.org", "  "])
def test_personal_data_are_refused_and_what_was_typed_is_kept(public: DataSet, person: Any, sign_in: Any, text: str) -> None:
    client = sign_in(person("citizen"))
    client.post(f"/onedata/datasets/{public.slug}/comment/", {"text": text})
    assert not Comment.objects.exists()
    if text.strip():
        assert text in client.get(public.get_absolute_url()).content.decode()


def test_a_reuse_is_shown_after_it_was_looked_at(public: DataSet, person: Any, sign_in: Any) -> None:
    from ntbportal.commons.people import User

    sent = {
        "title": "Peta stunting",
        "kind": "app",
        "url": "https://example.org/",
        "description": "Peta",
        "maker": "CSO",
        "slugs": public.slug,
    }
    client = sign_in(person("cso"))
    assert client.post("/onedata/reuses/new/", {**sent, "slugs": "tidak-ada"}).status_code == 422
    assert client.post("/onedata/reuses/new/", {**sent, "url": "javascript:alert(1)"}).status_code == 422
    client.post("/onedata/reuses/new/", sent)
    assert "Peta stunting" not in Client().get("/onedata/reuses/").content.decode()
    sign_in(User.objects.get(username="budi")).post(
        "/onedata/desk/moderation/", {"kind": "reuse", "pk": Reuse.objects.get().pk, "act": "show"}
    )
    assert "Peta stunting" in Client().get("/onedata/reuses/").content.decode()
    assert "Peta stunting" in Client().get(public.get_absolute_url()).content.decode()


def test_people_are_counted_machines_are_not(public: DataSet) -> None:
    client = Client()
    for _time in range(3):
        client.get(public.get_absolute_url(), **PERSON)
    client.get(f"/onedata/datasets/{public.slug}/v1.csv", **PERSON)
    client.get(public.get_absolute_url(), HTTP_USER_AGENT="Googlebot/2.1")
    client.get(public.get_absolute_url())
    assert add_up() == 1
    assert add_up() == 0
    public.refresh_from_db()
    assert (public.view_count, public.download_count) == (3, 1)
