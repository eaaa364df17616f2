"""Small things templates need."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.conf import settings
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

register = template.Library()


def rounded(value: Any, places: int) -> Decimal:
    """Half up, as people round; Django's number_format cuts off."""
    return Decimal(repr(value) if isinstance(value, float) else str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@register.filter
def decimals(value: Any, places: int = 1) -> str:
    """A number with a fixed count of decimals in the reader's language; a dash where there is none."""
    return "–" if value is None else number_format(rounded(value, places), places, force_grouping=True)


@register.filter
def percent(value: float | None, places: int = 0) -> str:
    """0.123 as 12 %."""
    return "–" if value is None else f"{number_format(rounded(value * 100, places), places)} %"


@register.filter
def years(months: int) -> int:
    """Completed years of so many months."""
    return int(months) // 12


@register.filter
def get(mapping: Any, key: Any) -> Any:
    return mapping.get(key) if hasattr(mapping, "get") else None


@register.simple_tag
def tag(text: Any, tone: str = "neutral") -> SafeString:
    """A status tag: a word on a coloured ground. Tones: neutral, info, good, wait, alert."""
    return format_html('<span class="tag tag-{}">{}</span>', tone, text)


@register.inclusion_tag("components/map.html")
def map(kind: str, label: Any, **options: Any) -> dict[str, Any]:
    """{% map "clusters" label clusters=url cases=url %}: a map; what the kinds need stands in static/portal/map.js. Numbers are
    written with a point, whatever the language."""
    written = {name: repr(value) if isinstance(value, float) else value for name, value in options.items()}
    return {"kind": kind, "label": label, "options": written, "tiles": settings.MAP_TILES_URL, "credit": settings.MAP_TILES_CREDIT}


@register.simple_tag(takes_context=True)
def here(context: dict[str, Any], prefix: str) -> SafeString | str:
    """aria-current for a navigation link whose address starts with `prefix`."""
    path = context["request"].path if "request" in context else ""
    return SafeString('aria-current="page"') if path.removeprefix("/en").startswith(prefix) else ""


@register.filter
def words(text: str) -> list[str]:
    return text.split()


@register.filter
def field(form: Any, name: str) -> Any:
    """One field of a form with its label, hint and errors."""
    return form[name].as_field_group()


@register.filter
def field_label(form: Any, name: str) -> Any:
    return form[name].label


@register.filter
def field_has_choices(form: Any, name: str) -> bool:
    return bool(form.fields[name].widget.choices)


def _query(context: dict[str, Any], **changes: str) -> str:
    query = context["request"].GET.copy()
    for name in ("after", "before", "page", "export"):
        query.pop(name, None)
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return str(query.urlencode())


@register.simple_tag(takes_context=True)
def querystring_with(context: dict[str, Any], name: str, value: str) -> str:
    return _query(context, **{name: value})


@register.simple_tag(takes_context=True)
def querystring_without(context: dict[str, Any], name: str) -> str:
    return _query(context, **{name: ""})


@register.simple_tag(takes_context=True)
def page_query(context: dict[str, Any], page: int, step: int) -> str:
    return _query(context, page=str(page + step))


@register.simple_tag
def cell(value: Any) -> str:
    """A value of a table as its reader writes it; numbers are not grouped, as years and codes are numbers too."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, float):
        return number_format(value, use_l10n=True, force_grouping=False)
    return str(value)


@register.simple_tag
def cell_class(columns: list[dict[str, Any]], place: int) -> SafeString | str:
    return SafeString(' class="number"') if columns[place]["type"] in {"integer", "number"} else ""


TYPE_NAMES = {
    "integer": gettext_lazy("whole number"),
    "number": gettext_lazy("number"),
    "date": gettext_lazy("date"),
    "datetime": gettext_lazy("date with time"),
    "boolean": gettext_lazy("yes/no"),
    "string": gettext_lazy("text"),
}


@register.filter
def type_name(kind: str) -> Any:
    return TYPE_NAMES.get(kind, kind)


WAY_NAMES = {
    "decimal_comma": gettext_lazy("numbers with a decimal comma (1.234,5)"),
    "thousands_dots": gettext_lazy("whole numbers with points between thousands (1.234)"),
    "thousands_commas": gettext_lazy("whole numbers with commas between thousands (1,234)"),
    "number": gettext_lazy("numbers with a decimal point (1234.5)"),
    "integer": gettext_lazy("whole numbers"),
    "string": gettext_lazy("text, as it stands"),
    "date_day_first": gettext_lazy("dates with the day first (31/12/2025)"),
    "date_month_first": gettext_lazy("dates with the month first (12/31/2025)"),
    "date_words": gettext_lazy("dates with the month in words (31 Desember 2025)"),
}
SEPARATOR_NAMES = {
    ",": gettext_lazy("comma"),
    ";": gettext_lazy("semicolon"),
    "\t": gettext_lazy("tabulator"),
    "|": gettext_lazy("upright line"),
}


@register.filter
def way_name(way: str) -> Any:
    """How the cells of a column are read, in words."""
    return WAY_NAMES.get(way, way)


@register.filter
def separator_name(sign: str) -> Any:
    return SEPARATOR_NAMES.get(sign, sign)


CODE_FIELDS = {
    "label": gettext_lazy("Label"),
    "parent_code": gettext_lazy("Within"),
    "other_code": gettext_lazy("Code in the other scheme"),
    "description": gettext_lazy("Description"),
    "valid_from": gettext_lazy("Valid from"),
    "valid_to": gettext_lazy("Valid to"),
}


@register.filter
def code_field(name: str) -> Any:
    return CODE_FIELDS.get(name, name)


@register.filter
def plain_year(value: Any) -> Any:
    """Whole numbers as they are: a year takes no point between its thousands."""
    return str(value) if isinstance(value, int) else value
