"""What a producer fills in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.agencies import Agency
from ntbportal.commons.people import Role, User
from ntbportal.commons.places import Level, Region

from .models import Access, DataSet, Topic
from .uploading import check_file


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
            "access_reason": _("Needed if the data are not open: name the law or rule."),
        }
        widgets = {
            "description": forms.Textarea(attrs={"rows": 4}),
            "definition": forms.Textarea(attrs={"rows": 2}),
            "period_from": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "period_to": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        own = Agency.objects.filter(pk__in=user.agencies_as(Role.PRODUCER))
        if self.instance.pk:
            own = own | Agency.objects.filter(pk=self.instance.producer_id)
        self.fields["producer"].queryset = own.distinct()  # type: ignore[attr-defined]
        self.fields["coverage"].queryset = Region.objects.filter(level__in=[Level.PROVINCE, Level.REGENCY])  # type: ignore[attr-defined]
        self.fields["topic"].choices = [("", _("Choose …")), *Topic.choices]  # type: ignore[attr-defined]
        if not self.instance.pk:
            self.initial.setdefault("coverage", "52")
            if len(found := list(own[:2])) == 1:
                self.initial.setdefault("producer", found[0].pk)

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
        label=_("Table as CSV or Excel (XLSX)"),
        help_text=_("Title lines above the column names are skipped. CSV up to 1 GB, Excel up to 50 MB."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,text/csv"}),
        allow_empty_file=True,
    )
    note = forms.CharField(label=_("What is new in it"), required=False, max_length=240)

    def clean_file(self) -> Any:
        if self.cleaned_data["file"]:
            check_file(self.cleaned_data["file"])
        return self.cleaned_data["file"]


class NoteForm(forms.Form):
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
