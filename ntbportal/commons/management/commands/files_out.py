"""Copy all files of the storage to a folder; prints what was copied as JSON. Used by ./portal backup."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from django.core.files.storage import Storage, default_storage
from django.core.management.base import BaseCommand, CommandParser


def names_in(storage: Storage, folder: str = "") -> list[str]:
    """Every file of a storage, however deep."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return []
    found = [f"{folder}/{name}".lstrip("/") for name in files if name]
    for one in folders:
        found += names_in(storage, f"{folder}/{one}".lstrip("/"))
    return found


class Command(BaseCommand):
    help = "Copies all uploaded files, wherever the settings keep them, to a folder."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["folder"]
        target.mkdir(parents=True, exist_ok=True)
        count, failed = 0, []
        for name in names_in(default_storage):
            path = target / name
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with default_storage.open(name) as source, path.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
                count += 1
            except OSError as error:
                path.unlink(missing_ok=True)
                failed.append([name, str(error)])
        kind = "S3" if type(default_storage).__name__ == "S3Storage" or hasattr(default_storage, "bucket_name") else "disk"
        self.stdout.write(json.dumps({"count": count, "failed": failed, "storage": kind}))
