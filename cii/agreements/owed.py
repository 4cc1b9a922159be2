"""What the provider of an agreement is to hand in: dates laid down and taken out, and those that bind."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select
from sqlmodel import col

from cii.agreements.queries import own_sector, visible_to
from cii.agreements.rules import UNBOUND
from cii.agreements.tables import Agreement, Deliverable, Provider
from cii.agreements.vocabulary import DeliverableKind, Frequency
from cii.kernel.clock import local_day
from cii.kernel.errors import UnknownThing
from cii.store.work import Actor, Work


def still_owed() -> ColumnElement[bool]:
    """A deliverable that is to come in, in a statement that joins it to its agreement.

    Owed since the agreement is in force, and beyond its end: a final account comes in months later.
    """
    return and_(
        col(Deliverable.received_at).is_(None),
        col(Deliverable.waived_at).is_(None),
        col(Agreement.state).not_in(UNBOUND),
    )


def is_awaited(one: Deliverable) -> bool:
    """Whether a deliverable of an agreement that binds has neither come in nor been waived."""
    return one.received_at is None and one.waived_at is None


def deliverables_overdue(day: date) -> Select[Any]:
    """What was due before that day and is still owed: id, ref, agreement_id, due_on, unit_id."""
    shown: list[Any] = [
        col(Deliverable.id).label("id"),
        col(Deliverable.ref).label("ref"),
        col(Deliverable.agreement_id).label("agreement_id"),
        col(Deliverable.due_on).label("due_on"),
        col(Provider.unit_id).label("unit_id"),
    ]
    return (
        select(*shown)
        .join(Agreement, col(Agreement.id) == col(Deliverable.agreement_id))
        .join(Provider, col(Provider.id) == col(Agreement.provider_id))
        .where(
            still_owed(),
            col(Deliverable.due_on) < day,
        )
        .order_by(col(Deliverable.id))
    )


def deliverables_of(
    agreement_ids: Iterable[int], kinds: Iterable[DeliverableKind], first: date, until: date
) -> Select[Any]:
    """What these agreements owe of these kinds from `first` on and before `until`, by date.

    Rows: ref, agreement_id, kind, due_on, received_at. What was waived is not among them.
    """
    shown: list[Any] = [
        col(Deliverable.ref),
        col(Deliverable.agreement_id),
        col(Deliverable.kind),
        col(Deliverable.due_on),
        col(Deliverable.received_at),
    ]
    return (
        select(*shown)
        .where(
            col(Deliverable.agreement_id).in_(set(agreement_ids)),
            col(Deliverable.kind).in_(list(kinds)),
            col(Deliverable.due_on) >= first,
            col(Deliverable.due_on) < until,
            col(Deliverable.waived_at).is_(None),
        )
        .order_by(col(Deliverable.due_on), col(Deliverable.id))
    )


def owed_seen(actor: Actor, *, own: bool = False) -> Select[Any]:
    """What is owed under agreements that the actor may see; `own`: that its own sector pays or it prepared.

    Columns: id, ref, agreement_id, kind, frequency, due_on, received_at, waived_at, agreement_ref, number,
    unit_id (of the provider).
    """
    shown: list[Any] = [
        col(Deliverable.id),
        col(Deliverable.ref),
        col(Deliverable.agreement_id),
        col(Deliverable.kind),
        col(Deliverable.frequency),
        col(Deliverable.due_on),
        col(Deliverable.received_at),
        col(Deliverable.waived_at),
        col(Agreement.ref).label("agreement_ref"),
        col(Agreement.number),
        col(Provider.unit_id),
    ]
    query = (
        select(*shown)
        .join(Agreement, col(Agreement.id) == col(Deliverable.agreement_id))
        .join(Provider, col(Provider.id) == col(Agreement.provider_id))
        .where(visible_to(actor), col(Agreement.state).not_in(UNBOUND))
    )
    if own:
        mine = [own_sector(actor)]
        if actor.account_id is not None:
            mine.append(col(Agreement.prepared_by) == actor.account_id)
        query = query.where(or_(*mine))
    return query


def owed_of(work: Work, agreement_id: int) -> list[Deliverable]:
    """What an agreement owes, by date; the caller started its read."""
    wanted = select(Deliverable).where(col(Deliverable.agreement_id) == agreement_id)
    return list(work.session.scalars(wanted.order_by(col(Deliverable.due_on), col(Deliverable.id))))


def overdue(work: Work, agreement_ids: Iterable[int]) -> list[Deliverable]:
    """What is late today under those of the agreements that bind or bound, by date; no visibility."""
    found = work.session.scalars(
        select(Deliverable)
        .join(Agreement, col(Agreement.id) == col(Deliverable.agreement_id))
        .where(
            col(Deliverable.agreement_id).in_(set(agreement_ids)),
            still_owed(),
            col(Deliverable.due_on) < work.today,
        )
        .order_by(col(Deliverable.due_on), col(Deliverable.id))
    )
    return list(found)


def last_received(work: Work, agreement_ids: Iterable[int]) -> dict[int, date]:
    """The day on which something owed last came in, by agreement; the caller started its read."""
    rows = work.session.execute(
        select(col(Deliverable.agreement_id), func.max(col(Deliverable.received_at)))
        .where(
            col(Deliverable.agreement_id).in_(set(agreement_ids)), col(Deliverable.received_at).is_not(None)
        )
        .group_by(col(Deliverable.agreement_id))
    )
    return {row[0]: local_day(row[1]) for row in rows}


def owed_bound(work: Work, ref: str) -> tuple[Deliverable, Agreement]:
    """A deliverable with its agreement, when the actor may see it and it binds; refuses UnknownThing."""
    found = work.session.execute(
        select(Deliverable, Agreement)
        .join(Agreement, col(Agreement.id) == col(Deliverable.agreement_id))
        .where(col(Deliverable.ref) == ref, visible_to(work.actor), col(Agreement.state).not_in(UNBOUND))
    ).first()
    if found is None:
        raise UnknownThing(field="deliverable_ref")
    return found[0], found[1]


def owed_dates(work: Work, agreement_id: int, kind: DeliverableKind) -> frozenset[date]:
    """The dates on which a kind of deliverable is due under the agreement."""
    wanted = select(col(Deliverable.due_on)).where(
        col(Deliverable.agreement_id) == agreement_id, col(Deliverable.kind) == kind
    )
    return frozenset(work.session.scalars(wanted))


def owed_by_ref(work: Work, agreement_id: int, ref: str) -> Deliverable:
    """The deliverable of this agreement; refuses UnknownThing."""
    found = work.session.scalars(
        select(Deliverable).where(col(Deliverable.agreement_id) == agreement_id, col(Deliverable.ref) == ref)
    ).first()
    if found is None:
        raise UnknownThing(field="deliverable_ref")
    return found


def add_owed(
    work: Work, agreement_id: int, kind: DeliverableKind, frequency: Frequency, dates: Iterable[date]
) -> None:
    """Lay down one row per date."""
    for day in dates:
        work.session.add(Deliverable(agreement_id=agreement_id, kind=kind, frequency=frequency, due_on=day))
    work.session.flush()


def remove_owed(work: Work, row: Deliverable) -> None:
    """Take a date of an open agreement out."""
    work.session.delete(row)
    work.session.flush()


def hand_over(work: Work, agreement_id: int, from_day: date) -> None:
    """Take out what is due from that day on and has not come in: another agreement asks for it."""
    work.session.execute(
        delete(Deliverable).where(
            col(Deliverable.agreement_id) == agreement_id,
            col(Deliverable.due_on) >= from_day,
            col(Deliverable.received_at).is_(None),
            col(Deliverable.waived_at).is_(None),
        )
    )
