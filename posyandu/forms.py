"""What a cadre fills in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Household, Measure, Person, Sex
from .visits import Measurement

DECIMAL = {"inputmode": "decimal", "autocomplete": "off"}


class CommaDecimalField(forms.DecimalField):
    """Takes 7,5 and 7.5 alike: scales show one, phones type the other. Never read as thousands."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput(attrs=DECIMAL))
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        return super().to_python(str(value).strip().replace(",", ".") if value not in self.empty_values else value)


class GrowthForm(forms.Form):
    weight = CommaDecimalField(label=_("Weight (kg)"), max_digits=5, decimal_places=2)
    height = CommaDecimalField(label=_("Length or height (cm)"), max_digits=4, decimal_places=1, required=False)
    measure = forms.ChoiceField(
        label=_("Measured"),
        choices=Measure.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    head = CommaDecimalField(label=_("Head circumference (cm)"), max_digits=4, decimal_places=1, required=False)
    muac = CommaDecimalField(
        label=_("Upper arm (LiLA, cm)"), max_digits=4, decimal_places=1, required=False, help_text=_("From 6 months on.")
    )
    oedema = forms.BooleanField(label=_("Both feet are swollen (oedema)"), required=False)
    confirmed = forms.BooleanField(label=_("I have checked: the values are right"), required=False)

    def measurement(self) -> Measurement:
        data = self.cleaned_data
        return Measurement(
            weight=data["weight"],
            height=data["height"],
            measure=data["measure"],
            head=data["head"],
            oedema=data["oedema"],
            muac=data["muac"],
            confirmed=data["confirmed"],
        )


class ChildForm(forms.ModelForm):
    """A child of the posyandu; the family is found by the head's name or made anew."""

    class Meta:
        model = Person
        fields = ["name", "sex", "birth_date", "mother_name", "has_kms"]
        labels = {"name": _("Name of the child"), "mother_name": _("Name of the mother"), "birth_date": _("Born on")}
        widgets = {
            "sex": forms.RadioSelect(choices=Sex.choices),
            "birth_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def clean_birth_date(self) -> Any:
        from django.utils import timezone

        born = self.cleaned_data["birth_date"]
        if born > timezone.localdate():
            raise forms.ValidationError(_("The date lies in the future."))
        return born

    def save_into(self, posyandu: Any) -> Person:
        """Keep the child with a household of its mother's name."""
        person: Person = self.save(commit=False)
        person.posyandu = posyandu
        person.household = Household.objects.create(posyandu=posyandu, head_name=person.mother_name or person.name)
        person.save()
        return person
