"""What programs may ask for, as OpenAPI 3.1: the row API and the actions of the CKAN API."""

from __future__ import annotations

import inspect
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from .actions import ACTIONS, WRITES

COMMON: dict[str, Any] = {
    "sort": _("Columns, comma-separated; “-” before one for descending"), "fields": _("Columns to return, comma-separated"),
    "size": _("Rows a page, 1 to 1000 (50)"), "page": _("Page, from 1"), "group": _("Columns to group by"), "sum": _("Columns to add up"),
    "mean": _("Columns to average"), "min": _("Columns to take the least of"), "max": _("Columns to take the greatest of"),
    "total": _("0 leaves the count out, which is faster"),
}  # fmt: skip


def document() -> dict[str, Any]:
    paths: dict[str, Any] = {
        "/api/rows/{slug}": {
            "get": {
                "summary": "Rows of a published table",
                "description": "Any column may be a parameter: column=value, or column__ne, __gt, __gte, __lt, __lte, __in (comma-separated), __contains, __isnull.",
                "operationId": "rows", "tags": ["rows"],
                "parameters": [
                    {"name": "slug", "in": "path", "required": True, "schema": {"type": "string"}, "description": "Address of the data set"},
                    *({"name": name, "in": "query", "schema": {"type": "string"}, "description": str(text)} for name, text in COMMON.items()),
                ],
                "responses": {
                    "200": {"description": "A page", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}}},
                    "400": {"description": "A column, comparison or value that the table does not have"},
                    "403": {"description": "The data are not open"}, "404": {"description": "No such data set"},
                },
            }
        }
    }  # fmt: skip
    for name, action in sorted(ACTIONS.items()):
        method = "post" if name in WRITES else "get"
        text = inspect.getdoc(action) or ""
        operation: dict[str, Any] = {
            "summary": text.splitlines()[0] if text else name, "operationId": name, "tags": ["CKAN Action API v3"],
            "responses": {
                "200": {"description": "help, success and result"}, "403": {"description": "Authorization Error"},
                "404": {"description": "Not Found Error"}, "409": {"description": "Validation Error"},
            },
        }  # fmt: skip
        if name in WRITES:
            operation["security"] = [{"token": []}]
        paths[f"/api/3/action/{name}"] = {method: operation}
    return {
        "openapi": "3.1.0", "info": {"title": "NTB Satu Data", "version": "1", "description": "Open data of West Nusa Tenggara, Indonesia."},
        "servers": [{"url": settings.BASE_URL}], "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "Authorization"}},
            "schemas": {
                "Page": {
                    "type": "object", "required": ["data", "page", "size", "links"],
                    "properties": {
                        "data": {"type": "array", "items": {"type": "object"}}, "total": {"type": ["integer", "null"]},
                        "page": {"type": "integer"}, "size": {"type": "integer"},
                        "links": {"type": "object", "properties": {"next": {"type": ["string", "null"]}, "previous": {"type": ["string", "null"]}}},
                    },
                }
            },
        },
    }  # fmt: skip
