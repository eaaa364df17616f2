"""Several machines, one object storage: what is sent to one is worked on by another, also after a kill.

Each "machine" has a VAR_DIR of its own; they share the database and a stand-in of S3.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.conf import settings as configured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as trying
from hypothesis import strategies as st
from moto import mock_aws

from ntbportal.commons import working_files
from ntbportal.commons.working_files import fetch, names_in, remove_all, work_folder, working_folder
from onedata import resumable
from onedata.models import DataVersion, PartialUpload
from onedata.quality.running import check_version
from onedata.storage import local_path
from posyandu import importing
from posyandu.importing import files, running
from posyandu.models import GrowthVisit, VisitImport

pytestmark = pytest.mark.django_db
BUCKET = "berkas-portal"


class Killed(BaseException):
    """A process that is ended: nothing of ours catches it."""


@pytest.fixture(params=["s3", "disk"])
def machine(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """machine("a") is to work on machine A from now on; gives its folder. The storage is one: S3, or a disk that
    all machines mount."""

    def move(name: str) -> Path:
        settings.VAR_DIR = tmp_path / name
        settings.VAR_DIR.mkdir(exist_ok=True)
        return settings.VAR_DIR

    if request.param == "disk":
        settings.MEDIA_ROOT = tmp_path / "shared"
        yield move
        return
    settings.MEDIA_ROOT = tmp_path / "nobody-writes-here"
    with mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket=BUCKET)
        options = {"bucket_name": BUCKET, "region_name": "us-east-1", "default_acl": "private", "file_overwrite": False}
        before = settings.STORAGES
        settings.STORAGES = {**before, "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}}
        yield move
        settings.STORAGES = before
    assert not settings.MEDIA_ROOT.exists()


def left_on(*folders: Path) -> list[Path]:
    """Files that lie on machines, without caches."""
    return [path for folder in folders for path in folder.rglob("*") if path.is_file() and "cache" not in path.parts]


ROWS = b"Nama;JK;Tgl Lahir;Tanggal Pengukuran;Berat\n" + b"".join(b"Anak %d;P;02-04-2025;12/10/2026;9,1\n" % n for n in range(5))


# --- spreadsheets of weighings --------------------------------------------------------------------------------------
@pytest.fixture
def send_sheet(midwife: Any, sign_in: Any) -> Callable[..., VisitImport]:
    client = sign_in(midwife)

    def post(content: bytes = ROWS, name: str = "register.csv") -> VisitImport:
        answer = client.post("/posyandu/cadre/import/", {"file": SimpleUploadedFile(name, content)})
        assert answer.status_code == 302
        return VisitImport.objects.latest("created_at")

    post.client = client  # type: ignore[attr-defined]
    return post


@pytest.fixture
def midwife(posyandu: Any, person: Any) -> Any:
    return person("midwife", region="52.07.02")


def test_a_spreadsheet_sent_to_one_machine_is_read_by_the_worker_of_another(machine: Any, send_sheet: Any) -> None:
    web = machine("a")
    row = send_sheet()
    first = machine("b")
    assert importing.go_on() == 1
    row.refresh_from_db()
    assert (row.state, row.rows, row.new_visits) == ("checked", 5, 5)
    machine("a")
    send_sheet.client.post(row.get_absolute_url(), {"act": "bring"})
    second = machine("c")
    importing.run(row.pk)
    row.refresh_from_db()
    assert (row.state, GrowthVisit.objects.count()) == ("done", 5)
    assert left_on(web, first, second) == [], "personal data are kept once"
    assert names_in(default_storage, "imports") == []


def test_a_worker_killed_on_one_machine_is_followed_by_one_on_another(machine: Any, send_sheet: Any, monkeypatch: Any) -> None:
    machine("a")
    row = send_sheet()
    machine("b")
    monkeypatch.setattr(running, "BATCH", 2)
    usual, batches = running.Batch.keep, []

    def dies(batch: Any, *after: Any) -> None:
        batches.append(batch)
        if len(batches) == 2:
            raise Killed
        usual(batch, *after)

    monkeypatch.setattr(running.Batch, "keep", dies)
    with pytest.raises(Killed):
        importing.run(row.pk)
    row.refresh_from_db()
    assert (row.state, row.reached) == ("checking", 2)
    machine("c")
    assert importing.go_on() == 1
    row.refresh_from_db()
    assert (row.state, row.reached, row.new_visits, row.rows) == ("checked", 5, 5, 5)


def test_a_file_that_is_gone_is_said_at_once_and_keeps_no_other_waiting(machine: Any, send_sheet: Any) -> None:
    machine("a")
    lost, found = send_sheet(), send_sheet()
    remove_all(default_storage, f"imports/{lost.pk}")
    machine("b")
    importing.go_on()
    lost.refresh_from_db()
    found.refresh_from_db()
    assert (lost.state, found.state) == ("failed", "checked")
    assert "kirim ulang" in lost.error
    assert lost.error in send_sheet.client.get(lost.get_absolute_url()).content.decode()


def test_what_breaks_one_import_keeps_no_other_waiting(machine: Any, send_sheet: Any, monkeypatch: Any) -> None:
    machine("a")
    for _twice in range(2):
        send_sheet()
    usual = running.prepare

    def breaks(folder: Path, name: str) -> Path:
        if (folder / "file").read_bytes() == ROWS and not broken:
            broken.append(1)
            raise RuntimeError("a fault of ours")
        return usual(folder, name)

    broken: list[int] = []
    monkeypatch.setattr(running, "prepare", breaks)
    assert importing.go_on() == 2
    assert sorted(VisitImport.objects.values_list("state", flat=True)) == ["checked", "waiting"]
    assert importing.go_on() == 1
    assert set(VisitImport.objects.values_list("state", flat=True)) == {"checked"}


def test_thrown_away_it_is_gone_everywhere_and_never_while_it_is_brought_in(machine: Any, send_sheet: Any) -> None:
    machine("a")
    row = send_sheet()
    assert not importing.throw_away(row), "it waits for the worker"
    machine("b")
    importing.run(row.pk)
    importing.begin(row)
    machine("a")
    send_sheet.client.post(row.get_absolute_url(), {"act": "drop"})  # the other browser said to bring it in
    assert VisitImport.objects.exists()
    assert names_in(default_storage, "imports")
    VisitImport.objects.update(state="checked")
    send_sheet.client.post(row.get_absolute_url(), {"act": "drop"})
    assert not VisitImport.objects.exists()
    assert names_in(default_storage, "imports") == []


def test_a_late_worker_does_not_call_failed_what_another_has_brought_in(machine: Any, send_sheet: Any, monkeypatch: Any) -> None:
    machine("a")
    row = send_sheet()
    importing.run(row.pk)
    importing.begin(row)
    usual = fetch

    def late(*arguments: Any) -> Path:
        monkeypatch.setattr(files, "fetch", usual)
        importing.run(row.pk)  # another worker is faster
        return usual(*arguments)

    monkeypatch.setattr(files, "fetch", late)
    importing.run(row.pk)
    row.refresh_from_db()
    assert (row.state, row.error, GrowthVisit.objects.count()) == ("done", "", 5)


def test_files_without_an_import_are_removed_after_a_day_and_no_others(machine: Any, send_sheet: Any, monkeypatch: Any) -> None:
    machine("a")
    row = send_sheet()
    default_storage.save(f"imports/{uuid.uuid4()}/file", ContentFile(b"of a sender that died"))
    default_storage.save("imports/not-ours/file", ContentFile(b"?"))
    assert files.drop_left() == 0
    monkeypatch.setattr(files, "KEPT", timedelta(seconds=-60))
    assert files.drop_left() == 1
    assert names_in(default_storage, "imports") == sorted([row.stored, "imports/not-ours/file"])


def test_a_spreadsheet_of_the_release_before_is_still_brought_in(machine: Any, send_sheet: Any) -> None:
    here = machine("a")
    row = send_sheet()
    old = here / "imports" / str(row.pk)
    old.mkdir(parents=True)
    (old / "file").write_bytes(ROWS)
    remove_all(default_storage, f"imports/{row.pk}")
    importing.run(row.pk)
    importing.begin(row)
    importing.run(row.pk)
    row.refresh_from_db()
    assert (row.state, row.new_visits, old.exists()) == ("done", 5, False)


# --- large files in parts -------------------------------------------------------------------------------------------
TABLE = b"desa,balita\n" + b"".join(b"Desa %d,%d\n" % (n, n) for n in range(3000))
TUS = {"HTTP_TUS_RESUMABLE": "1.0.0"}


class Desk:
    """A producer whose browser sends a table in parts."""

    def __init__(self, client: Any, data_set: Any) -> None:
        self.client, self.data_set = client, data_set

    def begin(self, size: int = len(TABLE), name: str = "balita.csv") -> str:
        said = "filename " + base64.b64encode(name.encode()).decode()
        address = f"/onedata/desk/{self.data_set.slug}/upload/parts/"
        return self.client.post(address, HTTP_UPLOAD_LENGTH=str(size), HTTP_UPLOAD_METADATA=said, **TUS)["Location"]

    def send(self, address: str, offset: int, part: bytes) -> int:
        kind = "application/offset+octet-stream"
        said = {"CONTENT_TYPE": kind, "HTTP_UPLOAD_OFFSET": str(offset)}  # the client says no kind of nothing
        return self.client.patch(address, part, content_type=kind, **said, **TUS).status_code

    def offset(self, address: str) -> int:
        return int(self.client.head(address, **TUS)["Upload-Offset"])


@pytest.fixture
def desk(data_set: Any, person: Any, sign_in: Any) -> Desk:
    return Desk(sign_in(person("producer", agency="dinkes")), data_set())


def test_parts_that_arrive_at_different_machines_become_one_table(machine: Any, desk: Desk) -> None:
    folders = [machine("a")]
    address = desk.begin()
    assert desk.send(address, 0, TABLE[:1000]) == 204
    folders.append(machine("b"))
    assert desk.offset(address) == 1000
    assert desk.send(address, 1000, TABLE[1000:20000]) == 204
    folders.append(machine("a"))
    assert desk.send(address, 20000, TABLE[20000:]) == 204
    version = DataVersion.objects.get()
    assert version.sha256 == hashlib.sha256(TABLE).hexdigest()
    assert left_on(*folders) == []
    assert names_in(default_storage, "partial") == []
    worker = machine("c")
    check_version(version.pk)
    version.refresh_from_db()
    assert (version.state, version.rows) == ("ready", 3000)
    assert left_on(worker) == []


@given(
    cuts=st.lists(st.integers(0, 400), max_size=6),
    kills=st.sets(st.integers(0, 6)),
    machines=st.lists(st.sampled_from("abc"), min_size=7, max_size=7),
)
@trying(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_the_parts_the_machines_and_the_kills_the_bytes_are_the_same(
    machine: Any, desk: Desk, monkeypatch: Any, cuts: list[int], kills: set[int], machines: list[str]
) -> None:
    content = TABLE[:400]
    PartialUpload.objects.all().delete()
    DataVersion.objects.all().delete()
    machine("a")
    address = desk.begin(size=len(content))
    bounds = [0, *sorted(cuts), len(content)]
    usual = PartialUpload.save
    for number, (start, end) in enumerate(pairwise(bounds)):
        machine(machines[number % len(machines)])
        if number in kills and start < end:

            def dies(*_arguments: Any, **_options: Any) -> None:
                raise Killed  # the part is stored, the row does not know

            with monkeypatch.context() as patched, pytest.raises(Killed):
                patched.setattr(PartialUpload, "save", dies)
                desk.send(address, start, content[start:end])
            assert PartialUpload.save is usual
            assert desk.offset(address) == start
        assert desk.send(address, start, content[start:end]) == 204 or start == end == len(content)
    assert DataVersion.objects.get().original.read() == content
    resumable.drop_old()
    assert names_in(default_storage, "partial") == []


def test_a_machine_killed_while_the_parts_are_put_together_loses_nothing(machine: Any, desk: Desk, monkeypatch: Any) -> None:
    machine("a")
    address = desk.begin()
    assert desk.send(address, 0, TABLE[:9000]) == 204

    def dies(*_arguments: Any, **_options: Any) -> None:
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(resumable, "add_version", dies)
        desk.send(address, 9000, TABLE[9000:])
    machine("b")
    assert desk.offset(address) == 9000, "nobody was told that the last part is there"
    assert desk.send(address, 9000, TABLE[9000:]) == 204
    assert DataVersion.objects.get().original.read() == TABLE


def test_the_rest_of_a_part_that_breaks_off_is_kept(machine: Any, desk: Desk) -> None:
    class Breaks:
        given = 0

        def read(self, size: int) -> bytes:
            if self.given >= 5000:
                raise OSError("the line broke")
            self.given += 1000
            return TABLE[self.given - 1000 : self.given]

    machine("a")
    address = desk.begin()
    upload, version = resumable.add_part(PartialUpload.objects.get(), 0, Breaks())
    assert (upload.received, version) == (5000, None)
    machine("b")
    assert desk.offset(address) == 5000
    assert desk.send(address, 5000, TABLE[5000:]) == 204
    assert DataVersion.objects.get().original.read() == TABLE


def test_a_part_that_the_storage_lost_is_asked_for_again(machine: Any, desk: Desk) -> None:
    machine("a")
    address = desk.begin()
    desk.send(address, 0, TABLE[:1000])
    default_storage.delete(PartialUpload.objects.get().parts[0][0])
    assert desk.send(address, 1000, TABLE[1000:]) == 409
    assert desk.offset(address) == 0
    assert desk.send(address, 0, TABLE) == 204
    assert DataVersion.objects.get().original.read() == TABLE


def test_an_upload_begun_under_the_release_before_begins_anew(machine: Any, desk: Desk) -> None:
    here = machine("a")
    address = desk.begin()
    (here / "partial").mkdir()
    (here / "partial" / "old").write_bytes(TABLE[:1000])
    PartialUpload.objects.update(received=1000)
    assert desk.send(address, 1000, TABLE[1000:]) == 409
    assert desk.offset(address) == 0
    assert desk.send(address, 0, TABLE) == 204
    assert DataVersion.objects.get().original.read() == TABLE
    resumable.drop_old()
    assert not (here / "partial").exists()


def test_dropping_removes_every_part_and_what_was_left_is_swept(machine: Any, desk: Desk) -> None:
    machine("a")
    address = desk.begin()
    desk.send(address, 0, TABLE[:1000])
    upload = PartialUpload.objects.get()
    default_storage.save(f"{upload.folder}/000000001000-never", ContentFile(b"told to nobody"))
    default_storage.save(f"partial/{uuid.uuid4()}/000000000000-late", ContentFile(b"stored after the upload was dropped"))
    machine("b")
    assert resumable.drop_old() == 0
    assert len(names_in(default_storage, "partial")) == 2
    assert desk.client.delete(address, **TUS).status_code == 204
    assert names_in(default_storage, "partial") == []
    assert desk.send(address, 1000, TABLE[1000:]) == 404


def test_parts_without_end_are_refused(machine: Any, desk: Desk, monkeypatch: Any) -> None:
    monkeypatch.setattr(resumable, "MOST_PARTS", 3)
    machine("a")
    address = desk.begin()
    assert [desk.send(address, at, TABLE[at : at + 1]) for at in range(4)] == [204, 204, 204, 400]
    assert desk.send(address, 3, b"") == 204, "nothing is no part"


# --- copies on one machine ------------------------------------------------------------------------------------------
def test_a_copy_is_whole_or_not_there(machine: Any, upload: Any, data_set: Any, monkeypatch: Any) -> None:
    machine("a")
    version = upload(data_set(), TABLE)
    there = machine("b")
    usual = working_files.shutil.copyfileobj

    def dies(source: Any, target: Any, *_size: int) -> None:
        target.write(source.read(10))
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(working_files.shutil, "copyfileobj", dies)
        fetch(default_storage, version.original.name, there / "cache" / "copy.csv")
    assert [path for path in there.rglob("*") if path.is_file()] == []

    def another_is_faster(source: Any, target: Any, size: int) -> None:
        monkeypatch.setattr(working_files.shutil, "copyfileobj", usual)
        fetch(default_storage, version.original.name, there / "cache" / "copy.csv")
        target.write(source.read())

    monkeypatch.setattr(working_files.shutil, "copyfileobj", another_is_faster)
    assert fetch(default_storage, version.original.name, there / "cache" / "copy.csv").read_bytes() == TABLE
    assert [path.name for path in there.rglob("*") if path.is_file()] == ["copy.csv"]
    assert local_path(version.original).read_bytes() == TABLE


def test_working_copies_of_killed_processes_are_removed(machine: Any) -> None:
    machine("a")
    left, fresh = work_folder() / "import-killed", work_folder() / "import-at-work"
    for folder in (left, fresh):
        folder.mkdir()
        (folder / "file").write_bytes(ROWS)
    long_ago = time.time() - working_files.ABANDONED_SECONDS - 60
    os.utime(left, (long_ago, long_ago))
    with working_folder("import") as mine:
        assert mine.exists()
    assert sorted(path.name for path in work_folder().iterdir()) == ["import-at-work"]
    assert work_folder().stat().st_mode & 0o077 == 0


def test_a_second_file_of_the_same_name_is_kept_beside_the_first(machine: Any) -> None:
    first, second = (default_storage.save("care/foto.jpg", ContentFile(content)) for content in (b"satu", b"dua"))
    assert first != second
    assert [default_storage.open(name).read() for name in (first, second)] == [b"satu", b"dua"]
    said = (configured.ROOT / "ntbportal" / "settings.py").read_text()
    assert '"file_overwrite": False' in said


# --- the kind -------------------------------------------------------------------------------------------------------
# who may name a folder of the machine, and why
ALLOWED = {
    "ntbportal/settings.py": "reads it from the environment",
    "ntbportal/commons/working_files.py": "working copies and caches: made anew from the storage",
    "ntbportal/launcher/": "the machine itself: servers, logs, secrets, packages",
    "ntbportal/home/views.py": "mail of the demo, which a production start refuses",
}
LOCAL = re.compile(
    r"VAR_DIR|MEDIA_ROOT|EMAIL_FILE_PATH|FileSystemStorage|gettempdir|mkdtemp|delete=False|[\"']/(?:var|tmp)/|ROOT / \"var\""
)


def test_no_other_code_keeps_files_on_the_machine() -> None:
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=configured.ROOT, capture_output=True, text=True, check=False).stdout.split()
    paths = listed or [
        str(path.relative_to(configured.ROOT))
        for app in ("ntbportal", "onedata", "care", "posyandu")
        for path in (configured.ROOT / app).rglob("*.py")
    ]
    code = [path for path in paths if path.startswith(("ntbportal/", "onedata/", "care/", "posyandu/"))]
    assert len(code) > 300
    named = {path for path in code if LOCAL.search((configured.ROOT / path).read_text())}
    assert {path for path in named if not path.startswith(tuple(ALLOWED))} == set(), (
        "what another process reads goes through default_storage"
    )


def test_the_sweep_of_old_uploads_takes_only_old_ones(machine: Any, desk: Desk) -> None:
    machine("a")
    address = desk.begin()
    desk.send(address, 0, TABLE[:1000])
    PartialUpload.objects.update(created_at=timezone.now() - timedelta(days=4))
    assert resumable.drop_old() == 1
    assert names_in(default_storage, "partial") == []
