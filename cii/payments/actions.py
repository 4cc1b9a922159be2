"""Acts of the exchange: an account changed by two, a file that leaves, answers read, a second release."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select
from sqlmodel import col

from cii.access.vocabulary import Role
from cii.agreements.queries import provider_by_ref
from cii.institutions.vocabulary import Sector
from cii.journal.actions import wrote
from cii.kernel.clock import local_day
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing, refuse
from cii.kernel.money import Chf
from cii.payments.exchange import Adapter, FileExchange, Head, Order
from cii.payments.queries import PaymentRow, open_payments, payment_by_ref, sectors_of
from cii.payments.rules import (
    KEY,
    AccountDecided,
    AccountFourEyes,
    AccountInPast,
    AccountWaiting,
    AnswerRow,
    IbanUnfit,
    NothingToSend,
    PaymentNotRejected,
    PaymentReleaseFourEyes,
    Sent,
    TransferTwice,
    answer_faults,
    iban_of,
)
from cii.payments.tables import (
    PaymentFile,
    PaymentRelease,
    PaymentTransfer,
    ProviderAccount,
    TransferAnswer,
)
from cii.payments.vocabulary import PaymentStep, TransferOutcome
from cii.settlement.tables import Payment
from cii.store.work import Work

MOST = 5_000
"""Payments in one file."""


@dataclass(frozen=True)
class ChangeAccount:
    """Wish that a provider be paid to another account from a day on; another person confirms it."""

    provider_ref: str
    iban: str = field(metadata={"max": 42})
    holder: str = field(metadata={"max": 70})
    valid_from: date
    reason: str = field(metadata={"max": 500})


def change_account(work: Work, ask: ChangeAccount) -> ProviderAccount:
    """Ask for another account; nothing is paid to it before somebody else has confirmed it.

    Refuses: UnknownThing, NotAllowed; all at once IbanUnfit, AccountInPast, AccountWaiting.
    """
    account = _payer(work)
    provider = provider_by_ref(work, ask.provider_ref)
    faults: list[Refusal] = []
    iban = ""
    try:
        iban = iban_of(ask.iban)
    except IbanUnfit as unfit:
        faults.append(unfit)
    if ask.valid_from < work.today:
        faults.append(AccountInPast(field="valid_from", day=ask.valid_from))
    waiting = select(col(ProviderAccount.id)).where(
        col(ProviderAccount.provider_id) == provider.id, col(ProviderAccount.decided_by).is_(None)
    )
    if work.session.execute(waiting).first() is not None:
        faults.append(AccountWaiting(field="provider_ref"))
    refuse(faults)
    made = ProviderAccount(
        provider_id=provider.id or 0,
        iban=iban,
        holder=ask.holder,
        valid_from=ask.valid_from,
        reason=ask.reason,
        asked_by=account,
        asked_at=work.now,
    )
    work.session.add(made)
    work.session.flush()
    facts = {"provider": provider.ref, "valid_from": ask.valid_from.isoformat(), "reason": ask.reason}
    wrote(work, "provider_account_asked", "provider_account", made.id, ref=made.ref, payload=facts)
    return made


def decide_account(work: Work, ref: str, *, confirmed: bool) -> ProviderAccount:
    """Confirm or refuse an account that somebody else has asked for.

    Refuses: UnknownThing, NotAllowed, AccountDecided, AccountFourEyes.
    """
    account = _payer(work)
    found = work.session.scalars(
        select(ProviderAccount).where(col(ProviderAccount.ref) == ref).with_for_update()
    ).first()
    if found is None:
        raise UnknownThing(field="account_ref")
    if found.decided_by is not None:
        raise AccountDecided
    if found.asked_by == account:
        raise AccountFourEyes
    found.decided_by, found.decided_at, found.confirmed = account, work.now, confirmed
    work.session.flush()
    act = "provider_account_confirmed" if confirmed else "provider_account_refused"
    wrote(work, act, "provider_account", found.id, ref=found.ref)
    return found


@dataclass(frozen=True)
class SendPayments:
    """Wish that all released payments of a sector leave in one file."""

    sector: Sector


@dataclass(frozen=True, slots=True)
class SentFile:
    """The file that left, and the payments that did not for want of a confirmed account."""

    file: PaymentFile
    without_account: tuple[PaymentRow, ...]


def send_payments(work: Work, ask: SendPayments, adapter: Adapter | None = None) -> SentFile:
    """Put every released payment of one's own sector that waits into one file, which never changes.

    Refuses: NotAllowed, NothingToSend.
    """
    account = _payer(work)
    if ask.sector not in sectors_of(work):
        raise NotAllowed
    held = [one for one in open_payments(work, limit=MOST, ready=True) if one.sector == ask.sector]
    _lock(work, held)
    ready = [one for one in open_payments(work, limit=MOST, ready=True) if one.sector == ask.sector]
    leaving = [(one, one.account) for one in ready if one.account is not None]
    left_out = tuple(one for one in ready if one.account is None)
    if not leaving:
        raise NothingToSend(n=len(left_out))
    number = _number(work, ask.sector)
    orders = [_order(row, held_at) for row, held_at in leaving]
    forms = (adapter or FileExchange()).written(Head(number, work.today, ask.sector.value), orders)
    made = PaymentFile(
        number=number,
        sector=ask.sector.value,
        payments=len(orders),
        total=Chf.total(one.amount for one in orders),
        made_at=work.now,
        account_id=account,
        content_json=forms["json"],
        content_csv=forms["csv"],
        sha256=hashlib.sha256(forms["json"].encode()).hexdigest(),
        csv_sha256=hashlib.sha256(forms["csv"].encode()).hexdigest(),
    )
    work.session.add(made)
    work.session.flush()
    for (row, held_at), order in zip(leaving, orders, strict=True):
        work.session.add(
            PaymentTransfer(
                file_id=made.id or 0,
                payment_id=row.id,
                attempt=row.attempt,
                key=order.key,
                account_id=held_at.id or 0,
                amount=row.amount,
            )
        )
    work.session.flush()
    facts = {"number": number, "payments": made.payments, "total": made.total, "sha256": made.sha256}
    wrote(work, "payments_sent", "payment_file", made.id, ref=made.ref, payload=facts)
    return SentFile(made, left_out)


def _lock(work: Work, rows: Sequence[PaymentRow]) -> None:
    """Hold the payments until the transaction ends; whoever comes second sees them in the first file."""
    ids = sorted(one.id for one in rows)
    work.session.execute(select(col(Payment.id)).where(col(Payment.id).in_(ids)).with_for_update()).all()


def _number(work: Work, sector: Sector) -> str:
    begins = f"PF-{sector.value}-{work.today.year}-"
    so_far = select(func.count()).where(col(PaymentFile.number).like(f"{begins}%"))
    return f"{begins}{work.session.execute(so_far).scalar_one() + 1:04d}"


def _order(row: PaymentRow, account: ProviderAccount) -> Order:
    return Order(
        f"{row.ref}-{row.attempt}",
        account.holder,
        account.iban,
        row.amount,
        f"{row.agreement} {row.month:%Y-%m}/{row.sequence}",
        row.statement_ref,
        row.agreement,
    )


@dataclass(frozen=True)
class ReadAnswers:
    """A file of the payment office that says what became of payments; `dry_run` keeps nothing."""

    data: bytes
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class AnswersRead:
    """What an answer brought: rows read, payments executed and rejected, rows known already."""

    rows: int
    executed: int
    rejected: int
    known: int


def read_answers(work: Work, ask: ReadAnswers, adapter: Adapter | None = None) -> AnswersRead:
    """Take up what became of payments; a file with faults changes nothing and refuses with all of them.

    What is known already adds nothing. Refuses: NotAllowed, what `read_table` refuses, and as a list, each
    with its line: TransferUnreadable, TransferReasonMissing, TransferUnknown, TransferTwice,
    TransferAmountDiffers, TransferAnswered, TransferDayUnfit.
    """
    account = _payer(work)
    rows, faults = (adapter or FileExchange()).read(ask.data)
    transfers = _transfers(work, {row.key for row in rows})
    first: dict[str, int] = {}
    for row in rows:
        held = transfers.get(row.key)
        faults += answer_faults(row, held[1] if held else None, work.today)
        if row.key in first:
            faults.append(TransferTwice(field=KEY, line=row.line, found=row.key[:40], first=first[row.key]))
        first.setdefault(row.key, row.line)
    refuse(sorted(faults, key=lambda one: int(str(one.facts.get("line", 0)))))
    fresh = [row for row in rows if transfers[row.key][1].answer is None]
    told = AnswersRead(
        len(rows),
        sum(row.outcome is TransferOutcome.EXECUTED for row in fresh),
        sum(row.outcome is TransferOutcome.REJECTED for row in fresh),
        len(rows) - len(fresh),
    )
    if not ask.dry_run:
        _take_up(work, account, fresh, {row.key: transfers[row.key][0] for row in fresh}, ask.data)
    return told


def _transfers(work: Work, keys: set[str]) -> dict[str, tuple[PaymentTransfer, Sent]]:
    found = work.session.execute(
        select(PaymentTransfer, PaymentFile, TransferAnswer)
        .join(PaymentFile, col(PaymentFile.id) == col(PaymentTransfer.file_id))
        .outerjoin(TransferAnswer, col(TransferAnswer.transfer_id) == col(PaymentTransfer.id))
        .where(col(PaymentTransfer.key).in_(keys), col(PaymentFile.sector).in_(sectors_of(work)))
    )
    return {
        transfer.key: (
            transfer,
            Sent(
                transfer.amount,
                local_day(file.made_at),
                (answer.outcome, answer.happened_on) if answer is not None else None,
            ),
        )
        for transfer, file, answer in found
    }


def _take_up(
    work: Work,
    account: int,
    fresh: Sequence[AnswerRow],
    transfers: dict[str, PaymentTransfer],
    data: bytes,
) -> None:
    digest = hashlib.sha256(data).hexdigest()
    for row in fresh:
        transfer = transfers[row.key]
        work.session.add(
            TransferAnswer(
                transfer_id=transfer.id or 0,
                outcome=row.outcome,
                happened_on=row.happened_on,
                reason=row.reason,
                file_sha256=digest,
                recorded_at=work.now,
                account_id=account,
            )
        )
    work.session.flush()
    by_file: dict[int, list[AnswerRow]] = {}
    for row in fresh:
        by_file.setdefault(transfers[row.key].file_id, []).append(row)
    for file_id, rows in sorted(by_file.items()):
        file = work.session.get_one(PaymentFile, file_id)
        rejected = [row.key for row in rows if row.outcome is TransferOutcome.REJECTED]
        facts = {"executed": len(rows) - len(rejected), "rejected": rejected, "file": digest}
        wrote(work, "payments_answered", "payment_file", file_id, ref=file.ref, payload=facts)


@dataclass(frozen=True)
class ReleaseAgain:
    """Wish that a rejected payment leave again, with the reason why it will arrive now."""

    payment_ref: str
    reason: str = field(metadata={"max": 500})


def release_again(work: Work, ask: ReleaseAgain) -> PaymentRelease:
    """Release a rejected payment for another file, by somebody who had not prepared it.

    Refuses: UnknownThing, NotAllowed, PaymentNotRejected, PaymentReleaseFourEyes.
    """
    account = _payer(work)
    row = payment_by_ref(work, ask.payment_ref)
    if row.step is not PaymentStep.REJECTED:
        raise PaymentNotRejected
    if row.prepared_by == account:
        raise PaymentReleaseFourEyes
    made = PaymentRelease(
        payment_id=row.id,
        attempt=row.attempt,
        reason=ask.reason,
        prepared_by=row.prepared_by,
        released_by=account,
        released_at=work.now,
    )
    work.session.add(made)
    work.session.flush()
    facts = {"attempt": row.attempt, "reason": ask.reason, "amount": row.amount}
    wrote(work, "payment_released_again", "payment", row.id, ref=row.ref, payload=facts)
    return made


def _payer(work: Work) -> int:
    """The account of somebody who pays; refuses NotAllowed."""
    account = work.actor.account_id
    if account is None or not work.actor.has_role(Role.FINANCE):
        raise NotAllowed
    return account
