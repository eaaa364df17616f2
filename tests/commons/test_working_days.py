from datetime import date

import pytest

from ntbportal.commons.working_days import RegionalHoliday, add_working_days

# 17 August 2026 (Independence Day, a Monday) is a fixed national holiday; 25 December 2026 is a Friday.


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 8, 12), 1, date(2026, 8, 13)),
        (date(2026, 8, 14), 1, date(2026, 8, 18)),  # over a weekend and Independence Day
        (date(2026, 8, 13), 3, date(2026, 8, 19)),
        (date(2026, 8, 15), 1, date(2026, 8, 18)),  # received on a Saturday
        (date(2026, 8, 12), 0, date(2026, 8, 12)),
    ],
)
def test_weekends_and_national_holidays_do_not_count(start: date, count: int, end: date) -> None:
    assert add_working_days(start, count) == end


@pytest.mark.django_db
def test_a_regional_holiday_counts_only_where_it_is_kept() -> None:
    RegionalHoliday.objects.create(day=date(2026, 8, 13), name="Hari jadi", region_id="52.07")
    assert add_working_days(date(2026, 8, 12), 1, region_code="52.07.02.2021") == date(2026, 8, 14)
    assert add_working_days(date(2026, 8, 12), 1, region_code="52.71.01") == date(2026, 8, 13)
