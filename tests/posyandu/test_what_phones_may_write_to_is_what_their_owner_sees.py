"""Phones are answered by a condition in SQL; whom it lets write to which posyandu is what every page goes by."""

from __future__ import annotations

import pytest

from ntbportal.commons.people import Membership, User
from ntbportal.commons.places import Region
from posyandu.models import Posyandu

pytestmark = pytest.mark.django_db
VILLAGE, DISTRICT, REGENCY = "52.01.01.1001", "52.01.01", "52.01"


@pytest.mark.parametrize(
    ("role", "region"),
    [("cadre", None), ("citizen", None), ("midwife", VILLAGE), ("midwife", DISTRICT), ("midwife", REGENCY), ("midwife", "52"), ("midwife", None), ("admin", None), ("leader", "52")],
)  # fmt: skip
def test_both_see_the_same(role: str, region: str | None) -> None:
    villages = list(Region.objects.filter(level="village", code__startswith="52.0").order_by("code")[:400:20])
    for village in (Region.objects.get(code=VILLAGE), *villages):
        Posyandu.objects.create(name=f"P {village.code}", village=village)
    user = User.objects.create_user("one", password="x")
    Membership.objects.create(user=user, role=role, region_id=region)
    if role == "cadre":
        for one in Posyandu.objects.all()[3:5]:
            one.cadres.add(user)
    where, values = Posyandu.objects.visible_in_sql(user)

    seen = {one.pk for one in Posyandu.objects.raw(f"SELECT id FROM posyandu_posyandu WHERE {where}", values)}

    assert seen == set(Posyandu.objects.visible_to(user).values_list("pk", flat=True))
    assert bool(seen) == (role in {"cadre", "midwife", "admin"})
