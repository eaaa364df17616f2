"""What would tell who somebody is, taken out of texts before the public reads them; officers and the reporter read them whole.

NIK and KK numbers (16 digits: domain.md part 2), phone numbers, e-mail addresses, the reporter's own name, names that follow
a form of address ("Pak Lalu Wirya"), and what an officer has named besides.
"""

from __future__ import annotations

import re
from functools import lru_cache

from django.core.cache import cache

from ntbportal.commons.places import region_names

from .models import Case

MARK = "▒▒▒"
EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
# sixteen digits, also grouped by spaces, dots or hyphens
NIK = re.compile(r"(?<!\d)\d(?:[ .\-]?\d){15}(?!\d)")
# 0812 3456 7890, (0370) 631-234, +62 812-3456-7890: ten to fourteen digits after 0, 62 or +62
PHONE = re.compile(r"(?<!\d)(?:\+?62|\(?0)[ .\-)]?(?:\d[ .\-)]{0,2}){8,12}(?<=\d)(?!\d)")
NAME_LETTERS = 3  # shorter words of a name are too often words of the language

# forms of address and Sasak and Samawa titles after which a name stands; "Lalu" and "Baiq" are part of the name itself
ADDRESS = (
    "pak", "bapak", "bpk", "bu", "ibu", "sdr", "sdri", "saudara", "saudari", "mas", "mbak", "bang", "kak", "haji", "hajjah", "hj",
    "tgh", "tuan guru", "ustaz", "ustadz", "ustazah", "inaq", "amaq", "bernama", "namanya", "atas nama", "a.n.", "an.",
)  # fmt: skip
TITLES = (
    "Lalu", "Baiq", "Raden", "Datu", "Dende", "Muhammad", "Muh.", "M.", "H.", "Hj.", "I Gusti", "I Made", "I Wayan", "I Ketut",
    "I Nyoman", "Ni Luh", "Ni Made", "Ni Wayan", "Ni Ketut", "Ni Nyoman",
)  # fmt: skip
# offices and kin that follow a form of address and name nobody
_OFFICES = """
    kepala kades lurah camat bupati wali walikota gubernur wakil ketua sekretaris bendahara kadus keliling rt rw guru
    dokter bidan perawat petugas polisi tentara babinsa bhabinkamtibmas kapolsek kapolres danramil imam ustaz penghulu
    pendeta hakim jaksa menteri presiden dinas desa dusun kecamatan kabupaten kota provinsi puskesmas rumah sekolah kader
    satpam sopir pedagang tetangga dan yang itu ini di ke dari saya kami mereka tua muda hamil tangga
"""
NO_NAMES = frozenset(_OFFICES.split())
_WORD = r"(?:[A-Z][a-z'’]+|RT|RW)"
_ADDRESSED = re.compile(
    rf"\b((?i:{'|'.join(re.escape(word) for word in sorted(ADDRESS, key=len, reverse=True))})\.?)((?:\s+(?:{_WORD}|[A-Z]\.?)){{1,4}})"
)
_TITLED = re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(word) for word in sorted(TITLES, key=len, reverse=True))})(?:\s+{_WORD}){{1,3}}")


def screened(text: str, *names: str, words: str = "", others: bool = True) -> str:
    """The text without numbers, addresses and these people's names; `words`: further ones, one a line, left out whole; `others`:
    also without names that follow a form of address."""
    for pattern in (EMAIL, NIK, PHONE):
        text = pattern.sub(MARK, text)
    if others:
        text = _TITLED.sub(MARK, _ADDRESSED.sub(_without_name, text))
    parts = {word for name in names for word in re.findall(r"[^\W\d_]+", name) if len(word) > NAME_LETTERS}
    parts |= {line.strip() for line in words.splitlines() if line.strip()}
    if parts:
        text = re.sub(rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(parts, key=len, reverse=True)))})(?!\w)", MARK, text, flags=re.I)
    return text


def _without_name(found: re.Match[str]) -> str:
    """ "Pak Lalu Wirya" as "Pak ▒▒▒"; "Pak Kades" and "Ibu Bidan" as they are, "Bu Bidan Sri" as "Bu Bidan ▒▒▒"."""
    kept, rest = [], found[2].split()
    while rest and rest[0].lower().strip(".") in NO_NAMES:
        kept.append(rest.pop(0))
    if " ".join(rest).lower() in _places(cache.get("regions-version", 0)):  # "Pak Kades Lingsar"
        return found[0]
    return " ".join([found[1], *kept, *([MARK] if rest else [])])


@lru_cache(maxsize=1)
def _places(_version: int) -> frozenset[str]:
    """Names of regions, also without “Kabupaten” and “Kota” before them."""
    return frozenset(name.lower().removeprefix("kabupaten ").removeprefix("kota ") for name in region_names().values())


def public_text(case: Case) -> str:
    """What happened, as the public reads it."""
    return screened(case.description, case.reporter_name, words=case.hidden_words)
