"""The first half of a statement's life: computed from attendance, submitted, checked, or sent back."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from cii.agreements.queries import agreement_by_ref, agreements_by_id
from cii.agreements.rules_proration import RULE_VERSION
from cii.agreements.settling import SettledOtherwise, settle_by, settled_otherwise
from cii.agreements.vocabulary import SettledBy
from cii.institutions.queries import line_by_ref
from cii.kernel.errors import Refusal, refuse
from cii.kernel.money import Chf
from cii.kernel.moves import move
from cii.kernel.period import Period, month_of
from cii.placements.queries import shares_in
from cii.settlement.actions_common import kept, locked, moved, require
from cii.settlement.actions_computing import (
    lines_now,
    month_of_statement,
    outdated,
    started_months,
)
from cii.settlement.queries import (
    lines_of,
    sequence_of,
)
from cii.settlement.rules import (
    DRAFTS,
    MOVES,
    SETTLED,
    AttendanceIncomplete,
    InvoiceNumberUsed,
    LineUnknown,
    MonthNotOver,
    NothingToState,
    ReturnUnexplained,
    StatementUnderway,
    invoice_key,
)
from cii.settlement.tables import Statement, StatementLine, StatementRemark
from cii.settlement.vocabulary import StatementEvent, StatementState
from cii.store.locks import one_at_a_time
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
    Refuses: UnknownThing, NotAllowed, StatementUnderway, NothingToState, TariffMissing, SettledOtherwise (the
    year is settled by its costs).
    """
    agreement, line = agreement_by_ref(work, ask.agreement_ref), line_by_ref(work, ask.line_ref)
    return prefill(work, (agreement.id or 0, line.id or 0), month_of(ask.month))


def prefill(work: Work, payer: tuple[int, int], month: Period) -> Statement:
    """As `prefill_statement`, by (agreement, line)."""
    one_at_a_time(work.session, f"statement:{payer[0]}:{payer[1]}")
    before = sequence_of(work, payer, month)
    if before:  # whoever hands it in at this moment comes first
        work.session.refresh(before[-1], with_for_update=True)
    draft = before[-1] if before and before[-1].state in DRAFTS else None
    if before and draft is None and before[-1].state not in SETTLED:
        raise StatementUnderway(statement=before[-1].ref)
    refuse(settled_otherwise(work, *payer, month.start.year, SettledBy.STATEMENTS, field="payer"))
    lines = lines_now(work, payer, month, [one for one in before if one.state in SETTLED])
    if not lines:
        raise NothingToState(month=month.start)
    if draft is None:
        settle_by(work, *payer, month.start.year, SettledBy.STATEMENTS)
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
    require(work, draft, StatementEvent.PREFILL)
    draft.state = move(MOVES, draft.state, StatementEvent.PREFILL)
    draft.total, draft.returned_reason = Chf.total(line.amount for line in lines), None
    draft.rule_version, draft.prefilled_at = RULE_VERSION, work.now
    work.session.flush()
    work.session.execute(delete(StatementLine).where(col(StatementLine.statement_id) == draft.id))
    for line in lines:
        line.statement_id = draft.id or 0
        work.session.add(line)
    return kept(work, draft, "statement_prefilled", {"total": draft.total})


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
        except (NothingToState, SettledOtherwise, StatementUnderway):
            continue
    return made


def submit(work: Work, ref: str, invoice_number: str | None = None) -> Statement:
    """The provider vouches for a month that is over and attested day by day, under its own invoice number.

    Refuses: UnknownThing, NotAllowed, MonthNotOver, AttendanceIncomplete per placement, StatementOutdated,
    InvoiceNumberUsed (another statement of the provider bears that number, also one handed in meanwhile).
    """
    statement = locked(work, ref, StatementEvent.SUBMIT)
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
    return moved(work, statement, StatementEvent.SUBMIT)


def check_statement(work: Work, ref: str) -> Statement:
    """The paying sector has checked the statement; refuses UnknownThing, NotAllowed, StatementOutdated."""
    statement = locked(work, ref, StatementEvent.CHECK)
    refuse(outdated(work, statement))
    statement.checked_by, statement.checked_at = work.actor.account_id, work.now
    return moved(work, statement, StatementEvent.CHECK)


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
    statement = locked(work, ask.statement_ref, StatementEvent.RETURN)
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
    return moved(work, statement, StatementEvent.RETURN, {"reason": ask.reason, "lines": len(said)})
