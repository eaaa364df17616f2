"""`python -m ntbportal.launcher COMMAND`: what `./portal` hands over to once .venv stands."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import warnings

# platformdirs, imported by the PostgreSQL wheel, speaks of a folder that is not used here.
warnings.filterwarnings("ignore", message=".*XDG_RUNTIME_DIR.*")

from . import house, keeping, running, testing  # noqa: E402
from .bootstrap import ROOT, explain_os_error  # noqa: E402


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="./portal", description="The NTB portal: set up, run, test, keep.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    up = commands.add_parser("up", help="set everything up and run it")
    up.add_argument("--detach", action="store_true", help="leave it running in the background")
    up.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")), help="where to listen (8000)")
    up.add_argument("--no-demo", action="store_true", help="without demo data and demo accounts")
    up.add_argument("--wait", type=float, help="give up after so many seconds (else as long as something moves)")
    commands.add_parser("down", help="stop everything")
    commands.add_parser("status", help="what is running")
    test = commands.add_parser("test", help="all checks and tests; with arguments: pytest with just these", add_help=False)
    test.add_argument("arguments", nargs=argparse.REMAINDER)
    manage = commands.add_parser("manage", help="a Django management command", add_help=False)
    manage.add_argument("arguments", nargs=argparse.REMAINDER)
    bench = commands.add_parser("bench", help="run benchmarks/NAME.py, or all")
    bench.add_argument("name", nargs="?")
    commands.add_parser("lock", help="pin requirements*.in anew")
    commands.add_parser("settings", help="write the list of settings into docs and Compose")
    commands.add_parser("messages", help="gather translatable texts into locale/")
    backup = commands.add_parser("backup", help="write database, files and keys to DIR")
    backup.add_argument("directory")
    backup.add_argument("--without-keys", action="store_true", help="for keys that are kept elsewhere")
    restore = commands.add_parser("restore", help="bring back what backup wrote")
    restore.add_argument("directory")
    restore.add_argument("--yes", action="store_true", help="also over a portal that holds people")
    restore.add_argument("--unchecked", action="store_true", help="a backup of a release before December 2026")
    return parser


def main(argv: list[str]) -> int:
    # argparse would take options meant for manage and test as its own
    if argv[:1] == ["manage"]:
        return running.manage(argv[1:])
    if argv[:1] == ["test"]:
        return testing.test(argv[1:])
    arguments = build_parser().parse_args(argv)
    match arguments.command:
        case "up":
            return running.up(port=arguments.port, demo=not arguments.no_demo, detach=arguments.detach, wait=arguments.wait)
        case "down":
            return running.down()
        case "status":
            return running.status()
        case "bench":
            return running.bench(arguments.name)
        case "backup":
            return keeping.backup(arguments.directory, without_keys=arguments.without_keys)
        case "restore":
            return keeping.restore(arguments.directory, yes=arguments.yes, unchecked=arguments.unchecked)
        case "settings":
            from . import declared

            return declared.write()
        case "messages":
            from . import translations

            translations.gather()
            return 0
        case "lock":
            return lock()
    return 2


def lock() -> int:
    """Pin direct and indirect packages with hashes; the lock files name no download address."""
    for name in ("requirements", "requirements-dev"):
        code = subprocess.call(
            [
                str(ROOT / ".venv/bin/uv"),
                "pip",
                "compile",
                "--universal",
                "--generate-hashes",
                "--no-annotate",
                "--no-header",
                "--python-version",
                "3.11",
                "--no-emit-index-url",
                "--no-emit-find-links",
                "--quiet",
                f"{name}.in",
                "-o",
                f"{name}.txt",
            ],
            cwd=ROOT,
        )
        if code:
            return code
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except house.LauncherError as error:
        sys.exit(f"portal: {error}")
    except OSError as error:
        sys.exit(f"portal: {explain_os_error(error)}")
    except KeyboardInterrupt:
        sys.exit(130)
