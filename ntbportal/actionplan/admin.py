"""Where editors keep the action plan up to date."""

from __future__ import annotations

from django.contrib import admin

from .models import Commitment, Milestone, Plan


@admin.register(Plan)
class PlanAdmin(admin.ModelAdmin):
    list_display = ["title_id", "starts_on", "ends_on", "is_current"]
    autocomplete_fields = ["consortium", "partners"]


class MilestoneInline(admin.StackedInline):
    model = Milestone
    extra = 0


@admin.register(Commitment)
class CommitmentAdmin(admin.ModelAdmin):
    list_display = ["number", "title_id", "lead", "completion"]
    autocomplete_fields = ["lead", "supporting"]
    inlines = [MilestoneInline]
    list_select_related = ["lead"]
