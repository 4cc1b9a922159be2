"""What the provider of an open agreement is to hand in: dates laid down and taken out."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import delete, select
from sqlmodel import col

from cii.agreements.tables import Deliverable
from cii.agreements.vocabulary import DeliverableKind, Frequency
from cii.kernel.errors import UnknownThing
from cii.store.work import Work


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
        )
    )
