"""Agendas: drawn from what is open, kept by the group, minuted, on both engines."""

from datetime import UTC, date, datetime

import pytest

from cii.coordination.actions import MoveCorrective, move_corrective
from cii.coordination.actions_monthly import DeliverMonth, deliver_month
from cii.coordination.queries import corrective_measures
from cii.coordination.vocabulary import Body, CorrectiveEvent, CorrectiveState
from cii.kernel.errors import NotAllowed, Refusals, UnknownThing
from cii.kernel.moves import IllegalMove
from cii.measures.queries import measures_by_code
from cii.meetings.actions import CallMeeting, HoldMeeting, call_meeting, hold_meeting
from cii.meetings.actions_agenda import (
    AddItem,
    CallGuest,
    Outcome,
    ProposeAgenda,
    SetAgenda,
    WriteOutcomes,
    add_item,
    call_guest,
    propose_agenda,
    set_agenda,
    write_outcomes,
)
from cii.meetings.actions_decisions import FollowDecision, TakeDecision, follow_decision, take_decision
from cii.meetings.actions_minutes import (
    AdoptMinutes,
    DistributeMinutes,
    ImportMinutes,
    adopt_minutes,
    distribute_minutes,
    import_minutes,
    sweep_minutes,
)
from cii.meetings.decided import decision_by_ref, decision_moves, decision_steps, decisions
from cii.meetings.queries import agenda, invitations, paper_bytes
from cii.meetings.rules import (
    AgendaClosed,
    DecisionReasonMissing,
    DecisionReserved,
    DecisionSubjectMissing,
    FollowUpIncomplete,
    MeetingNotHeld,
    MinutesNotPdf,
    NotAGuest,
)
from cii.meetings.vocabulary import (
    AgendaKind,
    DecisionEvent,
    DecisionKind,
    DecisionStand,
    DecisionState,
    InvitationReason,
    ItemState,
    MinutesState,
)
from cii.meetings.wording import item_said
from cii.placements.tables import MeasureDay
from cii.texts.languages import LANGUAGES
from tests.meetings.build_meetings import AT_TWO, a_pdf, on, the_group
from tests.reports.stage import a_quarter

THERE = date(2026, 12, 10)


@pytest.fixture
def group(work):
    a_quarter(work)
    return the_group(work)


def held(group, at=AT_TWO, body=Body.COORDINATION):
    """A meeting that was, and the transaction on its day in the hands of who leads it."""
    meeting = group.planned(at, body)
    day = group.as_("GPCII" if body is Body.STEERING else "SEMP", on(group.work, at.date()))
    hold_meeting(day, HoldMeeting(meeting.ref))
    return meeting, day


def said(group, meeting, kind, lang="fr"):
    return [item_said(one, lang) for one in agenda(group.house, meeting) if one.kind is kind]


def test_an_agenda_is_drawn_from_what_is_open(group):
    deliver_month(group.work, DeliverMonth("SEMP", "2026-09"))
    (atelier,) = measures_by_code(group.work, ["ATELIER"])
    opened = MeasureDay(measure_id=atelier.id, day=group.work.today, places=10, taken=7)
    group.work.session.add(opened)
    group.work.session.flush()
    meeting = group.planned()

    propose_agenda(group.house, ProposeAgenda(meeting.ref))

    assert said(group, meeting, AgendaKind.REPORT) == ["Rapport du 3e trimestre 2026"]
    assert said(group, meeting, AgendaKind.MONTH) == [
        "Données mensuelles manquantes\xa0: SASO, septembre 2026",
        "Données mensuelles manquantes\xa0: SMIG, septembre 2026",
    ]
    (corrective,) = said(group, meeting, AgendaKind.CORRECTIVE)
    assert "renforcer le suivi" in corrective
    assert said(group, meeting, AgendaKind.WAITING) == [
        "Atelier de réinsertion\xa0: 1 en attente alors que 3 places sur 10 sont libres"
    ]
    assert {one.state for one in agenda(group.house, meeting)} == {ItemState.PROPOSED}
    for lang in LANGUAGES:
        assert all(item_said(one, lang) for one in agenda(group.house, meeting))


def test_proposed_twice_nothing_comes_twice_and_what_was_left_out_stays_out(group):
    meeting = group.planned()
    fresh = propose_agenda(group.house, ProposeAgenda(meeting.ref))
    keep = [one.ref for one in fresh[1:]]
    set_agenda(group.house, SetAgenda(meeting.ref, tuple(keep)))

    assert propose_agenda(group.house, ProposeAgenda(meeting.ref)) == []
    assert [one.ref for one in agenda(group.house, meeting)] == keep
    assert [one.position for one in agenda(group.house, meeting)] == list(range(1, len(keep) + 1))


def test_the_steering_group_speaks_of_what_is_laid_before_it(group):
    (corrective,) = corrective_measures(group.work)
    for event in (CorrectiveEvent.NEED_CONTRACT_CHANGE, CorrectiveEvent.PROPOSE):
        move_corrective(group.house, MoveCorrective(corrective.ref, event))
    meeting = group.planned(body=Body.STEERING)

    propose_agenda(group.as_("GPCII"), ProposeAgenda(meeting.ref))

    kinds = [one.kind for one in agenda(group.as_("GPCII"), meeting)]
    assert kinds == [AgendaKind.REPORT, AgendaKind.CORRECTIVE]


def test_items_are_the_bodys_own_and_of_known_measures(group):
    meeting, other = group.planned(), group.planned(datetime(2026, 12, 17, 13, tzinfo=UTC))
    theirs = add_item(group.house, AddItem(other.ref, "Autre séance"))

    with pytest.raises(UnknownThing):
        add_item(group.house, AddItem(meeting.ref, "Atelier", ("NOWHERE",)))
    with pytest.raises(UnknownThing):
        set_agenda(group.house, SetAgenda(meeting.ref, (theirs.ref,)))
    with pytest.raises(NotAllowed):
        propose_agenda(group.as_("GPCII"), ProposeAgenda(meeting.ref))
    with pytest.raises(NotAGuest):
        call_guest(group.house, CallGuest(theirs.ref, group.seat("SFPO")))


def test_an_item_added_after_the_invitations_calls_its_guest(group):
    meeting = group.planned()
    item = add_item(group.house, AddItem(meeting.ref, "Calendrier"))
    call_meeting(group.house, CallMeeting(meeting.ref))
    before = len(invitations(group.house, meeting))

    call_guest(group.house, CallGuest(item.ref, group.seat("GUEST")))
    call_guest(group.house, CallGuest(item.ref, group.seat("GUEST")))

    rows = invitations(group.house, meeting)
    assert len(rows) == before + 1
    assert rows[-1].reason is InvitationReason.GUEST
    assert rows[-1].sent_at is not None


def test_the_agenda_of_a_meeting_held_no_longer_changes_but_is_minuted(group):
    meeting = group.planned()
    item = add_item(group.house, AddItem(meeting.ref, "Calendrier"))
    with pytest.raises(MeetingNotHeld):
        write_outcomes(group.house, WriteOutcomes(meeting.ref, (Outcome(item.ref, "Adopté."),)))
    day = group.as_("SEMP", on(group.work, THERE))
    hold_meeting(day, HoldMeeting(meeting.ref))

    write_outcomes(day, WriteOutcomes(meeting.ref, (Outcome(item.ref, "Adopté."),)))

    assert item.outcome == "Adopté."
    with pytest.raises(UnknownThing):
        write_outcomes(day, WriteOutcomes(meeting.ref, (Outcome("0000000000", "Adopté."),)))
    with pytest.raises(AgendaClosed):
        add_item(day, AddItem(meeting.ref, "Trop tard"))
    with pytest.raises(AgendaClosed):
        propose_agenda(day, ProposeAgenda(meeting.ref))


def test_a_decision_is_numbered_and_followed_until_it_is_done(group):
    meeting, day = held(group)
    noted = take_decision(day, TakeDecision(meeting.ref, "Le calendrier 2027 est adopté."))
    to_do = take_decision(
        day, TakeDecision(meeting.ref, "Relancer l'Établi.", owner="SEMP", due_on=date(2027, 1, 15))
    )

    assert [(one.year, one.number, one.state) for one in (noted, to_do)] == [
        (2026, 1, DecisionState.NOTED), (2026, 2, DecisionState.TO_DO),
    ]  # fmt: skip
    assert [row.ref for row in decisions(day, open_only=True)] == [to_do.ref]
    later = group.planned(datetime(2027, 1, 21, 13, tzinfo=UTC))
    propose_agenda(group.house, ProposeAgenda(later.ref))
    assert said(group, later, AgendaKind.DECISION) == [
        "Décision 2026-2, à exécuter d'ici au 15.01.2027\xa0: Relancer l'Établi."
    ]

    follow_decision(day, FollowDecision(to_do.ref, DecisionEvent.DO))
    assert decisions(day, open_only=True) == []
    with pytest.raises(DecisionReasonMissing):
        follow_decision(day, FollowDecision(to_do.ref, DecisionEvent.REOPEN))
    follow_decision(day, FollowDecision(to_do.ref, DecisionEvent.REOPEN, "Relance sans réponse"))

    assert decision_by_ref(day, to_do.ref).state is DecisionState.TO_DO
    assert [one.event for one in decision_steps(day, to_do)] == [None, DecisionEvent.DO, DecisionEvent.REOPEN]
    assert decision_moves(group.as_("GPCII"), to_do) == ()
    with pytest.raises(NotAllowed):
        follow_decision(group.as_("GPCII"), FollowDecision(to_do.ref, DecisionEvent.DO))
    with pytest.raises(UnknownThing):
        decision_by_ref(group.as_("GUEST"), to_do.ref)


@pytest.mark.parametrize("kind", [one for one in DecisionKind if one is not DecisionKind.FREE])
def test_the_group_does_not_decide_what_is_the_steering_groups(group, kind):
    meeting, day = held(group)

    with pytest.raises(DecisionReserved) as refused:
        take_decision(day, TakeDecision(meeting.ref, "Vingt places de plus.", kind))

    assert refused.value.kind == "forbidden"
    assert decisions(day) == []


def test_everything_that_is_missing_of_a_decision_is_said_at_once(group):
    meeting = group.planned(body=Body.STEERING)
    ask = TakeDecision(
        meeting.ref,
        "Modifier la convention.",
        DecisionKind.CONTRACT_CHANGE,
        DecisionStand.REFUSED,
        owner="SEMP",
    )

    with pytest.raises(Refusals) as refused:
        take_decision(group.as_("GPCII"), ask)

    assert [type(one) for one in refused.value.reasons] == [
        MeetingNotHeld, DecisionReasonMissing, DecisionSubjectMissing, FollowUpIncomplete,
    ]  # fmt: skip


def test_a_change_of_contract_decided_at_a_meeting_moves_its_corrective_measure(group):
    (corrective,) = corrective_measures(group.work)
    for event in (CorrectiveEvent.NEED_CONTRACT_CHANGE, CorrectiveEvent.PROPOSE):
        move_corrective(group.house, MoveCorrective(corrective.ref, event))
    meeting, day = held(group, body=Body.STEERING)

    take_decision(
        day,
        TakeDecision(
            meeting.ref, "Suivi renforcé dès janvier.", DecisionKind.CONTRACT_CHANGE, subject_ref=corrective.ref,
            owner="SEMP", due_on=date(2027, 1, 31),
        ),
    )  # fmt: skip

    assert (corrective.state, corrective.due_on) == (CorrectiveState.APPROVED, date(2027, 1, 31))
    with pytest.raises(IllegalMove):
        take_decision(
            day,
            TakeDecision(
                meeting.ref, "Encore.", DecisionKind.CONTRACT_CHANGE, DecisionStand.REFUSED, "Trop tard",
                corrective.ref,
            ),
        )  # fmt: skip


def test_minutes_come_in_as_pdf_go_out_to_every_member_and_are_adopted(group):
    meeting, day = held(group)
    for act in (
        lambda: distribute_minutes(day, DistributeMinutes(meeting.ref)),
        lambda: adopt_minutes(day, AdoptMinutes(meeting.ref)),
    ):
        with pytest.raises(IllegalMove):
            act()
    with pytest.raises(MinutesNotPdf):
        import_minutes(day, ImportMinutes(meeting.ref), b"Rien d'autre que du texte.\n", "text/plain")

    import_minutes(day, ImportMinutes(meeting.ref), a_pdf())
    second = import_minutes(day, ImportMinutes(meeting.ref), a_pdf(300))
    told = distribute_minutes(day, DistributeMinutes(meeting.ref))
    adopted = adopt_minutes(day, AdoptMinutes(meeting.ref))

    assert (second.sequence, told, adopted.minutes_state) == (2, 5, MinutesState.ADOPTED)
    assert paper_bytes(group.as_("SFPO"), meeting).startswith(b"%PDF")
    with pytest.raises(UnknownThing):
        paper_bytes(group.as_("GUEST"), meeting)
    with pytest.raises(IllegalMove):
        import_minutes(day, ImportMinutes(meeting.ref), a_pdf(400))
    assert sweep_minutes(day) == 0


def test_minutes_not_adopted_stand_on_the_next_agenda(group):
    meeting, day = held(group, datetime(2026, 10, 8, 12, tzinfo=UTC))
    import_minutes(day, ImportMinutes(meeting.ref), a_pdf())
    following = group.planned()

    propose_agenda(group.house, ProposeAgenda(following.ref))

    assert said(group, following, AgendaKind.MINUTES) == [
        "Adoption du procès-verbal de la séance du 08.10.2026"
    ]


def test_minutes_are_those_of_a_meeting_that_was(group):
    meeting = group.planned()

    with pytest.raises(MeetingNotHeld):
        import_minutes(group.house, ImportMinutes(meeting.ref), a_pdf())
