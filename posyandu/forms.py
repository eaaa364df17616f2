"""What a cadre fills in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.privacy import NIK_PATTERN, blind_candidates

from .contacts import judge_again
from .families import mothers_named, who_may_have_borne
from .immunisation import renew_complete
from .models import Ending, Household, Left, Measure, Person, Posyandu, Relation, Sex
from .people import doubles_of, renew_statuses
from .sounds import sound_of
from .targets import months_back
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


NOT_LISTED, CHILD_MONTHS = "none", 60
BIRTH_WEIGHT_KG = (Decimal("0.4"), Decimal("7"))
BIRTH_LENGTH_CM = (Decimal("25"), Decimal("65"))


def _within(value: Decimal | None, limits: tuple[Decimal, Decimal], unit: str) -> Decimal | None:
    if value is not None and not limits[0] <= value <= limits[1]:
        low, high = (number_format(limit) for limit in limits)
        raise forms.ValidationError(_("Must lie between %(low)s and %(high)s %(unit)s.") % {"low": low, "high": high, "unit": unit})
    return value


def sixteen_digits(text: str) -> str:
    """A NIK or KK number however it is grouped; ValidationError where it is not one. Empty stays empty."""
    text = "".join(text.split()).replace("-", "").replace(".", "")
    if text and not NIK_PATTERN.match(text):
        raise forms.ValidationError(_("Must have 16 digits."))
    return text


class PersonForm(forms.ModelForm):
    """Somebody of the posyandu. The family is chosen by its KK number where one is given, else made anew with the head's name."""

    kk = forms.CharField(
        label=_("KK number"), max_length=20, required=False, help_text=_("16 digits, if at hand; brings the family together.")
    )
    head_name = forms.CharField(label=_("Head of the family"), max_length=120, required=False)
    consent = forms.BooleanField(
        label=_("The family agrees that its data are kept here for health care"),
        required=False,
        help_text=_("Law 27/2022; asked once per family."),
    )
    is_new = forms.BooleanField(label=_("It is somebody else, add anyway"), required=False, widget=forms.HiddenInput)
    mother_is = forms.CharField(required=False, widget=forms.HiddenInput)  # number of a woman of the posyandu, or NOT_LISTED

    class Meta:
        model = Person
        fields = ["name", "sex", "birth_date", "relation", "mother", "mother_name", "nik", "has_kms", "birth_weight", "birth_length"]
        field_classes = {"birth_weight": CommaDecimalField, "birth_length": CommaDecimalField}
        labels = {"mother_name": _("Name of the mother"), "birth_date": _("Born on")}
        help_texts = {
            "mother": _("If she is in this family. She is then called to the checks after birth."),
            "nik": _("16 digits; may stay empty: newborns and newcomers have none."),
            "has_kms": _("Children under five."),
        }
        widgets = {
            "sex": forms.RadioSelect(choices=Sex.choices),
            "birth_date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "nik": forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        }

    def __init__(self, *args: Any, posyandu: Posyandu, household: Household | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.posyandu, self.household = posyandu, household
        self.women: list[Person] = []  # of whom one may be the mother: asked before anything is kept
        if household is not None:
            for name in ("kk", "head_name", "consent"):
                del self.fields[name]
        self.fields["relation"].required = False
        self.fields["sex"].choices = Sex.choices  # type: ignore[attr-defined]  # no blank one to choose
        if self.instance.pk:
            household = self.instance.household
            self.initial = {
                **self.initial,
                "kk": household.kk,
                "head_name": household.head_name,
                "consent": household.consent_on is not None,
            }
            del self.fields["is_new"]
        self._offer_mothers(self.instance.household if self.instance.pk else household)

    def _offer_mothers(self, family: Household | None) -> None:
        """Women of the family; where there is none, the field is left out."""
        women: QuerySet[Person] = Person.objects.none()
        if family is not None:
            day = self.instance.birth_date or timezone.localdate()
            women = who_may_have_borne(family.people.exclude(pk=self.instance.pk), day).order_by("birth_date")
        if family is None or not (self.instance.mother_id or women.exists()):
            del self.fields["mother"]
            return
        field: Any = self.fields["mother"]
        field.queryset = Person.objects.filter(Q(pk__in=women) | Q(pk=self.instance.mother_id))
        field.empty_label, field.label_from_instance = _("not in this family"), lambda one: one.name

    def clean_birth_weight(self) -> Any:
        return _within(self.cleaned_data["birth_weight"], BIRTH_WEIGHT_KG, "kg")

    def clean_birth_length(self) -> Any:
        return _within(self.cleaned_data["birth_length"], BIRTH_LENGTH_CM, "cm")

    def clean_relation(self) -> str:
        return self.cleaned_data["relation"] or Relation.CHILD

    def clean_birth_date(self) -> Any:
        born = self.cleaned_data["birth_date"]
        if born > timezone.localdate():
            raise forms.ValidationError(_("The date lies in the future."))
        if born.year < timezone.localdate().year - 120:
            raise forms.ValidationError(_("Nobody is that old; check the year."))
        if self.instance.pk and self.instance.growth_visits.filter(day__lt=born).exists():
            raise forms.ValidationError(_("There are weighings before that date."))
        if self.instance.pk and any(rows.filter(day__lt=born).exists() for rows in (self.instance.visits, self.instance.given)):
            raise forms.ValidationError(_("Something was written down of this person before that date."))
        return born

    def clean_nik(self) -> str:
        nik = sixteen_digits(self.cleaned_data["nik"])
        if nik:
            same = Person.objects.filter(nik_index__in=blind_candidates(nik), merged_into=None).exclude(pk=self.instance.pk).first()
            if same is not None:
                raise forms.ValidationError(_("This NIK is written for somebody else already. Check the number, or ask the puskesmas."))
        return nik

    def clean_kk(self) -> str:
        text = sixteen_digits(self.cleaned_data["kk"])
        if text and self.instance.pk:
            others = Household.objects.filter(kk_index__in=blind_candidates(text)).exclude(pk=self.instance.household_id)
            if others.exists():
                raise forms.ValidationError(
                    _("This KK number is another family's. On the person's page, “Another family” brings them together.")
                )
        return text

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        mother, born = data.get("mother"), data.get("birth_date")
        if mother and born and not who_may_have_borne(Person.objects.filter(pk=mother.pk), born).exists():
            self.add_error("mother", _("On that day the mother was too young or too old; check the date."))
        return data

    def mothers(self) -> list[Person]:
        """Women of the posyandu of whom the child of a family not known yet may be; none where that was asked already."""
        data = self.cleaned_data
        if self.household is not None or self.instance.pk or data["kk"] or data["mother_is"] or not data["mother_name"]:
            return []
        young = data["birth_date"] > months_back(timezone.localdate(), CHILD_MONTHS)
        return self._named(data) if young else []

    def doubles(self) -> list[Person]:
        """People who may be this one."""
        data = self.cleaned_data
        draft = Person(
            name=data["name"], sex=data["sex"], birth_date=data["birth_date"], posyandu=self.posyandu, sound=sound_of(data["name"])
        )
        return [one for one in doubles_of(draft) if one.posyandu_id == self.posyandu.pk]

    @transaction.atomic
    def keep(self) -> Person:
        """Save the person with the family; weighings, forms and complete immunisation are judged anew where birth date or sex were
        corrected."""
        data = self.cleaned_data
        person: Person = self.save(commit=False)
        if mother := self._mother_of_list(data):
            person.mother, person.mother_name, self.household = mother, mother.name, mother.household
        elif person.mother and not person.mother_name:
            person.mother_name = person.mother.name
        born_before = Person.objects.filter(pk=person.pk).values_list("birth_date", "sex").first() if person.pk else None
        household = person.household if person.pk else self.household or self._household(data)
        if self.household is None:
            household.head_name = data["head_name"] or household.head_name or data["mother_name"] or data["name"]
            if data["kk"]:
                household.kk = data["kk"]
        if data.get("consent") and not household.consent_on:
            household.consent_on = timezone.localdate()
        if self.household is None or data.get("consent"):
            household.save()
        if not person.pk:
            person.posyandu, person.household = self.posyandu, household
        person.save()
        if born_before and born_before != (person.birth_date, person.sex):
            person.past_stays.update(birth_date=person.birth_date)
            renew_statuses(person)
            renew_complete(person)
            judge_again(person)
        return person

    def _mother_of_list(self, data: dict[str, Any]) -> Person | None:
        number = data.get("mother_is", "")
        return next((one for one in self._named(data) if str(one.pk) == number), None) if number.isdecimal() else None

    def _named(self, data: dict[str, Any]) -> list[Person]:
        return mothers_named(data["mother_name"], self.posyandu, data["birth_date"])

    def _household(self, data: dict[str, Any]) -> Household:
        known = Household.objects.filter(kk_index__in=blind_candidates(data["kk"]), posyandu=self.posyandu).first() if data["kk"] else None
        return known or Household(posyandu=self.posyandu)


class HouseholdForm(forms.ModelForm):
    """The family's card."""

    consent = forms.BooleanField(
        label=_("The family agrees that its data are kept here for health care"),
        required=False,
        help_text=_("Law 27/2022; asked once per family."),
    )

    class Meta:
        model = Household
        fields = ["head_name", "kk", "address", "phone"]
        widgets = {
            "kk": forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            "phone": forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
        }

    def __init__(self, *args: Any, posyandu: Posyandu, **options: Any) -> None:
        super().__init__(*args, **options)
        self.posyandu = posyandu
        if self.instance.pk:
            self.initial["consent"] = self.instance.consent_on is not None

    def clean_kk(self) -> str:
        text = sixteen_digits(self.cleaned_data["kk"])
        same = Household.objects.filter(kk_index__in=blind_candidates(text)).exclude(pk=self.instance.pk).first() if text else None
        if same is not None:
            raise forms.ValidationError(_("This KK number is written for another family already. Check the number."))
        return text

    def keep(self) -> Household:
        household: Household = self.save(commit=False)
        if not household.pk:
            household.posyandu = self.posyandu
        if not self.cleaned_data["consent"]:
            household.consent_on = None
        elif household.consent_on is None:
            household.consent_on = timezone.localdate()
        household.save()
        return household


class BirthForm(forms.Form):
    """Of whom and when; who was born stands in BabyForm."""

    mother = forms.ChoiceField(label=_("Mother"), widget=forms.RadioSelect)
    day = forms.DateField(label=_("Born on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, mothers: list[Person], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["mother"]
        field.choices = [(str(one.pk), one.name) for one in mothers]
        if len(mothers) == 1:
            field.initial = str(mothers[0].pk)


class BabyForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120, required=False, help_text=_("May stay empty until the child has one."))
    sex = forms.ChoiceField(label=_("Sex"), choices=Sex.choices, widget=forms.RadioSelect)
    weight = CommaDecimalField(
        label=_("Weight at birth (kg)"),
        max_digits=4,
        decimal_places=2,
        required=False,
        min_value=BIRTH_WEIGHT_KG[0],
        max_value=BIRTH_WEIGHT_KG[1],
    )
    length = CommaDecimalField(
        label=_("Length at birth (cm)"),
        max_digits=4,
        decimal_places=1,
        required=False,
        min_value=BIRTH_LENGTH_CM[0],
        max_value=BIRTH_LENGTH_CM[1],
    )


class MoveForm(forms.Form):
    posyandu = forms.ModelChoiceField(Posyandu.objects.none(), label=_("To which posyandu"))
    day = forms.DateField(label=_("Since"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # a cadre may send families to the posyandu of the regencies she works in; a midwife to those she sees
        villages = Posyandu.objects.visible_to(user).values_list("village_id", flat=True)[:50]
        regencies = sorted({village[:5] for village in villages})
        match = Q(pk=None)
        for code in regencies:
            match |= Q(village__code__startswith=f"{code}.")
        field: Any = self.fields["posyandu"]
        field.queryset = Posyandu.objects.filter(match, is_active=True).select_related("village").order_by("name")
        field.label_from_instance = lambda one: f"{one.name} ({one.village.name})"


class PregnancyEndForm(forms.Form):
    how = forms.ChoiceField(label=_("How it ended"), choices=Ending)
    day = forms.DateField(label=_("On"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class LeaveForm(forms.Form):
    why = forms.ChoiceField(label=_("Why"), choices=[one for one in Left.choices if one[0] != Left.MOVED])
    day = forms.DateField(label=_("On"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
