"""Tables out: CSV and XLSX, streamed, with what a spreadsheet program would run as a formula made harmless.

A program that splits at another sign than we do (Excel in Indonesian: the semicolon) sees other cells than we wrote. So every cell
is quoted, and what would be a formula behind any separator gets an apostrophe before it, which `restored` takes away again: a file
that comes back unchanged means what it meant.
"""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

EXACT = 10**15  # spreadsheet programs keep 15 digits
# a formula at the beginning of a text; behind a separator a minus is more often one of a list of numbers, so that it takes a call,
# a link to another program or another sheet to make it one
OPENING = re.compile(r"^([ \"\xa0]{0,20}'{0,20})(?=[=+\-@\t\r])")
BEHIND = re.compile(r"(?<=[;,\t|\r\n^])([ \"\xa0]{0,20}'{0,20})(?=[=@]|[+\-][^;,\t|\r\n]{0,2000}?[(|!])")
RESTORED_OPENING = re.compile(r"^([ \"\xa0]{0,20})'(?='{0,20}[=+\-@\t\r])")
RESTORED_BEHIND = re.compile(r"(?<=[;,\t|\r\n^])([ \"\xa0]{0,20})'(?='{0,20}(?:[=@]|[+\-][^;,\t|\r\n]{0,2000}?[(|!]))")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text


def harmless(value: Any) -> Any:
    """Text that is a formula, or holds one behind a separator, gets an apostrophe before it (OWASP: CSV injection); numbers stay."""
    if not isinstance(value, str) or not value or _is_number(value):
        return value
    return BEHIND.sub(_marked, OPENING.sub(_marked, value))


def _marked(found: re.Match[str]) -> str:
    said = found[1]
    blank = said.rstrip("'")
    return f"{blank}'{said[len(blank) :]}"


def restored(text: str) -> str:
    """What `harmless` was given: the text of a cell that comes back from a spreadsheet we wrote."""
    return RESTORED_BEHIND.sub(r"\1", RESTORED_OPENING.sub(r"\1", text))


class _Echo:
    def write(self, text: str) -> str:
        return text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """CSV with a byte order mark, so that Excel reads it as UTF-8."""
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield "\ufeff" + str(writer.writerow([harmless(str(title)) for title in header]))
    for row in rows:
        yield str(writer.writerow([harmless(_plain(value)) for value in row]))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        if timezone.is_naive(value):  # of a table of data, whose clock we do not know
            return value.isoformat(sep=" ")
        return timezone.localtime(value).isoformat(timespec="microseconds" if value.microsecond else "seconds")
    return "" if value is None else value if isinstance(value, (int, float, str)) else str(value)


def _for_sheet(value: Any) -> Any:
    """As `_plain`, with dates as dates and without numbers that a spreadsheet program would round."""
    if isinstance(value, datetime):
        # spreadsheets know no zones, and no more than thousandths of a second
        return value if timezone.is_naive(value) and value.microsecond % 1000 == 0 and value.year > 1900 else _plain(value)
    if isinstance(value, date):
        return value if value.year > 1900 else str(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= EXACT:
        return str(value)
    if isinstance(value, Decimal):  # a number where the sheet keeps all its digits
        return float(value) if Decimal(repr(float(value))) == value and abs(value) < EXACT else str(value)
    if isinstance(value, str):
        value = ILLEGAL.sub("", value)
    return harmless(_plain(value))


# signs that no XLSX can hold (XML 1.0)
ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    response = StreamingHttpResponse(csv_lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def xlsx_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(name[:31])
    sheet.append([harmless(ILLEGAL.sub("", str(title))) for title in header])
    for row in rows:
        sheet.append([_for_sheet(value) for value in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the response
    workbook.save(file)
    file.seek(0)
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"{name}.xlsx",
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )


def spreadsheet_response(kind: str, name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    """`kind`: "csv", or an Excel file for anything else."""
    return (csv_response if kind == "csv" else xlsx_response)(name, header, rows)
