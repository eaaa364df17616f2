"""Reference codes (kode referensi): shared code lists with an owner."""

from __future__ import annotations

import pghistory
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ntbportal.commons.agencies import Agency


@pghistory.track()
class CodeList(models.Model):
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    title = models.CharField(_("title"), max_length=160)
    description = models.TextField(_("description"), blank=True)
    owner = models.ForeignKey(Agency, models.PROTECT, related_name="code_lists", verbose_name=_("owner"))
    source = models.CharField(_("source"), max_length=240)
    version = models.CharField(_("version"), max_length=40, blank=True)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)

    class Meta:
        verbose_name = _("code list")
        verbose_name_plural = _("code lists")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("onedata:reference_list", args=[self.slug])


class Code(models.Model):
    code_list = models.ForeignKey(CodeList, models.CASCADE, related_name="codes")
    code = models.CharField(_("code"), max_length=40)
    label = models.CharField(_("label"), max_length=200)
    parent_code = models.CharField(_("within"), max_length=40, blank=True)
    other_code = models.CharField(_("code in the other scheme"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("code")
        verbose_name_plural = _("codes")
        ordering = ["code"]
        constraints = [models.UniqueConstraint(fields=["code_list", "code"], name="one_code_per_list")]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"
