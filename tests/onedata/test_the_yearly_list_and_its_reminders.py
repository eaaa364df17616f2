"""Releases promised, reminded of before and after, fulfilled by publishing; the calendar; priority data and the Pembina."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from ntbportal.commons.notices import Notice
from onedata import workflow
from onedata.models import Release, YearlyList
from onedata.planning import agree, plan_release, plan_year, remind

pytestmark = pytest.mark.django_db


def told(event: str) -> set[str]:
    return set(Notice.objects.filter(event=event, channel="in_app").values_list("user__username", flat=True))


def test_reminders_come_once_before_and_after_the_day(data_set: Any, person: Any) -> None:
    person("producer", agency="dinkes", name="ani")
    person("walidata", name="budi")
    due = date(2026, 12, 15)
    release = plan_release(data_set(), due)
    for day in range(-20, 40):
        remind(due + timedelta(days=day))
        remind(due + timedelta(days=day))
    events = set(Notice.objects.filter(event__startswith=f"release:{release.pk}:").values_list("event", flat=True))
    assert {event.split(":", 2)[2] for event in events} == {
        "before:14",
        "before:3",
        "before:0",
        "after:1",
        "after:7",
        "after:14",
        "after:28",
    }
    assert told(f"release:{release.pk}:before:3") == {"ani"}
    assert told(f"release:{release.pk}:after:7") == {"ani", "budi"}
    assert Notice.objects.filter(channel="in_app").count() == 7 + 3


def test_a_missed_day_is_made_up_for_and_a_release_silences(data_set: Any, person: Any) -> None:
    person("producer", agency="dinkes", name="ani")
    due = date(2026, 12, 15)
    release = plan_release(data_set(), due)
    remind(due + timedelta(days=3))
    assert told(f"release:{release.pk}:after:1") == {"ani"}
    Release.objects.update(released_on=due)
    remind(due + timedelta(days=7))
    assert not told(f"release:{release.pk}:after:7")


def test_publishing_fulfils_the_release(data_set: Any, upload: Any, person: Any) -> None:
    found = data_set()
    soon = plan_release(found, timezone.localdate() + timedelta(days=3))
    later = plan_release(found, timezone.localdate() + timedelta(days=300))
    version = upload(found, "a,b\n1,2\n")
    workflow.publish(workflow.submit(found, person("producer", agency="dinkes")), person("walidata"))
    soon.refresh_from_db()
    later.refresh_from_db()
    assert (soon.released_on, soon.version) == (timezone.localdate(), version)
    assert later.released_on is None


def test_a_year_is_planned_by_the_declared_frequency(data_set: Any) -> None:
    found = data_set(frequency="quarterly")
    assert [release.due_on for release in plan_year(found, date(2027, 1, 31))] == [
        date(2027, 1, 31), date(2027, 4, 30), date(2027, 7, 31), date(2027, 10, 31),
    ]  # fmt: skip
    assert len(plan_year(found, date(2027, 1, 31))) == 4
    assert Release.objects.count() == 4


def test_after_the_forum_agreed_only_the_walidata_changes_the_list(data_set: Any, person: Any, sign_in: Any) -> None:
    found, producer, walidata = data_set(), person("producer", agency="dinkes"), person("walidata")
    release = plan_release(found, date(2027, 5, 1))
    client = sign_in(producer)
    assert client.get("/onedata/plan/2027/").status_code == 200
    assert client.post("/onedata/plan/2027/agree/").status_code == 403
    sign_in(walidata).post("/onedata/plan/2027/agree/", {"decree": "BA 1/2027"})
    assert YearlyList.objects.get(year=2027).decree == "BA 1/2027"
    assert client.post(f"/onedata/plan/release/{release.pk}/").status_code == 403
    assert client.post("/onedata/plan/add/", {"data_set": found.pk, "first": "2027-06-01"}).status_code == 422
    assert sign_in(walidata).post("/onedata/plan/add/", {"data_set": found.pk, "first": "2027-06-01"}).status_code == 302
    with pytest.raises(ValidationError):
        agree(YearlyList.objects.get(year=2027), walidata, "")


def test_the_calendar_is_read_by_a_calendar_program(data_set: Any, client: Any) -> None:
    from icalendar import Calendar

    release = plan_release(data_set("Stunting per desa"), timezone.localdate() + timedelta(days=20))
    plan_release(data_set("Jalan", producer="pupr"), timezone.localdate() + timedelta(days=21))
    read = Calendar.from_ical(client.get("/onedata/calendar.ics?producer=dinkes").content)
    events = read.walk("VEVENT")
    assert [(event.decoded("dtstart"), str(event["summary"])) for event in events] == [
        (release.due_on, "Stunting per desa (Dinas Kesehatan)")
    ]


def test_priority_data_pass_the_pembina(data_set: Any, upload: Any, person: Any, sign_in: Any) -> None:
    found, producer, walidata, pembina = (
        data_set(is_priority=True),
        person("producer", agency="dinkes"),
        person("walidata"),
        person("pembina"),
    )
    upload(found, "a,b\n1,2\n")
    workflow.submit(found, producer)
    with pytest.raises(ValidationError, match="Pembina"):
        workflow.publish(found, walidata)
    workflow.verify(found, walidata)
    assert Notice.objects.filter(user=pembina, subject__contains="prioritas").exists()
    client = sign_in(pembina)
    assert found.title in client.get("/onedata/desk/?queue=inspect").content.decode()
    assert sign_in(producer).post(f"/onedata/desk/{found.slug}/step/inspect/").status_code == 403
    client.post(f"/onedata/desk/{found.slug}/step/inspect/", {"note": "Sesuai standar BPS"})
    found = workflow.publish(found, walidata)
    assert (found.stage, found.inspected_by) == ("published", pembina)
    upload(found, "a,b\n1,3\n")
    assert workflow.submit(found, producer).inspected_at is None, "a new version is inspected anew"


def test_a_superseded_data_set_points_to_its_successor(data_set: Any, upload: Any, person: Any, sign_in: Any, client: Any) -> None:
    producer, walidata = person("producer", agency="dinkes"), person("walidata")
    old, new = data_set("Data lama"), data_set("Data baru")
    for one in (old, new):
        upload(one, "a,b\n1,2\n")
        workflow.publish(workflow.submit(one, producer), walidata)
    sign_in(walidata).post(f"/onedata/desk/{old.slug}/step/supersede/", {"successor": f"/onedata/datasets/{new.slug}/"})
    page = client.get(f"/onedata/datasets/{old.slug}/").content.decode()
    assert "Data baru" in page
    assert "Data lama" not in client.get("/onedata/").content.decode()
