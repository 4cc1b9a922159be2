"""Acts on budgets and the ledger: one function books (`book`); each event of the trade is a name for it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from cii.budgets.actions_booking import Leg, Source, book, labels_of, locked, require_open, year_of
from cii.budgets.actions_reversal import AskReversal, ask_reversal, decide_reversal
from cii.budgets.actions_warning import warn_anew
from cii.budgets.queries import own_line, position_of
from cii.budgets.queries_late import open_after
from cii.budgets.rules import BudgetYearClosed, BudgetYearMissing, change_faults, closing_faults
from cii.budgets.tables import BudgetYear, LedgerEntry
from cii.budgets.vocabulary import EntryKind, Stage, YearState
from cii.journal.actions import wrote
from cii.kernel.errors import refuse
from cii.kernel.money import Chf
from cii.store.columns import new_ref
from cii.store.work import Work

LARGEST_CHANGE = Chf.parse("9999999999.99")
"""What one decision may take from a budget at most."""


@dataclass(frozen=True, slots=True)
class Accrued:
    """What an accrual booked of each leg, and what exceeds the commitment and is therefore only a finding."""

    entry: LedgerEntry | None
    booked: tuple[Chf, ...]
    excess: tuple[Chf, ...]


@dataclass(frozen=True)
class DecideBudget:
    """Wish to grant a line a year's budget, or to change it by `amount` (negative lowers it)."""

    line_ref: str
    year: int = field(metadata={"min": 1990, "max": 2200})
    amount: Chf = field(metadata={"min": -LARGEST_CHANGE})
    reason: str
    hard: bool = True


def decide_budget(work: Work, ask: DecideBudget) -> LedgerEntry:
    """Grant or amend a budget of one's own sector.

    Refuses: UnknownThing, NotAllowed, and what `grant_budget` refuses.
    """
    line = own_line(work, ask.line_ref)
    return grant_budget(work, line.id, ask.year, ask.amount, reason=ask.reason, hard=ask.hard)


def open_year(
    work: Work, line_id: int, year: int, *, hard: bool = True, warn_permille: int = 900
) -> BudgetYear:
    """The books of a line's year, opened when they are not; `hard` False: without ceiling (AI)."""
    found = year_of(work, line_id, year)
    if found is None:
        found = BudgetYear(
            line_id=line_id, year=year, state=YearState.OPEN, hard=hard, warn_permille=warn_permille
        )
        work.session.add(found)
        work.session.flush()
    return found


def grant_budget(
    work: Work,
    line_id: int,
    year: int,
    amount: Chf,
    *,
    reason: str | None = None,
    hard: bool = True,
    key: str | None = None,
) -> LedgerEntry:
    """Grant a line's year, or amend it: a negative amount lowers it, never below zero or what is engaged.

    Refuses: BudgetUnchanged, BudgetNegative, BudgetBelowCommitted, BudgetYearClosed.
    """
    books = open_year(work, line_id, year, hard=hard)
    before = select(col(LedgerEntry.id)).where(
        col(LedgerEntry.source_kind) == "budget_year", col(LedgerEntry.source_id) == books.id
    )
    first = work.session.execute(before.limit(1)).first() is None
    position = position_of(work, line_id, year)
    if position is not None:
        refuse(change_faults(position, amount, first=first))
    kind = EntryKind.BUDGET if first else EntryKind.AMENDMENT
    if amount.centimes < 0:
        kind, amount = EntryKind.REDUCTION, -amount
    source = Source("budget_year", books.id or 0, key or f"budget:{books.id}:{new_ref()}")
    entry = book(work, kind, [Leg(line_id, None, amount, date(year, 1, 1))], source, reason=reason)
    warn_anew(work, books)
    wrote(work, f"budget_{kind.value}", "budget_year", books.id, ref=entry.ref, payload={"amount": amount})
    return entry


def engage(work: Work, legs: Sequence[Leg], source: Source) -> LedgerEntry:
    """Bind money of one or several lines, all or nothing.

    Refuses, all at once: BudgetExceeded(line, year, asked, available) for each line that cannot bear its sum,
    BudgetYearMissing, BudgetYearClosed.
    """
    return book(work, EntryKind.ENGAGEMENT, legs, source)


def release(work: Work, legs: Sequence[Leg], source: Source) -> LedgerEntry:
    """Give back what an engagement no longer needs; refuses StageExceeded."""
    return book(work, EntryKind.RELEASE, legs, source)


def accrue(work: Work, legs: Sequence[Leg], source: Source) -> Accrued:
    """Note what attendance has earned, up to what is committed; attendance is never refused for money.

    What exceeds the commitment is returned and left out: it is booked by a later call, once a further
    engagement is decided. Refuses: BudgetYearMissing, BudgetYearClosed.
    """
    found = work.session.scalars(select(LedgerEntry).where(col(LedgerEntry.key) == source.key)).first()
    keys = [(leg.line_id, leg.effective_on.year, Stage.COMMITTED, leg.agreement_id) for leg in legs]
    require_open(work, legs)
    left = {key: row.total for key, row in locked(work, keys).items()}
    booked = []
    for leg, key in zip(legs, keys, strict=True):
        part = Chf(0) if found else max(min(leg.amount, left[key]), Chf(0))
        left[key] -= part
        booked.append(part)
    excess = tuple(leg.amount - part for leg, part in zip(legs, booked, strict=True))
    fitting = [
        Leg(leg.line_id, leg.agreement_id, part, leg.effective_on, leg.origin_on)
        for leg, part in zip(legs, booked, strict=True)
        if part
    ]
    entry = book(work, EntryKind.ACCRUAL, fitting, source) if fitting else found
    return Accrued(entry, tuple(booked), excess)


def correct_accrual(work: Work, legs: Sequence[Leg], source: Source) -> LedgerEntry:
    """Take back what corrected attendance no longer earns; refuses StageExceeded once it is invoiced."""
    return book(work, EntryKind.ACCRUAL_CORRECTION, legs, source)


def invoice(work: Work, legs: Sequence[Leg], source: Source) -> LedgerEntry:
    """Accept a statement: refuses StageExceeded where more is invoiced than was delivered."""
    return book(work, EntryKind.INVOICE, legs, source)


def pay(work: Work, legs: Sequence[Leg], source: Source) -> LedgerEntry:
    """Pay what was accepted: refuses StageExceeded beyond the statement, or the second time."""
    return book(work, EntryKind.PAYMENT, legs, source)


@dataclass(frozen=True)
class CloseYear:
    """Wish to close the books of a line's year for good."""

    line_ref: str
    year: int = field(metadata={"min": 1990, "max": 2200})


def close_books(work: Work, ask: CloseYear) -> BudgetYear:
    """Close a year of a line of one's own sector.

    Refuses: UnknownThing, NotAllowed, and what `close_year` refuses.
    """
    return close_year(work, own_line(work, ask.line_ref).id, ask.year)


def in_open_years(work: Work, legs: Sequence[Leg]) -> list[Leg]:
    """The legs as they can be booked: a later truth about a closed year goes into the next open one.

    Such a leg takes effect on that year's first day and keeps its own date as `origin_on`. A leg for which no
    later year is open stays as it is, and is refused when it is booked.
    """
    lines = {leg.line_id for leg in legs}
    shown = select(col(BudgetYear.line_id), col(BudgetYear.year), col(BudgetYear.state))
    states = {
        (line, year): state
        for line, year, state in work.session.execute(shown.where(col(BudgetYear.line_id).in_(lines)))
    }
    found = []
    for leg in legs:
        year = leg.effective_on.year
        own = {at: state for (line, at), state in states.items() if line == leg.line_id}
        later = open_after(own, year)
        if own.get(year) is YearState.CLOSED and later is not None:
            origin = leg.origin_on or leg.effective_on
            leg = Leg(leg.line_id, leg.agreement_id, leg.amount, date(later, 1, 1), origin)  # noqa: PLW2901
        found.append(leg)
    return found


def close_year(work: Work, line_id: int, year: int) -> BudgetYear:
    """Close the books of a line's year for good.

    Refuses: YearNotSettled for each stage that still holds money, BudgetYearMissing, BudgetYearClosed.
    """
    position = position_of(work, line_id, year)
    books = year_of(work, line_id, year)
    if position is None or books is None:
        raise BudgetYearMissing(line=labels_of(work, {line_id})[line_id], year=year)
    if books.state is YearState.CLOSED:
        raise BudgetYearClosed(line=position.line, year=year)
    refuse(closing_faults(position))
    books.state, books.closed_at, books.closed_by = YearState.CLOSED, work.now, work.actor.account_id
    work.session.flush()
    wrote(work, "budget_year_closed", "budget_year", books.id, ref=books.ref)
    return books


__all__ = [
    "Accrued", "AskReversal", "CloseYear", "DecideBudget", "Leg", "Source", "accrue", "ask_reversal", "book",
    "close_books", "close_year", "correct_accrual", "decide_budget", "decide_reversal", "engage",
    "grant_budget", "in_open_years", "invoice", "open_year", "pay", "release",
]  # fmt: skip
