import pytest
from django.test import Client

from care.models import Case
from care.routing import route_case
from ntbportal.commons.notices import Notice


@pytest.fixture
def routed(report):
    def make(**fields):
        receipt = report(**fields)
        route_case(receipt.case.pk)
        return Case.objects.get(pk=receipt.case.pk), receipt.pin

    return make


def seen(case: Case) -> str:
    return Case.objects.get(pk=case.pk).updated_at.isoformat()


@pytest.mark.django_db
def test_the_officer_sees_takes_and_answers_and_the_citizen_reads_it_by_code(routed, person, sign_in) -> None:
    case, _pin = routed(email="nurul@example.org")
    desk = sign_in(person("officer", agency="pupr"))
    assert case.code in desk.get("/care/desk/").content.decode()
    assert desk.post(f"/care/desk/{case.code}/take/", {"seen_at": seen(case)}).status_code == 302
    response = desk.post(f"/care/desk/{case.code}/answer/", {"text": "Lubang sudah ditambal.", "inside": "cek lagi", "seen_at": seen(case)})
    assert response.status_code == 302
    citizen = Client()
    assert citizen.post("/care/track/", {"code": case.code.lower().replace("-", " ")}).url == f"/care/{case.code}/"
    page = citizen.get(f"/care/{case.code}/").content.decode()
    assert "Lubang sudah ditambal." in page
    assert "cek lagi" not in page
    subjects = list(Notice.objects.filter(channel="email", address_index__gt="").values_list("subject", flat=True))
    assert any("Jawaban" in subject for subject in subjects)


@pytest.mark.django_db
def test_an_empty_answer_is_not_sent_and_the_note_stays(routed, person, sign_in) -> None:
    case, _pin = routed()
    response = sign_in(person("officer", agency="pupr")).post(
        f"/care/desk/{case.code}/answer/", {"text": " ", "inside": "catatan saya", "seen_at": seen(case)}
    )
    assert response.status_code == 422
    page = response.content.decode()
    assert "Tulis jawabannya lebih dahulu." in page
    assert "catatan saya" in page


@pytest.mark.django_db
def test_two_officers_at_once_do_not_overwrite_each_other(routed, person, sign_in) -> None:
    case, _pin = routed()
    first, second = sign_in(person("officer", agency="pupr")), sign_in(person("officer", agency="pupr"))
    page_of_both = seen(case)
    first.post(f"/care/desk/{case.code}/answer/", {"text": "Jawaban pertama.", "seen_at": page_of_both})
    response = second.post(f"/care/desk/{case.code}/answer/", {"text": "Jawaban kedua.", "seen_at": page_of_both})
    assert response.status_code == 422
    page = response.content.decode()
    assert "Orang lain sudah mengubah laporan ini" in page
    assert "Jawaban kedua." in page  # the text is kept to be sent again or not
    assert not Case.objects.get(pk=case.pk).moves.filter(public_note="Jawaban kedua.").exists()


@pytest.mark.django_db
def test_an_officer_of_another_agency_may_not_open_it(routed, person, sign_in) -> None:
    case, _pin = routed()
    stranger = sign_in(person("officer", agency="dinsos"))
    assert case.code not in stranger.get("/care/desk/?queue=all").content.decode()
    assert stranger.get(f"/care/desk/{case.code}/").status_code == 403
    assert stranger.post(f"/care/desk/{case.code}/answer/", {"text": "x"}).status_code == 403


@pytest.mark.django_db
def test_handing_on_needs_a_reason_and_moves_it_to_the_other_desk(routed, person, sign_in) -> None:
    from ntbportal.commons.agencies import Agency

    case, _pin = routed()
    from_desk, to_desk = sign_in(person("officer", agency="pupr")), sign_in(person("officer", agency="dishub"))
    agency = Agency.objects.get(slug="dishub").pk
    assert from_desk.post(f"/care/desk/{case.code}/transfer/", {"agency": agency, "reason": "", "seen_at": seen(case)}).status_code == 422
    response = from_desk.post(
        f"/care/desk/{case.code}/transfer/", {"agency": agency, "reason": "Ini rambu, bukan jalan.", "seen_at": seen(case)}
    )
    assert response.url == "/care/desk/"
    assert case.code in to_desk.get("/care/desk/").content.decode()


@pytest.mark.django_db
def test_what_is_not_accepted_says_why_and_leaves_the_public_list(routed, person, sign_in) -> None:
    case, pin = routed()
    desk = sign_in(person("officer", agency="pupr"))
    desk.post(f"/care/desk/{case.code}/reject/", {"reason": "Bukan kewenangan pemerintah.", "seen_at": seen(case)})
    assert case.code not in Client().get("/care/").content.decode()
    reporter = Client()
    reporter.post("/care/track/", {"code": case.code, "pin": pin})
    assert "Bukan kewenangan pemerintah." in reporter.get(f"/care/{case.code}/").content.decode()
