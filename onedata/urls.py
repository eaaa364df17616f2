from django.urls import path

from .views import api, desk, feeds, public

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
    path("reference/", public.reference, name="reference"),
    path("reference/<slug:slug>.json", api.code_list, {"ending": "json"}, name="reference_json"),
    path("reference/<slug:slug>.ttl", api.code_list, {"ending": "ttl"}, name="reference_ttl"),
    path("reference/<slug:slug>.sdmx.json", api.code_list, {"ending": "sdmx.json"}, name="reference_sdmx"),
    path("feed.atom", feeds.data_sets, name="feed"),
    path("league/", public.league, name="league"),
    path("reference/<slug:slug>/", public.reference_list, name="reference_list"),
    path("desk/", desk.desk, name="desk"),
    path("desk/new/", desk.new, name="new"),
    path("desk/<slug:slug>/", desk.desk_dataset, name="desk_dataset"),
    path("desk/<slug:slug>/edit/", desk.edit, name="edit"),
    path("desk/<slug:slug>/upload/", desk.upload, name="upload"),
    path("desk/<slug:slug>/progress/", desk.progress, name="progress"),
    path("desk/<slug:slug>/step/<slug:name>/", desk.step, name="step"),
]
