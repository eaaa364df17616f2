from django.urls import path

from .views import cadre, people, public, visiting

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
    path("cadre/people/", people.people, name="people"),
    path("cadre/people/<int:person_pk>/", people.person, name="person"),
    path("cadre/people/<int:person_pk>/edit/", people.edit_person, name="edit_person"),
    path("cadre/people/<int:person_pk>/change/", people.change_person, name="change_person"),
]
