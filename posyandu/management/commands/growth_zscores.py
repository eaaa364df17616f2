"""z-scores for a whole survey, as WHO's `anthro` would add them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError

from posyandu.growth.zscores import PLAUSIBLE, growth_scores

NEEDED = ("sex", "age_days", "weight_kg", "lenhei_cm", "measure", "oedema", "headc_cm")
NAMES = ("len", "wei", "wfl", "bmi", "hc")
BATCH = 50_000


class Command(BaseCommand):
    help = (
        "Read IN.csv with the columns sex (M/F), age_days, weight_kg, lenhei_cm, measure (L/H or empty), oedema (y/n), "
        "headc_cm, and write OUT.csv with zlen, flen, zwei, fwei, zwfl, fwfl, zbmi, fbmi, zhc, fhc added."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("input", type=Path)
        parser.add_argument("output", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        source, target = options["input"], options["output"]
        if not source.exists():
            raise CommandError(f"{source} does not exist.")
        partial = target.with_name(target.name + ".part")
        try:
            with source.open(encoding="utf-8-sig", newline="") as reading, partial.open("w", encoding="utf-8", newline="") as writing:
                count = self.convert(reading, writing)
        except UnicodeDecodeError as error:
            partial.unlink(missing_ok=True)
            raise CommandError(f"{source} is not UTF-8 text: {error}") from error
        except CommandError:
            partial.unlink(missing_ok=True)
            raise
        partial.replace(target)
        self.stdout.write(f"{count} children written to {target}")

    def convert(self, reading: Any, writing: Any) -> int:
        reader = csv.DictReader(reading)
        header = list(reader.fieldnames or [])
        missing = [name for name in NEEDED if name not in header]
        if missing:
            raise CommandError(f"the file lacks the column(s) {', '.join(missing)}; it has {', '.join(header) or 'none'}.")
        writer = csv.writer(writing, lineterminator="\n")
        writer.writerow([*header, *(f"{kind}{name}" for name in NAMES for kind in "zf")])
        done = 0
        while rows := list(islice(reader, BATCH)):
            writer.writerows(self.scored(rows, header, done + 2))
            done += len(rows)
        return done

    def scored(self, rows: list[dict[str, str]], header: list[str], first_line: int) -> Iterator[list[str]]:
        def text(name: str) -> list[str]:
            return [(row[name] or "").strip().upper() for row in rows]

        def numbers(name: str) -> list[float]:
            found = []
            for line, value in enumerate(text(name), start=first_line):
                try:
                    number = float(value) if value not in {"", "NA"} else float("nan")
                except ValueError:
                    raise CommandError(f"line {line}, column {name}: '{value}' is not a number.") from None
                found.append(number)
            return found

        for name, allowed in (("sex", {"M", "F", "", "NA"}), ("measure", {"L", "H", "", "NA"}), ("oedema", {"Y", "N", "", "NA"})):
            for line, value in enumerate(text(name), start=first_line):
                if value not in allowed:
                    raise CommandError(f"line {line}, column {name}: '{value}' is not one of {', '.join(sorted(allowed - {'', 'NA'}))}.")
        scores = growth_scores(
            text("sex"),
            numbers("age_days"),
            numbers("weight_kg"),
            numbers("lenhei_cm"),
            text("measure"),
            [value == "Y" for value in text("oedema")],
            numbers("headc_cm"),
        )
        assert set(NAMES) == set(PLAUSIBLE)
        columns = []
        for name in NAMES:
            z, flag = getattr(scores, f"z{name}"), getattr(scores, f"f{name}")
            columns.append(["" if np.isnan(value) else f"{value:.2f}" for value in z])
            columns.append(["" if np.isnan(value) else str(int(mark)) for value, mark in zip(z, flag, strict=True)])
        for row, *added in zip(rows, *columns, strict=True):
            yield [*(row[name] for name in header), *added]
