"""Acts on decisions: a body takes one at a meeting that was held, and follows it until it is done."""

from dataclasses import asdict, dataclass, field
from datetime import date

from cii.agreements.queries import agreement_by_ref
from cii.conventions.steering import DecideChange, decide
from cii.conventions.vocabulary import SteeringStand
from cii.coordination.actions import MoveCorrective, move_corrective
from cii.coordination.queries import bodies_of, corrective_by_ref
from cii.coordination.vocabulary import CorrectiveEvent
from cii.institutions.queries import institution_by_code
from cii.journal.actions import wrote
from cii.kernel.digest import plain
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing, refuse
from cii.kernel.moves import move
from cii.meetings.actions import of_own_body
from cii.meetings.decided import decision_by_ref, next_number
from cii.meetings.queries import item_by_ref
from cii.meetings.rules import (
    DECISION_MOVES,
    DecisionReasonMissing,
    DecisionReserved,
    DecisionSubjectMissing,
    FollowUpIncomplete,
    MeetingNotHeld,
    may_decide,
)
from cii.meetings.tables import BodyDecision, BodyDecisionStep
from cii.meetings.vocabulary import DecisionEvent, DecisionKind, DecisionStand, DecisionState, MeetingState
from cii.store.locks import one_at_a_time
from cii.store.work import Work


@dataclass(frozen=True)
class TakeDecision:
    """A body decides at a meeting; who carries it out by when, if something is to be done.

    `subject_ref`: the corrective measure or the agreement whose contract changes; `owner`: an institution.
    """

    meeting_ref: str
    wording: str = field(metadata={"min": 3, "max": 1000})
    kind: DecisionKind = DecisionKind.FREE
    stand: DecisionStand = DecisionStand.APPROVED
    reason: str = field(default="", metadata={"max": 1000})
    subject_ref: str = field(default="", metadata={"max": 80})
    owner: str = ""
    due_on: date | None = None
    item_ref: str = ""


def take_decision(work: Work, ask: TakeDecision) -> BodyDecision:
    """Record what a body decided; a change of contract takes effect on what it is about.

    Refuses: UnknownThing, NotAllowed, DecisionReserved (the group for what is the GP CII's); all at once
    MeetingNotHeld, DecisionReasonMissing, DecisionSubjectMissing, FollowUpIncomplete; what the corrective
    measure or the agreement itself refuses.
    """
    meeting = of_own_body(work, ask.meeting_ref)
    if not may_decide(ask.kind, meeting.body):
        raise DecisionReserved
    owner = institution_by_code(work, ask.owner) if ask.owner else None
    item_id = None
    if ask.item_ref:
        item, of = item_by_ref(work, ask.item_ref)
        if of.id != meeting.id:
            raise UnknownThing(field="item_ref")
        item_id = item.id
    held_on = meeting.held_on or work.today
    faults: list[Refusal] = []
    if meeting.state is not MeetingState.HELD:
        faults.append(MeetingNotHeld())
    if ask.stand is DecisionStand.REFUSED and not ask.reason.strip():
        faults.append(DecisionReasonMissing(field="reason"))
    if ask.kind is DecisionKind.CONTRACT_CHANGE and not ask.subject_ref:
        faults.append(DecisionSubjectMissing(field="subject_ref"))
    if (owner is None) != (ask.due_on is None) or (ask.due_on is not None and ask.due_on < held_on):
        faults.append(FollowUpIncomplete(field="owner" if owner is None else "due_on"))
    refuse(faults)
    if ask.kind is DecisionKind.CONTRACT_CHANGE:
        _change_contract(work, ask)
    one_at_a_time(work.session, f"decisions:{meeting.body}:{held_on.year}")
    row = BodyDecision(
        body=meeting.body,
        year=held_on.year,
        number=next_number(work, meeting.body, held_on.year),
        meeting_id=meeting.id or 0,
        agenda_item_id=item_id,
        kind=ask.kind,
        subject_ref=ask.subject_ref,
        wording=ask.wording.strip(),
        stand=ask.stand,
        reason=ask.reason.strip(),
        owner_id=owner.id if owner else None,
        due_on=ask.due_on,
        state=DecisionState.TO_DO if owner else DecisionState.NOTED,
        decided_on=held_on,
        recorded_at=work.now,
        account_id=work.actor.account_id,
    )
    work.session.add(row)
    work.session.flush()
    _step(work, row, None, "")
    told = {name: plain(value) for name, value in asdict(ask).items()}
    wrote(work, "decision.take", "decision", row.id, ref=row.ref, payload=told)
    return row


def _change_contract(work: Work, ask: TakeDecision) -> None:
    """The corrective measure or the agreement that lies before the steering group takes the answer."""
    approved = ask.stand is DecisionStand.APPROVED
    try:
        corrective = corrective_by_ref(work, ask.subject_ref)
    except UnknownThing:
        agreement_by_ref(work, ask.subject_ref)
        stand = SteeringStand.APPROVED if approved else SteeringStand.REFUSED
        decide(work, DecideChange(ask.subject_ref, stand, ask.reason))
        return
    event = CorrectiveEvent.APPROVE if approved else CorrectiveEvent.REFUSE
    note = ask.wording if approved else ask.reason
    move_corrective(work, MoveCorrective(corrective.ref, event, note, ask.due_on))


@dataclass(frozen=True)
class FollowDecision:
    """A decision was carried out, is to be done after all, or no longer is."""

    decision_ref: str
    event: DecisionEvent
    note: str = field(default="", metadata={"max": 1000})


def follow_decision(work: Work, ask: FollowDecision) -> BodyDecision:
    """Follow a decision of one's own body; to drop one says why.

    Refuses: UnknownThing, NotAllowed, IllegalMove, DecisionReasonMissing.
    """
    row = decision_by_ref(work, ask.decision_ref)
    if row.body not in bodies_of(work.actor):
        raise NotAllowed
    state = move(DECISION_MOVES, row.state, ask.event)
    if ask.event is not DecisionEvent.DO and not ask.note.strip():
        raise DecisionReasonMissing(field="note")
    row.state = state
    row.version += 1
    work.session.add(row)
    work.session.flush()
    _step(work, row, ask.event, ask.note)
    told = {name: plain(value) for name, value in asdict(ask).items()}
    wrote(work, f"decision.{ask.event.value}", "decision", row.id, ref=row.ref, payload=told)
    return row


def _step(work: Work, row: BodyDecision, event: DecisionEvent | None, note: str) -> None:
    work.session.add(
        BodyDecisionStep(
            decision_id=row.id or 0,
            event=event,
            state=row.state,
            note=note.strip(),
            recorded_at=work.now,
            account_id=work.actor.account_id,
        )
    )
    work.session.flush()
