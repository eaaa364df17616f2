import os
import socket
import subprocess
from collections import namedtuple
from pathlib import Path

import pytest
from django.conf import settings

from ntbportal.launcher import bootstrap, house
from tests.browser.conftest import Portal

PORTAL = settings.ROOT / "portal"


def test_a_taken_port(tmp_path: Path) -> None:
    portal = Portal(tmp_path / "var")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", portal.port))
        taken.listen()
        done = portal.run("up", "--detach", "--port", str(portal.port))
    assert done.returncode == 1
    assert done.stderr.strip() == f"portal: port {portal.port} is taken; choose another with --port, e.g. --port {portal.port + 1}."


@pytest.mark.parametrize("port", ["0", "70000"])
def test_a_port_that_does_not_exist(tmp_path: Path, port: str) -> None:
    done = Portal(tmp_path / "var").run("up", "--port", port)
    assert done.returncode == 1
    assert "does not exist" in done.stderr


def test_an_old_python(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && { echo Python 3.9.2; exit 0; }\nexit 1\n')
    old.chmod(0o755)
    for name in ("sh", "dirname"):
        (tmp_path / name).symlink_to(f"/bin/{name}" if Path(f"/bin/{name}").exists() else f"/usr/bin/{name}")
    done = subprocess.run([str(PORTAL), "up"], env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.strip() == "portal: needs Python 3.11 or newer, found: Python 3.9.2. Install one, or name it in PORTAL_PYTHON."


def failing(path: Path, said: str) -> None:
    path.write_text(f"#!/bin/sh\necho '{said}'\nexit 1\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("said", "line"),
    [
        ("error: dns error: failed to lookup address", "no network: the Python packages could not be fetched."),
        ("error: No space left on device (os error 28)", "is full"),
        ("error: hash mismatch", "could not be installed"),
    ],
)
def test_no_network_and_a_full_disk_while_installing(tmp_path: Path, monkeypatch, said: str, line: str) -> None:
    failing(tmp_path / "uv", said)
    failing(tmp_path / "python", said)
    (tmp_path / "log").touch()
    monkeypatch.setattr(bootstrap, "PYTHON", tmp_path / "python")
    monkeypatch.setattr(bootstrap, "LOG", tmp_path / "log")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(bootstrap.SetupError) as trouble:
        bootstrap.install(settings.ROOT / "requirements.txt")
    assert line in str(trouble.value)


def test_a_full_disk_before_starting(monkeypatch, tmp_path: Path) -> None:
    Usage = namedtuple("Usage", "total used free")
    monkeypatch.setattr(house.shutil, "disk_usage", lambda path: Usage(10, 10, 5_000_000))
    with pytest.raises(house.LauncherError, match="the disk is full: 5 MB free"):
        house.require_disk_space(tmp_path)
    assert "is full" in bootstrap.explain_os_error(OSError(28, "No space left on device"))


def test_an_unknown_command() -> None:
    done = Portal(settings.ROOT / "var" / "test" / "none").run("upp")
    assert done.returncode == 2
    assert "invalid choice" in done.stderr
