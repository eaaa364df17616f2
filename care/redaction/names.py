"""People's names in running text, as people write them: after a form of address, after kin and
“bernama”, with titles, or alone; in capitals, small letters and everything between.

Names of streets, institutions, shops, regions and offices stay: nobody is found by them, and a
report without them cannot be acted on.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from .lexicon import Lexicon, Places, is_everyday, lexicon, places
from .numbers import Span

_TOKEN = re.compile(r"[^\W\d_]+(?:['’`\-][^\W\d_]+)*|\d+")
_JOINED = re.compile(r"[ \t]{0,3}\.?[ \t\n]{0,3}|[ \t]{0,2},?[ \t]{0,2}")
MOST_WORDS = 5  # of one name
MOST_OF_PLACE = 6  # words of the name of a street or an institution
_ROMAN = re.compile(r"[ivxlc]+")
# names that are words of time or place too, behind a name in small letters: "pak budi bulan lalu"
NEVER_SECOND = frozenset(["bulan", "hari", "mei", "juni", "juli", "april", "januari", "laut", "desa", "aman", "damai", "subur", "made"])
# first names of Balinese by order of birth: before a word that is no everyday one they are a name
# what "anak saya …" may also be: "adik saya sukses", "istri saya setia"
AFTER_OWN_NO_NAME = NEVER_SECOND | {
    *("alam", "bahagia", "cinta", "dewa", "imam", "indah", "jujur", "merah", "merdeka", "murni"),
    *("mulia", "putra", "putri", "salam", "selamat", "setia", "suci", "sukses", "syukur", "tulus", "untung", "waras"),
    *("wangi", "perdana", "pratama", "prima", "harapan", "makmur", "sejahtera", "berkah", "mandiri"),
    *("asih", "kasih", "muslim", "teguh", "utama", "bela", "restu", "rejeki", "rezeki", "cahaya"),
}
BY_BIRTH = frozenset(["wayan", "made", "nyoman", "ketut", "kadek", "komang", "gede", "putu", "luh", "nengah"])
PARENTS = frozenset(["ibu", "bapak", "bapa", "mamak", "amak", "abang", "kak"])  # forms of address and kin
PARTICLES = frozenset(["bin", "binti", "alias", "al", "el", "ar", "az"])
VERBS = ("di", "me", "ber", "ter", "nge", "mem", "men")
_AGE = re.compile(r"\s{0,2}[,(]?\s{0,2}(?:yang\s{1,2})?(?:ber)?(?:umur|usia|\d{1,2}\s?(?:th|tahun|thn))", re.I)


@dataclass(frozen=True)
class Token:
    start: int
    end: int
    written: str
    key: str  # lower case, without apostrophes

    @property
    def is_capitalised(self) -> bool:
        return self.written[:1].isupper()

    @property
    def is_shouted(self) -> bool:
        return len(self.written) > 1 and self.written.isupper()


class NameFinder:
    """One text; `spans()` tells where people's names stand in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words: Lexicon = lexicon()
        self.places: Places = places()
        self.tokens = [Token(m.start(), m.end(), m[0], re.sub(r"['’`]", "", m[0].lower())) for m in _TOKEN.finditer(text)]
        self.capitals_tell = self._capitals_tell()
        shouted = sum(token.is_shouted for token in self.tokens)
        self.is_shouted = shouted > 0.6 * len(self.tokens)
        self.safe: set[int] = set()
        self.found: set[int] = set()

    def _capitals_tell(self) -> bool:
        """Whether a capital letter marks a name here: not where all words have one, nor where
        none has. Told by the words that nobody writes with one within a sentence."""
        within = [token for at, token in enumerate(self.tokens) if not token.key.isdigit() and not self._begins_sentence(at)]
        small = [token for token in within if token.key in self.words.function_words]
        if small:
            return sum(token.is_capitalised for token in small) * 2 < len(small)
        big = sum(token.is_capitalised and not token.is_shouted for token in within)
        return bool(within) and big <= 0.6 * len(within)

    def spans(self) -> list[Span]:
        self._keep_places()
        at = 0
        while at < len(self.tokens):
            at = max(at + 1, self._look_at(at))
        return self._joined()

    # --- what stays ---------------------------------------------------------------------------
    def _keep_places(self) -> None:
        at = 0
        while at < len(self.tokens):
            token = self.tokens[at]
            if self._is_place_word(token):
                at = self._keep_after(at, MOST_OF_PLACE)
            elif token.key in self.words.administrative:
                before = self.tokens[at - 1].key if at else ""
                # "Kepala Desa Ahmad": the name is a person's, unless the village is called so
                only_regions = before in self.words.heads_of or before in self.words.honorifics
                at = self._keep_region(at + 1) if only_regions else self._keep_after(at, 3)
            elif token.key in {"di", "ke", "dari", "se", "antara"}:
                at = self._keep_region(at + 1)
            else:
                at += 1

    def _is_place_word(self, token: Token) -> bool:
        in_capitals = token.is_shouted and token.key in self.words.places_in_capitals
        return token.key in self.words.places or in_capitals

    def _keep_region(self, at: int) -> int:
        """Keep the longest name of a region that begins here; returns the next place to look at."""
        for size in (3, 2, 1):
            part = self.tokens[at : at + size]
            if len(part) == size and " ".join(one.key for one in part) in self.places.names:
                self.safe.update(range(at, at + size))
                return at + size
        return at

    def _keep_after(self, at: int, most: int) -> int:
        """Keep the name that follows the word of a place: “Jl. Raden Panji Anom”, “toko haji umar”."""
        self.safe.add(at)
        here = at + 1
        while here < len(self.tokens) and here - at <= most and self._is_next_to(here - 1, here):
            if not self._belongs_to_place(here, first=here == at + 1):
                break
            self.safe.add(here)
            here += 1
        return max(here, at + 1)

    def _belongs_to_place(self, at: int, *, first: bool) -> bool:
        token = self.tokens[at]
        if token.key.isdigit() or _ROMAN.fullmatch(token.key) or token.key in self.words.places:
            return True
        if token.key in self.words.naming or token.key in self.words.kin:
            return False
        if token.key in self.words.titles:
            return token.key != "lalu" or first or token.is_capitalised
        if token.key in self.words.honorifics or token.key in self.words.offices:
            return first  # "Warung Bu Siti"; but "di Jalan Pejanggik Pak Budi jatuh"
        if token.key in self.words.address_words and not token.is_shouted:
            return False
        if self.words.is_name(token.key) or token.key in self.places.words:
            return True
        if token.is_capitalised and self.capitals_tell:
            return True
        return not is_everyday(token.key)

    # --- what goes ----------------------------------------------------------------------------
    def _look_at(self, at: int) -> int:
        token, words = self.tokens[at], self.words
        if at in self.safe:
            return at + 1
        if token.key in words.naming or self._is_phrase(at):
            after = self._skip(at + (2 if self._is_phrase(at) else 1), {"adalah", "yaitu"})
            after = self._skip(after, self.words.honorifics)
            return self._take_name(after, after_naming=True)
        if token.key in words.honorifics:
            return self._after_honorific(at)
        if title := self._title_at(at):
            return self._take_name(at + title, from_index=at)
        if self._is_kin(token.key) or token.key in words.offices:
            return self._after_kin(at)
        if token.key in words.sure:
            return self._take_bare(at)
        if token.key in words.ambiguous:
            return self._take_ambiguous(at)
        return self._take_unknown(at)

    def _is_phrase(self, at: int) -> bool:
        pair = " ".join(token.key for token in self.tokens[at : at + 2])
        return pair in self.words.naming_phrases

    def _skip(self, at: int, keys: Collection[str]) -> int:
        while at < len(self.tokens) and self.tokens[at].key in keys:
            at += 1
        return at

    def _after_honorific(self, at: int) -> int:
        """“Pak Lalu Wirya”, “bu bidan sri”, “Bapak Kepala Dinas PUPR”."""
        follows = self.tokens[at + 1].key if at + 1 < len(self.tokens) else ""
        if self.tokens[at].key in PARENTS and follows in self.words.possessives:
            return self._after_kin(at)
        here, had_office, name_from = at + 1, False, None
        while here < len(self.tokens) and self._is_next_to(here - 1, here):
            key = self.tokens[here].key
            if key in self.words.offices or key in {"desa", "dusun", "sekolah", "puskesmas"}:
                had_office = True
            elif title := self._title_at(here):
                if name_from is None and self._key_of(here, title) in self.words.name_titles:
                    name_from = here
                here += title - 1
            elif key not in self.words.honorifics:
                break
            here += 1
        if not (here < len(self.tokens) and self._is_next_to(here - 1, here)):
            return here
        if had_office:
            rest = self._keep_region(here)
            if rest > here:
                return rest
        return self._take_name(here, after_office=had_office, from_index=name_from)

    def _key_of(self, at: int, size: int) -> str:
        return " ".join(token.key for token in self.tokens[at : at + size])

    def _title_at(self, at: int) -> int:
        """How many words a title has that is part of a name here; 0 where there is none."""
        for size in (2, 1):
            part = self.tokens[at : at + size]
            key = " ".join(token.key for token in part)
            if len(part) < size or key not in self.words.titles:
                continue
            follows = self.tokens[at + size] if at + size < len(self.tokens) else None
            if follows is None or follows.key in self.words.after_titles_no_name:
                return 0
            if key == "lalu" and not self._is_lalu(at):
                return 0
            if key in {"h", "m"} and not self.words.is_name(follows.key) and not follows.is_capitalised:
                return 0
            return size
        return 0

    def _is_lalu(self, at: int) -> bool:
        """“Lalu” as a title, not as “then” or “ago”."""
        before = self.tokens[at - 1].key if at else ""
        if before in self.words.honorifics or before in self.words.naming:
            return True
        if before in self.words.before_lalu_time or before.isdigit():
            return False
        token, follows = self.tokens[at], self.tokens[at + 1]
        if self.words.is_name(follows.key) and follows.key not in self.words.ambiguous:
            return True
        told = token.is_capitalised and follows.is_capitalised and self.capitals_tell
        return told and (not self._begins_sentence(at) or not is_everyday(follows.key))

    def _is_kin(self, key: str) -> bool:
        return key in self.words.kin or key.removesuffix("nya") in self.words.kin

    def _after_kin(self, at: int) -> int:
        """“tetangga saya Rohimun”, “bidan Siti”, “Kepala Desa Ahmad Sujadi”, “korban, Sapoan,”."""
        here = at + 1
        own = self.words.possessives | self.words.offices | {"desa", "dusun", "yang", "tiri"}
        own |= self.words.kin
        while here < len(self.tokens) and self._is_next_to(here - 1, here) and here - at < 5:
            if self.tokens[here].key not in own or here in self.safe:
                break
            here += 1
        if here >= len(self.tokens) or here in self.safe:
            return at + 1
        token = self.tokens[here]
        if token.key in self.words.honorifics or self._title_at(here):
            return here
        if self._keep_region(here) > here and token.key not in self.words.sure:
            return here + 1
        if self._is_named_kin(at, here):
            return self._take_name(here)
        return at + 1

    def _is_named_kin(self, at: int, here: int) -> bool:
        """Whether the word at `here` names the one whom the word at `at` tells of."""
        token, words = self.tokens[here], self.words
        capital = token.is_capitalised and self.capitals_tell and not token.is_shouted
        has_age = bool(_AGE.match(self.text, token.end))
        strange = not is_everyday(token.key) and not self._is_known_word(token)
        if not self._is_next_to(here - 1, here):  # “korban, Sapoan,”
            between = self.text[self.tokens[here - 1].end : token.start]
            return capital and strange and between.strip() in {",", "(", ":"} and len(between) <= 3
        if token.key in words.sure or (token.key in words.ambiguous and (capital or has_age)):
            return True
        if capital or has_age:
            return strange
        is_own = at == here - 2 and self.tokens[at + 1].key in words.possessives
        is_family = self.tokens[at].key in words.family or self.tokens[at].key in PARENTS
        if is_family and is_own and token.key in words.ambiguous and token.key not in AFTER_OWN_NO_NAME:
            return True  # "adik sy wahyu jatuh"
        vowels = sum(letter in "aiueo" for letter in token.key)
        if is_family and is_own and strange and vowels >= 3 and len(token.key) >= 6:
            return not _looks_like_a_verb(token.key)  # "ibu sy ratnawati"
        is_family = is_family and at == here - 1 and self.tokens[at].key not in PARENTS
        return is_family and strange and vowels >= 2 and not _looks_like_a_verb(token.key)

    def _take_name(
        self,
        at: int,
        *,
        from_index: int | None = None,
        after_naming: bool = False,
        after_office: bool = False,
        attached: bool = True,
    ) -> int:
        """Mark the words of a name from `at` on; `from_index`: with the title before it; `attached`:
        only if it stands right behind what came before. Returns the next place to look at."""
        if at < len(self.tokens) and (title := self._title_at(at)) and self._key_of(at, title) in self.words.name_titles:
            from_index = at if from_index is None else from_index
            at += title
        if at >= len(self.tokens) or at in self.safe:
            return at
        if attached and at and not self._is_next_to(at - 1, at, after_naming=after_naming):
            return at
        here = at
        while here < len(self.tokens) and here - at < MOST_WORDS:
            if here in self.safe or (here > at and not self._is_next_to(here - 1, here)):
                break
            first = self.tokens[at] if here > at else None
            if not self._can_be_name(here, first=first, after_office=after_office):
                break
            here += 1
        if here > at:
            self.found.update(range(at if from_index is None else from_index, here))
        return here

    def _can_be_name(self, at: int, *, first: Token | None, after_office: bool) -> bool:
        """Whether a word is of a name here; `first`: the name's first word, None where this is it."""
        token, words = self.tokens[at], self.words
        if token.key.isdigit() or token.key in words.address_words:
            return False
        if token.key in words.sure:
            return True
        if token.key in PARTICLES:
            follows = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
            return follows is not None and follows.key not in words.function_words
        if self._is_known_word(token) and token.key not in self.places.words:
            return False
        big = token.is_capitalised and self.capitals_tell
        if len(token.key) == 1:  # an initial
            return token.is_capitalised and (first is not None or self._goes_before_name(at))
        if token.is_shouted and not self.is_shouted and len(token.key) <= 5:
            return False  # PUPR, RSUD, NTB
        if first is None:
            return self._can_begin_name(token, big=big, after_office=after_office)
        if first.is_capitalised and self.capitals_tell:
            return big  # in small letters only what is nothing but a name
        if token.key in words.ambiguous:
            return token.key not in NEVER_SECOND
        strange = not is_everyday(token.key) and len(token.key) >= 3
        return strange and _is_sounded(token.key) and not _looks_like_a_verb(token.key)

    def _can_begin_name(self, token: Token, *, big: bool, after_office: bool) -> bool:
        if token.key in self.words.ambiguous:
            return big or not after_office
        if is_everyday(token.key):
            return big and not after_office
        if after_office and not big:
            return self.is_shouted and not token.key.endswith("nya")
        return not _looks_like_a_verb(token.key) or big

    def _goes_before_name(self, at: int) -> bool:
        follows = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        return follows is not None and follows.is_capitalised and self._is_next_to(at, at + 1)

    def _take_bare(self, at: int) -> int:
        """A word that is nothing but a name, and those that go with it."""
        token = self.tokens[at]
        if self._is_region_here(at) or self._is_after_harmless(at):
            return at + 1
        start = at
        if at and at - 1 not in self.safe and self._is_next_to(at - 1, at):
            before = self.tokens[at - 1]
            if before.key in self.words.ambiguous and (before.is_capitalised or not token.is_capitalised):
                start = at - 1
        end = self._take_name(at, attached=False)
        if end > at:
            self.found.update(range(start, end))
        return end

    def _take_ambiguous(self, at: int) -> int:
        """“Budi Santoso”; “Indah (9 tahun)”; “Surya Wijaya” in capitals at their heads."""
        token = self.tokens[at]
        if token.key in BY_BIRTH and self._is_strange(at + 1) and self._is_next_to(at, at + 1):
            return self._take_name(at, attached=False)
        if not (token.is_capitalised and self.capitals_tell) or token.is_shouted:
            return at + 1
        if _AGE.match(self.text, token.end) and not self._begins_sentence(at):
            return self._take_name(at, attached=False)
        follows = self.tokens[at + 1] if at + 1 < len(self.tokens) else None
        if follows is None or at + 1 in self.safe or not self._is_next_to(at, at + 1):
            return at + 1
        if follows.is_capitalised and follows.key in self.words.ambiguous:
            return self._take_name(at, attached=False)
        return at + 1  # before a sure name it is taken from there

    def _is_strange(self, at: int) -> bool:
        """Whether a word is in no list, sounds like a name and is no place kept before."""
        if at >= len(self.tokens) or at in self.safe:
            return False
        token = self.tokens[at]
        known = is_everyday(token.key) or self._is_known_word(token)
        return not known and _is_sounded(token.key) and not _looks_like_a_verb(token.key)

    def _take_unknown(self, at: int) -> int:
        """Two or more capitalised words in a row that no list knows: “Dedy Kurniansyah”."""
        if not self.capitals_tell or self._begins_sentence(at):
            return at + 1
        here = at
        while here < len(self.tokens) and here not in self.safe and here - at < MOST_WORDS:
            token = self.tokens[here]
            if here > at and not self._is_next_to(here - 1, here):
                break
            if not token.is_capitalised or token.is_shouted or len(token.key) < 3:
                break
            if is_everyday(token.key) or self._is_known_word(token):
                break
            here += 1
        if here - at >= 2 and not self._is_after_harmless(at):
            self.found.update(range(at, here))
            return here
        return at + 1

    # --- what is around -------------------------------------------------------------------------
    def _is_known_word(self, token: Token) -> bool:
        words = self.words
        known = words.offices | words.places | words.administrative | words.organisations | words.kin
        return token.key in known or token.key in self.places.words or token.key in words.honorifics

    def _is_region_here(self, at: int) -> bool:
        """Whether the word is part of a region's name: before another of its words, or after di."""
        for size in (3, 2):
            for start in range(max(0, at - size + 1), at + 1):
                part = self.tokens[start : start + size]
                if len(part) == size and " ".join(t.key for t in part) in self.places.names:
                    return True
        return False

    def _is_after_harmless(self, at: int) -> bool:
        return at > 0 and self.tokens[at - 1].key in {"idul", "hari", "bulan", "surat", "perang"}

    def _begins_sentence(self, at: int) -> bool:
        if at == 0:
            return True
        between = self.text[self.tokens[at - 1].end : self.tokens[at].start]
        return any(sign in between for sign in ".!?\n:;•")

    def _is_next_to(self, left: int, right: int, *, after_naming: bool = False) -> bool:
        between = self.text[self.tokens[left].end : self.tokens[right].start]
        if after_naming:
            return len(between) <= 4 and not any(sign in between for sign in "!?\n;")
        if "." in between and not self._is_abbreviation(left):
            return False
        return len(between) <= 3 and bool(_JOINED.fullmatch(between)) and "," not in between

    def _is_abbreviation(self, at: int) -> bool:
        """Whether the point behind a word belongs to it: “Jl. Pejanggik”, “H. Umar”, “Bpk. Ali”."""
        key = self.tokens[at].key
        return len(key) <= 4 and (
            len(key) == 1
            or key in self.words.honorifics
            or key in self.words.titles
            or key in self.words.places
            or key in self.words.administrative
            or key in self.words.naming
        )

    def _joined(self) -> list[Span]:
        spans: list[Span] = []
        for at in sorted(self.found):
            token = self.tokens[at]
            between = self.text[spans[-1][1] : token.start] if spans else ""
            if spans and at - 1 in self.found and len(between) <= 3:
                spans[-1] = (spans[-1][0], token.end)
            else:
                spans.append((token.start, token.end))
        return spans


def _is_sounded(word: str) -> bool:
    """Whether a word has a vowel: “bkr”, “blkg” are shortened words of a phone, no names."""
    return any(letter in "aiueoy" for letter in word)


def _looks_like_a_verb(word: str) -> bool:
    """“dirundung”, “mencabuli”: no name, though no list knows the word."""
    return len(word) >= 6 and word.startswith(VERBS)


def spans_of_names(text: str) -> list[Span]:
    """Where people's names stand in a folded text (redaction.folded)."""
    return NameFinder(text).spans()
