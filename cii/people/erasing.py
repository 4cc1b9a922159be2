"""What is known of a person goes; who passed what to whom on which basis stays, without the reason given."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select as columns
from sqlalchemy import update
from sqlmodel import col, select

from cii.people.tables import Disclosure, Identity, Person, RightEndWarning, SystemStatus
from cii.store.erasing import Erased
from cii.store.work import Work

ROWS = (
    Erased(RightEndWarning, (("status_id", "system_status.person_id"),)),
    Erased(SystemStatus),
    Erased(Disclosure, blank={"reason": None}),
)
LAST = (Erased(Identity),)
"""Goes last: other rows find the person by what was typed of them. The words of the name go with it."""


def refs_of(work: Work, person_ids: Collection[int]) -> dict[int, str]:
    """The outward names of these persons, erased ones too."""
    rows = work.session.exec(select(Person.id, Person.ref).where(col(Person.id).in_(person_ids)))
    return {id_: ref for id_, ref in rows if id_ is not None}


def ref_of(person_id: Any) -> Any:  # noqa: ANN401 - columns
    """The outward name of the person in this column, of an erased one too, as a column of the statement."""
    named = columns(col(Person.ref)).where(col(Person.id) == person_id)
    return named.correlate_except(Person).scalar_subquery()


def last_names(work: Work, person_ids: Collection[int]) -> set[str]:
    """The last names that units have typed of these persons."""
    rows = work.session.exec(select(Identity.last_name).where(col(Identity.person_id).in_(person_ids)))
    return set(rows)


def mark_erased(work: Work, person_ids: Collection[int]) -> None:
    """From now on these persons are erased; the database asks for the approved erasure."""
    work.session.connection().execute(
        update(Person).where(col(Person.id).in_(person_ids)).values(erased_at=work.now)
    )


def drop_number(work: Work, person_ids: Collection[int]) -> None:
    """Their AVS number goes last: other rows are found by it."""
    work.session.connection().execute(
        update(Person).where(col(Person.id).in_(person_ids)).values(avs_sealed=None, avs_hash=None)
    )
