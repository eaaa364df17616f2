"""Where the file of an import lies: in the storage, from which each worker takes a working copy of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import gettext as _

from ntbportal.commons.working_files import fetch, folder_of_before, names_in, remove_all, working_folder

from ..models import VisitImport
from ..models.imports import FOLDER, ImportState

KEPT = timedelta(days=1)  # what has no import; one that is being sent has none yet


def keep(row: VisitImport, upload: File) -> None:
    """Put the file of an import into the storage, before the row that speaks of it is saved."""
    upload.seek(0)
    if default_storage.save(row.stored, upload) != row.stored:
        raise RuntimeError(f"{row.stored} is there already")


@contextmanager
def working(row: VisitImport) -> Iterator[Path]:
    """A folder with the import's file as `file`, removed afterwards. ValidationError where the file is gone."""
    with working_folder("import") as folder:
        try:
            fetch(default_storage, row.stored, folder / "file")
        except FileNotFoundError:
            before = folder_of_before(FOLDER) / str(row.pk) / "file"
            if not before.exists():
                raise ValidationError(_("The file is no longer there. Send it again.")) from None
            shutil.copyfile(before, folder / "file")
        yield folder


def drop(row: VisitImport) -> None:
    """Remove the file of an import."""
    remove_all(default_storage, f"{FOLDER}/{row.pk}")
    shutil.rmtree(folder_of_before(FOLDER) / str(row.pk), ignore_errors=True)


def drop_left() -> int:
    """Remove files whose import is gone or done: of senders and workers that died just then. Returns how many."""
    stored: dict[UUID, list[str]] = {}
    for name in names_in(default_storage, FOLDER):
        with suppress(ValueError):  # what is no import's is none of ours
            stored.setdefault(UUID(name.split("/")[1]), []).append(name)
    wanted = set(VisitImport.objects.filter(pk__in=stored).exclude(state=ImportState.DONE).values_list("pk", flat=True))
    dropped = 0
    for pk in stored.keys() - wanted:
        if max(default_storage.get_modified_time(name) for name in stored[pk]) < timezone.now() - KEPT:
            remove_all(default_storage, f"{FOLDER}/{pk}")
            dropped += 1
    return dropped
