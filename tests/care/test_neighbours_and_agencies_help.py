"""Offers of help that an officer accepts, and agencies that share the work."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from care import handling, together
from care.models import Case, HelpOffer
from care.routing import route_case
from ntbportal.commons.agencies import Agency
from ntbportal.commons.notices import Notice

OFFER = {"name": "Karang Taruna Taliwang", "contact": "karang@example.org", "text": "Kami bantu menambal jalan."}


@pytest.fixture
def routed(report: Any) -> Case:
    case = report().case
    route_case(case.pk)
    return Case.objects.get(pk=case.pk)


def test_accepted_help_stands_on_the_page_and_the_helper_is_told(routed: Case, person: Any, sign_in: Any) -> None:
    officer = person("officer", agency="pupr")
    assert Client().post(f"/care/{routed.code}/help/", OFFER).status_code == 302
    offer = HelpOffer.objects.get()
    assert Notice.objects.filter(event=f"offer:{offer.pk}", user=officer).exists()
    public = Client().get(f"/care/{routed.code}/").content.decode()
    assert "Karang Taruna" not in public  # not before it is accepted
    sign_in(officer).post(f"/care/desk/{routed.code}/accept/", {"offer": offer.pk})
    public = Client().get(f"/care/{routed.code}/").content.decode()
    assert "Karang Taruna Taliwang: Kami bantu menambal jalan." in public
    assert "karang@example.org" not in public
    assert Notice.objects.get(event=f"offer:{offer.pk}:accepted").address == "karang@example.org"
    with pytest.raises(ValidationError):
        together.decide_offer(offer, officer, accept=False)


def test_declined_help_is_not_shown(routed: Case, person: Any) -> None:
    offer = together.offer_help(routed, name="Budi", contact="0812", text="Saya bantu.", user=None)
    together.decide_offer(offer, person("officer", agency="pupr"), accept=False)
    assert "Budi" not in Client().get(f"/care/{routed.code}/").content.decode()


def test_no_help_for_what_is_closed_or_secret(report: Any, routed: Case, person: Any) -> None:
    handling.reject(routed, person("officer", agency="pupr"), "Bukan laporan.")
    assert Client().get(f"/care/{routed.code}/help/").status_code == 404
    secret = report(is_secret=True).case
    route_case(secret.pk)
    assert Client().get(f"/care/{secret.code}/help/").status_code == 404


def test_another_agency_sees_the_case_and_the_clock_stays_where_it_is(routed: Case, person: Any, sign_in: Any) -> None:
    helper = person("officer", agency="dishub")
    client = sign_in(helper)
    assert client.get(f"/care/desk/{routed.code}/").status_code == 403
    owner = sign_in(person("officer", agency="pupr"))
    asked = {"support-agency": Agency.objects.get(slug="dishub").pk, "support-reason": "Mohon rambu sementara."}
    assert owner.post(f"/care/desk/{routed.code}/support/", asked).status_code == 302
    assert client.get(f"/care/desk/{routed.code}/").status_code == 200
    assert routed.code in client.get("/care/desk/?queue=all").content.decode()
    assert Notice.objects.filter(user=helper, event__contains=":support:").exists()
    after = Case.objects.get(pk=routed.pk)
    assert (after.agency, after.due_at, after.state) == (routed.agency, routed.due_at, routed.state)
    assert owner.post(f"/care/desk/{routed.code}/support/", asked).status_code == 422


def test_who_only_helps_notes_but_neither_decides_nor_learns_who_reported(report: Any, person: Any, sign_in: Any) -> None:
    case = report(name="Nurhayati", phone="081234567890").case
    route_case(case.pk)
    case.refresh_from_db()
    together.add_support(case, person("officer", agency="pupr"), Agency.objects.get(slug="dishub"), "")
    helper = sign_in(person("officer", agency="dishub"))
    page = helper.get(f"/care/desk/{case.code}/").content.decode()
    assert "Nurhayati" not in page
    assert helper.post(f"/care/desk/{case.code}/reject/", {"reason": "Bukan urusan kami."}).status_code == 403
    helper.post("/care/desk/bulk/", {"act": "take", "picked": [case.code]})
    assert Case.objects.get(pk=case.pk).state == "assigned"
    helper.post(f"/care/desk/{case.code}/note/", {"inside": "Rambu sudah dipasang."})
    assert case.moves.filter(inside_note="Rambu sudah dipasang.").exists()
