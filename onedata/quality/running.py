"""Checking a version from the file as sent to the stored table and its report. Safe to run twice."""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
from django.core.files import File
from django.db import transaction
from django.utils import timezone

from ntbportal.commons.places import Region

from ..models import DataVersion, Dimension, Finding, QualityReport, Severity, VersionState
from ..storage import local_path
from ..tables import quoted
from .checks import CHECKS, Found, Outcome, Table
from .reading import SHARE_OF_TYPE, Reading, Unreadable, as_utf8, detect, spreadsheet_as_csv

log = logging.getLogger(__name__)
CLAIM = timedelta(minutes=15)  # after which a check that stopped (worker killed) may be taken up again
MEMORY = "2GB"

# type of ours -> what a cell of it looks like in DuckDB; the first that fits most cells wins
CASTS: tuple[tuple[str, str], ...] = (
    ("integer", "TRY_CAST(CASE WHEN regexp_full_match(trim({c}), '-?(0|[1-9][0-9]*)') THEN trim({c}) END AS BIGINT)"),
    (
        "number",
        "TRY_CAST(CASE WHEN regexp_full_match(trim({c}), '-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?') THEN trim({c}) END AS DOUBLE)",
    ),
    (
        "decimal_comma",
        "TRY_CAST(CASE WHEN regexp_full_match(trim({c}), '-?(0|[1-9][0-9]*|[1-9][0-9]{{0,2}}(\\.[0-9]{{3}})+)(,[0-9]+)?') THEN replace(replace(trim({c}), '.', ''), ',', '.') END AS DOUBLE)",
    ),
    ("date", "TRY_CAST(CASE WHEN regexp_full_match(trim({c}), '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') THEN trim({c}) END AS DATE)"),
    ("boolean", "CASE lower(trim({c})) WHEN 'ya' THEN true WHEN 'tidak' THEN false WHEN 'true' THEN true WHEN 'false' THEN false END"),
)


def check_version(version_id: int) -> bool:
    """Check one version unless it is settled or somebody is at it. Returns whether this call did it."""
    with transaction.atomic():
        version = (
            DataVersion.objects.select_for_update(of=("self",), skip_locked=True)
            .select_related("data_set")
            .filter(pk=version_id, state__in=[VersionState.WAITING, VersionState.CHECKING])
            .first()
        )
        if version is None:
            return False
        claimed = version.reading.get("claimed", "")
        if version.state == VersionState.CHECKING and claimed > (timezone.now() - CLAIM).isoformat():
            return False
        version.state, version.progress, version.step = VersionState.CHECKING, 2, "reading"
        version.reading = {"claimed": timezone.now().isoformat()}
        version.save(update_fields=["state", "progress", "step", "reading"])
    try:
        _check(version)
    except Unreadable as problem:
        _settle_broken(version, problem.key, problem.values)
    except (duckdb.Error, UnicodeError) as problem:
        log.warning("version %s unreadable: %s", version.pk, problem)
        _settle_broken(version, "too_broken", {"detail": str(problem).splitlines()[0][:200]})
    return True


def _settle_broken(version: DataVersion, key: str, values: dict[str, Any]) -> None:
    version.state, version.progress, version.error = VersionState.BROKEN, 100, json.dumps({"key": key, "values": values})
    version.save(update_fields=["state", "progress", "error"])


def _progress(version: DataVersion, percent: int, step: str) -> None:
    DataVersion.objects.filter(pk=version.pk).update(progress=percent, step=step)


def _check(version: DataVersion) -> None:
    started = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="ntb-check-") as folder,
        duckdb.connect(str(Path(folder) / "table.duckdb"), config={"memory_limit": MEMORY, "threads": "2", "temp_directory": folder}) as db,
    ):
        source, sheet = local_path(version.original), ""
        if source.suffix == ".xlsx":
            sheet = spreadsheet_as_csv(source, Path(folder) / "sheet.csv")
            source = Path(folder) / "sheet.csv"
        reading = replace(detect(source, "," if sheet else ""), sheet=sheet)
        ragged = _load_raw(db, as_utf8(source, reading.encoding, Path(folder) / "utf8.csv"), reading)
        count = db.execute("SELECT count(*) FROM raw").fetchone()
        rows = int(count[0]) if count else 0
        if not rows:
            raise Unreadable("no_rows")
        _progress(version, 25, "types")
        columns = _types(db, reading.header, rows)
        _make_typed(db, columns)
        table = Table(db, columns, rows, version.data_set, _known_region_codes)
        outcomes = []
        if ragged:
            outcomes.append(Outcome(Dimension.VALIDITY, tested=rows + len(ragged), failed=len(ragged), findings=ragged[:50]))
        for number, (name, check) in enumerate(CHECKS):
            _progress(version, 35 + 50 * number // len(CHECKS), name)
            outcomes.append(check(table))
        _progress(version, 90, "storing")
        target = Path(folder) / "table.parquet"
        names = ", ".join(quoted(column["name"]) for column in columns)
        db.execute(f"COPY (SELECT {names} FROM typed ORDER BY __row) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
        _settle(version, reading, columns, rows, outcomes, target, time.monotonic() - started)


def _load_raw(db: duckdb.DuckDBPyConnection, path: Path, reading: Reading) -> list[Found]:
    """Table `raw`: every cell as text, empty ones null, `__row` from 1. Returns lines that do not fit the header."""
    names = dict.fromkeys(reading.header, "VARCHAR")
    db.execute(
        "CREATE TABLE raw AS SELECT row_number() OVER () AS __row, * FROM read_csv(?, delim=?, quote='\"', escape='\"', header=true, "
        "skip=?, columns=?, nullstr='', store_rejects=true, rejects_limit=1000, max_line_size=4000000, auto_detect=false, strict_mode=true, "
        "parallel=false)",
        [str(path), reading.separator, reading.skipped, names],
    )
    lines = db.execute("SELECT DISTINCT line FROM reject_errors ORDER BY line LIMIT 1000").fetchall()
    return [Found("ragged_row", Dimension.VALIDITY, Severity.ERROR, row=int(line)) for (line,) in lines]


def _types(db: duckdb.DuckDBPyConnection, header: list[str], rows: int) -> list[dict[str, Any]]:
    """The type of each column: the first that at least nine in ten filled cells are of, else text."""
    parts = []
    for name in header:
        column = quoted(name)
        parts.append(f"count({column})")
        parts += [f"count({cast.format(c=column)})" for _, cast in CASTS]
    counts = list(db.execute(f"SELECT {', '.join(parts)} FROM raw").fetchone() or ())
    columns = []
    for place, name in enumerate(header):
        filled, *fits = counts[place * (len(CASTS) + 1) : (place + 1) * (len(CASTS) + 1)]
        best = "string"
        # integers are numbers too: a column of both is of numbers
        shares = {kind: (fit / filled if filled else 0) for (kind, _), fit in zip(CASTS, fits, strict=True)}
        if filled:
            if shares["integer"] >= SHARE_OF_TYPE and shares["number"] - shares["integer"] < 0.001:
                best = "integer"
            elif shares["number"] >= SHARE_OF_TYPE and shares["number"] >= shares["decimal_comma"]:
                best = "number"
            else:
                best = next((kind for kind in ("decimal_comma", "date", "boolean") if shares[kind] >= SHARE_OF_TYPE), "string")
        if _looks_like_code(name):
            best = "string"
        kind = "number" if best == "decimal_comma" else best
        cast = dict(CASTS).get(best, "{c}").format(c=quoted(name))
        columns.append({"name": name, "type": kind, "cast": cast})
    return columns


def _looks_like_code(name: str) -> bool:
    """Codes keep their leading zeros and dots, even if all digits."""
    return name.lower().startswith(("kode", "code", "nik", "npsn", "nip", "telepon", "phone"))


def _make_typed(db: duckdb.DuckDBPyConnection, columns: list[dict[str, Any]]) -> None:
    casts = ", ".join(f"{column['cast']} AS {quoted(column['name'])}" for column in columns)
    db.execute(f"CREATE TABLE typed AS SELECT __row, {casts} FROM raw")


@lru_cache(maxsize=1)
def _codes(version: int) -> frozenset[str]:
    pairs = Region.objects.values_list("code", "bps_code")
    return frozenset(code for pair in pairs for code in pair if code)


def _known_region_codes() -> Iterator[str]:
    from django.core.cache import cache

    return iter(_codes(cache.get("regions-version", 0)))


@transaction.atomic
def _settle(
    version: DataVersion, reading: Reading, columns: list[dict[str, Any]], rows: int, outcomes: list[Outcome], parquet: Path, seconds: float
) -> None:
    dimensions = _scores(outcomes)
    score = sum(part["score"] for part in dimensions.values()) / len(dimensions)
    QualityReport.objects.filter(version=version).delete()
    report = QualityReport.objects.create(version=version, score=round(score, 1), dimensions=dimensions, seconds=round(seconds, 2))
    Finding.objects.bulk_create(
        Finding(
            report=report,
            dimension=found.dimension,
            severity=found.severity,
            check_name=found.check,
            row=found.row,
            column=found.column[:120],
            value=found.value,
            count=found.count,
        )
        for outcome in outcomes
        for found in outcome.findings
    )
    version.columns = [{"name": column["name"], "type": column["type"]} for column in columns]
    version.rows, version.state, version.progress, version.step = rows, VersionState.READY, 100, ""
    version.reading = {"encoding": reading.encoding, "separator": reading.separator}
    if reading.skipped:
        version.reading["skipped"] = reading.skipped
    if reading.sheet:
        version.reading["sheet"] = reading.sheet
    with parquet.open("rb") as file:
        version.parquet_sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        version.parquet.save(f"{secrets.token_hex(8)}.parquet", File(file), save=False)
    version.save()


def _scores(outcomes: list[Outcome]) -> dict[str, dict[str, Any]]:
    """Share of what was tested and found right, 0 to 100, by dimension; dimensions without a test are left out."""
    sums: dict[str, list[int]] = {}
    for outcome in outcomes:
        tested, failed = sums.setdefault(outcome.dimension, [0, 0])
        sums[outcome.dimension] = [tested + outcome.tested, failed + outcome.failed]
    return {
        str(dimension): {"score": round(100 * (1 - failed / tested), 1), "tested": tested, "failed": failed}
        for dimension, (tested, failed) in sums.items()
        if tested
    }


def check_waiting(limit: int = 20) -> int:
    """Check versions that wait: the broker was away, or a worker was killed in the middle."""
    waiting = DataVersion.objects.filter(state__in=[VersionState.WAITING, VersionState.CHECKING]).order_by("uploaded_at")
    return sum(check_version(pk) for pk in list(waiting.values_list("pk", flat=True)[:limit]))
