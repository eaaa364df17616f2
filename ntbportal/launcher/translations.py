"""Texts in two languages without GNU gettext: gathered, checked and compiled with Babel.

The source texts are English; `locale/id/LC_MESSAGES/django.po` holds the Indonesian ones.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from .house import ROOT

PO = ROOT / "locale" / "id" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
SOURCES = ("ntbportal", "onedata", "care", "posyandu", "templates")
PLACEHOLDER = re.compile(r"%\([a-z_0-9]+\)[sd]|\{[a-z_0-9]*\}")


def compile_needed() -> bool:
    mo = PO.with_suffix(".mo")
    return PO.exists() and (not mo.exists() or mo.stat().st_mtime < PO.stat().st_mtime)


def compile_all() -> None:
    with PO.open("rb") as source:
        catalog = read_po(source, locale="id")
    temporary = PO.with_suffix(".mo.part")
    with temporary.open("wb") as target:
        write_mo(target, catalog)
    temporary.replace(PO.with_suffix(".mo"))


def _source_texts() -> Iterator[tuple[str, int, str | tuple[str, ...], str | None]]:
    """Every translatable text: (file, line, message, context)."""
    import django
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=True)
        django.setup()
    from django.utils.translation.template import templatize

    for top in SOURCES:
        for path in sorted((ROOT / top).rglob("*")):
            name = str(path.relative_to(ROOT))
            if path.suffix == ".py" and "migrations" not in path.parts:
                code = path.read_bytes()
            elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
                text = templatize(path.read_text(), origin=name)
                # read as Python, whose indentation a template does not keep
                code = "\n".join(line.lstrip() for line in text.split("\n")).encode()
            else:
                continue
            for line, message, _, context in extract("python", io.BytesIO(code), keywords=KEYWORDS):
                yield name, line, message, context


def gather() -> None:
    """Bring locale/id's file up to date: new texts are added empty, unused ones leave."""
    old = Catalog(locale="id")
    if PO.exists():
        with PO.open("rb") as source:
            old = read_po(source, locale="id")
    new = Catalog(
        locale="id",
        project="NTB portal",
        charset="utf-8",
        fuzzy=False,
        header_comment="# Indonesian texts of the NTB portal.",
        copyright_holder="NTB portal",
        msgid_bugs_address="",
        last_translator="NTB portal",
        language_team="id",
    )
    for _name, _line, message, context in _source_texts():
        known = old.get(message if isinstance(message, str) else message[0], context=context)
        new.add(message, known.string if known else "", context=context)
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as target:
        write_po(target, new, width=0, sort_output=True, omit_header=False)
    print(f"{len(new)} texts, {sum(1 for entry in new if entry.id and not _is_full(entry.string))} without Indonesian, in {PO}")


def _is_full(string: object) -> bool:
    return all(string) if isinstance(string, (tuple, list)) else bool(string)


def problems() -> list[str]:
    """What is missing or broken in the Indonesian texts, one line each."""
    with PO.open("rb") as source:
        catalog = read_po(source, locale="id")
    found = []
    for name, line, message, context in _source_texts():
        key = message if isinstance(message, str) else message[0]
        entry = catalog.get(key, context=context)
        if entry is None or not _is_full(entry.string) or entry.fuzzy:
            found.append(f"{name}:{line}: no Indonesian for {key!r}")
            continue
        translated = entry.string if isinstance(entry.string, str) else str(entry.string[0])  # type: ignore[index]
        if not isinstance(message, str):
            key = message[1]
        if set(PLACEHOLDER.findall(key)) != set(PLACEHOLDER.findall(translated)):
            found.append(f"{name}:{line}: placeholders differ between {key!r} and {translated!r}")
    return sorted(set(found))


def main() -> int:
    found = problems()
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
