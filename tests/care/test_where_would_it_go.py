"""The simulator names the rule that wins and those it beats; gaps and overlaps of the rules are seen at a glance."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from care.coverage import coverage
from care.models import RoutingRule
from care.routing import find_rule, fitting_rules
from ntbportal.commons.agencies import Agency
from ntbportal.commons.places import Region

DAY = date(2026, 11, 25)


@pytest.fixture
def rule(category: Any) -> Any:
    def make(slug: str, region: str, agency: str, **fields: Any) -> RoutingRule:
        fields.setdefault("valid_from", date(2026, 1, 1))
        return RoutingRule.objects.create(category=category(slug), region_id=region, agency=Agency.objects.get(slug=agency), **fields)

    return make


def cell(slug: str, regency: str) -> Any:
    row = next(row for row in coverage(DAY) if row.category.slug == slug)
    return next(cell for cell in row.cells if cell.region.code == regency)


def test_a_category_without_rules_is_a_gap_everywhere(db: None) -> None:
    row = next(row for row in coverage(DAY) if row.category.slug == "lainnya")
    assert row.gaps == 10


def test_the_provinces_rule_fills_every_regency(db: None) -> None:
    assert cell("jalan", "52.07").agency.slug == "pupr"


def test_two_agencies_by_rules_of_the_same_rank_are_an_overlap(rule: Any) -> None:
    assert not cell("jalan", "52.07").is_overlap
    rule("jalan", "52", "dishub")
    assert cell("jalan", "52.07").is_overlap
    rule("jalan", "52.07", "pupr")  # a finer rule decides
    assert not cell("jalan", "52.07").is_overlap


def test_finer_rules_are_counted_and_old_ones_are_not(rule: Any) -> None:
    rule("jalan", "52.07.02", "dishub")
    rule("jalan", "52.07.02.2021", "dishub", valid_until=date(2026, 6, 30))
    assert cell("jalan", "52.07").finer == 1


def test_a_subcategory_stands_there_once_it_has_a_rule(rule: Any) -> None:
    assert all(row.category.slug != "lampu-jalan" for row in coverage(DAY))
    rule("lampu-jalan", "52.07", "dishub")
    assert cell("lampu-jalan", "52.07").agency.slug == "dishub"
    assert cell("lampu-jalan", "52.01").agency.slug == "pupr"


def test_the_explanation_begins_with_the_rule_that_routing_takes(rule: Any, category: Any) -> None:
    rule("lampu-jalan", "52", "dishub")
    village = Region.objects.get(code="52.07.02.2021")
    rules = fitting_rules(category("lampu-jalan"), village, "complaint", DAY)
    assert [one.agency.slug for one in rules] == ["dishub", "pupr"]
    assert find_rule(category("lampu-jalan"), village, "complaint", DAY) == rules[0]


def test_the_page_answers_and_costs_the_same_however_many_rules(
    person: Any, sign_in: Any, category: Any, rule: Any, django_assert_max_num_queries: Any
) -> None:
    client = sign_in(person("coordinator"))
    place = {"regency": "52.07", "district": "52.07.02", "village": "52.07.02.2021"}
    page = client.get("/care/desk/rules/", {"category": category("jembatan").pk, **place}).content.decode()
    assert "Laporan akan diteruskan ke <strong>" in page
    page = client.get("/care/desk/rules/", {"category": category("lainnya").pk, **place}).content.decode()
    assert "antrean koordinator" in page
    for code in Region.objects.filter(parent="52.07").values_list("code", flat=True):
        rule("jalan", code, "dishub")
    with django_assert_max_num_queries(25):
        client.get("/care/desk/rules/")
    exported = b"".join(client.get("/care/desk/rules/?export=csv").streaming_content).decode("utf-8-sig")
    assert exported.startswith('"Kategori",')
