"""Nothing that anybody may ask costs the portal more than a moment, and nothing wrongly asked is an error of ours."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest

from ntbportal.commons.numerals import whole_number
from ntbportal.commons.tokens import issue
from onedata.interoperability.actions import ACTIONS
from onedata.models import DataSet
from onedata.workflow import publish, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def public(data_set: Any, upload: Any, person: Any) -> DataSet:
    found = data_set(keywords=["gizi"])
    upload(found, "kab,tahun,nilai\n" + "".join(f"K{n},{2000 + n % 20},{n}\n" for n in range(3000)))
    return publish(submit(found, person("producer", agency="dinkes", name="pembuat")), person("walidata"))


@pytest.fixture
def act(client: Any, public: DataSet) -> Any:
    from onedata.interoperability.identifiers import resource_identifier

    resource = resource_identifier(public.current_id)

    def call(name: str, body: Any, token: str = "") -> Any:
        if isinstance(body, dict) and name.startswith("datastore"):
            body = {"resource_id": resource, "id": resource, **body}
        text = body if isinstance(body, str) else json.dumps(body)
        headers = {"Authorization": token} if token else {}
        return client.post(f"/api/3/action/{name}", text, content_type="application/json", headers=headers)

    return call


DEAR = [
    ("package_search", {"q": "x" * 20_000}), ("package_search", {"q": "a:" * 20_000}), ("package_search", {"fq": "x" * 20_000}),
    ("package_search", {"fq_list": ["x" * 20_000]}), ("package_search", {"fq_list": ["name:x"] * 100_000}), ("package_search", {"q": '"' * 20_000}),
    ("datastore_search", {"q": "kata " * 4_000}), ("datastore_search", {"filters": {"kab": ["x"] * 100_000}}),
    ("datastore_search", {"filters": json.dumps({"kab": ["x"] * 5_000})}), ("datastore_search", {"fields": ["kab"] * 5_000}),
    ("datastore_search", {"fields": ",".join(["kab"] * 5_000)}), ("datastore_search", {"sort": ",".join(["kab"] * 5_000)}),
    ("datastore_search", {"offset": 10**30}), ("datastore_search", {"limit": 10**12}), ("datastore_search", {"q": {"kab": "a " * 3_000}}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "body"), DEAR)
def test_dear_questions_are_refused_or_answered_at_once(act: Any, name: str, body: dict[str, Any]) -> None:
    started = time.process_time()
    assert act(name, body).status_code in {200, 409, 400}
    assert time.process_time() - started < 3  # they took up to hours; the least of them takes some milliseconds now


WRONG = [None, 5, -1, True, 1.5, "x", "²", "", [], ["x"], [5], [None], [["x"]], {}, {"x": "y"}, {"name": 5}, [{"name": None}], [{"key": 1, "value": {}}],
         "\x00", "\ud800", "9" * 400, 1e308, [{}], "[[[", '{"a":', "null", "*", "[* TO *]", "NaN"]  # fmt: skip
NAMES = ("id", "resource_id", "q", "fq", "fq_list", "sort", "rows", "start", "limit", "offset", "page", "facet.field", "facet.limit", "fields", "filters",
         "distinct", "organizations", "all_fields", "query", "name", "owner_org", "tags", "groups", "extras", "notes", "title", "license_id",
         "access", "concept", "description", "package_id", "upload")  # fmt: skip


@pytest.mark.parametrize("name", sorted(ACTIONS))
def test_no_parameter_of_the_wrong_kind_is_our_error(act: Any, public: DataSet, name: str) -> None:
    from ntbportal.commons.people import User

    token = issue(User.objects.get(username="pembuat"), "x")
    for place, parameter in enumerate(NAMES):
        for value in WRONG[(place + len(name)) % 4 :: 4]:  # another quarter for each action, all of them over the actions
            body = {"id": public.slug, "package_id": public.slug, "name": "uji-salah", "owner_org": "dinkes", parameter: value}
            answer = act(name, body, token)
            assert answer.status_code < 500, (name, parameter, value)
            if answer.status_code != 200:
                assert b"Traceback" not in answer.content
                assert b"duckdb" not in answer.content.lower()


@pytest.mark.parametrize(
    "body",
    [
        "[" * 200_000,
        '{"a":' * 100_000,
        "\x00",
        "{",
        "5",
        "[1]",
        '{"q": "\\u0000"}',
        '{"q": "\\ud800"}',
        '{"limit": 1e999}',
        '{"limit": ' + "9" * 5000 + "}",
    ],
)
def test_bodies_that_are_no_json_are_answered(act: Any, body: str) -> None:
    assert act("package_search", body).status_code in {400, 409}


def test_the_ckan_door_writes_only_what_it_was_told(act: Any, person: Any) -> None:
    token = issue(person("producer", agency="dinkes"), "x")
    made = act("package_create", {"name": "uji-isi", "owner_org": "dinkes", "title": "Uji"}, token).json()["result"]
    found = DataSet.objects.get(slug="uji-isi")
    texts = ("description", "concept", "definition", "classification", "measure", "unit", "access_reason")
    assert [getattr(found, name) for name in texts] == [""] * len(texts)
    assert found.standard_share == 0
    assert "NOT_PROVIDED" not in json.dumps(made)
    DataSet.objects.filter(pk=found.pk).update(description="Ada", concept="Stunting", unit="orang", definition="D")
    act("package_update", {"id": "uji-isi", "title": "Lain"}, token)
    found.refresh_from_db()
    assert (found.title, found.description, found.concept, found.unit) == ("Lain", "Ada", "Stunting", "orang")
    act("package_patch", {"id": "uji-isi", "extras": [{"key": "unit", "value": "persen"}]}, token)
    found.refresh_from_db()
    assert (found.unit, found.concept, found.definition) == ("persen", "Stunting", "D")
    act("package_update", {"id": "uji-isi", "extras": [{"key": "concept", "value": ""}]}, token)
    found.refresh_from_db()
    assert (found.concept, found.description) == ("", "Ada")


@pytest.mark.parametrize("value", ["²", "١", "５", "-1", "1e3", "9" * 30, "\x00", ""])
def test_numbers_in_addresses_that_are_none(client: Any, public: DataSet, value: str) -> None:
    assert whole_number(value) is None
    slug = public.slug
    for address in (
        f"/onedata/datasets/{slug}/", f"/api/onedata/{slug}/rows", "/catalog.ttl", "/onedata/reference/kecamatan/", "/onedata/reference/kecamatan/changes/",
        f"/onedata/datasets/{slug}/differences/",
    ):  # fmt: skip
        for name in ("page", "size", "version", "from", "to"):
            if value != "\x00" or name == "page":
                assert client.get(address, {name: value}).status_code < 500, (address, name)


CURSORS = [
    b"x", b"[]", b'["",{},1]', b'["","\\u0000",1]', b'["",1e400,1]', b'["","a","b"]', b'["datetime","x",1]', b'["datetime",5,1]', b'["date","0001-01-01",1]',
    b'["",["a"],[1]]', b'["",true,true]', b'["",999999999999999999999999,1]', b'["","a",999999999999999999999999]', b'["","\\ud800",1]', b"[" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("cursor", CURSORS)
def test_cursors_that_somebody_else_wrote_begin_at_the_first_page(client: Any, public: DataSet, cursor: bytes) -> None:
    text = base64.urlsafe_b64encode(cursor).decode()
    for address in (
        "/onedata/",
        "/onedata/?q=stunting",
        "/onedata/reference/",
        "/onedata/reference/kecamatan/",
        "/onedata/concepts/",
        "/care/",
        "/posyandu/",
    ):
        for name in ("after", "before"):
            mark = "&" if "?" in address else "?"
            assert client.get(f"{address}{mark}{name}={text}").status_code in {200, 302, 404}, (address, name)


def test_a_question_that_takes_too_long_is_broken_off(public: DataSet, client: Any, monkeypatch: Any) -> None:
    from onedata import tables

    monkeypatch.setattr(tables, "SECONDS", 0.2)
    with pytest.raises(tables.TooDear):
        tables.fetched("SELECT count(*) FROM range(100000000) a, range(1000) b WHERE hash(a.range + b.range) % 7 = 1", [])
    assert tables.fetched("SELECT 1", []) == [(1,)]  # the connection lives on
