"""Seats in both bodies: the GP CII designates, the group invites its guests."""

from dataclasses import asdict, dataclass, field
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from cii.access.queries import account_by_ref, seats_of
from cii.coordination.members import member_by_ref
from cii.coordination.queries import bodies_of
from cii.coordination.rules_members import (
    SeatedElsewhere,
    SeatEnded,
    SeatTaken,
    SeatTooShort,
    SteeringAppoints,
    may_appoint,
    overlapping,
    seat_of,
    standing_faults,
)
from cii.coordination.tables_members import BodyMember
from cii.coordination.vocabulary import Body, Standing
from cii.institutions.queries import institution_by_code, units
from cii.journal.actions import wrote
from cii.kernel.digest import plain
from cii.kernel.errors import NotAllowed, Refusal, refuse
from cii.store.work import Work


@dataclass(frozen=True)
class AppointMember:
    """A seat in a body from a day on: an institution (code) and who sits for it (account ref), or a guest."""

    body: Body
    standing: Standing
    valid_from: date
    institution: str | None = None
    account: str | None = None
    function: str = field(default="", metadata={"max": 120})


def appoint_member(work: Work, ask: AppointMember) -> BodyMember:
    """Give a seat.

    Refuses: NotAllowed, SteeringAppoints, UnknownThing; all at once NotPermanent, AlwaysPermanent,
    InstitutionMissing, GuestUnknown, SeatedElsewhere, SeatTaken.
    """
    _mine(work, ask.body, ask.standing)
    institution = institution_by_code(work, ask.institution) if ask.institution else None
    account = account_by_ref(work, ask.account) if ask.account else None
    faults: list[Refusal] = standing_faults(
        ask.body, ask.standing, institution.code if institution else None, with_account=account is not None
    )
    if institution is not None and account is not None:
        own = {one.id for one in units(work, institution_id=institution.id)}
        if not own & seats_of(work, [account.id or 0]).get(account.id or 0, frozenset()):
            faults.append(SeatedElsewhere(field="account", institution=institution.code))
    seat = seat_of(
        ask.body, ask.standing, institution.id if institution else None, account.id if account else None
    )
    held = work.session.scalars(select(BodyMember).where(col(BodyMember.seat) == seat))
    if not faults and any(overlapping(ask.valid_from, None, one.valid_from, one.valid_to) for one in held):
        faults.append(SeatTaken(field="valid_from"))
    refuse(faults)
    row = BodyMember(
        body=ask.body,
        standing=ask.standing,
        institution_id=institution.id if institution else None,
        account_id=account.id if account else None,
        function=ask.function,
        seat=seat,
        valid_from=ask.valid_from,
        recorded_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    told = {name: plain(value) for name, value in asdict(ask).items()}
    wrote(work, "body_member.appoint", "body_member", row.id, ref=row.ref, payload=told)
    return row


@dataclass(frozen=True)
class EndMember:
    """A seat ends: `valid_to` is the first day without."""

    member_ref: str
    valid_to: date


def end_member(work: Work, ask: EndMember) -> BodyMember:
    """End a seat, once. Refuses: UnknownThing, NotAllowed, SteeringAppoints, SeatEnded, SeatTooShort."""
    row = member_by_ref(work, ask.member_ref)
    _mine(work, row.body, row.standing)
    if row.valid_to is not None:
        raise SeatEnded(field="valid_to", day=row.valid_to)
    if ask.valid_to <= row.valid_from:
        raise SeatTooShort(field="valid_to", day=row.valid_from)
    row.valid_to = ask.valid_to
    work.session.add(row)
    work.session.flush()
    wrote(
        work, "body_member.end", "body_member", row.id, ref=row.ref,
        payload={"valid_to": plain(ask.valid_to)},
    )  # fmt: skip
    return row


def _mine(work: Work, body: Body, standing: Standing) -> None:
    bodies = bodies_of(work.actor)
    if not may_appoint(bodies, body, standing):
        raise SteeringAppoints if bodies else NotAllowed
