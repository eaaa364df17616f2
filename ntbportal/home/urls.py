from django.urls import path

from . import views

app_name = "home"
urlpatterns = [
    path("", views.front, name="front"),
    path("search/", views.search, name="search"),
    path("outlines/<slug:level>.json", views.region_outlines, name="outlines"),
    path("me/", views.me, name="me"),
    path("me/notices/<int:pk>/", views.notice, name="notice"),
    path("me/push/", views.push, name="push"),
    path("me/tokens/", views.tokens, name="tokens"),
    path("demo/mail/", views.demo_mail, name="demo_mail"),
]
