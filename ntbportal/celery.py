"""The Celery application. Tasks are named `<app>.<verb>` and live in each app's `tasks.py`."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ntbportal.settings")

app = Celery("ntbportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
def refuse_unsafe_start(**_: Any) -> None:
    from ntbportal.commons.startup import refuse_demo_accounts_in_production

    refuse_demo_accounts_in_production()
