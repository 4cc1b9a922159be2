"""Reversals: one person asks, another decides; an entry is mirrored once, whole."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from cii.budgets.actions_booking import Leg, Move, Source, capped, labels_of, write_entry
from cii.budgets.queries import deciding
from cii.budgets.rules import (
    AlreadyReversed,
    BudgetYearClosed,
    Pocket,
    ReversalByAsker,
    ReversalWaiting,
    caps_exceeded,
    shortfalls,
)
from cii.budgets.tables import BudgetAccount, BudgetYear, LedgerEntry, Movement, ReversalRequest
from cii.budgets.vocabulary import EntryKind, YearState
from cii.institutions.queries import line_facts
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing, refuse
from cii.kernel.money import Chf
from cii.store.locks import one_at_a_time
from cii.store.work import Work


@dataclass(frozen=True)
class AskReversal:
    """Wish that an entry be mirrored."""

    entry_ref: str
    reason: str


def ask_reversal(work: Work, ask: AskReversal) -> ReversalRequest:
    """Ask for the reversal of an entry; another person decides.

    Refuses: UnknownThing, AlreadyReversed, ReversalWaiting, NotAllowed.
    """
    entry = work.session.scalars(select(LedgerEntry).where(col(LedgerEntry.ref) == ask.entry_ref)).first()
    if entry is None or not _touches_own_line(work, entry):
        raise UnknownThing(field="entry_ref")
    if work.actor.account_id is None:
        raise NotAllowed
    one_at_a_time(work.session, f"reversal {entry.id}")
    _mirrors(work, entry)
    waiting = select(col(ReversalRequest.id)).where(
        col(ReversalRequest.entry_id) == entry.id, col(ReversalRequest.granted).is_(None)
    )
    if work.session.execute(waiting.limit(1)).first() is not None:
        raise ReversalWaiting(entry=entry.ref)
    made = ReversalRequest(
        entry_id=entry.id or 0, reason=ask.reason, asked_by=work.actor.account_id, asked_at=work.now
    )
    work.session.add(made)
    work.session.flush()
    wrote(work, "reversal_asked", "ledger_entry", entry.id, ref=made.ref, payload={"reason": ask.reason})
    return made


def decide_reversal(work: Work, request_ref: str, *, granted: bool) -> LedgerEntry | None:
    """Grant or refuse a reversal asked for by somebody else; granted, each movement is mirrored once.

    Refuses: UnknownThing, ReversalByAsker, AlreadyReversed, StageExceeded, BudgetYearClosed, NotAllowed.
    """
    request = work.session.scalars(
        select(ReversalRequest)
        .where(col(ReversalRequest.ref) == request_ref)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    entry = work.session.get(LedgerEntry, request.entry_id) if request else None
    if request is None or entry is None or not _touches_own_line(work, entry):
        raise UnknownThing(field="request_ref")
    if work.actor.account_id is None:
        raise NotAllowed
    if request.asked_by == work.actor.account_id:
        raise ReversalByAsker
    if request.granted is not None:
        raise AlreadyReversed(entry=entry.ref)
    request.decided_by, request.decided_at, request.granted = work.actor.account_id, work.now, granted
    work.session.flush()
    wrote(work, "reversal_decided", "ledger_entry", entry.id, ref=request.ref, payload={"granted": granted})
    return _reverse(work, entry, request) if granted else None


def _touches_own_line(work: Work, entry: LedgerEntry) -> bool:
    """Whether a movement of the entry lies on a line of the actor's own sector; a foreign entry is none."""
    return (
        work.session.execute(
            select(col(Movement.id))
            .join(BudgetAccount, col(BudgetAccount.id) == col(Movement.debit_id))
            .join(line_facts, line_facts.c.line_id == col(BudgetAccount.line_id))
            .where(col(Movement.entry_id) == entry.id, deciding(work.actor))
            .limit(1)
        ).first()
        is not None
    )


def _reverse(work: Work, entry: LedgerEntry, request: ReversalRequest) -> LedgerEntry:
    mirrored = _mirrors(work, entry)
    accounts = {
        row.id: row
        for row in work.session.scalars(
            select(BudgetAccount)
            .where(col(BudgetAccount.id).in_({one for move in mirrored for one in move[:2]}))
            .order_by(col(BudgetAccount.id))
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    labels = labels_of(work, {row.line_id for row in accounts.values()})
    closed = {
        (row.line_id, row.year)
        for row in work.session.scalars(select(BudgetYear).where(col(BudgetYear.state) == YearState.CLOSED))
    }
    years = sorted({(row.line_id, row.year) for row in accounts.values()})
    faults: list[Refusal] = [
        BudgetYearClosed(line=labels[line], year=year) for line, year in years if (line, year) in closed
    ]
    asked: dict[int, Chf] = {}
    for debit, _, amount, *_rest in mirrored:
        asked[debit] = asked.get(debit, Chf(0)) + amount
    pockets = {
        Pocket(row.stage, labels[row.line_id], row.year, row.total, row.floored): sum_
        for id_, sum_ in asked.items()
        for row in (accounts[id_],)
    }
    bound = [
        Leg(accounts[credit].line_id, accounts[credit].agreement_id, amount, on)
        for debit, credit, amount, on, *_rest in mirrored
        if accounts[debit].agreement_id is None and accounts[credit].agreement_id is not None
    ]
    refuse([*faults, *shortfalls(pockets), *caps_exceeded(capped(work, bound, labels))])
    source = Source(entry.source_kind, entry.source_id, f"reversal:{entry.id}")
    return write_entry(
        work, EntryKind.REVERSAL, mirrored, source, reason=request.reason, asked_by=request.asked_by
    )


def _mirrors(work: Work, entry: LedgerEntry) -> list[Move]:
    own = work.session.scalars(
        select(Movement).where(col(Movement.entry_id) == entry.id).order_by(col(Movement.id))
    ).all()
    done = work.session.execute(
        select(col(Movement.id)).where(col(Movement.reverses).in_([one.id for one in own])).limit(1)
    ).first()
    if done is not None or entry.kind is EntryKind.REVERSAL:
        raise AlreadyReversed(entry=entry.ref)
    return [(one.credit_id, one.debit_id, one.amount, one.effective_on, one.origin_on, one.id) for one in own]
