import json

import pytest
from django.core.exceptions import ValidationError

from onedata.quality.wording import reason


def answer(version) -> str:
    said = json.loads(version.error)
    return reason(said["key"], said["values"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"   \n \n", "Berkas kosong."),
        (b"a,b,a\n1,2,3\n", "dua kali: a"),
        (b"a,B,b\n1,2,3\n", "dua kali: B, b"),
        (b"a,,c\n1,2,3\n", "kolom 2"),
        (b"a,b\n", "tidak ada baris"),
        (b"PK\x03\x04\x00\x00\x00\x00binary\x00\x00", "bukan berkas teks"),
        ((",".join(f"k{n}" for n in range(10_000)) + "\n" + "1," * 9_999 + "1\n").encode(), "10000 kolom"),
    ],
)
def test_it_is_said_why_and_nothing_is_half_stored(data_set, upload, content: bytes, said: str) -> None:
    version = upload(data_set(), content)
    assert version.state == "broken"
    assert said in answer(version)
    assert not version.parquet
    assert not hasattr(version, "report")


@pytest.mark.django_db
@pytest.mark.parametrize(("content", "name"), [(b"", "x.csv"), (b"a,b\n1,2\n", "x.pdf"), (b"a", "x.exe")])
def test_what_is_never_read_is_refused_at_once(data_set, upload, content: bytes, name: str) -> None:
    with pytest.raises(ValidationError):
        upload(data_set(), content, name=name)


@pytest.mark.django_db
def test_the_producer_reads_the_reason_on_the_page(data_set, upload, person, sign_in) -> None:
    found = data_set()
    upload(found, b"a,b,a\n1,2,3\n")
    page = sign_in(person("producer", agency="dinkes")).get(f"/onedata/desk/{found.slug}/").content.decode()
    assert "Berkas tidak dapat dibaca." in page
    assert "dua kali: a" in page
