"""What is public changes only through the Walidata. A producer's change to a published data set is kept beside it, and becomes
public when the Walidata accepts it; to one that was never published it happens at once. Forms, spreadsheets and programs all
come through `change_description`, `change_schema` and `ask_to_archive`."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ntbportal.commons.notices import Message, announce
from ntbportal.commons.people import Role, User

from .models import DataSet, DataSetMove, PendingChange, PendingState
from .search import refresh_contents

Kind = PendingChange.Kind


def needs_the_walidata(data_set: DataSet, by: User) -> bool:
    return data_set.pk is not None and data_set.published_at is not None and not by.has_perm("onedata.check")


def _plain(value: Any) -> Any:
    """A field's value as JSON keeps it."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, (models.QuerySet, list, tuple, set)):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _now(data_set: DataSet, name: str) -> Any:
    field = data_set._meta.get_field(name)
    if field.many_to_many:
        return sorted(getattr(data_set, name).values_list("pk", flat=True))
    return _plain(getattr(data_set, field.attname if field.many_to_one else name))


@transaction.atomic
def change_description(data_set: DataSet, values: dict[str, Any], by: User) -> PendingChange | None:
    """Set fields (many-to-many ones to the rows given), or keep the change for the Walidata. Returns it then.

    The values must have been validated. Only what differs counts.
    """
    if not needs_the_walidata(data_set, by):
        _set(data_set, values)
        return None
    stored = DataSet.objects.select_for_update().get(pk=data_set.pk)
    wanted = {name: _plain(value) for name, value in values.items()}
    for name, value in wanted.items():
        if isinstance(value, list) and stored._meta.get_field(name).many_to_many:
            wanted[name] = sorted(value)
    differing = {name: value for name, value in wanted.items() if value != _now(stored, name)}
    return _keep(stored, Kind.DESCRIPTION, differing, by) if differing else None


def _set(data_set: DataSet, values: dict[str, Any]) -> None:
    many = {}
    for name, value in values.items():
        field: Any = data_set._meta.get_field(name)
        if field.many_to_many:
            many[name] = value
        elif field.many_to_one and not isinstance(value, models.Model):
            setattr(data_set, field.attname, value)
        elif isinstance(field, models.DateField) and isinstance(value, str):
            setattr(data_set, name, parse_date(value))
        else:
            setattr(data_set, name, value)
    data_set.save()
    for name, value in many.items():
        getattr(data_set, name).set(value)
    refresh_contents(data_set)


@transaction.atomic
def change_schema(data_set: DataSet, fields: list[dict[str, Any]], by: User) -> PendingChange | None:
    """As `change_description`, of what is said of the columns."""
    from .schema import save_schema

    if not needs_the_walidata(data_set, by):
        save_schema(data_set, fields)
        return None
    stored = DataSet.objects.select_for_update().get(pk=data_set.pk)
    differing = [field for field in fields if field != stored.field(field["name"]) and (len(field) > 1 or stored.field(field["name"]))]
    return _keep(stored, Kind.SCHEMA, {"fields": differing}, by) if differing else None


@transaction.atomic
def ask_to_archive(data_set: DataSet, by: User, note: str) -> PendingChange | None:
    """Archive at once what was never public; ask the Walidata for what is. Raises ValidationError without a reason."""
    from .workflow import archive

    if not note.strip():
        raise ValidationError(_("Say why the data set is archived."))
    if not needs_the_walidata(data_set, by):
        archive(data_set, by, note)
        return None
    return _keep(data_set, Kind.ARCHIVE, {}, by, note.strip())


def _keep(data_set: DataSet, kind: str, values: dict[str, Any], by: User, note: str = "") -> PendingChange:
    """One waiting change of a kind: a later one is laid over it."""
    waiting = data_set.pending_changes.select_for_update().filter(kind=kind, state=PendingState.WAITING).first()
    if waiting is None:
        waiting = PendingChange(data_set=data_set, kind=kind, by=by)
    if kind == Kind.SCHEMA:
        said = {field["name"]: field for field in waiting.values.get("fields", [])}
        waiting.values = {"fields": list((said | {field["name"]: field for field in values["fields"]}).values())}
    else:
        waiting.values = {**waiting.values, **values}
    is_new = waiting.pk is None
    waiting.by, waiting.note = by, note or waiting.note
    waiting.save()
    if is_new:
        announce(
            Message(
                event=f"pending:{waiting.pk}",
                subject=gettext_lazy("Change to published data: %(title)s"),
                body=gettext_lazy("%(who)s proposes a change to a published data set. It is public once you accept it."),
                path=f"/onedata/desk/{data_set.slug}/",
                values={"title": data_set.title, "who": str(by)},
            ),
            users=User.objects.holding(Role.WALIDATA),
        )
    return waiting


@transaction.atomic
def decide_change(change: PendingChange, by: User, *, accept: bool, reason: str = "") -> PendingChange:
    """Accept or refuse a change that waits. Raises ValidationError where a reason is missing or it is decided already."""
    from .holding import decide, text_review
    from .schema import save_schema
    from .workflow import archive

    data_set = DataSet.objects.select_for_update(of=("self",)).get(pk=change.data_set_id)
    change = PendingChange.objects.select_for_update(of=("self",)).select_related("by").get(pk=change.pk)
    if change.state != PendingState.WAITING:
        raise ValidationError(_("This change has been decided already."))
    if not accept and not reason.strip():
        raise ValidationError(_("Say why the change is refused."))
    if accept and change.kind == Kind.DESCRIPTION:
        _set(data_set, change.values)
    elif accept and change.kind == Kind.SCHEMA:
        save_schema(data_set, change.values["fields"])
    elif accept:
        archive(data_set, by, change.note)
    if accept and change.kind != Kind.ARCHIVE:
        data_set.refresh_from_db()
        review = text_review(data_set)
        if review is not None and not reason.strip():
            raise ValidationError(_("The new text holds personal data. Give the reason why it may be public, or refuse the change."))
        if review is not None:
            decide(review, by, allow=True, reason=reason)
    change.state = PendingState.ACCEPTED if accept else PendingState.REFUSED
    change.reason, change.decided_by, change.decided_at = reason.strip(), by, timezone.now()
    change.save()
    said = _("Change accepted: %(what)s") if accept else _("Change refused: %(what)s")
    data_set.refresh_from_db(fields=["stage"])
    DataSetMove.objects.create(
        data_set=data_set, by=by, from_stage=data_set.stage, to_stage=data_set.stage,
        note=" ".join([said % {"what": change.get_kind_display()}, reason.strip()]).strip(),
    )  # fmt: skip
    announce(
        Message(
            event=f"pending:{change.pk}:decided",
            subject=gettext_lazy("The Walidata has decided: %(title)s"),
            body=gettext_lazy("%(said)s"),
            path=f"/onedata/desk/{data_set.slug}/",
            values={"title": data_set.title, "said": reason.strip() or "✓"},
        ),
        users=[change.by],
    )
    return change


def as_table(change: PendingChange) -> list[dict[str, Any]]:
    """What would change: [{"name", "before", "after"}], in words."""
    data_set = change.data_set
    if change.kind == Kind.SCHEMA:
        rows = []
        for field in change.values.get("fields", []):
            before, after = data_set.field(field["name"]), field
            for key in dict.fromkeys([*before, *after]):
                if before.get(key) != after.get(key):
                    rows.append({"name": f"{field['name']}: {key}", "before": before.get(key, ""), "after": after.get(key, "")})
        return rows
    return [
        {"name": data_set._meta.get_field(name).verbose_name, "before": _worded(data_set, name, _now(data_set, name)),
         "after": _worded(data_set, name, value)}
        for name, value in change.values.items()
    ]  # fmt: skip


def _worded(data_set: DataSet, name: str, value: Any) -> str:
    field: Any = data_set._meta.get_field(name)
    if field.many_to_many or field.many_to_one:
        keys = value if isinstance(value, list) else [value]
        rows = field.related_model.objects.filter(pk__in=[key for key in keys if key is not None])
        return ", ".join(map(str, rows))
    if field.choices:
        return str(dict(field.choices).get(value, value))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value if value is not None else "")
