"""Who works at the posyandu of these tests, and how spreadsheets are brought in."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

import pytest
from django.utils import timezone


@pytest.fixture
def cadre(posyandu: Any, person: Any) -> Any:
    user = person("cadre")
    posyandu.cadres.add(user)
    return user


@pytest.fixture
def midwife(posyandu: Any, person: Any) -> Any:
    return person("midwife", region="52.07.02")


@pytest.fixture
def send(midwife: Any, sign_in: Any, settings: Any, tmp_path: Any) -> Any:
    """send(content) has a spreadsheet looked through, send.bring(row) brings it in; the worker's part is done at once."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    from posyandu import importing
    from posyandu.models import VisitImport

    settings.VAR_DIR = tmp_path
    client = sign_in(midwife)

    def run(row: VisitImport) -> VisitImport:
        importing.run(row.pk)
        row.refresh_from_db()
        return row

    def post(content: bytes, name: str = "eppgbm.xlsx") -> VisitImport:
        answer = client.post("/posyandu/cadre/import/", {"file": SimpleUploadedFile(name, content)})
        assert answer.status_code == 302, answer.content.decode()[-2000:]
        return run(VisitImport.objects.latest("created_at"))

    def bring(row: VisitImport) -> VisitImport:
        client.post(row.get_absolute_url(), {"act": "bring"})
        return run(row)

    post.client, post.bring = client, bring  # type: ignore[attr-defined]
    return post


@pytest.fixture
def from_phone(cadre: Any, sign_in: Any) -> Any:
    """from_phone(entry, …) sends what a phone of the cadre wrote; returns the answers."""
    client = sign_in(cadre)

    def post(*entries: dict[str, Any], sent_at: datetime | None = None) -> list[dict[str, Any]]:
        body = {"sent_at": (sent_at or timezone.now()).isoformat(), "entries": list(entries)}
        answer = client.post("/posyandu/cadre/send/", json.dumps(body), content_type="application/json")
        assert answer.status_code == 200, answer.content
        return answer.json()["answers"]

    return post


@pytest.fixture
def entry(posyandu: Any) -> Any:
    """entry("growth", child, weight=9) is what a phone writes of one act, today at the posyandu."""
    today = timezone.localdate()

    def make(kind: str, who: Any = None, **more: Any) -> dict[str, Any]:
        base = {"key": str(uuid.uuid4()), "kind": kind, "posyandu": posyandu.pk, "day": today.isoformat(), "at": timezone.now().isoformat()}
        return {**base, "person": who.pk if hasattr(who, "pk") else who, **more}

    return make
