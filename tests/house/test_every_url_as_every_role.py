"""Every address is asked for as everybody. Who may open what is written here once more, apart from the code."""

import re
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from ntbportal.commons.people import Role

EVERYBODY = {"anonymous", *Role.values}
CARE = {"officer", "coordinator", "admin"}
DATA = {"producer", "walidata", "pembina", "admin"}
POSYANDU = {"cadre", "midwife", "admin"}


def alike(roles: set[str], *names: str) -> dict[str, set[str]]:
    return dict.fromkeys(names, roles)


# Addresses not listed here are open to everybody.
ALLOWED: dict[str, set[str]] = {
    "home:me": EVERYBODY - {"anonymous"},
    "home:tokens": EVERYBODY - {"anonymous"},
    "home:push": EVERYBODY - {"anonymous"},
    "home:notice": EVERYBODY - {"anonymous"},
    "home:notices": EVERYBODY - {"anonymous"},
    "onedata:desk": DATA,
    "onedata:new": {"producer", "admin"},
    "onedata:desk_dataset": DATA,
    "onedata:edit": {"producer", "walidata", "admin"},
    "onedata:upload": {"producer", "admin"},
    "onedata:progress": DATA,
    "onedata:step": {"producer", "admin"},
    "onedata:proposal": DATA,
    **alike(
        DATA,
        "onedata:upload_part",
        "onedata:meter",
        "onedata:meter_edit",
        "onedata:forget",
        "onedata:forget_edit",
        "onedata:plan_add",
        "onedata:desk_requests",
        "onedata:desk_request",
        "onedata:bulk",
        "onedata:record_new",
        "onedata:propose",
    ),
    **alike({"producer", "admin"}, "onedata:upload_parts", "onedata:reading", "onedata:schema", "onedata:fetch", "onedata:clone"),
    **alike({"producer", "walidata", "admin"}, "onedata:losses", "onedata:losses_file"),
    **alike({"walidata", "admin"}, "onedata:personal", "onedata:change"),
    **alike({"producer", "walidata", "admin"}, "onedata:checks", "onedata:plan_release", "onedata:record_edit"),
    **alike(
        {"walidata", "admin"},
        "onedata:check_all",
        "onedata:plan_agree",
        "onedata:moderate",
        "onedata:reference_new",
        "onedata:reference_edit",
        "onedata:harvest",
        "onedata:harvest_new",
        "onedata:harvest_source",
        "onedata:harvest_edit",
    ),
    **alike(EVERYBODY - {"anonymous"}, "onedata:following", "onedata:comment", "onedata:reuse_new"),
    "care:desk": CARE,
    "care:desk_case": CARE | {"leader"},  # leaders see how it stands
    "care:correct": CARE,
    "care:act": CARE,
    **alike(
        CARE,
        "care:enter",
        "care:simulator",
        "care:bulk",
        "care:workload",
        "care:desk_map",
        "care:desk_map_cases",
        "care:saved_view",
        "care:desk_photo",
    ),
    "posyandu:cadre": POSYANDU,
    "posyandu:open_today": POSYANDU,
    "posyandu:open_day": POSYANDU,
    "posyandu:new_child": POSYANDU,
    "posyandu:weigh": POSYANDU,
    "posyandu:result": POSYANDU,
    **alike(
        POSYANDU,
        *(
            f"posyandu:{name}"
            for name in (
                "arrive",
                "visit",
                "contact",
                "contact_result",
                "due",
                "services",
                "refer",
                "social",
                "pack",
                "send",
                "people",
                "person",
                "edit_person",
                "change_person",
                "certificate",
                "record",
                "weighing",
                "month",
                "stock",
                "referrals",
                "referral",
                "names",
                "stratum",
                "fhir_person",
                "fhir_posyandu",
                "families",
                "new_family",
                "family",
                "new_member",
                "birth",
                "blanks",
                "blank_chart",
                "blank_form",
                "blank_list",
                "days",
                "change_day",
                "change_family",
            )
        ),
    ),
    "posyandu:report": {"leader", "midwife", "walidata", "admin"},
    "posyandu:dhis2": {"leader", "midwife", "walidata", "admin"},
    "posyandu:strata": {"leader", "midwife", "walidata", "admin"},
    "posyandu:campaigns": {"leader", "midwife", "walidata", "admin"},
    "posyandu:campaign": {"leader", "midwife", "walidata", "admin"},
    "posyandu:new_campaign": {"midwife", "admin"},
    "posyandu:change_campaign": {"midwife", "admin"},
    "posyandu:exports": {"midwife", "admin"},
    "posyandu:looks": {"midwife", "admin"},
    "posyandu:checks": {"midwife", "admin"},
    "posyandu:imports": {"midwife", "admin"},
    "posyandu:import": {"midwife", "admin"},
    "posyandu:leader": {"leader", "midwife", "walidata", "admin"},
    "admin:index": {"admin"},
}
OWN = ("home", "onedata", "care", "open311", "posyandu", "actionplan")


def own_patterns(patterns=None, namespace: str = "") -> list[tuple[str, URLPattern]]:
    found = []
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver):
            space = entry.namespace or namespace
            if (not entry.namespace or entry.namespace in OWN) and "accounts" not in str(entry.pattern):
                found += own_patterns(entry.url_patterns, space)
        else:
            found.append((f"{namespace}:{entry.name}" if namespace else str(entry.name), entry))
    return found


@pytest.fixture
def samples(report, posyandu, child, data_set, upload, person):
    """One thing of each kind, and the people in every role who work with just these."""
    from datetime import date

    from django.core.files.base import ContentFile
    from django.core.files.storage import default_storage
    from django.utils import timezone

    from care.models import CasePhoto
    from care.routing import route_case
    from posyandu.models import OpenDay

    case = report("jalan").case
    route_case(case.pk)
    found = data_set()
    version = upload(found, "kode_wilayah,nilai\n52.07,1\n")
    found.current, found.stage, found.published_at = version, "published", timezone.now()
    found.save()
    version.published_at = timezone.now()
    version.save()
    day = OpenDay.objects.create(posyandu=posyandu, day=timezone.localdate())
    ani = child(date(2025, 12, 1))
    people = {
        "citizen": person("citizen"), "cadre": person("cadre"), "midwife": person("midwife", region="52.07"),
        "officer": person("officer", agency="pupr"), "coordinator": person("coordinator"), "producer": person("producer", agency="dinkes"),
        "walidata": person("walidata", agency="diskominfotik"), "pembina": person("pembina"), "leader": person("leader"),
        "cso": person("cso"), "admin": person("admin"),
    }  # fmt: skip
    posyandu.cadres.add(people["cadre"])
    for name in ("a.jpg", "b.jpg"):
        default_storage.save(name, ContentFile(b"x"))
    photo = CasePhoto.objects.create(case=case, picture="a.jpg", thumbnail="b.jpg")
    more = catalogue_samples(found, people) | {
        "care:agency": {"slug": "pupr"}, "care:desk_photo": {"number": photo.pk}, "home:outlines": {"level": "regency"},
    }  # fmt: skip
    more |= posyandu_samples(posyandu, ani, day, people)
    return {
        "more": more,
        "people": people, "code": case.code, "slug": {"onedata": found.slug, "actionplan": "satu-data"}, "pk": {"posyandu": day.pk, "home": 1},
        "child_pk": ani.pk, "number": {"onedata": 1, "care": 1}, "posyandu": posyandu.pk,
    }  # fmt: skip


def posyandu_samples(posyandu, ani, day, people) -> dict[str, dict[str, object]]:
    from posyandu import contacts, referrals
    from posyandu.models import Campaign, Item, VisitImport
    from posyandu.visits import Measurement, record_visit

    visit, _examined = contacts.record_contact(
        ani, contacts.whole_form("balita"), day.day, {"fever": "yes"}, people["cadre"], posyandu=posyandu, open_day=day, confirmed=True
    )
    weighing = record_visit(ani, day, Measurement(Decimal("9.1"), confirmed=True), people["cadre"])
    letter = referrals.refer(ani, posyandu, day.day, people["cadre"], "Demam")
    campaign = Campaign.objects.create(
        name="ORI",
        item=Item.objects.get(code="mr1"),
        region=posyandu.village,
        first_day=day.day,
        last_day=day.day,
        from_days=0,
        until_days=9,
    )
    form = {"pk": day.pk, "person_pk": ani.pk, "slug": "balita"}
    on_the_day = ("visit", "services", "refer", "social", "contact", "contact_result")
    of_a_person = ("person", "edit_person", "change_person", "change_family", "certificate", "fhir_person")
    by_name: dict[str, dict[str, object]] = {
        **alike(form, *on_the_day), **alike({"person_pk": ani.pk}, *of_a_person), **alike({"pk": posyandu.pk}, "stock", "month", "names", "stratum", "fhir_posyandu", "new_family", "blank_list", "place", "open_days", "days"), "health": {"slug": "balita"},
        **alike({"pk": ani.household_id}, "family", "new_member", "birth"), "blank_form": {"slug": "kpsp"}, "blank_chart": {"name": "arm", "sex": "F"},
        **alike({"pk": campaign.pk}, "campaign", "change_campaign"), "record": {"pk": visit.pk}, "weighing": {"pk": weighing.pk}, "referral": {"code": letter.code}, "import": {"pk": VisitImport.objects.create(user=people["midwife"], name="a.csv", state="done").pk},
    }  # fmt: skip
    return {f"posyandu:{name}": parts for name, parts in by_name.items()}


def catalogue_samples(found, people) -> dict[str, dict[str, object]]:
    """Parts of addresses by their names, where they are not those of the data set."""
    from datetime import date

    from onedata.models import (
        Chart,
        CodeList,
        CodeProposal,
        DataRequest,
        HarvestSource,
        PartialUpload,
        PendingChange,
        PersonalDataReview,
        Variable,
    )
    from onedata.planning import plan_release

    chart = Chart.objects.create(data_set=found, title="x", drawing={"kind": "bar", "x": "kode_wilayah"}, created_by=people["producer"])
    variable = Variable.objects.create(
        code="balita", name="Balita", owner=found.producer, concept="Balita", definition="Anak", is_public=False
    )
    proposal = CodeProposal.objects.create(
        code_list=CodeList.objects.get(slug="kecamatan"), based_on=1, label="2", reason="x", by=people["producer"]
    )
    release = plan_release(found, date(2026, 12, 1))
    asked = DataRequest.objects.create(
        title="x", purpose="x", requester_email="a@example.org", due_on=date(2026, 12, 1), agency=found.producer, is_shown=True
    )
    source = HarvestSource.objects.create(title="x", kind="ckan", url="https://example.org", publisher=found.producer)
    part = PartialUpload.objects.create(data_set=found, user=people["producer"], name="a.csv", size=1)
    record = {"kind": "variable", "code": variable.code}
    review = PersonalDataReview.objects.create(data_set=found, found=[], fingerprint="x", state="allowed", reason="x")
    change = PendingChange.objects.create(data_set=found, kind="archive", by=people["producer"])
    by_name: dict[str, dict[str, object]] = {
        "proposal": {"pk": proposal.pk}, "record": record, "record_new": record, "record_edit": record, "bulk": {"kind": "datasets"},
        "reference_mapping": {"slug": "kecamatan", "other": "kecamatan-bps"}, "propose": {"slug": "kecamatan"},
        "plan_year": {"year": 2026}, "plan_agree": {"year": 2026}, "plan_release": {"pk": release.pk}, "request": {"code": asked.code},
        "desk_request": {"code": asked.code}, "harvest_source": {"pk": source.pk}, "harvest_edit": {"pk": source.pk},
        "personal": {"pk": review.pk, "slug": found.slug}, "change": {"pk": change.pk, "slug": found.slug}, "upload_part": {"key": part.pk}, **alike({"pk": chart.pk}, "chart", "chart_svg", "chart_png"),
    }  # fmt: skip
    return {f"onedata:{name}": parts for name, parts in by_name.items()}


def address(name: str, pattern: URLPattern, samples) -> str:
    from django.urls import reverse
    from django.utils import translation

    space = name.partition(":")[0]
    known = {
        "code": samples["code"], "slug": samples["slug"].get(space), "pk": samples["pk"].get(space), "child_pk": samples["child_pk"],
        "number": 1, "name": {"onedata": "submit", "care": "take"}.get(space), "size": "small", "act": "reply", "service_code": "jalan", "token": "ABCD-2345",
    }  # fmt: skip
    if name.startswith("action"):
        known["name"] = "site_read"
    if name == "posyandu:open_today":
        known["pk"] = samples["posyandu"]
    if name == "rows":
        known["slug"] = samples["slug"]["onedata"]
    if name.startswith("onedata:reference_"):
        known["slug"] = "kecamatan"
    known |= samples["more"].get(name, {})
    wanted = pattern.pattern.regex.groupindex if hasattr(pattern.pattern, "regex") else {}
    with translation.override("id"):
        return reverse(name, kwargs={key: known[key] for key in wanted})


def test_every_view_says_who_may_see_it() -> None:
    silent = [name for name, pattern in own_patterns() if not hasattr(pattern.callback, "audience") and not name.startswith("admin")]
    assert silent == []


@pytest.mark.django_db
@pytest.mark.parametrize("space", sorted({name.rpartition(":")[0] for name, _pattern in own_patterns()}))
def test_each_address_opens_for_those_who_may_and_for_nobody_else(samples, sign_in, space: str) -> None:
    clients = {"anonymous": Client(), **{role: sign_in(user) for role, user in samples["people"].items()}}
    assert set(clients) == EVERYBODY
    wrong = []
    for name, pattern in own_patterns():
        if name.rpartition(":")[0] != space:
            continue
        path = address(name, pattern, samples)
        allowed = ALLOWED.get(name, EVERYBODY)
        for role, client in clients.items():
            response = client.get(path)
            refused = response.status_code == 403 or "/accounts/login/" in response.get("Location", "")
            if response.status_code >= 500 or (refused == (role in allowed) and name not in {"care:changes"}):
                wrong.append(f"{role} {path}: {response.status_code}")
            if response.status_code == 200 and "text/html" in response["Content-Type"]:
                for other in ("/en" + path,) if not re.match(r"/(healthz|robots|api|catalog|sitemap)", path) else ():
                    english = client.get(other)
                    if english.status_code != 200:
                        wrong.append(f"{role} {other}: {english.status_code}")
    assert wrong == []


@pytest.mark.django_db
def test_the_admin_pages_open_for_administrators_only(samples, sign_in) -> None:
    for role, user in samples["people"].items():
        status = sign_in(user).get("/admin/").status_code
        assert status == (200 if role == "admin" else 302), role


@pytest.mark.django_db
def test_every_admin_list_and_form_opens(samples, sign_in) -> None:
    from django.contrib import admin

    client = sign_in(samples["people"]["admin"])
    for model in admin.site._registry:
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert client.get(base).status_code == 200, base
        first = model._default_manager.first()
        if first is not None:
            assert client.get(f"{base}{str(first.pk).replace('.', '_2E')}/change/").status_code == 200, base
