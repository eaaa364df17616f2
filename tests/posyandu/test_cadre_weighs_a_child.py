from datetime import timedelta
from decimal import Decimal

import pytest
from django.apps import apps
from django.utils import timezone

from ntbportal.commons.audit import PersonalDataAccess
from posyandu.models import GrowthVisit, OpenDay


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def opened(cadre, posyandu, sign_in):
    client = sign_in(cadre)
    address = client.post(f"/posyandu/cadre/open/{posyandu.pk}/").url
    return client, address, OpenDay.objects.get(posyandu=posyandu, day=timezone.localdate())


@pytest.mark.django_db
def test_from_opening_the_day_to_the_growth_card(opened, child, today) -> None:
    client, address, day = opened
    ani = child(today - timedelta(days=400), sex="F", name="Ani")
    GrowthVisit.objects.create(
        person=ani, posyandu=day.posyandu, open_day=OpenDay.objects.create(posyandu=day.posyandu, day=(today.replace(day=1) - timedelta(days=3))),
        day=today.replace(day=1) - timedelta(days=3), weight=Decimal("8.40"), zwei=-0.6, status="B",
    )  # fmt: skip
    assert "Ani" in client.get(address).content.decode()
    weigh = f"{address}children/{ani.pk}/"
    assert "8,4 kg" in client.get(weigh).content.decode()
    response = client.post(weigh, {"weight": "8,7", "height": "73,5", "measure": "L"})
    assert response.url == f"{weigh}result/"
    page = client.get(response.url).content.decode()
    visit = GrowthVisit.objects.get(open_day=day)
    assert visit.status == "N"
    assert (visit.weight, visit.height) == (Decimal("8.70"), Decimal("73.5"))
    for text in ("Berat badan normal", "<svg", "kms-child", "Gizi baik"):
        assert text in page
    assert PersonalDataAccess.objects.filter(subject=f"person:{ani.pk}").exists()


@pytest.mark.django_db
def test_95_kg_for_a_baby_is_questioned_and_kept_only_when_confirmed(opened, child, today) -> None:
    client, address, day = opened
    baby = child(today - timedelta(days=150))
    weigh = f"{address}children/{baby.pk}/"
    response = client.post(weigh, {"weight": "95", "height": "64", "measure": "L"})
    assert response.status_code == 422
    page = response.content.decode()
    assert "95 kg sangat tidak biasa" in page
    assert 'value="95"' in page  # what was typed is kept
    assert not GrowthVisit.objects.exists()
    client.post(weigh, {"weight": "95", "height": "64", "measure": "L", "confirmed": "on"})
    visit = GrowthVisit.objects.get()
    assert visit.is_implausible
    assert visit.confirmed


@pytest.mark.django_db
def test_a_visit_before_the_birth_is_refused(opened, child, today) -> None:
    client, address, _day = opened
    unborn = child(today + timedelta(days=3))
    response = client.post(f"{address}children/{unborn.pk}/", {"weight": "3", "confirmed": "on"})
    assert response.status_code == 422
    assert "kunjungan sebelum tanggal itu tidak dapat dicatat" in response.content.decode()
    assert not GrowthVisit.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("weight", "kept"), [("7,55", "7.55"), ("7.55", "7.55"), ("8", "8.00"), (" 6,2 ", "6.20")])
def test_comma_and_point_mean_the_same(opened, child, today, weight: str, kept: str) -> None:
    client, address, _day = opened
    client.post(f"{address}children/{child(today - timedelta(days=200)).pk}/", {"weight": weight})
    assert GrowthVisit.objects.get().weight == Decimal(kept)


@pytest.mark.django_db
def test_a_second_weighing_corrects_the_first_whose_values_are_kept(opened, child, today) -> None:
    client, address, _day = opened
    weigh = f"{address}children/{child(today - timedelta(days=200)).pk}/"
    client.post(weigh, {"weight": "7,1"})
    client.post(weigh, {"weight": "7,4"})
    assert GrowthVisit.objects.get().weight == Decimal("7.40")
    history = apps.get_model("posyandu", "GrowthVisitEvent").objects.all()
    assert [event.weight for event in history] == [Decimal("7.10")]


@pytest.mark.django_db
def test_she_sees_only_her_own_posyandu(opened, child, person, sign_in, today) -> None:
    _client, address, _day = opened
    ani = child(today - timedelta(days=200))
    from ntbportal.commons.places import Region
    from posyandu.models import Posyandu

    neighbour = person("cadre")
    Posyandu.objects.create(name="Posyandu lain", village=Region.objects.get(code="52.07.02.2021")).cadres.add(neighbour)
    stranger = sign_in(neighbour)
    for page in (address, f"{address}children/{ani.pk}/", f"{address}children/{ani.pk}/result/", f"{address}new/"):
        assert stranger.get(page).status_code == 403
    assert stranger.post(f"{address}children/{ani.pk}/", {"weight": "7"}).status_code == 403


@pytest.mark.django_db
def test_a_midwife_sees_the_posyandu_of_her_region(opened, person, sign_in) -> None:
    _client, address, _day = opened
    assert sign_in(person("midwife", region="52.07")).get(address).status_code == 200
    assert sign_in(person("midwife", region="52.01")).get(address).status_code == 403


@pytest.mark.django_db
def test_opening_the_day_twice_is_one_day(opened, posyandu) -> None:
    client, _address, _day = opened
    client.post(f"/posyandu/cadre/open/{posyandu.pk}/")
    assert OpenDay.objects.filter(posyandu=posyandu).count() == 1


@pytest.mark.django_db
def test_a_new_child_is_added_and_weighed_at_once(opened, today) -> None:
    client, address, day = opened
    form = {
        "name": "Bayi Baru",
        "sex": "F",
        "birth_date": (today - timedelta(days=20)).isoformat(),
        "mother_name": "Rohani",
        "has_kms": "on",
    }
    weigh = client.post(f"{address}new/", form).url
    client.post(weigh, {"weight": "3,6"})
    assert GrowthVisit.objects.get(open_day=day).status == "B"


@pytest.mark.django_db
def test_the_list_costs_the_same_for_many_children(opened, child, today, django_assert_max_num_queries) -> None:
    client, address, _day = opened
    for number in range(30):
        child(today - timedelta(days=100 + number), name=f"Anak {number}")
    client.get(address)
    with django_assert_max_num_queries(13):
        client.get(address)
