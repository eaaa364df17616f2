"""Numbers and addresses that tell who somebody is: NIK, KK, phones, accounts, e-mail, however
they are broken up; and numbers that tell nobody: money, dates, times, positions, quantities.

All patterns take time in proportion to the text: a repeated part never overlaps what follows it.
"""

from __future__ import annotations

import re

Span = tuple[int, int]

_GAP = r"[ \t\r\n.,\-–—/()_·*|:'’]{0,3}"
_RUN = re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{5,60}}(?!\d)")
_GROUP = re.compile(r"\d+")
_MONEY = re.compile(r"(?i)(?<!\w)(?:rp|idr|us\$|\$)\.?\s{0,2}\d[\d.,]{0,30}")
_QUANTITY = re.compile(
    r"(?i)(?<![\d.,])(?:\d{1,7}|\d{1,3}(?:[.,]\d{3}){1,5})(?:[.,]\d{1,3})?\s{0,2}"
    r"(?:rupiah|ribu|rb|juta|jt|miliar|milyar|triliun|persen|%|kg|kilo|gram|ton|liter|meter|km|cm|mm|ha"
    r"|hektar|are|orang|jiwa|kk|rumah|unit|hari|tahun|thn|bulan|bln|minggu|jam|menit|warga|siswa|buah)\b"
)
_DATE = re.compile(
    r"(?<!\d)(?<!\d[.\-/])(?:(?:0?[1-9]|[12]\d|3[01])[.\-/](?:0?[1-9]|1[0-2])[.\-/](?:19|20)?\d\d"
    r"|(?:19|20)\d\d[.\-/](?:0?[1-9]|1[0-2])[.\-/](?:0?[1-9]|[12]\d|3[01]))(?![.\-/]?\d)"
)
_TIME = re.compile(r"(?i)(?:(?<=jam )|(?<=pukul )|(?<=pkl )|(?<=pkl\. ))\d{1,2}[.:]\d\d|(?<!\d)\d\d?:\d\d")
_YEARS = re.compile(r"(?<!\d)(?:(?:19|20)\d\d\s{0,2}(?:,|/|-|–|dan)\s{0,2}){1,20}(?:19|20)\d\d(?!\d)(?![.\-]\d)")
_POSITION = re.compile(r"(?<![\d.,])-?(?:0|[1-9]\d?|1[0-7]\d)[.,]\d{3,15}(?![\d.,]\d)")
_THOUSANDS = re.compile(r"(?<![\d.,])(?<!\d-)[1-9]\d{0,2}(?:\.\d{3}){1,5}(?:,\d{1,2})?(?![.,]?\d)")
_TELLING = re.compile(
    r"(?i)(?:nik|n\.i\.k|ktp|kk|bpjs|kis|jkn|npwp|paspor|passport|rekening|rek|norek|no\.? ?rek|va|wa|hp|telp|telepon"
    r"|telpon|kontak|hubungi|call|sms|whatsapp|peserta|nip|nisn|dana|ovo|gopay)\b[^\d\n]{0,25}$"
)
_DIGIT_WORDS = re.compile(
    r"(?i)(?<!\w)(?:nol|kosong|satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan)"
    r"(?:[\s,.\-]{1,3}(?:nol|kosong|satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan)){7,20}(?!\w)"
)
# 0 typed as the letter: O812-3456-789O
_LETTER_ZERO = re.compile(r"(?<!\w)[oO0][ .\-]?8(?:[ .\-]?[\doOlI]){7,11}(?!\w)")
_AT = r"(?:\s?@\s?|\s?[\[({]\s?(?:at|et)\s?[\])}]\s?|\s(?:at|et)\s)"
_DOT = r"(?:\.|\s?[\[({]\s?(?:dot|titik)\s?[\])}]\s?|\s(?:dot|titik)\s)"
# after a point with spaces around it only what ends addresses: "nur@example.org. Jalan rusak"
_ENDING = r"(?:com|co|id|net|org|go|gov|sch|ac|desa|my|web|biz|info)(?![a-z0-9])"
_MAIL = re.compile(
    rf"(?i)(?<![\w.+\-])[\w+\-]{{1,40}}(?:\.[\w+\-]{{1,40}}){{0,6}}{_AT}"
    rf"[a-z0-9\-]{{1,63}}(?:{_DOT}[a-z][a-z0-9\-]{{1,30}}|\s?\.\s?{_ENDING}){{1,4}}"
)
_BARE_MAIL = re.compile(r"(?i)(?<![\w.+\-])[\w.+\-]{1,64}@(?:gmail|yahoo|ymail|outlook|hotmail|icloud|proton)\b")


def spans_of_numbers(text: str) -> list[Span]:
    """Where numbers and addresses of people stand in a folded text (redaction.folded)."""
    found = [match.span() for match in _MAIL.finditer(text)]
    found += [match.span() for match in _BARE_MAIL.finditer(text)]
    found += [match.span() for match in _DIGIT_WORDS.finditer(text)]
    found += [m.span() for m in _LETTER_ZERO.finditer(text) if sum(map(str.isdigit, m[0])) >= 7]
    plain = _without_harmless(text)
    for run in _RUN.finditer(plain):
        found += _of_run(plain, run)
    return found


def _without_harmless(text: str) -> str:
    """The text with money, dates, times, positions and quantities blanked out, letter by letter."""

    def blank(match: re.Match[str]) -> str:
        return re.sub(r"\d", "¤", match[0])

    def blank_thousands(match: re.Match[str]) -> str:
        before = match.string[max(0, match.start() - 40) : match.start()]
        return match[0] if _TELLING.search(before) else blank(match)

    for pattern in (_MONEY, _YEARS, _DATE, _TIME, _QUANTITY, _POSITION):
        text = pattern.sub(blank, text)
    return _THOUSANDS.sub(blank_thousands, text)


def _of_run(text: str, run: re.Match[str]) -> list[Span]:
    """What of a run of digits with short gaps is somebody's number."""
    groups = [(match.start() + run.start(), match.end() + run.start()) for match in _GROUP.finditer(run[0])]
    sizes = [end - start for start, end in groups]
    before = text[max(0, run.start() - 40) : run.start()]
    if sum(sizes) in (15, 16) or (_TELLING.search(before) and sum(sizes) >= 6):
        return [(_with_sign(text, run.start()), run.end())]
    found: list[Span] = []
    at = 0
    while at < len(groups):
        last = _phone_from(text, groups, at)
        if last is None:
            last = _card_from(sizes, at)
        if last is None and sizes[at] >= 12:
            last = at
        if last is None:
            at += 1
            continue
        found.append((_with_sign(text, groups[at][0]), groups[last][1]))
        at = last + 1
    return found


def _with_sign(text: str, start: int) -> int:
    """Where a number begins with the “+” or “(” before it."""
    while start > 0 and text[start - 1] in "+(":
        start -= 1
    return start


def _phone_from(text: str, groups: list[Span], at: int) -> int | None:
    """Index of the group with which a phone number that begins at group `at` ends. Mobile and land
    lines: 0 and 8 to 12 more digits; 62 and 8 to 12; a mobile number without either: 8 and 8 to 11."""
    digits = ""
    best = None
    for index in range(at, len(groups)):
        start, end = groups[index]
        digits += text[start:end]
        if len(digits) > 15:
            break
        if _is_phone(digits, first=groups[at][1] - groups[at][0], whole=index == at):
            best = index
    return best


def _is_phone(digits: str, *, first: int, whole: bool) -> bool:
    count = len(digits)
    if digits.startswith("0") and digits[1:2] in "23456789" and digits[1:2]:
        is_mobile = digits[1] == "8"
        return 9 <= count <= 13 and (is_mobile or first >= 3)
    if digits.startswith("620") or (digits.startswith("62") and digits[2:3] in "2345678"):
        return 10 <= count <= 15 and (whole or first >= 2)
    if digits.startswith("8") and digits[1:2] in "1235789" and digits[1:2]:
        return 10 <= count <= 12 and first >= 3
    return False


def _card_from(sizes: list[int], at: int) -> int | None:
    """Index of the group with which sixteen digits from group `at` on end, if a group ends there."""
    total = 0
    for index in range(at, len(sizes)):
        total += sizes[index]
        if total == 16:
            return index
        if total > 16:
            return None
    return None
