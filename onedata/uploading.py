"""Taking in a table: the file is kept as it came, with its checksum, and checked by Celery afterwards."""

from __future__ import annotations

import hashlib
import secrets
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from ntbportal.commons.people import User
from ntbportal.commons.tasks import send_soon

from .formats import ENDINGS
from .models import DataSet, DataVersion, Stage

MAX_BYTES = 1_000_000_000
OPEN_STAGES = (Stage.PLANNED, Stage.DRAFT, Stage.RETURNED, Stage.PUBLISHED)


def check_file(upload: Any) -> None:
    """Raise ValidationError for a file that is empty, too large or of a kind that is not read."""
    if not upload.size:
        raise ValidationError(_("The file is empty."))
    if upload.size > MAX_BYTES:
        raise ValidationError(_("The file is larger than 1 GB."))
    if PurePath(upload.name).suffix.lower() not in ENDINGS:
        raise ValidationError(_("Only CSV, TSV, Excel, ODS, GeoJSON and Parquet files are read. Save the table as one of these first."))


@transaction.atomic
def add_version(data_set: DataSet, upload: Any, by: User | None, note: str = "") -> DataVersion:
    """Keep the file as the data set's next version and wake the checker. Raises ValidationError."""
    check_file(upload)
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    suffix = PurePath(upload.name).suffix.lower()
    return _next_version(
        data_set,
        original=File(upload, name=f"{secrets.token_hex(8)}{suffix}"),
        original_name=PurePath(upload.name).name[:200],
        sha256=digest.hexdigest(),
        size=upload.size,
        uploaded_by=by,
        note=note,
    )


@transaction.atomic
def add_version_from(data_set: DataSet, url: str, by: User | None, note: str = "") -> DataVersion:
    """A next version whose file the worker fetches from an address. Raises ValidationError."""
    return _next_version(data_set, source_url=url, original_name=url[:200], sha256="", size=0, uploaded_by=by, note=note)


def _next_version(data_set: DataSet, **fields: Any) -> DataVersion:
    data_set = DataSet.objects.select_for_update().get(pk=data_set.pk)
    if data_set.stage not in OPEN_STAGES:
        raise ValidationError(_("The data set is with the Walidata; wait for the result before you send a new file."))
    last = data_set.versions.order_by("-number").first()
    version = DataVersion.objects.create(
        data_set=data_set, number=last.number + 1 if last else 1, choices=last.choices if last else {}, **fields
    )
    if data_set.stage == Stage.PLANNED:
        data_set.stage = Stage.DRAFT
        data_set.save(update_fields=["stage", "updated_at"])
    transaction.on_commit(lambda: send_soon("onedata.check_version", version.pk))
    return version
