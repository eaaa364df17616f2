"""Finding data sets: words with the Indonesian stemmer and a list of synonyms, typing errors by trigrams where the words
find little, filters with counts, suggestions while typing.

Words are looked for in titles, concepts, descriptions, and in what the tables hold: columns, places, categories.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramWordSimilarity
from django.core.cache import cache
from django.db import connection
from django.db.models import Case, F, FloatField, Q, Value, When
from django.db.models.functions import Greatest, Upper
from django.urls import reverse

from ntbportal.commons.agencies import Agency
from ntbportal.commons.numerals import whole_number
from ntbportal.commons.places import Region

from .models import Access, DataSet, FacetValue, SearchEntry, Synonym, Topic
from .models.catalogue import DataSetQuerySet
from .models.search_entry import BITS, PACKED

FEW = 5  # below so many found by words, words that look alike are taken too
# name in the address -> model field
FILTERS = {"topic": "topic", "producer": "producer__slug", "frequency": "frequency", "licence": "licence", "access": "access"}
FACET_COLUMNS = {"topic": "topic", "producer": "producer_id", "frequency": "frequency", "licence": "licence", "access": "access"}
FACET_LENGTH = 30
MANY = 5_000  # found; beyond, titles are asked first
SYNTAX = re.compile(r'["\-]|\bor\b', re.I)
SYNONYMS = "onedata-synonyms"


# --- words ----------------------------------------------------------------------------------------------------------
def synonyms() -> dict[str, list[str]]:
    """Each word or phrase, lower case, with all that mean the same; kept for five minutes."""
    kept = cache.get(SYNONYMS)
    if kept is None:
        kept = {}
        for line in Synonym.objects.values_list("words", flat=True):
            group = [word.strip().lower() for word in line.split(",") if word.strip()]
            for word in group:
                kept[word] = list(dict.fromkeys([*kept.get(word, []), *group]))
        cache.set(SYNONYMS, kept, 300)
    return dict(kept)


def query_of(text: str) -> SearchQuery:
    """What is typed as a query: all words, each or one that means the same; with quotes, minus and OR as on the web."""
    if SYNTAX.search(text):
        return SearchQuery(text, config="indonesian", search_type="websearch")
    words, known = text.lower().split(), synonyms()
    parts: list[Any] = []
    place = 0
    while place < len(words):
        for length in (4, 3, 2, 1):
            phrase = " ".join(words[place : place + length])
            if len(words) - place >= length and phrase in known:
                alike = [SearchQuery(phrase, config="indonesian"), *(_phrase(other) for other in known[phrase] if other != phrase)]
                parts.append(reduce(lambda one, other: one | other, alike))
                place += length
                break
        else:
            parts.append(SearchQuery(words[place], config="indonesian"))
            place += 1
    return reduce(lambda one, other: one & other, parts) if parts else SearchQuery("", config="indonesian")  # type: ignore[no-any-return]


def _phrase(text: str) -> SearchQuery:
    return SearchQuery(text, config="indonesian", search_type="phrase" if " " in text else "plain")


def cleaned(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())[:200]


def find(rows: DataSetQuerySet, text: str) -> DataSetQuerySet:
    """Data sets about `text`, with `rank` (0 where there is no text)."""
    text = cleaned(text)
    if not text:
        return unranked(rows)
    found = by_words(rows, text)
    return found if found.order_by()[:FEW].count() >= FEW else by_likeness(rows, text)


def unranked(rows: DataSetQuerySet) -> DataSetQuerySet:
    return rows.annotate(rank=Value(0.0, output_field=FloatField()))


def by_words(rows: DataSetQuerySet, text: str) -> DataSetQuerySet:
    """Those that hold the words; all with the words in the title before all others (rank above 1)."""
    query = query_of(text)
    title = Case(When(title_words=query, then=Value(1.0)), default=Value(0.0), output_field=FloatField())
    return rows.annotate(rank=SearchRank(F("words"), query) + title).filter(words=query)


def in_title(rows: DataSetQuerySet, text: str) -> DataSetQuerySet:
    """The first of `by_words`: those with the words in the title, with the same rank."""
    query = query_of(text)
    return rows.annotate(rank=SearchRank(F("words"), query) + Value(1.0, output_field=FloatField())).filter(title_words=query)


def by_likeness(rows: DataSetQuerySet, text: str) -> DataSetQuerySet:
    """Those that hold the words, and those whose titles look alike: for words typed wrong."""
    query = query_of(text)
    # `%>` (alike beyond the threshold of the settings) is answered by the trigram index, the function alone is not
    likeness = TrigramWordSimilarity(text.upper(), Upper("title"))
    rank = Greatest(SearchRank(F("words"), query) * 2, F("likeness"), output_field=FloatField())
    rows = rows.annotate(upper=Upper("title"), likeness=likeness, rank=rank)
    return rows.filter(Q(words=query) | Q(upper__trigram_word_similar=text.upper()))


@dataclass
class Results:
    """What the catalogue's page shows of a search: `rows` with rank, `first` of them where they alone may fill the page,
    the facets, and how many rows fit all filters."""

    rows: DataSetQuerySet
    first: DataSetQuerySet | None
    facets: list[Facet]
    count: int


def search(base: DataSetQuerySet, text: str, chosen: dict[str, str]) -> Results:
    """Search published data sets, filter and count in two passes: one over the narrow entries counts all facets and the
    rows, one takes the page."""
    text = cleaned(text)
    entries = SearchEntry.objects.filter(words=query_of(text)) if text else SearchEntry.objects.all()
    counted, count = entry_facets(entries, chosen)
    found = by_words(base, text) if text else unranked(base)
    first = narrowed(in_title(base, text), chosen) if text and count > MANY else None
    if text and count < FEW:
        found, first = by_likeness(base, text), None
        counted, count = facets_and_count(found, chosen)
    return Results(narrowed(found, chosen), first, counted, count)


# --- filters --------------------------------------------------------------------------------------------------------
def narrowed(rows: DataSetQuerySet, chosen: dict[str, str], *, but: str = "") -> DataSetQuerySet:
    for name, value in chosen.items():
        if value and name != but and name in FILTERS:
            rows = rows.filter(**{FILTERS[name]: value})
    return placed(rows, chosen)


def placed(rows: Any, chosen: dict[str, str]) -> Any:
    """Filters of place and time: `area`, a region's code (what covers it or lies within); `from` and `to`, years."""
    if area := chosen.get("area", ""):
        parts = area.split(".")
        above = [".".join(parts[:length]) for length in range(1, len(parts))]
        rows = rows.filter(Q(coverage=area) | Q(coverage__code__startswith=f"{area}.") | Q(coverage__in=above))
    if year := _year(chosen.get("from", "")):
        rows = rows.filter(period_to__gte=date(year, 1, 1))
    if year := _year(chosen.get("to", "")):
        rows = rows.filter(period_from__lte=date(year, 12, 31))
    return rows


def _year(text: str) -> int:
    year = whole_number(text, 9998) or 0
    return year if year > 1900 else 0


@dataclass(frozen=True)
class Facet:
    name: str
    values: list[dict[str, Any]]


def facets(rows: DataSetQuerySet, chosen: dict[str, str]) -> list[Facet]:
    return facets_and_count(rows, chosen)[0]


def facets_and_count(rows: DataSetQuerySet, chosen: dict[str, str]) -> tuple[list[Facet], int]:
    """For each filter the values with counts, as if this one filter were not set, and the number of rows that fit all.
    One pass over what was found counts everything (GROUPING SETS), rather than a query each."""
    conditions = {name: value for name, value in chosen.items() if value and name in FILTERS}
    if "producer" in conditions:
        conditions["producer"] = Agency.objects.filter(slug=conditions["producer"]).values_list("pk", flat=True).first() or 0  # type: ignore[assignment]
    found, values = placed(rows, chosen).order_by().values(*FACET_COLUMNS.values()).query.sql_with_params()
    names = list(FACET_COLUMNS)
    columns = ", ".join(FACET_COLUMNS[name] for name in names)
    counts, given = [], []
    for name in [*names, ""]:
        others = [other for other in conditions if other != name]
        condition = " AND ".join(f"{FACET_COLUMNS[other]} = %s" for other in others)
        given += [conditions[other] for other in others]
        counts.append(f"count(*) FILTER (WHERE {condition})" if others else "count(*)")
    if not conditions:
        counts = counts[:1]  # all the same
    sets = ", ".join(f"({FACET_COLUMNS[name]})" for name in names)
    sql = f"SELECT GROUPING({columns}), {columns}, {', '.join(counts)} FROM ({found}) found GROUP BY GROUPING SETS ({sets}, ())"
    with connection.cursor() as cursor:
        cursor.execute(sql, [*given, *values])
        lines = cursor.fetchall()
    if not conditions:
        lines = [(*line, *[line[-1]] * len(names)) for line in lines]
    whole = next((line[-1] for line in lines if line[0] == 2 ** len(names) - 1), 0)
    return [Facet(name, _facet_values(name, place, lines, chosen)) for place, name in enumerate(names)], int(whole)


def _facet_values(name: str, place: int, lines: list[tuple[Any, ...]], chosen: dict[str, str]) -> list[dict[str, Any]]:
    width = len(FACET_COLUMNS)
    mine = (2**width - 1) ^ (1 << (width - 1 - place))  # GROUPING's bit of a column is 0 in its own set
    return _shown(name, {line[1 + place]: line[1 + width + place] for line in lines if line[0] == mine}, chosen)


def _shown(name: str, counts: dict[Any, int], chosen: dict[str, str]) -> list[dict[str, Any]]:
    """The values of a facet with their labels, the most frequent first."""
    pairs = sorted((pair for pair in counts.items() if pair[1]), key=lambda pair: (-pair[1], str(pair[0])))[:FACET_LENGTH]
    labels: dict[Any, Any] = dict(DataSet._meta.get_field(FILTERS[name]).choices or ()) if "__" not in FILTERS[name] else {}
    slugs: dict[Any, str] = {}
    if name == "producer":
        for pk, label, slug in Agency.objects.filter(pk__in=[value for value, _count in pairs]).values_list("pk", "short_name", "slug"):
            labels[pk], slugs[pk] = label, slug
    return [
        {
            "value": slugs.get(value, value),
            "count": count,
            "chosen": chosen.get(name) == slugs.get(value, value),
            "label": labels.get(value, value),
        }
        for value, count in pairs
    ]


def entry_facets(rows: Any, chosen: dict[str, str]) -> tuple[list[Facet], int]:
    """As `facets_and_count`, over search entries: the four packed facets are counted by their signature, unpacked here."""
    codes = {(facet, value): code for facet, value, code in FacetValue.objects.values_list("facet", "value", "code")}
    names = {(facet, code): value for (facet, value), code in codes.items()}
    wanted = {name: codes.get((name, value), 2**BITS - 1) for name, value in chosen.items() if value and name in PACKED}
    producer = None
    if slug := chosen.get("producer", ""):
        producer = Agency.objects.filter(slug=slug).values_list("pk", flat=True).first() or 0
    found, values = placed(rows, chosen).order_by().values("signature", "producer_id").query.sql_with_params()
    mask = sum((2**BITS - 1) << (BITS * place) for place, name in enumerate(PACKED) if name in wanted)
    packed = sum(wanted[name] << (BITS * place) for place, name in enumerate(PACKED) if name in wanted)
    filters = bool(wanted) or producer is not None
    counting = "count(*)"
    if filters:
        counting = "count(*) FILTER (WHERE %s::int IS NULL OR producer_id = %s::int), count(*) FILTER (WHERE signature & %s = %s)"
    given = [producer, producer, mask, packed] if filters else []
    sql = f"SELECT signature, producer_id, {counting} FROM ({found}) found GROUP BY GROUPING SETS ((signature), (producer_id))"
    with connection.cursor() as cursor:
        cursor.execute(sql, [*given, *values])
        lines = cursor.fetchall()
    shifts = [(BITS * place, 2**BITS - 1, wanted.get(name, 0)) for place, name in enumerate(PACKED)]
    by_code: list[dict[int, int]] = [{} for _name in PACKED]
    producers: dict[Any, int] = {}
    whole = 0
    for signature, agency, count, *fitting in lines:
        if signature is None:
            producers[agency] = fitting[0] if fitting else count
            continue
        parts = [(signature >> shift) & bits for shift, bits, _code in shifts]
        misses = [place for place, (_shift, _bits, code) in enumerate(shifts) if code and parts[place] != code] if wanted else []
        if not misses:
            whole += count
            for place, code in enumerate(parts):
                by_code[place][code] = by_code[place].get(code, 0) + count
        elif len(misses) == 1:
            place = misses[0]
            by_code[place][parts[place]] = by_code[place].get(parts[place], 0) + count
    counts: dict[str, dict[Any, int]] = {
        name: {names[name, code]: count for code, count in by_code[place].items()} for place, name in enumerate(PACKED)
    }
    counts["producer"] = producers
    return [Facet(name, _shown(name, counts[name], chosen)) for name in FACET_COLUMNS], whole


# --- while typing ---------------------------------------------------------------------------------------------------
def suggestions(text: str, most: int = 8) -> list[dict[str, str]]:
    """Data sets, producers, topics and places whose names begin with or hold what is typed: {"label", "kind", "path"}."""
    text = " ".join(text.split())[:80]
    if len(text) < 2:
        return []
    catalogue = reverse("onedata:catalogue")
    found: list[dict[str, str]] = []
    for value, label in Topic.choices:
        if text.lower() in str(label).lower():
            found.append({"label": str(label), "kind": "topic", "path": f"{catalogue}?topic={value}"})
    for agency in Agency.objects.filter(
        Q(name__icontains=text) | Q(short_name__istartswith=text), data_sets__published_at__isnull=False
    ).distinct()[:2]:
        found.append({"label": agency.name, "kind": "producer", "path": f"{catalogue}?producer={agency.slug}"})
    if len(text) < 3:
        return found[:most]  # shorter than what the index of trigrams answers
    for region in Region.objects.filter(name__icontains=text, level__in=["regency", "district"]).order_by("code")[:2]:
        found.append({"label": region.name, "kind": "place", "path": f"{catalogue}?area={region.code}"})
    titles = DataSet.objects.published().annotate(upper=Upper("title")).filter(upper__contains=text.upper())
    rows = list(titles.order_by("-view_count", "title").values_list("title", "slug")[:most])
    if not rows:
        rows = list(find(DataSet.objects.published(), text).order_by("-rank", "title").values_list("title", "slug")[:most])
    found += [{"label": title, "kind": "data_set", "path": reverse("onedata:dataset", args=[slug])} for title, slug in rows]
    return found[:most]


# --- what a data set's table holds, as words ---------------------------------------------------------------------------
MOST_CODES = 400
MOST_SIGNS = 20_000


def contents_of(data_set: DataSet) -> str:
    """Names of columns and what they mean, keywords, names of shared records, and the values of short text columns
    (places, categories): what somebody may look for who knows what is in the table."""
    from .storage import local_path
    from .tables import connection, quoted

    words: list[str] = list(data_set.keywords)
    words += data_set.indicators.filter(is_public=True).values_list("name", flat=True)
    for name, alias, concept in data_set.variables.filter(is_public=True).values_list("name", "alias", "concept"):
        words += [name, alias, concept]
    version = data_set.current
    if version is not None:
        for column in version.columns:
            said = data_set.field(column["name"])
            words += [column["name"].replace("_", " "), said.get("title", ""), said.get("description", "")]
        if version.parquet and data_set.access == Access.OPEN and not version.is_held:
            for column in version.columns:
                if column["type"] != "string":
                    continue
                name = quoted(column["name"])
                rows = connection().execute(
                    f"SELECT DISTINCT {name} FROM read_parquet(?) WHERE {name} IS NOT NULL AND length({name}) <= 80 LIMIT {MOST_CODES + 1}",
                    [str(local_path(version.parquet))],
                ).fetchall()  # fmt: skip
                if len(rows) <= MOST_CODES:
                    words += [row[0] for row in rows]
    return " ".join(dict.fromkeys(word.strip() for word in words if word and word.strip()))[:MOST_SIGNS]


def refresh_contents(data_set: DataSet) -> None:
    DataSet.objects.filter(pk=data_set.pk).update(contents=contents_of(data_set))
