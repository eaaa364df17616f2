"""Stamps: cheap counters in Redis that say whether something changed, so that an open page can ask without
touching the database. Lost stamps only cost one needless reload."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable

from django.core.cache import cache
from django.db import transaction

log = logging.getLogger(__name__)


def touch_after_commit(names: Iterable[str]) -> None:
    """Give each name a new stamp once the present transaction has been committed."""
    names = list(names)

    def touch() -> None:
        value = time.time_ns()
        try:
            cache.set_many({f"stamp:{name}": value for name in names}, timeout=None)
        except Exception:  # noqa: BLE001 - Redis away: pages fall back to their own reload
            log.warning("stamps could not be written: %s", names)

    transaction.on_commit(touch)


def read(names: Iterable[str]) -> str:
    """One value for all names together; differs as soon as one of them was touched."""
    keys = [f"stamp:{name}" for name in names]
    try:
        found = cache.get_many(keys)
    except Exception:  # noqa: BLE001
        return f"x{time.time_ns()}"
    return "-".join(str(found.get(key, 0)) for key in keys)
