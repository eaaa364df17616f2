"""The files as they are served: what the API and the pages say of their size and checksum is measured on the bytes that leave.

CSV and JSON are written anew at each download, always to the same bytes; they are measured once, after publication and each night.
What was not measured yet, or by an earlier way of writing (WRITTEN), is not said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from ntbportal.commons.spreadsheets import csv_lines

from .models import DataVersion
from .tables import rows_of

WRITTEN = 1  # raise it where the bytes of the CSV change


def csv_of(version: DataVersion) -> Iterator[str]:
    """The whole table as the CSV that is downloaded."""
    return csv_lines(version.column_names, rows_of(version))


def measure(version: DataVersion) -> dict[str, Any]:
    """Measure the served files of a version and keep what was found."""
    digest, size = hashlib.sha256(), 0
    for line in csv_of(version):
        part = line.encode()
        digest.update(part)
        size += len(part)
    served = {"written": WRITTEN, "csv": {"size": size, "sha256": digest.hexdigest()}}
    DataVersion.objects.filter(pk=version.pk).update(served=served)
    version.served = served
    return served


def file_facts(version: DataVersion, form: str) -> tuple[int | None, str]:
    """Size in bytes and SHA-256 of a file as it is served; (None, "") where they are not known."""
    if form == "parquet" and version.parquet:
        return version.parquet.size, version.parquet_sha256
    said = version.served.get(form) if version.served.get("written") == WRITTEN else None
    return (int(said["size"]), str(said["sha256"])) if said else (None, "")
