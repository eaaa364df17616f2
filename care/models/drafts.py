"""A report being written: kept on the server from screen to screen, so that nothing typed is lost."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.db import models

from ntbportal.commons.privacy import EncryptedTextField


class ReportDraft(models.Model):
    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    content = EncryptedTextField(default="{}")
    picture = models.ImageField(upload_to="care/drafts/%Y/%m/", max_length=160, blank=True)
    thumbnail = models.ImageField(upload_to="care/drafts/%Y/%m/", max_length=160, blank=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = "report draft"
        verbose_name_plural = "report drafts"

    def __str__(self) -> str:
        return str(self.key)

    @property
    def values(self) -> dict[str, Any]:
        return dict(json.loads(self.content))

    def keep(self, **values: Any) -> None:
        self.content = json.dumps({**self.values, **values})
