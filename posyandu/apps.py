from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PosyanduConfig(AppConfig):
    name = "posyandu"
    verbose_name = _("Posyandu")

    def ready(self) -> None:
        from . import access, demo, opening_data  # noqa: F401

        opening_data.register_all()
        demo.register_all()
