"""Copy all files of the storage to a folder; prints what was copied as JSON. Used by ./portal backup."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ntbportal.commons.working_files import names_in

CHUNK = 1 << 20


class Unread(Exception):
    """A file that is there and cannot be read; the message says why."""


class Command(BaseCommand):
    help = "Copies all uploaded files, wherever the settings keep them, to a folder."
    requires_system_checks: list[str] = []  # they take longer than the files

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["folder"].resolve()
        target.mkdir(parents=True, exist_ok=True)
        failed: list[tuple[str, str]] = []
        digests: dict[str, str] = {}
        try:
            for name in names_in(default_storage, unread=failed):
                try:
                    digests[name] = copy(name, target)
                except Unread as problem:
                    failed.append((name, str(problem)))
        except (BotoCoreError, ClientError) as error:  # the storage is away: there is no backup without it
            raise CommandError(f"the storage cannot be read: {error}") from error
        if failed and not digests:
            raise CommandError(f"none of the files could be read: {failed[0][0]}: {failed[0][1]}")
        kind = "S3" if hasattr(default_storage, "bucket") else "disk"
        self.stdout.write(json.dumps({"count": len(digests), "failed": failed, "storage": kind, "digests": digests}))


def copy(name: str, target: Path) -> str:
    """Copy a file; returns its SHA-256 as it was read. Raises Unread where it cannot be read, OSError where the
    copy cannot be written: then the disk is full, and there is no backup."""
    path = target / name
    if not path.resolve().is_relative_to(target) or path.exists():
        raise Unread("a name that no disk can keep")
    if not hasattr(default_storage, "bucket") and not Path(default_storage.path(name)).is_file():
        raise Unread("no file, or a link to none")  # a pipe would be waited for
    digest = hashlib.sha256()
    try:
        source = default_storage.open(name)
    except (OSError, ClientError, SuspiciousOperation) as error:
        raise Unread(str(error)) from error
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise Unread("its folder has the name of a file") from error
    with source, path.open("wb") as written:
        while True:
            try:
                chunk = source.read(CHUNK)
            except (OSError, ClientError) as error:
                path.unlink()
                raise Unread(str(error)) from error
            if not chunk:
                return digest.hexdigest()
            digest.update(chunk)
            written.write(chunk)
