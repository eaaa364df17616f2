"""Admin pages of the catalogue. Stages move only through the workflow, never here."""

from __future__ import annotations

from django.contrib import admin

from ntbportal.commons.admin_tables import TableAdmin

from .models import CodeList, CodeMapping, DataSet, Synonym


@admin.register(DataSet)
class DataSetAdmin(admin.ModelAdmin):
    list_display = ["title", "producer", "topic", "stage", "access", "published_at"]
    list_filter = ["stage", "topic", "access"]
    search_fields = ["title", "slug"]
    autocomplete_fields = ["producer", "coverage"]
    readonly_fields = ["slug", "stage", "current", "published_at", "created_by"]
    list_select_related = ["producer"]


@admin.register(CodeList)
class CodeListAdmin(admin.ModelAdmin):
    """Codes change by proposals only, so that each version stays as it was."""

    list_display = ["title", "owner", "version"]
    autocomplete_fields = ["owner"]
    readonly_fields = ["version", "number", "valid_from"]


@admin.register(CodeMapping)
class CodeMappingAdmin(TableAdmin):
    list_display = ["from_list", "from_code", "to_list", "to_code", "relation"]
    list_filter = ["from_list", "to_list"]
    search_fields = ["from_code", "to_code"]


@admin.register(Synonym)
class SynonymAdmin(TableAdmin):
    list_display = ["words"]
    search_fields = ["words"]
