"""Admin pages of the catalogue. Stages move only through the workflow, never here."""

from __future__ import annotations

from django.contrib import admin
from import_export.admin import ImportExportModelAdmin

from .models import Code, CodeList, DataSet


@admin.register(DataSet)
class DataSetAdmin(admin.ModelAdmin):
    list_display = ["title", "producer", "topic", "stage", "access", "published_at"]
    list_filter = ["stage", "topic", "access"]
    search_fields = ["title", "slug"]
    autocomplete_fields = ["producer", "coverage"]
    readonly_fields = ["slug", "stage", "current", "published_at", "created_by"]
    list_select_related = ["producer"]


@admin.register(CodeList)
class CodeListAdmin(ImportExportModelAdmin):
    list_display = ["title", "owner", "version"]
    autocomplete_fields = ["owner"]


@admin.register(Code)
class CodeAdmin(ImportExportModelAdmin):
    list_display = ["code", "label", "code_list"]
    list_filter = ["code_list"]
    search_fields = ["code", "label"]
