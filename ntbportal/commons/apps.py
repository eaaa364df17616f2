from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommonsConfig(AppConfig):
    name = "ntbportal.commons"
    label = "commons"
    verbose_name = _("Common ground")

    def ready(self) -> None:
        from ntbportal import celery  # noqa: F401 - makes our application the current one, also for shared tasks

        from . import access, demo, opening_data, people, unsubscribing  # noqa: F401

        opening_data.register_all()
        demo.register_all()
        unsubscribing.register("mail", _("Notices by e-mail"), people.end_mails)
