"""Reference and demo data: each app registers what it loads; `manage prepare` loads what is missing or has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from .history import events_of


class LoadedData(models.Model):
    """What was loaded, in which version."""

    name = models.CharField(_("name"), max_length=60, primary_key=True)
    version = models.CharField(_("version"), max_length=64)
    loaded_at = models.DateTimeField(_("loaded"), auto_now=True)

    class Meta:
        verbose_name = _("loaded data")
        verbose_name_plural = _("loaded data")

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Loader:
    """`load` is called in a transaction, in the order of registration, when `version()` is not the one loaded."""

    name: str
    version: Callable[[], str]
    load: Callable[[], str]
    demo: bool = False


_loaders: list[Loader] = []


def register(loader: Loader) -> None:
    if all(known.name != loader.name for known in _loaders):
        _loaders.append(loader)


def loaders(*, demo: bool) -> list[Loader]:
    """Reference loaders, then, where wanted, the demo ones."""
    return [one for one in _loaders if not one.demo] + ([one for one in _loaders if one.demo] if demo else [])


def is_loaded(loader: Loader) -> bool:
    return LoadedData.objects.filter(name=loader.name, version=loader.version()).exists()


def is_loaded_once(loader: Loader) -> bool:
    """Demo data are loaded once, whatever has changed in the code since."""
    return LoadedData.objects.filter(name=loader.name).exists()


def keep_current(model: type[models.Model], rows: Iterable[dict[str, Any]], **of: Any) -> int:
    """Rows that came with the portal, by code: those that are not there yet are added, those that nobody has edited become as they come
    now. Returns how many were changed."""
    known: dict[str, Any] = {one.code: one for one in model._default_manager.filter(**of)}
    edited = set(events_of(model).objects.filter(pgh_context__metadata__user__isnull=False).values_list("pgh_obj_id", flat=True))
    fields = [field for field in model._meta.concrete_fields if not (field.primary_key or field.is_relation)]
    new, changed = [], 0
    for row in rows:
        fresh = model(**of, **row)
        there = known.get(row["code"])
        if there is None:
            new.append(fresh)
        elif there.pk not in edited:
            differing = [one.attname for one in fields if getattr(fresh, one.attname) != getattr(there, one.attname)]
            for name in differing:
                setattr(there, name, getattr(fresh, name))
            if differing:
                there.save(update_fields=differing)
            changed += bool(differing)
    model._default_manager.bulk_create(new)
    return changed + len(new)
