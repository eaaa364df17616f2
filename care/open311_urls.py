from django.urls import path

from .views import open311

ENDINGS = ("json", "xml")
app_name = "open311"
urlpatterns = [
    found
    for ending in ENDINGS
    for found in (
        path(f"v2/discovery.{ending}", open311.discovery, {"ending": ending}, name=f"discovery_{ending}"),
        path(f"v2/services.{ending}", open311.services, {"ending": ending}, name=f"services_{ending}"),
        path(f"v2/services/<slug:service_code>.{ending}", open311.service, {"ending": ending}, name=f"service_{ending}"),
        path(f"v2/requests.{ending}", open311.requests, {"ending": ending}, name=f"requests_{ending}"),
        path(f"v2/requests/<slug:code>.{ending}", open311.one, {"ending": ending}, name=f"request_{ending}"),
        path(f"v2/tokens/<slug:token>.{ending}", open311.token, {"ending": ending}, name=f"token_{ending}"),
    )
]
