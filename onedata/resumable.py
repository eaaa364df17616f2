"""Uploads in parts, by the tus 1.0 protocol (core, creation, termination): https://tus.io/protocols/resumable-upload

A part that breaks off is gone on with from the last byte that arrived, also after the browser was closed.
"""

from __future__ import annotations

import base64
import shutil
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ntbportal.commons.people import User

from .formats import ENDINGS
from .models import DataSet, DataVersion, PartialUpload
from .uploading import MAX_BYTES, add_version

VERSION = "1.0.0"
KEPT = timedelta(days=3)
CHUNK = 1 << 20
MOST_AT_ONCE = 5  # uploads under way of one person


class Conflict(Exception):
    """The part does not begin where the last one ended."""


def metadata(header: str) -> dict[str, str]:
    """Upload-Metadata: comma-separated pairs of a key and a Base64 value."""
    found = {}
    for pair in header.split(","):
        key, _space, value = pair.strip().partition(" ")
        if key:
            try:
                found[key] = base64.b64decode(value).decode()
            except ValueError:
                continue
    return found


def begin(data_set: DataSet, by: User, size: int, name: str, note: str = "") -> PartialUpload:
    """Raises ValidationError where the file would not be read anyway."""
    if not 0 < size <= MAX_BYTES:
        raise ValidationError(_("The file is empty.") if size <= 0 else _("The file is larger than 1 GB."))
    if not name.lower().endswith(ENDINGS):
        raise ValidationError(_("Only CSV, TSV, Excel, ODS, GeoJSON and Parquet files are read. Save the table as one of these first."))
    if PartialUpload.objects.filter(user=by).count() >= MOST_AT_ONCE:
        oldest = PartialUpload.objects.filter(user=by).order_by("created_at").first()
        if oldest:
            drop(oldest)  # begun and never gone on with
    upload = PartialUpload.objects.create(data_set=data_set, user=by, size=size, name=name[-200:], note=note[:240])
    upload.path.parent.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(upload.path.parent).free < size * 3:
        upload.delete()
        raise ValidationError(_("There is no room for this file at the moment. Tell the administrators of the portal."))
    upload.path.touch()
    return upload


def add_part(upload: PartialUpload, offset: int, stream: Any) -> tuple[PartialUpload, DataVersion | None]:
    """Write what arrives; when it is the last part, the file becomes the data set's next version. Raises Conflict and
    ValidationError."""
    with transaction.atomic():
        upload = PartialUpload.objects.select_for_update(of=("self",)).select_related("data_set", "user").get(pk=upload.pk)
        if offset != upload.received:
            raise Conflict
        with upload.path.open("r+b") as file:
            file.seek(offset)
            try:
                while chunk := stream.read(min(CHUNK, upload.size - upload.received + 1)):
                    upload.received += len(chunk)
                    if upload.received > upload.size:
                        raise Conflict
                    file.write(chunk)
            except OSError:
                pass  # the line broke: what has arrived stays
        upload.save(update_fields=["received"])
    if upload.received < upload.size:
        return upload, None
    with upload.path.open("rb") as file:
        version = add_version(upload.data_set, File(file, name=upload.name), upload.user, upload.note)
    drop(upload)
    return upload, version


def drop(upload: PartialUpload) -> None:
    upload.path.unlink(missing_ok=True)
    PartialUpload.objects.filter(pk=upload.pk).delete()


def drop_old() -> int:
    """Uploads that nobody went on with for three days."""
    old = list(PartialUpload.objects.filter(created_at__lt=timezone.now() - KEPT)[:500])
    for upload in old:
        drop(upload)
    return len(old)
