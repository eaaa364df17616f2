"""Uploads in parts, by the tus 1.0 protocol (core, creation, termination): https://tus.io/protocols/resumable-upload

A part that breaks off is gone on with from the last byte that arrived, also after the browser was closed.
"""

from __future__ import annotations

import base64
import logging
import secrets
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ntbportal.commons.people import User
from ntbportal.commons.working_files import folder_of_before, names_in, remove_all, work_folder, working_folder

from .formats import ENDINGS
from .models import DataSet, DataVersion, PartialUpload
from .models.partial import FOLDER
from .uploading import MAX_BYTES, add_version

logger = logging.getLogger(__name__)
VERSION = "1.0.0"
KEPT = timedelta(days=3)
CHUNK = 1 << 20
MOST_AT_ONCE = 5  # uploads under way of one person
MOST_PARTS = 10_000  # of one upload: each is an object of the storage


class Conflict(Exception):
    """The part does not begin where the last one ended."""


class PartLost(Exception):
    """The storage has not got a part any more."""


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
    if shutil.disk_usage(work_folder()).free < size * 3:
        raise ValidationError(_("There is no room for this file at the moment. Tell the administrators of the portal."))
    return PartialUpload.objects.create(data_set=data_set, user=by, size=size, name=name[-200:], note=note[:240])


def add_part(upload: PartialUpload, offset: int, stream: Any) -> tuple[PartialUpload, DataVersion | None]:
    """Keep what arrives; when it is the last part, the file becomes the data set's next version.

    A part counts once this returns: until then who sends it is told nothing, and sends it again. Each has a
    name of its own, so that a process that was thought dead cannot write over what another one kept. The row
    is locked meanwhile. Raises Conflict, also where the upload was dropped meanwhile or the storage has lost
    one of its parts (then it begins anew), and ValidationError.
    """
    try:
        upload, version = _add_part(upload, offset, stream)
    except PartLost as problem:
        logger.exception("upload %s begins anew", upload.pk)
        PartialUpload.objects.filter(pk=upload.pk).update(received=0, parts=[])
        raise Conflict from problem
    if version:
        remove_all(default_storage, upload.folder)
    return upload, version


def _add_part(upload: PartialUpload, offset: int, stream: Any) -> tuple[PartialUpload, DataVersion | None]:
    with transaction.atomic(), working_folder("parts") as work:
        locked = PartialUpload.objects.select_for_update(of=("self",)).select_related("data_set", "user")
        found = locked.filter(pk=upload.pk).first()
        if found is None or offset != found.received:
            raise Conflict
        if sum(size for _name, size in found.parts) != found.received:
            raise PartLost("begun under a release that kept the parts on one machine")
        upload = found
        arrived = _receive(stream, work / "part", upload.size - upload.received)
        if arrived:
            if len(upload.parts) >= MOST_PARTS:
                raise ValidationError(_("The file came in too many small parts. Send it again over a better line."))
            name = f"{upload.folder}/{offset:012}-{secrets.token_hex(4)}"
            with (work / "part").open("rb") as part:
                upload.parts.append([default_storage.save(name, File(part)), arrived])
            upload.received += arrived
            upload.save(update_fields=["received", "parts"])
        if upload.received < upload.size:
            return upload, None
        # with the last part in one transaction: whoever dies here leaves an upload whose last part is sent again
        with _assemble(upload, work / "whole").open("rb") as whole:
            version = add_version(upload.data_set, File(whole, name=upload.name), upload.user, upload.note)
        PartialUpload.objects.filter(pk=upload.pk).delete()
        return upload, version


def _receive(stream: Any, target: Path, most: int) -> int:
    """Write what arrives to a file, also where the line breaks; returns its bytes. Raises Conflict where more
    arrives than was announced."""
    arrived = 0
    with target.open("wb") as file:
        while True:
            try:
                chunk = stream.read(min(CHUNK, most - arrived + 1))
            except OSError:
                return arrived  # the line broke: what has arrived stays
            if not chunk:
                return arrived
            arrived += len(chunk)
            if arrived > most:
                raise Conflict
            file.write(chunk)


def _assemble(upload: PartialUpload, target: Path) -> Path:
    """The parts as one file. Raises PartLost where the storage has not got what it took."""
    with target.open("wb") as whole:
        for name, size in upload.parts:
            before = whole.tell()
            try:
                with default_storage.open(name, "rb") as part:
                    shutil.copyfileobj(part, whole, CHUNK)
            except FileNotFoundError as problem:
                raise PartLost(name) from problem
            if whole.tell() - before != size:
                raise PartLost(f"{name} has {whole.tell() - before} bytes, not {size}")
    return target


def drop(upload: PartialUpload) -> None:
    PartialUpload.objects.filter(pk=upload.pk).delete()
    remove_all(default_storage, upload.folder)


def drop_old() -> int:
    """Uploads that nobody went on with for three days, and what is left in the storage of those that are gone.
    Returns how many uploads were dropped."""
    old = list(PartialUpload.objects.filter(created_at__lt=timezone.now() - KEPT)[:500])
    for upload in old:
        drop(upload)
    shutil.rmtree(folder_of_before(FOLDER), ignore_errors=True)
    # an upload's row is there before its first part: a folder without a row is of one that is gone
    there = {name.split("/")[1] for name in names_in(default_storage, FOLDER)}
    known = {str(pk) for pk in PartialUpload.objects.values_list("pk", flat=True)}
    for gone in there - known:
        remove_all(default_storage, f"{FOLDER}/{gone}")
    return len(old)
