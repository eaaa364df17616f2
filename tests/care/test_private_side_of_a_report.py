import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from care.models import Case, ReportDraft
from care.routing import route_case
from ntbportal.commons.audit import PersonalDataAccess


@pytest.fixture
def secret(report):
    receipt = report(is_secret=True, description="Sangat rahasia sekali isinya.")
    route_case(receipt.case.pk)
    return receipt


@pytest.mark.django_db
def test_a_secret_report_opens_only_with_its_pin(secret) -> None:
    code = secret.case.code
    stranger = Client()
    assert stranger.get(f"/care/{code}/").status_code == 302
    assert "rahasia sekali" not in stranger.get("/care/").content.decode()
    wrong = "000000" if secret.pin != "000000" else "111111"
    assert stranger.post("/care/track/", {"code": code, "pin": wrong}).status_code == 422
    assert stranger.post("/care/track/", {"code": code, "pin": secret.pin}).status_code == 302
    assert "rahasia sekali" in stranger.get(f"/care/{code}/").content.decode()


@pytest.mark.django_db
def test_guessing_pins_is_stopped(secret) -> None:
    code = secret.case.code
    wrong = "000000" if secret.pin != "000000" else "111111"
    guesser = Client()
    for _try in range(8):
        guesser.post("/care/track/", {"code": code, "pin": wrong})
    response = guesser.post("/care/track/", {"code": code, "pin": secret.pin})
    assert response.status_code == 422
    assert "15 menit" in response.content.decode()


@pytest.mark.django_db
def test_the_pin_is_nowhere_in_the_database(secret) -> None:
    case = Case.objects.get(pk=secret.case.pk)
    assert secret.pin not in case.pin_digest
    assert case.pin_fits(secret.pin)


@pytest.mark.django_db
def test_nor_is_it_in_the_notice_that_tells_it_to_the_reporter(report) -> None:
    from django.db import connection

    from ntbportal.commons.notices import Notice

    receipt = report(email="nurul@example.org")
    assert receipt.pin in Notice.objects.get(channel="email").body
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM commons_notice")
        assert not any(receipt.pin in body for (body,) in cursor.fetchall())


@pytest.mark.django_db
def test_the_pin_is_shown_for_half_an_hour_only(report, client) -> None:
    key = uuid.uuid4()
    receipt = report(draft_key=key)
    session = client.session
    session["care-drafts"] = [str(key)]
    session.save()
    page = client.get(f"/care/new/thanks/?draft={key}").content.decode()
    assert receipt.pin in page
    ReportDraft.objects.update(sent_at=timezone.now() - timedelta(minutes=31))
    page = client.get(f"/care/new/thanks/?draft={key}").content.decode()
    assert receipt.case.code in page
    assert receipt.pin not in page
    assert not ReportDraft.objects.get().sent_pin
    assert Client().get(f"/care/new/thanks/?draft={key}").url == "/care/track/", "not in another browser"


@pytest.mark.django_db
def test_the_agency_never_sees_who_an_anonymous_reporter_is(report, person, sign_in) -> None:
    case = report(name="Baiq Nurul", phone="081234567890", is_anonymous=True).case
    route_case(case.pk)
    page = sign_in(person("officer", agency="pupr")).get(f"/care/desk/{case.code}/").content.decode()
    assert "Baiq Nurul" not in page
    assert "081234567890" not in page
    assert not PersonalDataAccess.objects.exists()


@pytest.mark.django_db
def test_a_look_at_a_named_reporter_is_written_down(report, person, sign_in) -> None:
    case = report(name="Baiq Nurul").case
    route_case(case.pk)
    officer = person("officer", agency="pupr")
    assert "Baiq Nurul" in sign_in(officer).get(f"/care/desk/{case.code}/").content.decode()
    look = PersonalDataAccess.objects.get()
    assert (look.user, look.subject) == (officer, f"case:{case.pk}")


@pytest.mark.django_db
def test_the_public_page_never_shows_the_reporter(report) -> None:
    case = report(name="Baiq Nurul", email="nurul@example.org", phone="081234567890").case
    route_case(case.pk)
    page = Client().get(f"/care/{case.code}/").content.decode()
    assert "Jalan berlubang" in page
    for private in ("Baiq Nurul", "nurul@example.org", "081234567890"):
        assert private not in page


@pytest.mark.django_db
def test_the_place_of_a_sensitive_report_is_only_rough_in_public(report) -> None:
    case = report("kependudukan", place_note="RT 03 rumah hijau").case
    route_case(case.pk)
    assert "RT 03 rumah hijau" not in Client().get(f"/care/{case.code}/").content.decode()


@pytest.mark.django_db
def test_a_photo_of_a_secret_report_is_not_served_to_strangers(report) -> None:
    import io

    from PIL import Image

    from ntbportal.commons.uploads import clean_picture

    buffer = io.BytesIO()
    Image.new("RGB", (50, 50)).save(buffer, "JPEG")
    receipt = report(is_secret=True, pictures=[clean_picture(buffer)])
    route_case(receipt.case.pk)
    address = f"/care/{receipt.case.code}/photos/{receipt.case.photos.get().pk}/small.jpg"
    assert Client().get(address).status_code == 404
    reporter = Client()
    reporter.post("/care/track/", {"code": receipt.case.code, "pin": receipt.pin})
    assert reporter.get(address).status_code == 200
