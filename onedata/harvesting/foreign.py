"""A record of a foreign catalogue in our words, whatever it came from."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from html.parser import HTMLParser
from typing import Any

from ..models import Frequency, Licence, Topic


class Broken(Exception):
    """One record cannot be taken; the others can."""

    def __init__(self, record: str, problem: str) -> None:
        super().__init__(problem)
        self.record, self.problem = record[:300], problem[:300]


@dataclass
class Foreign:
    identifier: str
    title: str
    description: str = ""
    keywords: list[str] = field(default_factory=list)
    licence: str = ""
    topic: str = ""
    frequency: str = ""
    landing_page: str = ""
    period_from: str = ""
    period_to: str = ""
    # [{"title", "url", "format", "media_type", "description"}]
    files: list[dict[str, str]] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True, ensure_ascii=False).encode()).hexdigest()


# a reader yields records, and Broken ones as values, so that one does not end the others
Reader = Callable[[str], Iterator[Foreign | Broken]]


def checked(record: Foreign) -> Foreign:
    """The record made fit for our tables. Raises Broken where it has no title, no identifier or no address."""
    name = record.identifier or record.title or "?"
    if not record.identifier.strip():
        raise Broken(name, "no identifier")
    if not record.title.strip():
        raise Broken(name, "no title")
    record.files = [one for one in record.files if is_web(one.get("url", ""))]
    if not is_web(record.landing_page):
        record.landing_page = ""
    if not record.landing_page and not record.files:
        raise Broken(name, "no address on the web")
    record.identifier = record.identifier.strip()[:500]
    record.title = plain(record.title)[:200]
    record.description = plain(record.description)[:20_000]
    record.keywords = list(dict.fromkeys(word.strip().lower()[:60] for word in record.keywords if word.strip()))[:20]
    record.period_from, record.period_to = _day(record.period_from), _day(record.period_to)
    if record.period_from and record.period_to and record.period_to < record.period_from:
        record.period_from = record.period_to = ""
    return record


def is_web(url: str) -> bool:
    return url.startswith(("http://", "https://")) and len(url) <= 500


def _day(text: str) -> str:
    """A date of what was written: 2024, 2024-05, 2024-05-01T00:00:00."""
    text = text.strip()
    for pattern, form in ((r"\d{4}-\d{2}-\d{2}", "%Y-%m-%d"), (r"\d{4}-\d{2}", "%Y-%m"), (r"\d{4}", "%Y")):
        found = re.match(pattern, text)
        if found:
            try:
                return datetime.strptime(found[0], form).date().isoformat()
            except ValueError:
                continue
    return ""


def as_day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag in {"p", "br", "li", "div"}:
            self.parts.append("\n")


def plain(text: str) -> str:
    """Text without markup or the Markdown signs that would show."""
    if "<" in text and ">" in text:
        parser = _Text()
        parser.feed(text)
        text = "".join(parser.parts)
    return re.sub(r"\n{3,}", "\n\n", text.replace("\x00", "")).strip()


LICENCES = (
    (Licence.CC0, ("cc0", "cc-zero", "publicdomain/zero")),
    (Licence.CC_BY_SA, ("by-sa",)),
    (Licence.CC_BY, ("cc-by", "licenses/by/", "cc_by")),
    (Licence.ODBL, ("odbl", "odc-odbl")),
)


def licence_of(*texts: str) -> str:
    said = " ".join(texts).lower()
    if "by-nc" in said or "by-nd" in said:
        return str(Licence.OTHER)
    return str(next((licence for licence, signs in LICENCES if any(sign in said for sign in signs)), Licence.OTHER))


TOPICS = (
    (Topic.HEALTH, ("heal", "health", "kesehatan", "gizi", "penyakit")),
    (Topic.EDUCATION, ("educ", "pendidikan", "sekolah")),
    (Topic.SOCIAL, ("soci", "sosial", "kemiskinan", "poverty")),
    (Topic.POPULATION, ("penduduk", "population", "demograf")),
    (Topic.FARMING, ("agri", "pertanian", "perikanan", "peternakan", "fish")),
    (Topic.INFRASTRUCTURE, ("tran", "infrastr", "perhubungan", "jalan")),
    (Topic.ENVIRONMENT, ("envi", "lingkungan", "bencana", "hutan", "iklim")),
    (Topic.TOURISM, ("pariwisata", "wisata", "budaya", "touris")),
    (Topic.FINANCE, ("keuangan", "anggaran", "budget", "pajak")),
    (Topic.ECONOMY, ("econ", "ekonomi", "perdagangan", "industri", "ener")),
    (Topic.GOVERNMENT, ("gove", "pemerintah", "kepegawaian")),
)


def topic_of(*texts: str) -> str:
    said = " ".join(texts).lower()
    return str(next((topic for topic, signs in TOPICS if any(sign in said for sign in signs)), ""))


FREQUENCIES = (
    (Frequency.HALF_YEARLY, ("annual_2", "semester", "half", "semiannual")),
    (Frequency.YEARLY, ("annual", "tahun", "year")),
    (Frequency.QUARTERLY, ("quarterly", "triwulan", "three months")),
    (Frequency.MONTHLY, ("monthly", "bulan", "month")),
    (Frequency.WEEKLY, ("weekly", "minggu")),
    (Frequency.DAILY, ("daily", "harian", "hari")),
    (Frequency.ONCE, ("never", "once", "sekali")),
)


def frequency_of(text: str) -> str:
    said = text.lower()
    return str(next((frequency for frequency, signs in FREQUENCIES if any(sign in said for sign in signs)), Frequency.IRREGULAR))
