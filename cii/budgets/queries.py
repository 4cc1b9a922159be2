"""Reads of budgets: positions of lines and agreements, movements behind them, selectables for proofs."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    Subquery,
    case,
    func,
    select,
    true,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlmodel import col

from cii.access.vocabulary import Role
from cii.budgets.rules import Position
from cii.budgets.tables import BudgetAccount, BudgetYear, LedgerEntry, Movement
from cii.budgets.vocabulary import CHAIN, Stage
from cii.institutions.queries import line_facts
from cii.kernel.errors import NotAllowed, UnknownThing
from cii.kernel.money import Chf
from cii.store.work import HOUSE, Actor, Work

ALL_READERS = ("coordination_member", "steering", "dashboard_reference", "auditor")
"""Roles that read every line's budget (product.md §10)."""


def own_sector(actor: Actor) -> ColumnElement[bool]:
    """Lines of the actor's own sector; over `line_facts`."""
    if actor == HOUSE:
        return true()
    return line_facts.c.sector.in_(actor.sectors())


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Lines whose budget the actor may read: its own sector's, or all by role; over `line_facts`."""
    return true() if actor.has_role(*ALL_READERS) else own_sector(actor)


class OwnLine(NamedTuple):
    """A funding line of the actor's own sector."""

    id: int
    code: str
    sector: str


def deciding(actor: Actor) -> ColumnElement[bool]:
    """Lines of the sectors whose budgets the actor decides about; over `line_facts`."""
    return true() if actor == HOUSE else line_facts.c.sector.in_(actor.sectors(Role.FINANCE))


def own_line(work: Work, line_ref: str) -> OwnLine:
    """A line of one's own sector, to decide about; refuses UnknownThing, NotAllowed where one only reads."""
    shown = select(line_facts.c.line_id, line_facts.c.code, line_facts.c.sector)
    wanted = shown.where(line_facts.c.line_ref == line_ref, visible_to(work.actor))
    found = work.session.execute(wanted).first()
    if found is None:
        raise UnknownThing(field="line_ref")
    if work.session.execute(wanted.where(deciding(work.actor))).first() is None:
        raise NotAllowed
    return OwnLine(*found)


def _sum_of(*stages: Stage) -> ColumnElement[Any]:
    return func.coalesce(
        func.sum(case((col(BudgetAccount.stage).in_(stages), _centimes(BudgetAccount.total)), else_=0)), 0
    )


def _centimes(column: object) -> ColumnElement[int]:
    return type_coerce(column, BigInteger)


_columns: list[Any] = [
    col(BudgetYear.line_id),
    line_facts.c.code,
    line_facts.c.sector,
    col(BudgetYear.year),
    col(BudgetYear.state),
    col(BudgetYear.hard),
    col(BudgetYear.warn_permille),
    line_facts.c.line_ref,
    line_facts.c.name,
    *(_sum_of(stage).label(stage.value) for stage in Stage),
]
_positions = (
    select(*_columns)
    .join(line_facts, line_facts.c.line_id == col(BudgetYear.line_id))
    .outerjoin(
        BudgetAccount,
        (col(BudgetAccount.line_id) == col(BudgetYear.line_id))
        & (col(BudgetAccount.year) == col(BudgetYear.year)),
    )
    .group_by(
        col(BudgetYear.id), line_facts.c.code, line_facts.c.sector, line_facts.c.line_ref, line_facts.c.name
    )
    .order_by(line_facts.c.code, col(BudgetYear.line_id), col(BudgetYear.year))
)


def _position(row: Row[Any]) -> Position:
    head, (grant, *rest) = row[: -len(Stage)], row[-len(Stage) :]
    sums: list[Any] = [Chf(-int(grant)), *(Chf(int(one)) for one in rest)]
    return Position(*head, *sums)


def positions(work: Work, year: int) -> list[Position]:
    """Where the money of each line's year stands that the actor may read, by line."""
    rows = work.session.execute(_positions.where(col(BudgetYear.year) == year, visible_to(work.actor)))
    return [_position(row) for row in rows]


def position_of(work: Work, line_id: int, year: int) -> Position | None:
    """The position of one line's year, or None without a budget (for other rooms' rules)."""
    row = work.session.execute(
        _positions.where(col(BudgetYear.line_id) == line_id, col(BudgetYear.year) == year)
    ).first()
    return _position(row) if row else None


def available(work: Work, line_ids: Collection[int], year: int) -> dict[int, Chf | None]:
    """What each line may still engage; None: no ceiling. Lines without a budget are left out."""
    rows = work.session.execute(
        _positions.where(col(BudgetYear.line_id).in_(set(line_ids)), col(BudgetYear.year) == year)
    )
    found = (_position(row) for row in rows)
    return {one.line_id: one.available if one.hard else None for one in found}


def bound_of(work: Work, line_id: int, year: int, agreement_ids: Collection[int]) -> Chf:
    """What these agreements have bound of a line's year: committed, or gone on from there."""
    total = work.session.execute(
        select(func.coalesce(func.sum(_centimes(BudgetAccount.total)), 0)).where(
            col(BudgetAccount.line_id) == line_id,
            col(BudgetAccount.year) == year,
            col(BudgetAccount.agreement_id).in_(set(agreement_ids)),
        )
    ).scalar_one()
    return Chf(int(total))


def positions_by_agreement(work: Work, year: int) -> Sequence[Row[Any]]:
    """What each agreement has bound and spent of each line's year that the actor may read.

    Rows: line_id, line (code), agreement_id, committed, accrued, invoiced, paid (centimes).
    """
    shown: list[Any] = [
        col(BudgetAccount.line_id),
        line_facts.c.code.label("line"),
        col(BudgetAccount.agreement_id),
        *(_sum_of(stage).label(stage.value) for stage in CHAIN),
    ]
    return work.session.execute(
        select(*shown)
        .join(line_facts, line_facts.c.line_id == col(BudgetAccount.line_id))
        .where(
            col(BudgetAccount.year) == year,
            col(BudgetAccount.agreement_id).is_not(None),
            visible_to(work.actor),
        )
        .group_by(col(BudgetAccount.line_id), line_facts.c.code, col(BudgetAccount.agreement_id))
        .order_by(line_facts.c.code, col(BudgetAccount.agreement_id))
    ).all()


def movements_of(
    work: Work,
    line_id: int,
    year: int,
    *,
    agreement_id: int | None = None,
    stage: Stage | None = None,
    after: int = 0,
    limit: int = 50,
) -> Sequence[Row[Any]]:
    """The movements behind a position that the actor may read, oldest first; `after` is the last id shown.

    Rows: id, entry_ref, kind, from_stage, to_stage, agreement_id, amount, effective_on, origin_on, booked_at,
    source_kind, source_id, actor, reason, reverses.
    """
    debit, credit = aliased(BudgetAccount), aliased(BudgetAccount)
    shown: list[Any] = [
        col(Movement.id),
        col(LedgerEntry.ref).label("entry_ref"),
        col(Movement.kind),
        col(debit.stage).label("from_stage"),
        col(credit.stage).label("to_stage"),
        func.coalesce(col(credit.agreement_id), col(debit.agreement_id)).label("agreement_id"),
        col(Movement.amount),
        col(Movement.effective_on),
        col(Movement.origin_on),
        col(Movement.booked_at),
        col(LedgerEntry.source_kind),
        col(LedgerEntry.source_id),
        col(LedgerEntry.actor),
        col(LedgerEntry.reason),
        col(Movement.reverses),
    ]
    query = (
        select(*shown)
        .join(LedgerEntry, col(LedgerEntry.id) == col(Movement.entry_id))
        .join(debit, col(debit.id) == col(Movement.debit_id))
        .join(credit, col(credit.id) == col(Movement.credit_id))
        .join(line_facts, line_facts.c.line_id == col(debit.line_id))
        .where(
            col(debit.line_id) == line_id,
            col(debit.year) == year,
            col(Movement.id) > after,
            visible_to(work.actor),
        )
    )
    if agreement_id is not None:
        query = query.where(
            (col(credit.agreement_id) == agreement_id) | (col(debit.agreement_id) == agreement_id)
        )
    if stage is not None:
        query = query.where((col(credit.stage) == stage) | (col(debit.stage) == stage))
    return work.session.execute(query.order_by(col(Movement.id)).limit(limit)).all()


def flows() -> Subquery:
    """Each movement as two rows: account_id, delta (centimes), entry_id, effective_on, about_on.

    `about_on` is the date of what was learned: its origin where the books of its year were closed by then.
    """
    sides: list[Select[Any]] = []
    for account, sign in ((Movement.debit_id, -1), (Movement.credit_id, 1)):
        shown: list[Any] = [
            col(account).label("account_id"),
            (_centimes(Movement.amount) * sign).label("delta"),
            col(Movement.entry_id).label("entry_id"),
            col(Movement.effective_on).label("effective_on"),
            func.coalesce(col(Movement.origin_on), col(Movement.effective_on)).label("about_on"),
        ]
        sides.append(select(*shown))
    return union_all(*sides).subquery("flows")


def trial_balance() -> Select[Any]:
    """Accounts whose total is not what moved: account_id, line_id, year, stage, total, moved."""
    legs = flows()
    sums = (
        select(legs.c.account_id, func.sum(legs.c.delta).label("moved"))
        .group_by(legs.c.account_id)
        .subquery("sums")
    )
    moved = func.coalesce(sums.c.moved, 0)
    shown: list[Any] = [
        col(BudgetAccount.id).label("account_id"),
        col(BudgetAccount.line_id),
        col(BudgetAccount.year),
        col(BudgetAccount.stage),
        _centimes(BudgetAccount.total).label("total"),
        moved.label("moved"),
    ]
    return (
        select(*shown)
        .outerjoin(sums, sums.c.account_id == col(BudgetAccount.id))
        .where(_centimes(BudgetAccount.total) != moved)
        .order_by(col(BudgetAccount.id))
    )


@cache
def chain_sums() -> Subquery:
    """Per line and agreement, all years: bound (committed and beyond), accrued, invoiced, paid in centimes.

    Each column holds what has reached that stage or gone beyond it.
    """
    shown: list[Any] = [
        col(BudgetAccount.line_id).label("line_id"),
        col(BudgetAccount.agreement_id).label("agreement_id"),
        _sum_of(*CHAIN).label("bound"),
        _sum_of(*CHAIN[1:]).label("accrued"),
        _sum_of(*CHAIN[2:]).label("invoiced"),
        _sum_of(*CHAIN[3:]).label("paid"),
    ]
    return (
        select(*shown)
        .where(col(BudgetAccount.agreement_id).is_not(None))
        .group_by(col(BudgetAccount.line_id), col(BudgetAccount.agreement_id))
        .subquery("chain_sums")
    )


def reached(
    stage: Stage, source_kind: str, source_ids: Collection[int | None] | Select[Any] | None = None
) -> Subquery:
    """Sums brought into a stage: source_id, about_on, year (of the books), line_id, agreement_id, amount.

    Both sides are found by the entries' source (all of the kind when no ids are given): asking for a few
    sources never reads the whole ledger. SQLite does not carry an outer condition so far inwards.
    """
    wanted = col(LedgerEntry.source_kind) == source_kind
    if source_ids is not None:
        wanted &= col(LedgerEntry.source_id).in_(source_ids)
    sides: list[Select[Any]] = []
    for account, sign in ((Movement.debit_id, -1), (Movement.credit_id, 1)):
        told: list[Any] = [
            col(LedgerEntry.source_id).label("source_id"),
            func.coalesce(col(Movement.origin_on), col(Movement.effective_on)).label("about_on"),
            col(BudgetAccount.year).label("year"),
            col(BudgetAccount.line_id).label("line_id"),
            col(BudgetAccount.agreement_id).label("agreement_id"),
            (_centimes(Movement.amount) * sign).label("delta"),
        ]
        sides.append(
            select(*told)
            .select_from(LedgerEntry)
            .join(Movement, col(Movement.entry_id) == col(LedgerEntry.id))
            .join(BudgetAccount, col(BudgetAccount.id) == col(account))
            .where(wanted, col(BudgetAccount.stage) == stage)
        )
    both = union_all(*sides).subquery("sides")
    keys = (both.c.source_id, both.c.about_on, both.c.year, both.c.line_id, both.c.agreement_id)
    return select(*keys, func.sum(both.c.delta).label("amount")).group_by(*keys).subquery("reached")
