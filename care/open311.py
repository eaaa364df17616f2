"""NTB Care in the words of Open311 GeoReport v2 (wiki.open311.org/GeoReport_v2): services, requests, errors, JSON and XML."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from ntbportal.commons.fetching import Unreachable, fetch_bytes
from ntbportal.commons.people import User
from ntbportal.commons.places import Region
from ntbportal.commons.tasks import send_soon
from ntbportal.commons.texts import CONTROLS, is_blank
from ntbportal.commons.uploads import clean_picture

from .asking import answers_of, field_of, questions_of
from .emergencies import judge
from .intake import Report, file_complaint
from .models import Case, Category, Channel, Question
from .models.cases import INSIDE, OPEN_STATES
from .photos import keep_photos
from .redaction import public_note, public_place_note, public_text

MOST = 1000
SPAN = timedelta(days=90)
MOST_LETTERS = 5000  # of a description, as the form of the portal takes
MOST_OF_ADDRESS = 1000
BLUR = 3  # decimal places of degrees, about 100 m, for sensitive categories


class Refused(Exception):
    """An error of the standard: status and what is wrong."""

    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status, self.description = status, description


def discovery() -> dict[str, Any]:
    base = f"{settings.BASE_URL}/open311/v2"
    formats = ["application/json", "text/xml"]
    return {
        "changeset": "2026-11-25T00:00:00+08:00",
        "contact": f"{settings.BASE_URL}/care/",
        "key_service": f"{settings.BASE_URL}/me/tokens/",
        "endpoints": [
            {
                "specification": "http://wiki.open311.org/GeoReport_v2", "url": base, "changeset": "2026-11-25T00:00:00+08:00",
                "type": "production", "formats": formats,
            }
        ],
    }  # fmt: skip


def services() -> list[dict[str, Any]]:
    rows = Category.objects.filter(is_active=True).select_related("parent")
    asking = set(Question.objects.filter(is_active=True).values_list("category", flat=True))
    return [
        {
            "service_code": row.slug, "service_name": row.name, "description": row.hint,
            "metadata": row.pk in asking or row.parent_id in asking, "type": "realtime",
            "keywords": row.hint, "group": row.parent.name if row.parent else "",
        }
        for row in rows
    ]  # fmt: skip


def service(code: str) -> dict[str, Any]:
    """The definition of a service: its questions as attributes. Raises Refused."""
    category = Category.objects.filter(slug=code, is_active=True).first()
    if category is None:
        raise Refused(404, f"service_code {code} was not found")
    return {
        "service_code": code,
        "attributes": [
            {
                "variable": True, "code": f"q_{one.pk}", "datatype": DATATYPES[one.answer_kind], "required": one.is_required,
                "datatype_description": "", "order": order, "description": one.text,
                "values": [{"key": key, "name": name} for key, name in _values(one)],
            }
            for order, one in enumerate(questions_of(category), 1)
        ],
    }  # fmt: skip


DATATYPES = {"text": "string", "number": "number", "date": "datetime", "yes_no": "singlevaluelist", "choice": "singlevaluelist"}


def _values(question: Question) -> list[tuple[str, str]]:
    if question.answer_kind == "yes_no":
        return [("ya", "ya"), ("tidak", "tidak")]
    return question.choices


# --- reading --------------------------------------------------------------------------------------------------------
def find(asked: Any) -> QuerySet[Case]:
    """Public cases that fit the parameters, newest first. Raises Refused for what cannot be understood."""
    rows = Case.objects.public().select_related("category", "region", "agency").prefetch_related("photos", "moves")
    if ids := [one.strip().upper() for one in asked.get("service_request_id", "").split(",") if one.strip()]:
        return rows.filter(code__in=ids[:MOST]).order_by("-created_at")
    if codes := [one.strip() for one in asked.get("service_code", "").split(",") if one.strip()]:
        rows = rows.filter(category__slug__in=codes)
    status = asked.get("status", "")
    if status:
        wanted = {one.strip() for one in status.split(",")}
        if not wanted <= {"open", "closed"}:
            raise Refused(400, "status must be open or closed")
        if wanted == {"open"}:
            rows = rows.filter(state__in=OPEN_STATES)
        elif wanted == {"closed"}:
            rows = rows.exclude(state__in=OPEN_STATES)
    first, last = _moment(asked, "start_date"), _moment(asked, "end_date")
    last = last or (first + SPAN if first else timezone.now())
    first = first or last - SPAN
    if last - first > SPAN:
        last = first + SPAN
    return rows.filter(created_at__range=(first, last)).order_by("-created_at")[:MOST]


def _moment(asked: Any, name: str) -> datetime | None:
    text = asked.get(name, "").strip()
    if not text:
        return None
    try:
        found = parse_datetime(text.replace(" ", "+"))
    except ValueError:
        found = None
    if found is None or not 1970 <= found.year <= 2200:
        raise Refused(400, f"{name} must be a W3C date and time, such as 2026-01-01T00:00:00Z")
    return found if found.tzinfo else timezone.make_aware(found)


def shown(case: Case) -> dict[str, Any]:
    """A case as a request of the standard. Of sensitive categories the place is given roughly, the note not at all."""
    notes = [note for move in case.moves.all() if move.what not in INSIDE and (note := public_note(case, move))]
    exact = not case.category.is_sensitive
    photo = next((one for one in case.photos.all() if not one.move_id and not one.hidden_at), None)
    latitude, longitude = case.latitude, case.longitude
    if latitude is None or longitude is None:
        latitude, longitude = case.region.latitude, case.region.longitude
    elif not exact:
        latitude, longitude = round(latitude, BLUR), round(longitude, BLUR)
    return {
        "service_request_id": case.code,
        "status": "open" if case.is_open else "closed",
        "status_notes": notes[-1] if notes else case.get_state_display(),
        "service_name": case.category.name,
        "service_code": case.category.slug,
        "description": public_text(case),
        "agency_responsible": case.agency.name if case.agency else None,
        "service_notice": None,
        "requested_datetime": _written(case.created_at),
        "updated_datetime": _written(case.updated_at),
        "expected_datetime": _written(case.due_at),
        "address": f"{public_place_note(case)}, {case.region.full_name}" if exact and case.place_note else case.region.full_name,
        "address_id": case.region_id,
        "zipcode": None,
        "lat": latitude,
        "long": longitude,
        "media_url": f"{settings.BASE_URL}/care/{case.code}/photos/{photo.pk}/large.jpg" if photo else None,
    }


def _written(moment: datetime | None) -> str | None:
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else None


# --- writing --------------------------------------------------------------------------------------------------------
def file(sent: Any, client: User) -> Case:
    """Take in a request from a client with a key. Raises Refused naming what is missing or wrong."""
    code = sent.get("service_code", "").strip()
    if not code:
        raise Refused(400, "service_code was not provided")
    category = Category.objects.filter(slug=code, is_active=True).first()
    if category is None:
        raise Refused(404, f"service_code {code} was not found")
    description = sent.get("description", "").strip()
    if len(description) < 10 or is_blank(description):
        raise Refused(400, "description of at least 10 characters was not provided")
    region, latitude, longitude = _place(sent)
    name = " ".join(part for part in (sent.get("first_name", "").strip(), sent.get("last_name", "").strip()) if part)
    email, phone = sent.get("email", "").strip(), re.sub(r"[\s.\-()]", "", sent.get("phone", ""))
    if email and not _is_email(email):
        raise Refused(400, "email is not an e-mail address")
    if phone and not re.fullmatch(r"\+?[0-9]{8,15}", phone):
        raise Refused(400, "phone is not a phone number of 8 to 15 digits")
    if len(description) > MOST_LETTERS:
        raise Refused(400, f"description is longer than {MOST_LETTERS} characters")
    report = Report(
        category=category, description=description, region=region, place_note=sent.get("address_string", "").strip()[:200],
        latitude=latitude, longitude=longitude, name=name[:120], email=email, phone=phone,
        answers=_answers(category, sent), channel=Channel.OPEN311,
    )  # fmt: skip
    url = sent.get("media_url", "").strip()
    if url.startswith(("http://", "https://")) and len(url) <= MOST_OF_ADDRESS:
        # fetched by a worker; the officer reads the address, whether it could be or not
        report.answers.append({"question": None, "id": "Alamat foto", "en": "Address of the photo", "value": url, "public": False})
    case = file_complaint(report).case
    if url:
        transaction.on_commit(lambda: send_soon("care.fetch_picture", case.pk))
    return case


def is_urgent(sent: Any) -> bool:
    """Whether what was sent reads as an emergency: those are never too many."""
    category = Category.objects.filter(slug=sent.get("service_code", "").strip()[:60]).first()
    return judge(category, sent.get("description", "")[:MOST_LETTERS]).is_emergency


def _is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254


def _answers(category: Category, sent: Any) -> list[dict[str, Any]]:
    """attribute[q_7]=… of the service's questions. Raises Refused for one that is missing or not understood."""
    questions, values = questions_of(category), {}
    for question in questions:
        name = f"q_{question.pk}"
        try:
            values[name] = field_of(question).clean(sent.get(f"attribute[{name}]", "").strip())
        except ValidationError as error:
            raise Refused(400, f"attribute[{name}] ({question.text}): {error.messages[0]}") from None
    return answers_of(questions, values)


def _place(sent: Any) -> tuple[Region, float | None, float | None]:
    """By position, by region code (address_id), or by name (address_string)."""
    if sent.get("lat") or sent.get("long"):
        try:
            latitude, longitude = float(sent.get("lat", "")), float(sent.get("long", ""))
        except ValueError:
            raise Refused(400, "lat and long must be decimal degrees") from None
        if abs(latitude) > 90 or abs(longitude) > 180:
            raise Refused(400, "lat and long must be decimal degrees")
        region = Region.objects.at(latitude, longitude)
        if region is None or region.code.count(".") < 2:
            raise Refused(400, "lat and long lie outside of NTB")
        return region, latitude, longitude
    if key := sent.get("address_id", "").strip():
        region = Region.objects.filter(code=key).first()
        if region is None or region.code.count(".") < 2:
            raise Refused(400, "address_id is not the code of a district or village")
        return region, None, None
    if text := sent.get("address_string", "").strip():
        region = next((one for one in Region.objects.named_like(text, 10) if one.code.count(".") >= 2), None)
        if region is not None:
            return region, None, None
        raise Refused(400, "address_string names no district or village of NTB")
    raise Refused(400, "lat and long, address_id or address_string was not provided")


def fetch_picture(case_id: int) -> bool:
    """Fetch the picture whose address came with a report, once. One that cannot be had loses nothing: its
    address stands with the case. Safe to run twice."""
    case = Case.objects.filter(pk=case_id, channel=Channel.OPEN311).first()
    urls = [one["value"] for one in case.answers if one["id"] == "Alamat foto"] if case else []
    if case is None or not urls or case.photos.filter(move=None).exists():
        return False
    try:
        picture = clean_picture(io.BytesIO(fetch_bytes(urls[0], 15_000_000, total=30)))
    except (Unreachable, ValidationError):
        return False
    with transaction.atomic():
        held = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
        if held.photos.filter(move=None).exists():
            return False
        keep_photos(held, [picture])
    return True


# --- XML ------------------------------------------------------------------------------------------------------------
def as_xml(root: str, item: str, rows: Any) -> bytes:
    """Rows as <root><item>…; a single mapping as <root>…."""
    top = ElementTree.Element(root)
    if isinstance(rows, dict):
        _fill(top, rows)
    else:
        for row in rows:
            _fill(ElementTree.SubElement(top, item), row)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(top, encoding="utf-8")


SINGULAR = {"endpoints": "endpoint", "formats": "format", "attributes": "attribute", "values": "value"}


def _fill(node: ElementTree.Element, values: dict[str, Any]) -> None:
    for name, value in values.items():
        child = ElementTree.SubElement(node, name)
        if isinstance(value, list):
            for one in value:
                part = ElementTree.SubElement(child, SINGULAR.get(name, "item"))
                if isinstance(one, dict):
                    _fill(part, one)
                else:
                    part.text = str(one)
        elif value is not None:
            text = str(value).lower() if isinstance(value, bool) else str(value)
            # signs that XML 1.0 does not allow would make the whole answer unreadable
            child.text = CONTROLS.sub("", text)
