"""Foreign files are opened in a process of their own, bounded in memory and in processor time: what would exhaust it ends
that process, never a web worker. Every reader of spreadsheets and of foreign RDF goes this way.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

MEMORY = 3_000_000_000
SECONDS = 300


class Exhausted(Exception):
    """The process ran out of memory or time, or broke down; what it said is in the log, not for a person to read."""


def run_bounded(script: str | Path, *arguments: str, seconds: int = SECONDS, memory: int = MEMORY) -> dict[str, Any]:
    """Run a script of ours with arguments; returns the JSON object that it wrote to standard output.

    `seconds` bounds processor time, twice as much the time on the clock; `memory` is in bytes. Raises Exhausted.
    """

    def bind() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    try:
        done = subprocess.run(
            [sys.executable, str(script), *arguments],
            capture_output=True,
            text=True,
            timeout=seconds * 2,
            preexec_fn=bind,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Exhausted("time") from error
    if done.returncode:
        raise Exhausted(done.stderr[-400:])
    try:
        found = json.loads(done.stdout)
    except ValueError as error:
        raise Exhausted(done.stdout[:200]) from error
    return dict(found)
