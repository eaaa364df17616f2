"""The Celery application. Tasks are named `<app>.<verb>` and live in each app's `tasks.py`.

Every task has a soft and a hard limit of time (settings.CELERY_TASK_ANNOTATIONS). One that kills its
process is delivered again by the broker, for ever if nobody counts: here starts are counted, and after
MOST_DEATHS the task is set aside in FailedTask for the administrator, as are tasks that fail for good.
"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, Task
from celery.exceptions import Ignore
from celery.signals import task_failure, task_postrun, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ntbportal.settings")
MOST_DEATHS = 3
COUNTED_SECONDS = 24 * 3600


class KeptTask(Task):  # type: ignore[misc]
    """A task whose starts are counted until it has come to an end."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        if self.request.id and not self.request.is_eager:
            from django.core.cache import cache

            started = cache.count_up(f"task-starts:{self.request.id}", COUNTED_SECONDS)  # type: ignore[attr-defined]
            again = self.request.retries or 0
            if started > MOST_DEATHS + again:
                from ntbportal.commons.failures import set_aside

                set_aside(self.name, args, options, f"its process ended {started - 1 - again} times before it was done")
                raise Ignore
        return super().__call__(*args, **options)


app = Celery("ntbportal", task_cls=KeptTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@task_postrun.connect
def forget_starts(task_id: str = "", state: str = "", **_: Any) -> None:
    from django.core.cache import cache

    cache.delete(f"task-starts:{task_id}:n")


@task_failure.connect
def keep_failure(sender: Any = None, args: Any = (), kwargs: Any = None, exception: Any = None, **_: Any) -> None:
    """What failed for good: after its retries, or by something that no retry mends."""
    from ntbportal.commons.failures import set_aside

    set_aside(sender.name, args, kwargs or {}, repr(exception))


@worker_init.connect
def refuse_unsafe_start(**_: Any) -> None:
    from ntbportal.commons.startup import refuse_demo_accounts_in_production

    refuse_demo_accounts_in_production()
