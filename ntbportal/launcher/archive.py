"""What a backup says of itself, by which it is known to be whole: `backup.json` beside the parts."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from pathlib import Path
from typing import Any

from .database import read_through
from .house import LauncherError

STATEMENT, DATABASE, FILES = "backup.json", "database.dump", "media"


def write_statement(folder: Path, said: dict[str, Any]) -> None:
    """`said` as JSON with a digest of itself, so that a change in it is seen too."""
    (folder / STATEMENT).write_text(json.dumps({**said, "sha256": _sum(said)}, indent=1))


def _sum(said: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def check(folder: Path, *, unchecked: bool = False) -> dict[str, Any]:
    """Read a backup back: each file as it was written and no other, the database's archive to its end.
    Returns what it says of itself. Raises LauncherError."""
    if not (folder / STATEMENT).exists():
        if not unchecked:
            raise LauncherError(
                f"{STATEMENT} is missing: the backup is not whole, or of a release before December 2026 (--unchecked takes it as it is)."
            )
        read_through(folder / DATABASE)
        return {}
    said = _statement(folder / STATEMENT)
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()}
    for name, known in said["digests"].items():
        if name not in there:
            raise LauncherError(f"the backup is not whole: {name} is missing.")
        path = folder / name
        if path.is_symlink() or not path.is_file() or digest(path) != known:
            raise LauncherError(f"the backup is damaged: {name} is not as it was written.")
    if others := sorted(there - said["digests"].keys() - {STATEMENT}):
        raise LauncherError(f"the backup is not as it was written: {others[0]} was added to it.")
    read_through(folder / DATABASE)
    return said


def _statement(path: Path) -> dict[str, Any]:
    try:
        said = json.loads(path.read_text())
        known = said.pop("sha256")
        whole = known == _sum(said) and isinstance(said["digests"], dict)
    except (ValueError, KeyError, AttributeError, TypeError):
        whole = False
    if not whole:
        raise LauncherError(f"the backup is damaged: {STATEMENT} is not as it was written.")
    return dict(said)


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- keys are told by marks, which do not give them away ------------------------------------------------------------
def _keys(setting: str) -> list[str]:
    return [key.strip() for key in setting.split(",") if key.strip()]


def _mark(key: str, salt: str) -> str:
    return f"{salt}:{hashlib.scrypt(key.encode(), salt=salt.encode(), n=2**14, r=8, p=1).hex()}"


def marks_of(setting: str) -> list[str]:
    """A mark of each key of a comma-separated setting."""
    return [_mark(key, secrets.token_hex(8)) for key in _keys(setting)]


def all_marked(setting: str, marks: list[str]) -> bool:
    """Whether each marked key is among those of a setting."""
    keys = _keys(setting)
    return all(any(hmac.compare_digest(_mark(key, mark.partition(":")[0]), mark) for key in keys) for mark in marks)
