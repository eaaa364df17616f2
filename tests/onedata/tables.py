"""Small files in all kinds, made by the portal's own packages, and what the reader makes of them."""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
from openpyxl import Workbook


def xlsx(*rows: list[Any], title: str = "Data", more: dict[str, list[list[Any]]] | None = None, hidden: tuple[str, ...] = ()) -> bytes:
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    for name, lines in (more or {}).items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    for name in hidden:
        book[name].sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods(*rows: list[Any]) -> bytes:
    def cell(value: Any) -> str:
        if value is None:
            return "<table:table-cell/>"
        if isinstance(value, (int, float)):
            return f'<table:table-cell office:value-type="float" office:value="{value}"/>'
        return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'

    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    space = "urn:oasis:names:tc:opendocument:xmlns"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", f'<manifest:manifest xmlns:manifest="{space}:manifest:1.0"/>')
        archive.writestr(
            "content.xml",
            f'<office:document-content xmlns:office="{space}:office:1.0" xmlns:table="{space}:table:1.0" xmlns:text="{space}:text:1.0">'
            f'<office:body><office:spreadsheet><table:table table:name="Data">{body}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return out.getvalue()


def parquet(select: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.parquet"
        duckdb.sql(select).write_parquet(str(path))
        return path.read_bytes()


def geojson(*properties: dict[str, Any]) -> bytes:
    point = {"type": "Point", "coordinates": [116.125, -8.5]}
    features = [{"type": "Feature", "properties": one, "geometry": point} for one in properties]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def lines(*rows: list[Any]) -> bytes:
    return "".join(",".join(map(str, row)) + "\n" for row in rows).encode()


def read(content: bytes, name: str, choices: dict[str, Any] | None = None, schema: list[dict[str, Any]] | None = None) -> Any:
    """What the reader makes of a file: rows, columns, plans, losses, reading, personal. Raises Unreadable."""
    from onedata.quality import losses, personal, running
    from onedata.quality.checks import Table
    from onedata.quality.storing import plans, store

    with tempfile.TemporaryDirectory() as place, duckdb.connect() as db:
        folder = Path(place)
        path = folder / name
        path.write_bytes(content)
        data_set: Any = SimpleNamespace(schema=schema or [])
        version: Any = SimpleNamespace(
            original=SimpleNamespace(path=str(path)), choices=choices or {}, data_set=data_set, published_at=None
        )
        reading, account = running._load(db, version, folder)
        count = int(db.execute("SELECT count(*) FROM raw_cells").fetchall()[0][0])
        wishes = running._wishes(version, reading)
        planned = store(db, plans(db, reading.header, count, wishes), count, folder / "table.parquet", wishes)
        columns = [plan.column() for plan in planned]
        rows = db.execute("SELECT * EXCLUDE (__row) FROM typed ORDER BY __row").fetchall()
        found = personal.look_for_personal_data(Table(db, columns, count, data_set, lambda: ()))
        return SimpleNamespace(
            rows=rows, columns={one["name"]: one["type"] for one in columns}, plans={plan.name: plan for plan in planned},
            losses=losses.tally(db, planned, account, reading), reading=reading, account=account, personal=found,
        )  # fmt: skip
