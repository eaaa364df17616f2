"""Bring the files of a folder into the storage under their own names. Used by ./portal restore."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandParser

from ntbportal.commons.working_files import names_in


class Command(BaseCommand):
    help = "Brings all files of a folder into the storage that the settings choose."
    requires_system_checks: list[str] = []  # they take longer than the files

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        source: Path = options["folder"]
        names = {str(path.relative_to(source)) for path in source.rglob("*") if path.is_file()} if source.exists() else set()
        before = set(names_in(default_storage, unread=[]))
        for name in sorted(names):
            if name in before:
                default_storage.delete(name)
            with (source / name).open("rb") as file:
                kept = default_storage.save(name, File(file))
            if kept != name:
                raise RuntimeError(f"{name} could not keep its name")
        cache.clear()  # of the portal that was here before, with its sessions and what waited for its workers
        self.stdout.write(json.dumps({"count": len(names), "others": len(before - names)}))
