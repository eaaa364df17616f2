import pytest
from django.apps import apps

from ntbportal.commons.agencies import Agency


@pytest.mark.django_db
def test_a_change_through_a_form_is_kept_with_its_author(person, sign_in) -> None:
    admin = person("admin")
    agency = Agency.objects.get(slug="pupr")
    form = {"slug": agency.slug, "name": "Dinas PUPR baru", "short_name": "PUPR", "kind": agency.kind, "region": "52"}
    response = sign_in(admin).post(f"/admin/commons/agency/{agency.pk}/change/", form)
    assert response.status_code == 302
    events = apps.get_model("commons", "AgencyEvent").objects.filter(pgh_obj=agency).order_by("pgh_id")
    assert events.last().name == "Dinas PUPR baru"
    assert events.last().pgh_context.metadata["user"] == admin.pk


@pytest.mark.django_db
def test_changes_in_bulk_are_kept_too() -> None:
    Agency.objects.filter(slug="pupr").update(website="https://pupr.example.org")
    assert apps.get_model("commons", "AgencyEvent").objects.filter(website="https://pupr.example.org").count() == 1
