"""How agencies stand with their published data; one pass over the public data sets."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils import timezone

from .models import DataSet
from .quality.metadata_score import metadata_score


@dataclass
class Standing:
    name: str
    slug: str
    scores: list[float] = field(default_factory=list)
    points: list[int] = field(default_factory=list)
    late: int = 0

    @property
    def count(self) -> int:
        return len(self.points)

    @property
    def quality(self) -> float | None:
        """Mean score of the checks, 0 to 100."""
        return round(sum(self.scores) / len(self.scores), 1) if self.scores else None

    @property
    def mqa(self) -> float:
        """Mean points of the description, 0 to 405."""
        return round(sum(self.points) / len(self.points), 1)


def league_table() -> list[Standing]:
    """Best quality first; agencies with the same quality by their description."""
    today = timezone.localdate()
    found: dict[int, Standing] = {}
    for row in DataSet.objects.published().select_related("producer", "current__report").iterator(chunk_size=1000):
        standing = found.setdefault(row.producer_id, Standing(row.producer.short_name, row.producer.slug))
        standing.points.append(metadata_score(row).points)
        report = getattr(row.current, "report", None)
        if report is not None:
            standing.scores.append(report.score)
        standing.late += bool(row.next_due and row.next_due < today)
    return sorted(found.values(), key=lambda standing: (-(standing.quality or 0), -standing.mqa, standing.name))
