"""Files that strangers send us: pictures are re-encoded, spreadsheets are measured before they are read."""

from __future__ import annotations

import io
import re
import secrets
import shutil
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from .bounded import Exhausted, run_bounded

MAX_IMAGE_BYTES = 15_000_000
MAX_IMAGE_PIXELS = 50_000_000
IMAGE_FORMATS = ("JPEG", "PNG", "WEBP")
PIXELS_HERE = 4_000_000  # larger pictures are read in a process of their own
PICTURE_SECONDS, PICTURE_MEMORY = 10, 900_000_000
STORED_SIDE = 1600
THUMBNAIL_SIDE = 320

MAX_SHEET_BYTES = 50_000_000
MAX_EXPANDED_BYTES = 1_000_000_000
MAX_EXPANSION = 200
MAX_SHEET_ROWS = 1_048_576
MAX_SHEET_CELLS = 50_000_000
OLD_EXCEL = bytes.fromhex("d0cf11e0a1b11ae1")  # signature of the compound file an XLS is


@dataclass(frozen=True)
class CleanPicture:
    """A picture of ours, made from the sender's pixels only: no EXIF, no place, no second frame."""

    full: ContentFile[bytes]
    thumbnail: ContentFile[bytes]
    width: int
    height: int
    place: tuple[float, float] | None = None  # latitude, longitude in degrees, read before they were left out


def clean_picture(upload: IO[bytes]) -> CleanPicture:
    """Verify, turn upright and re-encode a picture as JPEG, at most 1,600 pixels a side.

    Raises ValidationError where it is too large in bytes or pixels, or no JPEG, PNG or WebP.
    """
    upload.seek(0, io.SEEK_END)
    if upload.tell() > MAX_IMAGE_BYTES:
        raise ValidationError(_("The picture is larger than 15 MB. Send a smaller one."), code="too_large")
    upload.seek(0)
    try:
        picture: Image.Image = Image.open(upload, formats=IMAGE_FORMATS)
        if picture.width * picture.height > MAX_IMAGE_PIXELS:
            raise ValidationError(_("The picture has more than 50 million pixels. Send a smaller one."), code="too_many_pixels")
        place = _place_of(picture)
        if _is_dear(picture):
            picture = _read_apart(upload)
        else:
            picture.draft("RGB", (STORED_SIDE * 2, STORED_SIDE * 2))
            picture.load()
            picture = ImageOps.exif_transpose(picture)
            picture = _on_white(picture)
    except ValidationError:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValidationError(_("This file is not a picture we can read. Send a JPEG, PNG or WebP."), code="not_a_picture") from error
    picture.thumbnail((STORED_SIDE, STORED_SIDE))
    small = picture.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return CleanPicture(_as_jpeg(picture, 82), _as_jpeg(small, 75), picture.width, picture.height, place)


def _is_dear(picture: Image.Image) -> bool:
    """Whether unfolding costs much: not a phone's plain JPEG, which is made small while it is read."""
    plain = picture.format == "JPEG" and not picture.info.get("progressive")
    return picture.width * picture.height > PIXELS_HERE and not plain


def _read_apart(upload: IO[bytes]) -> Image.Image:
    """A large picture, made small in a process with little memory and time: what it costs to unfold is not
    paid by a web worker. Raises OSError where it cannot be read."""
    upload.seek(0)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in", Path(folder) / "out.jpg"
        with source.open("wb") as file:
            shutil.copyfileobj(upload, file)
        try:
            run_bounded(
                Path(__file__).with_name("picture_reader.py"), str(source), str(target), str(STORED_SIDE),
                seconds=PICTURE_SECONDS, memory=PICTURE_MEMORY,
            )  # fmt: skip
        except Exhausted as error:
            raise OSError("cannot be read") from error
        picture = Image.open(target)
        picture.load()
        return picture


def _place_of(picture: Image.Image) -> tuple[float, float] | None:
    """Where the picture was taken, by its EXIF (GPSLatitude 2, GPSLongitude 4, their hemispheres 1 and 3)."""
    try:
        gps = picture.getexif().get_ifd(ExifTags.IFD.GPSInfo)
        north, east = (sum(float(part) / 60**power for power, part in enumerate(gps[tag])) for tag in (2, 4))
        latitude = -north if str(gps.get(1, "N")).upper().startswith("S") else north
        longitude = -east if str(gps.get(3, "E")).upper().startswith("W") else east
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OSError, SyntaxError):
        return None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude, longitude) != (0, 0) else None


def _on_white(picture: Image.Image) -> Image.Image:
    if picture.mode in {"RGBA", "LA", "P"}:
        rgba = picture.convert("RGBA")
        background = Image.new("RGB", rgba.size, "white")
        background.paste(rgba, mask=rgba.getchannel("A"))
        return background
    return picture.convert("RGB")


def _as_jpeg(picture: Image.Image, quality: int) -> ContentFile[bytes]:
    # a fresh image carries pixels and nothing else
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    buffer = io.BytesIO()
    bare.save(buffer, "JPEG", quality=quality, optimize=True, progressive=True)
    return ContentFile(buffer.getvalue(), name=f"{secrets.token_hex(12)}.jpg")


def check_spreadsheet(upload: IO[bytes], *, rows: int = MAX_SHEET_ROWS, cells: int = MAX_SHEET_CELLS, suffix: str = ".xlsx") -> None:
    """Refuse an XLSX, ODS or XLS that is no spreadsheet, or that would unfold to more than we are willing to read.

    Looks at the archive's directory and the first bytes of each sheet only, so that a web worker may do it; the cells are read in a
    bounded process of their own (`bounded.py`). Raises ValidationError.
    """
    upload.seek(0, io.SEEK_END)
    size = upload.tell()
    if size > MAX_SHEET_BYTES:
        raise ValidationError(_("The spreadsheet is larger than 50 MB."), code="too_large")
    upload.seek(0)
    if suffix == ".xls":
        if upload.read(8) != OLD_EXCEL:
            raise ValidationError(_("This file is not a spreadsheet."), code="not_a_spreadsheet")
        upload.seek(0)
        return
    try:
        with zipfile.ZipFile(upload) as archive:
            expanded = sum(entry.file_size for entry in archive.infolist())
            names = {entry.filename for entry in archive.infolist()}
            if ("content.xml" if suffix == ".ods" else "xl/workbook.xml") not in names:
                raise ValidationError(_("This file is not a spreadsheet."), code="not_a_spreadsheet")
            if expanded > MAX_EXPANDED_BYTES or expanded > max(size, 1) * MAX_EXPANSION:
                raise ValidationError(_("The spreadsheet unfolds to far more than its size; it was not opened."), code="expansion")
            if suffix != ".ods":
                _check_dimensions(archive, names, rows, cells)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise ValidationError(_("This file is not a spreadsheet."), code="not_a_spreadsheet") from error
    finally:
        upload.seek(0)


LOOKED_AT = 20_000  # bytes at the beginning of a sheet, where it says how large it is
DIMENSION = re.compile(rb'<(?:\w{1,10}:)?dimension [^>]{0,200}?ref="[A-Z]{1,3}[0-9]{1,7}:([A-Z]{1,3})([0-9]{1,7})"')
SHEET_NAME = re.compile(r'<(?:\w{1,10}:)?sheet [^>]{0,400}?name="([^"]{1,100})"')


def _check_dimensions(archive: zipfile.ZipFile, names: set[str], rows: int, cells: int) -> None:
    with archive.open("xl/workbook.xml") as file:
        titles = SHEET_NAME.findall(file.read(1_000_000).decode("utf-8", "replace"))
    sheets = sorted(name for name in names if re.fullmatch(r"xl/worksheets/sheet[0-9]{1,5}\.xml", name))
    for name in sheets[:1000]:
        with archive.open(name) as file:
            said = DIMENSION.search(file.read(LOOKED_AT))
        if not said:
            continue
        place = int(re.sub(r"[^0-9]", "", name)) - 1
        title = titles[place] if place < len(titles) else name
        high = int(said[2])
        wide = 0
        for letter in said[1].decode():
            wide = wide * 26 + ord(letter) - 64
        if high > rows:
            raise ValidationError(
                _("Sheet “%(sheet)s” has %(found)s rows; at most %(limit)s are read."),
                code="rows",
                params={"sheet": title, "found": high, "limit": rows},
            )
        if high * wide > cells:
            raise ValidationError(
                _("Sheet “%(sheet)s” has %(found)s cells; at most %(limit)s are read."),
                code="cells",
                params={"sheet": title, "found": high * wide, "limit": cells},
            )
