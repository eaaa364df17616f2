"""Stamps: cheap counters in Redis that say whether something changed, so that an open page can ask without
touching the database. Lost stamps only cost one needless reload; without Redis the pages are reloaded by hand."""

from __future__ import annotations

import time
from collections.abc import Iterable

from django.core.cache import cache
from django.db import transaction


def touch_after_commit(names: Iterable[str]) -> None:
    """Give each name a new stamp once the present transaction has been committed."""
    names = list(names)

    def touch() -> None:
        value = time.time_ns()
        cache.set_many({f"stamp:{name}": value for name in names}, timeout=None)

    transaction.on_commit(touch)


def read(names: Iterable[str]) -> str:
    """One value for all names together; differs as soon as one of them was touched."""
    keys = [f"stamp:{name}" for name in names]
    found = cache.get_many(keys)
    return "-".join(str(found.get(key, 0)) for key in keys)
