"""Checking a version from the file as sent to the stored table and its report. Safe to run twice."""

from __future__ import annotations

import csv
import hashlib
import json
import logging
import re
import secrets
import tempfile
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import urlsplit

import duckdb
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ntbportal.commons.fetching import Unreachable, fetch_to
from ntbportal.commons.places import Region
from ntbportal.commons.spreadsheets import csv_lines, restored
from ntbportal.commons.tasks import send_soon

from ..formats import ENDINGS, MEDIA_ENDINGS
from ..holding import note_personal_data
from ..models import Code, DataSet, DataVersion, Dimension, Finding, PastScore, QualityReport, Severity, VersionState
from ..search import refresh_contents
from ..serving import WRITTEN, measure
from ..storage import local_path
from .checks import CHECKS, Found, Outcome, Table
from .constraints import constraints
from .csv_rows import Account
from .geojson import json_as_csv
from .losses import losses_in_numbers, tally
from .personal import look_for_personal_data
from .reading import SPREADSHEETS, Reading, Unreadable, as_utf8_counted, check_header, detect, spreadsheet_as_csv, way_of
from .rules import extra_checks
from .storing import Plan, Wishes, almost_findings, load_parquet, load_raw, plans, row_findings, store

log = logging.getLogger(__name__)
CLAIM = timedelta(minutes=15)  # after which a check that stopped (worker killed) may be taken up again
GEOJSON = {".geojson", ".json"}
MEMORY = "2GB"
# whatever a reading library raises: the file is not read then, and the person is told so in plain words. The database's own errors
# (OperationalError) are none of them: the task is tried again
UNREADABLE = (
    duckdb.Error, UnicodeError, OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, ArithmeticError,
    EOFError, csv.Error, zlib.error,
)  # fmt: skip
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
        version.reading, version.error = {"claimed": timezone.now().isoformat()}, ""
        version.save(update_fields=["state", "progress", "step", "reading", "error"])
    try:
        _check(version)
    except Unreadable as problem:
        _settle_broken(version, problem.key, problem.values)
    except (duckdb.OutOfMemoryException, MemoryError) as problem:
        log.warning("version %s is too large: %s", version.pk, problem)
        _settle_broken(version, "too_large_to_read", {})
    except UNREADABLE as problem:
        # what a library says of its own insides is for the log, never for a person
        log.warning("version %s unreadable: %r", version.pk, problem)
        _settle_broken(version, "too_broken", {})
    return True


def recheck(version_id: int) -> bool:
    """Look again at a checked version, by the schema and checks of today: the report is renewed, the table stays."""
    version = DataVersion.objects.select_related("data_set").filter(pk=version_id, state=VersionState.READY).first()
    if version is None:
        return False
    try:
        _check(version)
    except (Unreadable, *UNREADABLE) as problem:
        log.warning("version %s could not be looked at again: %s", version.pk, problem)
        return False
    if version.data_set.current_id == version.pk:
        refresh_contents(version.data_set)
        if version.served.get("written") != WRITTEN:
            measure(version)
    return True


def read_again(version: DataVersion, choices: dict[str, Any] | None = None) -> None:
    """Have a version that is not published read anew, by other choices or another schema. Raises ValidationError."""
    with transaction.atomic():
        version = DataVersion.objects.select_for_update().get(pk=version.pk)
        if version.published_at is not None:
            raise ValidationError(_("A published version is never changed. Upload a new one."))
        if choices is not None:
            version.choices = choices
        version.state, version.progress, version.step, version.reading = VersionState.WAITING, 0, "", {}
        version.save(update_fields=["choices", "state", "progress", "step", "reading"])
        transaction.on_commit(lambda: send_soon("onedata.check_version", version.pk))


def _fetch(version: DataVersion, folder: Path) -> None:
    """Bring in the file of a version that was given by its address. Raises Unreadable."""
    target = folder / "fetched"
    try:
        media_type, size = fetch_to(version.source_url, target)
    except Unreachable as problem:
        log.warning("%s could not be fetched: %s", version.source_url, problem)
        status = str(problem)
        is_answer = status.startswith("HTTP ")
        raise (Unreadable("bad_link_status", status=status) if is_answer else Unreadable("bad_link")) from problem
    suffix = PurePath(urlsplit(version.source_url).path).suffix.lower()
    suffix = suffix if suffix in ENDINGS else MEDIA_ENDINGS.get(media_type, "")
    if not suffix or not size:
        raise Unreadable("bad_link_kind")
    with target.open("rb") as file:
        version.sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        version.original.save(f"{secrets.token_hex(8)}{suffix}", File(file), save=False)
    version.size = size
    version.original_name = PurePath(urlsplit(version.source_url).path).name[:200] or f"data{suffix}"
    version.save(update_fields=["sha256", "original", "size", "original_name"])


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
        if version.source_url and not version.original:
            _progress(version, 5, "fetching")
            _fetch(version, Path(folder))
        reading, account = _load(db, version, Path(folder))
        count = db.execute("SELECT count(*) FROM raw_cells").fetchone()
        rows = int(count[0]) if count else 0
        if not rows:
            raise Unreadable("no_rows")
        _progress(version, 25, "types")
        target = Path(folder) / "table.parquet"
        wishes = _wishes(version, reading)
        planned = store(db, plans(db, reading.header, rows, wishes), rows, target, wishes)
        columns = [plan.column() for plan in planned]
        table = Table(db, columns, rows, version.data_set, _known_region_codes, codes_of)
        outcomes = _row_outcomes(reading, account, planned, rows) + _almost_outcomes(db, planned, rows)
        for number, (name, check) in enumerate(CHECKS):
            _progress(version, 35 + 50 * number // len(CHECKS), name)
            outcomes.append(check(table))
        outcomes += [*constraints(table), *extra_checks(table), *link_outcome(version.data_set)]
        _progress(version, 88, "personal data")
        personal = look_for_personal_data(table)
        _progress(version, 90, "storing")
        found = Checked(reading, columns, rows, outcomes, tally(db, planned, account, reading), personal)
        _settle(version, found, target, time.monotonic() - started)


@dataclass
class Checked:
    """What a check found in a version."""

    reading: Reading
    columns: list[dict[str, Any]]
    rows: int
    outcomes: list[Outcome]
    losses: dict[str, Any]
    personal: list[dict[str, Any]]


def _wishes(version: DataVersion, reading: Reading) -> Wishes:
    declared = {field["name"]: field["type"] for field in version.data_set.schema if field.get("type")}
    chosen = dict(version.choices.get("ways") or {})
    current = getattr(version.data_set, "current", None)
    if current is not None and current.pk != version.pk:
        # texts of a typed source that come back as CSV are texts still
        texts = [column["name"] for column in current.columns if column.get("way") == "source" and column["type"] == "string"]
        declared = dict.fromkeys(texts, "string") | declared
        if reading.is_own:
            own = {"integer": "exact_integer", "number": "exact_number", "date": "date", "datetime": "datetime", "boolean": "boolean"}
            ways = {column["name"]: own.get(column["type"], "string") for column in current.columns if fits_plain(column)}
            chosen = ways | chosen
    if version.published_at:  # the table is never changed any more, only looked at again
        declared = {}
        as_stored = {"integer": "exact_integer", "number": "exact_number"}  # whatever was read then fits
        ways = {column["name"]: column.get("way", column["type"]) for column in version.columns}
        chosen = {name: as_stored.get(way, way) for name, way in ways.items()}
    return Wishes(reading.decimal, declared, chosen, reading.given, reading.natives, frozenset(_known_region_codes()))


def _row_outcomes(reading: Reading, account: Account, planned: list[Plan], rows: int) -> list[Outcome]:
    """What is wrong with the file before its cells are looked at."""
    outcome = Outcome(Dimension.VALIDITY, tested=rows + account.lost_count, failed=account.lost_count)
    outcome.findings = row_findings(account)
    validity, warning = Dimension.VALIDITY, Severity.WARNING
    if reading.odd_bytes:
        outcome.findings.append(Found("odd_bytes", validity, warning, count=reading.odd_bytes))
    for plan in planned:
        if plan.marked and plan.missing:
            said = ", ".join(plan.missing)
            outcome.findings.append(Found("missing_marks", validity, warning, column=plan.name, value=said, count=plan.marked))
        if plan.why:
            some = ", ".join(plan.sample)[:120]
            outcome.findings.append(Found(f"ask_{plan.why}", validity, Severity.ERROR, column=plan.name, value=some))
    outcome.findings += [Found("long_numbers", validity, warning, column=name) for name in reading.long_numbers]
    return [outcome] if outcome.findings or outcome.failed else []


def _almost_outcomes(db: duckdb.DuckDBPyConnection, planned: list[Plan], rows: int) -> list[Outcome]:
    found = []
    for plan in planned:
        if findings := almost_findings(db, plan):
            failed = next(one.count for one in findings if one.check == "kept_as_text")
            found.append(Outcome(Dimension.VALIDITY, tested=rows, failed=failed, findings=findings))
    return found


def _load(db: duckdb.DuckDBPyConnection, version: DataVersion, folder: Path) -> tuple[Reading, Account]:
    """The file as the table `raw_cells` of texts, whatever it is; how it was read, and what of it did not fit."""
    source = local_path(version.original)
    suffix, wished = source.suffix.lower(), version.choices
    if suffix == ".parquet":
        natives = load_parquet(db, source)
        check_header(list(natives))
        return Reading("parquet", "", list(natives), 0, 0, 0, natives=natives), Account()
    if suffix in GEOJSON:
        kinds = json_as_csv(source, folder / "features.csv")
        check_header(list(kinds))
        given = {name: way_of(kind) or "string" for name, kind in kinds.items()}
        long = tuple(name for name, kind in kinds.items() if "x" in kind)
        reading = Reading("utf-8", ",", list(kinds), given=given, long_numbers=long)
        return reading, load_raw(db, folder / "features.csv", reading, folder)
    if suffix in SPREADSHEETS:
        sheet = spreadsheet_as_csv(source, folder / "sheet.csv", wished.get("sheet", ""), hidden_too=True)
        wished = {**wished, "encoding": "utf-8", "separator": ","}
        reading = detect(folder / "sheet.csv", choices=wished)
        kinds = sheet.kinds(reading.header, reading.lines)
        reading = replace(
            reading, sheet=sheet.name, sheets=sheet.names, hidden=sheet.hidden,
            given={name: way for name, kind in kinds.items() if (way := way_of(kind))},
            long_numbers=tuple(name for name, kind in kinds.items() if "x" in kind),
            hidden_columns=tuple(reading.header[place - 1] for place in sheet.hidden_columns if place <= len(reading.header)),
            hidden_rows=sheet.hidden_rows, unsaid=sheet.unsaid, backslash=False,
        )  # fmt: skip
        return reading, load_raw(db, folder / "sheet.csv", reading, folder)
    if is_own_download(source, version):
        # our own download of this data set: its values are known to be written with points and apostrophes before formulas
        restore(source, folder / "own.csv")
        reading = replace(detect(folder / "own.csv", separator=","), is_own=True)
        return reading, load_raw(db, folder / "own.csv", reading, folder)
    reading = detect(source, choices=wished)
    path, odd = as_utf8_counted(source, reading.encoding, folder / "utf8.csv")
    return replace(reading, odd_bytes=odd), load_raw(db, path, reading, folder)


def fits_plain(column: dict[str, Any]) -> bool:
    """Whether a column's values fit a plain number or text: decimals of more than 15 digits and unsigned numbers do not."""
    stored = str(column.get("stored", ""))
    digits = re.match(r"DECIMAL\((\d+),", stored)
    return not stored or bool(digits and int(digits[1]) <= 15)


def is_own_download(source: Path, version: DataVersion) -> bool:
    """Whether a CSV file begins as we write the one of the data set's published version: with a mark and all names quoted."""
    current = getattr(version.data_set, "current", None)
    if current is None or not current.columns:
        return False
    header = next(csv_lines(current.column_names, [])).encode()
    with source.open("rb") as file:
        return file.read(len(header)) == header


def restore(source: Path, target: Path) -> None:
    """Take away again what was added against formulas when the file was written."""
    with source.open(encoding="utf-8-sig", newline="") as file, target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerows([restored(cell) for cell in row] for row in csv.reader(file))


def codes_of(slug: str) -> list[str]:
    """Codes of a reference list that are valid today."""
    return list(Code.objects.current().filter(code_list__slug=slug).values_list("code", flat=True))


def link_outcome(data_set: DataSet) -> list[Outcome]:
    """Timeliness: the address elsewhere, if there is one, answered when it was last tried."""
    if not data_set.link or data_set.link_checked_at is None:
        return []
    outcome = Outcome(Dimension.TIMELINESS, tested=1)
    if data_set.link_problem:
        outcome.failed = 1
        outcome.findings.append(Found("dead_link", outcome.dimension, Severity.ERROR, value=data_set.link_problem[:120]))
    return [outcome]


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
def _settle(version: DataVersion, checked: Checked, parquet: Path, seconds: float) -> None:
    reading, columns, rows, outcomes = checked.reading, checked.columns, checked.rows, checked.outcomes
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
    PastScore.objects.create(
        data_set=version.data_set,
        version=version.number,
        score=report.score,
        dimensions={name: part["score"] for name, part in dimensions.items()},
        findings=sum(len(outcome.findings) for outcome in outcomes),
    )
    version.rows, version.state, version.progress, version.step = rows, VersionState.READY, 100, ""
    version.reading = {"encoding": reading.encoding, "separator": reading.separator}
    extras = {
        "skipped": reading.skipped, "sheet": reading.sheet, "sheets": list(reading.sheets), "decimal": reading.decimal,
        "hidden": list(reading.hidden),
    }  # fmt: skip
    version.reading |= {name: value for name, value in extras.items() if value}
    if reading.header_rows > 1:
        version.reading["header_rows"] = reading.header_rows
    changed = ["rows", "state", "progress", "step", "reading", "error"]
    if version.published_at is None or not version.parquet:
        version.columns, version.losses = columns, checked.losses
        if version.loss_confirmed and version.loss_confirmed != losses_in_numbers(version.losses):
            version.loss_confirmed, version.loss_confirmed_by, version.loss_confirmed_at = {}, None, None
        changed += ["columns", "parquet", "parquet_sha256", "losses", "loss_confirmed", "loss_confirmed_by", "loss_confirmed_at"]
        with parquet.open("rb") as file:
            version.parquet_sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            version.parquet.save(f"{secrets.token_hex(8)}.parquet", File(file), save=False)
    version.save(update_fields=changed)
    note_personal_data(version, checked.personal)


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
