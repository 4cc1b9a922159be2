"""Referrals: one unit asks another to take over; the case moves on acceptance only."""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlmodel import col, select

from cii.access.queries import sections_on_case
from cii.access.vocabulary import Section
from cii.cases.actions import join, move_lead
from cii.cases.queries import case_by_id, case_by_ref, live_parties
from cii.cases.tables import CaseFile
from cii.cases.vocabulary import CasePath, PartyRole
from cii.institutions.queries import unit_by_ref
from cii.journal.actions import wrote
from cii.kernel.clock import local_midnight
from cii.kernel.errors import NotAllowed, refuse
from cii.kernel.moves import move
from cii.notices.actions import tell
from cii.people.vocabulary import Basis
from cii.routing.flow import advance, instance_of
from cii.routing.queries import open_referral, referral_by_ref, referral_moves
from cii.routing.rules import (
    REFERRAL_MOVES,
    ReasonMissing,
    ReferralChanged,
    ReferralOpen,
    UnitNotInCase,
)
from cii.routing.tables import Referral
from cii.routing.vocabulary import ReferralEvent, ReferralState
from cii.store.work import HOUSE, Work
from cii.workflow.events import TaskDone
from cii.workflow.queries import roles_of

_WITH_REASON = frozenset(
    {ReferralEvent.DECLINE, ReferralEvent.ASK, ReferralEvent.ANSWER, ReferralEvent.WITHDRAW}
)


@dataclass(frozen=True)
class MoveReferral:
    """One step of a referral; `text` is the reason of a refusal or withdrawal, a question, or its answer."""

    referral_ref: str
    event: ReferralEvent
    text: str = field(default="", metadata={"max": 2000})
    version: int | None = None


@dataclass(frozen=True)
class NameLead:
    """The coordination group names the unit that is to lead, after a refusal."""

    case_ref: str
    unit_ref: str
    reason: str = field(metadata={"max": 2000})


def send_referral(work: Work, case: CaseFile, from_unit: int, to_unit: int, reason: str) -> Referral:
    """Ask a unit to take the lead of a case; refuses ReferralOpen while another one waits for its answer."""
    if open_referral(work, case.id or 0) is not None:
        raise ReferralOpen(number=case.number)
    due = work.calendar.after(work.today, work.parameter("referral_reminder_days"))
    row = Referral(
        case_id=case.id or 0, person_id=case.person_id, from_unit_id=from_unit, to_unit_id=to_unit,
        state=ReferralState.SENT, reason=reason, sent_by=work.actor.account_id, sent_at=work.now,
        expires_at=local_midnight(due + timedelta(days=1)),
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    _wrote(work, "send_referral", row, from_unit)
    tell(
        work, unit_id=to_unit, kind="referral-sent", subject="referral", subject_ref=row.ref,
        person_id=row.person_id,
    )  # fmt: skip
    return row


def move_referral(work: Work, ask: MoveReferral) -> Referral:
    """Receive, ask back, answer, accept, decline or withdraw; on acceptance the lead moves, and only then.

    Refuses: IllegalMove with the moves that are open, NotAllowed (the other side's move), ReasonMissing,
    ReferralChanged. A declined referral in the network goes to the coordination group.
    """
    row = _locked(work, ask)
    next_state = move(REFERRAL_MOVES, row.state, ask.event)
    if work.actor is not HOUSE and ask.event not in referral_moves(work, row):
        raise NotAllowed(act=ask.event.value)
    if ask.event in _WITH_REASON and not ask.text.strip():
        raise ReasonMissing(field="text")
    row.state = next_state
    row.version += 1
    if ask.event is ReferralEvent.RECEIVE:
        row.received_at = work.now
    if ask.text.strip():
        row.answer = ask.text
    if next_state not in REFERRAL_MOVES:
        row.answered_at, row.answered_by = work.now, work.actor.account_id
    work.session.add(row)
    work.session.flush()
    sends = ask.event in {ReferralEvent.ANSWER, ReferralEvent.WITHDRAW}
    _wrote(work, f"{ask.event.value}_referral", row, row.from_unit_id if sends else row.to_unit_id)
    tell(
        work, unit_id=row.to_unit_id if sends else row.from_unit_id, kind=f"referral-{row.state.value}",
        subject="referral", subject_ref=row.ref, person_id=row.person_id,
    )  # fmt: skip
    if next_state is ReferralState.ACCEPTED:
        _accepted(work, row)
    elif next_state is ReferralState.DECLINED:
        _declined(work, row)
    return row


def _locked(work: Work, ask: MoveReferral) -> Referral:
    """The referral as it is now, held until the transaction ends."""
    seen = referral_by_ref(work, ask.referral_ref)
    row = work.session.exec(
        select(Referral)
        .where(col(Referral.id) == seen.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if ask.version is not None and ask.version != row.version:
        raise ReferralChanged(version=row.version)
    return row


def _accepted(work: Work, row: Referral) -> None:
    """The lead moves, the process goes on; in everyday collaboration the sending unit keeps its part."""
    case = case_by_id(work, row.case_id)
    stays = True if case.path is CasePath.EVERYDAY else None
    move_lead(work, case, row.to_unit_id, work.actor.account_id, stays=stays)
    if case.path is CasePath.NETWORK:
        advance(work, instance_of(work, row.case_id), TaskDone("take_lead", "accept"))
    elif case.path is CasePath.EVERYDAY:
        advance(work, instance_of(work, row.case_id), TaskDone("answer", "accept"))


def _declined(work: Work, row: Referral) -> None:
    """In the network, the coordination group sees the case as a matter of its agenda and names the lead."""
    case = case_by_id(work, row.case_id)
    if case.path is not CasePath.NETWORK:
        return
    instance = instance_of(work, row.case_id)
    for unit in roles_of(work, instance.id or 0).get("coordination", ()):
        join(work, case, unit, PartyRole.COORDINATION, basis=Basis.MANDATE_GC_4)
    advance(work, instance, TaskDone("take_lead", "decline"))


def name_lead(work: Work, ask: NameLead) -> Referral:
    """Name the unit that is to lead: a new referral goes to it, and the assessment goes on.

    Refuses: NotAllowed (not the coordination group), UnitNotInCase, ReasonMissing, ReferralOpen.
    """
    case = case_by_ref(work, ask.case_ref)
    parties = live_parties(work, case.id or 0)
    mine = [
        part.unit_id
        for part in parties
        if part.role is PartyRole.COORDINATION and part.unit_id in work.actor.units
    ]
    if not mine or not sections_on_case(work, case.id or 0)[0] & Section.PLAN:
        raise NotAllowed(act="name_lead")
    chosen = unit_by_ref(work, ask.unit_ref).id or 0
    refuse(
        [UnitNotInCase(field="unit_ref")]
        if chosen not in {part.unit_id for part in parties if part.role is not PartyRole.COORDINATION}
        else []
    )
    if not ask.reason.strip():
        raise ReasonMissing(field="reason")
    instance = instance_of(work, case.id or 0)
    roles = {**roles_of(work, instance.id or 0), "lead": (chosen,)}
    advance(work, instance, TaskDone("decide_lead", "named"), roles=roles)
    if chosen == case.lead_unit_id:
        advance(work, instance, TaskDone("take_lead", "accept"))
    return send_referral(work, case, mine[0], chosen, ask.reason)


def expire_referrals(work: Work) -> int:
    """End referrals whose term is over; both sides are told. Returns how many."""
    late = work.session.exec(
        select(Referral)
        .where(
            col(Referral.state).in_([state.value for state in REFERRAL_MOVES]),
            col(Referral.expires_at) <= work.now,
        )
        .order_by(col(Referral.expires_at), col(Referral.id))
    ).all()
    for row in late:
        move_referral(work, MoveReferral(row.ref, ReferralEvent.EXPIRE))
    return len(late)


def _wrote(work: Work, action: str, row: Referral, unit: int) -> None:
    wrote(
        work, action, "referral", row.id, ref=row.ref, case_id=row.case_id, person_id=row.person_id,
        unit_id=unit, payload={"state": row.state, "version": row.version},
    )  # fmt: skip
