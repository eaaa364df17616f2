"""A backup holds what is really in use, or there is none; a restore changes nothing before it is known to be right.

One portal is made once, from the tables of the tests. Its database is the embedded one or another server, its files lie on disk or in a
stand-in of S3, its keys in var/ or in the environment.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import boto3
import pytest
from django.conf import settings
from moto.server import ThreadedMotoServer

from ntbportal.launcher import archive
from ntbportal.launcher.embedded_postgres_server import FAST_AND_LOSSY, POSTGRES_BIN_PATH, PostgresServer
from ntbportal.launcher.house import House, LauncherError
from ntbportal.launcher.running import postgres_of, redis_of
from tests.browser.conftest import Portal

pytestmark = pytest.mark.django_db  # its tables are copied
KEYS = {
    "FIELD_KEYS": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    "BLIND_INDEX_KEYS": secrets.token_hex(32),
}
BUCKET, S3_KEYS = "berkas", {"S3_ACCESS_KEY": "a", "S3_SECRET_KEY": "b"}
FILES = {"care/2026/11/foto.jpg": b"\xff\xd8 jalan", "onedata/tabel ü.csv": b"desa\n" * 9, "imports/1/file": b""}


class Kept(Portal):
    """A portal whose servers run, without web and worker."""

    def given(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the launcher with further variables of the environment."""
        return subprocess.run(
            [sys.executable, "-m", "ntbportal.launcher", *arguments],
            cwd=settings.ROOT,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
        )

    def ask(self, question: str, server: PostgresServer | None = None) -> str:
        sockets = server.sockets if server else House(self.var).run
        command = [str(POSTGRES_BIN_PATH / "psql"), "-h", str(sockets), "-U", "ntb", "-AtXq", "-v", "ON_ERROR_STOP=1", "ntb"]
        return subprocess.run(command, input=question, capture_output=True, text=True, check=True).stdout.strip()

    def tables(self, server: PostgresServer | None = None) -> str:
        """Every table with the number of its rows."""
        return self.ask(
            "SELECT format('SELECT %L, count(*) FROM %I', relname, relname) FROM pg_class "
            "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname \\gexec\n",
            server,
        )

    def lay_out(self) -> None:
        """The files of the portal, and nothing else."""
        shutil.rmtree(self.var / "media", ignore_errors=True)
        for name, content in FILES.items():
            path = self.var / "media" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def secrets(self) -> dict[str, str]:
        folder = self.var / "secrets"
        return {path.name: path.read_text() for path in folder.iterdir()} if folder.exists() else {}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def tables_of_the_tests(portal: Kept) -> None:
    """Every table, trigger and function of the portal, as the tests' own database has them, and somebody in it."""
    from django.db import connection

    from ntbportal.commons.people import User

    given = connection.settings_dict
    where = ["-h", given["OPTIONS"].get("host") or given["HOST"] or "localhost", "-U", given["USER"]]
    dump = [str(POSTGRES_BIN_PATH / "pg_dump"), *where, "--schema-only", "--no-owner", given["NAME"]]
    portal.ask(subprocess.run(dump, capture_output=True, text=True, check=True).stdout)
    somebody = User(username="tetap", email="tetap@example.org", phone="081234567890", full_name="Tetap")
    row = {field.column: field.get_prep_value(getattr(somebody, field.attname)) for field in User._meta.concrete_fields}
    said = json.dumps({**row, "id": 1}, default=str).replace("'", "''")
    portal.ask(f"INSERT INTO public.commons_user SELECT * FROM jsonb_populate_record(NULL::public.commons_user, '{said}')")


@pytest.fixture(scope="session")
def kept(django_db_setup: None) -> Iterator[Kept]:
    var = settings.ROOT / "var" / "test" / f"kept-{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}"
    shutil.rmtree(var, ignore_errors=True)
    portal, house = Kept(var), House(var)
    house.make_folders()
    postgres, redis = postgres_of(house, FAST_AND_LOSSY), redis_of(house, durable=False)
    try:
        postgres.start()
        redis.start()
        tables_of_the_tests(portal)
        portal.lay_out()
        yield portal
    finally:
        redis.stop()
        postgres.stop()
        shutil.rmtree(var, ignore_errors=True)


@pytest.fixture(scope="session")
def other_server(kept: Kept) -> Iterator[PostgresServer]:
    """A PostgreSQL that is not the portal's own, as a ministry's data centre gives one."""
    house = House(kept.var / "lain")
    server = postgres_of(house, FAST_AND_LOSSY)
    house.make_folders()
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def s3() -> Iterator[tuple[Any, dict[str, str]]]:
    """A bucket and the settings that name it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    address = "http://{}:{}".format(*server.get_host_and_port())
    bucket = boto3.resource("s3", endpoint_url=address, aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1").Bucket(
        BUCKET
    )
    bucket.create()
    yield bucket, {"S3_BUCKET": BUCKET, "S3_ENDPOINT": address, **S3_KEYS}
    server.stop()


@pytest.fixture(scope="session")
def whole(kept: Kept, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of the embedded portal."""
    target = tmp_path_factory.mktemp("whole") / "backup"
    kept.lay_out()
    done = kept.given("backup", str(target))
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "copy"))


def address_of(server: PostgresServer) -> str:
    return f"postgres://ntb@/ntb?host={quote(str(server.sockets))}"


def test_what_a_backup_holds(kept: Kept, whole: Path) -> None:
    assert contents(whole / "media") == FILES
    assert {path.name for path in whole.iterdir()} == {
        "backup.json", "database.dump", "media", "field_keys", "blind_index_keys", "vapid_private_key",
    }  # fmt: skip
    assert (whole / "field_keys").read_text() == kept.secrets()["field_keys"]
    assert whole.stat().st_mode & 0o077 == 0
    assert all(path.stat().st_mode & 0o077 == 0 for path in whole.glob("*_key*"))


def test_what_is_in_use_is_kept_wherever_it_is_and_brought_to_another_place(
    kept: Kept, whole: Path, other_server: PostgresServer, s3: Any, tmp_path: Path
) -> None:
    """From the embedded parts to a server, a bucket and keys of others; from there into a second backup; and back."""
    bucket, storage = s3
    other_keys = {
        name: (whole / file).read_text() for name, file in (("FIELD_KEYS", "field_keys"), ("BLIND_INDEX_KEYS", "blind_index_keys"))
    }
    # a newer key has been put before the one of the backup
    other_keys["FIELD_KEYS"] = f"{KEYS['FIELD_KEYS']}, {other_keys['FIELD_KEYS']}"
    elsewhere = {"DATABASE_URL": address_of(other_server), **storage, **other_keys, "PORTAL_VAR": str(kept.var / "second")}
    done = kept.given("restore", str(whole), **elsewhere)
    assert done.returncode == 0, done.stdout + done.stderr
    assert kept.tables(other_server) == kept.tables()
    assert {one.key: one.get()["Body"].read() for one in bucket.objects.all()} == FILES
    assert not (kept.var / "second" / "secrets" / "field_keys").exists(), "the environment names them"

    # what cannot be a file on disk is named, not lost in silence; and no other one with it
    for key in ("care/2026/11/foto.jpg/lagi", "care//dua", "../luar"):
        bucket.put_object(Key=key, Body=b"x")
    kept.ask("CREATE TABLE newer (person bigint REFERENCES commons_user)", other_server)
    target = tmp_path / "second"
    done = kept.given("backup", str(target), "--without-keys", **elsewhere)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "files from S3" in done.stdout
    for said in ("file care/2026/11/foto.jpg/lagi: ", "file care//dua: ", "file ../luar: ", "key FIELD_KEYS (as asked)"):
        assert f"! left out: {said}" in done.stdout
    assert contents(target / "media") == FILES
    assert not list(target.parent.glob("luar")) + list(target.glob("luar"))
    assert not list(target.glob("*key*"))
    assert other_keys["BLIND_INDEX_KEYS"] not in (target / "backup.json").read_text()

    # without the keys that were in force nothing is restored, not even onto an empty place
    del elsewhere["FIELD_KEYS"], elsewhere["BLIND_INDEX_KEYS"]
    empty = {**elsewhere, "PORTAL_VAR": str(kept.var / "third")}
    assert "holds no keys: name its FIELD_KEYS" in kept.given("restore", str(target), "--yes", **empty).stderr
    wrong = kept.given("restore", str(target), "--yes", **empty, **KEYS)
    assert "FIELD_KEYS that is set here is not the backup's" in wrong.stderr
    assert kept.ask("SELECT count(*) FROM newer", other_server) == "0", "nothing was touched"

    # an older backup over a newer portal: what it does not know is gone too
    bucket.objects.all().delete()
    done = kept.given("restore", str(whole), "--yes", **elsewhere, **other_keys)
    assert done.returncode == 0, done.stdout + done.stderr
    assert kept.tables(other_server) == kept.tables()
    assert {one.key: one.get()["Body"].read() for one in bucket.objects.all()} == FILES


def test_keys_of_the_environment_are_kept_and_asked_to_agree(kept: Kept, tmp_path: Path) -> None:
    target = tmp_path / "copy"
    before = kept.secrets()
    done = kept.given("backup", str(target), **KEYS)
    assert done.returncode == 0, done.stderr
    assert "the keys FIELD_KEYS, BLIND_INDEX_KEYS, VAPID_PRIVATE_KEY" in done.stdout
    assert {name: (target / name.lower()).read_text() for name in KEYS} == KEYS
    other = {**KEYS, "BLIND_INDEX_KEYS": secrets.token_hex(32)}
    refused = kept.given("restore", str(target), "--yes", **other)
    assert refused.returncode == 1
    assert "BLIND_INDEX_KEYS that is set here is not the backup's" in refused.stderr
    assert kept.secrets() == before


def test_over_a_portal_with_people_only_with_yes_and_its_keys_are_kept_aside(kept: Kept, copy: Path) -> None:
    mine = {**kept.secrets(), "field_keys": KEYS["FIELD_KEYS"]}  # another portal than the one of the backup
    (kept.var / "secrets" / "field_keys").write_text(KEYS["FIELD_KEYS"])
    (kept.var / "media" / "baru.txt").write_bytes(b"of the present portal")
    kept.ask("UPDATE commons_user SET full_name = 'Sekarang'")
    refused = kept.given("restore", str(copy))
    assert refused.returncode == 1
    assert "--yes" in refused.stderr
    assert kept.secrets() == mine, "refused is refused: without its keys the present portal could not be read"
    assert kept.ask("SELECT full_name FROM commons_user") == "Sekarang"

    done = kept.given("restore", str(copy), "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert kept.ask("SELECT full_name FROM commons_user") == "Tetap"
    assert "1 files that are not in the backup" in done.stdout
    assert kept.secrets()["field_keys"] == (copy / "field_keys").read_text()
    [aside] = [value for name, value in kept.secrets().items() if name.startswith("field_keys.before-")]
    assert aside == KEYS["FIELD_KEYS"]


# --- what is damaged ------------------------------------------------------------------------------------------------
def flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(bytes(raw))


def shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def link(path: Path) -> None:
    aside = path.with_name("aside")
    path.rename(aside)
    path.symlink_to(aside)


PARTS = ["backup.json", "database.dump", "field_keys", "blind_index_keys", "media/care/2026/11/foto.jpg", "media/onedata/tabel ü.csv"]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("harm", [flip, shorten, Path.unlink, link])
def test_a_damaged_backup_is_known(copy: Path, part: str, harm: Callable[[Path], Any]) -> None:
    archive.check(copy)
    harm(copy / part)
    with pytest.raises((LauncherError, OSError)):
        archive.check(copy)


def test_what_was_added_is_known_and_so_is_a_dump_without_its_end(copy: Path) -> None:
    (copy / "media" / "baru.html").write_bytes(b"<script>")
    with pytest.raises(LauncherError, match="was added"):
        archive.check(copy)
    (copy / "media" / "baru.html").unlink()
    (copy / "backup.json").unlink()
    with pytest.raises(LauncherError, match="--unchecked"):
        archive.check(copy)
    assert archive.check(copy, unchecked=True) == {}
    path = copy / "database.dump"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(LauncherError, match="pg_restore"):
        archive.check(copy, unchecked=True)


def test_a_damaged_backup_is_refused_before_anything_is_replaced(kept: Kept, copy: Path) -> None:
    tables, keys, files = kept.tables(), kept.secrets(), contents(kept.var / "media")
    flip(copy / "media/care/2026/11/foto.jpg")
    done = kept.given("restore", str(copy), "--yes")
    assert done.returncode == 1
    assert "is damaged: media/care/2026/11/foto.jpg" in done.stderr
    assert (kept.tables(), kept.secrets(), contents(kept.var / "media")) == (tables, keys, files)


def test_a_dump_that_does_not_load_changes_nothing(kept: Kept, copy: Path) -> None:
    """Right by its digests, and wrong at its very end: all or nothing."""
    tables = kept.tables()
    kept.ask("CREATE SCHEMA lain; CREATE TABLE lain.x (); CREATE VIEW lain.y AS SELECT 1 AS one")
    try:
        dumped = [
            str(POSTGRES_BIN_PATH / "pg_dump"),
            "-h",
            str(House(kept.var).run),
            "-U",
            "ntb",
            "-Fc",
            "-f",
            str(copy / "database.dump"),
            "ntb",
        ]
        subprocess.run(dumped, check=True)
        said = json.loads((copy / "backup.json").read_text())
        del said["sha256"]
        said["digests"]["database.dump"] = archive.digest(copy / "database.dump")
        archive.write_statement(copy, said)
        done = kept.given("restore", str(copy), "--yes")  # the schema is there already
        assert done.returncode == 1
        assert "already exists" in done.stderr
        assert kept.tables() == tables
    finally:
        kept.ask("DROP SCHEMA lain CASCADE")


# --- what cannot be done --------------------------------------------------------------------------------------------
def test_files_that_cannot_be_read_are_named(kept: Kept, tmp_path: Path) -> None:
    kept.lay_out()
    media = kept.var / "media"
    (media / "tautan.jpg").symlink_to("nowhere")
    os.mkfifo(media / "pipa")
    (media / "putar").symlink_to(media)  # a circle
    aside = tmp_path / "disk lain"
    aside.mkdir()
    (aside / "besar.csv").write_bytes(b"desa\n")
    (media / "pindah").symlink_to(aside)
    try:
        target = tmp_path / "ada"
        target.mkdir()  # as a disk of its own would be
        number = target.stat().st_ino
        done = kept.given("backup", str(target))
        assert done.returncode == 0, done.stderr
        for name in ("tautan.jpg", "pipa"):
            assert f"! left out: file {name}: " in done.stdout
        assert contents(target / "media") == {**FILES, "pindah/besar.csv": b"desa\n"}
        assert (target.stat().st_ino, list(target.glob(".part*"))) == (number, [])
        archive.check(target)
    finally:
        kept.lay_out()


def nobody_answers() -> Iterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


silent = pytest.fixture(nobody_answers)


@pytest.mark.parametrize("ended_by", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_ended_halfway_there_is_no_backup(kept: Kept, tmp_path: Path, silent: str, ended_by: signal.Signals) -> None:
    target = tmp_path / "baru" / "backup"
    running = subprocess.Popen(
        [sys.executable, "-m", "ntbportal.launcher", "backup", str(target)],
        cwd=settings.ROOT,
        env={**kept.environment, "S3_BUCKET": BUCKET, "S3_ENDPOINT": silent, **S3_KEYS},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        # a run in the background has Ctrl-C ignored, and its children with it
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    until = time.monotonic() + 60
    while not list(tmp_path.glob("baru/.backup.part-*/database.dump")) and time.monotonic() < until:
        time.sleep(0.05)
    if ended_by == signal.SIGKILL:
        os.killpg(running.pid, ended_by)
    else:
        running.send_signal(ended_by)
    assert running.wait(30) != 0
    assert not target.exists()
    if ended_by != signal.SIGKILL:
        assert list(tmp_path.iterdir()) == []
        return
    assert list(target.parent.iterdir()) != []
    refused = kept.given("backup", str(target), DATABASE_URL="postgres://nobody@127.0.0.1:9/ntb")
    assert refused.returncode == 1
    assert list(target.parent.iterdir()) == [], "the next one clears away what a killed one left"


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"DATABASE_URL": "postgres://ntb:rahasia@127.0.0.1:9/ntb"}, "pg_dump"),
        ({"S3_BUCKET": BUCKET, "S3_ENDPOINT": "http://127.0.0.1:9", **S3_KEYS}, "storage cannot be read"),
    ],
)
def test_what_is_away_leaves_no_backup(kept: Kept, tmp_path: Path, environment: dict[str, str], said: str) -> None:
    done = kept.given("backup", str(tmp_path / "baru" / "backup"), **environment)
    assert done.returncode == 1
    assert said in done.stderr
    assert "rahasia" not in done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_leaves_no_backup(kept: Kept, tmp_path: Path) -> None:
    """Files of more than 20 kB cannot be written: the same error in the middle of a part."""
    (kept.var / "media" / "besar.bin").write_bytes(bytes(50_000))
    try:
        command = f"ulimit -f 20; exec {sys.executable} -m ntbportal.commons.moving_files out {tmp_path}/keluar"
        environment = House(kept.var).environment(demo=False, port=0) | {"VAR_DIR": str(kept.var), "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(["sh", "-c", command], cwd=settings.ROOT, env=environment, capture_output=True, text=True)
    finally:
        (kept.var / "media" / "besar.bin").unlink()
    assert done.returncode != 0
    assert "File too large" in done.stderr
    assert '"count"' not in done.stdout, "what could not be written is not called unreadable and left out"


def test_the_password_of_the_database_is_seen_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    from ntbportal.launcher import database

    monkeypatch.setenv("DATABASE_URL", "postgres://ntb:rahasia@db.example:5433/portal?sslmode=require&conn_max_age=5")
    arguments, environment = database._connection()
    assert arguments == ["-d", "dbname=portal user=ntb host=db.example port=5433 sslmode=require"]
    assert environment["PGPASSWORD"] == "rahasia"
