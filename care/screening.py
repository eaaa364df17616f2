"""What would tell who somebody is, taken out of texts before the public reads them; officers and the reporter read them whole.

NIK and KK numbers (16 digits: domain.md part 2), phone numbers, e-mail addresses, and the reporter's own name.
"""

from __future__ import annotations

import re

from .models import Case

MARK = "▒▒▒"
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# sixteen digits, also grouped by spaces, dots or hyphens
NIK = re.compile(r"(?<!\d)\d(?:[ .\-]?\d){15}(?!\d)")
# 0812 3456 7890, (0370) 631-234, +62 812-3456-7890: ten to fourteen digits after 0, 62 or +62
PHONE = re.compile(r"(?<!\d)(?:\+?62|\(?0)[ .\-)]?(?:\d[ .\-)]{0,2}){8,12}(?<=\d)(?!\d)")
NAME_LETTERS = 3  # shorter words of a name are too often words of the language


def screened(text: str, *names: str) -> str:
    """The text without numbers, addresses and these people's names."""
    for pattern in (EMAIL, NIK, PHONE):
        text = pattern.sub(MARK, text)
    words = {word for name in names for word in re.findall(r"[^\W\d_]+", name) if len(word) > NAME_LETTERS}
    if words:
        text = re.sub(rf"\b(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})\b", MARK, text, flags=re.I)
    return text


def public_text(case: Case) -> str:
    """What happened, as the public reads it."""
    return screened(case.description, case.reporter_name)
