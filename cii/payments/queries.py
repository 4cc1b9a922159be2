"""Reads of payments on their way: what waits, is under way or came back; files; accounts; what came in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from cii.access.vocabulary import Role
from cii.agreements.queries_payees import payees
from cii.budgets.queries import deciding
from cii.institutions.queries import line_facts
from cii.kernel.errors import NotAllowed, UnknownThing
from cii.kernel.money import Chf
from cii.payments.sources import due_payments
from cii.payments.tables import (
    PaymentFile,
    PaymentFileForm,
    PaymentRelease,
    PaymentTransfer,
    ProviderAccount,
    TransferAnswer,
    TransferReturn,
)
from cii.payments.vocabulary import PaymentFormat, PaymentKind, PaymentStep, TransferOutcome
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """A released payment on its way to the provider; `attempt` is the one that comes next or is under way.

    `about_ref` names the page that it belongs to; `number` is its own there (sequence, instalment).
    """

    kind: PaymentKind
    source_id: int
    ref: str
    about_ref: str
    agreement: str
    provider_id: int
    creditor: str
    sector: str
    period: date
    number: int
    amount: Chf
    rounding: Chf
    prepared_by: int
    attempt: int
    step: PaymentStep
    account: ProviderAccount | None
    reason: str
    happened_on: date | None
    entry_key: str
    returned: TransferReturn | None


def _released(work: Work) -> tuple[Any, Subquery]:
    """Each released payment of the actor's sectors with its last attempt, the answer to it and its payee."""
    due, payee = due_payments(), payees(work.actor)
    last, held = aliased(PaymentTransfer), aliased(ProviderAccount)
    newest = (
        select(func.max(col(last.attempt)))
        .where(col(last.kind) == due.c.kind, col(last.source_id) == due.c.source_id)
        .correlate(due)
        .scalar_subquery()
    )
    in_force = (
        select(col(held.id))
        .where(
            col(held.provider_id) == payee.c.provider_id,
            col(held.confirmed).is_(True),
            col(held.valid_from) <= work.today,
        )
        .order_by(col(held.valid_from).desc())
        .limit(1)
        .correlate(payee)
        .scalar_subquery()
    )
    query = (
        select(
            due, payee.c.number.label("agreement"), payee.c.provider_id, payee.c.creditor,
            line_facts.c.sector,
            PaymentTransfer, TransferAnswer, TransferReturn, PaymentRelease, ProviderAccount,
        )
        .join(line_facts, line_facts.c.line_id == due.c.line_id)
        .join(payee, payee.c.agreement_id == due.c.agreement_id)
        .outerjoin(
            PaymentTransfer,
            and_(
                col(PaymentTransfer.kind) == due.c.kind,
                col(PaymentTransfer.source_id) == due.c.source_id,
                col(PaymentTransfer.attempt) == newest,
            ),
        )
        .outerjoin(TransferAnswer, col(TransferAnswer.transfer_id) == col(PaymentTransfer.id))
        .outerjoin(TransferReturn, col(TransferReturn.transfer_id) == col(PaymentTransfer.id))
        .outerjoin(
            PaymentRelease,
            and_(
                col(PaymentRelease.kind) == due.c.kind,
                col(PaymentRelease.source_id) == due.c.source_id,
                col(PaymentRelease.attempt) == col(PaymentTransfer.attempt) + 1,
            ),
        )
        .outerjoin(ProviderAccount, col(ProviderAccount.id) == in_force)
        .where(deciding(work.actor))
    )  # fmt: skip
    return query, due


def open_payments(
    work: Work, *, after: str | None = None, limit: int = 50, ready: bool = False, sector: str | None = None
) -> list[PaymentRow]:
    """Payments of the actor's sectors not executed or come back, the oldest first; `ready`: that may leave.

    `after` is the ref of the payment before them.
    """
    query, due = _released(work)
    query = query.where(
        or_(
            col(TransferAnswer.outcome).is_(None),
            col(TransferAnswer.outcome) != TransferOutcome.EXECUTED,
            col(TransferReturn.id).is_not(None),
        )
    )
    if ready:
        query = query.where(col(PaymentTransfer.id).is_(None) | col(PaymentRelease.id).is_not(None))
    if sector is not None:
        query = query.where(line_facts.c.sector == sector)
    if after is not None:
        before = due_payments().alias("before")
        since = select(before.c.released_at).where(before.c.ref == after).scalar_subquery()
        query = query.where(
            or_(due.c.released_at > since, and_(due.c.released_at == since, due.c.ref > after))
        )
    found = work.session.execute(query.order_by(due.c.released_at, due.c.ref).limit(limit))
    return [_row(one) for one in found]


def payment_by_ref(work: Work, ref: str) -> PaymentRow:
    """One released payment of the actor's sectors; refuses UnknownThing."""
    query, due = _released(work)
    found = work.session.execute(query.where(due.c.ref == ref)).first()
    if found is None:
        raise UnknownThing(field="payment_ref")
    return _row(found)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What of a sector may leave now, and what of it lacks a confirmed account."""

    sector: str
    ready: int
    without_account: int


def waiting(work: Work) -> list[Waiting]:
    """How many payments of each of the actor's sectors may leave."""
    query, due = _released(work)
    ready = (
        query.where(col(PaymentTransfer.id).is_(None) | col(PaymentRelease.id).is_not(None))
        .with_only_columns(
            line_facts.c.sector.label("sector"), col(ProviderAccount.id).label("held"), due.c.ref
        )
        .subquery("ready")
    )
    rows = work.session.execute(
        select(ready.c.sector, func.count(ready.c.held), func.count() - func.count(ready.c.held))
        .group_by(ready.c.sector)
        .order_by(ready.c.sector)
    )
    return [Waiting(*row) for row in rows]


def _row(found: Row[Any]) -> PaymentRow:
    transfer, answer, release = found.PaymentTransfer, found.TransferAnswer, found.PaymentRelease
    back = found.TransferReturn
    step, attempt = _step(transfer, answer, back, release)
    told = back or answer
    return PaymentRow(
        PaymentKind(found.kind), found.source_id, found.ref, found.about_ref, found.agreement,
        found.provider_id, found.creditor, str(found.sector), found.period, found.number,
        Chf(int(found.amount)), Chf(int(found.rounding)), found.prepared_by, attempt, step,
        found.ProviderAccount,
        told.reason if told is not None and release is None else "",
        back.returned_on if back else answer.happened_on if answer else None,
        found.entry_key, back,
    )  # fmt: skip


def _step(transfer: Any, answer: Any, back: Any, release: Any) -> tuple[PaymentStep, int]:  # noqa: ANN401 - rows or None
    if transfer is None:
        return PaymentStep.READY, 1
    if back is not None:
        return PaymentStep.READY if release else PaymentStep.RETURNED, transfer.attempt + 1
    if answer is None:
        return PaymentStep.UNDER_WAY, transfer.attempt
    if answer.outcome is TransferOutcome.EXECUTED:
        return PaymentStep.EXECUTED, transfer.attempt
    return PaymentStep.READY if release else PaymentStep.REJECTED, transfer.attempt + 1


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
    format: PaymentFormat
    executed: int
    rejected: int
    returned: int


def files_list(work: Work, *, before: int = 0, limit: int = 50) -> list[FileRow]:
    """The files of the actor's sectors, the newest first."""
    back, answered = col(TransferReturn.id).is_not(None), col(TransferAnswer.outcome)
    told = [
        func.coalesce(func.sum(case((one, 1), else_=0)), 0)
        for one in (
            and_(answered == TransferOutcome.EXECUTED, ~back), answered == TransferOutcome.REJECTED, back,
        )
    ]  # fmt: skip
    shown: list[Any] = [
        col(PaymentFile.id), col(PaymentFile.ref), col(PaymentFile.number), col(PaymentFile.sector),
        col(PaymentFile.payments), col(PaymentFile.total), col(PaymentFile.made_at), col(PaymentFile.sha256),
        col(PaymentFile.format),
    ]  # fmt: skip
    query = (
        select(*shown, *told)
        .join(PaymentTransfer, col(PaymentTransfer.file_id) == col(PaymentFile.id))
        .outerjoin(TransferAnswer, col(TransferAnswer.transfer_id) == col(PaymentTransfer.id))
        .outerjoin(TransferReturn, col(TransferReturn.transfer_id) == col(PaymentTransfer.id))
        .where(col(PaymentFile.sector).in_(sectors_of(work)))
        .group_by(*shown)
        .order_by(col(PaymentFile.id).desc())
        .limit(limit)
    )
    if before:
        query = query.where(col(PaymentFile.id) < before)
    return [FileRow(*row) for row in work.session.execute(query)]


def file_by_ref(work: Work, ref: str) -> PaymentFile:
    """One file of the actor's sectors; refuses UnknownThing."""
    found = work.session.scalars(
        select(PaymentFile).where(col(PaymentFile.ref) == ref, col(PaymentFile.sector).in_(sectors_of(work)))
    ).first()
    if found is None:
        raise UnknownThing(field="file_ref")
    return found


def form_of(work: Work, ref: str, form: str) -> tuple[PaymentFile, bytes]:
    """A file of the actor's sectors with its bytes in one of its forms; refuses UnknownThing."""
    file = file_by_ref(work, ref)
    held = work.session.scalars(
        select(PaymentFileForm).where(
            col(PaymentFileForm.file_id) == file.id, col(PaymentFileForm.form) == form
        )
    ).first()
    if held is None:
        raise UnknownThing(field="form")
    return file, held.content.encode()


def sectors_of(work: Work) -> list[str]:
    """The sectors for which the actor pays."""
    return sorted(work.actor.sectors(Role.FINANCE))


def payer(work: Work) -> int:
    """The account of somebody who pays; refuses NotAllowed."""
    account = work.actor.account_id
    if account is None or not work.actor.has_role(Role.FINANCE):
        raise NotAllowed
    return account
