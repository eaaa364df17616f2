"""A scratch database of the portal's PostgreSQL with the schema and reference data, for benchmarks that work inside Django."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from ntbportal.launcher.house import HOUSE, ROOT
from ntbportal.launcher.running import running_port


@contextmanager
def scratch(name: str) -> Iterator[Any]:
    """Django's connection to a new database of this name, dropped at the end. Redis: a database of its own, as caches are emptied."""
    if running_port() is None:
        sys.exit("start the portal first: ./portal up --detach")
    import psycopg

    environment = HOUSE.environment(demo=False, port=8000)
    home = environment["DATABASE_URL"]
    with psycopg.connect(home, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    os.environ |= environment | {"DATABASE_URL": urlunsplit(urlsplit(home)._replace(path=f"/{name}")), "HTTPS": "off"}
    os.environ["REDIS_URL"] = os.environ["REDIS_URL"].partition("?")[0] + ("?db=8" if "unix://" in os.environ["REDIS_URL"] else "/8")
    subprocess.run([sys.executable, "manage.py", "prepare", "--no-static"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    import django

    django.setup()
    from django.db import connection as database

    try:
        yield database
    finally:
        database.close()
        with psycopg.connect(home, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
