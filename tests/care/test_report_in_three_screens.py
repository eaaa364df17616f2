import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from care.models import Case, ReportDraft
from ntbportal.commons.notices import Notice


def photo() -> SimpleUploadedFile:
    buffer = io.BytesIO()
    Image.new("RGB", (320, 240), "gray").save(buffer, "JPEG")
    return SimpleUploadedFile("IMG_0001.jpg", buffer.getvalue(), "image/jpeg")


@pytest.fixture
def citizen(db) -> Client:
    return Client()


@pytest.fixture
def what(category):
    def values(**changes) -> dict:
        return {
            "category": category("jalan").pk,
            "description": "Jalan berlubang besar di tikungan.",
            "photos": photo(),
            "asked": category("jalan").pk,
            **changes,
        }

    return values


WHERE = {
    "regency": "52.07",
    "district": "52.07.02",
    "village": "52.07.02.2021",
    "place_note": "depan pasar",
    "latitude": "",
    "longitude": "",
}


def test_without_account_or_script_a_report_is_filed_with_photo_and_place(citizen, what) -> None:
    assert citizen.post("/care/new/", what()).url.startswith("/care/new/where/")
    assert citizen.post("/care/new/where/", WHERE).url.startswith("/care/new/who/")
    page = citizen.get("/care/new/who/").content.decode()
    assert "Jalan berlubang besar" in page
    assert citizen.post("/care/new/who/", {"name": "Nurul", "email": "nurul@example.org"}).url.startswith("/care/new/thanks/")
    case = Case.objects.get()
    assert (case.region_id, case.place_note, case.category.slug) == ("52.07.02.2021", "depan pasar", "jalan")
    assert case.photos.count() == 1
    receipt = citizen.get("/care/new/thanks/").content.decode()
    assert case.code in receipt
    notice = Notice.objects.get(channel="email")
    assert notice.address == "nurul@example.org"
    assert case.code in notice.body
    assert ReportDraft.objects.get().values == {}, "only the receipt is left of it"


def test_without_scripts_the_lists_follow_one_another(citizen, what) -> None:
    citizen.post("/care/new/", what())
    first = citizen.post("/care/new/where/", {"regency": "52.07"}).content.decode()
    assert "Taliwang" in first
    assert "error" not in first
    second = citizen.post("/care/new/where/", {"regency": "52.07", "district": "52.07.02"}).content.decode()
    assert 'name="village"' in second


def test_what_was_typed_is_kept_when_something_is_missing(citizen, what) -> None:
    response = citizen.post("/care/new/", what(category=""))
    assert response.status_code == 422
    page = response.content.decode()
    assert "Jalan berlubang besar di tikungan." in page
    assert "Pilih tentang apa laporan ini." in page


def test_going_back_shows_what_was_entered(citizen, what) -> None:
    where = citizen.post("/care/new/", what()).url
    page = citizen.get(where.replace("where/", "")).content.decode()
    assert "Jalan berlubang besar di tikungan." in page
    assert "/care/new/photos/" in page


def test_a_file_that_is_no_picture_is_refused_in_plain_words(citizen, what) -> None:
    response = citizen.post("/care/new/", what(photos=SimpleUploadedFile("x.jpg", b"bukan gambar")))
    assert "bukan gambar yang dapat kami baca" in response.content.decode()


def test_the_phones_position_chooses_the_lists(citizen) -> None:
    page = citizen.get("/care/new/places/", {"lat": "-8.7437", "lon": "116.8519"}).content.decode()
    assert '<option value="52.07" selected>' in page
    assert '<option value="52.07.02' in page
    far = citizen.get("/care/new/places/", {"lat": "-6.2", "lon": "106.8"}).content.decode()
    assert "tidak berada di Nusa Tenggara Barat" in far


def test_a_program_that_fills_every_field_files_nothing(citizen, what) -> None:
    citizen.post("/care/new/", what(website="https://spam.example"))
    citizen.post("/care/new/where/", WHERE)
    citizen.post("/care/new/who/", {})
    assert not Case.objects.exists()


def test_screens_out_of_order_lead_to_the_first(citizen) -> None:
    assert citizen.get("/care/new/who/").url == "/care/new/"
    assert citizen.get("/care/new/where/").url == "/care/new/"
