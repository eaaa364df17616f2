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

from ..models import DataVersion, Dimension, Finding, QualityReport, VersionState
from ..storage import local_path
from .checks import CHECKS, Outcome, Table
from .reading import Reading, Unreadable, as_utf8, detect, spreadsheet_as_csv
from .storing import guess_types, load_raw, store

log = logging.getLogger(__name__)
CLAIM = timedelta(minutes=15)  # after which a check that stopped (worker killed) may be taken up again
MEMORY = "2GB"
IN_MEMORY = 200_000_000


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
        duckdb.connect(_workplace(version, folder), config={"memory_limit": MEMORY, "threads": "2", "temp_directory": folder}) as db,
    ):
        source, sheet = local_path(version.original), ""
        if source.suffix == ".xlsx":
            sheet = spreadsheet_as_csv(source, Path(folder) / "sheet.csv")
            source = Path(folder) / "sheet.csv"
        reading = replace(detect(source, "," if sheet else ""), sheet=sheet)
        ragged = load_raw(db, as_utf8(source, reading.encoding, Path(folder) / "utf8.csv"), reading)
        count = db.execute("SELECT count(*) FROM raw_cells").fetchone()
        rows = int(count[0]) if count else 0
        if not rows:
            raise Unreadable("no_rows")
        _progress(version, 25, "types")
        target = Path(folder) / "table.parquet"
        columns = store(db, reading.header, guess_types(db, reading.header, rows), target)
        table = Table(db, columns, rows, version.data_set, _known_region_codes)
        outcomes = []
        if ragged:
            outcomes.append(Outcome(Dimension.VALIDITY, tested=rows + len(ragged), failed=len(ragged), findings=ragged[:50]))
        for number, (name, check) in enumerate(CHECKS):
            _progress(version, 35 + 50 * number // len(CHECKS), name)
            outcomes.append(check(table))
        _progress(version, 90, "storing")
        _settle(version, reading, columns, rows, outcomes, target, time.monotonic() - started)


def _workplace(version: DataVersion, folder: str) -> str:
    """In memory while the file is small; a large one on disk, so that it need not fit."""
    return ":memory:" if version.size <= IN_MEMORY else str(Path(folder) / "table.duckdb")


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
    version.columns = columns
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
