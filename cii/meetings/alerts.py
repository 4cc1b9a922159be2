"""What the mandate asks of meetings and has not happened: a quarter without one, a member not seen."""

from datetime import date

from cii.coordination.members import members
from cii.coordination.queries import Alert
from cii.coordination.vocabulary import Body, Standing
from cii.kernel.period import Quarter, year_of
from cii.meetings.inviting import seen_in
from cii.meetings.queries import held_days
from cii.meetings.rules import meeting_alert
from cii.store.work import Work


def meeting_alerts(work: Work, day: date | None = None) -> list[Alert]:
    """As of that day: the quarter before without a meeting of the group; members by invitation not seen.

    From a month of the year on (parameter), an institution that came to no meeting of the year and is called
    to none is told (rule 3: at least once a year).
    """
    at = day or work.today
    found = []
    quarter = Quarter.of(at).previous
    held = held_days(work, Body.COORDINATION, quarter.period, work.now)
    raised = meeting_alert(quarter, held, work.calendar.after)
    if raised is not None and raised <= at:
        found.append(Alert("quarter_without_meeting", raised, str(quarter)))
    month: int = work.parameter("attendance_alert_month", at)
    since = work.calendar.after(date(at.year, month, 1), 0)
    if since <= at:
        seen = seen_in(work, Body.COORDINATION, year_of(at))
        called = {
            one.institution
            for one in members(work, Body.COORDINATION, at)
            if one.standing is Standing.INVITED and one.institution
        }
        found += [Alert("attendance_missing", since, f"{one} {at.year}") for one in sorted(called - seen)]
    return found
