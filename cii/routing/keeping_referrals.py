"""A referral's row as its process has it: its state, its term, what the journal says, who is told.

Below `referring`, which lets the case follow: a case that ends takes its waiting referral back from here.
"""

from cii.cases.queries import cases_by_id
from cii.journal.actions import wrote
from cii.notices.actions import tell
from cii.routing.holding import holders, instance_of
from cii.routing.queries import open_referral
from cii.routing.redirects import standing_of
from cii.routing.routes import terms_of
from cii.routing.rules_redirect import refuse_when_full
from cii.routing.tables import Referral
from cii.routing.vocabulary import WAITING, ReferralState
from cii.store.work import Work
from cii.workflow.actions import Fired, fire
from cii.workflow.events import SYSTEM, Ask, Escalate, Event, TaskDone
from cii.workflow.queries import roles_of
from cii.workflow.state import State

REFERRAL = "referral"
ACTS = {
    "receive": "receive_referral", "ask": "ask_referral", "replied": "answer_referral",
    "accept": "accept_referral", "decline": "decline_referral", "redirect": "redirect_referral",
    "withdrawn": "withdraw_referral",
}  # fmt: skip
"""What the journal calls a step, by the outcome that took it; a timer's is `expire_referral`."""


def keep_step(
    work: Work, row: Referral, fired: Fired, event: Event, *, text: str, named_unit: int | None
) -> None:
    """The row tells what the process has come to."""
    after = ReferralState(fired.state.stage)
    if after is ReferralState.REDIRECTED:
        refuse_when_full(standing_of(work, row.person_id))
        row.named_unit_id = named_unit
    stands(row, fired.state)
    row.version += 1
    if after is ReferralState.RECEIVED and row.received_at is None:
        row.received_at = work.now
    if text.strip():
        row.answer = text
    if after not in WAITING:
        row.answered_at, row.answered_by = work.now, work.actor.account_id
    work.session.add(row)
    work.session.flush()
    said = event.outcome if isinstance(event, TaskDone) else ""
    act = ACTS.get("receive" if said == "received" else said, "expire_referral")
    sends = said in {"replied", "withdrawn"}
    write_down(work, act, row, row.from_unit_id if sends else row.to_unit_id)


def stands(row: Referral, state: State) -> None:
    """State and term as the process has them."""
    row.state = ReferralState(state.stage)
    ends = [timer.fire_at for timer in state.timers if timer.kind == "timeout"]
    row.expires_at = min(ends) if ends else row.expires_at


def end_waiting(work: Work, case_id: int) -> None:
    """The case has ended: a referral that still waits is taken back by the house."""
    row = open_referral(work, case_id)
    if row is None:
        return
    task = "reply" if row.state is ReferralState.QUESTION else "withdraw"
    instance = instance_of(work, row.id or 0, REFERRAL)
    fired = fire(work, instance, TaskDone(task, "withdrawn"), by=SYSTEM, terms=terms_of(work, row))
    keep_step(work, row, fired, TaskDone(task, "withdrawn"), text="", named_unit=None)
    tell_units(work, row, fired)


def tell_units(work: Work, row: Referral, fired: Fired) -> None:
    """Tell the units whom the process names, but those that have just acted."""
    held = roles_of(work, fired.instance.id or 0)
    mine = set(work.actor.units)
    for effect in fired.effects:
        match effect:
            case Ask("notify", role):
                answered = role == "receiving" and row.state is ReferralState.RECEIVED
                kind = "referral-answered" if answered else f"referral-{row.state.value}"
                for unit in set(holders(work, role, held)) - mine:
                    _notice(work, row, unit, kind)
            case Escalate(task, to):
                late = (task.unit,) if to == "supervisor" and isinstance(task.unit, int) else ()
                for unit in late or holders(work, to, held):
                    if unit in {row.from_unit_id, row.to_unit_id}:
                        _notice(work, row, unit, "referral-late")
                    else:
                        _tell_number(work, row, unit)


def _notice(work: Work, row: Referral, unit: int, kind: str) -> None:
    tell(
        work, unit_id=unit, kind=kind, subject=REFERRAL, subject_ref=row.ref, person_id=row.person_id,
    )  # fmt: skip


def _tell_number(work: Work, row: Referral, unit: int) -> None:
    """Tell a unit that may not open the referral, as the coordination group, which case waits: no person."""
    number = cases_by_id(work, {row.case_id})[row.case_id].number
    tell(work, unit_id=unit, kind="referral-late-case", subject=REFERRAL, subject_ref=row.ref, number=number)


def write_down(work: Work, action: str, row: Referral, unit: int) -> None:
    """Put a step of the referral into the journal, for the unit that took it."""
    wrote(
        work, action, "referral", row.id, ref=row.ref, case_id=row.case_id, person_id=row.person_id,
        unit_id=unit, payload={"state": row.state, "version": row.version},
    )  # fmt: skip
