"""`./portal backup DIR` and `restore DIR`: the database as one archive, the files wherever they lie, and the keys.

What is really in use is kept, whether embedded or named by the environment: the database of DATABASE_URL,
the files of the storage that the settings choose (disk or S3), the keys that are in force. A backup is
written beside its place, read back, and only then given its name, so that there is no half one. Nothing of
a portal is replaced before the backup is known to be whole and its keys to fit.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from . import archive
from .bootstrap import step
from .database import dump, holds_people, load
from .house import HOUSE, PYTHON, ROOT, LauncherError, uses_embedded_postgres, uses_embedded_redis
from .running import keeper_is_ours, postgres_of, redis_of, running_port

# settings without which what is kept could not be read again, or devices would have to be set up anew
KEYS = {"FIELD_KEYS": "field_keys", "BLIND_INDEX_KEYS": "blind_index_keys", "VAPID_PRIVATE_KEY": "vapid_private_key"}
MUST = ("FIELD_KEYS", "BLIND_INDEX_KEYS")


def backup(directory: str, *, without_keys: bool = False) -> int:
    """Write everything the portal holds to DIR, and say what it holds and what it does not."""
    target = Path(directory).resolve()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise LauncherError(f"{target} is not empty; name a new folder.")
    HOUSE.make_folders()
    with ended_like_ctrl_c(), _draft(target) as draft:
        with servers():
            said = _write(draft, without_keys=without_keys)
        with step("reading it back"):
            archive.check(draft)
        _give_its_name(draft, target)
    print(f"Kept in {target}: the database, {said['files']} files from {said['storage']}, ", end="")
    if said["keys"]:
        print(f"the keys {', '.join(said['keys'])}. Store it as carefully as the data.")
    else:
        print("no keys.")
    for left_out in said["left_out"]:
        print(f"  ! left out: {left_out}")
    return 0


@contextmanager
def _draft(target: Path) -> Iterator[Path]:
    """A folder to write to, removed unless it was given its name. It lies within a target that is there
    already, which may be a disk of its own, else beside it."""
    place, prefix = (target, ".part-") if target.exists() else (target.parent, f".{target.name}.part-")
    made = [folder for folder in (place, *place.parents) if not folder.exists()]
    place.mkdir(parents=True, exist_ok=True)
    for left in place.glob(f"{prefix}*"):  # of a backup that was killed
        number = left.name.rpartition("-")[2]
        if number.isdigit() and not psutil.pid_exists(int(number)):
            shutil.rmtree(left, ignore_errors=True)
    draft = place / f"{prefix}{os.getpid()}"
    draft.mkdir(mode=0o700)
    try:
        yield draft
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        for folder in made:
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise


def _give_its_name(draft: Path, target: Path) -> None:
    if draft.parent != target:
        draft.rename(target)
        return
    target.chmod(0o700)
    # the statement last: without it nothing counts as a backup
    for path in sorted(draft.iterdir(), key=lambda path: path.name == archive.STATEMENT):
        path.rename(target / path.name)
    draft.rmdir()


def _write(draft: Path, *, without_keys: bool) -> dict[str, Any]:
    environment = _environment()
    with step("database"):
        dump(draft / archive.DATABASE)
    with step("files"):
        files = _move_files("out", draft / archive.FILES)
    left_out = [f"file {name}: {why}" for name, why in files["failed"]]
    keys, marks = [], {}
    for name, file in KEYS.items():
        value = environment.get(name, "")
        if value:
            marks[name] = archive.marks_of(value)
        if without_keys or not value:
            left_out.append(f"key {name}" + (" (as asked)" if without_keys else " (none is set)"))
            continue
        (draft / file).touch(mode=0o600)
        (draft / file).write_text(value)
        keys.append(name)
    left_out += ["SECRET_KEY: everybody signs in anew", "what waits in Redis: the sweepers find it in the database"]
    own = {path.name: archive.digest(path) for path in draft.iterdir() if path.is_file()}
    said = {
        "made_at": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "storage": files["storage"],
        "files": files["count"],
        "keys": keys,
        "marks": marks,
        "left_out": left_out,
        # of the files as they were read, so that a fault in writing them is seen
        "digests": own | {f"{archive.FILES}/{name}": known for name, known in files["digests"].items()},
    }
    archive.write_statement(draft, said)
    return said


def restore(directory: str, *, yes: bool = False, unchecked: bool = False) -> int:
    """Replace the present database and files by those of a backup. Over a portal that holds people only with
    --yes; a backup without a statement (of a release before December 2026) only with --unchecked."""
    source = Path(directory).resolve()
    if not (source / archive.DATABASE).exists():
        raise LauncherError(f"{source} holds no backup ({archive.DATABASE} is missing).")
    if running_port() or keeper_is_ours():
        raise LauncherError("the portal is running; stop it with ./portal down first.")
    with step("reading the backup"):
        said = archive.check(source, unchecked=unchecked)
    keys = _fitting_keys(source, said)
    HOUSE.make_folders()
    with ended_like_ctrl_c(), servers():
        if not yes and holds_people():
            raise LauncherError("there is a portal with people here already; --yes replaces it by the backup.")
        with step("database"):
            load(source / archive.DATABASE)
        _take_keys(keys)
        try:
            with step("files"):
                files = _move_files("in", source / archive.FILES)
        except LauncherError as error:
            raise LauncherError(f"the database is restored, the files are not: {error} Run it again with --yes.") from error
    if files["others"]:
        print(f"  ! {files['others']} files that are not in the backup were there before and still are.")
    print("Restored. ./portal up starts it.")
    return 0


def _fitting_keys(source: Path, said: dict[str, Any]) -> dict[str, str]:
    """The backup's keys that are to be put into var/. Those named by the environment must agree, and without
    any that fit nothing is restored: what is encrypted could not be read, and new keys would hide that."""
    found = {}
    for name, file in KEYS.items():
        kept = (source / file).read_text().strip() if (source / file).exists() else ""
        given, here = os.environ.get(name, ""), HOUSE.var / "secrets" / file
        present = given or ("" if kept or not here.exists() else here.read_text())
        if kept and not given:
            found[name] = kept
        elif name in MUST:
            if not present:
                raise LauncherError(f"the backup holds no keys: name its {name} in the environment.")
            marks = archive.marks_of(kept) if kept else said.get("marks", {}).get(name, [])
            if not archive.all_marked(present, marks):
                raise LauncherError(f"{name} that is set here is not the backup's: what is encrypted could not be read.")
    return found


def _take_keys(keys: dict[str, str]) -> None:
    """Put keys into var/; other ones that were there are kept beside them."""
    folder = HOUSE.var / "secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    for name, value in keys.items():
        path = folder / KEYS[name]
        if path.exists() and path.read_text() != value:
            path.rename(path.with_name(f"{path.name}.before-{time.strftime('%Y%m%d-%H%M%S')}"))
        path.touch(mode=0o600)
        path.write_text(value)


@contextmanager
def servers() -> Iterator[None]:
    """The embedded servers, started if they are not, and left as they were found."""
    started = []
    try:
        for wanted, server in ((uses_embedded_postgres(), postgres_of(HOUSE)), (uses_embedded_redis(), redis_of(HOUSE))):
            if wanted and not server.is_running():
                server.start()
                started.append(server)
        yield
    finally:
        for server in reversed(started):
            server.stop()


@contextmanager
def ended_like_ctrl_c() -> Iterator[None]:
    """Being told to end (SIGTERM, SIGHUP) clears away what is half done, as Ctrl-C does."""

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _environment() -> dict[str, str]:
    return HOUSE.environment(demo=(HOUSE.var / "secrets" / "demo_password").exists(), port=8000)


def _move_files(direction: str, folder: Path) -> dict[str, Any]:
    """Files to a folder (`out`) or from it (`in`): they lie where the settings say."""
    command = [PYTHON, "-m", "ntbportal.commons.moving_files", direction, str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=_environment(), capture_output=True, text=True)
    if done.returncode or not done.stdout.strip():
        raise LauncherError(f"files: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'failed'}")
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))
