"""Which words are people's names, which are everyday words, and what stands before names and places.

The lists lie in `care/data/` and may be edited by whoever knows the province's names better.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import simplemma
from django.core.cache import cache

from ntbportal.commons.places import region_names

DATA = Path(__file__).resolve().parents[1] / "data"
# affixes of Indonesian, longest first: "diperbaiki" is everyday because "baik" is
PREFIXES = (
    *("memper", "diper", "menge", "penge", "meng", "meny", "mem", "men", "peng", "peny", "pem"),
    *("pen", "ber", "ter", "per", "me", "di", "ke", "se", "pe", "ku", "kau"),
)
SUFFIXES = ("kannya", "annya", "inya", "kan", "nya", "lah", "kah", "pun", "an", "ku", "mu", "i")
# letters that a nasal prefix swallows: "menutup" from "tutup"
SWALLOWED = {"men": "t", "mem": "p", "meny": "s", "meng": "k", "pen": "t", "pem": "p", "peny": "s"}
SHORTEST_STEM = 3


def _words(name: str) -> frozenset[str]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.lower().split())


@dataclass(frozen=True)
class Lexicon:
    """The lists of `care/data/`, lower case."""

    sure: frozenset[str]  # names only
    ambiguous: frozenset[str]  # names that are everyday words too
    colloquial: frozenset[str]
    honorifics: frozenset[str]
    naming: frozenset[str]
    naming_phrases: frozenset[str]
    offices: frozenset[str]
    kin: frozenset[str]
    possessives: frozenset[str]
    places: frozenset[str]
    places_in_capitals: frozenset[str]
    administrative: frozenset[str]
    heads_of: frozenset[str]
    titles: frozenset[str]
    after_titles_no_name: frozenset[str]
    before_lalu_time: frozenset[str]
    address_words: frozenset[str]
    organisations: frozenset[str]
    name_titles: frozenset[str]  # those that are part of the name: Lalu, Baiq, I Wayan
    family: frozenset[str]
    function_words: frozenset[str]

    def is_name(self, word: str) -> bool:
        return word in self.sure or word in self.ambiguous


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    ambiguous = _words("ambiguous_names.txt")
    listed = json.loads((DATA / "redaction_words.json").read_text(encoding="utf-8"))
    listed.pop("about")
    return Lexicon(
        sure=_words("given_names.txt") - ambiguous,
        ambiguous=ambiguous,
        colloquial=_words("colloquial_words.txt"),
        **{name: frozenset(words) for name, words in listed.items()},
    )


@lru_cache(maxsize=50_000)
def is_everyday(word: str) -> bool:
    """Whether a lower-case word belongs to the language: itself, or without its affixes."""
    if _is_listed(word):
        return True
    for suffix in ("", *SUFFIXES):
        if suffix and not word.endswith(suffix):
            continue
        stem = word.removesuffix(suffix) if suffix else word
        if len(stem) < SHORTEST_STEM:
            continue
        if suffix and len(stem) > SHORTEST_STEM and _is_listed(stem):
            return True
        for prefix in PREFIXES:
            rest = stem.removeprefix(prefix)
            if rest == stem or len(rest) < SHORTEST_STEM:
                continue
            if _is_listed(rest) or _is_listed(SWALLOWED.get(prefix, "") + rest):
                return True
    return False


def _is_listed(word: str) -> bool:
    return word in lexicon().colloquial or simplemma.is_known(word, lang="id")


@dataclass(frozen=True)
class Places:
    """Names of regions, lower case, without “Kabupaten” and “Kota”."""

    names: frozenset[str]
    words: frozenset[str]


def places() -> Places:
    return _places(cache.get("regions-version", 0))


@lru_cache(maxsize=1)
def _places(_version: int) -> Places:
    names = frozenset(name.lower().removeprefix("kabupaten ").removeprefix("kota ") for name in region_names().values())
    return Places(names, frozenset(word for name in names for word in name.split()))
