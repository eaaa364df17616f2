"""Losses need a person's yes to just their number; personal data and changes to what is public need the Walidata's decision."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from onedata import workflow
from onedata.models import DataSet, Holding, PendingChange, PersonalDataReview
from onedata.quality.running import check_waiting, recheck

pytestmark = pytest.mark.django_db
LOSSY = "kab,jumlah\nA,1\nB,2,3\nC,4\n"
NIKS = "nama,nilai\nA,5207014105900001\nB,5201011203850002\n"


@pytest.fixture
def producer(person: Any) -> Any:
    return person("producer", agency="dinkes")


@pytest.fixture
def walidata(person: Any) -> Any:
    return person("walidata", agency="diskominfotik")


def test_a_version_with_losses_goes_on_only_after_a_yes_to_their_exact_number(data_set, upload, producer, walidata, sign_in) -> None:
    found = data_set()
    version = upload(found, LOSSY, by=producer)
    with pytest.raises(ValidationError):
        workflow.submit(found, producer)
    client = sign_in(producer)
    desk = f"/onedata/desk/{found.slug}/"
    assert "1 baris tidak ada" in client.get(desk).content.decode()
    page = client.get(f"{desk}losses/").content.decode()
    assert "B,2,3" in page
    wrong = {"act": "confirm", "rows": 2, "cells": 0, "formulas": 0, "hidden": 0}
    assert client.post(f"{desk}losses/", wrong).status_code == 422
    assert client.post(f"{desk}losses/", {**wrong, "rows": 1}).status_code == 302
    version.refresh_from_db()
    assert (version.loss_confirmed["rows"], version.loss_confirmed_by) == (1, producer)
    workflow.submit(found, producer)
    workflow.publish(found, walidata)
    text = b"".join(client.get(f"/onedata/datasets/{found.slug}/v1/original/").streaming_content).decode()
    assert text == LOSSY
    stranger = Client()
    assert stranger.get(f"/onedata/datasets/{found.slug}/v1/original/").status_code == 403  # it holds a row nobody checked


def test_a_yes_is_void_once_the_numbers_differ(data_set, upload, producer) -> None:
    from onedata.quality.losses import confirm_losses
    from onedata.quality.running import read_again

    found = data_set(schema=[{"name": "jumlah", "type": "integer"}])
    version = upload(found, "kab,jumlah\nA,1\nB,dua\n", by=producer)
    confirm_losses(version, producer, {"rows": 0, "cells": 1, "formulas": 0, "hidden": 0})
    found.schema = [{"name": "jumlah", "type": "integer"}, {"name": "kab", "type": "integer"}]
    found.save()
    read_again(version)
    check_waiting()
    version.refresh_from_db()
    assert version.losses["cells"] == 3
    assert version.loss_confirmed == {}
    with pytest.raises(ValidationError):
        workflow.submit(found, producer)


def test_a_column_is_kept_as_text_from_the_page(data_set, upload, producer, sign_in) -> None:
    found = data_set(schema=[{"name": "jumlah", "type": "integer"}])
    version = upload(found, "kab,jumlah\nA,1\nB,dua\n", by=producer)
    client = sign_in(producer)
    assert client.post(f"/onedata/desk/{found.slug}/losses/", {"act": "ways", "w1": "string"}).status_code == 302
    check_waiting()
    version.refresh_from_db()
    assert version.losses == {}
    workflow.submit(found, producer)


def test_an_ambiguous_column_is_answered_on_the_page_and_stays_answered(data_set, upload, producer, sign_in) -> None:
    found = data_set()
    upload(found, "kab,rasio\nA,1.500\nB,1.509\n", by=producer)
    with pytest.raises(ValidationError, match="rasio"):
        workflow.submit(found, producer)
    client = sign_in(producer)
    page = client.get(f"/onedata/desk/{found.slug}/losses/").content.decode()
    assert "1.509" in page
    client.post(f"/onedata/desk/{found.slug}/losses/", {"act": "ways", "w1": "number"})
    check_waiting()
    workflow.submit(found, producer)
    workflow.return_with_findings(found, producer, "lagi")
    later = upload(found, "kab,rasio\nA,1.600\nB,2.509\n", by=producer)
    assert later.columns[1]["type"] == "number"
    assert later.losses == {}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (NIKS, "nik"), ("ket\nNIK 5207014105900001 atas nama X\nY\n", "nik"), ("a,b\n5207.0141.0590.0001,1\nx,2\n", "nik"),
        ("no_kk,n\n5207010000000001,1\n5207010000000002,2\n", "kk"), ("hp,n\n81234567890,1\n81234567891,2\n", "phone"),
        ("ket,n\nhubungi 0812-3456-7890,1\nx,2\n", "phone"), ("k,n\n628123456789,1\n628123456780,2\n", "phone"),
        ("surel,n\nbudi@gmail.com,1\n", "email"), ("rekening,n\n0012345678901,1\n", "account"), ("Tgl Lahir,n\n1990-01-31,1\n", "birth"),
        ("nama,alamat\nLalu Wirya,Jl. Melati 1\nSiti Aminah,Jl. Mawar 2\n", "named_people"), ("Nama Penerima,n\nLalu Wirya,1\n", "person"),
    ],
)  # fmt: skip
def test_personal_data_are_found_and_held_back(data_set, upload, producer, walidata, sign_in, content: str, kind: str) -> None:
    found = data_set()
    version = upload(found, content, by=producer)
    review = PersonalDataReview.objects.get()
    assert kind in {one["kind"] for one in review.found}
    for one in review.found:
        for sample in one["sample"]:
            assert "•" in sample
    assert version.is_held
    workflow.submit(found, producer)
    with pytest.raises(ValidationError):
        workflow.publish(found, walidata)
    client = sign_in(walidata)
    assert found.title in client.get("/onedata/desk/?queue=personal&stage=all").content.decode()
    client.post(f"/onedata/desk/{found.slug}/personal/{review.pk}/", {"act": "allow", "reason": " "})
    assert PersonalDataReview.objects.get().state == Holding.WAITING
    assert sign_in(producer).post(f"/onedata/desk/{found.slug}/personal/{review.pk}/", {"act": "allow", "reason": "x"}).status_code == 403
    client.post(f"/onedata/desk/{found.slug}/personal/{review.pk}/", {"act": "allow", "reason": "Pejabat publik, UU 14/2008"})
    workflow.publish(found, walidata)
    assert found.moves.filter(note__contains="UU 14/2008").exists()


@pytest.mark.parametrize(
    "content",
    [
        "nama,alamat\nPuskesmas Narmada,Jl. Raya 1\nPuskesmas Cakranegara,Jl. Raya 2\n", "kab,jumlah_nik\nA,120\nB,130\n",
        "kode_wilayah,tahun,nilai\n52.07,2025,12.5\n52.08,2025,8\n", "kab,penduduk\nA,628123456\nB,512\n", "surel,n\nkominfo@ntbprov.go.id,1\n",
        "NIK,n\n5207********0001,1\n", "lintang,bujur\n-8.5833333333333333,116.1166666666666667\n",
    ],
)  # fmt: skip
def test_tables_of_places_and_counts_are_not_taken_for_people(data_set, upload, content: str) -> None:
    assert not upload(data_set(), content).is_held


def test_a_published_table_is_looked_at_by_night_and_held_back(data_set, upload, producer, walidata, client) -> None:
    found = data_set()
    version = upload(found, NIKS, by=producer)
    PersonalDataReview.objects.all().delete()  # as if it was published before there was this check
    type(version).objects.update(is_held=False)
    workflow.submit(found, producer)
    workflow.publish(found, walidata)
    csv = f"/onedata/datasets/{found.slug}/v1.csv"
    assert client.get(csv).status_code == 200
    recheck(version.pk)
    for address in (
        csv,
        f"/api/onedata/{found.slug}/rows",
        f"/onedata/datasets/{found.slug}/quality/?export=csv",
        f"/onedata/datasets/{found.slug}/v1/original/",
    ):
        assert client.get(address).status_code in {403, 404}, address
    assert "5207014105900001" not in client.get(f"/onedata/datasets/{found.slug}/").content.decode()
    from ntbportal.commons.notices import Notice

    assert Notice.objects.filter(user=walidata, subject__icontains="pribadi").exists()


def test_personal_data_in_a_description_are_held_back_too(data_set, upload, producer, walidata) -> None:
    found = data_set(description="Hubungi Budi 081234567890 untuk NIK 5207014105900001.")
    upload(found, "kab,n\nA,1\n", by=producer)
    workflow.submit(found, producer)
    with pytest.raises(ValidationError):
        workflow.publish(found, walidata)
    assert PersonalDataReview.objects.get(version=None).state == Holding.WAITING


@pytest.fixture
def public(data_set, upload, producer, walidata) -> DataSet:
    found = data_set(concept="Stunting")
    upload(found, "kab,n\nA,1\n", by=producer)
    workflow.submit(found, producer)
    return workflow.publish(found, walidata)


def form_of(found: DataSet, **changes: Any) -> dict[str, Any]:
    return {
        "title": found.title, "description": found.description, "topic": found.topic, "kind": found.kind, "producer": found.producer_id,
        "frequency": found.frequency, "coverage": "52", "licence": found.licence, "access": found.access, "keywords": "", "concept": found.concept,
        **changes,
    }  # fmt: skip


def test_a_producers_change_of_what_is_public_waits_for_the_walidata(public, producer, walidata, sign_in, client) -> None:
    desk = f"/onedata/desk/{public.slug}/"
    maker, checker = sign_in(producer), sign_in(walidata)
    maker.post(f"{desk}edit/", form_of(public, title="Judul lain", access="closed", access_reason="x"))
    public.refresh_from_db()
    assert (public.title, public.access) == ("Prevalensi stunting", "open")
    change = PendingChange.objects.get()
    assert change.values == {"title": "Judul lain", "access": "closed", "access_reason": "x"}
    assert "Judul lain" in checker.get(desk).content.decode()
    assert maker.post(f"{desk}changes/{change.pk}/", {"act": "accept"}).status_code == 403
    checker.post(f"{desk}changes/{change.pk}/", {"act": "accept"})
    public.refresh_from_db()
    assert (public.title, public.access) == ("Judul lain", "closed")


@pytest.mark.parametrize("way", ["columns", "archive", "api", "api archive", "spreadsheet"])
def test_no_other_door_changes_what_is_public(public, producer, sign_in, client, way: str) -> None:
    import json

    from ntbportal.commons.tokens import issue

    maker, before = sign_in(producer), DataSet.objects.filter(pk=public.pk).values().get()
    if way == "columns":
        maker.post(f"/onedata/desk/{public.slug}/schema/", {"c0-title": "Jahat", "c1-title": ""})
    elif way == "archive":
        maker.post(f"/onedata/desk/{public.slug}/step/archive/", {"note": "saya mau"})
    elif way == "spreadsheet":
        from onedata import bulk

        bulk.attempt(bulk.KINDS["datasets"], [{"slug": public.slug, "title": "Jahat", "row": "2"}], producer, write=True)
    else:
        name = "package_patch" if way == "api" else "package_delete"
        body = {"id": public.slug, **({"access": "closed", "access_reason": "x", "notes": "Jahat"} if way == "api" else {})}
        answer = client.post(
            f"/api/3/action/{name}", json.dumps(body), content_type="application/json", headers={"Authorization": issue(producer, "x")}
        )
        assert answer.status_code == 200, answer.content
    assert DataSet.objects.filter(pk=public.pk).values().get() == before
    assert PendingChange.objects.count() == 1


@pytest.mark.parametrize(("sheets", "status"), [({}, 200), ({"Lain": [["rahasia"], ["x"]]}, 403)])
@pytest.mark.parametrize("hidden", [False, True])
def test_the_original_is_for_all_only_where_it_holds_nothing_but_the_table(
    data_set, upload, producer, walidata, sign_in, client, sheets, status: int, hidden: bool
) -> None:
    from tests.onedata.tables import xlsx

    found = data_set()
    content = xlsx(["kab", "n"], ["A", 1], more=sheets, hidden=tuple(sheets) if hidden else ())
    upload(found, content, "t.xlsx", by=producer)
    workflow.submit(found, producer)
    workflow.publish(found, walidata)
    address = f"/onedata/datasets/{found.slug}/v1/original/"
    assert client.get(address).status_code == status
    assert b"".join(sign_in(producer).get(address).streaming_content) == content


def test_the_sample_rows_at_the_desk_cover_what_is_personal(data_set, upload, producer, walidata, sign_in) -> None:
    found = data_set()
    upload(found, NIKS, by=producer)
    page = sign_in(walidata).get(f"/onedata/desk/{found.slug}/").content.decode()
    assert "5207014105900001" not in page
    assert "52•••••••••••••1" in page
