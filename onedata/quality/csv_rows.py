"""Delimited text as people's programs write it, read line by line with an account of everything that does not fit.

DuckDB reads well-formed files much faster (`storing.load_raw`); this is for the others: mixed line ends, a quote that is never
closed, quotes inside quotes, rows longer or shorter than the header. Nothing is dropped without being counted.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

LINE_END = re.compile(r"\r\n|\r|\n")
MOST_JOINED = 200  # lines that one cell may go over
KEPT = 1000  # of each kind of trouble, shown with its line
CHUNK = 1 << 20


@dataclass
class Account:
    """What did not fit. Lines count from 1, as an editor shows them."""

    rows: int = 0  # written
    lost: list[tuple[int, str]] = field(default_factory=list)  # line, its text
    lost_count: int = 0
    short: list[int] = field(default_factory=list)  # lines with fewer cells than the header: the others are empty
    short_count: int = 0
    stray_quotes: list[int] = field(default_factory=list)  # lines whose quote was never closed, kept as a sign
    stray_count: int = 0
    notes: list[str] = field(default_factory=list)  # lines below the table: its source, remarks

    def lose(self, line: int, text: str) -> None:
        self.lost_count += 1
        if len(self.lost) < KEPT:
            self.lost.append((line, text[:300]))


_odd: list[int] = []


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """A byte that is no UTF-8 as Windows-1252 has it; one that has none there as Latin-1."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    raw = error.object[error.start : error.start + 1]
    _odd.append(error.start)
    try:
        return raw.decode("cp1252"), error.start + 1
    except UnicodeDecodeError:
        return raw.decode("latin-1"), error.start + 1


codecs.register_error("ntb-windows", _as_windows)


def utf8_copy(path: Path, target: Path, encoding: str) -> int:
    """Write the text as UTF-8; returns how many bytes were not of the encoding and were read as Windows-1252."""
    _odd.clear()
    decoder = codecs.getincrementaldecoder(encoding)(errors="ntb-windows")
    with path.open("rb") as source, target.open("w", encoding="utf-8", newline="") as out:
        while chunk := source.read(CHUNK):
            out.write(decoder.decode(chunk))
        out.write(decoder.decode(b"", final=True))
    return len(_odd)


def is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def line_ends(path: Path) -> set[str]:
    """Which of \\r\\n, \\n and \\r end lines (or stand in cells) in a file of UTF-8."""
    pairs = feeds = returns = 0
    before = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            pairs += chunk.count(b"\r\n") + (before == b"\r" and chunk[:1] == b"\n")
            feeds += chunk.count(b"\n")
            returns += chunk.count(b"\r")
            before = chunk[-1:]
    return {name for name, count in (("\r\n", pairs), ("\n", feeds - pairs), ("\r", returns - pairs)) if count}


def lines_of(path: Path) -> Iterator[tuple[str, str]]:
    """Lines and how each ends, whatever mix of ends there is."""
    rest = ""
    with path.open(encoding="utf-8-sig", newline="") as file:
        while chunk := file.read(CHUNK):
            text = rest + chunk
            if text.endswith("\r"):  # the other half of the end may come yet
                more = file.read(1)
                text += more
            start = 0
            for end in LINE_END.finditer(text):
                yield text[start : end.start()], end[0]
                start = end.end()
            rest = text[start:]
    if rest:
        yield rest, ""


class _Buffered:
    """Lines with a look ahead."""

    def __init__(self, lines: Iterator[tuple[str, str]]) -> None:
        self.lines, self.waiting, self.number = lines, list[tuple[str, str]](), 0

    def next(self) -> tuple[str, str] | None:
        self.number += 1
        if self.waiting:
            return self.waiting.pop(0)
        return next(self.lines, None)

    def peek(self, place: int) -> tuple[str, str] | None:
        while len(self.waiting) <= place:
            found = next(self.lines, None)
            if found is None:
                return None
            self.waiting.append(found)
        return self.waiting[place]

    def skip(self, count: int) -> None:
        del self.waiting[:count]
        self.number += count


def cells_of(text: str, separator: str, backslash: bool = False) -> tuple[list[str], bool]:
    """Cells of a line, and whether its last quote is closed.

    A quote ends a cell only before a separator or the end; other quotes inside are part of the text.
    """
    if '"' not in text:
        return text.split(separator), True
    cells: list[str] = []
    place, length = 0, len(text)
    while place <= length:
        if text[place : place + 1] != '"':
            end = text.find(separator, place)
            end = length if end < 0 else end
            cells.append(text[place:end])
            place = end + 1
            continue
        parts, start = [], place + 1
        while True:
            end = text.find('"', start)
            if end < 0:
                return [*cells, "".join(parts) + text[start:]], False
            after = text[end + 1 : end + 2]
            if backslash and end > start and text[end - 1] == "\\":
                parts.append(text[start : end - 1] + '"')
                start = end + 1
            elif after == '"' and text[end + 2 : end + 3] not in {separator, ""}:
                parts.append(text[start : end + 1])
                start = end + 2
            elif after in {separator, ""}:
                parts.append(text[start:end])
                place = end + 2
                break
            elif after == '"':  # two quotes before a separator: one of the text, and the end
                parts.append(text[start : end + 1])
                start = end + 2
                if text[start : start + 1] in {separator, ""} and _opens(text, start, separator):
                    place = start + 1
                    break
            elif not text[end + 1 :].partition(separator)[0].strip():  # spaces after the quote
                parts.append(text[start:end])
                place = end + 1 + len(text[end + 1 :].partition(separator)[0]) + 1
                break
            else:
                parts.append(text[start : end + 1])
                start = end + 1
        cells.append("".join(parts))
    return cells, True


def _opens(text: str, start: int, separator: str) -> bool:
    """Whether the cell that began is over at `start`, as no further quote closes it."""
    return text.find('"', start) < 0


def written_anew(path: Path, target: Path, separator: str, skip: int, width: int, backslash: bool = False) -> Account:
    """Write the rows below the first `skip` rows as clean CSV of `width` columns; returns the account of what did not fit.

    A row with more cells than the header is lost unless those beyond are empty; one with fewer is filled up.
    """
    account = Account()
    lines = _Buffered(lines_of(path))
    with target.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
        passed = 0
        while (found := lines.next()) is not None:
            number, text = lines.number, found[0]
            cells, closed = cells_of(text, separator, backslash)
            if not closed:
                cells = _joined(lines, found, separator, width if passed >= skip else 0, backslash) or []
                if not cells:
                    cells = text.split(separator)
                    if passed >= skip:
                        account.stray_count += 1
                        account.stray_quotes = [*account.stray_quotes, number][:KEPT]
            if passed < skip:
                passed += 1
                continue
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > width and any(cell.strip() for cell in cells[width:]):
                account.lose(number, text)
                continue
            if len(cells) < width:
                account.short_count += 1
                account.short = [*account.short, number][:KEPT]
            writer.writerow([*cells[:width], *[""] * (width - len(cells))])
            account.rows += 1
    return account


def _joined(lines: _Buffered, first: tuple[str, str], separator: str, width: int, backslash: bool) -> list[str] | None:
    """A row whose cell goes over several lines, where it ends properly and has as many cells as the header; else None."""
    text, end = first
    for place in range(MOST_JOINED):
        following = lines.peek(place)
        if following is None:
            return None
        text += end + following[0]
        end = following[1]
        if len(text) > 10_000_000:
            return None
        cells, closed = cells_of(text, separator, backslash)
        if closed:
            swallowed = [lines.waiting[number][0] for number in range(place + 1)]
            if width and (
                len(cells) != width or _hides_rows(cells, separator, width) or _are_rows(first[0], swallowed, separator, width, backslash)
            ):
                return None
            lines.skip(place + 1)
            return cells
    return None


def _are_rows(first: str, following: list[str], separator: str, width: int, backslash: bool) -> bool:
    """Whether each of the lines is a row by itself: then a quote was opened by mistake."""
    if width < 2 or len(first.split(separator)) != width:
        return False
    return all(
        cells_of(line, separator, backslash) == (cells, True) and len(cells) == width
        for line in following
        for cells in [cells_of(line, separator, backslash)[0]]
    )


def _hides_rows(cells: list[str], separator: str, width: int) -> bool:
    """Whether a cell holds lines that are rows themselves: a quote that was opened by mistake and closed by another."""
    return width > 1 and any(
        len(line.split(separator)) == width for cell in cells if "\n" in cell or "\r" in cell for line in LINE_END.split(cell)[1:-1]
    )
