"""The targets of a month (sasaran): everybody of a posyandu who is expected, what each is due for, and who has come.

Where the rules come from: weighing every month and pregnancy every month: Kemenkes, panduan posyandu bidang kesehatan (2023);
development at the ages of the KPSP: SDIDTK; adults and the elderly examined at least once a year: standar pelayanan minimal
(Permenkes 6/2024); blood pressure and blood glucose that were high, every month until they are not (the same panduan).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .immunisation import GRACE, campaigns_at, lines_for, schedule
from .models import (
    Campaign,
    Finding,
    Given,
    GrowthVisit,
    Person,
    Posyandu,
    PregnancyEnd,
    Referral,
    ReferralState,
    SocialCheck,
    Visit,
    VisitForm,
    VisitQuestion,
)
from .pregnancies import AFTER_WHICH_SHE_IS_SEEN, WEEKS_OF_PREGNANCY, period_of
from .targets import FIVE_YEARS, GROUPS, months_back, present

KINDS: dict[str, str | Promise] = {
    "weigh": gettext_lazy("Weighing"),
    "pregnancy": gettext_lazy("Pregnancy check"),
    "nursing": gettext_lazy("Check after birth"),
    "vaccine": gettext_lazy("Immunisation and vitamins"),
    "campaign": gettext_lazy("Campaigns"),
    "development": gettext_lazy("Development (KPSP)"),
    "control": gettext_lazy("Blood pressure or sugar again"),
    "yearly": gettext_lazy("Yearly examination"),
    "referral": gettext_lazy("Referral not answered"),
    "social": gettext_lazy("Social problem to be looked at again"),
}
CONTROLLED = {"blood-pressure": gettext_lazy("Blood pressure again"), "glucose": gettext_lazy("Blood sugar again")}
BY_AGE = ("remaja", "dewasa", "lansia")
DAYS_AFTER_BIRTH, MONTHS_ABSENT = 42, 3
MOST = 3000  # people of a posyandu


@dataclass(frozen=True)
class Need:
    """`code`: by what it is done: a form, an item of the schedule, a campaign's number."""

    kind: str
    text: str
    late: bool = False
    code: str = ""


@dataclass
class Target:
    """Somebody expected in a month. `months`: age at its end; `came`: the last day on which anything was done in it; `open`: what is
    still to be done, `done`: kinds that were due and done."""

    person: Person
    months: int
    came: date | None = None
    open: list[Need] = field(default_factory=list)
    done: set[str] = field(default_factory=set)

    @property
    def is_late(self) -> bool:
        return any(need.late for need in self.open)

    @property
    def group(self) -> str:
        return next((key for key, (_title, first, below) in GROUPS.items() if first <= self.months < below), "")


def end_of(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def month_targets(posyandu: Posyandu, month: date, today: date, known: Known | None = None) -> list[Target]:
    """Of a month (its first day), late ones first, then by name: all who are due for anything or came. About a dozen questions to the
    database, however many people; none where `known` is given, as for the same list in another language."""
    known = known or Known(posyandu, month)
    targets = []
    for person in known.people:
        target = Target(person, person.age_in_months(known.until), known.came.get(person.pk))
        for need, is_done in known.needs(person, target.months, min(today, known.until)):
            if is_done:
                target.done.add(need.kind)
            else:
                target.open.append(need)
        if target.open or target.done or target.came:
            targets.append(target)
    return sorted(targets, key=lambda one: not one.is_late)


class Known:
    """The people of a posyandu in a month and what is known of them, read at once."""

    def __init__(self, posyandu: Posyandu, month: date) -> None:
        until = end_of(month)
        self.people = people = list(present(posyandu, until).order_by("name", "pk")[:MOST])
        self.month, self.until, self.village = month, until, posyandu.village_id
        self.came: dict[int, date] = {}
        self.weighed: dict[int, set[int]] = defaultdict(set)  # months as numbers
        since = months_back(month, MONTHS_ABSENT)
        for number, day in GrowthVisit.objects.filter(person__in=people, day__range=(since, until)).values_list("person", "day"):
            self.weighed[number].add(_number(day))
            self._note(number, day)
        self.visits: dict[int, dict[str, tuple[date, list[str], Any]]] = defaultdict(dict)  # the last by each form
        rows = Visit.objects.filter(person__in=people, day__range=(months_back(until, 13), until)).order_by("day", "pk")
        told = rows.values_list("person", "form__slug", "day", "findings", "answers__last-period", "derived__last-period")
        for number, slug, day, findings, answered, known_before in told:
            period = answered or known_before
            self.visits[number][slug] = (day, findings, period)
            self._note(number, day)
        self.given: dict[int, list[Given]] = defaultdict(list)
        for one in Given.objects.filter(person__in=people, day__lte=until).select_related("item"):
            self.given[one.person_id].append(one)
            self._note(one.person_id, one.day)
        self.births: dict[int, list[date]] = defaultdict(list)
        born = Person.objects.filter(mother__in=people, birth_date__range=(months_back(month, 12), until))
        for child in born:
            self.births[child.mother_id or 0].append(child.birth_date)
        self.ends: dict[int, list[PregnancyEnd]] = defaultdict(list)
        for end in PregnancyEnd.objects.filter(person__in=people, day__range=(months_back(month, 12), until)):
            self.ends[end.person_id].append(end)
        waiting = (ReferralState.SENT, ReferralState.MISSED)
        referrals = Referral.objects.filter(person__in=people, state__in=waiting, day__lte=until).order_by("due_on")
        self.referred: dict[int, date] = dict(referrals.values_list("person", "due_on"))
        checks = SocialCheck.objects.filter(posyandu=posyandu, follow_up_on__range=(months_back(month, 1), until)).order_by("day")
        again = {one.household_id: one.follow_up_on for one in checks if one.follow_up_on}
        seen = dict(SocialCheck.objects.filter(posyandu=posyandu, household__in=again).order_by("day").values_list("household", "day"))
        self.social = {household: day for household, day in again.items() if seen[household] < day}
        self.stands_for: dict[int, int] = {}  # by family who is called for it: the head, else its oldest
        for person in sorted(people, key=lambda one: (one.relation != "head", one.birth_date)):
            self.stands_for.setdefault(person.household_id, person.pk)
        self.items, self.campaigns = schedule(), campaigns_at(self.village, month, until)
        self.groups = {
            (slug, code): group
            for slug, code, group in Finding.objects.filter(tone__in=("alert", "wait")).values_list("form__slug", "code", "group")
        }
        self.forms = {form.slug: form for form in VisitForm.objects.filter(slug__in=(*BY_AGE, "kpsp"), is_active=True)}
        self.steps = development_ages()

    def _note(self, person: int, day: date) -> None:
        if self.month <= day <= self.until:
            self.came[person] = max(day, self.came.get(person, day))

    def _in_month(self, person: int, slug: str) -> bool:
        last = self.visits[person].get(slug)
        return last is not None and last[0] >= self.month

    def needs(self, person: Person, months: int, at: date) -> Iterable[tuple[Need, bool]]:
        """What is due, and whether it is done. Late is judged at a day."""
        if months < FIVE_YEARS:
            yield from self._weighing(person, months)
            yield from self._development(person, months)
        yield from self._vaccines(person, at)
        yield from self._mothers(person)
        yield from self._grown(person, months)
        if (due := self.referred.get(person.pk)) is not None:
            yield Need("referral", _("Referral not answered"), due < at), False
        if (day := self.social.get(person.household_id)) is not None and person.pk == self.stands_for[person.household_id]:
            yield Need("social", _("Social problem to be looked at again"), day < at), False

    def _weighing(self, person: Person, months: int) -> Iterable[tuple[Need, bool]]:
        number, weighed = _number(self.month), self.weighed[person.pk]
        first = max(_number(person.birth_date), _number(person.joined_on) if person.joined_on else 0)
        absent = next((n for n in range(MONTHS_ABSENT) if number - 1 - n in weighed or number - 1 - n < first), MONTHS_ABSENT)
        text = (
            _("Weigh; not weighed for %(n)s months") % {"n": absent}
            if absent > 1
            else _("Weigh; not weighed last month")
            if absent
            else _("Weigh")
        )
        yield Need("weigh", text, absent > 1), number in weighed

    def _development(self, person: Person, months: int) -> Iterable[tuple[Need, bool]]:
        step = max((age for age in self.steps if age <= months), default=None)
        if step is None or "kpsp" not in self.forms:
            return
        asked = self.visits[person.pk].get("kpsp")
        done = asked is not None and asked[0] >= months_back(person.birth_date, -step)
        if not done or asked[0] >= self.month:  # type: ignore[index]
            yield Need("development", _("KPSP of %(n)s months") % {"n": step}, code="kpsp"), done

    def _vaccines(self, person: Person, at: date) -> Iterable[tuple[Need, bool]]:
        given = self.given[person.pk]
        for campaign in self.campaigns:
            if any(one.campaign_id == campaign.pk for one in given):
                yield Need("campaign", campaign.name, code=str(campaign.pk)), True
            elif campaign_fits(campaign, person):
                yield Need("campaign", campaign.name, campaign.last_day < at, str(campaign.pk)), False
        if any(one.day >= self.month and one.campaign_id is None for one in given):
            yield Need("vaccine", ""), True
        if person.birth_date <= months_back(self.until, 228):
            return
        for line in lines_for(person, self.until, self.village, self.items, given):
            if line.state in {"due", "late"}:
                late = line.on is not None and not line.item.every_days and line.on + timedelta(days=GRACE) < at
                yield Need("vaccine", line.item.name, late, line.item.code), False

    def _mothers(self, person: Person) -> Iterable[tuple[Need, bool]]:
        visits, births, ends = self.visits[person.pk], self.births.get(person.pk, []), self.ends.get(person.pk, [])
        if "hamil" in visits and (period := period_of(visits["hamil"][2])) is not None:
            weeks = (self.until - period).days // 7
            over = any(born > period for born in births) or any(end.day >= period for end in ends)
            if weeks <= WEEKS_OF_PREGNANCY and not over:
                yield Need("pregnancy", _("Pregnancy check, week %(n)s") % {"n": weeks}, code="hamil"), self._in_month(person.pk, "hamil")
        for born in [*births, *(end.day for end in ends if end.how in AFTER_WHICH_SHE_IS_SEEN)]:
            if born + timedelta(days=DAYS_AFTER_BIRTH) >= self.month:
                seen = visits.get("nifas")
                yield Need("nursing", _("Check after birth"), code="nifas"), seen is not None and seen[0] >= max(born, self.month)

    def _grown(self, person: Person, months: int) -> Iterable[tuple[Need, bool]]:
        slug = next(
            (slug for slug in BY_AGE if slug in self.forms and self.forms[slug].months_from <= months < self.forms[slug].months_to), ""
        )
        if not slug:
            return
        visits = [self.visits[person.pk][one] for one in BY_AGE if one in self.visits[person.pk]]
        last = max(visits, default=None, key=lambda one: one[0])
        if last is None or last[0] <= months_back(self.until, 12):
            yield Need("yearly", _("Yearly examination"), code=slug), False
        elif last[0] >= self.month:
            yield Need("yearly", _("Yearly examination"), code=slug), True
        else:
            found = {
                self.groups.get((form, code))
                for form in BY_AGE
                if form in self.visits[person.pk]
                for code in self.visits[person.pk][form][1]
            }
            for group, text in CONTROLLED.items():
                if group in found:
                    yield Need("control", str(text), code=slug), False


def campaign_fits(campaign: Campaign, person: Person) -> bool:
    """Whether somebody is of the age on any day of the campaign."""
    first, last = campaign.births
    return first <= person.birth_date <= last and campaign.item.sex in ("", person.sex)


def development_ages() -> list[int]:
    """Months of age at which the KPSP asks anew, from its own conditions."""
    found = set()
    for when in VisitQuestion.objects.filter(form__slug="kpsp").values_list("when", flat=True):
        found |= {int(wanted) for code, sign, wanted in when if (code, sign) == ("age_months", ">=")}
    return sorted(found)


def counted(targets: Iterable[Target]) -> list[tuple[str, str | Promise, int, int]]:
    """(kind, title, people due, of them done) of each kind that concerns anybody. Who has one of several still open is not done."""
    due: dict[str, int] = defaultdict(int)
    done: dict[str, int] = defaultdict(int)
    for target in targets:
        still = {need.kind for need in target.open}
        for kind in still | target.done:
            due[kind] += 1
            done[kind] += kind not in still
    return [(kind, title, due[kind], done[kind]) for kind, title in KINDS.items() if due[kind]]


def _number(day: date) -> int:
    return day.year * 12 + day.month
