"""The three short screens of a report, and what officers fill in."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.agencies import Agency, AgencyKind
from ntbportal.commons.people import Role, User
from ntbportal.commons.places import Level, Region
from ntbportal.commons.texts import is_blank
from ntbportal.commons.uploads import CleanPicture, clean_picture

from .asking import answers_of, field_of, questions_of
from .models import STAFF_CHANNELS, Case, CaseKind, Category, Channel, HelpOffer

MOST_PHOTOS = 5


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Several photos, each verified and re-encoded; one that cannot be read is named."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[CleanPicture]:
        files = [one for one in (data if isinstance(data, list | tuple) else [data]) if one]
        if len(files) > MOST_PHOTOS:
            raise ValidationError(_("At most %(most)s photos."), params={"most": MOST_PHOTOS})
        pictures = []
        for file in files:
            try:
                pictures.append(clean_picture(file))
            except ValidationError as error:
                raise ValidationError([f"{file.name}: {text}" for text in error.messages]) from error
        return pictures


class QuestionsForm(forms.Form):
    """The second level of the chosen category, and its questions. Part of screen 1."""

    sub = forms.ModelChoiceField(
        label=_("More exactly"),
        queryset=Category.objects.none(),
        required=False,
        blank=True,
        widget=forms.RadioSelect,
        empty_label=_("Something else"),
    )

    def __init__(self, *args: Any, category: Category | None, sub: Category | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["sub"].queryset = Category.objects.filter(parent=category, is_active=True) if category else Category.objects.none()  # type: ignore[attr-defined]
        self.chosen = sub or category
        self.questions = questions_of(self.chosen) if self.chosen else []
        for question in self.questions:
            field = field_of(question)
            # what was typed already stays when the second level is chosen and the questions come anew
            field.widget.attrs["hx-preserve"] = "true"
            self.fields[f"q_{question.pk}"] = field

    @property
    def asked(self) -> list[Any]:
        """The questions as form fields."""
        return [self[f"q_{question.pk}"] for question in self.questions]

    @property
    def answers(self) -> list[dict[str, Any]]:
        return answers_of(self.questions, self.cleaned_data)


class WhatForm(forms.Form):
    """Screen 1: what it is about, in the reporter's words, with photos."""

    photos = PhotosField(
        label=_("Photos"),
        required=False,
        help_text=_("Up to five, if you have any. Where they were taken is removed from the files."),
        widget=ManyFiles(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
    category = forms.ModelChoiceField(
        label=_("What is it about?"),
        queryset=Category.objects.filter(is_active=True, parent__isnull=True),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": _("Choose what it is about.")},
    )
    description = forms.CharField(
        label=_("What happened?"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What, since when, who is affected. No names of other people, please."),
        error_messages={"required": _("Write in a few words what happened.")},
    )
    kind = forms.ChoiceField(
        label=_("Kind of report"),
        choices=CaseKind.choices,
        initial=CaseKind.COMPLAINT,
        required=False,
        widget=forms.RadioSelect,
    )
    # a trap: people do not see it, programs that fill every field do
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}), label="Website")

    def clean_description(self) -> str:
        text = str(self.cleaned_data["description"]).strip()
        if len(text) < 10 or is_blank(text):
            raise ValidationError(_("Write a little more, so that the agency understands it."))
        return text

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or CaseKind.COMPLAINT


class WhereForm(forms.Form):
    """Screen 2: regency > district > village, or the phone's position."""

    regency = forms.ModelChoiceField(
        label=_("Regency or city"),
        queryset=Region.objects.filter(level=Level.REGENCY),
        to_field_name="code",
        empty_label=_("Choose …"),
        error_messages={"required": _("Choose the regency or city.")},
    )
    district = forms.ModelChoiceField(
        label=_("District"),
        queryset=Region.objects.none(),
        to_field_name="code",
        empty_label=_("Choose …"),
        error_messages={"required": _("Choose the district.")},
    )
    village = forms.ModelChoiceField(
        label=_("Village"),
        queryset=Region.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=_("I do not know"),
    )
    place_note = forms.CharField(
        label=_("Where exactly?"), required=False, max_length=200, help_text=_("E.g. in front of the market, RT 03")
    )
    latitude = forms.FloatField(required=False, widget=forms.HiddenInput, min_value=-12, max_value=-6)
    longitude = forms.FloatField(required=False, widget=forms.HiddenInput, min_value=114, max_value=121)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        source = self.data or self.initial
        regency, district = str(source.get("regency") or ""), str(source.get("district") or "")
        regions = Region.objects.order_by("name")
        if re.fullmatch(r"\d\d\.\d\d", regency):
            self.fields["district"].queryset = regions.filter(parent=regency)  # type: ignore[attr-defined]
            if district.startswith(f"{regency}."):
                self.fields["village"].queryset = regions.filter(parent=district)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        values["region"] = values.get("village") or values.get("district")
        return values


class WhoForm(forms.Form):
    """Screen 3: how we may reach the reporter. Nothing is required."""

    name = forms.CharField(label=_("Your name"), required=False, max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        help_text=_("We send the answer there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )
    phone = forms.CharField(
        label=_("Phone number"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel", "type": "tel"}),
    )
    is_anonymous = forms.BooleanField(
        label=_("Hide my name"), required=False, help_text=_("Neither the public nor the agency will see who you are.")
    )
    is_secret = forms.BooleanField(label=_("Keep the report secret"), required=False, help_text=_("Only you and the agency can read it."))

    def for_secret(self, because: str) -> None:
        """Where the report is secret anyway nothing is asked that could make it public."""
        self.secret_because = because
        if because:
            del self.fields["is_secret"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        values.setdefault("is_secret", False)
        return values

    def clean_phone(self) -> str:
        phone = re.sub(r"[\s.\-()]", "", self.cleaned_data["phone"])
        if phone and not re.fullmatch(r"\+?\d{8,15}", phone):
            raise ValidationError(_("A phone number has 8 to 15 digits, e.g. 0812 3456 7890."))
        return phone


class CategoryField(forms.ModelChoiceField):
    """Every category in use with its full name, each followed by those within it."""

    def __init__(self, **options: Any) -> None:
        rows = Category.objects.filter(is_active=True).select_related("parent")
        rows = rows.order_by(Coalesce("parent__position", "position"), Coalesce("parent__pk", "pk"), "position")
        super().__init__(queryset=rows, empty_label=_("Choose …"), **options)

    def label_from_instance(self, obj: Category) -> str:
        return obj.full_name


class DeskReportForm(WhatForm, WhereForm, WhoForm):  # type: ignore[misc]
    """A report that staff write down for somebody: all on one page. `key` makes it one report however
    often it is sent."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    channel = forms.ChoiceField(label=_("Came by"), choices=[(one.value, one.label) for one in STAFF_CHANNELS], initial=Channel.VISIT)
    category = CategoryField(label=_("What is it about?"))


class SimulatorForm(WhereForm):
    """A report that nobody wrote: where would it go?"""

    category = CategoryField(label=_("Category"))
    kind = forms.ChoiceField(label=_("Kind of report"), choices=CaseKind.choices, initial=CaseKind.COMPLAINT, required=False)
    day = forms.DateField(label=_("On the day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class BulkForm(forms.Form):
    """One act on several cases of the desk."""

    picked = forms.MultipleChoiceField(choices=[], required=True, error_messages={"required": _("Tick the reports first.")})
    act = forms.ChoiceField(
        label=_("With those ticked"),
        choices=[("take", _("Take in hand")), ("assign", _("Give to an officer")), ("transfer", _("Hand on")), ("answer", _("Answer"))],
    )
    officer = forms.ModelChoiceField(label=_("Officer"), queryset=User.objects.none(), required=False)
    agency = forms.ModelChoiceField(label=_("To which agency?"), queryset=Agency.objects.none(), required=False)
    text = forms.CharField(label=_("Answer or reason"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, officers: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["officer"].queryset = officers  # type: ignore[attr-defined]
        self.fields["agency"].queryset = TransferForm().fields["agency"].queryset  # type: ignore[attr-defined]
        if self.is_bound:
            picked = list(dict.fromkeys(self.data.getlist("picked")))[:MOST_AT_ONCE]
            self.fields["picked"].choices = [(code, code) for code in picked]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        needed = {"assign": ("officer", _("Choose the officer.")), "transfer": ("agency", _("Choose the agency."))}
        if values.get("act") in needed and not values.get(needed[values["act"]][0]):
            name, said = needed[values["act"]]
            self.add_error(name, said)
        if values.get("act") in {"transfer", "answer"} and not values.get("text", "").strip():
            self.add_error("text", _("Write the answer or the reason."))
        return values


MOST_AT_ONCE = 100


class OfflineReportForm(WhoForm):
    """A report written without signal, as the phone sends it later."""

    key = forms.UUIDField()
    pin = forms.RegexField(r"^[0-9]{6}$")
    written_at = forms.CharField(required=False, max_length=40)
    category = forms.ModelChoiceField(
        label=_("What is it about?"),
        queryset=Category.objects.filter(is_active=True),
        error_messages={"required": _("Choose what it is about.")},
    )
    description = WhatForm.declared_fields["description"]
    photos = WhatForm.declared_fields["photos"]
    district = forms.ModelChoiceField(
        label=_("District"),
        queryset=Region.objects.filter(level=Level.DISTRICT),
        to_field_name="code",
        error_messages={"required": _("Choose the district.")},
    )
    place_note = WhereForm.declared_fields["place_note"]
    latitude = WhereForm.declared_fields["latitude"]
    longitude = WhereForm.declared_fields["longitude"]

    clean_description = WhatForm.clean_description


class TrackForm(forms.Form):
    code = forms.CharField(
        label=_("Code of the report"),
        max_length=12,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
        help_text=_("Eight letters and digits, e.g. K7M4-Q9XR"),
    )
    pin = forms.CharField(
        label=_("PIN"),
        max_length=6,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Only needed for what is not public."),
    )

    def clean_code(self) -> str:
        letters = re.sub(r"[^0-9A-Z]", "", self.cleaned_data["code"].upper())
        if len(letters) != 8:
            raise ValidationError(_("The code has eight letters and digits."))
        return f"{letters[:4]}-{letters[4:]}"


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=_("Answer"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Everyone can read an answer. A question is read by the reporter only."),
    )
    # asked only where the text may tell who somebody is: see redaction.warnings_of
    is_meant = forms.BooleanField(label=_("Publish it as it is"), required=False)
    photos = PhotosField(label=_("Photos"), required=False, widget=ManyFiles(attrs={"accept": "image/jpeg,image/png,image/webp"}))
    inside = forms.CharField(label=_("Internal note"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    seen_at = forms.CharField(widget=forms.HiddenInput, required=False)
    ask_whether_meant = False


class WordsForm(forms.Form):
    words = forms.CharField(
        label=_("Names and words the public does not read"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One a line. NIK, phone numbers, addresses of mail and names after “Pak”, “Bu” and the like are left out already."),
    )


class PhoneCodeForm(forms.Form):
    code = forms.RegexField(
        r"^\d{6}$",
        label=_("Code from the message"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class MergeForm(forms.Form):
    original = forms.CharField(label=_("Code of the first report"), max_length=12)

    def clean_original(self) -> Case:
        letters = re.sub(r"[^0-9A-Z]", "", self.cleaned_data["original"].upper())
        found = Case.objects.filter(code=f"{letters[:4]}-{letters[4:]}").first()
        if found is None:
            raise ValidationError(_("There is no report with this code. Check it letter by letter."))
        return found


class AssignForm(forms.Form):
    officer = forms.ModelChoiceField(label=_("Officer"), queryset=User.objects.none())

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        super().__init__(*args, **options)
        if case.agency:
            officers = User.objects.holding(Role.OFFICER, agency=case.agency)
            if case.unit:
                officers |= User.objects.holding(Role.OFFICER, agency=case.unit)
            self.fields["officer"].queryset = officers  # type: ignore[attr-defined]


class ReclassifyForm(WhereForm):
    """What a case is about, where, and of which kind."""

    category = CategoryField(label=_("Category"))
    kind = forms.ChoiceField(label=_("Kind of report"), choices=CaseKind.choices)
    reason = forms.CharField(label=_("What was wrong"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    field_order = ["category", "kind", "regency", "district", "village", "reason"]


class PublishForm(forms.Form):
    """What the public reads of a question or a reply."""

    move = forms.IntegerField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Text for the public"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Leave out all that tells who the reporter is. Empty: the public does not read it."),
    )
    with_photos = forms.BooleanField(label=_("Show the photos of this step to the public too"), required=False)
    is_meant = forms.BooleanField(label=_("Publish it as it is"), required=False)
    ask_whether_meant = False


class DisposeForm(forms.Form):
    """A unit of the case's agency; empty: the agency itself."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Agency.objects.none(), required=False)
    note = forms.CharField(label=_("What is to be done"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, case: Case, **options: Any) -> None:
        super().__init__(*args, prefix="dispose", **options)
        if case.agency:
            self.fields["unit"].queryset = case.agency.units.all()  # type: ignore[attr-defined]
            self.fields["unit"].empty_label = case.agency.short_name  # type: ignore[attr-defined]


class FollowForm(forms.Form):
    act = forms.ChoiceField(choices=[("affected", ""), ("follow", "")])
    email = forms.EmailField(required=False, max_length=254)
    drop = forms.BooleanField(required=False)


class HelpForm(forms.ModelForm):
    website = forms.CharField(required=False, label="Website", widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))

    class Meta:
        model = HelpOffer
        fields = ["name", "contact", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3}), "contact": forms.TextInput}


class AlertForm(forms.Form):
    """New reports of an area, a category or both by mail."""

    regency = forms.ModelChoiceField(
        label=_("Regency or city"),
        queryset=Region.objects.filter(level=Level.REGENCY),
        to_field_name="code",
        required=False,
        empty_label=_("All"),
    )
    district = forms.ModelChoiceField(
        label=_("District"),
        queryset=Region.objects.filter(level=Level.DISTRICT),
        to_field_name="code",
        required=False,
        empty_label=_("All"),
    )
    category = forms.ModelChoiceField(
        label=_("Category"), queryset=Category.objects.filter(is_active=True, parent__isnull=True), required=False, empty_label=_("All")
    )
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=254)
    website = forms.CharField(required=False, label="Website", widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))

    def __init__(self, *args: Any, needs_email: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if needs_email:
            self.fields["email"].required = True
        else:
            del self.fields["email"]


class ReplyForm(forms.Form):
    text = forms.CharField(
        label=_("Write back"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Only you and the agency read it. The public sees that you wrote, not what."),
    )
    photos = PhotosField(label=_("Photos"), required=False, widget=ManyFiles(attrs={"accept": "image/jpeg,image/png,image/webp"}))


class RatingForm(forms.Form):
    stars = forms.TypedChoiceField(
        label=_("How good was the answer?"),
        coerce=int,
        choices=[(5, _("5, very good")), (4, _("4, good")), (3, _("3, middling")), (2, _("2, poor")), (1, _("1, very poor"))],
        widget=forms.RadioSelect,
    )
    why = forms.CharField(label=_("Why?"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class TransferForm(forms.Form):
    agency = forms.ModelChoiceField(label=_("To which agency?"), queryset=Agency.objects.none(), required=False)
    reason = forms.CharField(label=_("Reason"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))
    # asked only where the text may tell who somebody is: see redaction.warnings_of
    is_meant = forms.BooleanField(label=_("Publish it as it is"), required=False)
    ask_whether_meant = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kinds = [AgencyKind.PROVINCIAL, AgencyKind.REGENCY, AgencyKind.HOSPITAL]
        self.fields["agency"].queryset = Agency.objects.filter(kind__in=kinds, parent__isnull=True)  # type: ignore[attr-defined]
