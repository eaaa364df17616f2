"""Tables out: CSV and XLSX, streamed, with what a spreadsheet program would run as a formula made harmless."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def harmless(value: Any) -> Any:
    """Text that starts like a formula gets an apostrophe before it (OWASP: CSV injection); numbers stay numbers."""
    if isinstance(value, str) and value.startswith(FORMULA_STARTS):
        try:
            float(value)
        except ValueError:
            return f"'{value}"
    return value


class _Echo:
    def write(self, text: str) -> str:
        return text


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """CSV with a byte order mark, so that Excel reads it as UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + str(writer.writerow([harmless(str(title)) for title in header]))
    for row in rows:
        yield str(writer.writerow([harmless(_plain(value)) for value in row]))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return timezone.localtime(value).isoformat(timespec="seconds")
    return "" if value is None else value if isinstance(value, (int, float, str)) else str(value)


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    response = StreamingHttpResponse(csv_lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def xlsx_response(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(name[:31])
    sheet.append([harmless(str(title)) for title in header])
    for row in rows:
        sheet.append([harmless(_plain(value)) for value in row])
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
