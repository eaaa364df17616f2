"""First half of `./portal`: a virtual environment with the pinned packages, using the standard library only.

Run by the system's Python; when the environment stands it replaces itself with `python -m ntbportal.launcher`.
"""

from __future__ import annotations

import glob
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = ROOT / "var" / "log" / "setup.log"
# The packages unpacked take about 800 MB; below this a first install would fill the disk.
NEEDED_BYTES = 1_500_000_000


class SetupError(Exception):
    """Something the person at the keyboard can mend; the message is the one line they see."""


def main(argv: list[str]) -> None:
    command = argv[0] if argv else ""
    try:
        if command not in {"", "-h", "--help", "help"} or not PYTHON.exists():
            wanted = ["requirements.txt"] + (["requirements-dev.txt"] if command in {"test", "lock", "bench"} else [])
            prepare_environment(wanted)
    except SetupError as error:
        sys.exit(f"portal: {error}")
    except OSError as error:
        sys.exit(f"portal: {explain_os_error(error)}")
    os.environ["PYTHONPATH"] = str(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", "ntbportal.launcher", *argv])  # noqa: S606 - replaces this process, no shell wanted


def explain_os_error(error: OSError) -> str:
    if error.errno == 28:
        return f"the disk holding {ROOT} is full; free some space and run the same command again."
    return f"{error.strerror or error}: {error.filename or ROOT}"


def prepare_environment(requirement_files: list[str]) -> None:
    """Make .venv and install the pinned packages, unless a stamp says that exactly these are there."""
    for name in requirement_files:
        stamp = VENV / f".stamp-{name}"
        wanted = fingerprint(ROOT / name)
        if stamp.exists() and stamp.read_text() == wanted and PYTHON.exists():
            continue
        LOG.parent.mkdir(parents=True, exist_ok=True)
        if not PYTHON.exists():
            free = shutil.disk_usage(ROOT).free
            if free < NEEDED_BYTES:
                raise SetupError(f"the disk is full: {free // 1_000_000} MB free, the first set-up needs {NEEDED_BYTES // 1_000_000} MB.")
            with step("Python environment .venv"):
                make_environment()
        with step(f"packages of {name}"):
            install(ROOT / name)
        stamp.write_text(wanted)


def fingerprint(path: Path) -> str:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return hashlib.sha256(path.read_bytes() + version.encode()).hexdigest()


class step:
    """Print what is being done and, at the end, how long it took."""

    def __init__(self, title: str) -> None:
        self.title = title

    def __enter__(self) -> step:
        self.started = time.monotonic()
        print(f"  · {self.title} …", end="", flush=True)
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        print(f" {'failed' if kind else 'done'} ({time.monotonic() - self.started:.1f} s)", flush=True)


def run(arguments: list[str], **options: object) -> subprocess.CompletedProcess[str]:
    with LOG.open("a") as log:
        log.write(f"\n$ {' '.join(arguments)}\n")
        log.flush()
        return subprocess.run(arguments, stdout=log, stderr=subprocess.STDOUT, text=True, cwd=ROOT, **options)  # type: ignore[call-overload,no-any-return]


def make_environment() -> None:
    """A virtual environment with pip in it, also where Debian's python3-venv (ensurepip) is missing."""
    shutil.rmtree(VENV, ignore_errors=True)
    if run([sys.executable, "-m", "venv", str(VENV)]).returncode == 0 and has_pip():
        return
    shutil.rmtree(VENV, ignore_errors=True)
    if run([sys.executable, "-m", "venv", "--without-pip", str(VENV)]).returncode != 0:
        raise SetupError(f"could not make {VENV}; details in {LOG}.")
    for way in (pip_of_the_system, pip_of_a_wheel, pip_of_virtualenv):
        if way() and has_pip():
            return
    if shutil.which("uv"):
        return
    shutil.rmtree(VENV, ignore_errors=True)
    raise SetupError(
        "this Python has neither pip nor ensurepip, and none could be fetched. "
        "Without a network, install python3-venv (Debian) or pip, then run the same command again."
    )


def has_pip() -> bool:
    return run([str(PYTHON), "-m", "pip", "--version"]).returncode == 0


def pip_of_the_system() -> bool:
    return run([sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "pip"]).returncode == 0


def pip_of_a_wheel() -> bool:
    """Debian keeps pip as a wheel in python3-pip-whl; apt-get can fetch that package without being root."""
    with tempfile.TemporaryDirectory() as folder:
        wheels = glob.glob("/usr/share/python-wheels/pip-*.whl")
        if not wheels and shutil.which("apt-get") and shutil.which("dpkg-deb"):
            run(["sh", "-c", f"cd '{folder}' && apt-get download python3-pip-whl && dpkg-deb -x *.deb ."])
            wheels = glob.glob(f"{folder}/usr/share/python-wheels/pip-*.whl")
        if not wheels:
            return False
        wheel = wheels[0]
        return run([str(PYTHON), f"{wheel}/pip", "install", "--quiet", "--no-index", wheel]).returncode == 0


def pip_of_virtualenv() -> bool:
    return bool(shutil.which("virtualenv")) and run(["virtualenv", "--quiet", "-p", sys.executable, str(VENV)]).returncode == 0


def install(requirements: Path) -> None:
    """Install with uv, which is fast, else with pip; both insist on the hashes in the file."""
    uv = shutil.which("uv")
    if not uv and run([str(PYTHON), "-m", "pip", "install", "--quiet", "uv"]).returncode == 0:
        uv = str(VENV / "bin" / "uv")
    environment = dict(os.environ)
    # uv does not read pip's settings; carry over the ones that decide where packages come from.
    for pip_name, uv_name in (("PIP_INDEX_URL", "UV_DEFAULT_INDEX"), ("PIP_CERT", "SSL_CERT_FILE")):
        if pip_name in environment:
            environment.setdefault(uv_name, environment[pip_name])
    size_before = LOG.stat().st_size
    if (
        uv
        and run([uv, "pip", "install", "--python", str(PYTHON), "--require-hashes", "-r", str(requirements)], env=environment).returncode
        == 0
    ):
        return
    if run([str(PYTHON), "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(requirements)]).returncode == 0:
        return
    with LOG.open(errors="replace") as log:
        log.seek(size_before)
        said = log.read()
    print(flush=True)
    if "No space left" in said or "os error 28" in said:
        raise SetupError(f"the disk holding {ROOT} is full; free some space and run the same command again.")
    if any(word in said for word in ("Connection", "connect", "resolve", "Temporary failure", "timed out", "dns error")):
        raise SetupError(f"no network: the Python packages could not be fetched. Details in {LOG}.")
    raise SetupError(f"the packages of {requirements.name} could not be installed. Details in {LOG}.")


if __name__ == "__main__":
    main(sys.argv[1:])
