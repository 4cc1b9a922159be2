"""Answers of the payment office: what left was executed or rejected, what was owed back has come in."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlmodel import col

from cii.documents.csv_reading import MAX_BYTES, FileTooLarge
from cii.final_accounts.actions_paying import ReceiveReclaim, receive_reclaim
from cii.journal.actions import wrote
from cii.kernel.clock import local_day
from cii.kernel.errors import Refusal, refuse
from cii.kernel.money import Chf
from cii.payments.actions_owed import Came, take_in
from cii.payments.actions_returns import take_back
from cii.payments.exchange import told_by_table
from cii.payments.iso20022_reading import told_by_message
from cii.payments.queries import payer, sectors_of
from cii.payments.queries_owed import OwedBack, owed_to
from cii.payments.rules import (
    KEY,
    AnswerRow,
    GroupRejected,
    IncomingRow,
    Sent,
    TransferTwice,
    TransferUnknown,
    answer_faults,
    incoming_faults,
)
from cii.payments.tables import IncomingPayment, PaymentFile, PaymentTransfer, TransferAnswer, TransferReturn
from cii.payments.vocabulary import PaymentKind, TransferOutcome
from cii.store.work import Work

_BLANK = b"\xef\xbb\xbf \t\r\n"


@dataclass(frozen=True)
class ReadAnswers:
    """A file of the payment office that says what became of payments; `dry_run` keeps nothing."""

    data: bytes
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class AnswersRead:
    """What an answer brought: payments executed, rejected, returned, sums that came in, what was known.

    `rows` were read; `other` entries concern no payment between the house and a provider.
    """

    rows: int
    executed: int
    rejected: int
    received: int
    known: int
    other: int
    returned: int = 0


def read_answers(work: Work, ask: ReadAnswers) -> AnswersRead:
    """Take up a table, a status (pain.002) or entries of an account (camt.053, camt.054), told by its bytes.

    A file with faults changes nothing and refuses with all of them; what is known already adds nothing.
    Refuses: NotAllowed; FileTooLarge, what `read_table` refuses, NotAMessage, MessageUnknown; and as a list,
    each with its line: TransferUnreadable, TransferReasonMissing, TransferUnknown, TransferTwice,
    TransferAmountDiffers, TransferCurrency, TransferAnswered, TransferReturned, TransferDayUnfit; for money
    that came back what the ledger refuses (BudgetYearClosed, StageExceeded).
    """
    account = payer(work)
    if len(ask.data) > MAX_BYTES:
        raise FileTooLarge(field="file", megabytes=MAX_BYTES // 1_000_000)
    message = ask.data.lstrip(_BLANK).startswith(b"<")
    told = told_by_message(ask.data) if message else told_by_table(ask.data)
    faults, rows = told.faults, list(told.rows)
    for group in told.groups:
        of_file, unknown = _of_file(work, group)
        rows += of_file
        faults += unknown
    transfers = _transfers(work, {row.key for row in rows})
    others = [row for row in rows if row.of_an_account and row.key not in transfers]
    rows = [row for row in rows if not (row.of_an_account and row.key not in transfers)]
    faults += _faults(rows, transfers, work)
    owed = {one.reference: one for one in owed_to(work, references={one.reference for one in told.incoming})}
    incoming = [one for one in told.incoming if one.reference in owed]
    for one in incoming:
        faults += incoming_faults(one, work.today)
    refuse(sorted(faults, key=lambda one: int(str(one.facts.get("line", 0)))))
    back = [row for row in rows if row.outcome is TransferOutcome.RETURNED]
    fresh = [row for row in rows if row not in back and transfers[row.key][1].answer is None]
    returned = [row for row in back if transfers[row.key][1].returned_on is None]
    new = _new(work, incoming)
    if not ask.dry_run:
        digest = hashlib.sha256(ask.data).hexdigest()
        _take_up(
            work,
            account,
            fresh,
            {row.key: transfers[row.key][0] for row in fresh},
            message=told.message,
            digest=digest,
        )
        held = {row.key: transfers[row.key][0] for row in returned}
        take_back(work, account, returned, held, message=told.message, digest=digest)
        _take_in(work, account, new, owed, message=told.message, digest=digest)
    return AnswersRead(
        len(rows) + len(incoming),
        sum(row.outcome is TransferOutcome.EXECUTED for row in fresh),
        sum(row.outcome is TransferOutcome.REJECTED for row in fresh),
        len(new),
        len(rows) - len(fresh) - len(returned) + len(incoming) - len(new),
        told.other + len(others) + len(told.incoming) - len(incoming),
        len(returned),
    )


def _faults(
    rows: Sequence[AnswerRow], transfers: dict[str, tuple[PaymentTransfer, Sent]], work: Work
) -> list[Refusal]:
    """What is wrong with each row; a payment may be executed and come back in one file, each once."""
    faults: list[Refusal] = []
    first: dict[tuple[str, bool], int] = {}
    left = {row.key: row.happened_on for row in rows if row.outcome is TransferOutcome.EXECUTED}
    for row in rows:
        held, back = transfers.get(row.key), row.outcome is TransferOutcome.RETURNED
        sent = held[1] if held else None
        if sent is not None and back and sent.answer is None and row.key in left:
            sent = replace(sent, answer=(TransferOutcome.EXECUTED, left[row.key]))
        faults += answer_faults(row, sent, work.today)
        before = first.setdefault((row.key, back), row.line)
        if before != row.line:
            faults.append(TransferTwice(field=KEY, line=row.line, found=row.key[:40], first=before))
    return faults


def _of_file(work: Work, group: GroupRejected) -> tuple[list[AnswerRow], list[Refusal]]:
    """Every payment of a file that was rejected whole."""
    keys = work.session.scalars(
        select(col(PaymentTransfer.key))
        .join(PaymentFile, col(PaymentFile.id) == col(PaymentTransfer.file_id))
        .where(col(PaymentFile.number) == group.number, col(PaymentFile.sector).in_(sectors_of(work)))
    ).all()
    if not keys:
        return [], [TransferUnknown(field=KEY, line=group.line, found=group.number[:40])]
    rejected = TransferOutcome.REJECTED
    return [AnswerRow(group.line, key, rejected, None, group.happened_on, group.reason) for key in keys], []


def _transfers(work: Work, keys: Iterable[str]) -> dict[str, tuple[PaymentTransfer, Sent]]:
    found = work.session.execute(
        select(PaymentTransfer, PaymentFile, TransferAnswer, col(TransferReturn.returned_on))
        .join(PaymentFile, col(PaymentFile.id) == col(PaymentTransfer.file_id))
        .outerjoin(TransferAnswer, col(TransferAnswer.transfer_id) == col(PaymentTransfer.id))
        .outerjoin(TransferReturn, col(TransferReturn.transfer_id) == col(PaymentTransfer.id))
        .where(col(PaymentTransfer.key).in_(list(keys)), col(PaymentFile.sector).in_(sectors_of(work)))
    )
    return {
        transfer.key: (
            transfer,
            Sent(
                transfer.amount,
                local_day(file.made_at),
                (answer.outcome, answer.happened_on) if answer is not None else None,
                returned_on,
            ),
        )
        for transfer, file, answer, returned_on in found
    }


def _take_up(
    work: Work,
    account: int,
    fresh: Sequence[AnswerRow],
    transfers: dict[str, PaymentTransfer],
    *,
    message: str,
    digest: str,
) -> None:
    for row in fresh:
        work.session.add(
            TransferAnswer(
                transfer_id=transfers[row.key].id or 0,
                outcome=row.outcome,
                happened_on=row.happened_on,
                reason=row.reason,
                message=message[:70],
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


def _new(work: Work, incoming: Sequence[IncomingRow]) -> list[IncomingRow]:
    """What came in and is not on record yet; told twice in one file it counts once."""
    known = set(
        work.session.scalars(
            select(col(IncomingPayment.entry)).where(
                col(IncomingPayment.entry).in_([one.entry for one in incoming])
            )
        )
    )
    return list({one.entry: one for one in incoming if one.entry not in known}.values())


def _take_in(
    work: Work,
    account: int,
    new: Sequence[IncomingRow],
    owed: dict[str, OwedBack],
    *,
    message: str,
    digest: str,
) -> None:
    """Record what came in; a year's reclaim is settled on the day on which all of it is there."""
    came: dict[str, Chf] = {reference: one.received for reference, one in owed.items()}
    for row in sorted(new, key=lambda one: one.received_on):
        held = owed[row.reference]
        said = Came(row.entry, row.amount, row.received_on, message, digest)
        take_in(work, account, held, said)
        before, came[row.reference] = came[row.reference], came[row.reference] + row.amount
        year = held.kind is PaymentKind.YEAR and held.received_on is None
        if year and before < held.amount <= came[row.reference]:
            receive_reclaim(work, ReceiveReclaim(held.about_ref, row.received_on))
