"""How good the description of a data set is, in two scales that others use.

MQA: the Metadata Quality Assessment of data.europa.eu, 405 points: findability 100, accessibility 100, interoperability
110, reusability 75, contextuality 20 (methodology of data.europa.eu, 2023). What it asks of addresses is answered by
what we serve ourselves; links are not followed here.

Five stars: Tim Berners-Lee's scale of open data.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from ..models import Access, CodeMapping, DataSet, Licence

RATINGS = ((351, _("excellent"), "good"), (221, _("good"), "good"), (121, _("sufficient"), "wait"), (0, _("bad"), "alert"))
MOST = 405
DIMENSIONS = {
    "findability": _("Findability"),
    "accessibility": _("Accessibility"),
    "interoperability": _("Interoperability"),
    "reusability": _("Reusability"),
    "contextuality": _("Contextuality"),
}


@dataclass
class Score:
    points: int = 0
    parts: dict[str, tuple[int, int]] = field(default_factory=dict)  # dimension -> reached, most
    missing: list[Any] = field(default_factory=list)

    @property
    def rows(self) -> list[tuple[Any, int, int]]:
        """(dimension in the reader's language, points reached, most points), for the page."""
        return [(DIMENSIONS[name], *part) for name, part in self.parts.items()]

    @property
    def rating(self) -> Any:
        return next(label for least, label, _tone in RATINGS if self.points >= least)

    @property
    def tone(self) -> str:
        return next(tone for least, _label, tone in RATINGS if self.points >= least)


def metadata_score(data_set: DataSet) -> Score:
    """Points by dimension, and what would bring more, in plain words."""
    version = data_set.current
    files = version is not None and data_set.access == Access.OPEN
    dated = data_set.published_at is not None
    tests: dict[str, list[tuple[int, bool, Any]]] = {
        "findability": [
            (30, bool(data_set.keywords), _("Give keywords.")),
            (30, bool(data_set.topic), _("Choose a topic.")),
            (20, bool(data_set.coverage_id), _("Say which area is covered.")),
            (20, bool(data_set.period_from and data_set.period_to), _("Say which period is covered.")),
        ],
        "accessibility": [
            (50, files, _("Open the data: without a file nobody can use them.")),
            (20, files, None),
            (30, files, None),
        ],
        "interoperability": [
            (20, files, None), (10, files, None), (10, files, None), (20, files, None), (20, files, None),
            (30, True, None),  # DCAT-AP conformity, held by the tests
        ],
        "reusability": [
            (20, bool(data_set.licence), _("Choose a licence.")), (10, bool(data_set.licence), None),
            (10, bool(data_set.access), None), (5, True, None),
            (20, bool(data_set.producer_id and data_set.producer.email), _("Enter the e-mail of the office, so that users can ask.")),
            (10, True, None),
        ],
        "contextuality": [
            (5, bool(data_set.access_reason) or data_set.access == Access.OPEN, None), (5, bool(version and version.size), None),
            (5, dated, None), (5, dated, None),
        ],
    }  # fmt: skip
    score = Score()
    for name, questions in tests.items():
        reached = sum(points for points, met, _advice in questions if met)
        score.parts[name] = (reached, sum(points for points, _met, _advice in questions))
        score.points += reached
        score.missing += [advice for _points, met, advice in questions if not met and advice is not None]
    return score


def stars(data_set: DataSet) -> int:
    """1 open licence and on the web, 2 structured, 3 open format, 4 addresses for things (codes of a reference list in
    the data), 5 linked to other data (codes of a list that is mapped to another scheme, such as Kemendagri's to BPS's)."""
    if data_set.access != Access.OPEN or data_set.current is None:
        return 0
    codes = ("kode_wilayah", "kode_kemendagri", "kode_bps", "kode_desa", "kode_kecamatan")
    if data_set.licence == Licence.OTHER:
        return 0
    lists = [field["code_list"] for field in data_set.schema if field.get("code_list")]
    if any(name.lower().startswith(codes) for name in data_set.current.column_names):
        lists.append("kabupaten-kota")
    if not lists:
        return 3
    return 5 if CodeMapping.objects.filter(from_list__slug__in=lists).exists() else 4


def completeness(data_set: DataSet, *, records: bool = False) -> tuple[list[tuple[Any, bool]], float]:
    """What a description should hold, whether it does, and the share that it does, 0 to 1. A description of at least
    200 signs and three keywords as data.gouv.fr asks; `records`: whether variables or indicators are named."""
    parts = [
        (_("title that says what, where, when"), len(data_set.title) >= 12),
        (_("description of at least 200 signs"), len(data_set.description) >= 200),
        (_("producer"), bool(data_set.producer_id)),
        (_("topic"), bool(data_set.topic)),
        (_("three keywords"), len(data_set.keywords or []) >= 3),
        (_("area covered"), bool(data_set.coverage_id)),
        (_("period covered"), bool(data_set.period_from and data_set.period_to)),
        (_("how often it is updated"), bool(data_set.frequency)),
        (_("licence"), bool(data_set.licence)),
        (_("concept"), bool(data_set.concept)),
        (_("definition"), bool(data_set.definition)),
        (_("classification"), bool(data_set.classification)),
        (_("measure"), bool(data_set.measure)),
        (_("unit"), bool(data_set.unit)),
        (_("variables or indicators"), records),
        (_("activity that produced the data"), bool(data_set.activity_id)),
    ]
    return parts, sum(met for _label, met in parts) / len(parts)
