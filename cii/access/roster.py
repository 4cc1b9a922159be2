"""Accounts and their seats, as the administration reads them; nothing about cases stands here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, or_
from sqlalchemy import select as columns
from sqlmodel import col, select

from cii.access.tables import Account, LoginSession, Membership
from cii.access.vocabulary import Role
from cii.institutions.queries import UnitLabel, unit_told, with_labels
from cii.kernel.errors import UnknownThing
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class Chair:
    """A seat of an account: unit, role, from when; `until` is its first day without."""

    id: int
    unit: UnitLabel
    role: Role
    since: date
    until: date | None
    live: bool


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account as the list shows it, with the seats it holds today."""

    ref: str
    name: str
    email: str
    lang: str
    active: bool
    has_password: bool
    created_at: datetime
    last_login: datetime | None
    chairs: tuple[Chair, ...]


def accounts(work: Work, *, text: str = "", after: str = "", limit: int = 50) -> Sequence[AccountLine]:
    """Accounts whose name or address holds the text, by address; `after` is the last address shown."""
    query = _EACH.where(col(Account.email) > after)
    if text:
        wanted = text.lower()
        query = query.where(
            or_(
                func.lower(col(Account.name)).contains(wanted, autoescape=True),
                col(Account.email).contains(wanted, autoescape=True),
            )
        )
    rows = work.session.execute(query.order_by(col(Account.email)).limit(limit)).all()
    return _lines(work, rows, past=False)


def account_line(work: Work, ref: str) -> AccountLine:
    """One account with all its seats, past ones too; refuses UnknownThing."""
    found = work.session.execute(_EACH.where(col(Account.ref) == ref)).all()
    if not found:
        raise UnknownThing(field="account")
    return _lines(work, found, past=True)[0]


def membership_of(work: Work, account_ref: str, membership_id: int) -> Membership:
    """A seat of that account which has not ended; refuses UnknownThing."""
    found = work.session.exec(
        select(Membership)
        .join(Account, col(Account.id) == col(Membership.account_id))
        .where(
            col(Account.ref) == account_ref,
            col(Membership.id) == membership_id,
            or_(col(Membership.valid_to).is_(None), col(Membership.valid_to) > work.today),
        )
    ).first()
    if found is None:
        raise UnknownThing(field="membership")
    return found


_SEEN = (
    columns(func.max(col(LoginSession.created_at)))
    .where(col(LoginSession.account_id) == col(Account.id))
    .correlate(Account)
    .scalar_subquery()
)
_EACH: Any = columns(Account, _SEEN)
"""Accounts, each with its last login."""


def _lines(work: Work, rows: Sequence[Any], *, past: bool) -> list[AccountLine]:
    chairs = _chairs(work, [row.id for row, _ in rows], past=past)
    return [
        AccountLine(
            row.ref, row.name, row.email, row.lang, row.active, row.password_hash is not None,
            row.created_at, seen, tuple(chairs.get(row.id or 0, ())),
        )
        for row, seen in rows
    ]  # fmt: skip


def _chairs(work: Work, ids: Sequence[int], *, past: bool) -> dict[int, list[Chair]]:
    today = work.today
    live = and_(
        col(Membership.valid_from) <= today,
        or_(col(Membership.valid_to).is_(None), col(Membership.valid_to) > today),
    )
    query = with_labels(columns(Membership).select_from(Membership), unit=col(Membership.unit_id)).where(
        col(Membership.account_id).in_(ids)
    )
    rows = work.session.execute((query if past else query.where(live)).order_by(col(Membership.id))).all()
    found: dict[int, list[Chair]] = {}
    for told in rows:
        row, unit = told[0], unit_told(told, "unit")
        if unit is None:
            continue
        open_ = row.valid_from <= today and (row.valid_to is None or row.valid_to > today)
        chair = Chair(row.id or 0, unit, row.role, row.valid_from, row.valid_to, open_)
        found.setdefault(row.account_id, []).append(chair)
    return found
