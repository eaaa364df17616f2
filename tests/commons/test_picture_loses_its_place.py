import io

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from ntbportal.commons import uploads
from ntbportal.commons.uploads import clean_picture

ORIENTATION, GPS = 0x0112, 0x8825


def photo(size=(640, 480), kind="JPEG", orientation: int = 1, **options) -> io.BytesIO:
    picture = Image.new("RGB", size, "navy")
    picture.paste("red", (0, 0, size[0] // 4, size[1] // 4))  # a mark in the upper left
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    exif.get_ifd(GPS).update({1: "S", 2: (8.0, 34.0, 12.0), 3: "E", 4: (116.0, 6.0, 0.0)})
    buffer = io.BytesIO()
    picture.save(buffer, kind, exif=exif, **options)
    buffer.seek(0)
    return buffer


def opened(content) -> Image.Image:
    content.seek(0)
    return Image.open(io.BytesIO(content.read()))


def test_no_exif_and_no_place_is_left_in_picture_or_thumbnail() -> None:
    clean = clean_picture(photo())
    for content in (clean.full, clean.thumbnail):
        picture = opened(content)
        assert not picture.getexif()
        assert picture.format == "JPEG"
        content.seek(0)
        assert b"Exif" not in content.read()


def test_a_picture_taken_sideways_is_turned_upright() -> None:
    clean = clean_picture(photo(orientation=6))  # camera turned right: upper left becomes upper right
    picture = opened(clean.full)
    assert picture.size == (480, 640)
    red, _green, blue = picture.getpixel((470, 10))
    assert red > 200 > blue


def test_a_large_picture_is_made_smaller() -> None:
    picture = opened(clean_picture(photo((4000, 3000))).full)
    assert max(picture.size) == uploads.STORED_SIDE


def test_a_transparent_png_stands_on_white() -> None:
    buffer = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(buffer, "PNG")
    assert opened(clean_picture(buffer).full).getpixel((25, 25)) == (255, 255, 255)


@pytest.mark.parametrize("content", [b"", b"<svg onload=alert(1)>", b"GIF89a" + b"\0" * 50, b"\xff\xd8\xff" + b"x" * 200])
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(ValidationError) as refused:
        clean_picture(io.BytesIO(content))
    assert refused.value.code == "not_a_picture"


def test_too_many_pixels_are_refused_before_they_are_unpacked(monkeypatch) -> None:
    monkeypatch.setattr(uploads, "MAX_IMAGE_PIXELS", 1000)
    with pytest.raises(ValidationError) as refused:
        clean_picture(photo((100, 100)))
    assert refused.value.code == "too_many_pixels"
