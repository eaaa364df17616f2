"""Descriptions out to a spreadsheet, edited there, and in again: each change is shown before it happens, and all happen
or none. Data sets and the records of statistical metadata go the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from ntbportal.commons.people import Role, User

from .forms import DataSetForm
from .models import RECORDS, DataSet
from .public_changes import change_description
from .record_forms import FORMS
from .search import refresh_contents
from .spreadsheet_rows import rows_of_upload

MOST_ROWS = 5000


@dataclass(frozen=True)
class Kind:
    """`rows`: what a person may export; `key`: the field that finds a row again."""

    name: str
    model: Any
    form: Any
    key: str
    fields: list[str]
    rows: Callable[[User], Any]


def _own_data_sets(user: User) -> Any:
    rows = DataSet.objects.select_related("producer", "activity").prefetch_related("indicators", "variables")
    return rows if user.has_perm("onedata.check") else rows.filter(producer__in=user.agencies_as(Role.PRODUCER))


def _own_records(kind: str) -> Callable[[User], Any]:
    def rows(user: User) -> Any:
        found = RECORDS[kind].objects.select_related(
            *[f.name for f in RECORDS[kind]._meta.fields if f.many_to_one and f.name != "created_by"]
        )
        found = found.prefetch_related(*[f.name for f in RECORDS[kind]._meta.many_to_many])
        return found if user.has_perm("onedata.check") else found.filter(owner__in=user.agencies_as(Role.PRODUCER))

    return rows


DATA_SET_FIELDS = [
    "title", "description", "producer", "kind", "topic", "keywords", "frequency", "coverage", "period_from", "period_to", "concept",
    "definition", "classification", "measure", "unit", "activity", "indicators", "variables", "licence", "access", "access_reason", "link",
]  # fmt: skip
KINDS: dict[str, Kind] = {
    "datasets": Kind("datasets", DataSet, DataSetForm, "slug", DATA_SET_FIELDS, _own_data_sets),
    **{
        kind: Kind(kind, RECORDS[kind], FORMS[kind], "code", [f for f in FORMS[kind]._meta.fields if f != "code"], _own_records(kind))
        for kind in RECORDS
    },
}


# --- out ------------------------------------------------------------------------------------------------------------
def header(kind: Kind) -> list[str]:
    """Names of fields as headings: the same in both languages, so that a file made in one is read in the other."""
    return [kind.key, *kind.fields]


def lines(kind: Kind, user: User) -> Iterator[list[str]]:
    for row in kind.rows(user).order_by(kind.key)[:MOST_ROWS]:
        yield [str(getattr(row, kind.key)), *(as_text(row, name) for name in kind.fields)]


def _handle(thing: Any) -> str:
    """How a spreadsheet names a row of another table."""
    return str(next((getattr(thing, name) for name in ("slug", "code") if hasattr(thing, name)), thing.pk))


def as_text(row: Any, name: str) -> str:
    model_field = row._meta.get_field(name)
    if model_field.many_to_many:
        return ", ".join(sorted(_handle(one) for one in getattr(row, name).all()))
    value = getattr(row, name)
    if model_field.many_to_one:
        return _handle(value) if value is not None else ""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


# --- in -------------------------------------------------------------------------------------------------------------
@dataclass
class Trial:
    """What a spreadsheet would do. changes: [{"row", "key", "is_new", "fields": [(name, before, after)]}]"""

    changes: list[dict[str, Any]] = field(default_factory=list)
    unchanged: int = 0
    errors: list[tuple[int, str, str]] = field(default_factory=list)  # row, column, what is wrong


def read(kind: Kind, upload: Any) -> list[dict[str, str]]:
    """Rows of the file as {field: text} with "row", the line. Raises ValidationError."""
    found = rows_of_upload(upload, MOST_ROWS)
    names = [cell.strip().lower() for cell in next(found, [])]
    if kind.key not in names:
        raise ValidationError(_("The first row must name the columns as in the exported file; “%(name)s” is missing.") % {"name": kind.key})
    unknown = [name for name in names if name and name not in header(kind)]
    if unknown:
        raise ValidationError(_("There is no such field: %(names)s.") % {"names": ", ".join(unknown)})
    rows = []
    for number, cells in enumerate(found, start=2):
        row = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name}
        if any(row.values()):
            rows.append({**row, "row": str(number)})
    return rows


def attempt(kind: Kind, rows: list[dict[str, str]], user: User, *, write: bool = False) -> Trial:
    """What the rows would change (or change it, all in one transaction, where nothing is wrong)."""
    trial = Trial()
    with transaction.atomic():
        known = {str(getattr(row, kind.key)): row for row in kind.rows(user).filter(**{f"{kind.key}__in": [row[kind.key] for row in rows]})}
        seen: dict[str, str] = {}
        for row in rows:
            key = row[kind.key]
            if key and key in seen:
                trial.errors.append(
                    (int(row["row"]), kind.key, _("“%(code)s” already stands in row %(row)s.") % {"code": key, "row": seen[key]})
                )
                continue
            seen[key] = row["row"]
            _attempt_row(kind, row, known.get(key), user, trial, write=write)
        if trial.errors:
            transaction.set_rollback(True)
    return trial


def _attempt_row(kind: Kind, row: dict[str, str], instance: Any, user: User, trial: Trial, *, write: bool) -> None:
    number, key = int(row["row"]), row[kind.key]
    if instance is None and key and kind.model.objects.filter(**{kind.key: key}).exists():
        trial.errors.append((number, kind.key, _("“%(code)s” belongs to another agency.") % {"code": key}))
        return
    if instance is None and kind.name == "datasets" and key:
        trial.errors.append((number, kind.key, _("There is no data set “%(code)s”. Leave this cell empty for a new one.") % {"code": key}))
        return
    before = {name: as_text(instance, name) if instance is not None else "" for name in kind.fields}
    after = {name: row.get(name, before[name]) for name in kind.fields}
    changed = [name for name in kind.fields if name in row and not _same(kind, name, before[name], after[name])]
    if instance is not None and not changed:
        trial.unchanged += 1
        return
    if kind.name != "datasets" and instance is not None and instance.is_public and not user.has_perm("onedata.check"):
        trial.errors.append((number, kind.key, _("This one is public: the Walidata changes it.")))
        return
    data, problems = _form_data(kind, after)
    trial.errors += [(number, name, text) for name, text in problems]
    if problems:
        return
    if kind.key == "code":
        data["code"] = key
    form = kind.form(data, instance=instance, user=user)
    if not form.is_valid():
        trial.errors += [(number, name, " ".join(map(str, said))) for name, said in form.errors.items()]
        return
    trial.changes.append(
        {
            "row": number,
            "key": key,
            "is_new": instance is None,
            "fields": [(name, before[name], after[name]) for name in changed or kind.fields],
        }
    )
    if write:
        _write(kind, form, instance, changed, user)


def _write(kind: Kind, form: Any, instance: Any, changed: list[str], user: User) -> None:
    if instance is not None and kind.name == "datasets":
        stored = DataSet.objects.get(pk=instance.pk)
        change_description(stored, {name: form.cleaned_data[name] for name in changed}, user)
        return
    if instance is None:
        form.instance.created_by = user
    if kind.name != "datasets" and not user.has_perm("onedata.check"):
        form.instance.is_public = False  # until the Walidata opens it
    saved = form.save()
    if instance is None and kind.name == "datasets":
        from .workflow import plan_draft

        refresh_contents(saved)
        plan_draft(saved, user)


def _same(kind: Kind, name: str, before: str, after: str) -> bool:
    model_field = kind.model._meta.get_field(name)
    if model_field.many_to_many or name == "keywords":
        return {part.strip() for part in before.split(",")} == {part.strip() for part in after.split(",")}
    if model_field.choices:
        return before == (_choice(model_field, after) or after)
    if isinstance(model_field, models.BooleanField):
        return before == ("ya" if _is_yes(after) else "tidak")
    return before == after


def _is_yes(text: str) -> bool:
    return text.strip().lower() in {"ya", "yes", "true", "1", "benar"}


def _choice(model_field: Any, text: str) -> str:
    """The value of a choice named by itself or by its label in either language."""
    for language in ("id", "en"):
        with override(language):
            for value, label in model_field.flatchoices:
                if text.strip().lower() in {str(value).lower(), str(label).lower()}:
                    return str(value)
    return ""


def _form_data(kind: Kind, texts: dict[str, str]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Cells as the form takes them, and what names nothing that is there."""
    data: dict[str, Any] = {}
    problems = []
    for name, text in texts.items():
        model_field = kind.model._meta.get_field(name)
        if model_field.is_relation:
            found, missing = _related(model_field, text)
            problems += [(name, _("There is no “%(code)s”.") % {"code": code}) for code in missing]
            data[name] = found if model_field.many_to_many else (found[0] if found else "")
        elif model_field.choices:
            data[name] = _choice(model_field, text) or text
        elif isinstance(model_field, models.BooleanField):
            data[name] = "on" if _is_yes(text) else ""
        else:
            data[name] = text
    return data, problems


def _related(model_field: Any, text: str) -> tuple[list[Any], list[str]]:
    codes = [part.strip() for part in text.split(",") if part.strip()]
    if not codes:
        return [], []
    model = model_field.related_model
    names = {one.name for one in model._meta.fields}
    key = "slug" if "slug" in names else "code" if "code" in names else "pk"
    known = {str(getattr(row, key)): row.pk for row in model.objects.filter(**{f"{key}__in": codes})}
    return [known[code] for code in codes if code in known], [code for code in codes if code not in known]
