"""An officer paints over faces; the public sees the blur, those responsible the photo as it came; all can be undone."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image, ImageDraw

from care.models import Case, CasePhoto
from care.photos import BrushError, painted, strokes_of
from care.routing import route_case
from ntbportal.commons.uploads import clean_picture


def checks() -> Image.Image:
    """A fine pattern, in which anything that is left of it shows."""
    picture = Image.new("RGB", (400, 300), "white")
    draw = ImageDraw.Draw(picture)
    for x in range(0, 400, 8):
        for y in range(0, 300, 8):
            if (x + y) // 8 % 2:
                draw.rectangle([x, y, x + 7, y + 7], fill="black")
    return picture


def contrast(picture: Image.Image, box: tuple[int, int, int, int]) -> int:
    low, high = picture.convert("L").crop(box).getextrema()
    return int(high) - int(low)  # type: ignore[arg-type]


@pytest.fixture
def photo(report: Any) -> CasePhoto:
    buffer = io.BytesIO()
    checks().save(buffer, "JPEG", quality=95)
    case = report(pictures=[clean_picture(ContentFile(buffer.getvalue()))]).case
    route_case(case.pk)
    return CasePhoto.objects.get()


@pytest.fixture
def desk(person: Any, sign_in: Any) -> Client:
    return sign_in(person("officer", agency="pupr"))  # type: ignore[no-any-return]


def seen(client: Client, photo: CasePhoto, size: str = "large") -> Image.Image:
    answer = client.get(f"/care/{photo.case.code}/photos/{photo.pk}/{size}.jpg")
    assert answer.status_code == 200, size
    return Image.open(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]


FACE = json.dumps([[0.5, 0.5, 0.1]])  # x 160 to 240, y 110 to 190 of 400 by 300
INSIDE, OUTSIDE = (185, 135, 215, 165), (20, 20, 60, 60)


def test_nothing_of_the_pattern_is_left_within_and_all_of_it_without() -> None:
    done = painted(checks(), [(0.5, 0.5, 0.1)])
    assert contrast(done, INSIDE) < 10
    assert contrast(done, OUTSIDE) == 255


def test_the_public_sees_the_blur_and_the_officer_both(photo: CasePhoto, desk: Client) -> None:
    address = f"/care/desk/{photo.case.code}/photos/{photo.pk}/"
    assert desk.get(address).status_code == 200
    assert desk.post(address, {"what": "blur", "strokes": FACE}).status_code == 302
    for size in ("large", "small"):
        picture = seen(Client(), photo, size)
        assert contrast(picture.resize((400, 300)), INSIDE) < 40, size
    assert contrast(seen(Client(), photo), OUTSIDE) > 200
    assert contrast(seen(desk, photo, "original"), INSIDE) > 200
    assert Client().get(f"/care/{photo.case.code}/photos/{photo.pk}/original.jpg").status_code == 404
    assert "dikaburkan" in str(list(Case.objects.get().moves.values_list("inside_note", flat=True))) or Case.objects.get().moves.exists()


def test_a_second_stroke_adds_to_the_first_and_keeps_the_picture_as_it_came(photo: CasePhoto, desk: Client) -> None:
    address = f"/care/desk/{photo.case.code}/photos/{photo.pk}/"
    desk.post(address, {"what": "blur", "strokes": FACE})
    desk.post(address, {"what": "blur", "strokes": json.dumps([[0.1, 0.13, 0.08]])})
    picture = seen(Client(), photo)
    assert contrast(picture, INSIDE) < 40
    assert contrast(picture, (30, 30, 50, 50)) < 40
    assert contrast(seen(desk, photo, "original"), INSIDE) > 200


@pytest.mark.django_db(transaction=True)
def test_it_can_be_undone_and_leaves_no_files_behind(photo: CasePhoto, desk: Client) -> None:
    address = f"/care/desk/{photo.case.code}/photos/{photo.pk}/"
    before = photo.picture.name
    desk.post(address, {"what": "blur", "strokes": FACE})
    blurred = CasePhoto.objects.get().picture.name
    desk.post(address, {"what": "restore"})
    after = CasePhoto.objects.get()
    assert (after.picture.name, after.original.name) == (before, "")
    assert contrast(seen(Client(), photo), INSIDE) > 200
    assert not default_storage.exists(blurred)
    assert default_storage.exists(before)


def test_a_hidden_photo_is_for_those_responsible_only(photo: CasePhoto, desk: Client) -> None:
    address = f"/care/desk/{photo.case.code}/photos/{photo.pk}/"
    desk.post(address, {"what": "hide"})
    assert Client().get(f"/care/{photo.case.code}/photos/{photo.pk}/large.jpg").status_code == 404
    assert "photos/" not in Client().get(f"/care/{photo.case.code}/").content.decode()
    assert "photos/" not in Client().get(f"/open311/v2/requests/{photo.case.code}.json").content.decode()
    seen(desk, photo)
    desk.post(address, {"what": "show"})
    seen(Client(), photo)


@pytest.mark.parametrize("strokes", ["", "[]", "{", "[[1,2]]", '[["a",0,0]]', "[[0.5,0.5,0]]", "[[9,9,0.1]]", "[[0.5,0.5,3]]"])
def test_what_cannot_be_a_stroke_is_said(strokes: str) -> None:
    with pytest.raises(BrushError):
        strokes_of(strokes)


def test_other_agencies_do_not_paint(photo: CasePhoto, person: Any, sign_in: Any) -> None:
    other = sign_in(person("officer", agency="dinsos"))
    assert other.post(f"/care/desk/{photo.case.code}/photos/{photo.pk}/", {"what": "hide"}).status_code == 403
