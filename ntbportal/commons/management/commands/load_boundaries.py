from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ntbportal.commons.places import BoundaryFileError, load_boundaries


class Command(BaseCommand):
    help = "Load outlines of regions from a GeoJSON whose features carry `code` (Kemendagri)."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("files", nargs="+", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        for path in options["files"]:
            try:
                count, left_out = load_boundaries(path)
            except BoundaryFileError as error:
                raise CommandError(str(error)) from error
            for line in left_out:
                self.stderr.write(f"left out: {line}")
            self.stdout.write(f"{path.name}: {count} outlines stored, {len(left_out)} left out")
