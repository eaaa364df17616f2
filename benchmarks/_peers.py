"""Peers in an environment of their own, and the table all of them read."""

from __future__ import annotations

import subprocess
from pathlib import Path

from ntbportal.launcher.house import ROOT

FOLDER = ROOT / "var" / "peers"
PYTHON = FOLDER / "venv" / "bin" / "python"


def install() -> None:
    wanted = (ROOT / "benchmarks" / "requirements.txt").read_text()
    stamp = FOLDER / "installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    uv = str(ROOT / ".venv" / "bin" / "uv")
    subprocess.run([uv, "venv", "--quiet", "--clear", str(FOLDER / "venv")], check=True)
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--python", str(PYTHON), "-r", str(ROOT / "benchmarks" / "requirements.txt")], check=True
    )
    stamp.write_text(wanted)


def table(rows: int = 1_000_000) -> Path:
    """A CSV with a region code, a year, a category, a whole number and a fraction; always the same."""
    import duckdb

    path = FOLDER / f"table-{rows}.csv"
    if not path.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        with duckdb.connect() as db:
            db.execute("SELECT setseed(0.5)")
            db.execute(
                f"""COPY (SELECT '52.' || lpad((1 + i % 8)::VARCHAR, 2, '0') AS kode_wilayah, 2015 + (i * 7 % 11) AS tahun,
                    ['Padi', 'Jagung', 'Kedelai', 'Bawang', 'Cabai'][1 + (i * 13 % 5)] AS komoditas, (i * 7919) % 100003 AS jumlah,
                    round(((i * 104729) % 1000003) / 1000.0, 3) AS nilai, 'Desa ' || (i % 1166) AS desa
                    FROM range({rows}) t(i)) TO '{path}' (HEADER)"""
            )
    return path
