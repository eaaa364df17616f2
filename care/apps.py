from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CareConfig(AppConfig):
    name = "care"
    verbose_name = _("NTB Care")

    def ready(self) -> None:
        from ntbportal.commons import unsubscribing

        from . import access, demo, opening_data, similar, together  # noqa: F401

        opening_data.register_all()
        demo.register_all()
        unsubscribing.register("follow", _("News of a report by e-mail"), similar.stop_following)
        unsubscribing.register("alert", _("New reports by e-mail"), together.end_alert)
