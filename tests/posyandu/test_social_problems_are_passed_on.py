"""The ten questions: what was found is kept; with consent it becomes a secret report, once, whose answer comes back to the cadre."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from care import handling
from care.models import Case
from care.routing import route_waiting
from posyandu.models import SocialCase, SocialCheck
from posyandu.open_days import open_day_today


def test_without_consent_it_stays_with_the_posyandu(child: Any, posyandu: Any, cadre: Any, sign_in: Any) -> None:
    kid = child(timezone.localdate() - timedelta(days=400))
    day = open_day_today(posyandu, cadre)
    page = f"/posyandu/cadre/days/{day.pk}/people/{kid.pk}/social/"
    assert sign_in(cadre).post(page, {"food": "yes", "note-food": "Beras habis.", "plan": "Kunjungi lagi."}).status_code == 302
    kept = SocialCheck.objects.get()
    assert (kept.found, kept.notes, Case.objects.count()) == (["food"], {"food": "Beras habis."}, 0)


def test_with_consent_it_becomes_a_secret_report_and_the_answer_returns(child: Any, posyandu: Any, cadre: Any, person: Any, sign_in: Any) -> None:  # fmt: skip
    kid = child(timezone.localdate() - timedelta(days=400), name="Rizki Rahasia")
    day, client = open_day_today(posyandu, cadre), sign_in(cadre)
    page = f"/posyandu/cadre/days/{day.pk}/people/{kid.pk}/social/"
    form = {"elderly": "yes", "note-elderly": "Tinggal sendiri, sakit.", "documents": "yes", "consent": "on"}
    client.post(page, form)
    client.post(page, form)  # pressed twice
    cases = {one.problem: one.case for one in SocialCase.objects.select_related("case")}
    assert set(cases) == {"elderly", "documents"}
    assert Case.objects.count() == 2
    assert all(case.is_secret for case in cases.values())
    assert not any("Rizki" in case.description or "Ahmad" in case.description for case in cases.values())
    assert cases["elderly"].is_emergency  # an abandoned old person cannot wait
    from django.test import Client

    assert "Tinggal sendiri" not in Client().get(f"/care/{cases['elderly'].code}/").content.decode()
    route_waiting()
    case = Case.objects.get(pk=cases["documents"].pk)
    officer = person("officer", agency=case.agency.slug)
    handling.take(case, officer)
    case.refresh_from_db()
    handling.answer(case, officer, "Petugas datang hari Senin.")
    assert "Petugas datang hari Senin." in client.get(page).content.decode()


def test_an_open_report_is_not_doubled_next_month(child: Any, posyandu: Any, cadre: Any) -> None:
    from posyandu import social

    kid, today = child(timezone.localdate() - timedelta(days=400)), timezone.localdate()
    for back in (31, 0):
        social.check(kid.household, posyandu, today - timedelta(days=back), cadre, found=["food"], notes={}, consent=True)
    assert Case.objects.count() == 1
