"""Money that came back after it had left: the ledger goes back one step, and forward when it leaves again."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlmodel import col

from cii.budgets.actions import Leg, Source, book, in_open_years
from cii.budgets.queries_paid import PaidOut, paid_out
from cii.budgets.vocabulary import EntryKind
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal, Refusals, refuse
from cii.payments.rules import AnswerRow
from cii.payments.sources import left_payments
from cii.payments.tables import PaymentTransfer, TransferReturn
from cii.store.work import Work

SOURCE = "transfer_return"
"""How the ledger calls the cause."""


def take_back(
    work: Work,
    account: int,
    rows: Sequence[AnswerRow],
    transfers: Mapping[str, PaymentTransfer],
    *,
    message: str,
    digest: str,
) -> None:
    """Record what came back; the ledger holds each sum as invoiced again, with the bank's reason.

    Of a payment that was reversed since the ledger has taken the sum back already: nothing more is booked.
    Refuses, by line: what the ledger refuses (BudgetYearClosed, StageExceeded).
    """
    told = _booked(work, [transfers[row.key] for row in rows])
    faults: list[Refusal] = []
    for row in rows:
        transfer = transfers[row.key]
        ref, paid, reversed_ = told[transfer.id or 0]
        made = TransferReturn(
            transfer_id=transfer.id or 0,
            line_id=paid.line_id,
            agreement_id=paid.agreement_id,
            amount=transfer.amount - transfer.rounding,
            returned_on=row.happened_on,
            reason=row.reason,
            message=message[:70],
            file_sha256=digest,
            recorded_at=work.now,
            account_id=account,
        )
        work.session.add(made)
        work.session.flush()
        try:
            if not reversed_:
                _book(work, EntryKind.RECLAIM, made, paid)
        except (Refusal, Refusals) as no:
            for one in no.reasons if isinstance(no, Refusals) else (no,):
                one.facts = {**one.facts, "line": row.line}
                faults.append(one)
            continue
        facts = {"amount": made.amount, "reason": made.reason, "key": row.key, "file": digest}
        wrote(work, "payment_returned", "payment", transfer.source_id, ref=ref, payload=facts)
    refuse(faults)


def pay_again(work: Work, returned: TransferReturn, entry_key: str) -> None:
    """Pay in the ledger what had come back, now that it may leave again; refuses what the ledger refuses."""
    _book(work, EntryKind.PAYMENT, returned, paid_out(work, [entry_key])[entry_key])


def _book(work: Work, kind: EntryKind, made: TransferReturn, paid: PaidOut) -> None:
    leg = Leg(paid.line_id, paid.agreement_id, made.amount, paid.effective_on, paid.origin_on)
    source = Source(SOURCE, made.id or 0, f"{SOURCE}:{made.id}:{kind.value}")
    book(work, kind, in_open_years(work, [leg]), source, reason=made.reason)


def _booked(work: Work, transfers: Sequence[PaymentTransfer]) -> dict[int, tuple[str, PaidOut, bool]]:
    """Of each transfer: the payment's ref, where the ledger had booked it, whether it was reversed since."""
    due = left_payments()
    rows = work.session.execute(
        select(col(PaymentTransfer.id), due.c.ref, due.c.entry_key, due.c.taken_back)
        .join(
            due,
            (col(PaymentTransfer.kind) == due.c.kind) & (col(PaymentTransfer.source_id) == due.c.source_id),
        )
        .where(col(PaymentTransfer.id).in_([one.id for one in transfers]))
    ).all()
    booked = paid_out(work, {row.entry_key for row in rows})
    return {row.id: (row.ref, booked[row.entry_key], bool(row.taken_back)) for row in rows}
