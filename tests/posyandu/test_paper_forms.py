"""Blank forms and lists for an open day on paper: every question with boxes, everybody with what is due."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone

from posyandu.models import GrowthVisit, OpenDay, VisitForm
from posyandu.targets import months_back

pytestmark = pytest.mark.django_db


def test_every_form_can_be_printed_whole(cadre, sign_in) -> None:
    client = sign_in(cadre)
    page = client.get("/posyandu/cadre/blanks/").content.decode()
    for form in VisitForm.objects.all():
        assert form.title_id in page
        printed = client.get(f"/posyandu/cadre/blanks/form/{form.slug}/").content.decode()
        assert all(question.text_id in printed for question in form.questions.all()), form.slug


def test_of_the_development_form_an_age_is_one_page(cadre, sign_in) -> None:
    printed = sign_in(cadre).get("/posyandu/cadre/blanks/form/kpsp/?months=24").content.decode()
    assert printed.count("☐&nbsp;Ya") == 10
    assert "Berlari tanpa sering jatuh" in printed
    assert "Tertawa bersuara" not in printed


def test_the_list_has_last_weights_and_what_is_due(cadre, posyandu, child, sign_in) -> None:
    today = timezone.localdate()
    ani = child(months_back(today, 10), name="Ani")
    child(months_back(today, 12 * 40), name="Rohana")
    day = OpenDay.objects.create(posyandu=posyandu, day=months_back(today, 1))
    GrowthVisit.objects.create(person=ani, posyandu=posyandu, open_day=day, day=day.day, weight=Decimal("8.35"), status="B")
    client, address = sign_in(cadre), f"/posyandu/cadre/blanks/list/{posyandu.pk}/"
    page = client.get(address, {"day": today.isoformat()}).content.decode()
    for text in ("Ani", "8,35", "BCG"):
        assert text in page
    assert "Rohana" not in page
    assert "Rohana" in client.get(address, {"group": ""}).content.decode()
    assert client.get(address, {"day": "2026-02-31"}).status_code == 200  # no such day: the next open day


def test_questions_of_some_say_whom_they_are_for(cadre, sign_in) -> None:
    printed = sign_in(cadre).get("/posyandu/cadre/blanks/form/balita/").content.decode()
    assert "di bawah 6 bulan" in printed
    assert "6–23 bulan" in printed
