"""Transfers by decision: a part of a budget goes to another line of the sector, or to another ceiling.

One person asks with reason and number of the decision, another decides. Between lines it is one entry with
two legs; nothing is taken that is committed. Source: money.md §2 (transferred between measures by decision).
"""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from cii.budgets.actions_booking import Leg, Source, labels_of, locked, require_open, write_entry
from cii.budgets.actions_ceilings import take_step
from cii.budgets.actions_warning import warn_anew
from cii.budgets.queries import own_line, own_sector, visible_to
from cii.budgets.queries_ceilings import labels_of_ceilings
from cii.budgets.rules import (
    CeilingBelowUsed,
    OneOfTwo,
    Pocket,
    TransferBetweenSectors,
    TransferByAsker,
    TransferDecided,
    TransferToItself,
    shortfalls,
)
from cii.budgets.tables import LedgerEntry
from cii.budgets.tables_ceilings import BudgetCeiling, BudgetTransfer
from cii.budgets.vocabulary import EntryKind, Stage
from cii.institutions.queries import line_facts
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, UnknownThing, refuse
from cii.kernel.money import Chf
from cii.store.work import Work


@dataclass(frozen=True)
class AskTransfer:
    """Wish that `amount` of a line's year go to another line, or from one ceiling of that year to another."""

    line_ref: str
    year: int = field(metadata={"min": 1990, "max": 2200})
    amount: Chf = field(metadata={"min": Chf(1)})
    decision: str = field(metadata={"max": 80})
    reason: str = field(metadata={"max": 500})
    to_line_ref: str | None = None
    from_ceiling_ref: str | None = None
    to_ceiling_ref: str | None = None


def ask_transfer(work: Work, ask: AskTransfer) -> BudgetTransfer:
    """Ask for a transfer of one's own sector; another person decides.

    Refuses: UnknownThing, NotAllowed, OneOfTwo, TransferToItself, TransferBetweenSectors,
    BudgetBelowCommitted, CeilingBelowUsed, BudgetYearMissing, BudgetYearClosed.
    """
    line = own_line(work, ask.line_ref)
    if work.actor.account_id is None:
        raise NotAllowed
    between_ceilings = bool(ask.from_ceiling_ref and ask.to_ceiling_ref)
    if bool(ask.to_line_ref) == between_ceilings:
        raise OneOfTwo(field="to_line_ref")
    made = BudgetTransfer(
        line_id=line.id, year=ask.year, amount=ask.amount, decision=ask.decision, reason=ask.reason,
        asked_by=work.actor.account_id, asked_at=work.now,
    )  # fmt: skip
    if ask.to_line_ref:
        made.to_line_id = _taker(work, ask.to_line_ref, line.sector)
        if made.to_line_id == line.id:
            raise TransferToItself(field="to_line_ref")
    else:
        made.from_ceiling_id = _ceiling(
            work, ask.from_ceiling_ref or "", line.id, ask.year, "from_ceiling_ref"
        )
        made.to_ceiling_id = _ceiling(work, ask.to_ceiling_ref or "", line.id, ask.year, "to_ceiling_ref")
        if made.from_ceiling_id == made.to_ceiling_id:
            raise TransferToItself(field="to_ceiling_ref")
    _affordable(work, made)
    work.session.add(made)
    work.session.flush()
    wrote(
        work, "budget_transfer_asked", "budget_transfer", made.id, ref=made.ref,
        payload={"amount": ask.amount, "decision": ask.decision, "reason": ask.reason},
    )  # fmt: skip
    return made


def decide_transfer(work: Work, transfer_ref: str, *, granted: bool) -> BudgetTransfer:
    """Grant or refuse a transfer that somebody else has asked for; granted, it is booked at once.

    Refuses: UnknownThing, NotAllowed, TransferByAsker, TransferDecided, BudgetBelowCommitted,
    CeilingBelowUsed, BudgetYearMissing, BudgetYearClosed.
    """
    found = work.session.scalars(
        select(BudgetTransfer)
        .join(line_facts, line_facts.c.line_id == col(BudgetTransfer.line_id))
        .where(col(BudgetTransfer.ref) == transfer_ref, own_sector(work.actor))
        .with_for_update(of=BudgetTransfer)
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise UnknownThing(field="transfer_ref")
    if work.actor.account_id is None:
        raise NotAllowed
    if found.granted is not None:
        raise TransferDecided(decision=found.decision)
    if found.asked_by == work.actor.account_id:
        raise TransferByAsker
    if granted:
        _carry_out(work, found)
    found.decided_by, found.decided_at, found.granted = work.actor.account_id, work.now, granted
    work.session.flush()
    wrote(
        work, "budget_transfer_decided", "budget_transfer", found.id, ref=found.ref,
        payload={"granted": granted, "amount": found.amount, "decision": found.decision},
    )  # fmt: skip
    return found


def _carry_out(work: Work, one: BudgetTransfer) -> LedgerEntry | None:
    _affordable(work, one)
    day = date(one.year, 1, 1)
    if one.to_line_id is None:
        giver = work.session.get_one(BudgetCeiling, one.from_ceiling_id)
        taker = work.session.get_one(BudgetCeiling, one.to_ceiling_id)
        why = {"decision": one.decision, "reason": one.reason}
        take_step(work, giver, giver.amount - one.amount, **why, transfer_id=one.id)
        take_step(work, taker, taker.amount + one.amount, **why, transfer_id=one.id)
        return None
    keys = [
        (line, one.year, stage, None)
        for line in (one.line_id, one.to_line_id)
        for stage in (Stage.GRANT, Stage.AVAILABLE)
    ]
    held = {key[0:3:2]: row.id for key, row in locked(work, keys).items()}
    books = require_open(work, [Leg(line, None, one.amount, day) for line in (one.line_id, one.to_line_id)])
    entry = write_entry(
        work,
        EntryKind.TRANSFER,
        [
            (held[one.line_id, Stage.AVAILABLE], held[one.line_id, Stage.GRANT], one.amount, day, None, None),
            (
                held[one.to_line_id, Stage.GRANT],
                held[one.to_line_id, Stage.AVAILABLE],
                one.amount,
                day,
                None,
                None,
            ),
        ],
        Source("budget_transfer", one.id or 0, f"transfer:{one.ref}"),
        reason=f"{one.decision}: {one.reason}"[:500],
        asked_by=one.asked_by,
        kinds=(EntryKind.TRANSFER_OUT, EntryKind.TRANSFER_IN),
    )
    for held_books in books.values():
        warn_anew(work, held_books.year)
    return entry


def _affordable(work: Work, one: BudgetTransfer) -> None:
    """Refuse what would take something that is committed: of the line, or bound under the ceiling."""
    day = date(one.year, 1, 1)
    touched = [one.line_id, *([one.to_line_id] if one.to_line_id else [])]
    require_open(work, [Leg(line, None, one.amount, day) for line in touched])
    labels = labels_of(work, {one.line_id})
    key = (one.line_id, one.year, Stage.AVAILABLE, None)
    available = locked(work, [key])[key]
    if one.to_line_id is not None:
        pocket = Pocket(Stage.AVAILABLE, labels[one.line_id], one.year, available.total, floored=True)
        refuse(shortfalls({pocket: one.amount}, reduction=True))
        return
    rows = work.session.scalars(
        select(BudgetCeiling)
        .where(col(BudgetCeiling.id).in_([one.from_ceiling_id, one.to_ceiling_id]))
        .order_by(col(BudgetCeiling.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    giver = next(row for row in rows if row.id == one.from_ceiling_id)
    if giver.amount - one.amount < giver.used:
        raise CeilingBelowUsed(
            field="amount", line=labels[one.line_id], year=one.year, asked=giver.amount - one.amount,
            used=giver.used, ceiling=labels_of_ceilings(work, [giver])[giver.id or 0],
        )  # fmt: skip


def _taker(work: Work, ref: str, sector: str) -> int:
    found = work.session.execute(
        select(line_facts.c.line_id, line_facts.c.sector).where(
            line_facts.c.line_ref == ref, visible_to(work.actor)
        )
    ).first()
    if found is None:
        raise UnknownThing(field="to_line_ref")
    if found.sector != sector:
        raise TransferBetweenSectors(field="to_line_ref")
    return int(found.line_id)


def _ceiling(work: Work, ref: str, line_id: int, year: int, name: str) -> int:
    found = work.session.scalars(
        select(BudgetCeiling).where(
            col(BudgetCeiling.ref) == ref,
            col(BudgetCeiling.line_id) == line_id,
            col(BudgetCeiling.year) == year,
        )
    ).first()
    if found is None:
        raise UnknownThing(field=name)
    return found.id or 0
