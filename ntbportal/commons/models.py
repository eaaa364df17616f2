"""All tables of the ground floor; each concept has a module of its own."""

from .agencies import Agency, AgencyKind
from .audit import PersonalDataAccess
from .failures import FailedTask
from .notices import Notice
from .people import Membership, Role, User
from .places import Region, RegionBoundary
from .push import PushDevice
from .reference_data import LoadedData
from .tokens import ApiToken
from .working_days import RegionalHoliday

__all__ = [
    "Agency",
    "AgencyKind",
    "ApiToken",
    "FailedTask",
    "LoadedData",
    "Membership",
    "Notice",
    "PersonalDataAccess",
    "PushDevice",
    "Region",
    "RegionBoundary",
    "RegionalHoliday",
    "Role",
    "User",
]
