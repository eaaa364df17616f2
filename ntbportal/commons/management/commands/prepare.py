"""Bring database and static files to what the code expects: what `./portal up` runs before it starts anything."""

from __future__ import annotations

import hashlib
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection, transaction

from ntbportal.commons.places import forget_region_names
from ntbportal.commons.reference_data import LoadedData, is_loaded, is_loaded_once, loaders


class Command(BaseCommand):
    help = "Migrate, collect static files, load reference data and, with --demo, demo data."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--demo", action="store_true")
        parser.add_argument("--no-static", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        # One at a time, also with several web machines starting together.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(5207)")
        with self.step("database schema"):
            call_command("migrate", interactive=False, verbosity=0)
        if not options["no_static"] and self.static_changed():
            with self.step("static files"):
                call_command("collectstatic", interactive=False, verbosity=0, clear=True)
                self.static_stamp.write_text(self.static_fingerprint())
        for loader in loaders(demo=options["demo"]):
            if is_loaded_once(loader) if loader.demo else is_loaded(loader):
                continue
            with self.step(f"{'demo' if loader.demo else 'reference'} data: {loader.name}"), transaction.atomic():
                loader.load()
                LoadedData.objects.update_or_create(name=loader.name, defaults={"version": loader.version()})
            forget_region_names()
        if not options["demo"] and not settings.PORTAL_DEMO:
            from ntbportal.commons.startup import refuse_demo_accounts_in_production

            refuse_demo_accounts_in_production()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(5207)")

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        started = time.monotonic()
        sys.stdout.write(f"  · {title} …")
        sys.stdout.flush()
        yield
        sys.stdout.write(f" done ({time.monotonic() - started:.1f} s)\n")
        sys.stdout.flush()

    @property
    def static_stamp(self) -> Any:
        return settings.STATIC_ROOT / ".stamp"

    def static_changed(self) -> bool:
        return not self.static_stamp.exists() or self.static_stamp.read_text() != self.static_fingerprint()

    def static_fingerprint(self) -> str:
        digest = hashlib.sha256()
        for folder in settings.STATICFILES_DIRS:
            for path in sorted(folder.rglob("*")):
                if path.is_file():
                    digest.update(f"{path.name}:{path.stat().st_size}:{path.stat().st_mtime_ns}".encode())
        return digest.hexdigest()
