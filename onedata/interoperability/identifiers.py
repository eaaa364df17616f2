"""Identifiers in the shape of UUIDs (version 8, RFC 9562: custom) made of kind and number: stable, reversible, no column."""

from __future__ import annotations

import re

KINDS = {"dataset": 0xDA7A5E70, "resource": 0x7AB1E000, "organization": 0xA6E4C100, "tag": 0x7A600000, "elsewhere": 0xE15E0000}
PATTERN = re.compile(r"^([0-9a-f]{8})-0000-8000-8000-([0-9a-f]{12})$")
FORMATS = ("csv", "parquet", "json", "xlsx")  # the last two hexadecimal digits of a resource


def identifier(kind: str, number: int) -> str:
    return f"{KINDS[kind]:08x}-0000-8000-8000-{number:012x}"


def number_of(kind: str, text: str) -> int | None:
    """The number inside an identifier of that kind; None for anything else."""
    found = PATTERN.match(text.lower())
    if not found or int(found[1], 16) != KINDS[kind]:
        return None
    return int(found[2], 16)


def resource_identifier(version_pk: int, form: str = "csv") -> str:
    return identifier("resource", version_pk * 256 + FORMATS.index(form))


def version_and_form(text: str) -> tuple[int, str] | None:
    number = number_of("resource", text)
    if number is None or number % 256 >= len(FORMATS):
        return None
    return number // 256, FORMATS[number % 256]
