"""Files of this machine only: working copies and caches. The one place that knows the folder VAR_DIR.

What another process is to read lies in the storage (`default_storage`: a disk that all share, or S3), for the
process that reads it may run on another machine. What lies here can be thrown away at any time: it is made
anew from the storage. tests/house/test_files_are_shared_by_all_machines.py holds this.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.storage import Storage

# No task runs longer (CELERY_TASK_ANNOTATIONS): what is older was left behind by a process that was killed.
ABANDONED_SECONDS = 6 * 3600


def cache_folder() -> Path:
    """Copies of what lies in the storage, kept because they are read again."""
    return Path(settings.VAR_DIR) / "cache"


def work_folder() -> Path:
    """Where working copies lie while somebody works on them; made if it is not there."""
    folder = Path(settings.VAR_DIR) / "work"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def folder_of_before(name: str) -> Path:
    """Where releases before December 2026 kept uploads on the machine that took them: `imports`, `partial`."""
    return Path(settings.VAR_DIR) / name


@contextmanager
def working_folder(purpose: str) -> Iterator[Path]:
    """A folder of this process alone, removed with all that is in it at the end, whatever the end is."""
    drop_abandoned()
    with tempfile.TemporaryDirectory(prefix=f"{purpose}-", dir=work_folder(), ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def drop_abandoned(older_than: float = ABANDONED_SECONDS) -> int:
    """Remove working copies of processes that were killed: they may hold personal data."""
    dropped = 0
    for path in work_folder().iterdir():
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > older_than:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
                dropped += 1
    return dropped


def fetch(storage: Storage, name: str, target: Path) -> Path:
    """Bring a stored file to `target`: whole or not at all, also where several processes fetch it at once.
    Raises FileNotFoundError where the storage has no such file, OSError or what the storage raises else."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(prefix=f".{target.name}-", suffix=".part", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as copy, storage.open(name, "rb") as source:
            shutil.copyfileobj(source, copy, 1 << 20)
        Path(partial).replace(target)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
    return target


def names_in(storage: Storage, folder: str = "", unread: list[tuple[str, str]] | None = None) -> list[str]:
    """Every file of a storage, however deep, sorted. Folders that may not be read raise OSError, or are added to
    `unread` with the reason."""
    if hasattr(storage, "bucket"):  # S3: one listing instead of one a folder, and keys as they are
        prefix = f"{folder}/" if folder else ""
        keys = (one.key for one in storage.bucket.objects.filter(Prefix=prefix))
        return sorted(key for key in keys if not key.endswith("/"))
    try:
        place = Path(storage.path(folder))
    except NotImplementedError:
        folders, files = storage.listdir(folder)
        below = [name for one in folders for name in names_in(storage, f"{folder}/{one}".lstrip("/"), unread)]
        return sorted([*(f"{folder}/{name}".lstrip("/") for name in files), *below])
    found: list[str] = []
    root = Path(storage.path(""))
    seen: set[str] = set()  # links to folders are followed, once: an administrator may have moved one to a larger disk

    def trouble(error: OSError) -> None:
        if isinstance(error, FileNotFoundError):
            return  # removed meanwhile
        if unread is None:
            raise error
        unread.append((f"{Path(error.filename).relative_to(root)}/", error.strerror or str(error)))

    for above, folders, files in os.walk(place, followlinks=True, onerror=trouble):
        if (real := os.path.realpath(above)) in seen:
            folders.clear()
            continue
        seen.add(real)
        found += [str((Path(above) / name).relative_to(root)) for name in files]
    return sorted(found)


def remove_all(storage: Storage, folder: str) -> None:
    """Remove a folder of a storage with everything in it. A disk keeps empty folders; they are removed too."""
    for name in names_in(storage, folder):
        storage.delete(name)
    with contextlib.suppress(NotImplementedError, OSError):
        place = Path(storage.path(folder))
        for below in sorted(place.rglob("*"), reverse=True):
            if below.is_dir():
                below.rmdir()
        place.rmdir()
