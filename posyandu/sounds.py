"""Names as they sound: Rizki, Rizqi and Riski, Muhammad, Mohamad and Muh., Dja'far and Jafar are written alike here.

Spelling before 1972 (dj, tj, nj, sj, oe, ch) follows the table of the improved spelling (EYD, Keppres 57/1972); the rest is what
registers of NTB mix up: f, v and p; z, j and s; q, k and x; doubled letters; h that is not heard; titles and forms of address.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

VERSION = "2"  # another one has all names written anew
# not part of what somebody is called: titles of Sasak, Samawa and Balinese families are often left out or abbreviated
TITLES = frozenset(
    "lalu l baiq bq lale dende raden rd gusti ida ni i haji hajah h hj an by bayi ny tn bin binti".split()  # noqa: SIM905
)
SPELLINGS = (("muhamad", "m md moh mochamad muh mhd moch"), ("abdul", "abd"), ("siti", "st sitti"))
SHORT = {short: full for full, many in SPELLINGS for short in many.split()}
OLD = (("dj", "j"), ("tj", "c"), ("nj", "ny"), ("sj", "sy"), ("oe", "u"), ("ch", "k"), ("kh", "k"), ("gh", "g"), ("dh", "d"), ("th", "t"))
ALIKE = (("sy", "s"), ("ph", "p"), ("x", "ks"))
LETTERS = str.maketrans({"q": "k", "f": "p", "v": "p", "z": "s", "j": "s", "o": "u", "e": "i", "y": "i", "w": "u"})

WORDS, LATER_H, DOUBLED = re.compile(r"[a-z]+|[0-9]+"), re.compile(r"(?<!^)h"), re.compile(r"([a-z])\1+")
NOT_HEARD = str.maketrans("", "", "'`")


def sound_of(name: str) -> str:
    """The words of a name as they sound, in order of writing, and figures, which tell twins without names apart."""
    plain = name if name.isascii() else unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = WORDS.findall(plain.lower().translate(NOT_HEARD))
    kept = [word for word in words if word not in TITLES] or words
    return " ".join([word if word.isdigit() else _word(SHORT.get(word, word)) for word in kept])[:120]


@lru_cache(maxsize=16384)
def _word(word: str) -> str:
    for old, new in (*OLD, *ALIKE):
        word = word.replace(old, new)
    word = word.translate(LETTERS)
    word = DOUBLED.sub(r"\1", LATER_H.sub("", word))
    return "muamad" if word in MUHAMMADS else word


MUHAMMADS = {"muamid", "mukamad", "muamit"}  # Mohamed, Muchammad, Muhammed
