"""Changing a code list: what a spreadsheet would change, the Forum's decision, the new version, differences.

Nothing is overwritten: a code that changes or ends keeps its row for the versions it stood in.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from ntbportal.commons.notices import Message, announce
from ntbportal.commons.people import Role, User

from .models import Code, CodeList, CodeListVersion, CodeProposal
from .models.reference import ProposalState

FIELDS = ("label", "parent_code", "other_code", "description", "valid_from", "valid_to")
MOST_ROWS = 100_000
# heading in a spreadsheet, lower case -> field; where two columns would mean the same, the surer one keeps it (SECOND)
HEADINGS = {
    "kode": "code", "code": "code",
    "label": "label", "nama": "label", "name": "label", "uraian": "label",
    "induk": "parent_code", "di dalam": "parent_code", "within": "parent_code", "parent": "parent_code", "parent_code": "parent_code",
    "kode lain": "other_code", "kode di skema lain": "other_code", "code in the other scheme": "other_code", "other_code": "other_code",
    "keterangan": "description", "deskripsi": "description", "description": "description",
    "berlaku dari": "valid_from", "valid from": "valid_from", "valid_from": "valid_from",
    "berlaku sampai": "valid_to", "valid to": "valid_to", "valid_to": "valid_to",
}  # fmt: skip

# headings that mean one thing beside a surer name of it: "Uraian" is the label of a list that has no "Nama"
SECOND = {"uraian": "description", "name": "label", "nama": "label"}


def fields_of(header: list[str]) -> list[str]:
    """The field of each column of a spreadsheet, "" for others. Raises ValidationError where two columns mean the same."""
    said = [cell.strip().lower() for cell in header]
    own = _own_headings()
    found = [own.get(name) or HEADINGS.get(name, "") for name in said]
    for place, name in enumerate(said):
        if name in SECOND and found.count(found[place]) > 1 and SECOND[name] not in found:
            found[place] = SECOND[name]
    if "label" not in found:  # "Uraian" beside no other name
        found = ["label" if HEADINGS.get(name) == "label" else field for name, field in zip(said, found, strict=True)]
    doubled = next((name for name in found if name and found.count(name) > 1), "")
    if doubled:
        names = ", ".join(cell for cell, field in zip(header, found, strict=True) if field == doubled)
        raise ValidationError(_("These columns mean the same: %(names)s. Keep one of them.") % {"names": names})
    return found


# what our own export calls its columns
TITLES = {
    "code": gettext_lazy("Code"), "label": gettext_lazy("Label"), "other_code": gettext_lazy("Code in the other scheme"),
    "parent_code": gettext_lazy("Within"), "description": gettext_lazy("Description"), "valid_from": gettext_lazy("Valid from"),
    "valid_to": gettext_lazy("Valid to"),
}  # fmt: skip


def _own_headings() -> dict[str, str]:
    """TITLES in both languages, in lower case -> field."""
    found = {}
    for language in ("id", "en"):
        with override(language):
            found |= {str(title).strip().lower(): field for field, title in TITLES.items()}
    return found


@dataclass
class RowError:
    row: int  # line of the file, the header being 1
    column: str
    text: str


@dataclass
class Comparison:
    changes: list[dict[str, Any]] = field(default_factory=list)
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)


def _values(code: Code) -> dict[str, str]:
    return {name: _text(getattr(code, name)) for name in FIELDS}


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value or "").strip()


def compare(code_list: CodeList, rows: Iterable[tuple[int, dict[str, str]]], *, whole: bool, given: Iterable[str] = FIELDS) -> Comparison:
    """What `rows` (line, {"code", "label", …}) would change. `whole`: codes that are not in them end. Only the fields
    `given` are compared: a column the spreadsheet leaves out changes nothing."""
    found = Comparison()
    given = [name for name in FIELDS if name in set(given)]
    now = {code.code: code for code in code_list.codes.current()}
    lines: dict[str, int] = {}
    wanted: dict[str, dict[str, str]] = {}
    for line, row in rows:
        code = row.get("code", "").strip()
        problems = _problems(line, row, code, lines)
        if problems:
            found.errors += problems
            continue
        lines[code] = line
        wanted[code] = {name: row.get(name, "").strip() for name in given}
    parents = wanted.keys() | (set() if whole else now.keys())
    own_parents = any(code.parent_code in now for code in now.values() if code.parent_code)
    for code, after in wanted.items():
        if own_parents and after.get("parent_code") and after["parent_code"] not in parents:
            found.errors.append(RowError(lines[code], _("within"), _("“%(code)s” is not in this list.") % {"code": after["parent_code"]}))
        if code not in now:
            found.changes.append(
                {"act": "add", "code": code, "row": lines[code], "before": {}, "after": {n: v for n, v in after.items() if v}}
            )
            continue
        before = _values(now[code])
        differing = [name for name in given if before[name] != after[name]]
        if differing:
            found.changes.append(
                {
                    "act": "change", "code": code, "row": lines[code],
                    "before": {name: before[name] for name in differing}, "after": {name: after[name] for name in differing},
                }
            )  # fmt: skip
        else:
            found.unchanged += 1
    if whole:
        for code in sorted(now.keys() - wanted.keys()):
            found.changes.append({"act": "end", "code": code, "row": None, "before": {"label": now[code].label}, "after": {}})
    return found


def _problems(line: int, row: dict[str, str], code: str, seen: dict[str, int]) -> list[RowError]:
    found = []
    if not code:
        found.append(RowError(line, _("code"), _("The code is missing.")))
    elif len(code) > 40:
        found.append(RowError(line, _("code"), _("The code is longer than 40 signs.")))
    elif code in seen:
        found.append(RowError(line, _("code"), _("“%(code)s” already stands in row %(row)s.") % {"code": code, "row": seen[code]}))
    if "label" in row and not row["label"].strip():
        found.append(RowError(line, _("label"), _("The label is missing.")))
    for name in ("valid_from", "valid_to"):
        text = row.get(name, "").strip()
        try:
            if text and parse_date(text) is None:
                raise ValueError
        except ValueError:
            found.append(RowError(line, name, _("“%(value)s” is not a date (year-month-day).") % {"value": text}))
    return found


def read_table(upload: Any) -> tuple[list[tuple[int, dict[str, str]]], list[str]]:
    """Rows of a CSV or spreadsheet with the headings of HEADINGS: (line, {field: text}), and the fields that have a
    column. Raises ValidationError naming what is wrong."""
    from .spreadsheet_rows import rows_of_upload

    lines = rows_of_upload(upload, MOST_ROWS)
    header = fields_of(next(lines, []))
    missing = [name for name in ("code", "label") if name not in header]
    if missing:
        raise ValidationError(
            _("The first row must name the columns; “code” and “label” are needed, missing: %(missing)s.") % {"missing": ", ".join(missing)}
        )
    found = []
    for number, cells in enumerate(lines, start=2):
        row = {name: cell for name, cell in zip(header, cells, strict=False) if name}
        if any(value.strip() for value in row.values()):
            found.append((number, row))
    return found, [name for name in header if name and name != "code"]


@transaction.atomic
def propose(proposal: CodeProposal) -> CodeProposal:
    """Hand a dry run to the Forum: those who decide are told. Raises ValidationError."""
    proposal = CodeProposal.objects.select_for_update().select_related("code_list").get(pk=proposal.pk)
    if proposal.state != ProposalState.TRIAL:
        raise ValidationError(_("This proposal has been handed in already."))
    if not proposal.changes:
        raise ValidationError(_("There is nothing to change."))
    proposal.state = ProposalState.PROPOSED
    proposal.save(update_fields=["state"])
    announce(
        Message(
            event=f"codes:{proposal.pk}:proposed",
            subject=gettext_lazy("Proposal for a code list: %(title)s"),
            body=gettext_lazy("Changes to %(title)s are proposed. The Forum decides.\n\n%(reason)s"),
            path=proposal.get_absolute_url(),
            values={"title": proposal.code_list.title, "reason": proposal.reason},
        ),
        users=User.objects.holding(Role.WALIDATA) | User.objects.holding(Role.PEMBINA),
    )
    return proposal


@transaction.atomic
def decide(proposal: CodeProposal, by: User, *, accept: bool, said: str = "") -> CodeProposal:
    """The Forum's decision. Accepted, the changes become the list's next version at once. Raises ValidationError."""
    proposal = CodeProposal.objects.select_for_update(of=("self",)).select_related("code_list", "by").get(pk=proposal.pk)
    if proposal.state != ProposalState.PROPOSED:
        raise ValidationError(_("This proposal is not before the Forum."))
    if not accept and not said.strip():
        raise ValidationError(_("Say why the proposal is refused."))
    if accept:
        if proposal.code_list.number != proposal.based_on:
            raise ValidationError(_("The list has changed since this proposal was made. Make the dry run again."))
        publish_changes(
            proposal.code_list, proposal.changes, label=proposal.label, valid_from=proposal.valid_from, note=proposal.reason, by=by
        )
    proposal.state = ProposalState.ACCEPTED if accept else ProposalState.REFUSED
    proposal.decided_by, proposal.decided_at, proposal.decision = by, timezone.now(), said.strip()
    proposal.save()
    announce(
        Message(
            event=f"codes:{proposal.pk}:decided",
            subject=gettext_lazy("The Forum has decided on %(title)s"),
            body=gettext_lazy("%(said)s"),
            path=proposal.get_absolute_url(),
            values={"title": proposal.code_list.title, "said": proposal.decision or "✓"},
        ),
        users=[proposal.by],
    )
    return proposal


@transaction.atomic
def publish_changes(
    code_list: CodeList,
    changes: list[dict[str, Any]],
    *,
    label: str,
    valid_from: date | None = None,
    note: str = "",
    by: User | None = None,
) -> CodeListVersion:
    """Make the changes the list's next version (its first one where it has none yet)."""
    code_list = CodeList.objects.select_for_update().get(pk=code_list.pk)
    first = not code_list.versions.exists()
    number = 1 if first else code_list.number + 1
    touched = [change["code"] for change in changes if change["act"] != "add"]
    now = {code.code: code for code in code_list.codes.current().filter(code__in=touched)}
    gone = [now[code].pk for code in touched if code in now]
    Code.objects.filter(pk__in=gone, first_version=number).delete()  # written and changed within one version
    Code.objects.filter(pk__in=gone).update(last_version=number - 1)
    fresh = []
    for change in changes:
        if change["act"] == "end":
            continue
        values = {**(_values(now[change["code"]]) if change["code"] in now else {}), **change["after"]}
        for name in ("valid_from", "valid_to"):
            values[name] = parse_date(values[name]) if values.get(name) else None
        fresh.append(Code(code_list=code_list, code=change["code"], first_version=number, **values))
    Code.objects.bulk_create(fresh, batch_size=2000)
    code_list.number, code_list.version, code_list.valid_from = number, label, valid_from or code_list.valid_from
    code_list.save()
    acts = [change["act"] for change in changes]
    return CodeListVersion.objects.create(
        code_list=code_list, number=number, label=label, valid_from=valid_from, note=note, by=by,
        added=acts.count("add"), changed=acts.count("change"), ended=acts.count("end"),
    )  # fmt: skip


def differences(code_list: CodeList, older: int, newer: int) -> list[dict[str, Any]]:
    """What changed from one version to another, by code: act, before, after."""
    before = {code.code: _values(code) for code in code_list.codes.of_version(older)}
    after = {code.code: _values(code) for code in code_list.codes.of_version(newer)}
    found = []
    for code in sorted(before.keys() | after.keys()):
        if code not in before:
            found.append({"act": "add", "code": code, "before": {}, "after": after[code]})
        elif code not in after:
            found.append({"act": "end", "code": code, "before": before[code], "after": {}})
        elif before[code] != after[code]:
            names = [name for name in FIELDS if before[code][name] != after[code][name]]
            found.append(
                {
                    "act": "change",
                    "code": code,
                    "before": {name: before[code][name] for name in names},
                    "after": {name: after[code][name] for name in names},
                }
            )
    return found
