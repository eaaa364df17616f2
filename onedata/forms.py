"""What a producer fills in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Case, Q, When
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.agencies import Agency
from ntbportal.commons.people import Role, User
from ntbportal.commons.places import Level, Region

from .access import visible_records
from .formats import ENDINGS
from .models import Access, Activity, DataSet, Topic
from .uploading import check_file

OFFERED = 60


class Keywords(forms.CharField):
    """Comma-separated words as a list."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, (list, tuple)) else value

    def clean(self, value: Any) -> Any:
        words = (word.strip().lower()[:60] for word in super().clean(value).split(","))
        return list(dict.fromkeys(word for word in words if word))[:20]


class DataSetForm(forms.ModelForm):
    keywords = Keywords(label=_("Keywords"), required=False, help_text=_("Separated by commas, e.g. stunting, balita"))

    class Meta:
        model = DataSet
        fields = [
            "title",
            "description",
            "producer",
            "topic",
            "keywords",
            "kind",
            "frequency",
            "coverage",
            "period_from",
            "period_to",
            "concept",
            "definition",
            "classification",
            "measure",
            "unit",
            "licence",
            "access",
            "access_reason",
            "activity",
            "indicators",
            "variables",
            "link",
        ]
        labels = {"title": _("Title"), "description": _("Description")}
        help_texts = {
            "title": _("What it is, where, when: “Stunting by district, 2025”"),
            "description": _("What a row is, how the data were collected, what to take care of."),
            "concept": _("What is measured, e.g. stunting"),
            "definition": _("In one or two sentences, with its source"),
            "classification": _("By what the figures are broken down, e.g. sex, district"),
            "measure": _("Count, share, mean …"),
            "unit": _("People, hectares, percent …"),
            "link": _("If the table lies on another server; it can be fetched from there, and the address is tried each night."),
            "activity": _("The activity that produced the data"),
            "indicators": _("Described once, used by every data set that holds them"),
            "access_reason": _("Needed if the data are not open: name the law or rule."),
        }
        widgets = {
            "description": forms.Textarea(attrs={"rows": 4}),
            "definition": forms.Textarea(attrs={"rows": 2}),
            "period_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "period_to": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "indicators": forms.CheckboxSelectMultiple,
            "variables": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        own = Agency.objects.all() if user.has_perm("onedata.check") else Agency.objects.filter(pk__in=user.agencies_as(Role.PRODUCER))
        if self.instance.pk:
            own = own | Agency.objects.filter(pk=self.instance.producer_id)
        self.fields["producer"].queryset = own.distinct()  # type: ignore[attr-defined]
        self.fields["coverage"].queryset = Region.objects.filter(level__in=[Level.PROVINCE, Level.REGENCY])  # type: ignore[attr-defined]
        self.fields["topic"].choices = [("", _("Choose …")), *Topic.choices]  # type: ignore[attr-defined]
        for name in ("indicators", "variables"):
            chosen = [one.pk for one in getattr(self.instance, name).all()] if self.instance.pk else []
            field: Any = self.fields[name]
            field.queryset = visible_records(user, field.queryset, *chosen)
            self.fields[name].widget.choices = self._offered(name, [agency.pk for agency in own[:20]])
        self.fields["activity"].queryset = Activity.objects.filter(  # type: ignore[attr-defined]
            Q(owner__in=own) | Q(pk=self.instance.activity_id) | Q(is_public=True)
        )
        if not self.instance.pk:
            self.initial.setdefault("coverage", "52")
            if len(found := list(own[:2])) == 1:
                self.initial.setdefault("producer", found[0].pk)

    def _offered(self, name: str, agencies: list[int]) -> list[tuple[int, str]]:
        """Records to tick: those of the own agency, those chosen already, and as many others as fit a page."""
        rows = self.fields[name].queryset  # type: ignore[attr-defined]
        chosen = [one.pk for one in getattr(self.instance, name).all()] if self.instance.pk else []
        first = rows.annotate(own=Case(When(Q(owner__in=agencies) | Q(pk__in=chosen), then=0), default=1)).order_by("own", "name")
        return [(one.pk, one.name) for one in first[:OFFERED]]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("access") != Access.OPEN and not values.get("access_reason"):
            self.add_error("access_reason", _("Say why the data are not open."))
        first, last = values.get("period_from"), values.get("period_to")
        if first and last and last < first:
            self.add_error("period_to", _("The period ends before it begins."))
        return values

    def save(self, commit: bool = True) -> Any:
        if not self.instance.slug:
            self.instance.slug = free_slug(self.cleaned_data["title"])
        return super().save(commit)


def free_slug(title: str) -> str:
    """An address made of the title that no data set has yet."""
    base = slugify(title)[:100].strip("-") or "data"
    taken = set(DataSet.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{number}" for number in range(2, 10_000))) if slug not in taken)


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("Table as CSV, Excel, ODS, GeoJSON or Parquet"),
        help_text=_("Title lines above the column names are skipped. Up to 1 GB, Excel and ODS up to 50 MB."),
        widget=forms.FileInput(attrs={"accept": ",".join(ENDINGS)}),
        allow_empty_file=True,
    )
    note = forms.CharField(label=_("What is new in it"), required=False, max_length=240)

    def clean_file(self) -> Any:
        if self.cleaned_data["file"]:
            check_file(self.cleaned_data["file"])
        return self.cleaned_data["file"]


class NoteForm(forms.Form):
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
