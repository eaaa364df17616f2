"""Photos of a case: those of the report, those that come with an answer or a reply, and what the public sees of them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageFilter

from ntbportal.commons.people import User
from ntbportal.commons.uploads import CleanPicture, clean_picture

from .models import Case, CaseMove, CasePhoto

MOST_STROKES = 400


def keep_photos(case: Case, pictures: Iterable[CleanPicture], move: CaseMove | None = None) -> None:
    """Write clean pictures, in order; belongs in the transaction of the act they come with."""
    for position, picture in enumerate(pictures):
        CasePhoto.objects.create(case=case, move=move, position=position, **files_of(picture))


def files_of(picture: CleanPicture) -> dict[str, ContentFile[bytes]]:
    """The two files of a picture, by the names of the model's fields."""
    name = picture.full.name
    return {
        "picture": ContentFile(picture.full.read(), name=name),
        "thumbnail": ContentFile(picture.thumbnail.read(), name=f"k-{name}"),
    }


class BrushError(ValueError):
    """What was painted could not be understood."""


def strokes_of(text: str) -> list[tuple[float, float, float]]:
    """Circles (x, y, radius) as shares of the picture's width (x, radius) and height (y), from JSON [[x, y, radius], …].
    Raises BrushError."""
    try:
        strokes = [(float(x), float(y), float(radius)) for x, y, radius in json.loads(text)]
    except (ValueError, TypeError) as error:
        raise BrushError(_("Paint over a face or a number plate first.")) from error
    if not strokes or len(strokes) > MOST_STROKES:
        raise BrushError(_("Paint over a face or a number plate first."))
    if any(not (-0.1 <= x <= 1.1 and -0.1 <= y <= 1.1 and 0 < radius <= 0.5) for x, y, radius in strokes):
        raise BrushError(_("Paint within the photo."))
    return strokes


def painted(picture: Image.Image, strokes: list[tuple[float, float, float]]) -> Image.Image:
    """The picture with what lies in the circles made unrecognisable: a coarse mosaic, one block as wide as the widest
    circle's radius, so that a face is three blocks across, and then blurred. Nothing of the detail is left to be undone."""
    width, height = picture.size
    block = max(8, round(max(radius for _x, _y, radius in strokes) * width))
    coarse = picture.resize((max(1, width // block), max(1, height // block)), Image.Resampling.BOX)
    coarse = coarse.resize(picture.size, Image.Resampling.BILINEAR).filter(ImageFilter.GaussianBlur(block / 3))
    mask = Image.new("L", picture.size, 0)
    draw = ImageDraw.Draw(mask)
    for x, y, radius in strokes:
        across = radius * width
        draw.ellipse((x * width - across, y * height - across, x * width + across, y * height + across), fill=255)
    return Image.composite(coarse, picture, mask)


@transaction.atomic
def blur_photo(photo: CasePhoto, strokes: str, by: User) -> None:
    """Paint over parts of a photo. The picture as it came is kept for those responsible. Raises BrushError."""
    circles = strokes_of(strokes)
    photo = CasePhoto.objects.select_for_update(of=("self",)).select_related("case").get(pk=photo.pk)
    with photo.picture.open() as file:
        done = painted(Image.open(file).convert("RGB"), circles)
    buffer = io.BytesIO()
    done.save(buffer, "JPEG", quality=90)
    files = files_of(clean_picture(buffer))
    _drop_after_commit(photo, "thumbnail", *(["picture"] if photo.original else []))
    if not photo.original:
        photo.original = photo.picture.name
    photo.picture.save(str(files["picture"].name), files["picture"], save=False)
    photo.thumbnail.save(str(files["thumbnail"].name), files["thumbnail"], save=False)
    photo.save()
    _write_down(photo, by, _("Parts of a photo were made unrecognisable."))


@transaction.atomic
def restore_photo(photo: CasePhoto, by: User) -> None:
    """The picture as it came, again for all."""
    photo = CasePhoto.objects.select_for_update(of=("self",)).select_related("case").get(pk=photo.pk)
    if not photo.original:
        return
    _drop_after_commit(photo, "thumbnail", "picture")
    with photo.original.open() as file:
        files = files_of(clean_picture(file))
    photo.picture, photo.original = photo.original.name, ""
    photo.thumbnail.save(str(files["thumbnail"].name), files["thumbnail"], save=False)
    photo.save()
    _write_down(photo, by, _("A photo was shown as it came."))


@transaction.atomic
def hide_photo(photo: CasePhoto, by: User, *, hidden: bool) -> None:
    """Whether the public sees the photo at all."""
    photo = CasePhoto.objects.select_for_update(of=("self",)).select_related("case").get(pk=photo.pk)
    if bool(photo.hidden_at) == hidden:
        return
    photo.hidden_at = timezone.now() if hidden else None
    photo.save(update_fields=["hidden_at"])
    _write_down(photo, by, _("A photo was hidden from the public.") if hidden else _("A photo was shown to the public again."))


def _drop_after_commit(photo: CasePhoto, *fields: str) -> None:
    storage = photo.picture.storage
    for name in [getattr(photo, field).name for field in fields]:
        transaction.on_commit(lambda name=name: storage.delete(name))  # type: ignore[misc]


def _write_down(photo: CasePhoto, by: User, text: Any) -> None:
    case = photo.case
    CaseMove.objects.create(
        case=case, what=CaseMove.What.NOTED, by=by, agency=case.agency, from_state=case.state, to_state=case.state, inside_note=str(text)
    )
