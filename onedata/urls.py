from django.urls import path

from .views import api, charts, desk, feeds, public, records, reference, table

app_name = "onedata"
urlpatterns = [
    path("", public.catalogue, name="catalogue"),
    path("datasets/<slug:slug>/", public.dataset, name="dataset"),
    path("datasets/<slug:slug>.ttl", api.dataset, {"ending": "ttl"}, name="dataset_ttl"),
    path("datasets/<slug:slug>.jsonld", api.dataset, {"ending": "jsonld"}, name="dataset_jsonld"),
    path("datasets/<slug:slug>/datapackage.json", api.package, name="datapackage"),
    path("datasets/<slug:slug>/schema.json", api.structured, name="schema_org"),
    path("datasets/<slug:slug>/quality/", public.quality, name="quality"),
    *(
        path(f"datasets/<slug:slug>/v<int:number>.{ending}", public.download, {"ending": ending}, name=f"download_{ending}")
        for ending in ("csv", "xlsx", "json", "parquet")
    ),
    path("datasets/<slug:slug>/differences/", public.differences, name="differences"),
    path("datasets/<slug:slug>/draw/", charts.build, name="chart_build"),
    *(path(f"datasets/<slug:slug>/draw.{ending}", charts.draw, {"ending": ending}, name=f"draw_{ending}") for ending in ("svg", "png")),
    path("datasets/<slug:slug>/charts/<int:pk>/", charts.chart, name="chart"),
    *(
        path(f"datasets/<slug:slug>/charts/<int:pk>.{ending}", charts.chart_picture, {"ending": ending}, name=f"chart_{ending}")
        for ending in ("svg", "png")
    ),
    path("reference/", reference.reference, name="reference"),
    path("reference/<slug:slug>.json", api.code_list, {"ending": "json"}, name="reference_json"),
    path("reference/<slug:slug>.ttl", api.code_list, {"ending": "ttl"}, name="reference_ttl"),
    path("reference/<slug:slug>.sdmx.json", api.code_list, {"ending": "sdmx.json"}, name="reference_sdmx"),
    path("feed.atom", feeds.data_sets, name="feed"),
    path("league/", public.league, name="league"),
    path("reference/<slug:slug>/", reference.reference_list, name="reference_list"),
    path("reference/<slug:slug>/changes/", reference.reference_changes, name="reference_changes"),
    path("reference/<slug:slug>/to/<slug:other>/", reference.reference_mapping, name="reference_mapping"),
    path("reference/<slug:slug>/propose/", reference.propose, name="propose"),
    path("proposals/<int:pk>/", reference.proposal, name="proposal"),
    path("concepts/", records.records, name="records"),
    path("concepts/<slug:kind>/new/", records.record_edit, name="record_new"),
    path("concepts/<slug:kind>/<slug:code>/", records.record, name="record"),
    path("concepts/<slug:kind>/<slug:code>/edit/", records.record_edit, name="record_edit"),
    path("desk/bulk/<slug:kind>/", records.bulk_edit, name="bulk"),
    path("desk/", desk.desk, name="desk"),
    path("desk/new/", desk.new, name="new"),
    path("desk/new/meter/", desk.meter, name="meter"),
    path("desk/new/forget/", desk.forget, name="forget"),
    path("desk/<slug:slug>/meter/", desk.meter, name="meter_edit"),
    path("desk/<slug:slug>/forget/", desk.forget, name="forget_edit"),
    path("desk/<slug:slug>/clone/", desk.clone, name="clone"),
    path("desk/<slug:slug>/", desk.desk_dataset, name="desk_dataset"),
    path("desk/<slug:slug>/edit/", desk.edit, name="edit"),
    path("desk/<slug:slug>/upload/", desk.upload, name="upload"),
    path("desk/<slug:slug>/upload/parts/", table.upload_parts, name="upload_parts"),
    path("desk/<slug:slug>/upload/parts/<uuid:key>/", table.upload_part, name="upload_part"),
    path("desk/<slug:slug>/fetch/", table.fetch, name="fetch"),
    path("desk/<slug:slug>/reading/", table.reading, name="reading"),
    path("desk/<slug:slug>/schema/", table.schema, name="schema"),
    path("desk/<slug:slug>/checks/", table.checks, name="checks"),
    path("desk/<slug:slug>/progress/", desk.progress, name="progress"),
    path("desk/<slug:slug>/step/<slug:name>/", desk.step, name="step"),
]
