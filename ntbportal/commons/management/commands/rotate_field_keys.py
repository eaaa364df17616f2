"""After a new key was put first in FIELD_KEYS or BLIND_INDEX_KEYS: write every encrypted field anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import models, transaction

from ntbportal.commons.privacy import BlindIndexField, blind_index, encrypted_fields

BATCH = 500


class Command(BaseCommand):
    help = "Re-encrypt all encrypted fields with the newest key and renew the blind indexes. Safe to run twice."

    def handle(self, *args: Any, **options: Any) -> None:
        for model, names in encrypted_fields():
            if model._meta.model_name and model._meta.model_name.endswith("event"):
                indexes: list[BlindIndexField] = []  # history keeps its rows; only the ciphertext is renewed
            else:
                indexes = [field for field in model._meta.get_fields() if isinstance(field, BlindIndexField)]
            count = self.rotate(model, names, indexes)
            self.stdout.write(f"{model._meta.label}: {count} rows")

    def rotate(self, model: type[models.Model], names: list[str], indexes: list[BlindIndexField]) -> int:
        last: Any = 0
        done = 0
        manager = model._base_manager
        while True:
            with transaction.atomic():
                rows = list(manager.filter(pk__gt=last).order_by("pk").select_for_update()[:BATCH])
                if not rows:
                    return done
                for row in rows:
                    for index in indexes:
                        setattr(row, index.attname, blind_index(getattr(row, index.of) or ""))
                manager.bulk_update(rows, [*names, *(index.name for index in indexes)])
            last, done = rows[-1].pk, done + len(rows)
