"""Overruns that a provider sees coming: told to the agreement's manager, answered with what was agreed.

Source: federal guide (000), indication 15: early information when a budget will be exceeded.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from cii.agreements.known import provider_by_id
from cii.agreements.queries import agreement_by_ref, may_write
from cii.agreements.rules import LIVING_STATES
from cii.agreements.tables import Agreement
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, UnknownThing, refuse
from cii.kernel.money import Chf
from cii.notices.actions import tell
from cii.providers.rules import (
    AgreementNotRunning,
    Foreseen,
    OverrunAnswered,
    OverrunToldAlready,
    OverrunUnsaid,
    overrun_faults,
)
from cii.providers.tables_overruns import OverrunNotice
from cii.providers.vocabulary import OverrunKind
from cii.store.locks import one_at_a_time
from cii.store.work import Work


@dataclass(frozen=True)
class ForeseeOverrun:
    """The provider sees that an agreement will not suffice: of what, from which day, how much beyond, why."""

    agreement_ref: str
    kind: OverrunKind
    expected_on: date
    wording: str = field(metadata={"max": 2000})
    amount: Chf | None = None
    days: int | None = field(default=None, metadata={"min": 1, "max": 100_000})


@dataclass(frozen=True)
class AnswerOverrun:
    """What the payer agreed with the provider on a notice."""

    agreement_ref: str
    notice_ref: str
    answer: str = field(metadata={"max": 2000})


def foresee_overrun(work: Work, ask: ForeseeOverrun) -> OverrunNotice:
    """Tell who prepared the agreement that it will not suffice.

    Refuses, all at once: OverrunUnmeasured, OverrunOutside, OverrunPast, OverrunUnsaid; then
    OverrunToldAlready; before: UnknownThing, NotAllowed (another than its provider), AgreementNotRunning.
    """
    agreement = agreement_by_ref(work, ask.agreement_ref)
    if not is_its_provider(work, agreement):
        raise NotAllowed
    if agreement.state not in LIVING_STATES:
        raise AgreementNotRunning(state=agreement.state)
    told = Foreseen(ask.kind, ask.expected_on, ask.amount, ask.days, ask.wording)
    refuse(overrun_faults(told, work.today, agreement.valid_from, agreement.valid_to))
    one_at_a_time(work.session, f"overrun {agreement.id}")
    for held in overruns(work, agreement.id or 0):
        if held.kind is ask.kind and held.answered_at is None:
            raise OverrunToldAlready(kind=held.kind, on=held.expected_on)
    made = OverrunNotice(
        agreement_id=agreement.id or 0,
        kind=ask.kind,
        expected_on=ask.expected_on,
        amount=ask.amount,
        days=ask.days,
        wording=ask.wording.strip(),
        recorded_at=work.now,
        account_id=work.actor.account_id,
    )
    work.session.add(made)
    work.session.flush()
    if agreement.prepared_by is not None:
        _tell(work, agreement, "agreement-overrun-foreseen", made, account_id=agreement.prepared_by)
    _wrote(work, "overrun_foreseen", agreement, made)
    return made


def answer_overrun(work: Work, ask: AnswerOverrun) -> OverrunNotice:
    """Answer a notice once; the provider is told.

    Refuses: UnknownThing, NotAllowed (whose sector does not pay, the provider), OverrunUnsaid,
    OverrunAnswered.
    """
    agreement = agreement_by_ref(work, ask.agreement_ref)
    if is_its_provider(work, agreement) or not may_write(work, agreement):
        raise NotAllowed
    mine = (col(OverrunNotice.ref) == ask.notice_ref, col(OverrunNotice.agreement_id) == agreement.id)
    row = work.session.scalars(select(OverrunNotice).where(*mine).with_for_update()).first()
    if row is None:
        raise UnknownThing(field="notice_ref")
    refuse([] if ask.answer.strip() else [OverrunUnsaid(field="answer")])
    if row.answered_at is not None:
        raise OverrunAnswered(kind=row.kind)
    row.answer, row.answered_at, row.answered_by = ask.answer.strip(), work.now, work.actor.account_id
    work.session.add(row)
    work.session.flush()
    unit_id = provider_by_id(work, agreement.provider_id).unit_id
    _tell(work, agreement, "agreement-overrun-answered", row, unit_id=unit_id)
    _wrote(work, "overrun_answered", agreement, row)
    return row


def overruns(work: Work, *agreement_ids: int) -> Sequence[OverrunNotice]:
    """What was foreseen under these agreements, the oldest first; the caller started its read."""
    wanted = select(OverrunNotice).where(col(OverrunNotice.agreement_id).in_(agreement_ids))
    return work.session.scalars(wanted.order_by(col(OverrunNotice.id))).all()


def open_overruns(work: Work, agreement_ids: Collection[int]) -> Sequence[OverrunNotice]:
    """What was foreseen under these agreements and waits for an answer; the caller started its read."""
    wanted = select(OverrunNotice).where(
        col(OverrunNotice.agreement_id).in_(list(agreement_ids)), col(OverrunNotice.answered_at).is_(None)
    )
    return work.session.scalars(wanted.order_by(col(OverrunNotice.id))).all()


def is_its_provider(work: Work, agreement: Agreement) -> bool:
    """Whether the actor works for the provider of the agreement."""
    mine = {seat.unit_id for seat in work.actor.seats if seat.role == "provider"}
    return bool(mine) and provider_by_id(work, agreement.provider_id).unit_id in mine


def _tell(
    work: Work,
    agreement: Agreement,
    kind: str,
    row: OverrunNotice,
    *,
    unit_id: int | None = None,
    account_id: int | None = None,
) -> None:
    tell(
        work,
        unit_id=unit_id,
        account_id=account_id,
        kind=kind,
        subject="agreement",
        subject_ref=agreement.ref,
        number=agreement.number,
        what=row.kind,
        day=row.expected_on,
    )


def _wrote(work: Work, act: str, agreement: Agreement, row: OverrunNotice) -> None:
    wrote(work, act, "agreement", agreement.id, ref=agreement.ref, payload={"kind": row.kind})


__all__ = [
    "AnswerOverrun", "ForeseeOverrun", "answer_overrun", "foresee_overrun", "is_its_provider",
    "open_overruns", "overruns",
]  # fmt: skip
