"""How an agreement ends, is given up, or falls under correction: its states but for signature and entry."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from cii.agreements.actions_common import changed, moved, writable
from cii.agreements.queries import provider_units
from cii.agreements.rules import LIVING_STATES, MOVES
from cii.agreements.rules_dates import Ending, ending_faults
from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import AgreementEvent, AgreementState, EndGrounds
from cii.kernel.clock import local_day
from cii.kernel.errors import refuse
from cii.kernel.moves import move
from cii.kernel.period import ONE_DAY, Period
from cii.notices.actions import tell
from cii.store.work import Work


@dataclass(frozen=True)
class TerminateAgreement:
    """Wish to end an agreement after its last day; `received_on`: when the notice came, else today."""

    agreement_ref: str
    last_day: date
    reason: str
    grounds: EndGrounds = EndGrounds.ORDINARY
    received_on: date | None = None


def terminate(work: Work, ask: TerminateAgreement) -> Agreement:
    """Record the notice that ends an agreement in force; it lasts until that day, and ends in that night.

    Stays that begin after the last day, or reach beyond it, find no agreement. What its provider owes stays
    owed until it is waived; the provider is told.

    Refuses all at once: NoticeTooShort with the first possible day, EndInThePast, EndsAlready,
    NoticeNotReceived, NoticeBeforeAgreement; before: NotAllowed, UnknownThing, IllegalMove, PeriodUpsideDown.
    """
    agreement = writable(work, ask.agreement_ref)
    move(MOVES, agreement.state, AgreementEvent.TERMINATE)
    last = agreement.valid_to - ONE_DAY if agreement.valid_to else None
    received = ask.received_on or work.today
    signed = local_day(agreement.signed_at) if agreement.signed_at else agreement.valid_from
    refuse(
        ending_faults(
            Ending(
                agreement.profile,
                agreement.notice_months,
                ask.last_day,
                ask.grounds,
                received,
                work.today,
                min(signed, agreement.valid_from),
                last,
            )
        )
    )
    agreement.valid_to = Period.through(agreement.valid_from, ask.last_day).end
    agreement.notice_on = received
    facts: dict[str, object] = {
        "last_day": ask.last_day, "reason": ask.reason, "grounds": ask.grounds, "received_on": received,
    }  # fmt: skip
    changed(work, agreement, "agreement_notice_given", facts)
    unit = provider_units(work, [agreement.id or 0]).get(agreement.id or 0)
    if unit is not None:
        tell(
            work, unit_id=unit, kind="agreement-notice-given", subject="agreement", subject_ref=agreement.ref,
            number=agreement.number, last=ask.last_day,
        )  # fmt: skip
    return agreement


@dataclass(frozen=True)
class DropAgreement:
    """Wish to give up a draft or a negotiation."""

    agreement_ref: str
    reason: str = field(metadata={"min": 10, "max": 500})


def drop_agreement(work: Work, ask: DropAgreement) -> Agreement:
    """Give up what was not signed; a provider before whom it was laid is told.

    Refuses: IllegalMove (signed already), NotAllowed, UnknownThing.
    """
    agreement = writable(work, ask.agreement_ref)
    moved(work, agreement, AgreementEvent.DROP, {"reason": ask.reason.strip()})
    unit = provider_units(work, [agreement.id or 0]).get(agreement.id or 0)
    if agreement.laid_at is not None and unit is not None:
        tell(
            work, unit_id=unit, kind="agreement-dropped", subject="agreement", subject_ref=agreement.ref,
            number=agreement.number,
        )  # fmt: skip
    return agreement


def follow_correction(work: Work, agreement_id: int, *, correcting: bool) -> None:
    """Mark an agreement in force as under correction, or as corrected; its provider is told.

    For who decides on corrective measures: the caller has asked who may. Nothing happens in another state.
    """
    agreement = work.session.get_one(Agreement, agreement_id)
    event = AgreementEvent.CORRECT if correcting else AgreementEvent.CLEAR
    if event not in MOVES.get(agreement.state, {}):
        return
    moved(work, agreement, event)
    unit = provider_units(work, [agreement_id]).get(agreement_id)
    if unit is not None:
        tell(
            work, unit_id=unit, kind="agreement-under-correction" if correcting else "agreement-corrected",
            subject="agreement", subject_ref=agreement.ref, number=agreement.number,
        )  # fmt: skip


def expire_agreements(work: Work) -> int:
    """Mark agreements whose last day is over, for the nightly job.

    Terminated by a notice, renewed where another carries them on, else expired.
    """
    over = work.session.scalars(
        select(Agreement).where(
            col(Agreement.state).in_(LIVING_STATES), col(Agreement.valid_to) <= work.today
        )
    ).all()
    for agreement in over:
        moved(work, agreement, _ended_by(work, agreement))
    return len(over)


def _ended_by(work: Work, agreement: Agreement) -> AgreementEvent:
    if agreement.notice_on is not None:
        return AgreementEvent.TERMINATE
    renewed = agreement.state is AgreementState.IN_FORCE and _followed(work, agreement)
    return AgreementEvent.RENEW if renewed else AgreementEvent.EXPIRE


def _followed(work: Work, agreement: Agreement) -> bool:
    """Whether another agreement in force carries it on."""
    after = select(col(Agreement.id)).where(
        col(Agreement.follows_id) == agreement.id, col(Agreement.state).in_(LIVING_STATES)
    )
    return work.session.scalars(after).first() is not None
