"""From a CSV of 1,000,000 rows to a queryable table, and its checks, against bare DuckDB and frictionless in one run.

./portal bench checks
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import _peers
import duckdb

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ntbportal.settings")
import django

django.setup()
from onedata.quality import storing  # noqa: E402
from onedata.quality.checks import CHECKS, Table  # noqa: E402
from onedata.quality.constraints import constraints  # noqa: E402
from onedata.quality.reading import detect  # noqa: E402

ROWS, SAMPLE = 1_000_000, 40_000
ROUNDS = 7
FRICTIONLESS = """
import json, sys, time, frictionless
from frictionless import Checklist, checks, Resource, Schema
frictionless.system.trusted = True
resource = Resource(path=sys.argv[1], schema=Schema.from_descriptor({"fields": json.loads(sys.argv[2])}))
started = time.perf_counter()
report = resource.validate(
    Checklist(checks=[checks.duplicate_row(), checks.deviated_value(field_name="nilai"), checks.deviated_value(field_name="jumlah")]),
    limit_errors=1000,
)
print(time.perf_counter() - started)
"""
CODES = [f"52.{n:02}" for n in range(1, 9)]
# The eight checks, the same on both sides: filled, types, no stray spaces, no double rows, known codes, far values, limits,
# pattern. (Ours also looks at lateness.) Frictionless writes them as constraints and checks of its own:
FIELDS = [
    {"name": "kode_wilayah", "type": "string", "constraints": {"required": True, "enum": CODES}},
    {"name": "tahun", "type": "integer", "constraints": {"required": True, "minimum": 1990, "maximum": 2030}},
    {"name": "komoditas", "type": "string", "constraints": {"required": True, "pattern": r"\S(.*\S)?"}},
    {"name": "jumlah", "type": "integer", "constraints": {"required": True, "minimum": 0}},
    {"name": "nilai", "type": "number", "constraints": {"required": True, "minimum": 0}},
    {"name": "desa", "type": "string", "constraints": {"required": True, "pattern": "Desa [0-9]+"}},
]


class NoReleases:
    def filter(self, **_options: object) -> NoReleases:
        return self

    def order_by(self, *_names: str) -> NoReleases:
        return self

    def first(self) -> None:
        return None


@dataclass
class DataSetLike:
    """What the checks ask of a data set, without a database."""

    next_due: None = None
    extra_checks: tuple[()] = ()
    releases: NoReleases = field(default_factory=NoReleases)
    schema: list[dict[str, object]] = field(
        default_factory=lambda: [
            {"name": "tahun", "minimum": "1990", "maximum": "2030"},
            {"name": "jumlah", "minimum": "0"},
            {"name": "nilai", "minimum": "0"},
            {"name": "desa", "pattern": "Desa [0-9]+"},
        ]
    )


def timed(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def ours(source: Path, folder: str) -> tuple[float, float]:
    """Seconds to a typed Parquet file, and seconds of the checks."""
    with duckdb.connect(":memory:", config={"threads": "2"}) as db:
        started = time.perf_counter()
        reading = detect(source)
        storing.load_raw(db, source, reading, Path(folder))
        wishes = storing.Wishes(known_codes=frozenset(CODES))
        planned = storing.plans(db, reading.header, ROWS, wishes)
        columns = [plan.column() for plan in storing.store(db, planned, ROWS, Path(folder) / "ours.parquet", wishes)]
        queryable = time.perf_counter() - started
        table = Table(db, columns, ROWS, DataSetLike(), lambda: CODES)  # type: ignore[arg-type]
        if os.environ.get("BENCH_PROFILE"):
            for name, check in CHECKS:
                print(f"  {name:14} {timed(lambda check=check: check(table)) * 1000:6.0f} ms")  # type: ignore[misc]
            print(f"  constraints    {timed(lambda: constraints(table)) * 1000:6.0f} ms")
        checking = timed(lambda: [*(check(table) for _name, check in CHECKS), *constraints(table)])
        bare = timed(lambda: bare_checks(db))
    print(f"checks alone: {checking:.2f} s; the same questions in bare DuckDB: {bare:.2f} s; ratio {checking / bare:.2f}")
    return queryable, checking


def bare_checks(db: duckdb.DuckDBPyConnection) -> None:
    """The same questions, one statement each, written by hand for this table."""
    names = ("kode_wilayah", "tahun", "komoditas", "jumlah", "nilai", "desa")
    db.execute("SELECT " + ", ".join(f"count(*) FILTER (WHERE {name} IS NULL)" for name in names) + " FROM raw").fetchall()
    typed = ", ".join(
        f"count(*) FILTER (WHERE {name} IS NOT NULL AND TRY_CAST({name} AS DOUBLE) IS NULL)" for name in ("tahun", "jumlah", "nilai")
    )
    db.execute(f"SELECT {typed} FROM raw").fetchall()
    db.execute(
        "SELECT count(*) FILTER (WHERE komoditas <> trim(komoditas)), count(*) FILTER (WHERE desa <> trim(desa)) FROM raw"
    ).fetchall()
    db.execute(f"SELECT count(*) - count(DISTINCT ({', '.join(names)})) FROM raw").fetchall()
    db.execute(
        "SELECT count(*) FROM raw WHERE kode_wilayah NOT IN ('52.01', '52.02', '52.03', '52.04', '52.05', '52.06', '52.07', '52.08')"
    ).fetchall()
    for name in ("jumlah", "nilai"):
        db.execute(f"SELECT quantile_cont({name}, [0.25, 0.75]) FROM typed").fetchall()
    limits = "tahun < 1990 OR tahun > 2030 OR jumlah < 0 OR nilai < 0"
    db.execute(f"SELECT count(*) FROM typed WHERE {limits}").fetchall()
    db.execute("SELECT count(*) FROM raw WHERE NOT regexp_full_match(desa, 'Desa [0-9]+')").fetchall()


def bare_parquet(source: Path, folder: str) -> float:
    """Seconds that DuckDB alone takes from CSV to Parquet."""
    with duckdb.connect(config={"threads": "2"}) as db:
        return timed(
            lambda: db.execute(f"COPY (SELECT * FROM read_csv('{source}')) TO '{folder}/bare.parquet' (FORMAT parquet, COMPRESSION zstd)")
        )


def main() -> None:
    _peers.install()
    source = _peers.table(ROWS)
    with tempfile.TemporaryDirectory() as folder:
        # in turn, as the machine's speed drifts and the first reading of a file is of the disk
        rounds = [(*ours(source, folder), bare_parquet(source, folder)) for _round in range(ROUNDS)]
    queryable, checking, bare = (statistics.median(one) for one in zip(*rounds, strict=True))
    ratios = sorted(mine / theirs for mine, _checks, theirs in rounds)
    print(
        f"CSV of {ROWS:,} rows to a queryable table: {queryable:.2f} s; bare DuckDB CSV to Parquet: {bare:.2f} s (medians of {ROUNDS} rounds); "
        f"ratio {queryable / bare:.2f} (single rounds {ratios[0]:.2f} to {ratios[-1]:.2f})"
    )
    done = subprocess.run(
        [str(_peers.PYTHON), "-c", FRICTIONLESS, str(_peers.table(SAMPLE)), json.dumps(FIELDS)],
        capture_output=True,
        text=True,
        cwd="/",
        env={"PATH": os.environ["PATH"]},
    )
    if done.returncode:
        sys.exit(done.stderr[-500:])
    theirs = SAMPLE / float(done.stdout.strip().splitlines()[-1])
    print(f"checks: {ROWS / checking:,.0f} rows a second; frictionless {theirs:,.0f} rows a second; ratio {ROWS / checking / theirs:.0f}")


if __name__ == "__main__":
    main()
