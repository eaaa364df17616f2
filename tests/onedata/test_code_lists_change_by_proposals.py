"""A spreadsheet shows every change before it happens; the Forum decides; earlier versions stay as they were."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from onedata.codes import differences
from onedata.models import Code, CodeList, CodeProposal

pytestmark = pytest.mark.django_db
SHEET = "kode,nama,induk\nP,Pendidikan anak usia dini,\nT1,Diploma (D1-D4),T\nD1,SD/MI atau sederajat,D\n"


@pytest.fixture
def education(db: None) -> CodeList:
    return CodeList.objects.get(slug="jenjang-pendidikan")


def send(client: Any, text: str, whole: str = "part", name: str = "kode.csv") -> Any:
    return client.post(
        "/onedata/reference/jenjang-pendidikan/propose/",
        {
            "file": SimpleUploadedFile(name, text.encode()),
            "whole": whole,
            "label": "2026",
            "reason": "Permendikbud contoh",
            "valid_from": "2026-07-01",
        },
    )


def test_from_dry_run_to_a_new_version(education: CodeList, person: Any, sign_in: Any, client: Any) -> None:
    from ntbportal.commons.notices import Notice

    producer = sign_in(person("producer", agency="dinkes"))
    walidata = person("walidata")
    answer = send(producer, SHEET)
    proposal = CodeProposal.objects.get()
    page = producer.get(answer["Location"]).content.decode()
    assert "Pendidikan anak usia dini" in page
    assert [(change["act"], change["code"], change["row"]) for change in proposal.changes] == [("add", "P", 2), ("change", "T1", 3)]
    assert proposal.unchanged == 1
    assert not Code.objects.filter(code="P").exists(), "a dry run changes nothing"

    producer.post(answer["Location"], {"act": "propose"})
    assert Notice.objects.filter(user=walidata, event=f"codes:{proposal.pk}:proposed").exists()
    assert producer.post(answer["Location"], {"act": "accept"}).status_code == 403, "who proposes does not decide"
    forum = sign_in(walidata)
    assert forum.post(answer["Location"], {"act": "refuse"}).status_code == 422, "a refusal needs a reason"
    forum.post(answer["Location"], {"act": "accept", "said": "Disetujui rapat 1 Juli"})

    education.refresh_from_db()
    assert (education.number, education.version) == (2, "2026")
    assert dict(education.codes.current().values_list("code", "label"))["T1"] == "Diploma (D1-D4)"
    assert dict(education.codes.of_version(1).values_list("code", "label"))["T1"] == "Diploma"
    assert not education.codes.of_version(1).filter(code="P").exists()
    assert [(change["act"], change["code"]) for change in differences(education, 1, 2)] == [("add", "P"), ("change", "T1")]
    assert "Diploma (D1-D4)" in client.get("/onedata/reference/jenjang-pendidikan/changes/?from=1&to=2").content.decode()
    lines = list(
        csv.reader(io.StringIO(b"".join(client.get("/onedata/reference/jenjang-pendidikan/?export=csv&version=1")).decode("utf-8-sig")))
    )
    assert [line[1] for line in lines if line[0] == "T1"] == ["Diploma"]


def test_the_pembina_decides_too_and_a_refusal_changes_nothing(education: CodeList, person: Any, sign_in: Any) -> None:
    producer = sign_in(person("producer", agency="dinkes"))
    address = send(producer, SHEET)["Location"]
    producer.post(address, {"act": "propose"})
    sign_in(person("pembina")).post(address, {"act": "refuse", "said": "Belum ada dasar hukumnya"})
    proposal = CodeProposal.objects.get()
    assert (proposal.state, proposal.decision) == ("refused", "Belum ada dasar hukumnya")
    education.refresh_from_db()
    assert education.number == 1
    assert "Belum ada dasar hukumnya" in producer.get(address).content.decode()


def test_the_whole_list_ends_what_it_leaves_out(education: CodeList, person: Any, sign_in: Any) -> None:
    client = sign_in(person("producer", agency="dinkes"))
    send(client, "code,label,parent_code\nD,Pendidikan dasar,\nD1,SD/MI atau sederajat,D\n", whole="whole")
    acts = [change["act"] for change in CodeProposal.objects.get().changes]
    assert acts == ["end"] * (education.codes.current().count() - 2)


def test_a_column_that_is_left_out_changes_nothing(education: CodeList, person: Any, sign_in: Any) -> None:
    send(sign_in(person("producer", agency="dinkes")), "kode,nama\nD1,SD/MI atau sederajat\n")
    assert CodeProposal.objects.get().changes == []


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        ("kode,nama\nX,\n", "Baris 2"), ("kode,nama\nX,a\nX,b\n", "sudah ada di baris 2"), ("kode,nama,induk\nX,a,ZZ\n", "tidak ada dalam daftar ini"),
        ("kode,nama,berlaku dari\nX,a,kemarin\n", "bukan tanggal"), ("nama\nx\n", "code"), ("", "kosong"), ("\x00\x01\x02", "bukan berkas teks"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_row_and_nothing_is_kept(education: CodeList, person: Any, sign_in: Any, sheet: str, said: str) -> None:
    answer = send(sign_in(person("producer", agency="dinkes")), sheet)
    assert answer.status_code in {200, 422}
    assert said in answer.content.decode()
    assert not CodeProposal.objects.exists()


def test_two_proposals_on_the_same_version_do_not_overwrite_each_other(education: CodeList, person: Any, sign_in: Any) -> None:
    from django.core.exceptions import ValidationError

    from onedata.codes import decide, propose

    client, walidata = sign_in(person("producer", agency="dinkes")), person("walidata")
    send(client, "kode,nama\nP,Satu\n")
    send(client, "kode,nama\nP,Dua\n")
    first, second = CodeProposal.objects.order_by("pk")
    propose(first)
    propose(second)
    decide(first, walidata, accept=True)
    with pytest.raises(ValidationError, match="berubah"):
        decide(second, walidata, accept=True)
    assert education.codes.current().get(code="P").label == "Satu"


def test_region_codes_are_translated_between_ministry_and_bps(client: Any) -> None:
    answer = client.get("/onedata/reference/kecamatan/to/kecamatan-bps/?code=52.07.02").json()
    assert answer["mappings"] == [{"code": Code.objects.get(code_list__slug="kecamatan", code="52.07.02").other_code, "relation": "exact"}]
    back = client.get(f"/onedata/reference/kecamatan-bps/to/kecamatan/?code={answer['mappings'][0]['code']}").json()
    assert back["mappings"][0]["code"] == "52.07.02"


def test_the_list_is_browsed_by_what_lies_within_what(client: Any) -> None:
    page = client.get("/onedata/reference/jenjang-pendidikan/?within=T").content.decode()
    assert "Sarjana" in page
    assert "SMK/MAK" not in page


def test_mappings_are_part_of_skos(client: Any) -> None:
    from rdflib import Graph
    from rdflib.namespace import SKOS

    graph = Graph().parse(data=client.get("/onedata/reference/kabupaten-kota.ttl").content, format="turtle")
    assert len(list(graph.triples((None, SKOS.exactMatch, None)))) == 10


def test_loading_the_reference_data_again_makes_no_new_version(db: None) -> None:
    from onedata.opening_data import load_code_lists

    before = dict(CodeList.objects.values_list("slug", "number"))
    load_code_lists()
    assert dict(CodeList.objects.values_list("slug", "number")) == before
