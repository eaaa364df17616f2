"""Reference and demo data: each app registers what it loads; `manage prepare` loads what is missing or has changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


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
