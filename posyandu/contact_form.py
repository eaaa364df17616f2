"""A form of visits as a Django form, made of its questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .conditions import holds
from .models import QuestionKind, VisitForm, VisitQuestion

YES_NO = (("yes", _("Yes")), ("no", _("No")))


class ContactForm(forms.Form):
    """Reads text only: what the answers mean and what is wrong with them, contacts.examine says for page and phone alike."""

    confirmed = forms.BooleanField(label=_("I have checked: the values are right"), required=False)

    def __init__(self, visit_form: VisitForm, known: Mapping[str, Any], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.sections: list[tuple[str, list[str]]] = [("", [])]
        for question in visit_form.questions.all():
            if not holds([one for one in question.when if one[0] in known], known):
                continue
            self.fields[question.code] = field_for(question)
            if question.section and question.section != self.sections[-1][0]:
                self.sections.append((question.section, []))
            self.sections[-1][1].append(question.code)

    def parts(self) -> list[tuple[str, bool, list[forms.BoundField]]]:
        """(heading, whether figures, which stand beside each other, fields) in order."""
        rows: list[tuple[str, bool, list[forms.BoundField]]] = []
        for heading, codes in self.sections:
            for place, code in enumerate(codes):
                figure = isinstance(self.fields[code].widget, forms.TextInput) and not isinstance(self.fields[code].widget, forms.DateInput)
                if place == 0 or rows[-1][1] != figure:
                    rows.append((heading if place == 0 else "", figure, []))
                rows[-1][2].append(self[code])
        return rows

    def answers(self) -> dict[str, str]:
        return {name: str(value or "") for name, value in self.cleaned_data.items() if name != "confirmed"}


def field_for(question: VisitQuestion) -> forms.Field:
    label = f"{question.text} ({question.unit})" if question.unit else question.text
    options: dict[str, Any] = {"label": label, "required": question.is_required, "help_text": question.help}
    if question.kind == QuestionKind.YES_NO:
        return forms.ChoiceField(choices=YES_NO, widget=forms.RadioSelect, **options)
    if question.kind == QuestionKind.CHOICE:
        return forms.ChoiceField(choices=question.told_choices, widget=forms.RadioSelect, **options)
    if question.kind == QuestionKind.DATE:
        return forms.CharField(widget=forms.DateInput(attrs={"type": "date"}), **options)
    if question.kind == QuestionKind.NUMBER:
        widget = forms.TextInput(attrs={"inputmode": "decimal" if question.decimals else "numeric", "autocomplete": "off"})
        return forms.CharField(widget=widget, max_length=12, **options)
    return forms.CharField(max_length=500, widget=forms.Textarea(attrs={"rows": 3}), **options)
