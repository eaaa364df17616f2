from django.urls import path

from .views import cadre, people, phone, public, visiting

app_name = "posyandu"
urlpatterns = [
    path("", public.figures, name="figures"),
    path("leader/", public.leader, name="leader"),
    path("cadre/", cadre.home, name="cadre"),
    path("cadre/open/<int:pk>/", cadre.open_today, name="open_today"),
    path("cadre/days/<int:pk>/", cadre.open_day, name="open_day"),
    path("cadre/days/<int:pk>/arrive/", cadre.arrive, name="arrive"),
    path("cadre/days/<int:pk>/new/", cadre.new_child, name="new_child"),
    path("cadre/days/<int:pk>/children/<int:child_pk>/", visiting.weigh, name="weigh"),
    path("cadre/days/<int:pk>/children/<int:child_pk>/result/", visiting.result, name="result"),
    path("cadre/days/<int:pk>/people/<int:person_pk>/", visiting.visit, name="visit"),
    path("cadre/days/<int:pk>/people/<int:person_pk>/<slug:slug>/", visiting.contact, name="contact"),
    path("cadre/days/<int:pk>/people/<int:person_pk>/<slug:slug>/result/", visiting.contact_result, name="contact_result"),
    path("cadre/app/", phone.app, name="app"),
    path("cadre/worker.js", phone.worker, name="worker"),
    path("cadre/manifest.webmanifest", phone.manifest, name="manifest"),
    path("cadre/lms.json", phone.lms, name="lms"),
    path("cadre/pack/", phone.take_along, name="pack"),
    path("cadre/who/", phone.who, name="who"),
    path("cadre/send/", phone.send, name="send"),
    path("cadre/people/", people.people, name="people"),
    path("cadre/people/<int:person_pk>/", people.person, name="person"),
    path("cadre/people/<int:person_pk>/edit/", people.edit_person, name="edit_person"),
    path("cadre/people/<int:person_pk>/change/", people.change_person, name="change_person"),
]
