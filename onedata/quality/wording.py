"""Findings and reasons in plain words, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

if TYPE_CHECKING:
    from ..models import Finding

FINDINGS: dict[str, Any] = {
    "empty_column": gettext_lazy("Column “%(column)s” is empty throughout. Fill it or leave it out."),
    "empty_cells": gettext_lazy("Column “%(column)s” has %(count)s empty cells, the first in row %(row)s."),
    "not_integer": gettext_lazy("Row %(row)s, column “%(column)s”: “%(value)s” is not a whole number."),
    "not_number": gettext_lazy("Row %(row)s, column “%(column)s”: “%(value)s” is not a number."),
    "not_date": gettext_lazy("Row %(row)s, column “%(column)s”: “%(value)s” is not a date (year-month-day)."),
    "not_boolean": gettext_lazy("Row %(row)s, column “%(column)s”: “%(value)s” is neither yes nor no."),
    "kept_as_text": gettext_lazy(
        "Column “%(column)s” is kept as text, so that these %(count)s cells are not lost. Correct them, or choose its type under “Describe "
        "the columns”."
    ),
    "more_of_these": gettext_lazy("… and %(count)s more of the same kind."),
    "stray_spaces": gettext_lazy("Column “%(column)s” has %(count)s texts with spaces before or after, the first in row %(row)s."),
    "double_row": gettext_lazy("Row %(row)s is the same as row %(value)s."),
    "ragged_row": gettext_lazy("Line %(row)s of the file does not have as many cells as the header; it was left out."),
    "lost_row": gettext_lazy("Line %(row)s of the file has more cells than the header; it is not in the table: “%(value)s”"),
    "notes_left_out": gettext_lazy("%(count)s lines below the table are notes and not in it: “%(value)s”"),
    "short_rows": gettext_lazy("%(count)s lines have fewer cells than the header, the first is line %(row)s; the missing ones are empty."),
    "stray_quotes": gettext_lazy(
        "%(count)s lines hold a quotation mark that is never closed, the first is line %(row)s; it was kept as part of the text."
    ),
    "odd_bytes": gettext_lazy(
        "%(count)s signs are not of the file's encoding; they were read as Windows does. Look whether they are right."
    ),
    "missing_marks": gettext_lazy("Column “%(column)s”: %(count)s cells hold “%(value)s”, read as a missing value."),
    "long_numbers": gettext_lazy(
        "Column “%(column)s” holds numbers of more than 15 digits. Spreadsheet programs round them: keep them as text in the spreadsheet. "
        "They are stored as text here."
    ),
    "ask_thousands_or_decimals": gettext_lazy("Column “%(column)s” may be read in two ways (%(value)s). Please say which is right."),
    "ask_date_order": gettext_lazy("Column “%(column)s”: day or month first? Both are possible (%(value)s). Please say which is right."),
    "ask_code_or_number": gettext_lazy("Column “%(column)s”: codes or numbers? (%(value)s) Please say which is right."),
    "ask_missing_marks": gettext_lazy(
        "Column “%(column)s” holds numbers and several signs for missing values. Please say whether they may be read as missing."
    ),
    "not_datetime": gettext_lazy("Row %(row)s, column “%(column)s”: “%(value)s” is not a date with time."),
    "unknown_region_code": gettext_lazy("Row %(row)s, column “%(column)s”: “%(value)s” is not in the reference list of region codes."),
    "far_value": gettext_lazy("Row %(row)s, column “%(column)s”: %(value)s is far from the other values. Is it right?"),
    "required_missing": gettext_lazy("Row %(row)s, column “%(column)s” is empty, but it must be filled."),
    "not_unique": gettext_lazy("Row %(row)s, column “%(column)s”: “%(value)s” stands more than once, but each must be its own."),
    "not_in_enum": gettext_lazy("Row %(row)s, column “%(column)s”: “%(value)s” is none of the values the schema allows."),
    "pattern_miss": gettext_lazy("Row %(row)s, column “%(column)s”: “%(value)s” is not written as the schema asks."),
    "below_minimum": gettext_lazy("Row %(row)s, column “%(column)s”: %(value)s is less than the schema allows."),
    "above_maximum": gettext_lazy("Row %(row)s, column “%(column)s”: %(value)s is more than the schema allows."),
    "unknown_code": gettext_lazy("Row %(row)s, column “%(column)s”: “%(value)s” is not in the reference list."),
    "sum_differs": gettext_lazy("Row %(row)s, column “%(column)s”: the total and the sum of its parts differ (%(value)s)."),
    "far_from_series": gettext_lazy("Row %(row)s, column “%(column)s”: far from its own series (value / median: %(value)s). Is it right?"),
    "dead_link": gettext_lazy("The address of the data does not answer: %(value)s"),
    "late": gettext_lazy("By its declared frequency a new release was due on %(value)s."),
}

REASONS: dict[str, Any] = {
    "empty": gettext_lazy("The file is empty."),
    "not_text": gettext_lazy("This is not a text file. Save the table as CSV and upload that."),
    "too_many_columns": gettext_lazy("The table has %(found)s columns; at most %(limit)s are read."),
    "blank_header": gettext_lazy("The header (first line) has no name for column %(columns)s."),
    "double_header": gettext_lazy("The header (first line) names these columns twice: %(columns)s."),
    "locked_spreadsheet": gettext_lazy("The spreadsheet is protected by a password. Save it without one."),
    "sheet_too_large": gettext_lazy("The spreadsheet unfolds to more than can be read. Save the table as CSV and upload that."),
    "bad_geojson": gettext_lazy("This is no JSON, or it breaks off. Save it anew and upload it again."),
    "no_features": gettext_lazy("The file holds no rows. GeoJSON with features and lists of JSON objects are read."),
    "bad_link": gettext_lazy("The address does not answer, or it lies in an inner network. Look whether it opens in a browser."),
    "bad_link_status": gettext_lazy("The address answers with an error (%(status)s). Look whether it opens in a browser."),
    "bad_link_kind": gettext_lazy("The address holds no table of a kind that is read. Name the address of the file itself."),
    "bad_spreadsheet": gettext_lazy("The spreadsheet is damaged or not of the kind its name says. Open it, save it anew and upload that."),
    "refused_spreadsheet": gettext_lazy("The spreadsheet was not opened: %(detail)s"),
    "no_rows": gettext_lazy("The file has a header but no rows."),
    "reserved_name": gettext_lazy("A column must not be called %(columns)s. Give it another name."),
    "too_large_to_read": gettext_lazy("The file unfolds to more than can be read. Save the table as CSV, or send it in parts."),
    "too_broken": gettext_lazy("The file could not be read as a table. Open it in a spreadsheet program, save it as CSV and upload that."),
}


def message_of(finding: Finding) -> str:
    value: Any = finding.value
    if finding.check_name == "late" and (day := parse_date(finding.value)):
        value = date_format(day)
    return str(FINDINGS.get(finding.check_name, finding.check_name)) % {
        "row": number_format(finding.row or 0, force_grouping=True),
        "column": finding.column,
        "value": value,
        "count": number_format(finding.count, force_grouping=True),
    }


def reason(key: str, values: dict[str, Any]) -> str:
    sentence = str(REASONS.get(key, _("The file could not be read.")))
    try:
        return sentence % values
    except (KeyError, TypeError, ValueError):  # of a version that was read by an earlier release
        return str(_("The file could not be read."))
