"""What was measured stays readable: the course of each figure, each visit with all its answers, what it was before; mistakes are taken
back, are counted no longer, and stay in the history."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from posyandu import contacts
from posyandu.models import FindingMonth, GrowthVisit, OpenDay, PosyanduMonth, Visit
from posyandu.visits import Measurement, record_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def grown_up(child: Any) -> Any:
    return child(date(1970, 3, 5), sex="M", name="Haji Sahnan")


def visited(person: Any, posyandu: Any, cadre: Any, day: date, **answers: Any) -> Visit:
    open_day = OpenDay.objects.get_or_create(posyandu=posyandu, day=day, defaults={"opened_by": cadre})[0]
    form = contacts.whole_form("dewasa")
    given = {code: str(value) for code, value in answers.items()}
    return contacts.record_contact(person, form, day, given, cadre, posyandu=posyandu, open_day=open_day, confirmed=True)[0]


def test_the_persons_page_draws_each_figure_with_its_limits(grown_up: Any, posyandu: Any, cadre: Any, sign_in: Any) -> None:
    today = timezone.localdate()
    for months, systolic, glucose in ((2, 128, 96), (1, 146, 105), (0, 152, 210)):
        visited(
            grown_up, posyandu, cadre, today - timedelta(days=31 * months), systolic=systolic, diastolic=85, glucose=glucose, waist="88,5"
        )
    page = sign_in(cadre).get(f"/posyandu/cadre/people/{grown_up.pk}/").content.decode()
    assert page.count('<svg class="course"') == 4
    assert page.count(">140<") == 2  # the limits of systolic pressure and of glucose lie among the figures
    assert "88,5" in page
    assert "Gula darah tinggi" in page
    assert page.index(">152</td>") < page.index(">146</td>") < page.index(">128</td>")  # newest visit first
    pressure = page[page.index('aria-label="Tekanan darah, angka atas') :]
    assert pressure[: pressure.index('">')].endswith("152")


def test_one_measurement_is_told_and_not_drawn(grown_up: Any, posyandu: Any, cadre: Any, sign_in: Any) -> None:
    visited(grown_up, posyandu, cadre, timezone.localdate(), systolic=120, diastolic=80)
    page = sign_in(cadre).get(f"/posyandu/cadre/people/{grown_up.pk}/").content.decode()
    assert '<svg class="course"' not in page
    assert '<td class="number">120</td>' in page


def test_school_children_have_whos_charts_of_2007(child: Any, posyandu: Any, cadre: Any, sign_in: Any) -> None:
    today = timezone.localdate()
    boy = child(today - timedelta(days=10 * 365 - 3), name="Lalu Arya")
    open_day = OpenDay.objects.create(posyandu=posyandu, day=today, opened_by=cadre)
    contacts.record_contact(
        boy, contacts.whole_form("remaja"), today, {"weight": "31", "height": "137,5"}, cadre, posyandu=posyandu, open_day=open_day
    )
    client = sign_in(cadre)
    page = client.get(f"/posyandu/cadre/people/{boy.pk}/?chart=school-height").content.decode()
    assert "Rujukan WHO 2007" in page
    assert ": 137,50 cm</title>" in page
    # WHO 2007, height of boys of nearly ten years: median 137.8 cm; the drawn point lies just below the middle curve
    assert page.count('class="kms-curve') == 7
    assert "chart=school-weight" in page  # to ten years
    assert ": 31,00 kg</title>" in client.get(f"/posyandu/cadre/people/{boy.pk}/?chart=school-weight").content.decode()


def test_a_visit_is_read_whole_with_what_it_was_before(grown_up: Any, posyandu: Any, cadre: Any, sign_in: Any) -> None:
    client, today = sign_in(cadre), timezone.localdate()
    visit = visited(grown_up, posyandu, cadre, today, systolic=185, diastolic=95, smokes="yes")
    client.post(
        f"/posyandu/cadre/days/{visit.open_day_id}/people/{grown_up.pk}/dewasa/",
        {"systolic": "135", "diastolic": "85", "smokes": "yes", "confirmed": "on"},
    )
    page = client.get(f"/posyandu/cadre/visits/{visit.pk}/").content.decode()
    before = page[page.index("Sebelumnya") :]
    assert "135 mmHg" in page[: page.index("Sebelumnya")]
    assert "185 mmHg" in before
    assert f"diperbaiki oleh {cadre}" in before
    assert "Merokok" not in before  # what did not change is not repeated


def test_a_weighing_shows_corrections_but_not_what_only_moved_its_status(child: Any, posyandu: Any, cadre: Any, sign_in: Any) -> None:
    client, today = sign_in(cadre), timezone.localdate()
    girl = child(today - timedelta(days=400), sex="F")
    earlier = OpenDay.objects.create(posyandu=posyandu, day=today.replace(day=1) - timedelta(days=3), opened_by=cadre)
    now = OpenDay.objects.get_or_create(posyandu=posyandu, day=today, defaults={"opened_by": cadre})[0]
    second = record_visit(girl, now, Measurement(Decimal("8.6"), Decimal("74.0"), confirmed=True), cadre)
    record_visit(girl, earlier, Measurement(Decimal("8.5"), Decimal("73.5"), confirmed=True), cadre)  # moves the status of the second
    assert GrowthVisit.objects.get(pk=second.pk).status == "T"
    assert "Sebelumnya" not in client.get(f"/posyandu/cadre/weighings/{second.pk}/").content.decode()
    client.post(
        f"/posyandu/cadre/days/{now.pk}/children/{girl.pk}/", {"weight": "8,9", "height": "74,2", "measure": "L", "confirmed": "on"}
    )
    page = client.get(f"/posyandu/cadre/weighings/{second.pk}/").content.decode()
    assert "8,6 kg" in page[page.index("Sebelumnya") :]


def test_a_weighing_taken_back_is_counted_no_longer_and_stays_in_the_history(child: Any, posyandu: Any, cadre: Any, sign_in: Any) -> None:
    client, today = sign_in(cadre), timezone.localdate()
    girl = child(today - timedelta(days=400), sex="F")
    day = OpenDay.objects.create(posyandu=posyandu, day=today, opened_by=cadre)
    visit = record_visit(girl, day, Measurement(Decimal("8.6"), Decimal("74.0"), confirmed=True), cadre)
    month = {"posyandu": posyandu, "month": today.replace(day=1)}
    assert PosyanduMonth.objects.get(**month).d == 1
    answer = client.post(f"/posyandu/cadre/weighings/{visit.pk}/", {"act": "remove"}, follow=True)
    assert not GrowthVisit.objects.filter(pk=visit.pk).exists()
    assert sum(PosyanduMonth.objects.filter(**month).values_list("d", flat=True)) == 0
    page = answer.content.decode()
    assert "Ditarik kembali (1)" in page
    assert "8,6 kg" in page
    assert str(cadre) in page[page.index("Ditarik kembali (1)") :]
    assert client.get(f"/posyandu/cadre/weighings/{visit.pk}/").status_code == 404


def test_a_form_taken_back_is_counted_no_longer(grown_up: Any, posyandu: Any, cadre: Any, sign_in: Any) -> None:
    client = sign_in(cadre)
    visit = visited(grown_up, posyandu, cadre, timezone.localdate(), systolic=150, diastolic=95)
    counted = FindingMonth.objects.filter(code="dewasa:hypertension", posyandu=posyandu)
    assert counted.get().n == 1
    page = client.post(f"/posyandu/cadre/visits/{visit.pk}/", {"act": "remove"}, follow=True).content.decode()
    assert sum(counted.values_list("n", flat=True)) == 0
    assert "Dewasa" in page[page.index("Ditarik kembali (1)") :]


def test_only_who_works_there_reads_and_takes_back(grown_up: Any, posyandu: Any, cadre: Any, person: Any, sign_in: Any) -> None:
    visit = visited(grown_up, posyandu, cadre, timezone.localdate(), systolic=150, diastolic=95)
    stranger = sign_in(person("cadre"))
    assert stranger.get(f"/posyandu/cadre/visits/{visit.pk}/").status_code == 403
    assert stranger.post(f"/posyandu/cadre/visits/{visit.pk}/", {"act": "remove"}).status_code == 403
    assert Visit.objects.filter(pk=visit.pk).exists()
