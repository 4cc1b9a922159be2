"""Meetings of both bodies, on both engines."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import select

from cii.coordination.vocabulary import Body
from cii.kernel.errors import NotAllowed, UnknownThing
from cii.kernel.period import Quarter
from cii.meetings.actions import MoveMeeting, PlanMeeting, move_meeting, plan_meeting, watch
from cii.meetings.queries import held_days, meeting_alerts, meeting_moves, meetings
from cii.meetings.rules import MeetingAhead
from cii.meetings.vocabulary import MeetingEvent, MeetingState
from cii.notices.tables import Notice
from tests.coordination.build_coordination import the_group, the_steering
from tests.figures.build_figures import the_numbers
from tests.institutions.build_institutions import the_canton


@pytest.fixture
def canton(work):
    the_numbers(work)
    the_canton(work)
    return work


def notices(work):
    return [row.kind for row in work.session.exec(select(Notice))]


def test_a_meeting_is_planned_invited_and_held(canton):
    group = the_group(canton)
    row = plan_meeting(group, PlanMeeting(Body.COORDINATION, date(2026, 9, 24), "Occupation, budgets"))

    move_meeting(group, MoveMeeting(row.ref, MeetingEvent.INVITE))
    move_meeting(group, MoveMeeting(row.ref, MeetingEvent.HOLD, minutes="Procès-verbal"))

    assert (row.state, row.quarter, row.held_on) == (MeetingState.HELD, "2026-Q3", date(2026, 9, 24))
    assert meetings(group, Body.COORDINATION, Quarter(2026, 3)) == [row]
    assert meeting_moves(group, row) == ()


def test_a_meeting_is_known_as_held_since_it_was_recorded(canton):
    """Held on 24 September, recorded yesterday: a report as known before that does not name it."""
    yesterday, period = replace(canton, now=canton.now - timedelta(days=1)), Quarter(2026, 3).period
    row = plan_meeting(the_group(yesterday), PlanMeeting(Body.COORDINATION, date(2026, 9, 24)))
    move_meeting(the_group(yesterday), MoveMeeting(row.ref, MeetingEvent.HOLD))

    before = held_days(canton, Body.COORDINATION, period, yesterday.now - timedelta(seconds=1))
    since = held_days(canton, Body.COORDINATION, period, yesterday.now)

    assert (before, since) == ([], [date(2026, 9, 24)])


def test_a_meeting_ahead_is_not_held_and_another_body_keeps_out(canton):
    group = the_group(canton)
    row = plan_meeting(group, PlanMeeting(Body.COORDINATION, date(2026, 12, 1)))

    with pytest.raises(MeetingAhead):
        move_meeting(group, MoveMeeting(row.ref, MeetingEvent.HOLD))
    with pytest.raises(NotAllowed):
        move_meeting(the_steering(canton), MoveMeeting(row.ref, MeetingEvent.CANCEL))
    with pytest.raises(NotAllowed):
        plan_meeting(group, PlanMeeting(Body.STEERING, date(2026, 12, 1)))
    with pytest.raises(UnknownThing):
        move_meeting(group, MoveMeeting("0000000000", MeetingEvent.CANCEL))


def test_a_quarter_without_meeting_is_told_once_on_its_day(canton):
    day = date(2026, 10, 1)

    assert [one.what for one in meeting_alerts(canton, day)] == ["2026-Q3"]
    assert watch(canton, day) == {"quarter_without_meeting": 1}
    assert watch(canton, date(2026, 10, 2)) == {}
    assert notices(canton) == ["quarter-without-meeting"]


def test_a_quarter_with_a_meeting_raises_no_alert(canton):
    row = plan_meeting(canton, PlanMeeting(Body.COORDINATION, date(2026, 7, 2)))
    move_meeting(canton, MoveMeeting(row.ref, MeetingEvent.HOLD))

    assert meeting_alerts(canton, date(2026, 10, 1)) == []
