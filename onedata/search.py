"""Finding data sets: words with the Indonesian stemmer, typing errors by trigrams, filters with counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery, SearchRank, TrigramWordSimilarity
from django.db.models import Count, F, FloatField, Q, Value
from django.db.models.functions import Greatest, Upper

from .models import Access, DataSet
from .models.catalogue import DataSetQuerySet

LIKENESS = 0.5
# name in the address -> model field
FILTERS = {"topic": "topic", "producer": "producer__slug", "frequency": "frequency", "licence": "licence", "access": "access"}


def find(rows: DataSetQuerySet, text: str) -> DataSetQuerySet:
    """Data sets about `text`, with `rank` (0 where there is no text)."""
    text = text.strip()
    if not text:
        return rows.annotate(rank=Value(0.0, output_field=FloatField()))
    query = SearchQuery(text, config="indonesian", search_type="websearch")
    likeness = TrigramWordSimilarity(text.upper(), Upper("title"))
    return rows.annotate(
        likeness=likeness, rank=Greatest(SearchRank(F("words"), query) * 2, F("likeness"), output_field=FloatField())
    ).filter(Q(words=query) | Q(likeness__gte=LIKENESS) | Q(keywords__contains=[text.lower()]))


def narrowed(rows: DataSetQuerySet, chosen: dict[str, str], *, but: str = "") -> DataSetQuerySet:
    for name, value in chosen.items():
        if value and name != but:
            rows = rows.filter(**{FILTERS[name]: value})
    return rows


@dataclass(frozen=True)
class Facet:
    name: str
    values: list[dict[str, Any]]


def facets(rows: DataSetQuerySet, chosen: dict[str, str]) -> list[Facet]:
    """For each filter the values with counts, as if this one filter were not set."""
    labels = {name: dict(DataSet._meta.get_field(field).choices or ()) for name, field in FILTERS.items() if "__" not in field}
    found = []
    for name, field in FILTERS.items():
        counted = narrowed(rows, chosen, but=name).order_by().values(field)
        if name == "producer":
            counted = counted.values(field, "producer__short_name")
        values = [
            {
                "value": row[field],
                "count": row["count"],
                "chosen": chosen.get(name) == row[field],
                "label": row.get("producer__short_name") or labels.get(name, {}).get(row[field], row[field]),
            }
            for row in counted.annotate(count=Count("pk")).order_by("-count", field)[:30]
        ]
        found.append(Facet(name, values))
    return found


# --- what a data set's table holds, as words ---------------------------------------------------------------------------
MOST_CODES = 400
MOST_SIGNS = 20_000


def contents_of(data_set: DataSet) -> str:
    """Names of columns and what they mean, keywords, names of shared records, and the values of short text columns
    (places, categories): what somebody may look for who knows what is in the table."""
    from .storage import local_path
    from .tables import connection, quoted

    words: list[str] = list(data_set.keywords)
    words += data_set.indicators.values_list("name", flat=True)
    for name, alias, concept in data_set.variables.values_list("name", "alias", "concept"):
        words += [name, alias, concept]
    version = data_set.current
    if version is not None:
        for column in version.columns:
            said = data_set.field(column["name"])
            words += [column["name"].replace("_", " "), said.get("title", ""), said.get("description", "")]
        if version.parquet and data_set.access == Access.OPEN:
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
