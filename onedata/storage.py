"""Stored files as paths on this machine's disk, for DuckDB: as they are, or fetched once from object storage."""

from __future__ import annotations

from pathlib import Path

from django.db.models.fields.files import FieldFile

from ntbportal.commons.working_files import cache_folder, fetch


def local_path(file: FieldFile) -> Path:
    """A path to read from. Files are never changed once stored, so that a fetched copy stays true."""
    try:
        return Path(file.path)
    except NotImplementedError:
        pass
    copy = cache_folder() / str(file.name)
    return copy if copy.exists() else fetch(file.storage, str(file.name), copy)
