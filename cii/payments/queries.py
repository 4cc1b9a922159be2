"""Reads of the exchange: payments that wait, are on their way or came back; files; accounts."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, case, func, select, type_coerce
from sqlalchemy.orm import aliased
from sqlmodel import col

from cii.agreements.queries import agreements_by_id, provider_units
from cii.institutions.queries import lines_by_id, shown_units
from cii.kernel.errors import UnknownThing
from cii.kernel.money import Chf
from cii.payments.tables import (
    PaymentFile,
    PaymentRelease,
    PaymentTransfer,
    ProviderAccount,
    TransferAnswer,
)
from cii.payments.vocabulary import PaymentStep, TransferOutcome
from cii.settlement.queries import own_sector
from cii.settlement.tables import Payment, Statement
from cii.store.work import Actor, Work


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A released payment on its way to the provider; `attempt` is the one that comes next or is under way."""

    id: int
    ref: str
    statement_ref: str
    agreement_id: int
    agreement: str
    provider_id: int
    creditor: str
    sector: str
    month: date
    sequence: int
    amount: Chf
    prepared_by: int
    attempt: int
    step: PaymentStep
    account: ProviderAccount | None
    reason: str
    happened_on: date | None


def _released(actor: Actor) -> Any:  # noqa: ANN401 - a select of five rows
    """Released payments with a sum to transfer, their last attempt, its answer, the release after it."""
    last = aliased(PaymentTransfer)
    newest = (
        select(func.max(col(last.attempt)))
        .where(col(last.payment_id) == col(Payment.id))
        .correlate(Payment)
        .scalar_subquery()
    )
    return (
        select(Payment, Statement, PaymentTransfer, TransferAnswer, PaymentRelease)
        .join(Statement, col(Statement.id) == col(Payment.statement_id))
        .outerjoin(
            PaymentTransfer,
            (col(PaymentTransfer.payment_id) == col(Payment.id)) & (col(PaymentTransfer.attempt) == newest),
        )
        .outerjoin(TransferAnswer, col(TransferAnswer.transfer_id) == col(PaymentTransfer.id))
        .outerjoin(
            PaymentRelease,
            (col(PaymentRelease.payment_id) == col(Payment.id))
            & (col(PaymentRelease.attempt) == col(PaymentTransfer.attempt) + 1),
        )
        .where(
            own_sector(actor),
            col(Payment.released_at).is_not(None),
            type_coerce(col(Payment.transferred), BigInteger) > 0,
        )
    )


def open_payments(work: Work, *, after: int = 0, limit: int = 50, ready: bool = False) -> list[PaymentRow]:
    """Payments of the actor's sectors not executed yet, the oldest first; `ready`: that may leave."""
    query = _released(work.actor).where(
        col(Payment.id) > after,
        col(TransferAnswer.outcome).is_(None) | (col(TransferAnswer.outcome) != TransferOutcome.EXECUTED),
    )
    if ready:
        query = query.where(col(PaymentTransfer.id).is_(None) | col(PaymentRelease.id).is_not(None))
    return _rows(work, work.session.execute(query.order_by(col(Payment.id)).limit(limit)).all())


def payment_by_ref(work: Work, ref: str) -> PaymentRow:
    """One released payment of the actor's sectors; refuses UnknownThing."""
    rows = _rows(work, work.session.execute(_released(work.actor).where(col(Payment.ref) == ref)).all())
    if not rows:
        raise UnknownThing(field="payment_ref")
    return rows[0]


def _rows(work: Work, found: Sequence[Any]) -> list[PaymentRow]:
    agreements = agreements_by_id(work, {row[1].agreement_id for row in found})
    units = provider_units(work, agreements)
    names = shown_units(work, units.values())
    lines = lines_by_id(work, {row[1].line_id for row in found})
    accounts = accounts_in_force(work, {one.provider_id for one in agreements.values()}, work.today)
    rows = []
    for payment, statement, transfer, answer, release in found:
        agreement = agreements[statement.agreement_id]
        unit = names.get(units.get(statement.agreement_id, 0))
        step, attempt = _step(transfer, answer, release)
        rows.append(
            PaymentRow(
                payment.id,
                payment.ref,
                statement.ref,
                statement.agreement_id,
                agreement.number,
                agreement.provider_id,
                (unit.name or unit.code) if unit is not None else agreement.number,
                lines[statement.line_id].sector.value,
                statement.period_start,
                statement.sequence,
                payment.transferred,
                payment.prepared_by,
                attempt,
                step,
                accounts.get(agreement.provider_id),
                answer.reason if answer is not None and release is None else "",
                answer.happened_on if answer is not None else None,
            )
        )
    return rows


def _step(transfer: Any, answer: Any, release: Any) -> tuple[PaymentStep, int]:  # noqa: ANN401 - rows or None
    if transfer is None:
        return PaymentStep.READY, 1
    if answer is None:
        return PaymentStep.UNDER_WAY, transfer.attempt
    if answer.outcome is TransferOutcome.EXECUTED:
        return PaymentStep.EXECUTED, transfer.attempt
    return PaymentStep.READY if release else PaymentStep.REJECTED, transfer.attempt + 1


def accounts_in_force(work: Work, provider_ids: Collection[int], at: date) -> dict[int, ProviderAccount]:
    """The confirmed account of each provider on a day."""
    rows = work.session.scalars(
        select(ProviderAccount)
        .where(
            col(ProviderAccount.provider_id).in_(list(provider_ids)),
            col(ProviderAccount.confirmed).is_(True),
            col(ProviderAccount.valid_from) <= at,
        )
        .order_by(col(ProviderAccount.valid_from))
    )
    return {row.provider_id: row for row in rows}


def accounts_of(work: Work, provider_ids: Iterable[int] | None = None) -> list[ProviderAccount]:
    """All accounts told of providers, the newest first: waiting, confirmed, refused."""
    query = select(ProviderAccount).order_by(col(ProviderAccount.id).desc())
    if provider_ids is not None:
        query = query.where(col(ProviderAccount.provider_id).in_(list(provider_ids)))
    return list(work.session.scalars(query))


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file that left, and how much of it is answered."""

    id: int
    ref: str
    number: str
    sector: str
    payments: int
    total: Chf
    made_at: datetime
    sha256: str
    executed: int
    rejected: int


def files_list(work: Work, *, before: int = 0, limit: int = 50) -> list[FileRow]:
    """The files of the actor's sectors, the newest first."""
    told = [
        func.coalesce(func.sum(case((col(TransferAnswer.outcome) == outcome, 1), else_=0)), 0)
        for outcome in (TransferOutcome.EXECUTED, TransferOutcome.REJECTED)
    ]
    shown: list[Any] = [
        col(PaymentFile.id), col(PaymentFile.ref), col(PaymentFile.number), col(PaymentFile.sector),
        col(PaymentFile.payments), col(PaymentFile.total), col(PaymentFile.made_at), col(PaymentFile.sha256),
    ]  # fmt: skip
    query = (
        select(*shown, *told)
        .join(PaymentTransfer, col(PaymentTransfer.file_id) == col(PaymentFile.id))
        .outerjoin(TransferAnswer, col(TransferAnswer.transfer_id) == col(PaymentTransfer.id))
        .where(col(PaymentFile.sector).in_(sectors_of(work)))
        .group_by(*shown)
        .order_by(col(PaymentFile.id).desc())
        .limit(limit)
    )
    if before:
        query = query.where(col(PaymentFile.id) < before)
    return [FileRow(*row) for row in work.session.execute(query)]


def file_by_ref(work: Work, ref: str) -> PaymentFile:
    """One file of the actor's sectors with its bytes; refuses UnknownThing."""
    found = work.session.scalars(
        select(PaymentFile).where(col(PaymentFile.ref) == ref, col(PaymentFile.sector).in_(sectors_of(work)))
    ).first()
    if found is None:
        raise UnknownThing(field="file_ref")
    return found


def sectors_of(work: Work) -> list[str]:
    """The sectors for which the actor pays."""
    return sorted({seat.sector for seat in work.actor.seats if seat.sector})
