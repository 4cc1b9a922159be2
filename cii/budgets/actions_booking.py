"""How an entry is booked: whole or not at all, with every reason when not.

Accounts are locked in the order of their ids. A repeat with the same key books nothing and returns the first
entry. The database carries the movements into the totals (`guards`).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, insert, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as lite_insert
from sqlalchemy.orm import aliased
from sqlmodel import col

from cii.budgets.actions_warning import Books, told_once
from cii.budgets.queries_ceilings import caps_over
from cii.budgets.rules import (
    BudgetYearClosed,
    BudgetYearMissing,
    Cap,
    LedgerKeyReused,
    Pocket,
    caps_exceeded,
    shortfalls,
)
from cii.budgets.tables import BudgetAccount, BudgetYear, LedgerEntry, Movement
from cii.budgets.tables_ceilings import BudgetCeiling
from cii.budgets.vocabulary import CHAIN, TRANSFERS, EntryKind, Stage, YearState
from cii.institutions.queries import line_facts
from cii.kernel.errors import Refusal, refuse
from cii.kernel.money import Chf
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class Leg:
    """One part of an entry: so much of a line's year, for an agreement; `effective_on` says the year."""

    line_id: int
    agreement_id: int | None
    amount: Chf
    effective_on: date
    origin_on: date | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """What caused an entry; `key` is unique for the act, so that a repeat books nothing."""

    kind: str
    id: int
    key: str


AccountKey = tuple[int, int, Stage, int | None]
"""Line, year, stage, agreement."""


class Held(NamedTuple):
    """A locked account: what it holds and whether it has a floor."""

    id: int
    total: Chf
    floored: bool


Move = tuple[int, int, Chf, date, date | None, int | None]
"""Debit, credit, amount, effective on, origin, reversed movement."""


def book(
    work: Work, kind: EntryKind, legs: Sequence[Leg], source: Source, *, reason: str | None = None
) -> LedgerEntry:
    """Book one event: each leg moves its sum along the table of transfers, all or nothing."""
    wanted = worth(legs)
    if (before := same_key(work, kind, wanted, source)) is not None:
        return before
    books = require_open(work, wanted)
    accounts = locked(work, keys_of(kind, wanted))
    caps, faults = judged(work, kind, wanted, accounts, books)
    refuse(faults)
    made = write_entry(work, kind, moves_of(kind, wanted, accounts), source, reason=reason)
    if kind is EntryKind.ENGAGEMENT:
        left = {key[:2]: accounts[key].total - sum_ for key, sum_ in asked_of(kind, wanted).items()}
        told_once(work, books, left, caps)
    return made


def worth(legs: Sequence[Leg]) -> list[Leg]:
    """The legs that move something."""
    if any(leg.amount.centimes < 0 for leg in legs):
        raise ValueError("a leg moves a positive sum; the kind of event says which way")
    return [leg for leg in legs if leg.amount]


def keys_of(kind: EntryKind, legs: Sequence[Leg]) -> list[AccountKey]:
    """The accounts that an event touches."""
    return [_key(leg, stage) for leg in legs for stage in TRANSFERS[kind]]


def moves_of(kind: EntryKind, legs: Sequence[Leg], accounts: Mapping[AccountKey, Held]) -> list[Move]:
    """What each leg moves between these accounts."""
    debit, credit = TRANSFERS[kind]
    return [
        (
            accounts[_key(leg, debit)].id,
            accounts[_key(leg, credit)].id,
            leg.amount,
            leg.effective_on,
            leg.origin_on,
            None,
        )
        for leg in legs
    ]


def asked_of(kind: EntryKind, legs: Sequence[Leg]) -> dict[AccountKey, Chf]:
    """What an event takes from each account, all legs together."""
    asked: dict[AccountKey, Chf] = {}
    for leg in legs:
        taken = _key(leg, TRANSFERS[kind][0])
        asked[taken] = asked.get(taken, Chf(0)) + leg.amount
    return asked


def judged(
    work: Work,
    kind: EntryKind,
    legs: Sequence[Leg],
    accounts: Mapping[AccountKey, Held],
    books: Mapping[tuple[int, int], Books],
    *,
    locking: bool = True,
) -> tuple[dict[Cap, Chf], list[Refusal]]:
    """What is asked under each ceiling, and every reason against it and against what is asked of accounts.

    `locking`: the ceilings are locked as they are read, as the accounts were.
    """
    asked = asked_of(kind, legs)
    labels = labels_of(work, {leg.line_id for leg in legs})
    faults = shortfalls(
        {
            Pocket(key[2], labels[key[0]], key[1], accounts[key].total, accounts[key].floored): sum_
            for key, sum_ in asked.items()
        },
        reduction=kind is EntryKind.REDUCTION,
    )
    binds = kind is EntryKind.ENGAGEMENT and any(one.capped for one in books.values())
    caps = capped(work, legs, labels, locking=locking) if binds else {}
    return caps, [*faults, *caps_exceeded(caps)]


def capped(
    work: Work, legs: Sequence[Leg], labels: Mapping[int, str], *, locking: bool = True
) -> dict[Cap, Chf]:
    """What is asked under each ceiling of these years: its agreement's legs, or its measure's."""
    asked: dict[Cap, Chf] = {}
    years = {(leg.line_id, leg.effective_on.year) for leg in legs}
    if not years:
        return {}
    for cap, line, agreements in caps_over(work, years, labels, locking=locking):
        sum_ = Chf.total(
            leg.amount
            for leg in legs
            if (leg.line_id, leg.effective_on.year) == (line, cap.year) and leg.agreement_id in agreements
        )
        if sum_:
            asked[cap] = sum_
    return asked


def write_entry(
    work: Work,
    kind: EntryKind,
    moves: Sequence[Move],
    source: Source,
    *,
    reason: str | None,
    asked_by: int | None = None,
    kinds: Sequence[EntryKind] = (),
) -> LedgerEntry:
    """One entry and its movements; `asked_by` is who asked, when another approves.

    `kinds` are those of the movements where they are not the entry's own.
    """
    entry = LedgerEntry(
        key=source.key,
        kind=kind,
        source_kind=source.kind,
        source_id=source.id,
        reason=reason,
        actor=work.actor.name,
        account_id=asked_by or work.actor.account_id,
        approved_by=work.actor.account_id if asked_by else None,
        booked_at=work.now,
    )
    work.session.add(entry)
    work.session.flush()
    if moves:  # with what it returns, the rows of an entry reach PostgreSQL as one statement, its guard once
        work.session.execute(
            insert(Movement).returning(col(Movement.id)),
            rows_of(work, entry.id or 0, entry.key, moves, kinds or [kind] * len(moves)),
        )
    return entry


def rows_of(
    work: Work, entry_id: int, key: str, moves: Sequence[Move], kinds: Sequence[EntryKind]
) -> list[dict[str, object]]:
    """The movements of an entry as rows."""
    return [
        {
            "entry_id": entry_id,
            "key": f"{key}/{number}",
            "kind": kinds[number - 1],
            "debit_id": debit,
            "credit_id": credit,
            "amount": amount,
            "effective_on": effective_on,
            "origin_on": origin_on,
            "booked_at": work.now,
            "reverses": reverses,
        }
        for number, (debit, credit, amount, effective_on, origin_on, reverses) in enumerate(moves, 1)
    ]


def _key(leg: Leg, stage: Stage) -> AccountKey:
    return leg.line_id, leg.effective_on.year, stage, leg.agreement_id if stage in CHAIN else None


def same_key(work: Work, kind: EntryKind, legs: Sequence[Leg], source: Source) -> LedgerEntry | None:
    """The entry booked before under this key; refuses LedgerKeyReused when it says something else."""
    found = work.session.scalars(select(LedgerEntry).where(col(LedgerEntry.key) == source.key)).first()
    if found is None:
        return None
    debit, credit = aliased(BudgetAccount), aliased(BudgetAccount)
    agreement = func.coalesce(col(debit.agreement_id), col(credit.agreement_id), 0)
    booked = work.session.execute(
        select(col(debit.line_id), agreement, col(Movement.amount), col(Movement.effective_on))
        .join(debit, col(debit.id) == col(Movement.debit_id))
        .join(credit, col(credit.id) == col(Movement.credit_id))
        .where(col(Movement.entry_id) == found.id)
    )
    same = sorted(tuple(row) for row in booked) == sorted(
        (leg.line_id, leg.agreement_id or 0, leg.amount, leg.effective_on) for leg in legs
    )
    if found.kind is not kind or not same:
        raise LedgerKeyReused(key=source.key)
    return found


def year_of(work: Work, line_id: int, year: int) -> BudgetYear | None:
    """The books of a line's year, or None."""
    return work.session.scalars(
        select(BudgetYear).where(col(BudgetYear.line_id) == line_id, col(BudgetYear.year) == year)
    ).first()


def require_open(work: Work, legs: Sequence[Leg]) -> dict[tuple[int, int], Books]:
    """The open books of each year touched; refuses BudgetYearMissing and BudgetYearClosed, all at once."""
    wanted = sorted({(leg.line_id, leg.effective_on.year) for leg in legs})
    if not wanted:
        return {}
    pair = tuple_(col(BudgetYear.line_id), col(BudgetYear.year))
    grant = aliased(BudgetAccount)
    capped = select(col(BudgetCeiling.id)).where(
        col(BudgetCeiling.line_id) == col(BudgetYear.line_id), col(BudgetCeiling.year) == col(BudgetYear.year)
    )
    of_grant = and_(
        col(grant.line_id) == col(BudgetYear.line_id),
        col(grant.year) == col(BudgetYear.year),
        col(grant.stage) == Stage.GRANT,
    )
    known = {
        (books.line_id, books.year): Books(books, Chf(-(total.centimes if total else 0)), capped_)
        for books, total, capped_ in work.session.execute(
            select(BudgetYear, col(grant.total), capped.exists())
            .outerjoin(grant, of_grant)
            .where(pair.in_(wanted))
            .execution_options(populate_existing=True)
        )
    }
    labels = labels_of(work, {line for line, _ in wanted})
    faults: list[Refusal] = []
    for line, year in wanted:
        if (line, year) not in known:
            faults.append(BudgetYearMissing(line=labels[line], year=year))
        elif known[line, year].year.state is YearState.CLOSED:
            faults.append(BudgetYearClosed(line=labels[line], year=year))
    refuse(faults)
    return known


def labels_of(work: Work, line_ids: set[int]) -> dict[int, str]:
    """The codes of funding lines, which name them to the reader."""
    rows = work.session.execute(
        select(line_facts.c.line_id, line_facts.c.code).where(line_facts.c.line_id.in_(line_ids))
    )
    return {row[0]: row[1] for row in rows}


def locked(work: Work, keys: Collection[AccountKey]) -> dict[AccountKey, Held]:
    """The accounts of these keys, opened where missing, locked in the order of their ids."""
    wanted = set(keys)
    if not wanted:
        return {}
    _open_missing(work, wanted, standing(work, wanted))
    return _read(work, _accounts(wanted).with_for_update())


def opened(work: Work, keys: Collection[AccountKey]) -> dict[AccountKey, Held]:
    """The accounts of these keys as they stand, opened where missing; nobody is kept from them."""
    known = standing(work, keys)
    if _open_missing(work, set(keys), known):
        known = standing(work, keys)
    return known


def standing(work: Work, keys: Collection[AccountKey]) -> dict[AccountKey, Held]:
    """Those accounts of these keys that there are, as they stand."""
    return _read(work, _accounts(keys)) if keys else {}


def _open_missing(work: Work, wanted: set[AccountKey], known: Collection[AccountKey]) -> int:
    missing = wanted - set(known)
    for key in sorted(missing, key=lambda one: (*one[:2], list(Stage).index(one[2]), one[3] or 0)):
        _open_account(work, key)
    return len(missing)


def _accounts(keys: Collection[AccountKey]) -> Select[Any]:
    shown: tuple[Any, ...] = (
        BudgetAccount.line_id, BudgetAccount.year, BudgetAccount.stage, BudgetAccount.agreement_id,
        BudgetAccount.id, BudgetAccount.total, BudgetAccount.floored,
    )  # fmt: skip
    return select(*map(col, shown)).where(_any_of(keys)).order_by(col(BudgetAccount.id))


def _read(work: Work, rows: Select[Any]) -> dict[AccountKey, Held]:
    return {
        (row[0], row[1], row[2], row[3]): Held(row[4], row[5], row[6]) for row in work.session.execute(rows)
    }


def _any_of(keys: Collection[AccountKey]) -> ColumnElement[bool]:
    return or_(
        *(
            and_(
                col(BudgetAccount.line_id) == line,
                col(BudgetAccount.year) == year,
                col(BudgetAccount.stage) == stage,
                col(BudgetAccount.agreement_id) == agreement
                if agreement is not None
                else col(BudgetAccount.agreement_id).is_(None),
            )
            for line, year, stage, agreement in keys
        )
    )


def _open_account(work: Work, key: AccountKey) -> None:
    """Open an account at zero; another transaction may have done it meanwhile."""
    line, year, stage, agreement = key
    books = year_of(work, line, year)
    floored = stage in CHAIN or (stage is Stage.AVAILABLE and books is not None and books.hard)
    made = {
        "line_id": line, "year": year, "stage": stage, "agreement_id": agreement, "floored": floored,
        "total": Chf(0),
    }  # fmt: skip
    postgres = work.session.get_bind().dialect.name == "postgresql"
    fresh = pg_insert(BudgetAccount) if postgres else lite_insert(BudgetAccount)
    work.session.execute(fresh.values(**made).on_conflict_do_nothing())
