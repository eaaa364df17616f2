from django.urls import path

from .views import cadre, public

app_name = "posyandu"
urlpatterns = [
    path("", public.figures, name="figures"),
    path("leader/", public.leader, name="leader"),
    path("cadre/", cadre.home, name="cadre"),
    path("cadre/open/<int:pk>/", cadre.open_today, name="open_today"),
    path("cadre/days/<int:pk>/", cadre.open_day, name="open_day"),
    path("cadre/days/<int:pk>/new/", cadre.new_child, name="new_child"),
    path("cadre/days/<int:pk>/children/<int:child_pk>/", cadre.weigh, name="weigh"),
    path("cadre/days/<int:pk>/children/<int:child_pk>/result/", cadre.result, name="result"),
]
