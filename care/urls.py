from django.urls import path, re_path

from .views import citizen, feeds, officer, offline, public, reporting

app_name = "care"
CODE = r"(?P<code>[2-9A-Za-z]{4}-[2-9A-Za-z]{4})"
urlpatterns = [
    path("", public.overview, name="overview"),
    path("new/", reporting.what, name="what"),
    path("new/where/", reporting.where, name="where"),
    path("new/places/", reporting.places, name="places"),
    path("new/more/", reporting.more, name="more"),
    path("new/propose/", reporting.propose, name="propose"),
    path("new/photos/<int:number>.jpg", reporting.draft_photo, name="draft_photo"),
    path("new/photos/<int:number>/drop/", reporting.draft_photo_drop, name="draft_photo_drop"),
    path("new/offline/", offline.offline, name="offline"),
    path("new/offline/token/", offline.offline_token, name="offline_token"),
    path("alerts/", citizen.alerts, name="alerts"),
    path("alerts/<str:token>/", citizen.alert, name="alert"),
    path("sw.js", offline.worker, name="worker"),
    path("confirm/<str:token>/", citizen.confirm, name="confirm"),
    path("desk/new/", officer.enter, name="enter"),
    path("desk/rules/", officer.simulator, name="simulator"),
    path("desk/bulk/", officer.bulk, name="bulk"),
    path("desk/workload/", officer.workload, name="workload"),
    path("new/who/", reporting.who, name="who"),
    path("new/thanks/", reporting.thanks, name="thanks"),
    path("feed.atom", feeds.cases, name="feed"),
    path("map.json", public.map_clusters, name="map_clusters"),
    path("map/reports/", public.map_cases, name="map_cases"),
    path("agencies/", public.agencies, name="agencies"),
    path("agencies/<slug:slug>/", public.agency, name="agency"),
    path("track/", citizen.track, name="track"),
    path("desk/", officer.desk, name="desk"),
    path("desk/changes/", officer.changes, name="changes"),
    re_path(rf"^desk/{CODE}/$", officer.desk_case, name="desk_case"),
    re_path(rf"^desk/{CODE}/(?P<name>[a-z]+)/$", officer.act, name="act"),
    re_path(rf"^{CODE}/$", citizen.case, name="case"),
    re_path(rf"^{CODE}/(?P<act>reply|rate|forget)/$", citizen.reply, name="reply"),
    re_path(rf"^{CODE}/help/$", citizen.help_with, name="help"),
    re_path(rf"^{CODE}/me-too/$", reporting.me_too, name="me_too"),
    re_path(rf"^{CODE}/photos/(?P<number>\d+)/(?P<size>small|large)\.jpg$", citizen.photo, name="photo"),
]
