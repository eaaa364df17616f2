from django.urls import path

from . import notices, views

app_name = "home"
urlpatterns = [
    path("", views.front, name="front"),
    path("search/", views.search, name="search"),
    path("outlines/<slug:level>.json", views.region_outlines, name="outlines"),
    path("me/", views.me, name="me"),
    path("me/notices/<int:pk>/", notices.notice, name="notice"),
    path("me/notices/", notices.notices, name="notices"),
    path("stop/<str:token>/", notices.unsubscribe, name="unsubscribe"),
    path("me/push/", views.push, name="push"),
    path("me/tokens/", views.tokens, name="tokens"),
    path("demo/mail/", views.demo_mail, name="demo_mail"),
]
