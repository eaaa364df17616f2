"""What of a file is not in the table, counted exactly; and the person's yes to just that number."""

from __future__ import annotations

from typing import Any

import duckdb
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ntbportal.commons.people import User

from ..models import DataVersion
from .csv_rows import Account
from .reading import Reading
from .storing import LISTED, Plan, lost_cells

NUMBERS = ("rows", "cells", "formulas", "hidden")


def tally(db: duckdb.DuckDBPyConnection, planned: list[Plan], account: Account, reading: Reading) -> dict[str, Any]:
    """The losses of a version as `DataVersion.losses` keeps them."""
    columns = [{"name": plan.name, "cells": plan.lost, "type": plan.type, "where": lost_cells(db, plan)} for plan in planned if plan.lost]
    found = {
        "rows": account.lost_count,
        "cells": sum(plan.lost for plan in planned),
        "formulas": reading.unsaid,
        "hidden": reading.hidden_rows + len(reading.hidden_columns),
        "hidden_columns": list(reading.hidden_columns),
        "columns": columns,
        "lines": account.lost[:LISTED],
        "questions": [
            {"column": plan.name, "why": plan.why, "options": list(plan.options), "sample": plan.sample} for plan in planned if plan.why
        ],
    }
    return found if any(found[name] for name in (*NUMBERS, "questions")) else {}


def losses_in_numbers(losses: dict[str, Any]) -> dict[str, int]:
    """The numbers a person says yes to; empty where nothing is lost."""
    found = {name: int(losses.get(name) or 0) for name in NUMBERS}
    return found if any(found.values()) else {}


def unconfirmed(version: DataVersion) -> dict[str, int]:
    """Losses that nobody has said yes to yet."""
    numbers = losses_in_numbers(version.losses)
    return {} if numbers == version.loss_confirmed else numbers


@transaction.atomic
def confirm_losses(version: DataVersion, by: User, numbers: dict[str, int]) -> DataVersion:
    """Somebody says yes to exactly these numbers. Raises ValidationError where they are not those of the table now."""
    version = DataVersion.objects.select_for_update(of=("self",)).get(pk=version.pk)
    if version.published_at is not None:
        raise ValidationError(_("A published version is never changed. Upload a new one."))
    if numbers != losses_in_numbers(version.losses) or not numbers:
        raise ValidationError(_("The table has been read again meanwhile, and the numbers have changed. Look at them again."))
    version.loss_confirmed, version.loss_confirmed_by, version.loss_confirmed_at = numbers, by, timezone.now()
    version.save(update_fields=["loss_confirmed", "loss_confirmed_by", "loss_confirmed_at"])
    return version
