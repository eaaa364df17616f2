"""Admin pages of NTB Care: the rules, not the cases; those move only at the desk."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest

from ntbportal.commons.admin_tables import TableAdmin
from ntbportal.commons.tasks import send_soon

from .models import (
    AnswerTemplate,
    Category,
    ConfidentialWord,
    DeadlineRule,
    DutyShift,
    EmergencyWord,
    OnwardCase,
    OnwardServer,
    OnwardService,
    Question,
    RetentionRule,
    RoutingRule,
)


class QuestionInline(admin.TabularInline):
    model = Question
    extra = 0


@admin.register(Category)
class CategoryAdmin(TableAdmin):
    inlines = [QuestionInline]
    list_filter = ["parent"]
    autocomplete_fields = ["parent"]
    list_select_related = ["parent"]
    list_display = ["name_id", "name_en", "parent", "is_emergency", "is_sensitive", "is_confidential", "is_active", "position"]
    search_fields = ["name_id", "name_en", "slug"]

    def save_model(self, request: HttpRequest, obj: Category, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "is_sensitive" in form.changed_data:  # places on the public map follow
            transaction.on_commit(lambda: send_soon("care.replace_on_map", obj.pk))
        if "is_confidential" in form.changed_data or "parent" in form.changed_data:
            transaction.on_commit(lambda: send_soon("care.keep_secret", obj.pk))


@admin.register(RoutingRule)
class RoutingRuleAdmin(TableAdmin):
    list_display = ["category", "region", "kind", "agency", "valid_from", "valid_until"]
    list_filter = ["category", "kind"]
    autocomplete_fields = ["category", "region", "agency"]
    list_select_related = ["category", "region", "agency"]


@admin.register(DeadlineRule)
class DeadlineRuleAdmin(admin.ModelAdmin):
    list_display = ["step", "kind", "is_emergency", "working_days", "minutes", "source", "valid_from", "valid_until"]


@admin.register(EmergencyWord)
class EmergencyWordAdmin(TableAdmin):
    list_display = ["word"]
    search_fields = ["word"]


@admin.register(AnswerTemplate)
class AnswerTemplateAdmin(admin.ModelAdmin):
    list_display = ["title", "agency", "category"]
    autocomplete_fields = ["agency", "category"]


@admin.register(DutyShift)
class DutyShiftAdmin(TableAdmin):
    list_display = ["person", "region", "category", "weekday", "begins", "ends", "valid_from", "valid_until"]
    list_filter = ["weekday", "category"]
    autocomplete_fields = ["person", "region", "category"]
    list_select_related = ["person", "region", "category"]


@admin.register(RetentionRule)
class RetentionRuleAdmin(admin.ModelAdmin):
    list_display = ["kind", "days", "source", "valid_from", "valid_until"]


class OnwardServiceInline(admin.TabularInline):
    model = OnwardService
    extra = 1
    autocomplete_fields = ["category"]


@admin.register(OnwardServer)
class OnwardServerAdmin(admin.ModelAdmin):
    list_display = ["name", "url", "agency", "is_automatic", "sends_contact", "is_active"]
    list_select_related = ["agency"]
    autocomplete_fields = ["agency"]
    inlines = [OnwardServiceInline]


@admin.register(OnwardCase)
class OnwardCaseAdmin(admin.ModelAdmin):
    """What was sent on, to look at; what failed may be put down again by choosing “waiting”."""

    list_display = ["case", "server", "state", "request_id", "tries", "next_at", "error"]
    list_filter = ["state", "server"]
    list_select_related = ["case", "server"]
    readonly_fields = ["case", "server", "request_id", "token", "status_notes", "tries", "error"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(ConfidentialWord)
class ConfidentialWordAdmin(TableAdmin):
    list_display = ["word"]
    search_fields = ["word"]
