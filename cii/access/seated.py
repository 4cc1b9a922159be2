"""Who sits where today: the actor of an account, and the accounts of institutions by their roles."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy import select as columns
from sqlmodel import col

from cii.access.queries import SEAT, actor_of
from cii.access.tables import Account, Membership
from cii.institutions.queries import unit_seats
from cii.store.work import Actor, Work


def _today(work: Work) -> ColumnElement[bool]:
    return and_(
        col(Account.active).is_(True),
        col(Membership.valid_from) <= work.today,
        or_(col(Membership.valid_to).is_(None), col(Membership.valid_to) > work.today),
    )


def actors(work: Work, account_ids: Iterable[int]) -> dict[int, Actor]:
    """These accounts as they would act today, in one statement; closed accounts are left out."""
    rows = work.session.execute(
        columns(
            col(Account.id), col(Account.name), col(Account.lang), *SEAT,
        )
        .join(Membership, col(Membership.account_id) == col(Account.id))
        .join(unit_seats, unit_seats.c.unit_id == col(Membership.unit_id))
        .where(col(Account.id).in_(set(account_ids)), _today(work))
        .order_by(col(Membership.id))
    ).all()  # fmt: skip
    seats: dict[int, list[tuple[object, ...]]] = {}
    known: dict[int, tuple[str, str]] = {}
    for account, name, lang, *seat in rows:
        known[account] = (name, lang)
        seats.setdefault(account, []).append(tuple(seat))
    return {id_: actor_of(id_, name, lang, seats[id_]) for id_, (name, lang) in known.items()}


@dataclass(frozen=True, slots=True)
class Seated:
    """A seat held today: whose, in which unit of which institution, with which role."""

    account_id: int
    name: str
    unit_id: int
    institution_id: int
    role: str


def everybody(work: Work) -> list[Seated]:
    """Every seat held today, by name."""
    rows = work.session.execute(
        columns(
            col(Account.id), col(Account.name), col(Membership.unit_id), unit_seats.c.institution_id,
            col(Membership.role),
        )
        .join(Membership, col(Membership.account_id) == col(Account.id))
        .join(unit_seats, unit_seats.c.unit_id == col(Membership.unit_id))
        .where(_today(work))
        .order_by(col(Account.name), col(Account.id), col(Membership.id))
    )  # fmt: skip
    return [Seated(account, name, unit, body, role.value) for account, name, unit, body, role in rows]
