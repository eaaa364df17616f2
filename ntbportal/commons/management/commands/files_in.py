"""Bring the files of a folder into the storage under their own names. Used by ./portal restore."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Brings all files of a folder into the storage that the settings choose."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        source: Path = options["folder"]
        count = 0
        for path in sorted(source.rglob("*")) if source.exists() else ():
            if path.is_file():
                name = str(path.relative_to(source))
                if default_storage.exists(name):
                    default_storage.delete(name)
                with path.open("rb") as file:
                    kept = default_storage.save(name, File(file))
                if kept != name:
                    raise RuntimeError(f"{name} could not keep its name")
                count += 1
        self.stdout.write(json.dumps({"count": count}))
