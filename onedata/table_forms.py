"""How a table is read, what its columns are, and what is checked in it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .access import visible_records
from .models import CodeList, DataSet, DataVersion, Variable
from .quality.reading import ENCODINGS
from .schema import cleaned

AUTOMATIC = ("", gettext_lazy("Found by the portal"))
TYPES = (
    ("integer", gettext_lazy("whole number")),
    ("number", gettext_lazy("number")),
    ("date", gettext_lazy("date")),
    ("datetime", gettext_lazy("date with time")),
    ("boolean", gettext_lazy("yes or no")),
    ("string", gettext_lazy("text")),
)


class ReadingForm(forms.Form):
    """Have a file read differently."""

    encoding = forms.ChoiceField(label=gettext_lazy("Encoding"), required=False, choices=[AUTOMATIC, *((one, one) for one in ENCODINGS)])
    separator = forms.ChoiceField(
        label=gettext_lazy("Separator"),
        required=False,
        choices=[AUTOMATIC, (",", ","), (";", ";"), ("tab", gettext_lazy("tabulator")), ("|", "|")],
    )
    decimal = forms.ChoiceField(
        label=gettext_lazy("Decimal sign"),
        required=False,
        choices=[AUTOMATIC, (",", gettext_lazy("comma: 1.234,5")), (".", gettext_lazy("point: 1234.5"))],
    )
    skipped = forms.IntegerField(label=gettext_lazy("Title rows above the header"), required=False, min_value=0, max_value=25)
    header_rows = forms.TypedChoiceField(
        label=gettext_lazy("Rows of the header"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[AUTOMATIC, (1, "1"), (2, "2"), (3, "3")],
    )
    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"), required=False)

    def __init__(self, *args: Any, version: DataVersion, **options: Any) -> None:
        options.setdefault(
            "initial",
            {**version.choices, "separator": {"\t": "tab"}.get(version.choices.get("separator", ""), version.choices.get("separator"))},
        )
        super().__init__(*args, **options)
        self.ways = version.choices.get("ways") or {}
        sheets, hidden = version.reading.get("sheets", []), version.reading.get("hidden", [])
        if sheets:
            names = [(name, _("%(sheet)s (hidden)") % {"sheet": name} if name in hidden else name) for name in sheets]
            self.fields["sheet"].choices = [AUTOMATIC, *names]  # type: ignore[attr-defined]
            for name in ("encoding", "separator"):
                del self.fields[name]
        else:
            del self.fields["sheet"]

    def clean_separator(self) -> str:
        return "\t" if self.cleaned_data["separator"] == "tab" else str(self.cleaned_data["separator"])

    def choices(self) -> dict[str, Any]:
        """As `DataVersion.choices` keeps them; what was answered about single columns stays."""
        found = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        return found | ({"ways": self.ways} if self.ways else {})


class Lines(forms.CharField):
    """Values, one a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, (list, tuple)) else value

    def clean(self, value: Any) -> Any:
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class ColumnForm(forms.Form):
    """What is said of one column."""

    title = forms.CharField(label=gettext_lazy("Name in words"), required=False, max_length=200)
    description = forms.CharField(label=gettext_lazy("What it means"), required=False, max_length=500)
    unit = forms.CharField(label=gettext_lazy("Unit"), required=False, max_length=80)
    type = forms.ChoiceField(label=gettext_lazy("Type"), required=False, choices=[AUTOMATIC, *TYPES])
    required = forms.BooleanField(label=gettext_lazy("Each cell must be filled"), required=False)
    unique = forms.BooleanField(label=gettext_lazy("No value stands twice"), required=False)
    minimum = forms.CharField(label=gettext_lazy("Smallest value"), required=False, max_length=40)
    maximum = forms.CharField(label=gettext_lazy("Largest value"), required=False, max_length=40)
    enum = Lines(label=gettext_lazy("Only these values (one a line)"), required=False, max_length=8000)
    pattern = forms.CharField(
        label=gettext_lazy("Pattern (regular expression)"), required=False, max_length=200, help_text=gettext_lazy("E.g. [0-9]{4}")
    )
    code_list = forms.ModelChoiceField(
        CodeList.objects.all(), label=gettext_lazy("Codes of the reference list"), required=False, to_field_name="slug"
    )
    variable = forms.ModelChoiceField(Variable.objects.all(), label=gettext_lazy("Variable (MS-Var)"), required=False)

    def __init__(self, *args: Any, column: dict[str, Any], user: Any = None, **options: Any) -> None:
        self.column = column
        super().__init__(*args, **options)
        field: Any = self.fields["variable"]
        field.queryset = visible_records(user, field.queryset, (options.get("initial") or {}).get("variable"))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        kind = values.get("type") or self.column["type"]
        for name in ("minimum", "maximum"):
            text = values.get(name, "").replace(",", ".") if kind in {"integer", "number"} else values.get(name, "")
            if not text:
                continue
            values[name] = text
            if kind in {"integer", "number"} and not _is_number(text):
                self.add_error(name, _("This is not a number."))
        return values

    def field(self) -> dict[str, Any]:
        """In the form the schema keeps. Raises ValidationError."""
        values = self.cleaned_data
        code_list, variable = values.get("code_list"), values.get("variable")
        return cleaned(
            {
                **values,
                "name": self.column["name"],
                "code_list": code_list.slug if code_list else "",
                "variable": variable.pk if variable else None,
            }
        )


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


class RuleForm(forms.Form):
    """One check of the data set's own."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Check"),
        choices=[
            ("sum", gettext_lazy("The parts add up to the total")),
            ("series", gettext_lazy("A value far from its own series is pointed out")),
        ],
    )
    column = forms.ChoiceField(label=gettext_lazy("Total, or value to look at"))
    others = forms.MultipleChoiceField(
        label=gettext_lazy("Its parts, or what makes a series (e.g. region)"), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, columns: list[dict[str, Any]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.numbers = {column["name"] for column in columns if column["type"] in {"integer", "number"}}
        self.fields["column"].choices = [(name, name) for name in self.numbers]  # type: ignore[attr-defined]
        self.fields["column"].choices.sort()  # type: ignore[attr-defined]
        self.fields["others"].choices = [(column["name"], column["name"]) for column in columns]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        others = values.get("others") or []
        if values.get("column") in others:
            self.add_error("others", _("The total cannot be one of its parts."))
        if values.get("kind") == "sum":
            words = [name for name in others if name not in self.numbers]
            if words:
                self.add_error("others", _("“%(name)s” holds no numbers.") % {"name": words[0]})
            elif len(others) < 2:
                self.add_error("others", _("Choose at least two parts."))
        return values

    def rule(self) -> dict[str, Any]:
        values = self.cleaned_data
        if values["kind"] == "sum":
            return {"kind": "sum", "total": values["column"], "parts": values["others"]}
        return {"kind": "series", "value": values["column"], "by": values["others"]}


def column_forms(
    data_set: DataSet, version: DataVersion, columns: list[dict[str, Any]], data: Any = None, user: Any = None
) -> list[ColumnForm]:
    places = {name: place for place, name in enumerate(version.column_names)}
    return [
        ColumnForm(
            data,
            prefix=f"c{places[column['name']]}",
            column=column,
            user=user,
            initial=data_set.field(column["name"]),
        )
        for column in columns
    ]
