import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from ntbportal.commons.notices import Notice
from onedata.models import DataSet
from onedata.quality.running import check_waiting

FAULTY = b"kode_wilayah,tahun,nilai\n52.07,2025,12.5\n52.99,2025,8\n"
GOOD = b"kode_wilayah,tahun,nilai\n52.07,2025,12.5\n52.08,2025,8\n"


@pytest.fixture
def people(person, sign_in):
    return sign_in(person("producer", agency="dinkes")), sign_in(person("walidata", agency="diskominfotik"))


def form(**changes) -> dict:
    from ntbportal.commons.agencies import Agency

    return {
        "title": "Balita stunting menurut kabupaten", "description": "Hasil bulan timbang.", "topic": "health", "kind": "statistical",
        "producer": Agency.objects.get(slug="dinkes").pk, "frequency": "yearly", "coverage": "52", "licence": "CC-BY-4.0", "access": "open",
        "keywords": "stunting, balita", **changes,
    }  # fmt: skip


@pytest.mark.django_db
def test_upload_return_correct_publish_find_read_download(people) -> None:
    producer, walidata = people
    response = producer.post("/onedata/desk/new/", form(file=SimpleUploadedFile("data.csv", FAULTY)))
    desk = response.url
    slug = DataSet.objects.get().slug
    assert "Pemeriksaan sedang berjalan" in producer.get(desk).content.decode()
    check_waiting()
    page = producer.get(desk).content.decode()
    assert "“52.99” tidak ada dalam daftar kode wilayah" in page
    assert producer.post(f"{desk}step/submit/").status_code == 302

    assert slug in walidata.get("/onedata/desk/").content.decode()
    assert walidata.post(f"{desk}step/return/", {"note": ""}).status_code == 422
    assert walidata.post(f"{desk}step/return/", {"note": "Kode 52.99 tidak ada."}).status_code == 302
    assert "Kode 52.99 tidak ada." in producer.get(desk).content.decode()
    assert Client().get(f"/onedata/datasets/{slug}/").status_code == 404

    producer.post(f"{desk}upload/", {"file": SimpleUploadedFile("data2.csv", GOOD)})
    check_waiting()
    producer.post(f"{desk}step/submit/", {"note": "Sudah diperbaiki."})
    assert walidata.post(f"{desk}step/publish/").status_code == 302

    anyone = Client()
    assert "Balita stunting" in anyone.get("/onedata/?q=stunting").content.decode()
    page = anyone.get(f"/onedata/datasets/{slug}/").content.decode()
    assert "52.08" in page
    assert "100" in anyone.get(f"/onedata/datasets/{slug}/quality/").content.decode()
    rows = b"".join(anyone.get(f"/onedata/datasets/{slug}/v2.csv").streaming_content).decode("utf-8-sig")
    assert rows.splitlines()[0] == '"kode_wilayah","tahun","nilai"'
    assert len(rows.splitlines()) == 3
    assert [move.to_stage for move in DataSet.objects.get().moves.all()] == [
        "draft", "submitted", "returned", "submitted", "verified", "published",
    ]  # fmt: skip
    assert Notice.objects.filter(subject__startswith="Mohon perbaiki").exists()


@pytest.mark.django_db
def test_steps_out_of_order_are_refused(people, data_set, upload) -> None:
    producer, walidata = people
    found = data_set()
    desk = f"/onedata/desk/{found.slug}/"
    assert "Unggah tabel lebih dahulu." in producer.post(f"{desk}step/submit/").content.decode()
    upload(found, GOOD)
    assert walidata.post(f"{desk}step/publish/").status_code == 422
    producer.post(f"{desk}step/submit/")
    assert producer.post(f"{desk}step/submit/").status_code == 422
    response = producer.post(f"{desk}upload/", {"file": SimpleUploadedFile("x.csv", GOOD)})
    assert "sedang di Walidata" in response.content.decode()


@pytest.mark.django_db
def test_a_producer_may_not_decide_nor_touch_another_agencys_data(people, data_set, upload, person, sign_in) -> None:
    producer, _walidata = people
    own, other = data_set(), data_set("Panjang jalan", producer="pupr")
    upload(own, GOOD)
    producer.post(f"/onedata/desk/{own.slug}/step/submit/")
    assert producer.post(f"/onedata/desk/{own.slug}/step/publish/").status_code == 403
    assert producer.get(f"/onedata/desk/{other.slug}/").status_code == 403
    assert producer.post(f"/onedata/desk/{other.slug}/upload/", {"file": SimpleUploadedFile("x.csv", GOOD)}).status_code == 403
    assert other.title not in producer.get("/onedata/desk/?stage=all").content.decode()


@pytest.mark.django_db
def test_a_new_version_replaces_the_public_one_only_when_published(people, data_set, upload) -> None:
    producer, walidata = people
    found = data_set()
    desk = f"/onedata/desk/{found.slug}/"
    upload(found, GOOD)
    producer.post(f"{desk}step/submit/")
    walidata.post(f"{desk}step/publish/")
    upload(found, GOOD + b"52.01,2025,99\n")
    anyone = Client()
    assert "52.01" not in anyone.get(f"/onedata/datasets/{found.slug}/").content.decode()
    assert anyone.get(f"/onedata/datasets/{found.slug}/v2.csv").status_code == 404
    producer.post(f"{desk}step/submit/")
    page = anyone.get(f"/onedata/datasets/{found.slug}/")  # still public, still the version before
    assert page.status_code == 200
    assert "52.01" not in page.content.decode()
    walidata.post(f"{desk}step/publish/")
    assert "52.01" in anyone.get(f"/onedata/datasets/{found.slug}/").content.decode()
    assert anyone.get(f"/onedata/datasets/{found.slug}/v1.csv").status_code == 200  # the version before keeps its address


@pytest.mark.django_db
def test_data_that_are_not_open_say_why_and_show_no_rows(people, data_set, upload) -> None:
    producer, walidata = people
    found = data_set(access="closed", access_reason="UU 27/2022: data pribadi.")
    upload(found, GOOD)
    producer.post(f"/onedata/desk/{found.slug}/step/submit/")
    walidata.post(f"/onedata/desk/{found.slug}/step/publish/")
    page = Client().get(f"/onedata/datasets/{found.slug}/").content.decode()
    assert "UU 27/2022: data pribadi." in page
    assert "52.08" not in page
    assert Client().get(f"/onedata/datasets/{found.slug}/v1.csv").status_code == 403


@pytest.mark.django_db
def test_what_was_typed_is_kept_when_the_form_is_incomplete(people) -> None:
    producer, _walidata = people
    response = producer.post("/onedata/desk/new/", form(topic="", description="Uraian yang panjang sekali."))
    assert response.status_code == 422
    page = response.content.decode()
    assert "Uraian yang panjang sekali." in page
    assert 'value="stunting, balita"' in page
