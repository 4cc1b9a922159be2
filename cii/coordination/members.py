"""Who sits in the coordination group and in the GP CII, on a day and over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlmodel import col

from cii.access.queries import account_names
from cii.coordination.rules_members import TURN
from cii.coordination.tables_members import BodyMember
from cii.coordination.vocabulary import Body, Standing
from cii.institutions.queries import institutions
from cii.kernel.errors import UnknownThing
from cii.store.work import Work


@dataclass(frozen=True, slots=True)
class Member:
    """A seat in a body: `institution` is a code, `name` that of who takes it or else of the institution.

    `valid_to` is the first day without; none while the seat has no end.
    """

    ref: str
    body: Body
    standing: Standing
    institution: str | None
    account_id: int | None
    name: str
    function: str
    valid_from: date
    valid_to: date | None


def members(work: Work, body: Body, day: date) -> Sequence[Member]:
    """Who sits in the body on that day: the permanent ones by turn of presidency, the invited, the guests."""
    held = select(BodyMember).where(
        col(BodyMember.body) == body,
        col(BodyMember.valid_from) <= day,
        or_(col(BodyMember.valid_to).is_(None), col(BodyMember.valid_to) > day),
    )
    return _members(work, list(work.session.scalars(held)))


def members_ever(work: Work, *bodies: Body) -> Sequence[Member]:
    """All seats of these bodies, those that are over or to come too; the newest first within a seat."""
    held = select(BodyMember).where(col(BodyMember.body).in_(bodies))
    return _members(work, list(work.session.scalars(held)))


def member_by_ref(work: Work, ref: str) -> BodyMember:
    """The seat with this outward name; refuses UnknownThing."""
    found = work.session.scalars(select(BodyMember).where(col(BodyMember.ref) == ref)).first()
    if found is None:
        raise UnknownThing(field="member")
    return found


def _members(work: Work, rows: Sequence[BodyMember]) -> list[Member]:
    people = account_names(work, {row.account_id for row in rows if row.account_id is not None})
    known = {row.id: row for row in institutions(work)}
    made = []
    for row in rows:
        owner = known.get(row.institution_id)
        made.append(
            Member(
                row.ref,
                row.body,
                row.standing,
                owner.code if owner else None,
                row.account_id,
                people.get(row.account_id or 0) or (owner.name if owner else ""),
                row.function,
                row.valid_from,
                row.valid_to,
            )
        )
    made.sort(key=lambda one: one.valid_from, reverse=True)
    return sorted(made, key=_place)


def _place(one: Member) -> tuple[int, int, str]:
    turn = TURN.index(one.institution) if one.institution in TURN else len(TURN)
    return list(Standing).index(one.standing), turn, one.institution or one.name
