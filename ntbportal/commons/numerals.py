"""Numbers that strangers write into addresses and forms."""

from __future__ import annotations


def whole_number(text: object, most: int = 10**9) -> int | None:
    """A whole number from 0 to `most` in ASCII digits; None for anything else. "²" is a digit to str.isdigit, but none to int."""
    said = str(text or "")
    if not said.isascii() or not said.isdecimal() or len(said) > len(str(most)):
        return None
    number = int(said)
    return number if number <= most else None
