"""Where things stand in a checkout, and the environment the portal's processes are given."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import pwd
import secrets
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable


class LauncherError(Exception):
    """Something the person at the keyboard can mend; the message is the one line they see."""


def _may_be_reached(folder: Path) -> bool:
    """As root: whether the database's user may pass to a folder."""
    if os.geteuid() != 0:
        return True
    return all(above.stat().st_mode & stat.S_IXOTH for above in folder.parents if above.exists())


@dataclass(frozen=True)
class House:
    """One running copy of the portal: the everyday one in var/, or a test run's own."""

    var: Path

    @property
    def run(self) -> Path:
        """Folder of sockets and process ids. Short, because a Unix socket's path may have at most 107 bytes."""
        folder = self.var / "run"
        if len(str(folder / ".s.PGSQL.5432")) <= 100 and " " not in str(folder) and _may_be_reached(folder):
            return folder
        digest = hashlib.sha256(str(folder).encode()).hexdigest()[:10]
        return Path(tempfile.gettempdir()) / f"ntb-portal-{os.getuid()}-{digest}"

    @property
    def log(self) -> Path:
        return self.var / "log"

    def make_folders(self) -> None:
        for folder in (self.var, self.run, self.log, self.var / "media", self.var / "mail"):
            folder.mkdir(parents=True, exist_ok=True)
        if self.run.parent != self.var and self.run.lstat().st_uid not in self._trusted():
            raise LauncherError(f"{self.run} belongs to somebody else; remove it, or set TMPDIR.")
        for private in (self.var / "media", self.var / "mail"):
            private.chmod(0o700)
        for passed in (self.var, self.log):  # the database's user writes its log there
            passed.chmod(0o711)
        for log in self.log.glob("*.log"):
            log.chmod(0o600)

    @staticmethod
    def _trusted() -> set[int]:
        """Who may own the folder of sockets: we, and as root the database's user."""
        names = ("postgres", "nobody") if os.geteuid() == 0 else ()
        found = {os.geteuid()}
        for name in names:
            with contextlib.suppress(KeyError):
                found.add(pwd.getpwnam(name).pw_uid)
        return found

    def kept_secret(self, name: str, make: Callable[[], str]) -> str:
        """A secret made once and kept in var/, readable by its owner only."""
        path = self.var / "secrets" / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.parent.chmod(0o700)
            path.write_text(make())
            path.chmod(0o600)
        return path.read_text()

    def environment(self, *, demo: bool, port: int) -> dict[str, str]:
        """The process environment: what the caller has set wins, the embedded parts fill the rest."""
        given = os.environ
        database = f"postgres://ntb@/ntb?host={quote(str(self.run))}"
        ours = {
            "DATABASE_URL": database,
            "REDIS_URL": f"unix://{self.run}/redis.sock",
            "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
            "BASE_URL": f"http://localhost:{port}",
            "HTTPS": "off",
            "VAR_DIR": str(self.var),
            "STATIC_ROOT": str(self.var / "static"),
            "EMAIL_URL": "filemail://",
            "PORT": str(port),
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(ROOT),
            "HOST": "127.0.0.1",
        }
        merged = dict(given)
        for name, value in ours.items():
            merged.setdefault(name, value)
        for name, make in MADE_ONCE.items():
            if name not in given:  # else there would be a second key that nothing is encrypted with
                merged[name] = self.kept_secret(name.lower(), make)
        merged["PORTAL_DEMO"] = "on" if demo else "off"
        merged["DJANGO_SETTINGS_MODULE"] = "ntbportal.settings"
        merged["PATH"] = f"{Path(PYTHON).parent}{os.pathsep}{given.get('PATH', '')}"
        if demo:
            merged.setdefault("PORTAL_DEMO_PASSWORD", self.demo_password())
        return merged

    def demo_password(self) -> str:
        words = ("sasak", "samawa", "mbojo", "rinjani", "tambora", "lombok", "sumbawa", "mandalika")
        return self.kept_secret(
            "demo_password", lambda: f"{secrets.choice(words)}-{secrets.randbelow(9000) + 1000}-{secrets.choice(words)}"
        )


P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def _p256_scalar() -> str:
    """A private key of P-256: a number from 1 up to the order of the curve."""
    return base64.urlsafe_b64encode((secrets.randbelow(P256_ORDER - 1) + 1).to_bytes(32, "big")).decode().rstrip("=")


MADE_ONCE: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "FIELD_KEYS": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    "BLIND_INDEX_KEYS": lambda: secrets.token_hex(32),
    "VAPID_PRIVATE_KEY": _p256_scalar,
}

# PORTAL_VAR lets a second portal stand beside the first, as the browser tests do.
HOUSE = House(Path(os.environ.get("PORTAL_VAR") or ROOT / "var").resolve())


def uses_embedded_postgres() -> bool:
    return "DATABASE_URL" not in os.environ


def uses_embedded_redis() -> bool:
    return "REDIS_URL" not in os.environ


def require_disk_space(folder: Path, megabytes: int = 200) -> None:
    free = shutil.disk_usage(folder).free // 1_000_000
    if free < megabytes:
        raise LauncherError(f"the disk is full: {free} MB free in {folder}, at least {megabytes} MB are needed.")
