"""Anybody draws; producers keep; a kept picture can be embedded and shows the version published now."""

from __future__ import annotations

import json
from typing import Any

import pytest

from onedata.charts import CannotDraw, Drawing, drawn, figures, specification
from onedata.models import Chart
from onedata.workflow import publish, submit

pytestmark = pytest.mark.django_db
TABLE = "kode_wilayah,wilayah,tahun,nilai\n52.06,Bima,2024,10\n52.06,Bima,2025,30\n52.71,Mataram,2024,5\n52.71,Mataram,2025,2\n"


@pytest.fixture
def public(data_set: Any, upload: Any, person: Any) -> Any:
    found = data_set("Balita stunting")
    upload(found, TABLE)
    return publish(submit(found, person("producer", agency="dinkes", name="pembuat")), person("walidata"))


def test_a_picture_of_sums_by_region(public: Any, client: Any) -> None:
    drawing = Drawing("bar", "wilayah", "nilai", "sum")
    assert figures(public.current, drawing) == [{"x": "Bima", "y": 40}, {"x": "Mataram", "y": 7}]
    answer = client.get(f"/onedata/datasets/{public.slug}/draw.svg", {"kind": "bar", "x": "wilayah", "y": "nilai", "total": "sum"})
    assert answer["Content-Type"] == "image/svg+xml"
    assert b"Mataram" in answer.content
    png = client.get(f"/onedata/datasets/{public.slug}/draw.png", {"kind": "line", "x": "tahun", "y": "nilai", "split": "wilayah"})
    assert png.content.startswith(b"\x89PNG")


def test_series_and_filter(public: Any) -> None:
    split = figures(public.current, Drawing("line", "tahun", "nilai", split="wilayah"))
    assert {(row["x"], row["split"]): row["y"] for row in split} == {
        ("2024", "Bima"): 10, ("2025", "Bima"): 30, ("2024", "Mataram"): 5, ("2025", "Mataram"): 2,
    }  # fmt: skip
    assert figures(public.current, Drawing("bar", "wilayah", "nilai", where_column="tahun", where_value="2024"))[0] == {
        "x": "Bima",
        "y": 10,
    }


def test_a_map_by_region_code_in_both_schemes(public: Any, data_set: Any, upload: Any, tmp_path: Any) -> None:
    from ntbportal.commons.places import load_boundaries

    drawing = Drawing("map", "kode_wilayah", "nilai")
    made = specification(public.current, drawing, drawn(public.current, drawing))
    assert {feature["properties"]["name"] for feature in made["data"]["values"]} == {"Bima", "Mataram"}
    assert "titik desa" in " ".join(made["title"]["subtitle"]), "areas made of the villages' points say so"
    square = [[[118, -8], [118, -9], [119, -9], [119, -8], [118, -8]]]
    outline = tmp_path / "o.geojson"
    outline.write_text(
        json.dumps(
            {
                "type": "FeatureCollection",
                "features": [{"type": "Feature", "properties": {"code": "52.06"}, "geometry": {"type": "Polygon", "coordinates": square}}],
            }
        )
    )
    load_boundaries(outline)
    shapes = specification(public.current, drawing, drawn(public.current, drawing))
    assert [feature["properties"] for feature in shapes["data"]["values"]] == [{"name": "Bima", "y": 40}]
    statistics = upload(data_set("Menurut kode BPS"), "kode_bps,nilai\n5206,3\n5271,4\n")
    by_bps = Drawing("map", "kode_bps", "nilai")
    assert specification(statistics, by_bps, drawn(statistics, by_bps))["data"]["values"][0]["properties"]["y"] == 3


@pytest.mark.parametrize(
    "drawing",
    [Drawing("bar", "tidak ada", "nilai"), Drawing("bar", "wilayah", "wilayah"), Drawing("pie", "wilayah", "nilai"),
     Drawing("bar", "wilayah", "nilai", where_column="tahun", where_value="1900")],
)  # fmt: skip
def test_what_cannot_be_drawn_is_said(public: Any, drawing: Drawing) -> None:
    with pytest.raises(CannotDraw):
        figures(public.current, drawing)


def test_a_producer_keeps_a_chart_the_walidata_shows_it_and_others_embed_it(public: Any, client: Any, sign_in: Any, person: Any) -> None:
    from ntbportal.commons.people import User

    address = f"/onedata/datasets/{public.slug}/draw/"
    asked = {"kind": "bar", "x": "wilayah", "y": "nilai", "total": "sum", "title": "Balita per wilayah"}
    assert client.get(address, asked).status_code == 200
    assert client.post(address, asked).status_code == 403
    sign_in(User.objects.get(username="pembuat")).post(address, asked)
    chart = Chart.objects.get()
    assert chart.title == "Balita per wilayah"
    picture = f"/onedata/datasets/{public.slug}/charts/{chart.pk}.svg"
    assert client.get(picture).status_code == 404  # what is public is the Walidata's to say
    assert f"/charts/{chart.pk}.svg" not in client.get(f"/onedata/datasets/{public.slug}/").content.decode()
    sign_in(person("walidata")).post(f"/onedata/datasets/{public.slug}/charts/{chart.pk}/", {"act": "show"})
    assert client.get(picture).status_code == 200
    page = client.get(f"/onedata/datasets/{public.slug}/").content.decode()
    assert f"/charts/{chart.pk}.svg" in page


def test_closed_data_are_not_drawn(public: Any, client: Any) -> None:
    public.access, public.access_reason = "closed", "UU 14/2008 pasal 17"
    public.save()
    assert client.get(f"/onedata/datasets/{public.slug}/draw.svg", {"x": "wilayah", "y": "nilai"}).status_code == 403


@pytest.mark.parametrize(("series", "drawn_series"), [(10, 10), (12, 12), (30, 12)])
def test_charts_draw_every_series_or_say_how_many_they_leave_out(data_set: Any, upload: Any, series: int, drawn_series: int) -> None:
    rows = "".join(f"Wilayah {place:02d},{year},{place + 1}\n" for place in range(series) for year in (2023, 2024))
    version = upload(data_set("Balita"), "wilayah,tahun,nilai\n" + rows)
    found = drawn(version, Drawing("line", "tahun", "nilai", split="wilayah"))
    assert len({row["split"] for row in found.rows}) == drawn_series
    assert bool(found.left_out) == (series > drawn_series)
    picture = specification(version, Drawing("line", "tahun", "nilai", split="wilayah"), found)
    assert ("subtitle" in picture["title"]) == (series > drawn_series)  # in the picture itself, as it is embedded
    whole = drawn(version, Drawing("line", "tahun", "nilai", split="wilayah", series="all"))
    assert len({row["split"] for row in whole.rows}) == series


@pytest.mark.parametrize("kind", ["bar", "line", "point", "map"])
def test_charts_say_what_lies_beyond_their_limit_or_has_no_place(data_set: Any, upload: Any, kind: str) -> None:
    rows = "".join(f"x{n},{n}\n" for n in range(2100)) + "52.07,5\n,7\nkosong,\n"
    version = upload(data_set("Panjang"), "kode,nilai\n" + rows)
    found = drawn(version, Drawing(kind, "kode", "nilai"))
    assert len(found.left_out) == 2
