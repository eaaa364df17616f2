"""Who works at the posyandu of these tests, and how spreadsheets are brought in."""

from __future__ import annotations

from typing import Any

import pytest


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
