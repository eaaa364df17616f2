"""Whoever downloads a file can check it by what the API and the page say of it."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from onedata.tasks import build_copy
from onedata.workflow import publish, submit

pytestmark = pytest.mark.django_db
TABLES = ["kab,nilai\nA,1\n", "kab;nilai\r\n=1+1;0,5\r\nB;1.234,5\r\n", "a,b\n" + "x,1\n" * 3000]


@pytest.mark.parametrize("content", TABLES)
def test_in_the_api_in_dcat_in_the_data_package_and_on_the_page(data_set: Any, upload: Any, person: Any, client: Any, content: str) -> None:
    found = data_set()
    version = upload(found, content)
    publish(submit(found, person("producer", agency="dinkes")), person("walidata"))
    shown = client.get(f"/api/3/action/package_show?id={found.slug}").json()["result"]["resources"]
    assert [(one["size"], one["hash"]) for one in shown if one["format"] == "CSV"] == [(None, "")]  # not measured: not said
    build_copy(version.pk)
    page = client.get(f"/onedata/datasets/{found.slug}/").content.decode()
    for one in client.get(f"/api/3/action/package_show?id={found.slug}").json()["result"]["resources"]:
        answer = client.get(one["url"].partition("localhost")[2].partition("/")[1] + one["url"].split("/", 3)[3])
        body = b"".join(answer.streaming_content)
        digest = hashlib.sha256(body).hexdigest()
        assert (one["size"], one["hash"]) == (len(body), f"sha256:{digest}"), one["format"]
        assert digest in page
        assert digest in client.get(f"/onedata/datasets/{found.slug}.ttl").content.decode()
    package = client.get(f"/onedata/datasets/{found.slug}/datapackage.json").json()["resources"][0]
    csv = b"".join(client.get(f"/onedata/datasets/{found.slug}/v1.csv").streaming_content)
    assert (package["bytes"], package["hash"]) == (len(csv), f"sha256:{hashlib.sha256(csv).hexdigest()}")
    original = b"".join(client.get(f"/onedata/datasets/{found.slug}/v1/original/").streaming_content)
    assert original == content.encode()
    assert hashlib.sha256(original).hexdigest() in page  # the upload has its own
