"""`./portal test`: every check and every test, on a database cluster and a Redis of their own."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from dataclasses import dataclass

from . import frontend, translations
from .bootstrap import step
from .embedded_postgres_server import FAST_AND_LOSSY
from .house import HOUSE, PYTHON, ROOT, House
from .running import postgres_of, redis_of

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


@dataclass(frozen=True)
class Check:
    title: str
    arguments: tuple[str, ...]


CHECKS = (
    Check("ruff: style", ("-m", "ruff", "check", "--quiet", ".")),
    Check("ruff: layout", ("-m", "ruff", "format", "--check", "--quiet", ".")),
    Check(
        "mypy: types",
        (
            "-m",
            "mypy",
        ),
    ),
    Check("import-linter: who may know whom", ("-c", "from importlinter.cli import lint_imports_command as c; c()")),
    Check("djlint: templates", ("-m", "djlint", "templates", "--lint", "--quiet")),
    Check("migrations complete", ("manage.py", "makemigrations", "--check", "--dry-run", "-v", "1")),
    Check("translations complete", ("-m", "ntbportal.launcher.translations")),
)


def test(arguments: list[str]) -> int:
    """All checks, then pytest; with arguments only pytest with them. Returns 0 if all passed."""
    HOUSE.make_folders()
    house = House(HOUSE.var / "test")
    house.make_folders()
    with (house.var / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("  · another test run is under way here; waiting for it …", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        return run_all(house, arguments)


def run_all(house: House, arguments: list[str]) -> int:
    started = time.monotonic()
    if not frontend.is_installed():
        with step("front-end packages"):
            frontend.install()
    translations.compile_all()
    postgres, redis = postgres_of(house, FAST_AND_LOSSY), redis_of(house, durable=False)
    given = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if name in os.environ}
    with step("a database cluster and a Redis for the tests"):
        if "DATABASE_URL" not in given:
            postgres.start()
        if "REDIS_URL" not in given:
            redis.start()
    environment = house.environment(demo=False, port=0)
    environment["ALLOWED_HOSTS"] += ",testserver"
    failed = []
    try:
        if not arguments:
            failed = [check.title for check in CHECKS if not passes(check, environment)]
        if not find_chromium():
            print(
                "  ! no Chromium on this machine: the browser tests are " + ("a FAILURE (CI=true)." if os.environ.get("CI") else "skipped.")
            )
        environment["PORTAL_CHROMIUM"] = find_chromium()
        workers = environment.get("PYTEST_WORKERS", "auto")
        pytest = [PYTHON, "-m", "pytest", *(arguments or ["-n", workers, "--dist", "worksteal"])]
        if subprocess.call(pytest, cwd=ROOT, env=environment):
            failed.append("pytest")
    finally:
        redis.stop()
        postgres.stop()
    print(f"\n{'FAILED: ' + ', '.join(failed) if failed else 'All passed'} ({time.monotonic() - started:.0f} s)")
    return 1 if failed else 0


def passes(check: Check, environment: dict[str, str]) -> bool:
    started = time.monotonic()
    done = subprocess.run([PYTHON, *check.arguments], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    good = done.returncode == 0
    print(f"  {'·' if good else '✗'} {check.title} {'passed' if good else 'FAILED'} ({time.monotonic() - started:.1f} s)", flush=True)
    if not good:
        print((done.stdout + done.stderr).strip(), file=sys.stderr)
    return good


def find_chromium() -> str:
    """Path of a Chromium, or an empty string."""
    import shutil

    given = os.environ.get("PORTAL_CHROMIUM")
    if given:
        return given
    return next((path for name in BROWSERS if (path := shutil.which(name))), "")
