import re
from html import unescape

import pytest
from django.test import Client

from care.routing import route_case


def poll_address(page: str) -> str:
    return unescape(re.search(r'hx-get="([^"]*/care/desk/changes/[^"]*)"', page)[1])


@pytest.mark.django_db
def test_a_new_report_changes_the_stamp_of_its_agencys_desk_only(person, sign_in, report, django_capture_on_commit_callbacks) -> None:
    mine = sign_in(person("officer", agency="pupr"))
    other = sign_in(person("officer", agency="dinsos"))
    my_address = poll_address(mine.get("/care/desk/").content.decode())
    other_address = poll_address(other.get("/care/desk/").content.decode())
    assert mine.get(my_address).status_code == 204
    with django_capture_on_commit_callbacks(execute=True):
        route_case(report("jalan").case.pk)
    changed = mine.get(my_address)
    assert (changed.status_code, changed["HX-Trigger"]) == (200, "desk-changed")
    assert other.get(other_address).status_code == 204


@pytest.mark.django_db
def test_asking_costs_no_query(person, sign_in, django_assert_num_queries) -> None:
    desk = sign_in(person("officer", agency="pupr"))
    address = poll_address(desk.get("/care/desk/").content.decode())
    with django_assert_num_queries(0):
        assert desk.get(address).status_code == 204


@pytest.mark.django_db
def test_a_token_that_is_not_ours_is_refused() -> None:
    assert Client().get("/care/desk/changes/?token=x&stamp=1").status_code == 403


@pytest.mark.django_db
def test_the_board_costs_the_same_however_many_rows(person, sign_in, report, django_assert_max_num_queries) -> None:
    desk = sign_in(person("officer", agency="pupr"))
    for _case in range(12):
        route_case(report("jalan").case.pk)
    desk.get("/care/desk/")
    with django_assert_max_num_queries(13):
        page = desk.get("/care/desk/").content.decode()
    assert page.count("Jalan dan jembatan</strong>") == 12
