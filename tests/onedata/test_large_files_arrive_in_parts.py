"""Uploads in parts (tus 1.0): broken off, gone on with, refused; the parts become one version."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest
from django.core.files.storage import default_storage

from onedata.models import DataVersion, PartialUpload

pytestmark = pytest.mark.django_db
TUS = {"HTTP_TUS_RESUMABLE": "1.0.0"}
CONTENT = b"desa,balita\n" + b"".join(b"Desa %d,%d\n" % (n, n) for n in range(5000))


def begin(client: Any, slug: str, size: int, name: str = "balita.csv") -> Any:
    meta = "filename " + base64.b64encode(name.encode()).decode() + ",note " + base64.b64encode(b"data Mei").decode()
    return client.post(f"/onedata/desk/{slug}/upload/parts/", HTTP_UPLOAD_LENGTH=str(size), HTTP_UPLOAD_METADATA=meta, **TUS)


def send(client: Any, address: str, offset: int, part: bytes) -> Any:
    return client.patch(address, part, content_type="application/offset+octet-stream", HTTP_UPLOAD_OFFSET=str(offset), **TUS)


@pytest.fixture
def desk(data_set: Any, person: Any, sign_in: Any) -> tuple[Any, Any]:
    return sign_in(person("producer", agency="dinkes")), data_set()


def test_three_parts_with_a_break_become_one_version(desk: Any) -> None:
    client, data_set = desk
    begun = begin(client, data_set.slug, len(CONTENT))
    assert begun.status_code == 201
    address = begun["Location"]
    assert send(client, address, 0, CONTENT[:1000])["Upload-Offset"] == "1000"
    # the browser was closed; it asks how far the upload is
    assert client.head(address, **TUS)["Upload-Offset"] == "1000"
    assert send(client, address, 500, CONTENT[500:]).status_code == 409, "a part that does not begin where the last ended"
    assert send(client, address, 1000, CONTENT[1000:30000]).status_code == 204
    assert DataVersion.objects.count() == 0
    assert send(client, address, 30000, CONTENT[30000:]).status_code == 204
    version = DataVersion.objects.get()
    assert (version.sha256, version.original_name, version.note) == (hashlib.sha256(CONTENT).hexdigest(), "balita.csv", "data Mei")
    assert version.original.read() == CONTENT
    assert not PartialUpload.objects.exists()


def test_what_would_not_be_read_is_refused_before_it_is_sent(desk: Any) -> None:
    client, data_set = desk
    assert begin(client, data_set.slug, 2_000_000_000).status_code == 400
    assert begin(client, data_set.slug, 0).status_code == 400
    assert begin(client, data_set.slug, 10, "foto.jpg").status_code == 400


def test_more_than_was_announced_is_refused(desk: Any) -> None:
    client, data_set = desk
    address = begin(client, data_set.slug, 10)["Location"]
    assert send(client, address, 0, b"x" * 11).status_code == 409


def test_nobody_goes_on_with_anothers_upload(desk: Any, person: Any, sign_in: Any) -> None:
    client, data_set = desk
    address = begin(client, data_set.slug, 10)["Location"]
    other = sign_in(person("producer", agency="dinkes"))
    assert other.head(address).status_code == 404
    assert send(other, address, 0, b"x").status_code == 404
    stranger = sign_in(person("producer", agency="dinsos"))
    assert begin(stranger, data_set.slug, 10).status_code == 403


def test_an_upload_nobody_goes_on_with_is_dropped(desk: Any) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from onedata.resumable import drop_old

    client, data_set = desk
    send(client, begin(client, data_set.slug, 10)["Location"], 0, b"12345")
    assert drop_old() == 0
    PartialUpload.objects.update(created_at=timezone.now() - timedelta(days=4))
    [[part, size]] = PartialUpload.objects.get().parts
    assert (size, default_storage.exists(part)) == (5, True)
    assert drop_old() == 1
    assert not default_storage.exists(part)
