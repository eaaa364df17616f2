"""Pages of a posyandu, of what a child gets at what age, and of what is looked after at each age; for everyone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from ntbportal.commons.access import EVERYONE, audience
from ntbportal.commons.calendars import Entry, calendar_response

from ..contacts import whole_form
from ..finding import Age, childhood, forms_for_everyone, open_days_from
from ..immunisation import schedule as whole_schedule
from ..models import GrowthFinding, OpenDay, Posyandu, QuestionKind
from ..models.contacts import FindingBase

OLDEST = timedelta(days=13 * 365 + 3)


def _posyandu(pk: int) -> Posyandu:
    return get_object_or_404(Posyandu.objects.select_related("village", "puskesmas"), pk=pk, is_active=True)


@audience(EVERYONE)
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """One posyandu: where it is, when it opens next, what to bring."""
    posyandu, today = _posyandu(pk), timezone.localdate()
    own = posyandu.latitude is not None and posyandu.longitude is not None
    context = {
        "posyandu": posyandu,
        "days": open_days_from(posyandu.open_day_of_month, today, 4),
        "is_open": OpenDay.objects.filter(posyandu=posyandu, day=today, is_home_visits=False).exists(),
        "is_own_point": own,
        "latitude": posyandu.latitude if own else posyandu.village.latitude,
        "longitude": posyandu.longitude if own else posyandu.village.longitude,
        "forms": forms_for_everyone(),
    }
    return render(request, "posyandu/place.html", context)


@audience(EVERYONE)
def open_days(request: HttpRequest, pk: int) -> HttpResponse:
    """The open days of the coming year for a calendar."""
    posyandu = _posyandu(pk)
    where = ", ".join(part for part in (posyandu.address, posyandu.village.full_name) if part)
    entries = (
        Entry(
            uid=f"posyandu-{posyandu.pk}-{day:%Y-%m}",
            day=day,
            title=_("Open day of %(name)s") % {"name": posyandu.name},
            text=f"{where}. {_('Bring the KIA book; the first time also the family card (KK).')}",
            path=reverse("posyandu:place", args=[posyandu.pk]),
            is_sure=False,
        )
        for day in open_days_from(posyandu.open_day_of_month, timezone.localdate(), 12)
    )
    return calendar_response(f"posyandu-{posyandu.pk}", posyandu.name, entries)


@audience(EVERYONE)
def schedule(request: HttpRequest) -> HttpResponse:
    """What a child gets at what age; with ?born=2026-09-01 on which days, also for a calendar (?ics=1). Nothing is kept."""
    today, text = timezone.localdate(), request.GET.get("born", "")[:10]
    born, wrong = _birth_of(text, today)
    ages = childhood(whole_schedule(), born, today)
    if born and request.GET.get("ics"):
        return calendar_response("imunisasi", _("Immunisation of my child"), _entries(ages, today))
    context = {"ages": ages, "born": born, "text": text, "wrong": wrong, "today": today, "next": _next(ages, today)}
    return render(request, "posyandu/schedule.html", context)


def _birth_of(text: str, today: date) -> tuple[date | None, str]:
    """(day of birth, what is wrong with it)."""
    if not text:
        return None, ""
    try:
        born = parse_date(text)
    except ValueError:
        born = None
    if born is None:
        return None, _("This is no date.")
    if born > today:
        return None, _("The date lies in the future.")
    if today - born > OLDEST:
        return None, _("The schedule is for children up to twelve years.")
    return born, ""


def _next(ages: list[Age], today: date) -> Age | None:
    return next((age for age in ages if age.on and age.on > today and age.from_that_day), None)


def _entries(ages: list[Age], today: date) -> list[Entry]:
    return [
        Entry(
            uid=f"imunisasi-{age.on:%Y%m%d}-{age.months}",
            day=age.on,
            title=_("Immunisation: %(what)s") % {"what": ", ".join(one.item.name for one in age.from_that_day)},
            text=_("From this day on, at the next open day of the posyandu or at the puskesmas."),
            path=reverse("posyandu:schedule"),
        )
        for age in ages
        if age.on and age.on >= today and age.from_that_day
    ]


@audience(EVERYONE)
def health(request: HttpRequest, slug: str) -> HttpResponse:
    """What a posyandu looks after at one age, what it may find, and what it does then; made of the forms that cadres fill in."""
    if slug not in {form.slug for form in forms_for_everyone()}:
        raise Http404
    form = whole_form(slug)
    sections: dict[str, list[Any]] = {}
    heading = ""
    for question in form.questions.all():
        heading = question.section or heading
        if question.kind != QuestionKind.TEXT:
            sections.setdefault(heading, []).append(question)
    rules: list[FindingBase] = list(form.finding_rules.all())
    feeding: list[GrowthFinding] = []
    if form.slug == "balita":
        growth = list(GrowthFinding.objects.filter(is_active=True))
        feeding = [rule for rule in growth if rule.group == "feeding"]
        rules = [rule for rule in growth if rule.group not in {"feeding", "gain"}] + rules
    # one finding has several rules where its limit goes by age or month
    found = list({(rule.label, rule.advice): rule for rule in rules if rule.tone != "good"}.values())
    context = {
        "form": form,
        "sections": list(sections.items()),
        "found": [(rule, below(rule)) for rule in found],
        "feeding": feeding,
        "sources": sorted({rule.source for rule in [*found, *feeding] if rule.source} | ({form.source} if form.source else set())),
        "others": [one for one in forms_for_everyone() if one.slug != slug],
        "is_child": form.slug == "balita",
    }
    return render(request, "posyandu/health.html", context)


def below(rule: FindingBase) -> int:
    """The age in months below which a finding is told in its own way; 0 where it is told alike at all ages."""
    return next((int(condition[2]) for condition in rule.when if condition[:2] == ["age_months", "<"]), 0)
