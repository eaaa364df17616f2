from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OnedataConfig(AppConfig):
    name = "onedata"
    verbose_name = _("NTB One Data")

    def ready(self) -> None:
        from . import access, demo, demo_life, opening_data  # noqa: F401

        opening_data.register_all()
        demo.register_all()
        demo_life.register_all()
