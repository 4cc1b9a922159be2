"""An engagement that many want at once: written beforehand, the money moved by one last statement.

What is not fought over (reasons, entry, accounts opened) comes first and keeps nobody waiting. The last
statement takes what the caller names, then the accounts in the order of their ids, and moves the money; on
PostgreSQL it is a single one, on SQLite the writer is alone anyway. Source: money.md §2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Update,
    and_,
    bindparam,
    func,
    insert,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import aliased
from sqlmodel import col

from cii.budgets.actions_booking import (
    AccountKey,
    Held,
    Leg,
    Move,
    Source,
    asked_of,
    capped,
    judged,
    keys_of,
    labels_of,
    moves_of,
    opened,
    require_open,
    rows_of,
    same_key,
    standing,
    worth,
)
from cii.budgets.actions_warning import Books, told_once
from cii.budgets.rules import at_mark
from cii.budgets.tables import BudgetAccount, BudgetYear, LedgerEntry, Movement
from cii.budgets.tables_ceilings import BudgetCeiling
from cii.budgets.vocabulary import EntryKind, Stage, YearState
from cii.kernel.errors import Refusal, refuse
from cii.kernel.money import Chf
from cii.store.columns import new_ref
from cii.store.gates import hold, read_behind
from cii.store.ready import Ready
from cii.store.work import Work

ENGAGEMENT = EntryKind.ENGAGEMENT
_ONE: ColumnElement[Any] = literal_column("1")
_GRANT, _LEFT, _BOUND = aliased(BudgetAccount), aliased(BudgetAccount), aliased(BudgetAccount)


def _of_year(account: type[BudgetAccount], stage: Stage) -> ColumnElement[bool]:
    return and_(
        col(account.line_id) == col(BudgetYear.line_id),
        col(account.year) == col(BudgetYear.year),
        col(account.stage) == literal_column(f"'{stage.value}'"),
    )


_SHOWN: tuple[Any, ...] = (
    BudgetYear.warn_permille, _GRANT.total, _LEFT.id, _LEFT.total, _LEFT.floored, _BOUND.id, _BOUND.total,
)  # fmt: skip
_EASE_ROWS: Select[Any] = (
    select(*_SHOWN)
    .select_from(BudgetYear)
    .join(_GRANT, _of_year(_GRANT, Stage.GRANT))
    .join(_LEFT, _of_year(_LEFT, Stage.AVAILABLE))
    .join(_BOUND, _of_year(_BOUND, Stage.COMMITTED))
    .where(
        col(BudgetYear.line_id) == bindparam("line"),
        col(BudgetYear.year) == bindparam("year"),
        col(BudgetYear.state) == literal_column(f"'{YearState.OPEN.value}'"),
        col(_BOUND.agreement_id) == bindparam("agreement"),
        ~select(_ONE)
        .where(
            col(BudgetCeiling.line_id) == col(BudgetYear.line_id),
            col(BudgetCeiling.year) == col(BudgetYear.year),
        )
        .exists(),
        ~select(_ONE).where(col(LedgerEntry.key) == bindparam("key")).exists(),
    )
)
"""The books of a line's year and its accounts for an agreement, where nothing needs to be read at length."""
_EASE = Ready(_EASE_ROWS)
_ENTRY = Ready(
    insert(LedgerEntry).returning(col(LedgerEntry.id)),
    ("ref", "key", "kind", "source_kind", "source_id", "actor", "account_id", "booked_at"),
)
_FOUGHT = ("floor", "ceiling", "taken_within", "the books of this year are closed")
"""What the database says when another was quicker."""


class Lost(Exception):  # noqa: N818 - said to the caller, never to the reader
    """Another was quicker. The caller undoes its savepoint and reads its reasons anew."""


@dataclass(frozen=True, slots=True)
class Engagement:
    """An engagement whose money has not moved yet; without moves when it was booked before."""

    entry_id: int
    key: str
    legs: tuple[Leg, ...]
    moves: tuple[Move, ...]
    accounts: Mapping[AccountKey, Held]
    asked: Mapping[AccountKey, Chf]
    marks: Mapping[AccountKey, tuple[Chf, int]] | None = None
    """What is granted and when it is nearly used, where no ceiling stands beside it; None: to be read."""


@dataclass(frozen=True, slots=True)
class Fought:
    """What is taken before the money, in this order: each update changes `rows` rows, or all is lost.

    `values` are those of the updates' parameters, whose names begin with `of_`; `gate` is waited for first.
    """

    gate: str

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
    return judged(work, ENGAGEMENT, wanted, empty | held, books, locking=False)[1]


def prepare_engagement(work: Work, legs: Sequence[Leg], source: Source) -> Engagement:
    """Write down an engagement of one or several lines; `engage_prepared` moves its money at the very end.

    Nothing is locked. Refuses as `engage`, from what stands now.
    """
    wanted = worth(legs)
    asked, marks = asked_of(ENGAGEMENT, wanted), None
    if (found := _at_ease(work, wanted, asked, source.key)) is not None:
        accounts, marks = found
    else:
        if (before := same_key(work, ENGAGEMENT, wanted, source)) is not None:
            return Engagement(before.id or 0, before.key, (), (), {}, {}, {})
        books = require_open(work, wanted)
        accounts = opened(work, keys_of(ENGAGEMENT, wanted))
        refuse(judged(work, ENGAGEMENT, wanted, accounts, books, locking=False)[1])
        if not any(one.capped for one in books.values()):
            kept = {key: books[key[:2]] for key in asked}
            marks = {key: (one.granted, one.year.warn_permille) for key, one in kept.items() if one.year.hard}
    moves = moves_of(ENGAGEMENT, wanted, accounts)
    return Engagement(_noted(work, source), source.key, tuple(wanted), tuple(moves), accounts, asked, marks)


def _noted(work: Work, source: Source) -> int:
    """The entry, which moves nothing yet."""
    said = {
        "ref": new_ref(),
        "key": source.key,
        "kind": ENGAGEMENT,
        "source_kind": source.kind,
        "source_id": source.id,
        "actor": work.actor.name,
        "account_id": work.actor.account_id,
        "booked_at": work.now,
    }
    return int(_ENTRY.read(work.session.connection(), said)[0][0])


def _at_ease(
    work: Work, legs: Sequence[Leg], asked: Mapping[AccountKey, Chf], key: str
) -> tuple[dict[AccountKey, Held], dict[AccountKey, tuple[Chf, int]]] | None:
    """The accounts of these legs and the marks of their budgets, where nothing stands in the way; else None.

    Nothing does where the books are open, no ceiling stands beside them, the key is new, the accounts are
    there, and all of it keeps the budgets off their mark. The usual case; every other is read at length.
    """
    found: dict[AccountKey, Held] = {}
    marks: dict[AccountKey, tuple[Chf, int]] = {}
    for leg in legs:
        taken, bound = keys_of(ENGAGEMENT, [leg])
        rows = _EASE.read(
            work.session.connection(),
            {"line": leg.line_id, "year": leg.effective_on.year, "agreement": leg.agreement_id, "key": key},
        )
        if len(rows) != 1:
            return None
        warn, granted, own, left, floored, committed, total = rows[0]
        found |= {taken: Held(own, left, floored), bound: Held(committed, total, floored=True)}
        if not floored:
            continue
        marks[taken], rest = (-granted, warn), left - asked[taken]
        if rest < Chf() or at_mark(-granted - rest, -granted, warn):
            return None
    return found, marks


def engage_prepared(work: Work, ready: Engagement, first: Fought) -> None:
    """Take what is fought over and move the money, in one statement: all of it, or Lost.

    Whatever else belongs to the act is written before: what is taken here is held until the transaction ends.
    """
    try:
        if ready.moves and work.session.connection().dialect.name == "postgresql":
            totals = _at_once(work, ready, first)
        else:
            totals = _in_turn(work, ready, first)
    except IntegrityError as clash:
        if any(mark in str(clash.orig) for mark in _FOUGHT):
            raise Lost from clash
        raise
    _warn(work, ready, totals)


def _at_once(work: Work, ready: Engagement, first: Fought) -> dict[int, Chf]:
    """The one statement of PostgreSQL; the totals that the accounts held before, by id."""
    wanted = {account for move in ready.moves for account in move[:2]}
    values: dict[str, object] = {**first.values, "rows": first.rows, "accounts": len(wanted)}
    values |= {f"account_{at}": account for at, account in enumerate(sorted(wanted))}
    for at, row in enumerate(_rows(work, ready)):
        values |= {f"{name}_{at}": value for name, value in row.items()}
    statement = _statement(first.updates, len(ready.moves), len(wanted))
    found = read_behind(work, first.gate, statement, values)
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
    hold(work, first.gate)
    connection = work.session.connection()
    for one in first.updates:
        if connection.execute(one, first.values).rowcount != first.rows:
            raise Lost
    if ready.moves:
        connection.execute(insert(Movement).returning(col(Movement.id)), _rows(work, ready))
    return {held.id: held.total for held in ready.accounts.values()}


def _rows(work: Work, ready: Engagement) -> list[dict[str, object]]:
    return rows_of(work, ready.entry_id, ready.key, ready.moves, [ENGAGEMENT] * len(ready.moves))


def _warn(work: Work, ready: Engagement, totals: Mapping[int, Chf]) -> None:
    """Tell of what is nearly used, from the totals as they were taken; mostly there is nothing to tell."""
    left = {key: totals[ready.accounts[key].id] - sum_ for key, sum_ in ready.asked.items()}
    if ready.marks is not None and not any(
        at_mark(granted - left[key], granted, warn) for key, (granted, warn) in ready.marks.items()
    ):
        return
    books = require_open(work, ready.legs)
    caps = {}
    if any(one.capped for one in books.values()):  # what was moved is in them by now
        labels = labels_of(work, {leg.line_id for leg in ready.legs})
        caps = dict.fromkeys(capped(work, ready.legs, labels), Chf())
    told_once(work, books, {key[:2]: sum_ for key, sum_ in left.items()}, caps)


def _floored(key: AccountKey, books: Mapping[tuple[int, int], Books]) -> bool:
    return key[2] is not Stage.AVAILABLE or books[key[:2]].year.hard


__all__ = ["Engagement", "Fought", "Lost", "engage_prepared", "engagement_faults", "prepare_engagement"]
