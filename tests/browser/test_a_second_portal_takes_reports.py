"""Sending on to another Open311 server, which here is a whole second portal of ours: its own processes, database and worker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from care import onward
from care.models import Case, OnwardCase, OnwardServer, OnwardService
from care.routing import route_case
from ntbportal.commons.agencies import Agency


def there(portal: Any, code: str) -> str:
    """What Python prints in the second portal."""
    done = portal.run("manage", "shell", "--no-imports", "-c", code)
    assert done.returncode == 0, done.stderr
    return str(done.stdout).strip().splitlines()[-1]


@pytest.fixture
def second(portal: Any, settings: Any, category: Any) -> OnwardServer:
    settings.FETCH_PRIVATE_ADDRESSES = True
    token = there(
        portal,
        "from ntbportal.commons.people import User; from ntbportal.commons.tokens import issue; "
        "print(issue(User.objects.get(username='admin'), 'portal lain'))",
    )
    server = OnwardServer.objects.create(
        name="Portal kedua", url=f"{portal.address}/open311/v2", api_key=token, agency=Agency.objects.get(slug="pupr"), is_automatic=True
    )
    OnwardService.objects.create(server=server, category=category("jalan"), service_code="jalan")
    return server


def test_sent_there_answered_there_read_here(second: OnwardServer, report: Any, portal: Any) -> None:
    case = report(description="Jalan longsor di tikungan kedua.", latitude=-8.74, longitude=116.85, email="nurul@example.org").case
    route_case(case.pk)
    onward.send_due()
    onward.send_due()
    row = OnwardCase.objects.get()
    assert (row.state, row.error) == ("open", "")
    said = there(
        portal,
        "from care.models import Case; from care import handling; from ntbportal.commons.people import User; "
        f"case = Case.objects.get(code='{row.request_id}'); assert '{case.code}' in case.description; "
        "handling.answer(case, User.objects.get(username='petugas.pupr'), 'Longsoran sudah dibersihkan.'); "
        f"print(Case.objects.filter(description__contains='{case.code}').count(), case.channel)",
    )
    assert said == "1 open311"
    OnwardCase.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    onward.send_due()
    case = Case.objects.get(pk=case.pk)
    assert case.state == "answered"
    assert case.moves.filter(public_note__contains="Longsoran sudah dibersihkan.").count() == 1
