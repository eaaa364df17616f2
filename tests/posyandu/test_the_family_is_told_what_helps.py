"""Each weighing says what to tell the family: by finding and age, gravest first, with what the cadre does; editable and kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pghistory
import pytest
from django.utils import timezone
from django.utils.translation import override

from posyandu import contacts, judging, referrals
from posyandu.models import Finding, GrowthFinding, GrowthVisit, OpenDay
from posyandu.opening_data import FORMS, GROWTH
from posyandu.visits import Measurement, record_visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def weighed(child: Callable[..., Any], posyandu: Any, cadre: Any) -> Callable[..., tuple[Any, GrowthVisit]]:
    """A girl of so many months, weighed today."""

    def make(months: int, weight: str, height: str, **more: Any) -> tuple[Any, GrowthVisit]:
        today = timezone.localdate()
        girl = child(today - timedelta(days=round(months * 30.4375) + 1), sex="F", name="Aulia")
        day, _new = OpenDay.objects.get_or_create(posyandu=posyandu, day=today, defaults={"opened_by": cadre})
        return girl, record_visit(girl, day, Measurement(Decimal(weight), Decimal(height), confirmed=True, **more), cadre)

    return make


def codes(found: list[GrowthFinding]) -> list[str]:
    return [one.code for one in found]


# WHO's field tables: girls of 65 cm -2 SD 6.1 kg, -3 SD 5.6 kg; 80 cm -2 SD 8.7, -3 SD 8.0; 4 months -2 SD 57.8 cm; 18 months -2 SD 74.9, -3 SD 72.0
@pytest.mark.parametrize(
    ("months", "weight", "height", "told"),
    [
        (18, "10.2", "80.7", {"gain-first", "feed-12"}),
        (18, "8.3", "80.7", {"wasted", "gain-first", "feed-12"}),
        (18, "7.6", "80.7", {"severe", "underweight", "gain-first", "feed-12"}),
        (18, "9.3", "74.0", {"stunted-two", "gain-first", "feed-12"}),
        (4, "5.0", "62.1", {"wasted-young", "underweight", "gain-first", "feed-0"}),
        (40, "13.0", "89.0", {"stunted", "gain-first", "feed-24"}),
    ],
)
def test_by_what_was_measured_and_age(weighed: Any, months: int, weight: str, height: str, told: set[str]) -> None:
    girl, visit = weighed(months, weight, height)
    assert set(codes(judging.growth_findings(girl, visit))) == told, (visit.zwei, visit.zlen, visit.zwfl)


def test_the_gravest_comes_first_and_only_one_of_a_kind(weighed: Any) -> None:
    girl, visit = weighed(18, "7.6", "80.7", muac=Decimal("11.2"), oedema=True)
    found = codes(judging.growth_findings(girl, visit))
    assert found[:2] == ["oedema", "arm-severe"]
    assert len({one.group for one in GrowthFinding.objects.filter(code__in=found)}) == len(found)


def test_the_page_tells_it_in_both_languages_with_the_task_of_the_cadre(weighed: Any, sign_in: Any, cadre: Any) -> None:
    girl, visit = weighed(18, "7.6", "80.7")
    client, path = sign_in(cadre), f"/posyandu/cadre/days/{visit.open_day_id}/children/{girl.pk}/result/"
    page = client.get(path).content.decode()
    for text in ("Yang disampaikan kepada keluarga", "Bawa ke puskesmas hari ini", "Untuk Anda:", "Rujuk sekarang juga", "Kemenkes 2019"):
        assert text in page
    assert "Take it to the puskesmas today" in client.get(f"/en{path}").content.decode()


def test_severe_malnutrition_is_referred_at_once_and_an_odd_head_is_a_reason(weighed: Any, cadre: Any, posyandu: Any) -> None:
    girl, visit = weighed(18, "7.6", "80.7", head=Decimal("42.0"))
    with override("id"):
        reasons, urgent = referrals.reasons_for(girl, visit.day)
    assert urgent
    assert any(reason.startswith("Lingkar kepala kecil (z -") for reason in reasons)
    letter = referrals.refer(girl, posyandu, visit.day, cadre)
    assert letter.due_on == visit.day + timedelta(days=referrals.DAYS_TO_COME_URGENT)


def test_the_head_stands_among_the_indices_where_it_was_measured(weighed: Any, sign_in: Any, cadre: Any) -> None:
    client = sign_in(cadre)
    for head, word in ((Decimal("46.0"), "Lingkar kepala baik"), (Decimal("42.0"), "Lingkar kepala kecil")):
        girl, visit = weighed(18, "10.2", "80.7", head=head)
        page = client.get(f"/posyandu/cadre/weighings/{visit.pk}/").content.decode()
        assert word in page[page.index("LK/U") :][:300]


def test_everyone_reads_it_on_the_page_about_children(client: Any) -> None:
    page = client.get("/posyandu/health/balita/").content.decode()
    assert "Makan menurut umur" in page
    assert "ASI saja, tanpa air" in page
    assert "Gizi kurang" in page
    assert "di bawah 6 bulan" in page
    assert "Untuk Anda" not in page


def test_newer_texts_come_with_the_portal_but_what_was_edited_stays(person: Any) -> None:
    old, edited = Finding.objects.filter(form__slug="dewasa").order_by("position")[:2]
    Finding.objects.filter(pk=old.pk).update(advice_id="Teks lama.")
    with pghistory.context(user=person("admin").pk, url="/admin/"):
        Finding.objects.filter(pk=edited.pk).update(advice_id="Teks Dinas.")
    GrowthFinding.objects.filter(code="wasted").delete()
    contacts.load_forms(FORMS.read_text("utf-8"))
    contacts.load_growth_findings(GROWTH.read_text("utf-8"))
    assert Finding.objects.get(pk=old.pk).advice_id != "Teks lama."
    assert Finding.objects.get(pk=edited.pk).advice_id == "Teks Dinas."
    assert GrowthFinding.objects.filter(code="wasted").exists()
    assert contacts.load_forms(FORMS.read_text("utf-8")) == "0 questions and findings"


def test_every_text_is_there_in_both_languages_and_none_is_an_order_to_the_cadre() -> None:
    rows = [*GrowthFinding.objects.all(), *Finding.objects.exclude(advice_id="")]
    assert len(rows) > 80
    for row in rows:
        assert row.advice_id, row.code
        assert row.advice_en, row.code
        assert bool(row.task_id) == bool(row.task_en), row.code
        assert not row.advice_id.startswith(("Rujuk", "Catat", "Ajari", "Puji")), row.code
