"""Forms of the statistical records MS-Keg, MS-Var, MS-Ind (BPS Regulation 5/2020)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.agencies import Agency
from ntbportal.commons.people import Role, User

from .access import visible_records
from .models import RECORDS, Activity, Indicator, Variable


class RecordForm(forms.ModelForm):
    code = forms.SlugField(label=_("Code"), required=False, max_length=60, help_text=_("Left empty, it is made of the name"))

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        agencies = Agency.objects.all()
        if not user.has_perm("onedata.check"):
            agencies = agencies.filter(pk__in=[*user.agencies_as(Role.PRODUCER), self.instance.owner_id])
        self.fields["owner"].queryset = agencies  # type: ignore[attr-defined]
        for name in ("variables", "components", "activity"):
            field: Any = self.fields.get(name)
            if field is not None:
                chosen = self.instance.pk and getattr(self.instance, name)
                keys = [one.pk for one in chosen.all()] if hasattr(chosen, "all") else [getattr(chosen, "pk", None)]
                field.queryset = visible_records(user, field.queryset, *keys)
        if not self.instance.pk and len(found := list(agencies[:2])) == 1:
            self.initial.setdefault("owner", found[0].pk)

    def clean_code(self) -> str:
        given = self.cleaned_data["code"] or self.instance.code
        return str(given or free_code(type(self.instance), self.cleaned_data.get("name", "")))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("code"):
            values["code"] = free_code(type(self.instance), values.get("name", ""))
        return values


def free_code(model: Any, name: str) -> str:
    base = slugify(name)[:50].strip("-") or "data"
    taken = set(model.objects.filter(code__startswith=base).values_list("code", flat=True))
    return next(code for code in (base, *(f"{base}-{number}" for number in range(2, 10_000))) if code not in taken)


LONG = {name: forms.Textarea(attrs={"rows": 2}) for name in ("definition", "interpretation", "formula", "purpose", "sampling", "question")}


class ActivityForm(RecordForm):
    class Meta:
        model = Activity
        fields = [
            "name", "code", "owner", "year", "method", "purpose", "legal_basis", "population", "sampling", "coverage", "period",
            "recommendation", "is_public",
        ]  # fmt: skip
        widgets = LONG


class VariableForm(RecordForm):
    class Meta:
        model = Variable
        fields = [
            "name", "code", "owner", "alias", "concept", "definition", "reference", "reference_period", "value_type", "unit",
            "value_domain", "code_list", "validation_rule", "question", "activity", "is_public",
        ]  # fmt: skip
        widgets = LONG


class IndicatorForm(RecordForm):
    class Meta:
        model = Indicator
        fields = [
            "name", "code", "owner", "concept", "definition", "interpretation", "formula", "measure", "unit", "classification", "level",
            "variables", "activity", "is_composite", "components", "publication", "is_public",
        ]  # fmt: skip
        widgets = LONG

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("is_composite") and not values.get("components"):
            self.add_error("components", _("Name the indicators it is composed of."))
        if self.instance.pk and self.instance in (values.get("components") or []):
            self.add_error("components", _("An indicator cannot be a part of itself."))
        return values


FORMS: dict[str, Any] = {"activity": ActivityForm, "variable": VariableForm, "indicator": IndicatorForm}
KIND_NAMES = {
    "variable": _("Variables (MS-Var)"),
    "indicator": _("Indicators (MS-Ind)"),
    "activity": _("Activities (MS-Keg)"),
}
assert set(FORMS) == set(RECORDS)
