"""A cache that may be away: what cannot be read is not there, what cannot be written is not kept. Pages go on, slower."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

T = TypeVar("T")
_remembered: dict[Callable[[], Any], tuple[float, Any]] = {}


def remembered(make: Callable[[], T], seconds: float = 5.0) -> T:
    """What `make` gives, kept in the process for some seconds: for short lists that hot paths ask for all the time."""
    known = _remembered.get(make)
    now = time.monotonic()
    if known is None or now - known[0] > seconds:
        known = _remembered[make] = (now, make())
    return known[1]  # type: ignore[no-any-return]


def forget_remembered() -> None:
    _remembered.clear()


def _or(answer: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Answer this where Redis does not."""

    def decorate(method: Callable[..., Any]) -> Callable[..., Any]:
        def forgiving(self: Any, *args: Any, **options: Any) -> Any:
            try:
                return method(self, *args, **options)
            except (RedisError, OSError) as error:
                log.warning("cache away: %s", error)
                return answer() if callable(answer) else answer

        return forgiving

    return decorate


class KeptClients(RedisCacheClient):
    """Django makes a client for each question, which costs more than the question; a client is safe to share."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._kept: dict[int, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        index = self._get_connection_pool_index(write)
        if index not in self._kept:
            self._kept[index] = super().get_client(key, write=write)
        return self._kept[index]


class ForgivingRedisCache(RedisCache):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._class = KeptClients

    add = _or(False)(RedisCache.add)
    set = _or(None)(RedisCache.set)
    touch = _or(False)(RedisCache.touch)
    delete = _or(False)(RedisCache.delete)
    get_many = _or(dict)(RedisCache.get_many)
    has_key = _or(False)(RedisCache.has_key)
    set_many = _or(list)(RedisCache.set_many)
    delete_many = _or(None)(RedisCache.delete_many)

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        try:
            return super().get(key, default, version)
        except (RedisError, OSError) as error:
            log.warning("cache away: %s", error)
            return default

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> int:
        """As Django: ValueError where the key is not there, which includes where Redis is not."""
        try:
            return super().incr(key, delta, version)
        except (RedisError, OSError) as error:
            raise ValueError(f"cache away: {error}") from error

    def count_up(self, key: str, seconds: int, by: int = 1) -> int:
        """`by` more of `key`, which is forgotten `seconds` after the first; 0 where Redis is away. One question, where Django's
        incr asks two."""
        try:
            full = self.make_and_validate_key(f"{key}:n")
            client = self._cache.get_client(full, write=True)
            count = int(client.incr(full, by))
            if count == by:
                client.expire(full, seconds)
            return count
        except (RedisError, OSError) as error:
            log.warning("cache away: %s", error)
            return 0

    def ping(self) -> bool:
        """Whether Redis answers."""
        try:
            return bool(self._cache.get_client(None, write=True).ping())
        except (RedisError, OSError):
            return False
