"""Ceilings beside a line's budget: what one measure or one agreement may bind of a year, set by decision."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from cii.agreements.queries import agreement_by_ref, bought
from cii.budgets.actions_booking import Leg, locked, require_open
from cii.budgets.queries import bound_of, own_line
from cii.budgets.queries_ceilings import labels_of_ceilings
from cii.budgets.rules import CeilingBelowUsed, NotBought, OneOfTwo
from cii.budgets.tables_ceilings import BudgetCeiling, BudgetCeilingStep
from cii.budgets.vocabulary import Stage
from cii.journal.actions import wrote
from cii.kernel.money import Chf
from cii.measures.queries import measure_by_ref
from cii.store.work import Work


@dataclass(frozen=True)
class SetCeiling:
    """Wish that one measure, or one agreement, binds at most `amount` of a line's year."""

    line_ref: str
    year: int = field(metadata={"min": 1990, "max": 2200})
    amount: Chf
    decision: str = field(metadata={"max": 80})
    reason: str = field(metadata={"max": 500})
    measure_ref: str | None = None
    agreement_ref: str | None = None


def set_ceiling(work: Work, ask: SetCeiling) -> BudgetCeiling:
    """Set a ceiling, or change the one that stands; never below what is bound under it.

    Refuses: UnknownThing, NotAllowed, OneOfTwo, NotBought, BudgetYearMissing, BudgetYearClosed,
    CeilingBelowUsed.
    """
    line = own_line(work, ask.line_ref)
    if bool(ask.measure_ref) == bool(ask.agreement_ref):
        raise OneOfTwo(field="measure_ref")
    measure_id = measure_by_ref(work, ask.measure_ref).id if ask.measure_ref else None
    agreement_id = agreement_by_ref(work, ask.agreement_ref).id if ask.agreement_ref else None
    here = bought.c.measure_id == measure_id if measure_id else bought.c.agreement_id == agreement_id
    under = {
        row[0]
        for row in work.session.execute(
            select(bought.c.agreement_id).where(bought.c.line_id == line.id, here)
        )
    }
    if not under:
        raise NotBought(field="measure_ref" if measure_id else "agreement_ref", line=line.code)
    require_open(work, [Leg(line.id, None, ask.amount, date(ask.year, 1, 1))])
    locked(work, [(line.id, ask.year, Stage.AVAILABLE, None)])
    found = _standing(work, line.id, ask.year, measure_id, agreement_id)
    used = found.used if found else bound_of(work, line.id, ask.year, under)
    if ask.amount < used:
        raise CeilingBelowUsed(field="amount", line=line.code, year=ask.year, asked=ask.amount, used=used)
    if found is None:
        found = BudgetCeiling(
            line_id=line.id, year=ask.year, measure_id=measure_id, agreement_id=agreement_id,
            amount=ask.amount, used=Chf(0),
        )  # fmt: skip
        work.session.add(found)
        work.session.flush()
    take_step(work, found, ask.amount, decision=ask.decision, reason=ask.reason)
    named = labels_of_ceilings(work, [found])[found.id or 0]
    wrote(
        work, "budget_ceiling_set", "budget_ceiling", found.id, ref=found.ref,
        payload={"amount": ask.amount, "decision": ask.decision, "of": named},
    )  # fmt: skip
    return found


def take_step(
    work: Work, row: BudgetCeiling, amount: Chf, *, decision: str, reason: str, transfer_id: int | None = None
) -> None:
    """Set a ceiling to this amount, which the database carries over; what was told may be told again."""
    row.warned_at = None
    work.session.add(
        BudgetCeilingStep(
            ceiling_id=row.id or 0, amount=amount, decision=decision, reason=reason, transfer_id=transfer_id,
            account_id=work.actor.account_id, recorded_at=work.now,
        )
    )  # fmt: skip
    work.session.flush()
    work.session.refresh(row)


def _standing(
    work: Work, line_id: int, year: int, measure_id: int | None, agreement_id: int | None
) -> BudgetCeiling | None:
    mine = (
        col(BudgetCeiling.measure_id) == measure_id
        if measure_id
        else col(BudgetCeiling.agreement_id) == agreement_id
    )
    return work.session.scalars(
        select(BudgetCeiling)
        .where(col(BudgetCeiling.line_id) == line_id, col(BudgetCeiling.year) == year, mine)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
