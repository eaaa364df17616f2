"""Words of spreadsheets that stand for a value: sex, way of measuring, oedema, relation. They come from one table (data/words.json, with
sources); what is not in it is unknown, and whoever reads says so instead of guessing."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import lru_cache
from pathlib import Path

TABLE = Path(__file__).parent / "data" / "words.json"
WHOLE_NUMBER = re.compile(r"(\d{1,18})[.,]0{1,9}")  # a code that a spreadsheet kept as a number


@lru_cache(maxsize=4096)
def bare(text: str) -> str:
    """A word without case, spaces and punctuation; digits and plus signs are part of it, and so is a lone dash."""
    plain = unicodedata.normalize("NFKC", text).casefold().strip()
    if whole := WHOLE_NUMBER.fullmatch(plain):
        return whole[1]
    return re.sub(r"[\W_]", "", plain.replace("+", "plus")) or ("-" if plain in {"-", "–", "—"} else "")


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, str]]:
    """By kind, the value of each bare word."""
    found: dict[str, dict[str, str]] = {}
    for kind, row in json.loads(TABLE.read_text("utf-8")).items():
        found[kind] = {bare(word): value for value, words in row["words"].items() for word in words}
    return found


def value_of(kind: str, text: str) -> str | None:
    """The value that a word stands for, of kind "sex" (M, F), "measure" (L, H, or "" for not said), "oedema" (yes, no) or "relation"
    (values of models.Relation); None where the table does not know the word."""
    return _table()[kind].get(bare(text))


def examples(kind: str) -> str:
    """The first word for each value, for telling what would be understood."""
    rows = json.loads(TABLE.read_text("utf-8"))[kind]["words"]
    return ", ".join(words[0] for value, words in rows.items() if value)
