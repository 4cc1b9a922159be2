"""Reads of ceilings and transfers: what stands above an engagement, what waits for a second person."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, tuple_
from sqlmodel import col

from cii.access.naming import account_name
from cii.agreements.queries import agreements_by_id, bought
from cii.budgets.queries import visible_to
from cii.budgets.rules import Cap, at_mark
from cii.budgets.tables_ceilings import BudgetCeiling, BudgetCeilingStep, BudgetTransfer
from cii.institutions.queries import line_facts
from cii.kernel.money import Chf
from cii.measures.queries import measures_by_id
from cii.store.work import Work


def caps_over(
    work: Work, years: Collection[tuple[int, int]], labels: Mapping[int, str], *, locking: bool = True
) -> list[tuple[Cap, int, frozenset[int]]]:
    """The ceilings of these lines and years, locked in order: with the line and the agreements under each."""
    place = tuple_(col(BudgetCeiling.line_id), col(BudgetCeiling.year))
    wanted = select(BudgetCeiling).where(place.in_(sorted(years))).order_by(col(BudgetCeiling.id))
    if locking:
        wanted = wanted.with_for_update()
    rows = work.session.scalars(wanted.execution_options(populate_existing=True)).all()
    under = agreements_under(work, rows)
    names = labels_of_ceilings(work, rows)
    return [
        (
            Cap(row.id or 0, names[row.id or 0], labels[row.line_id], row.year, row.amount, row.used),
            row.line_id,
            under[row.id or 0],
        )
        for row in rows
    ]


def agreements_under(work: Work, rows: Sequence[BudgetCeiling]) -> dict[int, frozenset[int]]:
    """The agreements under each ceiling, by its id."""
    measures = {row.measure_id for row in rows if row.measure_id}
    held: dict[tuple[int, int], set[int]] = {}
    if measures:
        for one in work.session.execute(select(bought).where(bought.c.measure_id.in_(measures))):
            held.setdefault((one.measure_id, one.line_id), set()).add(one.agreement_id)
    return {
        row.id or 0: frozenset({row.agreement_id})
        if row.agreement_id
        else frozenset(held.get((row.measure_id or 0, row.line_id), ()))
        for row in rows
    }


def labels_of_ceilings(work: Work, rows: Sequence[BudgetCeiling]) -> dict[int, str]:
    """What each ceiling is called: the measure's code and name, or the agreement's number."""
    measures = measures_by_id(work, {row.measure_id for row in rows if row.measure_id})
    agreements = agreements_by_id(work, {row.agreement_id for row in rows if row.agreement_id})
    found = {}
    for row in rows:
        if row.measure_id:
            found[row.id or 0] = f"{measures[row.measure_id].code}, {measures[row.measure_id].name}"
        elif row.agreement_id:
            found[row.id or 0] = agreements[row.agreement_id].number
    return found


@dataclass(frozen=True, slots=True)
class CeilingRow:
    """A ceiling as pages and programs tell it."""

    ref: str
    label: str
    measure_ref: str | None
    agreement_ref: str | None
    amount: Chf
    used: Chf
    left: Chf
    warning: bool
    decision: str
    reason: str


def ceilings_of(work: Work, line_id: int, year: int) -> list[CeilingRow]:
    """The ceilings of a line's year that the actor may read, in the order in which they were set."""
    rows = work.session.scalars(
        select(BudgetCeiling)
        .join(line_facts, line_facts.c.line_id == col(BudgetCeiling.line_id))
        .where(col(BudgetCeiling.line_id) == line_id, col(BudgetCeiling.year) == year, visible_to(work.actor))
        .order_by(col(BudgetCeiling.id))
        .execution_options(populate_existing=True)
    ).all()
    names = labels_of_ceilings(work, rows)
    steps = {
        one.ceiling_id: one
        for one in work.session.scalars(
            select(BudgetCeilingStep)
            .where(col(BudgetCeilingStep.ceiling_id).in_([row.id for row in rows]))
            .order_by(col(BudgetCeilingStep.id))
        )
    }
    measures = measures_by_id(work, {row.measure_id for row in rows if row.measure_id})
    agreements = agreements_by_id(work, {row.agreement_id for row in rows if row.agreement_id})
    return [
        CeilingRow(
            row.ref, names[row.id or 0],
            measures[row.measure_id].ref if row.measure_id else None,
            agreements[row.agreement_id].ref if row.agreement_id else None,
            row.amount, row.used, row.amount - row.used, _warns(row),
            steps[row.id or 0].decision, steps[row.id or 0].reason,
        )
        for row in rows
    ]  # fmt: skip


def _warns(row: BudgetCeiling) -> bool:
    return at_mark(row.used, row.amount, row.warn_permille)


@dataclass(frozen=True, slots=True)
class OpenTransfer:
    """A transfer that was asked for and not decided; `giver` and `taker` name lines or ceilings."""

    ref: str
    year: int
    line: str
    giver: str
    taker: str
    amount: Chf
    decision: str
    reason: str
    asked_by: int
    asked_by_name: str
    asked_at: datetime


def open_transfers(work: Work) -> list[OpenTransfer]:
    """The undecided transfers of lines whose budget the actor may read, the oldest first."""
    found = work.session.execute(
        select(BudgetTransfer, account_name(col(BudgetTransfer.asked_by)))
        .join(line_facts, line_facts.c.line_id == col(BudgetTransfer.line_id))
        .where(col(BudgetTransfer.granted).is_(None), visible_to(work.actor))
        .order_by(col(BudgetTransfer.id))
    ).all()
    rows, people = [row for row, _ in found], {row.asked_by: name or "" for row, name in found}
    if not rows:
        return []
    lines = {one.line_id: one.code for one in work.session.execute(select(line_facts))}
    ids = {one for row in rows for one in (row.from_ceiling_id, row.to_ceiling_id) if one}
    ceilings = work.session.scalars(select(BudgetCeiling).where(col(BudgetCeiling.id).in_(ids))).all()
    names = labels_of_ceilings(work, ceilings)
    return [
        OpenTransfer(
            row.ref, row.year, lines[row.line_id],
            names[row.from_ceiling_id] if row.from_ceiling_id else lines[row.line_id],
            names[row.to_ceiling_id] if row.to_ceiling_id else lines[row.to_line_id],
            row.amount, row.decision, row.reason, row.asked_by, people.get(row.asked_by, ""), row.asked_at,
        )
        for row in rows
    ]  # fmt: skip
