import pytest


@pytest.mark.django_db
def test_lists_have_owner_version_and_codes_of_both_schemes(client) -> None:
    page = client.get("/onedata/reference/").content.decode()
    assert "Kode desa dan kelurahan" in page
    assert "1.166 kode" in page
    page = client.get("/onedata/reference/kecamatan/?q=taliwang").content.decode()
    assert "52.07.02" in page
    assert "Diskominfotik" in page or "Dinas Komunikasi" in page


@pytest.mark.django_db
def test_a_list_downloads_whole(client) -> None:
    text = b"".join(client.get("/onedata/reference/desa-kelurahan/?export=csv").streaming_content).decode("utf-8-sig")
    assert len(text.splitlines()) == 1167
