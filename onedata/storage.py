"""Stored files as paths on this machine's disk, for DuckDB: as they are, or fetched once from object storage."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings
from django.db.models.fields.files import FieldFile


def local_path(file: FieldFile) -> Path:
    """A path to read from. Files are never changed once stored, so that a fetched copy stays true."""
    try:
        return Path(file.path)
    except NotImplementedError:
        pass
    copy = Path(settings.VAR_DIR) / "cache" / (file.name or "")
    if not copy.exists():
        copy.parent.mkdir(parents=True, exist_ok=True)
        partial = copy.with_name(copy.name + ".part")
        with file.storage.open(str(file.name), "rb") as source, partial.open("wb") as target:
            shutil.copyfileobj(source, target)
        partial.replace(copy)
    return copy
