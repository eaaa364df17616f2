"""Admin pages of NTB Care: the rules, not the cases; those move only at the desk."""

from __future__ import annotations

from django.contrib import admin
from import_export.admin import ImportExportModelAdmin

from .models import AnswerTemplate, Category, DeadlineRule, DutyShift, EmergencyWord, Question, RetentionRule, RoutingRule


class QuestionInline(admin.TabularInline):
    model = Question
    extra = 0


@admin.register(Category)
class CategoryAdmin(ImportExportModelAdmin):
    inlines = [QuestionInline]
    list_filter = ["parent"]
    autocomplete_fields = ["parent"]
    list_select_related = ["parent"]
    list_display = ["name_id", "name_en", "parent", "is_emergency", "is_sensitive", "is_active", "position"]
    search_fields = ["name_id", "name_en", "slug"]


@admin.register(RoutingRule)
class RoutingRuleAdmin(ImportExportModelAdmin):
    list_display = ["category", "region", "kind", "agency", "valid_from", "valid_until"]
    list_filter = ["category", "kind"]
    autocomplete_fields = ["category", "region", "agency"]
    list_select_related = ["category", "region", "agency"]


@admin.register(DeadlineRule)
class DeadlineRuleAdmin(admin.ModelAdmin):
    list_display = ["step", "kind", "is_emergency", "working_days", "minutes", "source", "valid_from", "valid_until"]


@admin.register(EmergencyWord)
class EmergencyWordAdmin(ImportExportModelAdmin):
    list_display = ["word"]
    search_fields = ["word"]


@admin.register(AnswerTemplate)
class AnswerTemplateAdmin(admin.ModelAdmin):
    list_display = ["title", "agency", "category"]
    autocomplete_fields = ["agency", "category"]


@admin.register(DutyShift)
class DutyShiftAdmin(ImportExportModelAdmin):
    list_display = ["person", "region", "category", "weekday", "begins", "ends", "valid_from", "valid_until"]
    list_filter = ["weekday", "category"]
    autocomplete_fields = ["person", "region", "category"]
    list_select_related = ["person", "region", "category"]


@admin.register(RetentionRule)
class RetentionRuleAdmin(admin.ModelAdmin):
    list_display = ["kind", "days", "source", "valid_from", "valid_until"]
