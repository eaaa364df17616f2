"""All addresses. Indonesian without a prefix, English under /en/."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from ntbportal.home import views as home

handler400 = "ntbportal.home.problems.bad_request"
handler403 = "ntbportal.home.problems.forbidden"
handler404 = "ntbportal.home.problems.missing"
handler500 = "ntbportal.home.problems.broken"

urlpatterns = [
    path("healthz/live", home.live, name="live"),
    path("healthz/ready", home.ready, name="ready"),
    path("robots.txt", home.robots, name="robots"),
    *i18n_patterns(
        path("", include("ntbportal.home.urls")),
        path("onedata/", include("onedata.urls")),
        path("care/", include("care.urls")),
        path("posyandu/", include("posyandu.urls")),
        path("action-plan/", include("ntbportal.actionplan.urls")),
        path("accounts/", include("allauth.urls")),
        path("admin/", admin.site.urls),
        prefix_default_language=False,
    ),
]
