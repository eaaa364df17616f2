"""What is implausible, or unusual and confirmed, lies before the puskesmas until somebody has looked at it, and again once it was changed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from ntbportal.commons.audit import PersonalDataAccess
from posyandu.checking import unusual
from posyandu.models import OpenDay, Posyandu
from posyandu.visits import Measurement, record_visit

pytestmark = pytest.mark.django_db
PAGE = "/posyandu/cadre/checks/"


@pytest.fixture
def today() -> date:
    return timezone.localdate()


def test_it_is_held_right_and_comes_again_when_changed(
    child: Any, posyandu: Any, cadre: Any, midwife: Any, sign_in: Any, today: date
) -> None:
    usual, odd, grown = (child(today - timedelta(days=400), name=name) for name in ("Biasa", "Aneh", "Melonjak"))
    before, day = (OpenDay.objects.create(posyandu=posyandu, day=today - timedelta(days=back)) for back in (40, 0))
    for kid in (usual, grown):
        record_visit(kid, before, Measurement(Decimal("9.1"), Decimal("75")), cadre)
    record_visit(usual, day, Measurement(Decimal("9.4"), Decimal("76")), cadre)
    record_visit(grown, day, Measurement(Decimal("11.2"), Decimal("76"), confirmed=True), cadre)
    wrong = record_visit(odd, day, Measurement(Decimal("3.0"), Decimal("75"), confirmed=True), cadre)
    client = sign_in(midwife)
    page = client.get(PAGE).content.decode()
    assert "Aneh" in page
    assert "Melonjak" in page
    assert "9,10 kg, 75 cm" in page  # what it was before
    assert "Biasa" not in page
    assert "Melonjak" not in client.get(PAGE, {"show": "implausible"}).content.decode()
    assert PersonalDataAccess.objects.filter(user=midwife, subject=f"person:{odd.pk}", page=PAGE).exists()
    client.post(PAGE, {"visit": wrong.pk})
    assert "Aneh" not in client.get(PAGE).content.decode()
    assert "Aneh" in client.get(PAGE, {"show": "done"}).content.decode()
    assert "sudah dilihat" in client.get(f"/posyandu/cadre/weighings/{wrong.pk}/").content.decode()
    record_visit(odd, day, Measurement(Decimal("2.0"), Decimal("75"), confirmed=True), cadre)
    assert "Aneh" in client.get(PAGE).content.decode()
    record_visit(odd, day, Measurement(Decimal("9.0"), Decimal("75")), cadre)
    assert "Aneh" not in client.get(PAGE).content.decode()


def test_only_of_the_own_area_and_out_only_with_a_reason(
    child: Any, posyandu: Any, cadre: Any, midwife: Any, person: Any, sign_in: Any, today: date
) -> None:
    kid = child(today - timedelta(days=400), name="Aneh")
    visit = record_visit(kid, OpenDay.objects.create(posyandu=posyandu, day=today), Measurement(Decimal("3.0"), Decimal("75"), confirmed=True), cadre)  # fmt: skip
    elsewhere = sign_in(person("midwife", region="52.01"))
    assert "Aneh" not in elsewhere.get(PAGE).content.decode()
    assert elsewhere.post(PAGE, {"visit": visit.pk}).status_code == 404
    client = sign_in(midwife)
    assert client.get(PAGE, {"export": "csv"}).status_code == 302
    assert "Aneh" in client.get(PAGE, {"export": "csv", "reason": "Perbaikan data bulanan"}).getvalue().decode()
    assert unusual(Posyandu.objects.all(), "").count() == 1
