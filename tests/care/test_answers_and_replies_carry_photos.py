"""The officer shows the result, the reporter shows that it is not solved: photos with the answer and the reply."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from care.models import Case, CasePhoto
from care.routing import route_case
from tests.care.test_photos_tell_where_they_were_taken import photo


@pytest.fixture
def receipt(report: Any) -> Any:
    made = report()
    route_case(made.case.pk)
    return made


def test_the_photo_of_the_answer_stands_with_the_answer(receipt: Any, person: Any, sign_in: Any) -> None:
    code = receipt.case.code
    desk = sign_in(person("officer", agency="pupr"))
    desk.post(f"/care/desk/{code}/answer/", {"text": "Sudah ditambal.", "photos": photo(gps=True)})
    kept = CasePhoto.objects.get()
    assert kept.move.what == "answered"
    public = Client()
    assert f"/care/{code}/photos/{kept.pk}/small.jpg" in public.get(f"/care/{code}/").content.decode()
    assert public.get(f"/care/{code}/photos/{kept.pk}/large.jpg").status_code == 200


def test_the_reporter_adds_photos_to_a_reply(receipt: Any) -> None:
    own = Client()
    own.post("/care/track/", {"code": receipt.case.code, "pin": receipt.pin})
    own.post(f"/care/{receipt.case.code}/reply/", {"text": "Ini fotonya.", "photos": [photo(), photo()]})
    assert [one.move.what for one in CasePhoto.objects.all()] == ["replied", "replied"]
    assert own.get(f"/care/{receipt.case.code}/").content.decode().count("/small.jpg") == 2


def test_a_file_that_is_no_photo_stops_the_answer_and_the_text_stays(receipt: Any, person: Any, sign_in: Any) -> None:
    desk = sign_in(person("officer", agency="pupr"))
    broken = SimpleUploadedFile("surat.jpg", b"bukan gambar")
    response = desk.post(f"/care/desk/{receipt.case.code}/answer/", {"text": "Sudah ditambal.", "photos": broken})
    assert response.status_code == 422
    page = response.content.decode()
    assert "surat.jpg" in page
    assert "Sudah ditambal." in page
    assert Case.objects.get().state == "assigned"


def test_timelines_with_photos_cost_the_same_however_long(receipt: Any, person: Any, django_assert_max_num_queries: Any) -> None:
    from care import handling

    for number in range(6):
        handling.reply(Case.objects.get(), f"Keterangan {number}.")
    with django_assert_max_num_queries(20):
        Client().get(f"/care/{receipt.case.code}/")
