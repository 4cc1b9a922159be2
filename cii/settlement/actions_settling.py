"""Statements accepted and paid by a second and a third person, and what exceeds the commitment decided.

The ledger moves when one is approved (accrued → invoiced) and when it is paid (invoiced → paid). What a later
truth lowers stands as a negative line in a correction and goes back when that correction is settled. Of a
month whose year is closed all of this is booked in the next open year, with the month as its origin.
"""

from sqlalchemy import select
from sqlmodel import col

from cii.budgets.actions import Leg, Source, book, in_open_years, invoice
from cii.budgets.actions import pay as pay_out
from cii.budgets.vocabulary import EntryKind
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, refuse
from cii.kernel.money import Chf, round5
from cii.placements.settled import engage_further, release_unused
from cii.settlement.actions_attendance import book_attendance, earn, take_back
from cii.settlement.actions_common import locked, moved
from cii.settlement.actions_computing import (
    month_of_statement,
    not_accrued,
    outdated,
    share_for,
    share_of_placement,
    started_months,
)
from cii.settlement.queries import (
    MonthOf,
    lines_of,
    moves_for,
    sequence_of,
    statement_by_ref,
)
from cii.settlement.rules import (
    EarlierStatementUnpaid,
    ExceedsCommitment,
)
from cii.settlement.tables import Payment, Statement, StatementLine
from cii.settlement.vocabulary import StatementEvent, StatementState
from cii.store.columns import new_ref
from cii.store.work import Work


def approve(work: Work, ref: str) -> Statement:
    """Accept a statement that somebody else prepared and checked: it is invoiced, its payment prepared.

    What the month did not need of the commitment is given back. Refuses: StatementFourEyes,
    StatementOutdated, ExceedsCommitment (a further engagement is to be decided first), NotAllowed,
    UnknownThing.
    """
    statement = locked(work, ref, StatementEvent.APPROVE)
    refuse(outdated(work, statement))
    months, month = started_months(work, statement), month_of_statement(statement)
    book_attendance(work, months, month)
    missing = not_accrued(work, statement, months)
    if missing:
        raise ExceedsCommitment(excess=Chf(sum(missing.values())))
    lines = lines_of(work, statement.id or 0)
    due = Chf.total(line.amount for line in lines if line.amount > Chf())
    if due:
        invoice(work, _legs(work, statement, due), _source(statement, "invoice"))
    statement.approved_by, statement.approved_at = work.actor.account_id, work.now
    moved(work, statement, StatementEvent.APPROVE)
    _release_unused(work, statement, months)
    transferred = round5(statement.total)
    work.session.add(
        Payment(
            statement_id=statement.id or 0,
            amount=statement.total,
            transferred=transferred,
            rounding=transferred - statement.total,
            prepared_by=work.actor.account_id or 0,
            prepared_at=work.now,
        )
    )
    work.session.flush()
    return statement


def pay(work: Work, ref: str) -> Payment:
    """Release the payment that somebody else's approval prepared.

    A negative total is a receivable. Refuses: StatementFourEyes, EarlierStatementUnpaid, NotAllowed,
    UnknownThing.
    """
    statement = locked(work, ref, StatementEvent.PAY)
    payer = (statement.agreement_id, statement.line_id)
    earlier = sequence_of(work, payer, month_of_statement(statement))
    if any(one.sequence < statement.sequence and one.state is not StatementState.PAID for one in earlier):
        raise EarlierStatementUnpaid(month=statement.period_start)
    payment = work.session.scalars(select(Payment).where(col(Payment.statement_id) == statement.id)).one()
    lines = lines_of(work, statement.id or 0)
    due = Chf.total(line.amount for line in lines if line.amount > Chf())
    if due:
        pay_out(work, _legs(work, statement, due), _source(statement, "pay"))
    _take_back(work, statement, [line for line in lines if line.amount < Chf()])
    payment.released_by, payment.released_at = work.actor.account_id, work.now
    moved(work, statement, StatementEvent.PAY, {"transferred": payment.transferred})
    return payment


def decide_further_engagement(work: Work, ref: str) -> Chf:
    """Bind what a checked statement needs beyond the commitment; by finance of the paying sector.

    Returns the sum bound. Refuses: BudgetExceeded, NotAllowed, UnknownThing.
    """
    statement = statement_by_ref(work, ref)
    work.session.refresh(statement, with_for_update=True)
    if StatementEvent.APPROVE not in moves_for(work, statement):
        raise NotAllowed
    months, month = started_months(work, statement), month_of_statement(statement)
    book_attendance(work, months, month)
    shares = {share.share_id: share for one in months for share in one.stay.shares}
    bound = Chf()
    for share_id, amount in sorted(not_accrued(work, statement, months).items()):
        key = f"statement:{statement.ref}:further:{share_id}:{new_ref()}"
        engage_further(work, share_id, month.start, Chf(amount), key)
        earn(work, shares[share_id], month, Chf(amount))
        bound += Chf(amount)
    wrote(work, "further_engagement", "statement", statement.id, ref=ref, payload={"amount": bound})
    return bound


def _release_unused(work: Work, statement: Statement, months: list[MonthOf]) -> None:
    """Give back what each stay did not need of the month, when a statement names it for the first time."""
    payer = (statement.agreement_id, statement.line_id)
    earlier = sequence_of(work, payer, month_of_statement(statement))[: statement.sequence - 1]
    stated = {line.placement_id for one in earlier for line in lines_of(work, one.id or 0)}
    for one in months:
        if one.stay.placement_id in stated:
            continue
        share = share_for(one, payer)[1]
        rest = one.part(share.share_id, full=True) - one.part(share.share_id)
        if rest > 0:
            key = f"statement:{statement.ref}:release:{share.share_id}"
            release_unused(work, share.share_id, statement.period_start, Chf(rest), key)


def _take_back(work: Work, statement: Statement, lines: list[StatementLine]) -> None:
    """What was paid too much: reclaimed, credited, and no longer earned by the attendance."""
    over = Chf.total(-line.amount for line in lines)
    if not over:
        return
    payer, month = (statement.agreement_id, statement.line_id), month_of_statement(statement)
    for kind in (EntryKind.RECLAIM, EntryKind.CREDIT_NOTE):
        book(work, kind, _legs(work, statement, over), _source(statement, kind.value))
    for line in lines:
        share = share_of_placement(work, line.placement_id, payer)
        take_back(work, share, month, -line.amount)
        key = f"statement:{statement.ref}:release:{share.share_id}"
        release_unused(work, share.share_id, month.start, -line.amount, key)


def _legs(work: Work, statement: Statement, amount: Chf) -> list[Leg]:
    """A sum of the statement; a later truth about a closed year goes into the open one."""
    leg = Leg(statement.line_id, statement.agreement_id, amount, statement.period_start)
    return in_open_years(work, [leg])


def _source(statement: Statement, act: str) -> Source:
    return Source("statement", statement.id or 0, f"statement:{statement.ref}:{act}")
