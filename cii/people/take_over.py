"""What is known of a person follows it: statuses, consents, disclosures, and what units typed.

A unit that typed something of both keeps what it typed of the new one; its other row stays where it is, out
of sight. An AVS number follows to a person without one; two different numbers are two persons. Statuses and
disclosures are append-only: their guard lets the link to the person move and nothing else.
"""

from sqlalchemy import ColumnElement
from sqlalchemy import select as columns
from sqlmodel import col

from cii.kernel.errors import Refusal
from cii.people.tables import Consent, Disclosure, Identity, Person, SystemStatus
from cii.store.moving import Followed
from cii.store.work import Work


def _not_typed(new_id: int) -> ColumnElement[bool]:
    """What was typed by units that have typed nothing of the new person."""
    known = columns(col(Identity.unit_id)).where(col(Identity.person_id) == new_id)
    return col(Identity.unit_id).not_in(known.scalar_subquery())


ROWS = (
    Followed(Identity, ("recorded_at",), _not_typed),
    Followed(SystemStatus),
    Followed(Consent, ("withdrawn_at",)),
    Followed(Disclosure),
)


class TwoNumbers(Refusal):
    """Each of the two has an AVS number: they are two persons."""

    code, kind = "merge-two-numbers", "conflict"


def clashes(work: Work, old_id: int, new_id: int) -> list[Refusal]:
    """Why these two cannot become one here."""
    both = has_number(work, old_id) and has_number(work, new_id)
    return [TwoNumbers(field="new_ref")] if both else []


def hand_number(work: Work, giver_id: int, taker_id: int) -> bool:
    """The number of the one becomes that of the other; whether there was one to hand on."""
    giver, taker = (work.session.get_one(Person, one) for one in (giver_id, taker_id))
    sealed, hash_ = giver.avs_sealed, giver.avs_hash
    if hash_ is None:
        return False
    giver.avs_sealed = giver.avs_hash = None
    work.session.add(giver)
    work.session.flush()
    taker.avs_sealed, taker.avs_hash = sealed, hash_
    work.session.add(taker)
    work.session.flush()
    return True


def has_number(work: Work, person_id: int) -> bool:
    """Whether the person has an AVS number."""
    return work.session.get_one(Person, person_id).avs_hash is not None
