"""What a phone wrote of referrals and social problems without signal: the letter is made when it arrives, with the reasons that the
visits of the day give; answers of two cadres about one family do not write over each other."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from care.models import Case
from posyandu.models import Referral, SocialCheck

pytestmark = pytest.mark.django_db


@pytest.fixture
def kid(child: Any) -> Any:
    return child(timezone.localdate() - timedelta(days=400), name="Ani")


def test_a_referral_arrives_with_the_weighing_it_is_about_in_any_order(from_phone: Any, entry: Any, kid: Any) -> None:
    letter = entry("referral", kid, note="Ibu sakit", why="Berat badan sangat kurang")
    answers = from_phone(letter, entry("growth", kid, weight=6.1, height=70, confirmed=True))
    assert [one["state"] for one in answers] == ["kept", "kept"]
    made = Referral.objects.get()
    assert (answers[0]["code"], answers[0]["due_on"]) == (made.code, made.due_on.isoformat())
    assert made.note == "Ibu sakit"
    assert any("sangat kurang" in reason for reason in made.reasons)
    assert from_phone(letter)[0] == answers[0]
    assert Referral.objects.count() == 1


def test_what_the_phone_told_stands_in_where_the_visits_give_no_reason(from_phone: Any, entry: Any, kid: Any) -> None:
    assert from_phone(entry("referral", kid))[0]["state"] == "refused"
    assert from_phone(entry("referral", kid, why="Batuk dengan napas cepat"))[0]["state"] == "kept"
    assert Referral.objects.get().note == "Batuk dengan napas cepat"


def test_social_problems_arrive_and_with_consent_are_passed_on(from_phone: Any, entry: Any, kid: Any) -> None:
    again = (timezone.localdate() + timedelta(days=14)).isoformat()
    answer = from_phone(
        entry(
            "social",
            kid,
            found=["violence", "out-of-school"],
            notes={"violence": "Memar di lengan"},
            consent=True,
            plan="Datang lagi",
            follow_up_on=again,
        )
    )[0]
    row = SocialCheck.objects.get()
    assert (answer["state"], answer["cases"], Case.objects.filter(is_secret=True).count()) == ("kept", 2, 2)
    assert (row.found, row.notes, row.plan) == (["out-of-school", "violence"], {"violence": "Memar di lengan"}, "Datang lagi")
    assert row.follow_up_on.isoformat() == again


def test_nonsense_is_refused(from_phone: Any, entry: Any, kid: Any) -> None:
    for more in (
        {},
        {"found": "violence", "notes": {}},
        {"found": ["weather"], "notes": {}},
        {"found": [], "notes": {}, "follow_up_on": "besok"},
    ):
        assert from_phone(entry("social", kid, **more))[0]["state"] == "refused", more
    assert not SocialCheck.objects.exists()


def test_another_cadre_who_saw_something_else_is_asked(
    from_phone: Any, entry: Any, kid: Any, person: Any, posyandu: Any, sign_in: Any
) -> None:
    from_phone(entry("social", kid, found=["violence"], notes={}, consent=False))
    other = person("cadre")
    posyandu.cadres.add(other)
    client = sign_in(other)

    def send(**more: Any) -> dict[str, Any]:
        body = {"sent_at": "", "entries": [entry("social", kid, found=[], notes={}, consent=False, **more)]}
        return client.post("/posyandu/cadre/send/", json.dumps(body), content_type="application/json").json()["answers"][0]

    answer = send()
    assert (answer["state"], answer["theirs"]["found"]) == ("conflict", ["violence"])
    assert SocialCheck.objects.get().found == ["violence"]
    assert send(replace=True)["state"] == "kept"
    assert SocialCheck.objects.get().found == []


def test_the_phone_takes_the_ten_questions_along(cadre: Any, sign_in: Any) -> None:
    problems = sign_in(cadre).get("/posyandu/cadre/pack/").json()["rules"]["problems"]
    assert len(problems) == 10
    assert all(indonesian and english and indonesian != english for _code, indonesian, english in problems)
