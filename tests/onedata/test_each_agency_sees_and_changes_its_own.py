"""Rules are asked with their object: a producer of another agency is a stranger, at every address and by every door."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from onedata.access import GENERAL
from onedata.models import Chart, DataRequest, DataSet, PendingChange, PersonalDataReview, Variable
from onedata.workflow import publish, submit
from tests.house.test_every_url_as_every_role import address, own_patterns

SECRET = "RAHASIA-7391"
FOLDER = Path(settings.ROOT) / "onedata"


def asked_rules() -> list[tuple[str, str, bool]]:
    """(place, permission, whether a thing is given) of each has_perm, require and audience in the app."""
    found = []
    for path in sorted(FOLDER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name not in {"has_perm", "audience", "require"}:
                continue
            texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
            place = f"{path.relative_to(FOLDER)}:{node.lineno}"
            given = len(node.args) >= (3 if name == "require" else 2)
            found += [(place, text, given) for text in texts if "." in text]
            if not texts and name == "has_perm":
                found.append((place, "?", given))
    return found


def test_only_what_somebody_is_may_be_asked_without_a_thing() -> None:
    rules = asked_rules()
    assert len(rules) > 40
    assert [(place, text) for place, text, given in rules if not given and text not in GENERAL] == []


def test_general_work_opens_desks_and_nothing_of_others() -> None:
    """`onedata.work` says that somebody has a desk, so that no view may decide by it what of others is seen."""
    allowed = {"audience"}
    for path in sorted(FOLDER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and any(isinstance(arg, ast.Constant) and arg.value == "onedata.work" for arg in node.args):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                text = ast.get_source_segment(path.read_text(), node) or ""
                line = path.read_text().splitlines()[node.lineno - 1]
                is_link = '"may_' in line  # whether a link is shown; what it leads to asks again
                assert name in allowed or name == "add_perm" or is_link or "proposals" in line or path.name == "reference.py", (
                    path.name,
                    text,
                )


@pytest.mark.django_db
@pytest.mark.parametrize("permission", ["onedata.see", "onedata.produce", "onedata.work_on", "onedata.read_rows"])
@pytest.mark.parametrize("role", ["producer", "walidata", "pembina", "citizen"])
def test_a_rule_of_a_thing_refuses_without_the_thing(person: Any, role: str, permission: str) -> None:
    assert not person(role).has_perm(permission)


@pytest.fixture
def closed(data_set: Any, upload: Any, person: Any) -> DataSet:
    """A published closed set with findings that show cells, a later unpublished version, a request, a record, a chart."""
    found = data_set("Data tertutup", access="closed", access_reason="UU 14/2008")
    found.pk_of_producer = person("producer", agency="dinkes", name="pemilik")
    upload(found, f"kode_wilayah,nilai\n{SECRET},1\n52.07,2\n52.08,3\n{SECRET},1\n")
    publish(submit(found, found.pk_of_producer), person("walidata", name="wali"))
    upload(found, f"kode_wilayah,nilai\n{SECRET}-V2,1\n")
    Variable.objects.create(code="v", name=SECRET, owner=found.producer, concept=SECRET, definition=SECRET, is_public=False)
    DataRequest.objects.create(title=SECRET, purpose=SECRET, requester_email="a@example.org", due_on="2026-12-01", agency=found.producer)
    Chart.objects.create(data_set=found, title=SECRET, drawing={"kind": "bar", "x": "kode_wilayah"}, created_by=found.pk_of_producer)
    PendingChange.objects.create(data_set=found, kind="description", values={"title": SECRET}, by=found.pk_of_producer)
    PersonalDataReview.objects.create(data_set=found, found=[{"column": SECRET, "kind": "nik", "cells": 1, "sample": []}], fingerprint="x")
    return found


def samples_of(found: DataSet, version: int) -> dict[str, Any]:
    chart, asked = Chart.objects.get(), DataRequest.objects.get()
    record = {"kind": "variable", "code": "v"}
    more: dict[str, dict[str, Any]] = {
        "proposal": {"pk": 1}, "record": record, "record_new": record, "record_edit": record, "bulk": {"kind": "datasets"},
        "reference_mapping": {"slug": "kecamatan", "other": "kecamatan-bps"}, "propose": {"slug": "kecamatan"}, "plan_year": {"year": 2026},
        "plan_agree": {"year": 2026}, "plan_release": {"pk": 1}, "request": {"code": asked.code}, "desk_request": {"code": asked.code},
        "harvest_source": {"pk": 1}, "harvest_edit": {"pk": 1}, "upload_part": {"key": "00000000-0000-0000-0000-000000000000"},
        "personal": {"pk": PersonalDataReview.objects.get().pk}, "change": {"pk": PendingChange.objects.get().pk},
        **{name: {"pk": chart.pk} for name in ("chart", "chart_svg", "chart_png")},
    }  # fmt: skip
    numbered = ("original", "download_csv", "download_xlsx", "download_json", "download_parquet")
    more |= {name: {"number": version, "slug": found.slug} for name in numbered}
    return {
        "more": {f"onedata:{name}": {"slug": found.slug, **parts} if "slug" not in parts and name not in {"request"} else parts for name, parts in more.items()},
        "code": "x", "slug": {"onedata": found.slug}, "pk": {"onedata": 1}, "child_pk": 1, "number": {"onedata": version}, "posyandu": 1,
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("who", ["anybody", "citizen", "producer of another agency"])
def test_no_address_shows_a_cell_or_a_record_of_what_is_closed(closed: DataSet, person: Any, sign_in: Any, who: str, version: int) -> None:
    client = Client() if who == "anybody" else sign_in(person("citizen") if who == "citizen" else person("producer", agency="pupr"))
    samples = samples_of(closed, version)
    asked = 0
    for name, pattern in own_patterns():
        if name.rpartition(":")[0] != "onedata":
            continue
        path = address(name, pattern, samples)
        for query in ("", "?export=csv", "?export=xlsx", f"?contains={SECRET}&x=kode_wilayah&group=kode_wilayah"):
            answer = client.get(path + query)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            shown = body.replace(f"contains={SECRET}".encode(), b"")
            assert SECRET.encode() not in shown, (name, path + query)
            asked += 1
    for path in (
        f"/api/onedata/{closed.slug}/rows",
        f"/api/3/action/package_show?id={closed.slug}",
        "/catalog.ttl",
        "/onedata/concepts/?export=csv",
    ):
        answer = client.get(path)
        assert SECRET.encode() not in (b"".join(answer.streaming_content) if answer.streaming else answer.content), path
    assert asked > 200


@pytest.mark.django_db
def test_no_address_lets_another_agency_change_anything(closed: DataSet, person: Any, sign_in: Any) -> None:
    client = sign_in(person("producer", agency="pupr"))
    samples = samples_of(closed, 2)
    before = DataSet.objects.filter(pk=closed.pk).values().get()
    counts = [model.objects.count() for model in (Chart, PendingChange, Variable)]
    for name, pattern in own_patterns():
        if name.rpartition(":")[0] != "onedata":
            continue
        path = address(name, pattern, samples)
        for body in ({}, {"act": "accept"}, {"act": "allow", "reason": "x"}, {"act": "show"}, {"title": "x", "note": "x", "remove": "0"}):
            assert client.post(path, body).status_code < 500, path
    assert DataSet.objects.filter(pk=closed.pk).values().get() == before
    assert [model.objects.count() for model in (Chart, PendingChange, Variable)] == counts
    assert PersonalDataReview.objects.get().state == "waiting"
    assert PendingChange.objects.get().state == "waiting"
    assert not DataRequest.objects.get().is_shown
