"""Up to five photos; the place of the first is proposed, and is in no file that is kept."""

from __future__ import annotations

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from care.models import Case, DraftPhoto
from ntbportal.commons.uploads import clean_picture

# Taliwang, West Sumbawa: 8 deg 44' 37.3" S, 116 deg 51' 6.8" E, as a phone writes it
SOUTH, EAST = ((8.0, 44.0, 37.3), "S"), ((116.0, 51.0, 6.8), "E")


def photo(*, gps: bool = False, name: str = "IMG.jpg") -> SimpleUploadedFile:
    buffer = io.BytesIO()
    exif = Image.Exif()
    if gps:
        exif.get_ifd(0x8825).update({1: SOUTH[1], 2: SOUTH[0], 3: EAST[1], 4: EAST[0]})
    Image.new("RGB", (320, 240), "gray").save(buffer, "JPEG", exif=exif)
    return SimpleUploadedFile(name, buffer.getvalue(), "image/jpeg")


def test_the_place_is_read_and_not_kept() -> None:
    picture = clean_picture(photo(gps=True))
    assert picture.place is not None
    assert abs(picture.place[0] + 8.743694) < 1e-5
    assert abs(picture.place[1] - 116.851889) < 1e-5
    assert not Image.open(picture.full).getexif()
    assert clean_picture(photo()).place is None


def test_the_place_of_the_photo_fills_the_lists(category: Any) -> None:
    client = Client()
    other = category("lainnya").pk
    client.post("/care/new/", {"category": other, "description": "Ada pohon tumbang.", "photos": photo(gps=True)})
    page = client.get("/care/new/where/").content.decode()
    assert "Foto diambil di" in page
    assert '<option value="52.07" selected>' in page


def test_five_photos_and_no_more(category: Any) -> None:
    client = Client()
    values = {"category": category("lainnya").pk, "description": "Ada pohon tumbang."}
    refused = client.post("/care/new/", {**values, "photos": [photo() for _n in range(6)]})
    assert refused.status_code == 422
    assert "Paling banyak 5 foto." in refused.content.decode()
    where = client.post("/care/new/", {**values, "photos": [photo() for _n in range(3)]}).url
    client.post(where.replace("where/", ""), {**values, "photos": [photo() for _n in range(4)]})
    assert DraftPhoto.objects.count() == 5
    client.post("/care/new/where/", {"regency": "52.07", "district": "52.07.02", "village": ""})
    client.post("/care/new/who/", {})
    assert Case.objects.get().photos.count() == 5
    assert not DraftPhoto.objects.exists()


def test_photos_are_kept_while_something_else_is_still_asked_and_may_be_taken_away(category: Any) -> None:
    client = Client()
    page = client.post(
        "/care/new/", {"category": category("jalan").pk, "description": "Jembatan lapuk.", "photos": photo()}
    ).content.decode()
    kept = DraftPhoto.objects.get()
    assert f"/care/new/photos/{kept.pk}.jpg" in page
    assert Client().get(f"/care/new/photos/{kept.pk}.jpg").status_code == 404
    client.post(f"/care/new/photos/{kept.pk}/drop/")
    assert not DraftPhoto.objects.exists()
    assert not kept.picture.storage.exists(kept.picture.name)


def test_the_photo_that_cannot_be_read_is_named(category: Any) -> None:
    broken = SimpleUploadedFile("rusak.jpg", b"bukan gambar")
    response = Client().post(
        "/care/new/", {"category": category("lainnya").pk, "description": "Pohon tumbang.", "photos": [photo(), broken]}
    )
    assert response.status_code == 422
    assert "rusak.jpg: " in response.content.decode()
