"""Tables of the catalogue, by concept."""

from .catalogue import Access, DataSet, DataSetMove, Frequency, Kind, Licence, Stage, Topic
from .quality import Dimension, Finding, QualityReport, Severity
from .reference import Code, CodeList
from .versions import DataVersion, VersionState

__all__ = [
    "Access",
    "Code",
    "CodeList",
    "DataSet",
    "DataSetMove",
    "DataVersion",
    "Dimension",
    "Finding",
    "Frequency",
    "Kind",
    "Licence",
    "QualityReport",
    "Severity",
    "Stage",
    "Topic",
    "VersionState",
]
