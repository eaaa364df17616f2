"""Taking records out as spreadsheets: weighings as e-PPGBM has them, the register of people, forms, and what was given; with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from ntbportal.commons.access import audience
from ntbportal.commons.audit import note_look
from ntbportal.commons.people import User
from ntbportal.commons.spreadsheets import spreadsheet_response

from .. import contacts
from ..course import figures_of, in_words, value_by_code
from ..growth.labels import label_for
from ..models import Given, GrowthVisit, Person, Posyandu, Visit, VisitForm
from ..reasons import SHORTEST
from .imports import BLANK, PERSON_HEADINGS

CHUNK = 2000
MOST_IN_EXCEL = 100_000
Rows = Iterator[list[Any]]


class ExportForm(forms.Form):
    what = forms.ChoiceField(label=gettext_lazy("What"))
    posyandu = forms.ModelChoiceField(
        label=gettext_lazy("Posyandu"), queryset=Posyandu.objects.none(), required=False, empty_label=gettext_lazy("all of my area")
    )
    first = forms.DateField(label=gettext_lazy("From"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last = forms.DateField(label=gettext_lazy("Until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    numbers = forms.BooleanField(
        label=gettext_lazy("With NIK and KK"),
        required=False,
        help_text=gettext_lazy("Only where the receiver needs them, as e-PPGBM does."),
    )
    reason = forms.CharField(label=gettext_lazy("What for? Supervisors see it."), min_length=SHORTEST, max_length=120)
    kind = forms.ChoiceField(label=gettext_lazy("File"), choices=[("xlsx", "Excel"), ("csv", "CSV")], initial="xlsx")

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        places = Posyandu.objects.visible_to(user).select_related("village").order_by("name")
        self.fields["posyandu"].queryset = places  # type: ignore[attr-defined]
        filled = VisitForm.objects.filter(is_active=True).order_by("position")
        self.fields["what"].choices = [  # type: ignore[attr-defined]
            ("weighings", _("Weighings (e-PPGBM)")),
            ("register", _("Register of people")),
            ("given", _("Immunisations and vitamins given")),
            *((f"form:{one.slug}", one.title) for one in filled),
        ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", _("The end lies before the beginning."))
        return data


@never_cache
@audience("posyandu.supervise")
def exports(request: HttpRequest) -> HttpResponseBase:
    """The form; POST takes the file. What is taken, and what for, is written down."""
    user: User = request.user  # type: ignore[assignment]
    today = timezone.localdate()
    form = ExportForm(request.POST or None, user=user, initial={"first": today.replace(day=1), "last": today, "what": "weighings"})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        places = Posyandu.objects.visible_to(user).filter(pk=data["posyandu"].pk) if data["posyandu"] else Posyandu.objects.visible_to(user)
        heading, rows, count = chosen(data, places)
        if data["kind"] == "xlsx" and count > MOST_IN_EXCEL:
            form.add_error("kind", _("These are more than 100,000 rows: take CSV, or fewer days."))
        else:
            note_look(user, f"export:{data['what']}", page=f"{request.path} {data['first']}–{data['last']} {data['reason']}")
            return spreadsheet_response(
                data["kind"], f"posyandu-{data['what'].replace(':', '-')}-{data['first']}-{data['last']}", heading, rows
            )
    return render(request, "posyandu/exports.html", {"form": form}, status=422 if form.errors else 200)


def chosen(data: dict[str, Any], places: QuerySet[Posyandu]) -> tuple[list[str], Rows, int]:
    """(heading, rows, how many) of what was asked for."""
    span = (data["first"], data["last"])
    if data["what"] == "register":
        people = Person.objects.filter(posyandu__in=places, merged_into=None, birth_date__lte=span[1]).exclude(left_on__lt=span[0])
        return list(BLANK["register"]), register(people, data["numbers"]), people.count()
    if data["what"] == "given":
        given = Given.objects.filter(posyandu__in=places, day__range=span)
        heading = [*PERSON_HEADINGS, _("What"), _("On"), _("Given elsewhere"), _("Batch number"), _("Campaign")]
        return heading, doses(given, data["numbers"]), given.count()
    if data["what"] == "weighings":
        growth = GrowthVisit.objects.filter(posyandu__in=places, day__range=span)
        return [*BLANK["penimbangan"], *JUDGED], weighings(growth, data["numbers"]), growth.count()
    form = contacts.whole_form(data["what"].removeprefix("form:"))
    visits = Visit.objects.filter(posyandu__in=places, day__range=span, form=form)
    asked = {one.code: one.text for one in form.questions.all()}
    derived = [one.title for one in figures_of(form) if one.code not in asked]
    heading = [*PERSON_HEADINGS, _("Day"), *asked.values(), *derived, _("Found"), _("Refer")]
    return heading, visits_of(form, visits, data["numbers"]), visits.count()


JUDGED = ("Usia (bulan)", "BB/U", "ZS BB/U", "TB/U", "ZS TB/U", "BB/TB", "ZS BB/TB", "Naik Berat Badan")


def person_cells(person: Person, place: Posyandu, with_numbers: bool) -> list[Any]:
    """In the order of PERSON_HEADINGS."""
    numbers = (person.nik, person.household.kk) if with_numbers else ("", "")
    sex = "L" if person.sex == "M" else "P"
    return [numbers[0], person.name, sex, person.birth_date, person.mother_name, numbers[1], place.village.name, place.name]


def read(rows: QuerySet[Any]) -> Iterable[Any]:
    return rows.select_related("person__household", "posyandu__village").order_by("day", "pk").iterator(chunk_size=CHUNK)


def weighings(rows: QuerySet[GrowthVisit], with_numbers: bool) -> Rows:
    ways = {"L": "Telentang", "H": "Berdiri", "": ""}
    for one in read(rows):
        months = one.person.age_in_months(one.day)
        judged: list[Any] = [months]
        for index in ("zwei", "zlen", "zwfl"):
            z = getattr(one, index)
            label = label_for(index, z, months, one.day)
            judged += [label.label_id if label else "", "" if z is None else z]
        measured = [
            one.day,
            blank(one.weight),
            blank(one.height),
            ways[one.measure],
            blank(one.head),
            blank(one.muac),
            "Ya" if one.oedema else "Tidak",
        ]
        yield [*person_cells(one.person, one.posyandu, with_numbers), *measured, *judged, one.status]


def register(rows: QuerySet[Person], with_numbers: bool) -> Rows:
    relations = {
        "head": "Kepala Keluarga",
        "wife": "Istri",
        "husband": "Suami",
        "child": "Anak",
        "parent": "Orang Tua",
        "grandchild": "Cucu",
    }
    for one in rows.select_related("household", "posyandu__village").order_by("posyandu", "pk").iterator(chunk_size=CHUNK):
        home = one.household
        of_home = [
            home.head_name,
            relations.get(one.relation, "Lainnya"),
            home.address,
            home.phone,
            blank(one.birth_weight),
            blank(one.birth_length),
        ]
        yield [*person_cells(one, one.posyandu, with_numbers), *of_home]


def doses(rows: QuerySet[Given], with_numbers: bool) -> Rows:
    for one in read(rows.select_related("item", "campaign")):
        campaign = one.campaign.name if one.campaign else ""
        yield [*person_cells(one.person, one.posyandu, with_numbers), one.item.name, one.day, one.elsewhere, one.batch, campaign]


def visits_of(form: VisitForm, rows: QuerySet[Visit], with_numbers: bool) -> Rows:
    questions = list(form.questions.all())
    asked = {one.code for one in questions}
    derived = [one.code for one in figures_of(form) if one.code not in asked]
    labels = {rule.code: rule.label for rule in form.finding_rules.all()}
    for one in read(rows):
        values = value_by_code(one)
        answers = [answer_in_cell(question, one.answers.get(question.code)) for question in questions]
        found = ", ".join(labels[code] for code in one.findings if code in labels)
        worked_out = [blank(values.get(code)) for code in derived]
        yield [*person_cells(one.person, one.posyandu, with_numbers), one.day, *answers, *worked_out, found, _("Yes") if one.refer else ""]


def answer_in_cell(question: Any, value: Any) -> Any:
    """Numbers as numbers, everything else as the form says it."""
    if value is None or value == "":
        return ""
    return value if question.kind == "number" else in_words(question, value)


def blank(value: Any) -> Any:
    """A number as one, for spreadsheets that count with it; nothing for None."""
    return "" if value is None else float(value) if isinstance(value, Decimal) else value
