from django.urls import path

from . import views

app_name = "actionplan"
urlpatterns = [
    path("", views.plan, name="plan"),
    path("<slug:slug>/", views.commitment, name="commitment"),
]
