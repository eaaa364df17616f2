"""The schema of a data set's table in the terms of Frictionless Table Schema, from the version's columns and what the
producer says of them."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from ntbportal.commons.tasks import send_soon

from .models import DataSet, DataVersion, VersionState
from .quality.running import read_again
from .search import refresh_contents

TEXTS = ("title", "description", "unit", "type", "pattern", "minimum", "maximum", "code_list")
FLAGS = ("required", "unique")


def table_schema(data_set: DataSet, version: DataVersion) -> dict[str, Any]:
    """{"fields": [{"name", "type", "title", "description", "constraints"}], "foreignKeys": []}."""
    fields = []
    for column in version.columns:
        said = data_set.field(column["name"])
        constraints = {key: said[key] for key in ("required", "unique", "enum", "pattern") if said.get(key)}
        for key in ("minimum", "maximum"):
            if said.get(key) not in (None, ""):
                constraints[key] = _limit(said[key], column["type"])
        field = {"name": column["name"], "type": column["type"]}
        if column["type"] == "datetime":
            field["format"] = "any"
        field |= {key: said[key] for key in ("title", "description", "unit") if said.get(key)}
        if said.get("code_list"):
            field["codeList"] = said["code_list"]
        if constraints:
            field["constraints"] = constraints
        fields.append(field)
    found: dict[str, Any] = {"fields": fields}
    keys = [field["name"] for field in fields if field.get("constraints", {}).get("unique") and field["constraints"].get("required")]
    if keys:
        found["primaryKey"] = keys[:1]
    return found


def _limit(value: str, kind: str) -> Any:
    try:
        return int(value) if kind == "integer" else float(value) if kind == "number" else value
    except ValueError:
        return value


def cleaned(field: dict[str, Any]) -> dict[str, Any]:
    """What is said of one column, without what is empty. Raises ValidationError for a pattern that is none."""
    found: dict[str, Any] = {"name": field["name"]}
    found |= {key: str(field[key]).strip() for key in TEXTS if str(field.get(key) or "").strip()}
    found |= {key: True for key in FLAGS if field.get(key)}
    if field.get("enum"):
        found["enum"] = list(dict.fromkeys(str(one).strip() for one in field["enum"] if str(one).strip()))
    if field.get("variable"):
        found["variable"] = int(field["variable"])
    if "pattern" in found:
        try:
            re.compile(found["pattern"])
        except re.error as error:
            raise ValidationError(_("“%(value)s” is no regular expression.") % {"value": found["pattern"]}) from error
    return found


@transaction.atomic
def save_schema(data_set: DataSet, fields: list[dict[str, Any]]) -> None:
    """Keep what is said of these columns (others stay as they are) and have the newest version looked at again."""
    locked = DataSet.objects.select_for_update().get(pk=data_set.pk)
    said = {field["name"]: field for field in locked.schema}
    said |= {field["name"]: field for field in fields}
    locked.schema = [field for field in said.values() if len(field) > 1]
    locked.save(update_fields=["schema", "updated_at"])
    locked.variables.set({field["variable"] for field in locked.schema if field.get("variable")})
    refresh_contents(locked)
    look_again(locked)


@transaction.atomic
def save_checks(data_set: DataSet, rules: list[dict[str, Any]]) -> None:
    locked = DataSet.objects.select_for_update().get(pk=data_set.pk)
    locked.extra_checks = rules
    locked.save(update_fields=["extra_checks", "updated_at"])
    look_again(locked)


def look_again(data_set: DataSet) -> None:
    """Check the newest version by the rules of today; one that is not published yet is read anew."""
    version = data_set.versions.order_by("-number").first()
    if version is None or version.state in {VersionState.WAITING, VersionState.CHECKING}:
        return
    if version.published_at is None:
        read_again(version)
    else:
        transaction.on_commit(lambda: send_soon("onedata.recheck", version.pk))
