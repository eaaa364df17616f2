"""What a phone takes along for an open day without signal: the people of the cadre's posyandu with their last visits, the forms and
the rules. Only what the forms need: no NIK, no KK, no address."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import override

from ntbportal.commons.people import User

from .contacts import earlier_with_days
from .growth.labels import limits_on
from .growth.standards import reference_2007, tables
from .growth.weight_gain import minimum_gains
from .immunisation import schedule
from .models import (
    Arrival,
    Campaign,
    Condition,
    Given,
    GrowthFinding,
    GrowthVisit,
    Item,
    ItemKind,
    Left,
    Person,
    Posyandu,
    PregnancyEnd,
    Problem,
    Visit,
    VisitForm,
)
from .planning import Known, month_targets

MOST_POSYANDU = 5  # a midwife with more takes along those she chooses
HISTORY = timedelta(days=400)
QUESTION_FIELDS = (
    "code", "kind", "section_id", "section_en", "text_id", "text_en", "help_id", "help_en", "unit", "least", "most", "low", "high",
    "decimals", "choices", "when", "is_required",
)  # fmt: skip
ITEM_FIELDS = (
    "code", "kind", "name_id", "name_en", "series", "dose", "from_days", "until_days", "after_days", "months", "every_days", "sex",
    "is_basic", "at_school", "regions", "credits", "position", "is_verified", "born_from", "born_until", "valid_from", "valid_until",
)  # fmt: skip
TOLD_FIELDS = (
    "code", "group", "when", "label_id", "label_en", "advice_id", "advice_en", "task_id", "task_en", "tone", "refer", "urgent", "source",
)  # fmt: skip
FINDING_FIELDS = ("measured", *TOLD_FIELDS)


def pack_for(user: User, posyandu: list[Posyandu]) -> dict[str, Any]:
    """Everything, as JSON. A bounded number of queries whatever the number of people."""
    today, items = timezone.localdate(), schedule()
    people = list(Person.objects.filter(posyandu__in=posyandu, left_on=None).order_by("name", "pk"))
    growth: dict[int, list[list[Any]]] = {}
    rows = GrowthVisit.objects.filter(person__in=people, day__gte=today - HISTORY).order_by("day")
    for one in rows.values_list("person_id", "day", "weight", "height", "zwei", "status", "key", "open_day__posyandu"):
        growth.setdefault(one[0], []).append(
            [one[1].isoformat(), float(one[2]), float(one[3]) if one[3] else None, one[4], one[5], str(one[6])]
        )
    last: dict[int, dict[str, Any]] = {}
    told: dict[int, dict[str, list[tuple[date, Any]]]] = {}  # newest first, by form
    for visit in Visit.objects.filter(person__in=people, day__gte=today - HISTORY).select_related("form").order_by("day"):
        last.setdefault(visit.person_id, {})[visit.form.slug] = {
            "day": visit.day.isoformat(), "answers": visit.answers, "findings": visit.findings, "key": str(visit.key),
        }  # fmt: skip
        if visit.day < today:
            told.setdefault(visit.person_id, {}).setdefault(visit.form.slug, []).insert(0, (visit.day, visit.answers))
    earlier = earlier_of(told, people, today)
    given: dict[int, list[list[str]]] = {}
    in_campaigns: dict[int, list[int]] = {}
    doses = Given.objects.filter(person__in=people).order_by("day")
    for person, code, day, campaign in doses.values_list("person", "item__code", "day", "campaign"):
        if campaign:
            in_campaigns.setdefault(person, []).append(campaign)
        else:
            given.setdefault(person, []).append([code, day.isoformat()])
    needs = {person: listed for one in posyandu for person, listed in needs_of(one, today).items()}
    numbers = dict(Arrival.objects.filter(open_day__posyandu__in=posyandu, open_day__day=today).values_list("person_id", "number"))
    return {
        "made": timezone.now().isoformat(),
        "today": today.isoformat(),
        "user": {"id": user.pk, "name": user.full_name or user.username},
        "posyandu": [
            {
                "id": one.pk, "name": one.name, "village": one.village.name, "code": one.village_id,
                "items": [item.code for item in items if not item.regions or any(one.village_id.startswith(code) for code in item.regions)],
            }
            for one in posyandu
        ],
        "campaigns": [
            {
                "id": one.pk, "name": one.name, "item": one.item.code, "region": one.region_id, "first": one.first_day.isoformat(),
                "last": one.last_day.isoformat(), "from_days": one.from_days, "until_days": one.until_days, "sex": one.item.sex,
            }
            for one in Campaign.objects.filter(last_day__gte=today - timedelta(days=1)).select_related("item").order_by("first_day", "pk")
        ],
        "items": [packed(item) for item in items],
        "slots": {item.code: [item.series, item.dose, item.credits] for item in Item.objects.exclude(kind=ItemKind.SUPPLY)},
        "people": [
            {
                "id": one.pk, "posyandu": one.posyandu_id, "name": one.name, "sex": one.sex, "born": one.birth_date.isoformat(),
                "mother": one.mother_name, "sound": one.sound, "growth": growth.get(one.pk, []), "visits": last.get(one.pk, {}),
                "earlier": earlier.get(one.pk, {}), "given": given.get(one.pk, []), "campaigns": in_campaigns.get(one.pk, []),
                "needs": needs.get(one.pk, []),
                "number": numbers.get(one.pk),
            }
            for one in people
        ],
        "gone": gone_of(posyandu, today),
        "rules": rules(today),
    }  # fmt: skip


def packed(item: Item) -> dict[str, Any]:
    values = {name: getattr(item, name) for name in ITEM_FIELDS}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def gone_of(posyandu: list[Posyandu], today: date) -> list[dict[str, Any]]:
    """Who has left of late, so that a search on the phone finds them and says where they are."""
    rows = Person.objects.filter(posyandu__in=posyandu, merged_into=None, left_on__gte=today - HISTORY).exclude(left__in=("", Left.ERROR))
    told = []
    for one in rows.order_by("name", "pk"):
        words = []
        for language in ("id", "en"):
            with override(language):
                words.append(str(one.get_left_display()))
        told.append(
            {
                "id": one.pk, "posyandu": one.posyandu_id, "name": one.name, "sex": one.sex, "born": one.birth_date.isoformat(),
                "mother": one.mother_name, "sound": one.sound, "left": one.left_on.isoformat() if one.left_on else "", "why": words,
            }
        )  # fmt: skip
    return told


def earlier_of(
    told: dict[int, dict[str, list[tuple[date, Any]]]], people: list[Person], today: date
) -> dict[int, dict[str, dict[str, list[Any]]]]:
    """By person and form what earlier visits know, each with its day: contacts.known_before() of many people at once."""
    forms = {form.slug: form for form in VisitForm.objects.filter(is_active=True)}
    since: dict[int, date] = {}
    over = [
        *Person.objects.filter(mother__in=people, merged_into=None, birth_date__lte=today).values_list("mother", "birth_date"),
        *PregnancyEnd.objects.filter(person__in=people, day__lte=today).values_list("person", "day"),
    ]
    for mother, day in over:
        if mother is not None:
            since[mother] = max(day, since.get(mother, day))
    found: dict[int, dict[str, dict[str, list[Any]]]] = {}
    for person, by_form in told.items():
        for slug, visits in by_form.items():
            form = forms.get(slug)
            if form is None:
                continue
            first = since.get(person) if form.condition == Condition.PREGNANT else None
            rows = [one for one in visits if first is None or one[0] >= first]
            known = earlier_with_days(form, rows, today)
            if known:
                found.setdefault(person, {})[slug] = {code: [value, day.isoformat()] for code, (value, day) in known.items()}
    return found


def needs_of(posyandu: Posyandu, today: date) -> dict[int, list[list[Any]]]:
    """By person: [kind, code, Indonesian, English, late] of each thing due this month."""
    month, told = today.replace(day=1), []
    known = Known(posyandu, month)
    for language in ("id", "en"):
        with override(language):
            told.append({one.person.pk: one.open for one in month_targets(posyandu, month, today, known)})
    return {
        person: [[mine.kind, mine.code, mine.text, theirs.text, mine.late] for mine, theirs in zip(needs, told[1][person], strict=True)]
        for person, needs in told[0].items()
    }


def rules(day: date) -> dict[str, Any]:
    """Forms, labels and minimum gains as valid on a day; the same tables that the server judges by."""
    forms = VisitForm.objects.filter(is_active=True).prefetch_related("questions", "finding_rules")
    return {
        "limits": [
            [one.index, one.months_from, one.months_to, one.above, one.includes_limit, one.label_id, one.label_en, one.tone, one.refer]
            for one in limits_on(day)
        ],
        "growth": [{name: getattr(one, name) for name in TOLD_FIELDS} for one in GrowthFinding.objects.filter(is_active=True)],
        "problems": problems(),
        "gains": [[sex, month, grams] for (sex, month), grams in sorted(minimum_gains(day).items())],
        "forms": [
            {
                **{
                    name: getattr(form, name)
                    for name in ("slug", "title_id", "title_en", "months_from", "months_to", "sex", "condition", "derived")
                },
                "questions": [{name: getattr(one, name) for name in QUESTION_FIELDS} for one in form.questions.all()],
                "findings": [{name: getattr(one, name) for name in FINDING_FIELDS} for one in form.finding_rules.all()],
            }
            for form in forms
        ],
    }


def problems() -> list[list[str]]:
    """[code, Indonesian, English] of the ten questions about social problems."""
    told = []
    for language in ("id", "en"):
        with override(language):
            told.append([str(one.label) for one in Problem])
    return [[one.value, *texts] for one, *texts in zip(Problem, *told, strict=True)]


def lms() -> dict[str, Any]:
    """WHO's L, M and S as JSON: by indicator, sex (girls, boys) and place; null where WHO gives none."""

    def listed(column: Any) -> list[list[float | None]]:
        return [[None if value != value else float(value) for value in row] for row in column]

    young = {name: {part: listed(getattr(table, part)) for part in ("l", "m", "s")} for name, table in tables().items()}
    bmi = reference_2007()["bmi_for_age"]
    return {**young, "bmi_2007": {part: listed(getattr(bmi, part)) for part in ("l", "m", "s")}}
