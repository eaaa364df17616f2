"""All addresses. Indonesian without a prefix, English under /en/."""

from allauth.account.decorators import secure_admin_login
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from ntbportal.home import views as home
from onedata.views import api

# one door: signing in to the admin goes where everybody signs in, with its limits and second factor
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler400 = "ntbportal.home.problems.bad_request"
handler403 = "ntbportal.home.problems.forbidden"
handler404 = "ntbportal.home.problems.missing"
handler500 = "ntbportal.home.problems.broken"

urlpatterns = [
    path("healthz/live", home.live, name="live"),
    path("healthz/ready", home.ready, name="ready"),
    path("push-worker.js", home.push_worker, name="push_worker"),
    path("robots.txt", home.robots, name="robots"),
    path("sitemap.xml", home.sitemap, name="sitemap"),
    path("api/rows/<slug:slug>", api.rows, name="rows"),
    path("api/openapi.json", api.openapi, name="openapi"),
    path("api/3", api.api_root, name="api_root"),
    path("api/3/action/<slug:name>", api.action, name="action"),
    path("api/action/<slug:name>", api.action, name="action_unversioned"),
    path("catalog.ttl", api.catalogue, {"ending": "ttl"}, name="catalog_ttl"),
    path("catalog.jsonld", api.catalogue, {"ending": "jsonld"}, name="catalog_jsonld"),
    path("open311/", include("care.open311_urls")),
    *i18n_patterns(
        path("", include("ntbportal.home.urls")),
        path("onedata/", include("onedata.urls")),
        path("api/docs", api.docs, name="api_docs"),
        path("care/", include("care.urls")),
        path("posyandu/", include("posyandu.urls")),
        path("action-plan/", include("ntbportal.actionplan.urls")),
        path("accounts/", include("allauth.urls")),
        path("admin/", admin.site.urls),
        prefix_default_language=False,
    ),
]
