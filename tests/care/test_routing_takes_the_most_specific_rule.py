from datetime import date, timedelta

import pytest

from care.models import Case, CaseMove, Category, RoutingRule
from care.routing import find_rule, route_case
from ntbportal.commons.agencies import Agency
from ntbportal.commons.notices import Notice
from ntbportal.commons.places import Region

TODAY = date(2026, 11, 24)


@pytest.fixture
def rule(db):
    def make(agency: str, region: str, category: str = "jalan", kind: str = "", **fields) -> RoutingRule:
        fields.setdefault("valid_from", date(2021, 1, 1))
        return RoutingRule.objects.create(
            category=Category.objects.get(slug=category), region_id=region, kind=kind, agency=Agency.objects.get(slug=agency), **fields
        )

    return make


def found(region: str, kind: str = "complaint", category: str = "jalan", day: date = TODAY) -> str:
    rule = find_rule(Category.objects.get(slug=category), Region.objects.get(code=region), kind, day)
    return rule.agency.slug if rule else ""


def test_village_before_district_before_regency_before_province(rule) -> None:
    assert found("52.07.02.2021") == "pupr"  # the province's own rule
    rule("pemda-5207", "52.07")
    assert found("52.07.02.2021") == "pemda-5207"
    rule("perkim", "52.07.02")
    assert found("52.07.02.2021") == "perkim"
    rule("dishub", "52.07.02.2021")
    assert found("52.07.02.2021") == "dishub"
    assert found("52.71.01") == "pupr"


def test_a_rule_for_this_kind_before_one_for_all_kinds_of_the_same_place(rule) -> None:
    rule("diskominfotik", "52", kind="information")
    assert found("52.07.02", kind="information") == "diskominfotik"
    assert found("52.07.02", kind="complaint") == "pupr"


def test_a_rule_counts_only_while_it_is_valid(rule) -> None:
    rule("dishub", "52.07", valid_from=TODAY, valid_until=TODAY + timedelta(days=1))
    assert found("52.07.02", day=TODAY - timedelta(days=1)) == "pupr"
    assert found("52.07.02", day=TODAY + timedelta(days=1)) == "dishub"
    assert found("52.07.02", day=TODAY + timedelta(days=2)) == "pupr"


@pytest.mark.django_db
def test_the_case_says_which_rule_sent_it_and_the_officer_is_told(report, person) -> None:
    officer = person("officer", agency="pupr")
    other = person("officer", agency="dinsos")
    case = report("jalan").case
    assert route_case(case.pk)
    case.refresh_from_db()
    assert (case.state, case.agency.slug, case.rule.category.slug) == ("assigned", "pupr", "jalan")
    assert case.due_at is not None
    assert Notice.objects.filter(user=officer).exists()
    assert not Notice.objects.filter(user=other).exists()


@pytest.mark.django_db
def test_routing_twice_is_routing_once(report, person) -> None:
    officer = person("officer", agency="pupr")
    case = report("jalan").case
    assert route_case(case.pk)
    assert not route_case(case.pk)
    assert CaseMove.objects.filter(case=case, what="routed").count() == 1
    assert Notice.objects.filter(user=officer, channel="email").count() == 1


@pytest.mark.django_db
def test_without_a_rule_it_waits_in_the_coordinators_queue(report, person, sign_in) -> None:
    coordinator = person("coordinator")
    case = report("lainnya").case
    route_case(case.pk)
    case.refresh_from_db()
    assert case.agency is None
    assert Notice.objects.filter(user=coordinator).exists()
    assert case.code in sign_in(coordinator).get("/care/desk/?queue=unrouted").content.decode()


@pytest.mark.django_db
def test_an_emergency_also_alerts_the_coordinators_of_the_region_and_is_due_in_an_hour(report, person) -> None:
    here, elsewhere = person("coordinator", region="52.07"), person("coordinator", region="52.01")
    case = report("darurat-sosial").case
    route_case(case.pk)
    case.refresh_from_db()
    assert (case.due_at - case.routed_at).total_seconds() == 3600
    assert Notice.objects.filter(user=here, urgent=True).exists()
    assert not Notice.objects.filter(user=elsewhere).exists()


@pytest.mark.django_db
def test_what_was_received_while_the_broker_was_away_is_routed_by_the_sweeper(
    report, monkeypatch, django_capture_on_commit_callbacks
) -> None:
    from celery import current_app

    from care.routing import route_waiting

    def away(*args, **options):
        raise ConnectionError("broker away")

    monkeypatch.setattr(current_app, "send_task", away)
    with django_capture_on_commit_callbacks(execute=True):
        case = report("jalan").case
    assert Case.objects.get(pk=case.pk).routed_at is None
    assert route_waiting() == 1
    assert Case.objects.get(pk=case.pk).routed_at is not None
