"""Photos of a case: those of the report, and those that come with an answer or a reply."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.files.base import ContentFile

from ntbportal.commons.uploads import CleanPicture

from .models import Case, CaseMove, CasePhoto


def keep_photos(case: Case, pictures: Iterable[CleanPicture], move: CaseMove | None = None) -> None:
    """Write clean pictures, in order; belongs in the transaction of the act they come with."""
    for position, picture in enumerate(pictures):
        CasePhoto.objects.create(
            case=case, move=move, picture=_file(picture.full), thumbnail=_file(picture.thumbnail, "k-"), position=position
        )


def _file(content: ContentFile[bytes], prefix: str = "") -> ContentFile[bytes]:
    return ContentFile(content.read(), name=f"{prefix}{content.name}")
