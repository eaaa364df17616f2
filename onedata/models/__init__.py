"""Tables of the catalogue, by concept."""

from .catalogue import Access, DataSet, DataSetMove, Frequency, Kind, Licence, Stage, Topic
from .community import Chart, Comment, DayCount, Follow, FormDraft, Moderation, Reuse, ReuseKind, Synonym
from .harvest import HarvestedRecord, HarvestRun, HarvestSource
from .holding import Holding, PendingChange, PendingState, PersonalDataReview
from .metadata import RECORDS, Activity, Indicator, Variable
from .partial import PartialUpload
from .planning import DataRequest, Release, RequestState, YearlyList
from .quality import Dimension, Finding, PastScore, QualityReport, Severity
from .reference import Code, CodeList, CodeListVersion, CodeMapping, CodeProposal
from .search_entry import FacetValue, SearchEntry
from .versions import DataVersion, VersionState

__all__ = [
    "RECORDS",
    "Access",
    "Activity",
    "Chart",
    "Code",
    "CodeList",
    "CodeListVersion",
    "CodeMapping",
    "CodeProposal",
    "Comment",
    "DataRequest",
    "DataSet",
    "DataSetMove",
    "DataVersion",
    "DayCount",
    "Dimension",
    "FacetValue",
    "Finding",
    "Follow",
    "FormDraft",
    "Frequency",
    "HarvestRun",
    "HarvestSource",
    "HarvestedRecord",
    "Holding",
    "Indicator",
    "Kind",
    "Licence",
    "Moderation",
    "PartialUpload",
    "PastScore",
    "PendingChange",
    "PendingState",
    "PersonalDataReview",
    "QualityReport",
    "Release",
    "RequestState",
    "Reuse",
    "ReuseKind",
    "SearchEntry",
    "Severity",
    "Stage",
    "Synonym",
    "Topic",
    "Variable",
    "VersionState",
    "YearlyList",
]
