"""Admin pages of posyandu: places and rules. People and visits are only seen by who works with them."""

from __future__ import annotations

from django.contrib import admin

from ntbportal.commons.admin_tables import TableAdmin

from .models import Campaign, Finding, GrowthFinding, GrowthLimit, Item, MinimumGain, Posyandu, VisitForm, VisitQuestion


@admin.register(Posyandu)
class PosyanduAdmin(TableAdmin):
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


@admin.register(VisitForm)
class VisitFormAdmin(admin.ModelAdmin):
    list_display = ["title_id", "months_from", "months_to", "sex", "condition", "source", "is_active"]


@admin.register(VisitQuestion)
class VisitQuestionAdmin(admin.ModelAdmin):
    """Phones load forms anew with the next pack; until then they ask as before."""

    list_display = ["text_id", "code", "form", "kind", "unit", "least", "most", "low", "high"]
    list_filter = ["form", "kind"]
    search_fields = ["text_id", "code"]
    list_select_related = ["form"]


@admin.register(Finding)
class FindingAdmin(admin.ModelAdmin):
    list_display = ["label_id", "code", "form", "group", "tone", "refer", "urgent", "source"]
    list_filter = ["form", "refer", "urgent"]
    search_fields = ["label_id", "code"]
    list_select_related = ["form"]


@admin.register(GrowthFinding)
class GrowthFindingAdmin(admin.ModelAdmin):
    list_display = ["label_id", "code", "group", "tone", "refer", "urgent", "source", "is_active"]
    list_filter = ["group", "refer", "urgent"]
    search_fields = ["label_id", "code"]


@admin.register(Item)
class ItemAdmin(admin.ModelAdmin):
    list_display = ["name_id", "kind", "series", "dose", "from_days", "until_days", "is_basic", "is_stocked", "is_active"]
    list_filter = ["kind", "is_basic"]


@admin.register(Campaign)
class CampaignAdmin(admin.ModelAdmin):
    list_display = ["name", "item", "region", "first_day", "last_day"]
    autocomplete_fields = ["region"]
    list_select_related = ["item", "region"]
