"""Spreadsheets in and out of the admin pages: what leaves runs no formula, what comes back unchanged means what it meant."""

from __future__ import annotations

from typing import Any

from import_export import resources
from import_export.admin import ImportExportModelAdmin

from .spreadsheets import harmless, restored

META = {"skip_unchanged": True, "report_skipped": True}  # what is as it was is not written again


class HarmlessResource(resources.ModelResource):  # type: ignore[misc]
    """Every cell of text goes out through `harmless` and comes in through `restored`."""

    def export_field(self, field: Any, instance: Any, **options: Any) -> Any:
        return harmless(super().export_field(field, instance, **options))

    def before_import_row(self, row: Any, **options: Any) -> None:
        for name, value in row.items():
            if isinstance(value, str):
                row[name] = restored(value)
        super().before_import_row(row, **options)


class TableAdmin(ImportExportModelAdmin):  # type: ignore[misc]
    """An admin page with import and export. Use this instead of the package's own."""

    def get_resource_classes(self, request: Any) -> list[Any]:
        if self.resource_classes or self.resource_class:
            return list(super().get_resource_classes(request))
        return [resources.modelresource_factory(self.model, resource_class=HarmlessResource, meta_options=META)]

    def get_export_resource_classes(self, request: Any) -> list[Any]:
        return self.get_resource_classes(request)

    def get_import_resource_classes(self, request: Any) -> list[Any]:
        return self.get_resource_classes(request)
