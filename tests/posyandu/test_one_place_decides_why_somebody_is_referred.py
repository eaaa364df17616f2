"""Page, letter and phone agree: whoever the page says to refer has a reason in the letter, and each odd measurement is asked about in its
own words."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from django.utils.translation import override

from posyandu import contacts, judging, referrals
from posyandu.models import Finding, GrowthFinding, GrowthLimit, GrowthVisit, OpenDay, Visit
from posyandu.visits import ODD, Measurement, NeedsConfirmation, odd_indices, record_visit

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def weigh(child: Any, posyandu: Any, cadre: Any) -> Any:
    def make(months: int, weight: str, height: str | None = None, **more: Any) -> GrowthVisit:
        kid = child(TODAY - timedelta(days=round(months * 30.4375) + 1), sex="F", name=f"Aulia {months} {weight}")
        day, _new = OpenDay.objects.get_or_create(posyandu=posyandu, day=TODAY, defaults={"opened_by": cadre})
        measured = Measurement(Decimal(weight), Decimal(height) if height else None, **{"confirmed": True, **more})
        return record_visit(kid, day, measured, cadre)

    return make


WEIGHED = [
    (61, "16", "105", {"muac": Decimal("12.0")}),  # five years old: no label, yet the arm asks for a referral
    (60, "10", None, {}),
    (3, "6", None, {"muac": Decimal("10")}),
    (18, "10.2", "80.7", {"head": Decimal("42")}),
    (18, "10.2", "80.7", {"oedema": True}),
    (18, "14", "80.7", {}),
    (18, "7.6", "80.7", {}),
    (18, "10.2", "70", {}),
    (18, "10.2", "80.7", {}),
    (40, "13", "97", {"muac": Decimal("12.4")}),
]


@pytest.mark.parametrize(("months", "weight", "height", "more"), WEIGHED)
@pytest.mark.parametrize("edited", ["", "no label refers", "no finding refers"])
def test_what_the_page_refers_the_letter_takes(
    weigh: Any, posyandu: Any, cadre: Any, sign_in: Any, months: int, weight: str, height: Any, more: Any, edited: str
) -> None:
    if edited == "no label refers":
        GrowthLimit.objects.update(refer=False)
    elif edited:
        GrowthFinding.objects.update(refer=False)
    visit = weigh(months, weight, height, **more)
    path = f"/posyandu/cadre/days/{visit.open_day_id}/children/{visit.person_id}/result/"
    client = sign_in(cadre)
    says_refer = "Tulis surat rujukan" in client.get(path).content.decode() or "Buat surat" in client.get(path).content.decode()
    judged = judging.judge_growth(visit.person, visit)
    assert says_refer is judged.refer
    reasons, _urgent = judging.reasons_for(visit.person, TODAY)
    assert bool(reasons) is judged.refer
    if judged.refer:
        assert referrals.refer(visit.person, posyandu, TODAY, cadre).reasons == reasons


def test_a_form_that_asks_for_a_referral_gives_the_reason_of_the_letter(child: Any, posyandu: Any, cadre: Any, sign_in: Any) -> None:
    adult = child(TODAY - timedelta(days=40 * 365), sex="M", name="Ahmad")
    day = OpenDay.objects.create(posyandu=posyandu, day=TODAY)
    contacts.record_contact(adult, contacts.whole_form("dewasa"), TODAY, {"systolic": 185, "diastolic": 90}, cadre, posyandu=posyandu, open_day=day, confirmed=True)  # fmt: skip
    path = f"/posyandu/cadre/days/{day.pk}/people/{adult.pk}/dewasa/result/"
    assert "Rujuk" in sign_in(cadre).get(path).content.decode()
    assert judging.reasons_for(adult, TODAY)[0]
    # an administrator says since that this asks for no referral: page and letter say so alike
    Finding.objects.update(refer=False)
    assert Visit.objects.get(person=adult).refer
    assert judging.reasons_for(adult, TODAY) == ([], False)
    assert "Tulis surat" not in sign_in(cadre).get(path).content.decode()


def test_an_odd_head_is_asked_about_as_a_head(weigh: Any) -> None:
    with override("id"), pytest.raises(NeedsConfirmation) as asked:
        weigh(18, "10.2", "80.7", head=Decimal("60"), confirmed=False)
    (question,) = asked.value.questions
    assert "Lingkar kepala" in question
    assert "60" in question


@pytest.mark.parametrize(
    ("months", "weight", "height", "head"),
    [
        (18, "87", "80.7", None), (18, "10.2", "120", None), (18, "10.2", "45", None), (18, "25", "80.7", "60"), (2, "2", "70", None),
        (0, "12", None, "20"), (50, "10.2", "140", "30"), (18, "4.2", "80.7", None),
    ],
)  # fmt: skip
def test_each_implausible_index_has_its_own_question(weigh: Any, months: int, weight: str, height: Any, head: Any) -> None:
    with pytest.raises(NeedsConfirmation) as asked:
        weigh(months, weight, height, head=Decimal(head) if head else None, confirmed=False)
    visit = weigh(months, weight, height, head=Decimal(head) if head else None)
    odd = odd_indices({name: getattr(visit, name) for name in ODD})
    assert visit.is_implausible
    assert odd
    assert len(set(asked.value.questions)) == len(odd) == len(asked.value.questions)


def test_without_rules_about_heads_none_is_said_to_be_in_order(weigh: Any) -> None:
    GrowthFinding.objects.filter(group="head").update(is_active=False)
    visit = weigh(18, "10.2", "80.7", head=Decimal("42"))
    assert [row["label"] for row in judging.judge_growth(visit.person, visit).indices][-1] is None


def test_an_import_asks_the_same_before_it_brings_anything_in(send: Any, posyandu: Any) -> None:
    rows = ["Nama,JK,Tgl Lahir,Posyandu,Tanggal Pengukuran,Berat,Tinggi,LK", "Ani,P,2025-04-02,Melati,2026-10-12,87,80.7,", "Budi,L,2025-04-02,Melati,2026-10-12,10.2,80.7,60", "Cici,P,2025-04-02,Melati,2026-10-12,10.2,80.7,46"]  # fmt: skip
    looked = send("\n".join(rows).encode(), "a.csv")
    assert looked.problems == []
    assert [(row, column) for row, column, _text in looked.questions] == [(2, "Berat"), (2, "Berat"), (2, "Berat"), (3, "LK")]
    assert "87" in looked.questions[0][2]
    assert "Lingkar kepala" in looked.questions[-1][2]
    assert "Nilai yang tidak biasa" in send.client.get(looked.get_absolute_url()).content.decode()
    brought = send.bring(looked)
    assert (brought.new_visits, len(brought.questions)) == (3, 4)
    assert GrowthVisit.objects.filter(is_implausible=True).count() == 2
