"""The rules of meetings without a database."""

from datetime import date

from cii.kernel.calendar import WorkingDays
from cii.kernel.period import Quarter
from cii.meetings.rules import meeting_alert

AFTER = WorkingDays("NE").after


def test_a_quarter_without_meeting_is_told_on_the_first_working_day_after_it():
    quarter = Quarter(2026, 3)

    assert meeting_alert(quarter, [], AFTER) == date(2026, 10, 1)
    assert meeting_alert(Quarter(2025, 4), [], AFTER) == date(2026, 1, 2)
    assert meeting_alert(quarter, [date(2026, 6, 30), date(2026, 10, 1)], AFTER) == date(2026, 10, 1)
    assert meeting_alert(quarter, [date(2026, 9, 30)], AFTER) is None
