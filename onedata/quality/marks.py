"""What marks a missing value, from data/missing_marks.json."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).parent.parent / "data" / "missing_marks.json"


@lru_cache(maxsize=1)
def missing_marks() -> frozenset[str]:
    """In lower case."""
    return frozenset(one["mark"].lower() for one in json.loads(FILE.read_text("utf-8"))["marks"])
