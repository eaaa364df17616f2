"""What changed: rows added, taken away, single cells where rows have a key; whole rows where they have none."""

from __future__ import annotations

from typing import Any

import pytest

from onedata.differences import compare
from onedata.workflow import publish, submit

pytestmark = pytest.mark.django_db


def test_cells_by_key(data_set: Any, upload: Any, person: Any, client: Any) -> None:
    found, producer, walidata = data_set(), person("producer", agency="dinkes"), person("walidata")
    for table in (
        "kode,tahun,nilai\n52.01,2024,1\n52.02,2024,2\n52.03,2024,3\n",
        "kode,tahun,nilai,catatan\n52.01,2024,1,\n52.02,2024,5,\n52.04,2024,4,baru\n",
    ):
        upload(found, table)
        found = publish(submit(found, producer), walidata)
    newer, older = found.versions.all()
    said = compare(found, older, newer)
    assert (said.key, said.added, said.removed, said.changed) == (["kode"], 1, 1, 1)
    assert said.columns_added == ["catatan"]
    assert said.changed_cells == [(("52.02",), "nilai", "2", "5")]
    page = client.get(f"/onedata/datasets/{found.slug}/differences/").content.decode()
    assert "52.04" in page


def test_rows_without_a_key_as_wholes(data_set: Any, upload: Any) -> None:
    found = data_set()
    older = upload(found, "a,b\n1,2\n1,2\n3,4\n")
    newer = upload(found, "a,b\n1,2\n3,4\n5,6\n")
    said = compare(found, older, newer)
    assert (said.key, said.added, said.removed) == ([], 1, 1)
    assert said.added_rows == [("5", "6")]
    assert said.removed_rows == [("1", "2")]
