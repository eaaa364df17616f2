"""Days for the calendar of a phone or computer, as iCalendar (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone


@dataclass(frozen=True)
class Entry:
    """A whole day. `uid` is the same each time, so that a calendar which asks again renews what it has; `path` is of this portal."""

    uid: str
    day: date
    title: str
    text: str = ""
    path: str = ""
    is_sure: bool = True


def calendar_response(file_name: str, title: str, entries: Iterable[Entry]) -> HttpResponse:
    from icalendar import Calendar, Event

    found, host = Calendar(), settings.BASE_URL.split("//")[-1].split(":")[0]
    found.add("prodid", "-//NTB Portal//ID")
    found.add("version", "2.0")
    found.add("x-wr-calname", title)
    for entry in entries:
        event = Event()
        event.add("uid", f"{entry.uid}@{host}")
        event.add("dtstamp", timezone.now())
        event.add("dtstart", entry.day)
        event.add("dtend", entry.day + timedelta(days=1))
        event.add("summary", entry.title)
        if entry.text:
            event.add("description", entry.text)
        if entry.path:
            event.add("url", settings.BASE_URL + entry.path)
        event.add("status", "CONFIRMED" if entry.is_sure else "TENTATIVE")
        found.add_component(event)
    disposition = {"Content-Disposition": f'inline; filename="{file_name}.ics"'}
    return HttpResponse(found.to_ical(), content_type="text/calendar; charset=utf-8", headers=disposition)
