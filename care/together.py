"""Helping and hearing: offers of help, agencies that share the work, alerts by area, the leaders' weekly mail."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from ntbportal.commons.agencies import Agency
from ntbportal.commons.notices import Message, announce
from ntbportal.commons.people import Role, User
from ntbportal.commons.privacy import blind_candidates
from ntbportal.commons.texts import without_controls
from ntbportal.commons.unsubscribing import unsubscribe_key

from .league import standings
from .live import touch_desks
from .models import AreaAlert, Case, CaseMove, CaseSupport, HelpOffer
from .models.cases import OPEN_STATES
from .redaction import public_text, redact_move
from .routing import people_in_charge

What = CaseMove.What
LISTED = 20  # cases in one mail


# --- help ------------------------------------------------------------------------------------------------------------
@transaction.atomic
def offer_help(case: Case, *, name: str, contact: str, text: str, user: User | None, language: str = "id") -> HelpOffer:
    """Keep an offer and tell the agency. Raises ValidationError where the case is closed or not public."""
    if not case.is_public or not case.is_open:
        raise ValidationError(_("This report is no longer open."))
    offer = HelpOffer.objects.create(case=case, name=name, contact=contact, text=text, user=user, language=language)
    announce(
        Message(
            event=f"offer:{offer.pk}",
            subject=gettext_lazy("Somebody offers help with report %(code)s"),
            body=gettext_lazy("%(name)s: %(text)s"),
            path=f"/care/desk/{case.code}/",
            values={"code": case.code, "name": name, "text": text},
        ),
        users=people_in_charge(case),
    )
    touch_desks(case)
    return offer


@transaction.atomic
def decide_offer(offer: HelpOffer, by: User, *, accept: bool) -> HelpOffer:
    """Accepted help shows on the timeline; who offered is told either way. Decided once."""
    offer = HelpOffer.objects.select_for_update(of=("self",)).select_related("case__agency", "case__region").get(pk=offer.pk)
    if offer.state != HelpOffer.State.OFFERED:
        raise ValidationError(_("This offer has been decided already."))
    offer.state, offer.decided_by = (HelpOffer.State.ACCEPTED if accept else HelpOffer.State.DECLINED), by
    offer.save(update_fields=["state", "decided_by"])
    case = offer.case
    if accept:
        move = CaseMove(
            case=case,
            what=What.HELPED,
            by=by,
            agency=case.agency,
            from_state=case.state,
            to_state=case.state,
            public_note=without_controls(f"{offer.name}: {offer.text}"),
        )
        redact_move(case, move)
        move.save()
    message = Message(
        event=f"offer:{offer.pk}:{offer.state}",
        subject=gettext_lazy("Your offer of help with report %(code)s"),
        body=gettext_lazy("Thank you! The agency accepts your help and will get in touch.")
        if accept
        else gettext_lazy("Thank you for your offer. This time the agency does not need it."),
        path=case.get_absolute_url(),
        values={"code": case.code},
    )
    if offer.user:
        announce(message, users=[offer.user])
    elif "@" in offer.contact:
        announce(message, addresses=[(offer.contact, offer.language)])
    touch_desks(case)
    return offer


# --- shared work -------------------------------------------------------------------------------------------------------
@transaction.atomic
def add_support(case: Case, by: User, agency: Agency, note: str) -> CaseSupport:
    """Ask another agency to work on the case too. Raises ValidationError where it already does."""
    if agency.pk == case.agency_id:
        raise ValidationError(_("This agency is responsible already."))
    support, is_new = CaseSupport.objects.get_or_create(case=case, agency=agency, defaults={"by": by})
    if not is_new:
        raise ValidationError(_("This agency works on it already."))
    CaseMove.objects.create(
        case=case, what=What.SUPPORTED, by=by, agency=agency, from_state=case.state, to_state=case.state, inside_note=note
    )
    announce(
        Message(
            event=f"case:{case.pk}:support:{agency.pk}",
            subject=gettext_lazy("Please help with report %(code)s"),
            body=gettext_lazy("%(agency)s asks you to work on this report too. %(note)s"),
            path=f"/care/desk/{case.code}/",
            urgent=case.is_emergency,
            values={"code": case.code, "agency": case.agency.short_name if case.agency else "NTB Care", "note": note},
        ),
        users=User.objects.holding(Role.OFFICER, agency=agency),
    )
    touch_desks(case)
    return support


# --- alerts by area ----------------------------------------------------------------------------------------------------
def alert_path(alert: AreaAlert) -> str:
    """The page on which an alert is confirmed or ended; only who reads its mails knows it."""
    return reverse("care:alert", args=[Signer(salt="care.alert").sign(str(alert.pk))])


def alert_of(token: str) -> AreaAlert | None:
    try:
        pk = Signer(salt="care.alert").unsign(token)
    except BadSignature:
        return None
    return AreaAlert.objects.filter(pk=pk).select_related("region", "category").first()


@transaction.atomic
def subscribe(alert: AreaAlert) -> AreaAlert:
    """Keep an alert; twice is once. An address is asked first whether it wants it."""
    same = AreaAlert.objects.filter(region=alert.region, category=alert.category)
    known = (
        same.filter(user=alert.user).first()
        if alert.user
        else same.filter(user=None, email_index__in=blind_candidates(alert.email)).first()
    )
    if known:
        return known
    if alert.user:
        alert.confirmed_at = timezone.now()
    alert.save()
    if not alert.user:
        announce(
            Message(
                event=f"alert:{alert.pk}:confirm",
                subject=gettext_lazy("Please confirm: new reports by e-mail"),
                body=gettext_lazy("Open the link below if you want a mail each morning there are new reports. Else do nothing."),
                path=alert_path(alert),
            ),
            addresses=[(alert.email, alert.language)],
        )
    return alert


def end_alert(number: int) -> None:
    AreaAlert.objects.filter(pk=number).delete()


def send_alerts(now: datetime | None = None) -> int:
    """One mail to each alert with the public cases that came since its last one. Safe to run twice."""
    now = now or timezone.now()
    sent = 0
    for pk in list(AreaAlert.objects.filter(confirmed_at__isnull=False).values_list("pk", flat=True)):
        with transaction.atomic():
            alert = AreaAlert.objects.select_for_update(of=("self",)).select_related("user", "region", "category").filter(pk=pk).first()
            if alert is None or alert.told_until >= now:
                continue
            rows = Case.objects.public().filter(routed_at__gt=alert.told_until, routed_at__lte=now)
            if alert.region_id:
                rows = rows.filter(Q(region=alert.region_id) | Q(region__code__startswith=f"{alert.region_id}."))
            if alert.category_id:
                rows = rows.filter(Q(category=alert.category_id) | Q(category__parent=alert.category_id))
            found = list(rows.select_related("category", "region").order_by("-routed_at")[: LISTED + 1])
            AreaAlert.objects.filter(pk=pk).update(told_until=now)
            if not found:
                continue
            with override(alert.user.language if alert.user else alert.language):
                lines = [
                    f"- {case.category.name}, {case.region.full_name}: {public_text(case)[:100]} ({case.code})" for case in found[:LISTED]
                ]
            announce(
                Message(
                    event=f"alert:{pk}:{now:%Y%m%d%H%M}",
                    subject=gettext_lazy("New reports: %(what)s"),
                    body=gettext_lazy("%(list)s\n\nThe link below shows or ends this alert."),
                    path=alert_path(alert),
                    unsubscribe=unsubscribe_key("alert", alert.pk),
                    values={"what": str(alert.category or alert.region or "NTB Care"), "list": "\n".join(lines)},
                ),
                users=[alert.user] if alert.user else [],
                addresses=[] if alert.user else [(alert.email, alert.language)],
            )
            sent += 1
    return sent


# --- leaders -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def send_weekly(now: datetime | None = None) -> int:
    """The last seven days for leaders and coordinators, once a week however often it runs; returns the number of people."""
    now = now or timezone.now()
    since = now - timedelta(days=7)
    figures = Case.objects.aggregate(
        received=Count("pk", filter=Q(created_at__gte=since)),
        emergencies=Count("pk", filter=Q(created_at__gte=since, is_emergency=True)),
        answered=Count("pk", filter=Q(answered_at__gte=since)),
        open=Count("pk", filter=Q(state__in=OPEN_STATES)),
        late=Count("pk", filter=Q(state__in=OPEN_STATES, due_at__lt=now)),
    )
    worst = sorted((row for row in standings(365) if row.late), key=lambda row: -row.late)[:5]
    people = (User.objects.holding(Role.LEADER) | User.objects.holding(Role.COORDINATOR)).distinct()
    year, week, _day = timezone.localtime(now).isocalendar()
    announce(
        Message(
            event=f"care-weekly:{year}-{week}",
            subject=gettext_lazy("NTB Care this week: %(received)s new, %(late)s late"),
            body=gettext_lazy(
                "Received: %(received)s (emergencies: %(emergencies)s)\nAnswered: %(answered)s\nOpen: %(open)s, late: %(late)s\n\n"
                "Most late: %(worst)s"
            ),
            path=reverse("care:agencies"),
            values={**figures, "worst": ", ".join(f"{row.name} ({row.late})" for row in worst) or "–"},
        ),
        users=people,
    )
    return people.count()
