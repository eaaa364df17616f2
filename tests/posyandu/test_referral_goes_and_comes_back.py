"""A referral says why, reaches the midwife, comes back answered to the cadre, and is asked after where nobody came."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from ntbportal.commons.notices import Notice
from posyandu import contacts, referrals
from posyandu.models import Referral
from posyandu.open_days import open_day_today
from posyandu.people import leave
from posyandu.visits import Measurement, record_visit


@pytest.fixture
def thin(child: Any, posyandu: Any, cadre: Any) -> Any:
    kid = child(timezone.localdate() - timedelta(days=400))
    record_visit(kid, open_day_today(posyandu, cadre), Measurement(Decimal("6.2"), Decimal("72.0"), "L", muac=Decimal("11.0"), confirmed=True), cadre)  # fmt: skip
    return kid


def test_from_the_result_to_the_answer(thin: Any, posyandu: Any, cadre: Any, person: Any, sign_in: Any) -> None:
    midwife = person("midwife", region=posyandu.village_id[:8])
    day = open_day_today(posyandu, cadre)
    letter = sign_in(cadre).post(f"/posyandu/cadre/days/{day.pk}/people/{thin.pk}/refer/").url
    found = Referral.objects.get()
    assert letter == found.get_absolute_url()
    assert any("11.0 cm" in reason for reason in found.reasons)
    assert any("z -" in reason for reason in found.reasons)
    page = sign_in(cadre).get(letter).content.decode()
    assert found.code in page
    assert "data:image/svg+xml;base64," in page
    assert Notice.objects.filter(user=midwife, event=f"referral:{found.pk}:sent").exists()
    answer = {"act": "answer", "seen_on": timezone.localdate().isoformat(), "feedback": "Gizi buruk, rawat jalan, F100.", "advice": "Timbang tiap minggu."}  # fmt: skip
    assert sign_in(cadre).post(letter, answer).status_code == 403  # the puskesmas answers, not the cadre
    assert sign_in(midwife).post(letter, answer).status_code == 302
    assert "Timbang tiap minggu." in sign_in(cadre).get(letter).content.decode()
    assert Notice.objects.filter(user=cadre, event__startswith=f"referral:{found.pk}:answered").exists()


def test_danger_signs_are_for_today(child: Any, posyandu: Any, cadre: Any) -> None:
    today = timezone.localdate()
    mother = child(today - timedelta(days=30 * 365), sex="F", name="Sri")
    contacts.record_contact(
        mother, contacts.whole_form("hamil"), today, {"danger-bleeding": "yes", "systolic": 150}, cadre, posyandu=posyandu
    )
    found = referrals.refer(mother, posyandu, today, cadre)
    assert found.is_urgent
    assert found.due_on == today + timedelta(days=1)
    assert len(found.reasons) == 2


def test_without_a_reason_there_is_no_letter(child: Any, posyandu: Any, cadre: Any) -> None:
    kid = child(timezone.localdate() - timedelta(days=400))
    with pytest.raises(ValidationError):
        referrals.refer(kid, posyandu, timezone.localdate(), cadre)
    assert referrals.refer(kid, posyandu, timezone.localdate(), cadre, "Telinga berair").note == "Telinga berair"


def test_whoever_did_not_come_is_asked_after_once(thin: Any, posyandu: Any, cadre: Any) -> None:
    found = referrals.refer(thin, posyandu, timezone.localdate(), cadre)
    assert referrals.chase() == 0
    Referral.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    assert (referrals.chase(), referrals.chase()) == (1, 0)
    assert Referral.objects.get().state == "missed"
    assert Notice.objects.filter(user=cadre, event=f"referral:{found.pk}:missed", channel="in_app").count() == 1


def test_a_stranger_does_not_read_it(thin: Any, posyandu: Any, cadre: Any, person: Any, sign_in: Any) -> None:
    found = referrals.refer(thin, posyandu, timezone.localdate(), cadre)
    stranger = person("midwife", region="52.71")
    assert sign_in(stranger).get(found.get_absolute_url()).status_code == 403


def test_nobody_is_asked_why_a_child_that_died_did_not_come(thin: Any, posyandu: Any, cadre: Any) -> None:
    found = referrals.refer(thin, posyandu, timezone.localdate(), cadre)
    leave(thin, "died", timezone.localdate())
    Referral.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    assert referrals.chase() == 0
    assert Referral.objects.get().state == "closed"
    assert not Notice.objects.filter(event=f"referral:{found.pk}:missed").exists()


def test_a_note_is_not_lost(thin: Any, posyandu: Any, cadre: Any, person: Any) -> None:
    today = timezone.localdate()
    found = referrals.refer(thin, posyandu, today, cadre, "Diare sejak kemarin")
    assert referrals.refer(thin, posyandu, today, cadre).note == "Diare sejak kemarin"  # refers again without a note
    referrals.answer(found, "Diberi oralit.", "", person("midwife"), today)
    assert referrals.refer(thin, posyandu, today, cadre).state == "answered"
    with pytest.raises(ValidationError):  # would be read by nobody
        referrals.refer(thin, posyandu, today, cadre, "Sekarang kejang")


def test_found_by_name_code_and_posyandu(thin: Any, posyandu: Any, cadre: Any, person: Any, sign_in: Any) -> None:
    found = referrals.refer(thin, posyandu, timezone.localdate(), cadre)
    client = sign_in(person("midwife", region=posyandu.village_id[:8]))
    for query, there in (
        ({"q": thin.name}, True),
        ({"q": found.code.lower()}, True),
        ({"q": "Zahra"}, False),
        ({"posyandu": posyandu.pk}, True),
    ):
        assert (found.get_absolute_url() in client.get("/posyandu/cadre/referrals/", query).content.decode()) is there
