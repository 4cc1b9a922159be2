"""Meetings of both bodies, on both engines."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from cii.coordination.vocabulary import Body
from cii.kernel.errors import NotAllowed, Refusals, UnknownThing
from cii.kernel.moves import IllegalMove
from cii.kernel.period import Quarter
from cii.meetings.actions import (
    AnswerInvitation,
    AskToCome,
    CallMeeting,
    CancelMeeting,
    HoldMeeting,
    PlanMeeting,
    PutOffMeeting,
    answer_invitation,
    ask_to_come,
    call_meeting,
    cancel_meeting,
    hold_meeting,
    plan_meeting,
    put_off,
    watch,
)
from cii.meetings.actions_agenda import AddItem, CallGuest, add_item, call_guest
from cii.meetings.alerts import meeting_alerts
from cii.meetings.queries import (
    agenda,
    attendance,
    held_days,
    invitations,
    meeting_by_ref,
    meeting_moves,
    meetings,
    next_meeting,
    steps_of,
)
from cii.meetings.rules import (
    AgendaEmpty,
    MeetingAhead,
    MeetingOtherDay,
    MeetingPast,
    NotByInvitation,
    NotInvited,
    TimeAndPlaceMissing,
)
from cii.meetings.vocabulary import Answer, InvitationReason, MeetingEvent, MeetingState
from cii.notices.tables import Notice
from tests.agreements.build_agreements import a_market
from tests.figures.build_figures import a_stay, the_numbers
from tests.institutions.build_institutions import the_canton
from tests.meetings.build_meetings import AT_TWO, on, the_group


@pytest.fixture
def canton(work):
    the_numbers(work)
    the_canton(work)
    return work


@pytest.fixture
def group(canton):
    return the_group(canton)


@pytest.fixture
def market(work):
    the_numbers(work)
    return a_market(work)


def notices(work):
    return [row.kind for row in work.session.exec(select(Notice).order_by(Notice.id))]


def called(group, meeting):
    """Institution (or nothing) and reason of everybody called, by account."""
    rows = invitations(group.house, meeting)
    mark = {account.id: code for code, account in group.accounts.items()}
    return {mark[one.account_id]: one.reason.value for one in rows}


def test_a_meeting_is_planned_called_and_held(group):
    meeting = group.planned()
    add_item(group.house, AddItem(meeting.ref, "Occupation, budgets"))

    call_meeting(group.house, CallMeeting(meeting.ref))
    later = on(group.work, date(2026, 12, 10))
    present = tuple(group.invitation(meeting, one) for one in ("SEMP", "SMIG"))
    hold_meeting(group.as_("SEMP", later), HoldMeeting(meeting.ref, present=present, summary="Séance brève."))

    assert (meeting.state, meeting.quarter, meeting.held_on) == (
        MeetingState.HELD, "2026-Q4", date(2026, 12, 10),
    )  # fmt: skip
    assert meetings(group.house, Body.COORDINATION, Quarter(2026, 4)) == [meeting]
    assert [one.event for one in steps_of(group.house, meeting)] == [
        None, MeetingEvent.INVITE, MeetingEvent.HOLD,
    ]  # fmt: skip
    came = attendance(later, Body.COORDINATION, Quarter(2026, 4).period, later.now)
    assert {one.institution: one.attended for one in came} == {
        "SEMP": True, "SASO": False, "SMIG": True, "SFPO": False, "OAI": False,
    }  # fmt: skip
    assert meeting_moves(group.house, meeting) == (MeetingEvent.IMPORT_MINUTES,)


def test_a_meeting_is_known_as_held_since_it_was_recorded(group):
    """Held on 24 September, recorded yesterday: a report as known before that does not name it."""
    yesterday = replace(group.work, now=group.work.now - timedelta(days=1))
    period = Quarter(2026, 3).period
    row = plan_meeting(group.as_("SEMP", yesterday), PlanMeeting(Body.COORDINATION, date(2026, 9, 24)))
    hold_meeting(group.as_("SEMP", yesterday), HoldMeeting(row.ref))

    before = held_days(group.work, Body.COORDINATION, period, yesterday.now - timedelta(seconds=1))
    since = held_days(group.work, Body.COORDINATION, period, yesterday.now)

    assert (before, since) == ([], [date(2026, 9, 24)])


def test_a_meeting_ahead_is_not_held_and_another_body_keeps_out(group):
    member, steering = group.house, group.as_("GPCII")
    row = plan_meeting(member, PlanMeeting(Body.COORDINATION, date(2026, 12, 1)))

    with pytest.raises(MeetingAhead):
        hold_meeting(member, HoldMeeting(row.ref))
    with pytest.raises(NotAllowed):
        cancel_meeting(steering, CancelMeeting(row.ref))
    with pytest.raises(NotAllowed):
        plan_meeting(member, PlanMeeting(Body.STEERING, date(2026, 12, 1)))
    with pytest.raises(UnknownThing):
        cancel_meeting(member, CancelMeeting("0000000000"))
    with pytest.raises(MeetingOtherDay):
        plan_meeting(member, PlanMeeting(Body.COORDINATION, date(2026, 12, 1), starts_at=AT_TWO))
    assert meeting_moves(steering, row) == ()


def test_nobody_is_called_without_hour_place_and_agenda_or_to_a_day_that_is_over(group):
    row = plan_meeting(group.house, PlanMeeting(Body.COORDINATION, date(2026, 10, 1)))

    with pytest.raises(Refusals) as refused:
        call_meeting(group.house, CallMeeting(row.ref))

    assert [type(one) for one in refused.value.reasons] == [MeetingPast, TimeAndPlaceMissing, AgendaEmpty]
    assert invitations(group.house, row) == []


def test_permanent_members_are_always_called_and_those_by_invitation_for_their_persons(group, work, market):
    """An AC person placed by an ORP calls neither; one placed by the OFIJ calls the SFPO."""
    agreement = market.agreement()
    market.work = work
    stay = a_stay(work, market.measure, agreement, market.ac, date(2026, 11, 1), date(2027, 1, 31))
    first, second = group.planned(), group.planned(AT_TWO + timedelta(days=5))
    for meeting in (first, second):
        add_item(group.house, AddItem(meeting.ref, "Atelier", (market.measure.code,)))

    call_meeting(group.house, CallMeeting(first.ref))
    alone = called(group, first)
    stay.requested_by_unit_id = group.unit("OFIJ")
    work.session.add(stay)
    work.session.flush()
    call_meeting(group.house, CallMeeting(second.ref))

    assert alone == {"SEMP": "member", "SASO": "member", "SMIG": "member"}
    assert called(group, second)["SFPO"] == "persons_placed"
    (sfpo,) = [
        one for one in invitations(group.house, second) if one.reason is InvitationReason.PERSONS_PLACED
    ]
    assert sfpo.measures == [market.measure.code]
    assert "meeting-called-persons-placed" in notices(work)


def test_the_last_meeting_of_the_year_calls_whoever_has_not_been_there(group):
    meeting = group.planned()
    add_item(group.house, AddItem(meeting.ref, "Calendrier"))

    call_meeting(group.house, CallMeeting(meeting.ref))

    assert called(group, meeting) == {
        "SEMP": "member", "SASO": "member", "SMIG": "member", "SFPO": "yearly", "OAI": "yearly",
    }  # fmt: skip


def test_who_comes_by_invitation_may_ask_to_come_and_others_may_not(group):
    meeting = group.planned(datetime(2026, 11, 26, 13, tzinfo=UTC))
    group.planned()
    add_item(group.house, AddItem(meeting.ref, "Calendrier"))

    asked = ask_to_come(group.as_("OAI"), AskToCome(meeting.ref))
    again = ask_to_come(group.as_("OAI"), AskToCome(meeting.ref))
    call_meeting(group.house, CallMeeting(meeting.ref))

    assert asked.id == again.id
    assert asked.sent_at is not None
    assert called(group, meeting) == {
        "SEMP": "member", "SASO": "member", "SMIG": "member", "OAI": "asked",
    }  # fmt: skip
    for code in ("SEMP", "GUEST"):
        with pytest.raises((NotByInvitation, UnknownThing)):
            ask_to_come(group.as_(code), AskToCome(meeting.ref))


def test_a_guest_is_called_for_one_item_and_sees_no_other(group):
    meeting = group.planned()
    own = add_item(group.house, AddItem(meeting.ref, "Exposé sur les apprentissages"))
    add_item(group.house, AddItem(meeting.ref, "Affaire interne"))
    guest = group.as_("GUEST")
    with pytest.raises(UnknownThing):
        meeting_by_ref(guest, meeting.ref)

    call_guest(group.house, CallGuest(own.ref, group.seat("GUEST")))
    call_meeting(group.house, CallMeeting(meeting.ref))

    assert [one.title for one in agenda(guest, meeting_by_ref(guest, meeting.ref))] == [own.title]
    assert [one.reason for one in invitations(guest, meeting)] == [InvitationReason.GUEST]
    assert answer_invitation(guest, AnswerInvitation(meeting.ref, Answer.COMES)).answer is Answer.COMES
    assert [one.ref for one in meetings(guest)] == [meeting.ref]


def test_put_off_and_cancelled_everybody_called_is_told(group):
    meeting = group.planned()
    add_item(group.house, AddItem(meeting.ref, "Calendrier"))
    call_meeting(group.house, CallMeeting(meeting.ref))
    answer_invitation(group.as_("SMIG"), AnswerInvitation(meeting.ref, Answer.EXCUSED))

    put_off(group.house, PutOffMeeting(meeting.ref, AT_TWO + timedelta(days=7), "Salle 2", "Salle prise"))
    answers = [one.answer for one in invitations(group.house, meeting)]
    cancel_meeting(group.house, CancelMeeting(meeting.ref, "Pas de quorum"))

    assert (meeting.planned_on, meeting.changes, meeting.state) == (
        date(2026, 12, 17), 2, MeetingState.CANCELLED,
    )  # fmt: skip
    assert answers == [None] * 5
    told = notices(group.work)
    assert (told.count("meeting-put-off"), told.count("meeting-cancelled")) == (5, 5)
    with pytest.raises(IllegalMove):
        answer_invitation(group.as_("SMIG"), AnswerInvitation(meeting.ref, Answer.COMES))
    with pytest.raises(IllegalMove):
        put_off(group.house, PutOffMeeting(meeting.ref, AT_TWO, "Salle 2"))


def test_a_meeting_is_not_put_off_to_a_day_that_is_over(group):
    meeting = group.planned()

    with pytest.raises(MeetingPast):
        put_off(group.house, PutOffMeeting(meeting.ref, group.work.now - timedelta(hours=1), "Salle 2"))


def test_only_who_was_called_answers_or_was_there(group):
    meeting = group.planned(datetime(2026, 11, 26, 13, tzinfo=UTC))
    group.planned()
    add_item(group.house, AddItem(meeting.ref, "Calendrier"))
    call_meeting(group.house, CallMeeting(meeting.ref))

    with pytest.raises(NotInvited):
        answer_invitation(group.as_("SFPO"), AnswerInvitation(meeting.ref, Answer.COMES))
    with pytest.raises(NotInvited):
        hold_meeting(
            group.as_("SEMP", on(group.work, date(2026, 11, 26))),
            HoldMeeting(meeting.ref, present=("0000000000",)),
        )


def test_the_next_meeting_is_the_nearest_that_is_still_to_come(group):
    group.planned()
    first = group.planned(datetime(2026, 11, 26, 13, tzinfo=UTC))
    over = plan_meeting(group.house, PlanMeeting(Body.COORDINATION, date(2026, 9, 24)))
    hold_meeting(group.house, HoldMeeting(over.ref))

    assert next_meeting(group.house, Body.COORDINATION) == first
    assert next_meeting(group.house, Body.STEERING) is None


def test_a_quarter_without_meeting_is_told_once_on_its_day(canton):
    day = date(2026, 10, 1)

    assert [one.what for one in meeting_alerts(canton, day)] == ["2026-Q3"]
    assert watch(canton, day) == {"quarter_without_meeting": 1}
    assert watch(canton, date(2026, 10, 2)) == {}
    assert notices(canton) == ["quarter-without-meeting"]


def test_a_member_by_invitation_not_seen_until_october_is_told_once(group):
    """SFPO came in May; the OAI to no meeting of the year, and is called to none."""
    spring = on(group.work, date(2026, 5, 2))
    meeting = group.planned(datetime(2026, 5, 7, 12, tzinfo=UTC), work=spring)
    add_item(group.as_("SEMP", spring), AddItem(meeting.ref, "Calendrier"))
    ask_to_come(group.as_("SFPO", spring), AskToCome(meeting.ref))
    call_meeting(group.as_("SEMP", spring), CallMeeting(meeting.ref))
    after = on(group.work, date(2026, 5, 8))
    there = (group.invitation(meeting, "SFPO"),)
    hold_meeting(group.as_("SEMP", after), HoldMeeting(meeting.ref, date(2026, 5, 7), there))

    found = [
        one.what for one in meeting_alerts(group.work, date(2026, 10, 1)) if one.kind == "attendance_missing"
    ]

    assert found == ["OAI 2026"]
    assert watch(group.work, date(2026, 10, 1))["attendance_missing"] == 1
    assert "attendance_missing" not in watch(group.work, date(2026, 10, 2))


def test_a_quarter_with_a_meeting_raises_no_alert(group):
    row = plan_meeting(group.house, PlanMeeting(Body.COORDINATION, date(2026, 7, 2)))
    hold_meeting(group.house, HoldMeeting(row.ref))

    kinds = {one.kind for one in meeting_alerts(group.work, date(2026, 10, 1))}
    assert "quarter_without_meeting" not in kinds
