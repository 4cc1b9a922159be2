"""An engagement that many want at once: written beforehand, the money moved by one last statement.

What is not fought over (reasons, entry, accounts opened) comes first and keeps nobody waiting. The last
statement takes what the caller names, then the accounts in the order of their ids, and moves the money; on
PostgreSQL it is a single one, on SQLite the writer is alone anyway. Source: money.md §2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Update, bindparam, func, insert, literal_column, select, union_all
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from cii.budgets.actions_booking import (
    AccountKey,
    Held,
    Leg,
    Move,
    Source,
    capped,
    judged,
    keys_of,
    labels_of,
    moves_of,
    note_entry,
    opened,
    require_open,
    rows_of,
    same_key,
    standing,
    worth,
)
from cii.budgets.actions_warning import Books, told_once
from cii.budgets.rules import at_mark
from cii.budgets.tables import BudgetAccount, LedgerEntry, Movement
from cii.budgets.vocabulary import EntryKind, Stage
from cii.kernel.errors import Refusal, refuse
from cii.kernel.money import Chf
from cii.store.ready import Ready
from cii.store.work import Work

ENGAGEMENT = EntryKind.ENGAGEMENT
_ONE: ColumnElement[Any] = literal_column("1")
_FOUGHT = ("floor", "ceiling", "taken_within", "the books of this year are closed")
"""What the database says when another was quicker."""


class Lost(Exception):  # noqa: N818 - said to the caller, never to the reader
    """Another was quicker. The caller undoes its savepoint and reads its reasons anew."""


@dataclass(frozen=True, slots=True)
class Engagement:
    """An engagement whose money has not moved yet."""

    entry: LedgerEntry
    legs: tuple[Leg, ...]
    moves: tuple[Move, ...]
    accounts: Mapping[AccountKey, Held]
    asked: Mapping[AccountKey, Chf]
    books: Mapping[tuple[int, int], Books]


@dataclass(frozen=True, slots=True)
class Fought:
    """What is taken before the money, in this order: each update changes `rows` rows, or all is lost.

    `values` are those of the updates' parameters, whose names begin with `of_`.
    """

    updates: tuple[Update, ...]
    values: Mapping[str, object]
    rows: int


def engagement_faults(work: Work, legs: Sequence[Leg]) -> list[Refusal]:
    """What the lines cannot bear of these legs now: every reason, nothing booked, nobody kept waiting."""
    wanted = worth(legs)
    try:
        books = require_open(work, wanted)
    except Refusal as no:
        return list(no.reasons)
    held = standing(work, keys_of(ENGAGEMENT, wanted))
    empty = {key: Held(0, Chf(), floored=_floored(key, books)) for key in keys_of(ENGAGEMENT, wanted)}
    return judged(work, ENGAGEMENT, wanted, empty | held, books, locking=False)[2]


def prepare_engagement(work: Work, legs: Sequence[Leg], source: Source) -> Engagement:
    """Write down an engagement of one or several lines; `engage_prepared` moves its money at the very end.

    Nothing is locked. Refuses as `engage`, from what stands now.
    """
    wanted = worth(legs)
    if (before := same_key(work, ENGAGEMENT, wanted, source)) is not None:
        return Engagement(before, (), (), {}, {}, {})
    books = require_open(work, wanted)
    accounts = opened(work, keys_of(ENGAGEMENT, wanted))
    asked, _, faults = judged(work, ENGAGEMENT, wanted, accounts, books, locking=False)
    refuse(faults)
    entry = note_entry(work, ENGAGEMENT, source)
    return Engagement(
        entry, tuple(wanted), tuple(moves_of(ENGAGEMENT, wanted, accounts)), accounts, asked, books
    )


def engage_prepared(work: Work, ready: Engagement, first: Fought) -> LedgerEntry:
    """Take what is fought over and move the money, in one statement: all of it, or Lost.

    Whatever else belongs to the act is written before: what is taken here is held until the transaction ends.
    """
    connection = work.session.connection()
    try:
        if connection.dialect.name == "postgresql" and ready.moves:
            totals = _at_once(work, ready, first)
        else:
            totals = _in_turn(work, ready, first)
    except IntegrityError as clash:
        if any(mark in str(clash.orig) for mark in _FOUGHT):
            raise Lost from clash
        raise
    _warn(work, ready, totals)
    return ready.entry


def _at_once(work: Work, ready: Engagement, first: Fought) -> dict[int, Chf]:
    """The one statement of PostgreSQL; the totals that the accounts held before, by id."""
    wanted = {account for move in ready.moves for account in move[:2]}
    values: dict[str, object] = {**first.values, "rows": first.rows, "accounts": len(wanted)}
    values |= {f"account_{at}": account for at, account in enumerate(sorted(wanted))}
    for at, row in enumerate(rows_of(work, ready.entry, ready.moves)):
        values |= {f"{name}_{at}": value for name, value in row.items()}
    found = _statement(first.updates, len(ready.moves), len(wanted)).read(work.session.connection(), values)
    if len(found) != len(wanted):
        raise Lost
    return {row[0]: row[1] for row in found}


@cache
def _statement(updates: tuple[Update, ...], moves: int, accounts: int) -> Ready:
    """Each update after the one before, the accounts by id, the movements; gives back the accounts."""
    before: Any = None
    for at, one in enumerate(updates):
        before = _if_all(one, before, "rows").returning(_ONE.label("one")).cte(f"taken_{at}")
    held = (
        select(col(BudgetAccount.id), col(BudgetAccount.total))
        .where(col(BudgetAccount.id).in_([bindparam(f"account_{at}") for at in range(accounts)]))
        .order_by(col(BudgetAccount.id))
        .with_for_update(key_share=True)
    )
    locked = _if_all(held, before, "rows").cte("locked")
    columns = [one for one in Movement.__table__.columns if one.name != "id"]  # type: ignore[attr-defined]
    rows = [
        _if_all(
            select(*(bindparam(f"{one.name}_{at}", type_=one.type) for one in columns)), locked, "accounts"
        )
        for at in range(moves)
    ]
    moved = insert(Movement).from_select(columns, union_all(*rows) if moves > 1 else rows[0]).cte("moved")
    return Ready(select(locked.c.id, locked.c.total).add_cte(moved))


def _if_all(statement: Any, before: Any, number: str) -> Any:  # noqa: ANN401 - UPDATE and SELECT alike
    """The statement, where the step before has all its rows."""
    if before is None:
        return statement
    return statement.where(select(func.count()).select_from(before).scalar_subquery() == bindparam(number))


def _in_turn(work: Work, ready: Engagement, first: Fought) -> dict[int, Chf]:
    """The same, one after the other: for the single writer of SQLite, and where no money is moved."""
    connection = work.session.connection()
    for one in first.updates:
        if connection.execute(one, first.values).rowcount != first.rows:
            raise Lost
    if ready.moves:
        connection.execute(
            insert(Movement).returning(col(Movement.id)), rows_of(work, ready.entry, ready.moves)
        )
    return {held.id: held.total for held in ready.accounts.values()}


def _warn(work: Work, ready: Engagement, totals: Mapping[int, Chf]) -> None:
    """Tell of what is nearly used, from the totals as they were taken; mostly there is nothing to tell."""
    left = {key[:2]: totals[ready.accounts[key].id] - sum_ for key, sum_ in ready.asked.items()}
    near = [
        books
        for place, books in ready.books.items()
        if place in left
        and books.year.hard
        and at_mark(books.granted - left[place], books.granted, books.year.warn_permille)
    ]
    for books in near:
        work.session.refresh(books.year)
    caps = {}
    if any(one.capped for one in ready.books.values()):  # what was moved is in them by now
        caps = dict.fromkeys(
            capped(work, ready.legs, labels_of(work, {leg.line_id for leg in ready.legs})), Chf()
        )
    if near or caps:
        told_once(work, ready.books, left, caps)


def _floored(key: AccountKey, books: Mapping[tuple[int, int], Books]) -> bool:
    return key[2] is not Stage.AVAILABLE or books[key[:2]].year.hard


__all__ = ["Engagement", "Fought", "Lost", "engage_prepared", "engagement_faults", "prepare_engagement"]
