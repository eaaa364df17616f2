"""How a text file is read: encoding, separator, decimal sign, types. Detected, never guessed silently: what was
detected is kept with the version and shown."""

from __future__ import annotations

import codecs
import csv
from dataclasses import dataclass
from pathlib import Path

SAMPLE = 262_144
SEPARATORS = (",", ";", "\t", "|")
MAX_COLUMNS = 2_000
SHARE_OF_TYPE = 0.9  # of the filled cells that must fit for a column to be of a type


class Unreadable(Exception):
    """The file is no table; `key` names the sentence to show, `values` fill it."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


@dataclass(frozen=True)
class Reading:
    encoding: str
    separator: str
    header: list[str]


def detect(path: Path) -> Reading:
    """Encoding, separator and header of a file. Raises Unreadable."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
    encoding = detect_encoding(sample)
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(sample)
    except UnicodeDecodeError as error:
        raise Unreadable("not_text") from error
    if not text.strip():
        raise Unreadable("empty")
    if "\x00" in text:
        raise Unreadable("not_text")
    separator = detect_separator(text)
    header = next(csv.reader(text.splitlines(), delimiter=separator))
    header = [name.strip() for name in header]
    if len(header) > MAX_COLUMNS:
        raise Unreadable("too_many_columns", found=len(header), limit=MAX_COLUMNS)
    blank = [str(place) for place, name in enumerate(header, start=1) if not name]
    if blank:
        raise Unreadable("blank_header", columns=", ".join(blank))
    lowered = [name.lower() for name in header]
    doubled = sorted({name for name in header if lowered.count(name.lower()) > 1})
    if doubled:
        raise Unreadable("double_header", columns=", ".join(doubled))
    return Reading(encoding, separator, header)


def detect_encoding(sample: bytes) -> str:
    """By byte order mark, else UTF-8 where it decodes, else Windows-1252."""
    for mark, name in ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if sample.startswith(mark):
            return name
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def detect_separator(text: str) -> str:
    """The sign that cuts the first lines into the most parts, equally many in each."""
    lines = [line for line in text.splitlines()[:50] if line.strip()][:20]
    if len(text) >= SAMPLE // 2 and len(lines) > 1:
        lines = lines[:-1]  # the last one may be cut off

    def regularity(separator: str) -> tuple[float, int]:
        widths = [len(row) for row in csv.reader(lines, delimiter=separator)]
        return (widths.count(widths[0]) / len(widths) if widths[0] > 1 else 0, widths[0])

    return max(SEPARATORS, key=regularity)


def as_utf8(path: Path, encoding: str, target: Path) -> Path:
    """The file itself if it is UTF-8 without a mark, else a copy that is."""
    if encoding == "utf-8":
        return path
    with path.open(encoding=encoding, errors="strict", newline="") as source, target.open("w", encoding="utf-8", newline="") as out:
        while chunk := source.read(1 << 20):
            out.write(chunk)
    return target
