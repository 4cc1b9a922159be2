"""The life of a statement: computed from attendance, submitted, checked, approved by a second person, paid.

The ledger moves when it is approved (accrued → invoiced) and when it is paid (invoiced → paid). What a later
truth lowers stands as a negative line in a correction and goes back when that correction is settled.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from cii.agreements.queries import agreement_by_ref, agreements_by_id
from cii.agreements.rules_proration import RULE_VERSION
from cii.budgets.actions import Leg, Source, book, invoice
from cii.budgets.actions import pay as pay_out
from cii.budgets.vocabulary import EntryKind
from cii.institutions.queries import line_by_ref
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, Refusal, refuse
from cii.kernel.money import Chf, round5
from cii.kernel.moves import move
from cii.kernel.period import Period, month_of
from cii.placements.queries import shares_in
from cii.placements.settled import engage_further, release_unused
from cii.settlement.actions_attendance import book_attendance, take_back
from cii.settlement.actions_computing import (
    lines_now,
    month_of_statement,
    not_accrued,
    outdated,
    share_for,
    share_of_placement,
    started_months,
)
from cii.settlement.queries import (
    MonthOf,
    events_of_role,
    lines_of,
    moves_for,
    same_eyes,
    sequence_of,
    statement_by_ref,
)
from cii.settlement.rules import (
    DRAFTS,
    MOVES,
    SETTLED,
    AttendanceIncomplete,
    EarlierStatementUnpaid,
    ExceedsCommitment,
    InvoiceNumberUsed,
    LineUnknown,
    MonthNotOver,
    NothingToState,
    ReturnUnexplained,
    StatementFourEyes,
    StatementUnderway,
    invoice_key,
)
from cii.settlement.tables import Payment, Statement, StatementLine, StatementRemark
from cii.settlement.vocabulary import StatementEvent, StatementState
from cii.store.work import Work


@dataclass(frozen=True)
class PrefillStatement:
    """Wish to compute the statement of an agreement and funding line for the month that holds `month`."""

    agreement_ref: str
    line_ref: str
    month: date


def prefill_statement(work: Work, ask: PrefillStatement) -> Statement:
    """Compute a month's statement from attendance, anew while it is a draft.

    Once the month is settled, what has changed since becomes a correction, negative ones included.
    Refuses: UnknownThing, NotAllowed, StatementUnderway, NothingToState, TariffMissing.
    """
    agreement, line = agreement_by_ref(work, ask.agreement_ref), line_by_ref(work, ask.line_ref)
    return prefill(work, (agreement.id or 0, line.id or 0), month_of(ask.month))


def prefill(work: Work, payer: tuple[int, int], month: Period) -> Statement:
    """As `prefill_statement`, by (agreement, line)."""
    before = sequence_of(work, payer, month)
    draft = before[-1] if before and before[-1].state in DRAFTS else None
    if before and draft is None and before[-1].state not in SETTLED:
        raise StatementUnderway(statement=before[-1].ref)
    lines = lines_now(work, payer, month, [one for one in before if one.state in SETTLED])
    if not lines:
        raise NothingToState(month=month.start)
    if draft is None:
        draft = Statement(
            agreement_id=payer[0],
            line_id=payer[1],
            period_start=month.start,
            period_end=month.end,
            sequence=len(before) + 1,
            state=StatementState.PREFILLED,
            total=Chf.total(line.amount for line in lines),
            rule_version=RULE_VERSION,
            prefilled_at=work.now,
        )
        work.session.add(draft)
        work.session.flush()
    _require(work, draft, StatementEvent.PREFILL)
    draft.state = move(MOVES, draft.state, StatementEvent.PREFILL)
    draft.total, draft.returned_reason = Chf.total(line.amount for line in lines), None
    draft.rule_version, draft.prefilled_at = RULE_VERSION, work.now
    work.session.flush()
    work.session.execute(delete(StatementLine).where(col(StatementLine.statement_id) == draft.id))
    for line in lines:
        line.statement_id = draft.id or 0
        work.session.add(line)
    return _kept(work, draft, "statement_prefilled", {"total": draft.total})


def prefill_month(work: Work, day: date) -> list[Statement]:
    """Draft every statement of a month that has something to state; for the monthly job."""
    month = month_of(day)
    rows = shares_in(month).subquery("rows")
    payers = work.session.execute(
        select(rows.c.agreement_id, rows.c.line_id).distinct().order_by(rows.c.agreement_id, rows.c.line_id)
    ).all()
    made = []
    for agreement_id, line_id in payers:
        try:
            made.append(prefill(work, (agreement_id, line_id), month))
        except (NothingToState, StatementUnderway):
            continue
    return made


def submit(work: Work, ref: str, invoice_number: str | None = None) -> Statement:
    """The provider vouches for a month that is over and attested day by day, under its own invoice number.

    Refuses: UnknownThing, NotAllowed, MonthNotOver, AttendanceIncomplete per placement, StatementOutdated,
    InvoiceNumberUsed (another statement of the provider bears that number, also one handed in meanwhile).
    """
    statement = _locked(work, ref, StatementEvent.SUBMIT)
    months = started_months(work, statement)
    faults: list[Refusal] = []
    if work.today < statement.period_end:
        faults.append(MonthNotOver(last=month_of_statement(statement).last))
    faults += [
        AttendanceIncomplete(placement=one.stay.ref, days=len(missing), first=missing[0])
        for one in months
        if (missing := one.missing)
    ]
    refuse([*faults, *outdated(work, statement), *_number_taken(work, statement, invoice_number)])
    _keep_number(work, statement, invoice_number)
    statement.prepared_by, statement.submitted_at = work.actor.account_id, work.now
    statement.checked_by = statement.checked_at = None
    return _moved(work, statement, StatementEvent.SUBMIT)


def check_statement(work: Work, ref: str) -> Statement:
    """The paying sector has checked the statement; refuses UnknownThing, NotAllowed, StatementOutdated."""
    statement = _locked(work, ref, StatementEvent.CHECK)
    refuse(outdated(work, statement))
    statement.checked_by, statement.checked_at = work.actor.account_id, work.now
    return _moved(work, statement, StatementEvent.CHECK)


def _number_taken(work: Work, statement: Statement, number: str | None) -> list[Refusal]:
    """Whether another statement of the provider bears the number; spaces and case make no difference."""
    key = invoice_key(number)
    if key is None:
        return []
    provider = agreements_by_id(work, [statement.agreement_id])[statement.agreement_id].provider_id
    other = select(Statement.id).where(  # type: ignore[call-overload]
        col(Statement.provider_id) == provider,
        col(Statement.invoice_key) == key,
        col(Statement.id) != statement.id,
    )
    taken = work.session.execute(other).first() is not None
    return [InvoiceNumberUsed(field="invoice_number", number=number)] if taken else []


def _keep_number(work: Work, statement: Statement, number: str | None) -> None:
    """Keep the number; whoever hands in another statement under it at the same moment is refused."""
    key = invoice_key(number)
    try:
        with work.session.begin_nested():
            statement.provider_id = agreements_by_id(work, [statement.agreement_id])[
                statement.agreement_id
            ].provider_id
            statement.invoice_number, statement.invoice_key = (number or "").strip() or None, key
            work.session.flush()
    except IntegrityError as no:
        raise InvoiceNumberUsed(field="invoice_number", number=number) from no


@dataclass(frozen=True)
class LineReason:
    """Why one line is not accepted; `line` as the page numbers them, from 1."""

    line: int
    reason: str = field(default="", metadata={"max": 500})


@dataclass(frozen=True)
class ReturnStatement:
    """Wish to send a statement back to the provider: the reason in general, and for single lines."""

    statement_ref: str
    reason: str = field(default="", metadata={"max": 1000})
    lines: tuple[LineReason, ...] = ()


def return_statement(work: Work, ask: ReturnStatement) -> Statement:
    """Send a statement back; it is computed again and submitted anew, each remark stays with its line.

    Refuses: UnknownThing, NotAllowed, ReturnUnexplained, and LineUnknown for each line that there is not.
    """
    statement = _locked(work, ask.statement_ref, StatementEvent.RETURN)
    said = [one for one in ask.lines if one.reason.strip()]
    lines = lines_of(work, statement.id or 0)
    if not said and not ask.reason.strip():
        raise ReturnUnexplained(field="reason")
    refuse(
        LineUnknown(field=f"lines-{at}-line", line=one.line)
        for at, one in enumerate(ask.lines)
        if one.reason.strip() and one.line not in range(1, len(lines) + 1)
    )
    for number, reason in {one.line: one.reason.strip() for one in said}.items():
        line = lines[number - 1]
        work.session.add(
            StatementRemark(
                statement_id=statement.id or 0,
                placement_id=line.placement_id,
                period_start=line.period_start,
                amount=line.amount,
                reason=reason,
                returned_at=work.now,
                account_id=work.actor.account_id,
            )
        )
    statement.returned_reason = ask.reason.strip()
    return _moved(work, statement, StatementEvent.RETURN, {"reason": ask.reason, "lines": len(said)})


def approve(work: Work, ref: str) -> Statement:
    """Accept a statement that somebody else prepared and checked: it is invoiced, its payment prepared.

    What the month did not need of the commitment is given back. Refuses: StatementFourEyes,
    StatementOutdated, ExceedsCommitment (a further engagement is to be decided first), NotAllowed,
    UnknownThing.
    """
    statement = _locked(work, ref, StatementEvent.APPROVE)
    refuse(outdated(work, statement))
    months, month = started_months(work, statement), month_of_statement(statement)
    book_attendance(work, months, month)
    missing = not_accrued(work, statement, months)
    if missing:
        raise ExceedsCommitment(excess=Chf(sum(missing.values())))
    lines = lines_of(work, statement.id or 0)
    due = Chf.total(line.amount for line in lines if line.amount > Chf())
    if due:
        invoice(work, [_leg(statement, due)], _source(statement, "invoice"))
    statement.approved_by, statement.approved_at = work.actor.account_id, work.now
    _moved(work, statement, StatementEvent.APPROVE)
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
    statement = _locked(work, ref, StatementEvent.PAY)
    payer = (statement.agreement_id, statement.line_id)
    earlier = sequence_of(work, payer, month_of_statement(statement))
    if any(one.sequence < statement.sequence and one.state is not StatementState.PAID for one in earlier):
        raise EarlierStatementUnpaid(month=statement.period_start)
    payment = work.session.scalars(select(Payment).where(col(Payment.statement_id) == statement.id)).one()
    lines = lines_of(work, statement.id or 0)
    due = Chf.total(line.amount for line in lines if line.amount > Chf())
    if due:
        pay_out(work, [_leg(statement, due)], _source(statement, "pay"))
    _take_back(work, statement, [line for line in lines if line.amount < Chf()])
    payment.released_by, payment.released_at = work.actor.account_id, work.now
    _moved(work, statement, StatementEvent.PAY, {"transferred": payment.transferred})
    return payment


def decide_further_engagement(work: Work, ref: str) -> Chf:
    """Bind what a checked statement needs beyond the commitment; by finance of the paying sector.

    Returns the sum bound. Refuses: BudgetExceeded, NotAllowed, UnknownThing.
    """
    statement = statement_by_ref(work, ref)
    if StatementEvent.APPROVE not in moves_for(work, statement):
        raise NotAllowed
    months, month = started_months(work, statement), month_of_statement(statement)
    book_attendance(work, months, month)
    bound = Chf()
    for share_id, amount in sorted(not_accrued(work, statement, months).items()):
        key = f"statement:{statement.ref}:further:{share_id}"
        engage_further(work, share_id, month.start, Chf(amount), key)
        bound += Chf(amount)
    book_attendance(work, months, month)
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
        book(work, kind, [_leg(statement, over)], _source(statement, kind.value))
    for line in lines:
        share = share_of_placement(work, line.placement_id, payer)
        take_back(work, share, month, -line.amount)
        key = f"statement:{statement.ref}:release:{share.share_id}"
        release_unused(work, share.share_id, month.start, -line.amount, key)


def _leg(statement: Statement, amount: Chf) -> Leg:
    return Leg(statement.line_id, statement.agreement_id, amount, statement.period_start)


def _source(statement: Statement, act: str) -> Source:
    return Source("statement", statement.id or 0, f"statement:{statement.ref}:{act}")


def _locked(work: Work, ref: str, event: StatementEvent) -> Statement:
    statement = statement_by_ref(work, ref)
    work.session.refresh(statement, with_for_update=True)
    _require(work, statement, event)
    return statement


def _require(work: Work, statement: Statement, event: StatementEvent) -> None:
    """The move is open to this actor; refuses IllegalMove, StatementFourEyes, NotAllowed."""
    move(MOVES, statement.state, event)
    if event not in events_of_role(work, statement):
        raise NotAllowed
    if same_eyes(work.actor, statement, event):
        raise StatementFourEyes


def _moved(
    work: Work, statement: Statement, event: StatementEvent, facts: Mapping[str, object] | None = None
) -> Statement:
    statement.state = move(MOVES, statement.state, event)
    return _kept(work, statement, f"statement_{statement.state.value}", facts or {})


def _kept(work: Work, statement: Statement, act: str, facts: Mapping[str, object]) -> Statement:
    statement.version += 1
    work.session.flush()
    wrote(work, act, "statement", statement.id, ref=statement.ref, payload=facts)
    return statement
