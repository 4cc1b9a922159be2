"""Accounts, seats and visibility grants; entering itself stands in `entering.py` and is offered here too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select

from cii.access.entering import (
    LinkClosed,
    TooManyAttempts,
    WrongPassword,
    count_attempt,
    enter,
    log_in,
    log_out,
    make_link,
    open_link,
    revoke_link,
)
from cii.access.passwords import hashed
from cii.access.queries import resolve_actor
from cii.access.tables import AccessGrant, Account, LoginSession, Membership
from cii.access.vocabulary import NOTHING, Relation, Role, Section
from cii.journal.actions import wrote
from cii.kernel.errors import Refusal
from cii.store.work import Work

SHORTEST_PASSWORD = 12
OWN_CASE = "own_case"
"""The basis on which a unit sees its own case (`people.vocabulary.Basis.OWN_CASE`)."""


class AddressTaken(Refusal):
    """Another account has this address."""

    code, kind = "address-taken", "conflict"


class PasswordTooShort(Refusal):
    """A password needs at least twelve characters."""

    code, kind = "password-too-short", "unfit"


@dataclass(frozen=True)
class AddAccount:
    """A new account; without a password it cannot log in yet."""

    email: str
    name: str
    lang: str = "fr"
    password: str | None = None


def add_account(work: Work, ask: AddAccount) -> Account:
    """Open an account; refuses AddressTaken, PasswordTooShort."""
    email = ask.email.strip().lower()
    if work.session.exec(select(Account.id).where(col(Account.email) == email)).first() is not None:
        raise AddressTaken(field="email")
    row = Account(email=email, name=ask.name, lang=ask.lang, created_at=work.now)
    if ask.password is not None:
        row.password_hash = _checked(ask.password)
    work.session.add(row)
    work.session.flush()
    wrote(work, "add_account", "account", row.id, ref=row.ref)
    return row


def set_password(work: Work, account: Account, password: str) -> None:
    """Give the account a new password and end all its sessions; refuses PasswordTooShort."""
    account.password_hash = _checked(password)
    work.session.add(account)
    _end_sessions(work, account)
    wrote(work, "set_password", "account", account.id, ref=account.ref)


def close_account(work: Work, account: Account) -> None:
    """The account can no longer enter; its open sessions end with it."""
    account.active = False
    work.session.add(account)
    _end_sessions(work, account)
    wrote(work, "close_account", "account", account.id, ref=account.ref)


def _end_sessions(work: Work, account: Account) -> None:
    open_ones = select(LoginSession).where(
        col(LoginSession.account_id) == account.id, col(LoginSession.ended_at).is_(None)
    )
    for row in work.session.exec(open_ones):
        row.ended_at = work.now
        work.session.add(row)
    work.session.flush()


def _checked(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort(field="password", least=SHORTEST_PASSWORD)
    return hashed(password)


def add_membership(
    work: Work,
    account: Account,
    unit_id: int,
    role: Role,
    *,
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Membership:
    """Give the account a seat in the unit with that role, from today when no date is named."""
    row = Membership(
        account_id=account.id or 0,
        unit_id=unit_id,
        role=role,
        valid_from=valid_from or work.today,
        valid_to=valid_to,
    )
    work.session.add(row)
    work.session.flush()
    wrote(
        work,
        "add_membership",
        "account",
        account.id,
        ref=account.ref,
        unit_id=unit_id,
        payload={"role": role},
    )
    return row


def end_membership(work: Work, membership: Membership) -> None:
    """The seat ends today; its rights are gone with the next request."""
    membership.valid_to = max(work.today, membership.valid_from)
    work.session.add(membership)
    work.session.flush()
    wrote(work, "end_membership", "account", membership.account_id, unit_id=membership.unit_id)


def grant(
    work: Work,
    *,
    unit_id: int | None = None,
    account_id: int | None = None,
    person_id: int | None = None,
    case_id: int | None = None,
    reads: int,
    writes: int = NOTHING,
    basis: str,
    cause: str,
    relation: Relation | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> AccessGrant:
    """Open sections of a case or person to a unit, an account, or (neither named) the bearer of a link.

    `cause` names the row that causes it, as in `party:12`; the room that writes the cause closes the grant in
    the same transaction. Left out, `relation` is OWN for the basis own_case, else PARTY. `writes` are cut to
    `reads`.
    """
    row = AccessGrant(
        unit_id=unit_id,
        account_id=account_id,
        person_id=person_id,
        case_id=case_id,
        relation=relation or (Relation.OWN if basis == OWN_CASE else Relation.PARTY),
        reads=int(reads),
        writes=int(writes) & int(reads),
        basis=str(basis),
        cause=cause,
        valid_from=since or work.now,
        valid_until=until,
    )
    work.session.add(row)
    work.session.flush()
    wrote(
        work,
        "grant",
        "access_grant",
        row.id,
        ref=row.ref,
        case_id=case_id,
        person_id=person_id,
        basis=row.basis,
        payload={
            "unit": unit_id,
            "account": account_id,
            "reads": row.reads,
            "writes": row.writes,
            "cause": cause,
        },
    )
    return row


def close_grants(
    work: Work,
    *,
    cause: str | None = None,
    case_id: int | None = None,
    person_id: int | None = None,
    unit_id: int | None = None,
    account_id: int | None = None,
    basis: str | None = None,
    but_units: Sequence[int] = (),
) -> int:
    """Close the open grants that meet all named conditions, at once; returns how many.

    At least one condition must be named: a call without any is a fault of the program.
    """
    named = {
        "cause": cause, "case_id": case_id, "person_id": person_id, "unit_id": unit_id, "basis": basis,
        "account_id": account_id,
    }  # fmt: skip
    conditions: list[ColumnElement[bool]] = [
        col(getattr(AccessGrant, name)) == value for name, value in named.items() if value is not None
    ]
    if not conditions:
        raise ValueError("which grants should close?")
    if but_units:
        conditions.append(or_(col(AccessGrant.unit_id).is_(None), col(AccessGrant.unit_id).not_in(but_units)))
    rows = work.session.exec(
        select(AccessGrant).where(col(AccessGrant.closed_at).is_(None), *conditions)
    ).all()
    for row in rows:
        row.closed_at = work.now
        work.session.add(row)
    work.session.flush()
    for row in rows:
        wrote(
            work,
            "close_grant",
            "access_grant",
            row.id,
            ref=row.ref,
            case_id=row.case_id,
            person_id=row.person_id,
            basis=row.basis,
        )
    return len(rows)


def narrow(work: Work, row: AccessGrant, *, relation: Relation, until: datetime | None = None) -> AccessGrant:
    """Replace a grant by a read-only one in another relation, as for the former lead's thirty days."""
    close_grants(work, cause=row.cause, case_id=row.case_id, unit_id=row.unit_id)
    return grant(
        work,
        unit_id=row.unit_id,
        account_id=row.account_id,
        person_id=row.person_id,
        case_id=row.case_id,
        reads=Section(row.reads),
        basis=row.basis,
        cause=row.cause,
        relation=relation,
        until=until,
    )


__all__ = [
    "AccessGrant", "AddAccount", "AddressTaken", "LinkClosed", "PasswordTooShort", "TooManyAttempts",
    "WrongPassword", "add_account", "add_membership", "close_account", "close_grants", "count_attempt",
    "end_membership", "enter", "grant", "log_in", "log_out", "make_link", "narrow", "open_link",
    "resolve_actor", "revoke_link", "set_password",
]  # fmt: skip
