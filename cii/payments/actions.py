"""Acts on payments that leave: a file of what waits, which never changes, and a second release."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from cii.institutions.vocabulary import Sector
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed
from cii.kernel.money import Chf
from cii.payments.actions_returns import pay_again
from cii.payments.adapters import Adapter, Head, Order, Party
from cii.payments.exchange import FileExchange
from cii.payments.iso20022 import Pain
from cii.payments.queries import PaymentRow, open_payments, payer, payment_by_ref, sectors_of
from cii.payments.rules import DebtorMissing, NothingToSend, PaymentNotRejected, PaymentReleaseFourEyes
from cii.payments.tables import PaymentFile, PaymentFileForm, PaymentRelease, PaymentTransfer, ProviderAccount
from cii.payments.vocabulary import PaymentFormat, PaymentStep
from cii.store.locks import one_at_a_time
from cii.store.settings import canton_directory
from cii.store.work import Work

MOST = 5_000
"""Payments in one file."""
ADAPTERS: dict[PaymentFormat, type[Adapter]] = {
    PaymentFormat.EXCHANGE: FileExchange, PaymentFormat.PAIN: Pain,
}  # fmt: skip


@dataclass(frozen=True)
class SendPayments:
    """Wish that all released payments of a sector leave in one file, written in one way or another."""

    sector: Sector
    format: PaymentFormat = PaymentFormat.EXCHANGE


@dataclass(frozen=True, slots=True)
class SentFile:
    """The file that left, and the payments that did not for want of a confirmed account."""

    file: PaymentFile
    without_account: tuple[PaymentRow, ...]


def send_payments(work: Work, ask: SendPayments) -> SentFile:
    """Put every released payment of one's own sector that waits into one file, which never changes.

    Refuses: NotAllowed, NothingToSend, DebtorMissing.
    """
    account = payer(work)
    if ask.sector not in sectors_of(work):
        raise NotAllowed
    one_at_a_time(work.session, f"payments {ask.sector}")
    ready = open_payments(work, limit=MOST, ready=True, sector=ask.sector)
    leaving = [(one, one.account) for one in ready if one.account is not None]
    left_out = tuple(one for one in ready if one.account is None)
    if not leaving:
        raise NothingToSend(n=len(left_out))
    number = _number(work, ask.sector)
    orders = [_order(row, held_at) for row, held_at in leaving]
    debtor = _debtor(work, ask.sector) if ask.format is PaymentFormat.PAIN else None
    head = Head(number, work.now, work.today, ask.sector.value, debtor)
    forms = ADAPTERS[ask.format]().written(head, orders)
    hashes = {form: hashlib.sha256(text.encode()).hexdigest() for form, text in forms.items()}
    made = PaymentFile(
        number=number,
        sector=ask.sector.value,
        format=ask.format,
        payments=len(orders),
        total=Chf.total(one.amount for one in orders),
        made_at=work.now,
        account_id=account,
        sha256=next(iter(hashes.values())),
    )
    work.session.add(made)
    work.session.flush()
    file_id = made.id or 0
    work.session.add_all(
        PaymentFileForm(file_id=file_id, form=form, content=text, sha256=hashes[form])
        for form, text in forms.items()
    )
    work.session.add_all(
        PaymentTransfer(
            file_id=file_id,
            kind=row.kind,
            source_id=row.source_id,
            attempt=row.attempt,
            key=order.key,
            account_id=held_at.id or 0,
            amount=row.amount,
            rounding=row.rounding,
        )
        for (row, held_at), order in zip(leaving, orders, strict=True)
    )
    work.session.flush()
    facts = {"number": number, "payments": made.payments, "total": made.total, "sha256": made.sha256}
    wrote(work, "payments_sent", "payment_file", made.id, ref=made.ref, payload=facts)
    return SentFile(made, left_out)


def _number(work: Work, sector: Sector) -> str:
    begins = f"PF-{sector.value}-{work.today.year}-"
    so_far = select(func.count()).where(col(PaymentFile.number).like(f"{begins}%"))
    return f"{begins}{work.session.execute(so_far).scalar_one() + 1:04d}"


def _order(row: PaymentRow, account: ProviderAccount) -> Order:
    payee = Party(
        account.iban, account.holder, account.street, account.house_number, account.postcode, account.town,
        account.country,
    )  # fmt: skip
    reference = f"{row.agreement} {row.period:%Y-%m}/{row.number}"
    return Order(
        f"{row.ref}-{row.attempt}", row.kind, payee, row.amount, reference, row.about_ref, row.agreement
    )


def _debtor(work: Work, sector: Sector) -> Party:
    """From which account a sector pays, as the canton's directory says; refuses DebtorMissing."""
    told: dict[str, Any] = canton_directory(work.settings.canton).get("debtor", {}).get(sector.value, {})
    try:
        return Party(
            told["iban"], told["name"], told["street"], told["house_number"], told["postcode"], told["city"]
        )
    except KeyError:
        raise DebtorMissing(sector=sector.value) from None


@dataclass(frozen=True)
class ReleaseAgain:
    """Wish that a rejected or returned payment leave again, with the reason why it will arrive now."""

    payment_ref: str
    reason: str = field(metadata={"max": 500})


def release_again(work: Work, ask: ReleaseAgain) -> PaymentRelease:
    """Release a rejected or returned payment for another file, by somebody who had not prepared it.

    What had come back is paid again in the ledger. Refuses: UnknownThing, NotAllowed, PaymentNotRejected,
    PaymentReleaseFourEyes; by the ledger BudgetYearClosed, StageExceeded.
    """
    account = payer(work)
    row = payment_by_ref(work, ask.payment_ref)
    if row.step not in {PaymentStep.REJECTED, PaymentStep.RETURNED}:
        raise PaymentNotRejected
    if row.prepared_by == account:
        raise PaymentReleaseFourEyes
    made = PaymentRelease(
        kind=row.kind,
        source_id=row.source_id,
        attempt=row.attempt,
        reason=ask.reason,
        prepared_by=row.prepared_by,
        released_by=account,
        released_at=work.now,
    )
    work.session.add(made)
    work.session.flush()
    if row.returned is not None:
        pay_again(work, row.returned, row.entry_key)
    facts = {"kind": row.kind.value, "attempt": row.attempt, "reason": ask.reason, "amount": row.amount}
    wrote(work, "payment_released_again", "payment", row.source_id, ref=row.ref, payload=facts)
    return made
