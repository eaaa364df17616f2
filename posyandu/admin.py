"""Admin pages of posyandu: places and rules. People and visits are only seen by who works with them."""

from __future__ import annotations

from django.contrib import admin
from import_export.admin import ImportExportModelAdmin

from .models import GrowthLimit, MinimumGain, Posyandu


@admin.register(Posyandu)
class PosyanduAdmin(ImportExportModelAdmin):
    list_display = ["name", "village", "puskesmas", "open_day_of_month", "is_active"]
    search_fields = ["name", "village__name"]
    autocomplete_fields = ["village", "puskesmas", "cadres"]
    list_select_related = ["village", "puskesmas"]


@admin.register(GrowthLimit)
class GrowthLimitAdmin(admin.ModelAdmin):
    list_display = ["index", "months_from", "months_to", "above", "label_id", "refer", "source", "valid_from", "valid_until"]
    list_filter = ["index"]


@admin.register(MinimumGain)
class MinimumGainAdmin(admin.ModelAdmin):
    list_display = ["sex", "months_from", "months_to", "grams", "source", "valid_from", "valid_until"]
