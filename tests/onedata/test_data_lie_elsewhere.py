"""Data on another server: fetched as a version, tried each night, dead addresses reported once."""

from __future__ import annotations

from typing import Any

import pytest

from ntbportal.commons.notices import Notice
from onedata.models import DataSet
from onedata.nightly import try_links
from onedata.quality.running import check_version, recheck

from .conftest import Site

pytestmark = pytest.mark.django_db


def test_the_table_is_fetched_and_checked(site: Site, data_set: Any, person: Any, sign_in: Any) -> None:
    site.pages["/data"] = ("text/csv; charset=utf-8", "desa,nilai\nA,1\nB,2\n")
    found = data_set(link=f"{site.address}/data")
    sign_in(person("producer", agency="dinkes")).post(f"/onedata/desk/{found.slug}/fetch/")
    version = found.versions.get()
    assert check_version(version.pk)
    version.refresh_from_db()
    assert (version.state, version.rows, version.source_url) == ("ready", 2, f"{site.address}/data")


@pytest.mark.parametrize(("kind", "body"), [("text/html", "<html></html>"), ("text/csv", "")])
def test_what_is_no_table_is_said(site: Site, data_set: Any, kind: str, body: str) -> None:
    from onedata.uploading import add_version_from

    site.pages["/x"] = (kind, body)
    version = add_version_from(data_set(), f"{site.address}/x", None)
    check_version(version.pk)
    version.refresh_from_db()
    assert version.state == "broken"
    assert "bad_link" in version.error


def test_a_dead_address_is_reported_once_and_counts_against_quality(site: Site, data_set: Any, upload: Any, person: Any) -> None:
    from datetime import timedelta

    from django.utils import timezone

    person("producer", agency="dinkes", name="ani")
    site.pages["/data"] = ("text/csv", "a\n1\n")
    found = data_set(link=f"{site.address}/data")
    version = upload(found, "a,b\n1,2\n")
    assert try_links() == 1
    assert try_links() == 0, "tried a moment ago"
    found.refresh_from_db()
    assert found.link_problem == ""
    del site.pages["/data"]
    for _night in range(2):
        DataSet.objects.update(link_checked_at=timezone.now() - timedelta(hours=21))
        try_links()
    found.refresh_from_db()
    assert found.link_problem == "HTTP 404"
    assert Notice.objects.filter(channel="in_app", event__startswith=f"dataset:{found.pk}:link").count() == 1
    recheck(version.pk)
    assert version.__class__.objects.get(pk=version.pk).report.findings.filter(check_name="dead_link").exists()


def test_nightly_checks_keep_a_history(data_set: Any, upload: Any, person: Any, client: Any) -> None:
    from onedata import nightly
    from onedata.workflow import publish, submit

    found = data_set()
    version = upload(found, "a,b\n1,2\n")
    publish(submit(found, person("producer", agency="dinkes")), person("walidata"))
    assert nightly.start() == 1
    assert nightly.progress()["done"] == 0
    recheck(version.pk)
    assert nightly.progress() | {"at": None} == {"at": None, "total": 1, "done": 1}
    page = client.get(f"/onedata/datasets/{found.slug}/quality/").content.decode()
    assert "Setiap kali diperiksa" in page


def test_a_late_release_is_reminded_of_once(data_set: Any, person: Any) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from onedata.nightly import remind_late

    person("producer", agency="dinkes", name="ani")
    data_set(stage="published", published_at=timezone.now() - timedelta(days=40), frequency="monthly")
    data_set("Tepat waktu", stage="published", published_at=timezone.now(), frequency="monthly")
    assert remind_late() == 1
    remind_late()
    assert Notice.objects.filter(channel="in_app").count() == 1
