"""Whatever a file or an address does to the libraries that read it, the person reads a sentence of ours."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onedata.models import DataVersion
from onedata.quality.wording import REASONS, reason
from tests.onedata.tables import geojson, ods, parquet, xlsx

pytestmark = pytest.mark.django_db
INNER = re.compile(
    r"Error|Exception|Traceback|duckdb|Invalid Input|calamine|xml|expected|0x[0-9a-f]+|/tmp|line \d+, column|\bNone\b|read_csv|parquet\(",
    re.I,
)
WHOLE = {
    ".xlsx": xlsx(["a", "b"], *([n, "x"] for n in range(50))), ".ods": ods(["a", "b"], *([n, "x"] for n in range(50))),
    ".parquet": parquet("SELECT range AS a, 'x' AS b FROM range(50)"), ".geojson": geojson(*({"a": n} for n in range(50))),
    ".json": json.dumps([{"a": n} for n in range(50)]).encode(), ".csv": b"a,b\n" + b"1,x\n" * 50, ".xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 900,
    ".tsv": b"a\tb\n" + b"1\tx\n" * 50,
}  # fmt: skip


def said(version: DataVersion) -> str:
    if not version.error:
        return ""
    found = json.loads(version.error)
    assert found["key"] in REASONS
    return reason(found["key"], found["values"])


def damaged(content: bytes, how: str) -> bytes:
    if how == "cut":
        return content[: len(content) // 2]
    if how == "middle":
        return content[: len(content) // 3] + b"\xff\x00\xfe<&" * 9 + content[len(content) // 3 :]
    if how == "zip inside":
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("xl/workbook.xml", "<nothing")
            archive.writestr("content.xml", "<nothing")
        return out.getvalue()
    return {"empty": b"", "noise": bytes(range(256)) * 40, "html": b"<html><table><tr><td>a</td></tr></table></html>", "null": b"null"}[how]


@pytest.mark.parametrize("how", ["cut", "middle", "zip inside", "noise", "html", "null"])
@pytest.mark.parametrize("suffix", sorted(WHOLE))
def test_damaged_files_of_every_kind(data_set: Any, upload: Any, suffix: str, how: str) -> None:
    version = upload(data_set(), damaged(WHOLE[suffix], how), name=f"t{suffix}")
    assert version.state in {"broken", "ready"}
    assert not INNER.search(said(version).replace("GeoJSON", "").replace("JSON", "")), said(version)
    if version.state == "broken":
        assert len(said(version)) > 15


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(content=st.binary(min_size=1, max_size=300), suffix=st.sampled_from([".csv", ".json", ".geojson", ".parquet"]))
def test_noise_of_every_kind(data_set: Any, upload: Any, content: bytes, suffix: str) -> None:
    version = upload(data_set(), content, name=f"t{suffix}")
    assert version.state in {"broken", "ready"}
    assert not INNER.search(said(version).replace("GeoJSON", "").replace("JSON", ""))


@pytest.mark.parametrize("problem", ["[Errno -2] Name or service not known", "_ssl.c:1000: certificate verify failed", "HTTP 404", ""])
def test_why_an_address_does_not_answer(problem: str) -> None:
    from onedata.nightly import in_words

    assert in_words(problem) in {"HTTP 404", "", "tidak menjawab", "does not answer"}
