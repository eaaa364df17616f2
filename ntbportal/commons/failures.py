"""Tasks that did not come to an end, for the administrator to see and to send again."""

from __future__ import annotations

import json
import logging
from typing import Any

from django.db import DatabaseError, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

log = logging.getLogger(__name__)


class FailedTask(models.Model):
    """A task set aside: what it was given, and why. The same again only counts."""

    name = models.CharField(_("task"), max_length=120)
    arguments = models.TextField(_("arguments"), blank=True)
    error = models.TextField(_("error"))
    times = models.PositiveIntegerField(_("times"), default=1)
    first_at = models.DateTimeField(_("first"), auto_now_add=True)
    last_at = models.DateTimeField(_("last"), default=timezone.now)
    sent_again_at = models.DateTimeField(_("sent again"), null=True, blank=True)

    class Meta:
        verbose_name = _("failed task")
        verbose_name_plural = _("failed tasks")
        ordering = ["-last_at"]
        constraints = [models.UniqueConstraint(fields=["name", "arguments"], name="failed_task_once")]

    def __str__(self) -> str:
        return self.name


def set_aside(name: str, args: Any, options: dict[str, Any], error: str) -> None:
    """Keep a task that will not be tried again by itself."""
    log.error("task %s set aside: %s", name, error)
    try:
        arguments = json.dumps([list(args), options], default=str, sort_keys=True)[:5000]
        found, is_new = FailedTask.objects.get_or_create(name=name[:120], arguments=arguments, defaults={"error": error[:2000]})
        if not is_new:
            FailedTask.objects.filter(pk=found.pk).update(
                times=models.F("times") + 1, error=error[:2000], last_at=timezone.now(), sent_again_at=None
            )
    except DatabaseError as problem:  # it stands in the log
        log.error("could not be kept: %s", problem)


def send_again(one: FailedTask) -> None:
    """Hand a task that was set aside to the workers once more."""
    from .tasks import send_soon

    args, _options = json.loads(one.arguments)
    send_soon(one.name, *args)
    FailedTask.objects.filter(pk=one.pk).update(sent_again_at=timezone.now())
