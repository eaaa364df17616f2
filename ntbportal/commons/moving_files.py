"""`python -m ntbportal.commons.moving_files out|in FOLDER`: all stored files to a folder, or back. For ./portal
backup and restore, which know neither where the files lie nor Django; needs the settings and no app.

Prints what was moved as JSON; what goes wrong is one line on the standard error.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.core.cache import cache
from django.core.exceptions import SuspiciousOperation
from django.core.files import File
from django.core.files.storage import default_storage

from ntbportal.commons.working_files import names_in

CHUNK = 1 << 20


class Unread(Exception):
    """A file that is there and cannot be read; the message says why."""


def bring_out(target: Path) -> dict[str, Any]:
    """Copy everything to a folder: how many, those that cannot be read, SHA-256 by name. Raises OSError where
    the folder cannot be written, BotoCoreError or ClientError where the storage is away."""
    target.mkdir(parents=True, exist_ok=True)
    target = target.resolve()
    failed: list[tuple[str, str]] = []
    digests: dict[str, str] = {}
    for name in names_in(default_storage, unread=failed):
        try:
            digests[name] = copy(name, target)
        except Unread as problem:
            failed.append((name, str(problem)))
    if failed and not digests:
        raise OSError(f"none of the files could be read: {failed[0][0]}: {failed[0][1]}")
    kind = "S3" if hasattr(default_storage, "bucket") else "disk"
    return {"count": len(digests), "failed": failed, "storage": kind, "digests": digests}


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


def bring_in(source: Path) -> dict[str, Any]:
    """Store every file of a folder under its own name: how many, and how many others were there and still are."""
    names = {str(path.relative_to(source)) for path in source.rglob("*") if path.is_file()} if source.exists() else set()
    before = set(names_in(default_storage, unread=[]))
    for name in sorted(names):
        if name in before:
            default_storage.delete(name)
        with (source / name).open("rb") as file:
            kept = default_storage.save(name, File(file))
        if kept != name:
            raise OSError(f"{name} could not keep its name")
    cache.clear()  # of the portal that was here before, with its sessions and what waited for its workers
    return {"count": len(names), "others": len(before - names)}


def main(direction: str, folder: str) -> None:
    try:
        print(json.dumps({"out": bring_out, "in": bring_in}[direction](Path(folder))))
    except (BotoCoreError, ClientError) as error:
        sys.exit(f"the storage cannot be read: {error}")
    except OSError as error:
        sys.exit(f"{error.strerror or error}: {error.filename or folder}")


if __name__ == "__main__":
    main(*sys.argv[1:])
