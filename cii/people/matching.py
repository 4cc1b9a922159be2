"""Which persons somebody means, over all units: for the house's own acts, never to be shown as it is."""

from datetime import date

from sqlmodel import col, select

from cii.people.tables import Identity, Person
from cii.store.work import Work


def persons_meant(
    work: Work, *, avs_hash: str | None = None, folded: str | None = None, birth: date | None = None
) -> tuple[int, ...]:
    """Persons with that keyed hash, or whom any unit knows by exactly that name and birth date, by row."""
    if avs_hash is not None:
        found = work.session.exec(select(Person.id).where(col(Person.avs_hash) == avs_hash))
        return tuple(one for one in found if one is not None)
    if not folded or birth is None:
        return ()
    return tuple(
        work.session.exec(
            select(Identity.person_id)
            .where(col(Identity.folded) == folded, col(Identity.birth_date) == birth)
            .distinct()
            .order_by(col(Identity.person_id))
        )
    )
