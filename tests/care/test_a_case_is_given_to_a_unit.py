"""Disposition: an agency gives a case to one of its units, which handles it; the agency stays responsible and sees it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from care import handling
from care.models import Case
from care.routing import route_case
from ntbportal.commons.agencies import Agency
from ntbportal.commons.notices import Notice


@pytest.fixture
def unit(db: None) -> Agency:
    office = Agency.objects.get(slug="pupr")
    return Agency.objects.create(
        slug="bina-marga", name="Bidang Bina Marga", short_name="Bina Marga", kind=office.kind, region=office.region, parent=office
    )


@pytest.fixture
def routed(report: Any) -> Case:
    case = report().case
    route_case(case.pk)
    return Case.objects.get(pk=case.pk)


def test_the_units_officers_are_told_and_answer(routed: Case, unit: Agency, person: Any, sign_in: Any) -> None:
    head, worker = person("officer", agency="pupr"), person("officer", agency="bina-marga")
    desk = sign_in(worker)
    assert desk.get(f"/care/desk/{routed.code}/").status_code == 403
    due = routed.due_at
    sign_in(head).post(f"/care/desk/{routed.code}/dispose/", {"dispose-unit": unit.pk, "dispose-note": "Tambal minggu ini."})
    routed.refresh_from_db()
    assert (routed.agency.slug, routed.unit, routed.due_at) == ("pupr", unit, due)
    assert Notice.objects.filter(user=worker, subject__contains=routed.code).exists()
    assert routed.code in desk.get("/care/desk/").content.decode()
    assert "Tambal minggu ini." in desk.get(f"/care/desk/{routed.code}/").content.decode()
    desk.post(f"/care/desk/{routed.code}/answer/", {"text": "Sudah ditambal."})
    assert Case.objects.get().state == "answered"
    assert routed.code in sign_in(head).get("/care/desk/?queue=all").content.decode()


def test_what_is_said_to_the_unit_stays_inside(routed: Case, unit: Agency, person: Any) -> None:
    handling.dispose(routed, person("officer", agency="pupr"), unit, "Jangan lupa material.")
    assert "Jangan lupa material" not in Client().get(f"/care/{routed.code}/").content.decode()


def test_later_news_goes_to_the_unit(routed: Case, unit: Agency, person: Any) -> None:
    head, worker = person("officer", agency="pupr"), person("officer", agency="bina-marga")
    handling.dispose(routed, head, unit)
    Notice.objects.all().delete()
    handling.reply(Case.objects.get(), "Lubangnya makin besar.")
    assert set(Notice.objects.filter(channel="in_app").values_list("user", flat=True)) == {worker.pk}


def test_back_to_the_agency_and_on_to_another_one(routed: Case, unit: Agency, person: Any) -> None:
    head = person("officer", agency="pupr")
    handling.dispose(routed, head, unit)
    handling.dispose(Case.objects.get(), head, None)
    assert Case.objects.get().unit is None
    handling.dispose(Case.objects.get(), head, unit)
    handling.transfer(Case.objects.get(), head, Agency.objects.get(slug="dishub"), "Marka jalan.")
    assert Case.objects.get().unit is None


def test_only_ones_own_units(routed: Case, unit: Agency, person: Any, sign_in: Any) -> None:
    head = person("officer", agency="pupr")
    with pytest.raises(ValidationError):
        handling.dispose(routed, head, Agency.objects.get(slug="dinsos"))
    page = sign_in(head).post(f"/care/desk/{routed.code}/dispose/", {"dispose-unit": Agency.objects.get(slug="dinsos").pk})
    assert page.status_code == 422
    assert Case.objects.get().unit is None
