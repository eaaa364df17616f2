"""Photos of a case: those of the report, and those that come with an answer or a reply."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.files.base import ContentFile

from ntbportal.commons.uploads import CleanPicture

from .models import Case, CaseMove, CasePhoto


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
