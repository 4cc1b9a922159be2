"""More places: proposed where the objectives were reached, decided by the GP CII, on both engines."""

from datetime import UTC, datetime

import pytest

from cii.coordination.vocabulary import Body
from cii.kernel.errors import NotAllowed
from cii.meetings.actions import HoldMeeting, hold_meeting
from cii.meetings.actions_decisions import TakeDecision, take_decision
from cii.meetings.growth import ProposePlaces, propose_places
from cii.meetings.queries import agenda
from cii.meetings.rules import NoMeetingAhead, ObjectivesNotReached
from cii.meetings.vocabulary import AgendaKind, DecisionKind, DecisionState
from cii.meetings.wording import item_said
from tests.evaluations.build_evaluations import lived
from tests.meetings.build_meetings import on, the_group

AT = datetime(2026, 11, 5, 9, tzinfo=UTC)
WHY = "La liste d'attente dépasse les places libres."


def asked(one, places=4):
    return ProposePlaces(one.agreement.ref, places, WHY)


def test_reached_objectives_let_more_places_be_proposed_and_the_steering_group_decides(work):
    one = lived(work)
    one.final()
    group = the_group(work)
    with pytest.raises(NoMeetingAhead):
        propose_places(one.manager, asked(one))
    meeting = group.planned(AT, Body.STEERING)

    propose_places(one.manager, asked(one))
    propose_places(one.manager, asked(one))

    (item,) = agenda(group.as_("GPCII"), meeting)
    assert (item.kind, item.subject_ref) == (AgendaKind.MORE_PLACES, one.agreement.ref)
    for lang, words in (("fr", "4 places de plus"), ("de", "4 Plätze mehr"), ("en", "4 places more")):
        assert words in item_said(item, lang)
    day = group.as_("GPCII", on(work, AT.date()))
    hold_meeting(day, HoldMeeting(meeting.ref))
    taken = take_decision(
        day,
        TakeDecision(
            meeting.ref, "Quatre places de plus.", DecisionKind.MORE_PLACES, subject_ref=one.agreement.ref
        ),
    )
    assert taken.state is DecisionState.NOTED


@pytest.mark.parametrize("satisfied", [3, None])
def test_missed_or_unjudged_objectives_propose_nothing(work, satisfied):
    one = lived(work, satisfied=satisfied)
    one.final()
    group = the_group(work)
    meeting = group.planned(AT, Body.STEERING)

    with pytest.raises(ObjectivesNotReached):
        propose_places(one.manager, asked(one))

    assert agenda(group.as_("GPCII"), meeting) == []


def test_who_does_not_lead_the_agreement_proposes_nothing(work):
    one = lived(work)
    one.final()
    group = the_group(work)
    group.planned(AT, Body.STEERING)

    with pytest.raises(NotAllowed):
        propose_places(one.provider, asked(one))
