"""Taking in a report: one transaction, one code, never twice from the same draft; routing follows at once by Celery."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.notices import Message, announce
from ntbportal.commons.people import User
from ntbportal.commons.places import Region
from ntbportal.commons.tasks import wake
from ntbportal.commons.texts import clean_json, without_controls
from ntbportal.commons.uploads import CleanPicture

from .confidential import why_secret
from .deadlines import due_after
from .emergencies import judge
from .live import touch_desks
from .models import Case, CaseKind, CaseMove, CaseState, Category, Channel, ReportDraft, Step
from .models.cases import new_code, new_pin, pin_digest
from .photos import keep_photos
from .public_map import map_place
from .redaction import redact_case


@dataclass
class Report:
    """What a citizen tells us."""

    category: Category
    description: str
    region: Region
    kind: str = CaseKind.COMPLAINT
    place_note: str = ""
    latitude: float | None = None
    longitude: float | None = None
    name: str = ""
    email: str = ""
    phone: str = ""
    is_anonymous: bool = False
    is_secret: bool = False
    language: str = "id"
    reporter: User | None = None
    draft_key: uuid.UUID | None = None
    pictures: list[CleanPicture] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    channel: str = Channel.WEB
    entered_by: User | None = None
    is_emergency: bool | None = None  # where it has been looked at already
    code: str = ""  # shown already, where the report waited in the inbox
    received_at: datetime | None = None
    pin: str = ""  # chosen by a phone that wrote the report without signal, as nobody may be looking when it is sent


@dataclass(frozen=True)
class Receipt:
    """The case and its PIN in clear; empty where it is no longer kept."""

    case: Case
    pin: str


def file_complaint(report: Report) -> Receipt:
    """Keep a report and wake the router. The same draft sent again gives the same receipt."""
    for _attempt in range(5):
        code, pin = report.code or new_code(), report.pin or new_pin()
        try:
            with transaction.atomic():
                case = _write(report, code, pin)
                _keep_receipt(report, code, pin)
        except IntegrityError:
            if known := receipt_of(report.draft_key):
                return known
            if report.code or not Case.objects.filter(code=code).exists():
                raise
        else:
            return Receipt(case, pin)
    raise RuntimeError("no free case code in five attempts")


def _keep_receipt(report: Report, code: str, pin: str) -> None:
    """Beside the draft it came from, so that whoever sends it again, or whose answer got lost on
    the way, reads the same receipt. Phones that write without signal chose the PIN themselves."""
    if report.draft_key and not report.pin:
        ReportDraft.objects.update_or_create(
            key=report.draft_key,
            defaults={"sent_code": code, "sent_pin": pin, "sent_at": timezone.now()},
        )


def receipt_of(draft_key: uuid.UUID | None) -> Receipt | None:
    """The receipt of what was sent before; its PIN is empty once it is no longer kept."""
    known = Case.objects.filter(draft_key=draft_key).first() if draft_key else None
    if known is None:
        return None
    draft = ReportDraft.objects.filter(key=draft_key, sent_code=known.code).first()
    return Receipt(known, draft.sent_pin if draft else "")


def _write(report: Report, code: str, pin: str) -> Case:
    _clean(report)
    judged = judge(report.category, report.description, report.kind)
    because = why_secret(report.category, report.description, wished=report.is_secret)
    case = Case(
        code=code,
        pin_digest=pin_digest(code, pin),
        draft_key=report.draft_key,
        kind=report.kind,
        category=report.category,
        is_emergency=report.is_emergency if report.is_emergency is not None else judged.is_emergency,
        emergency_doubt="" if judged.is_emergency else f"{judged.word}: {judged.doubt}".strip(": ")[:120],
        description=report.description,
        answers=report.answers,
        channel=report.channel,
        entered_by=report.entered_by,
        region=report.region,
        place_note=report.place_note,
        latitude=report.latitude,
        longitude=report.longitude,
        reporter=report.reporter,
        reporter_name=report.name,
        reporter_email=report.email,
        reporter_phone=report.phone,
        is_anonymous=report.is_anonymous,
        is_secret=bool(because),
        secret_because=because,
        language=report.language,
    )
    if report.received_at:
        case.created_at = case.updated_at = report.received_at
    case.due_at = due_after(case.created_at, Step.VERIFY, case)
    case.map_x, case.map_y = map_place(case.category, case.region, case.latitude, case.longitude)
    redact_case(case, moves=False)
    case.save()
    CaseMove.objects.create(case=case, what=CaseMove.What.FILED, by=report.entered_by, to_state=CaseState.RECEIVED, at=case.created_at)
    keep_photos(case, report.pictures)
    if report.email or report.reporter or report.phone:
        message = Message(
            event=f"case:{case.pk}:filed",
            subject=_("We have received your report %(code)s"),
            body=_("Thank you. Your report has been received and is being forwarded. Keep this code: %(code)s, PIN %(pin)s."),
            path=case.get_absolute_url(),
            values={"code": code, "pin": pin},
        )
        if report.email:
            message = replace(
                message,
                body=_(
                    "Thank you. Your report has been received and is being forwarded. Keep this code: %(code)s, PIN %(pin)s.\n\n"
                    "Please confirm that this address is yours by opening the link below. The report is handled in any case."
                ),
                path=confirmation_path(case),
            )
        addresses = [(report.email, report.language)] if report.email else []
        announce(message, users=[report.reporter] if report.reporter and not report.email else [], addresses=addresses)
        if report.phone and not (report.email or report.reporter):
            by_phone = replace(
                message,
                body=_(
                    "Thank you. Your report has been received. Keep this code: %(code)s, PIN %(pin)s. To confirm your number, enter "
                    "%(confirm)s on the page of the report. It is handled in any case."
                ),
                values={**message.values, "confirm": phone_code(case)},
            )
            announce(by_phone, phones=[(report.phone, report.language)])
    touch_desks(case)
    transaction.on_commit(lambda: wake("care.route_waiting_cases"))
    return case


def confirmation_path(case: Case) -> str:
    """Where the reporter's address is confirmed; only who reads the mail knows it."""
    return reverse("care:confirm", args=[Signer(salt="care.confirm").sign(str(case.pk))])


def confirmed_case(token: str) -> Case | None:
    """The case of a confirmation link. None where the link is not one of ours."""
    try:
        pk = Signer(salt="care.confirm").unsign(token)
    except BadSignature:
        return None
    return Case.objects.filter(pk=pk).first()


def phone_code(case: Case) -> str:
    """Six digits that only who reads the message to the reporter's phone knows."""
    digest = salted_hmac("care.phone", f"{case.pk}:{case.reporter_phone}", algorithm="sha256").hexdigest()
    return f"{int(digest[:12], 16) % 1_000_000:06d}"


def confirm_phone(case: Case, code: str) -> None:
    """The reporter entered the code of the message. Raises ValidationError where it is another one."""
    if not case.reporter_phone or not constant_time_compare(code, phone_code(case)):
        raise ValidationError(_("This is not the code of the message."))
    Case.objects.filter(pk=case.pk, contact_confirmed_at=None).update(contact_confirmed_at=timezone.now())


def _clean(report: Report) -> None:
    """No control sign enters, by whatever door a report comes."""
    for name in ("description", "place_note", "name", "email", "phone"):
        setattr(report, name, without_controls(getattr(report, name)).strip())
    report.answers = clean_json(report.answers)
