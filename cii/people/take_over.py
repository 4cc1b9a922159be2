"""What is known of a person follows it: statuses, consents, disclosures, and what units typed.

A unit that typed something of both keeps what it typed of the new one; its other row stays where it is, out
of sight. An AVS number follows to a person without one; two different numbers are two persons. Statuses and
disclosures are append-only: their guard lets the link to the person move and nothing else.
"""

from sqlalchemy import select as columns
from sqlmodel import col

from cii.kernel.errors import Refusal
from cii.people.tables import Consent, Disclosure, Identity, Person, SystemStatus
from cii.store.moving import Followed, Moved, changed, move, put_back
from cii.store.work import Work

ROWS = (
    Followed(Identity, ("recorded_at",)),
    Followed(SystemStatus),
    Followed(Consent, ("withdrawn_at",)),
    Followed(Disclosure),
)


class TwoNumbers(Refusal):
    """Each of the two has an AVS number: they are two persons."""

    code, kind = "merge-two-numbers", "conflict"


def clashes(work: Work, old_id: int, new_id: int) -> list[Refusal]:
    """Why these two cannot become one here."""
    old, new = (work.session.get_one(Person, one) for one in (old_id, new_id))
    return [TwoNumbers(field="new_ref")] if old.avs_hash and new.avs_hash else []


def take_over(work: Work, old_id: int, new_id: int) -> Moved:
    """Let the rows follow to the new person; returns which went."""
    known = columns(col(Identity.unit_id)).where(col(Identity.person_id) == new_id).scalar_subquery()
    free = Followed(Identity, ("recorded_at",), col(Identity.unit_id).not_in(known))
    moved = move(work.session, (free, *ROWS[1:]), old_id, new_id)
    if _hand_number(work, old_id, new_id):
        moved["person"] = {str(old_id): ""}
    return moved


def gone_on(work: Work, moved: Moved, new_id: int) -> dict[str, int]:
    """Table → how many of the rows that went say something else by now."""
    found = changed(work.session, ROWS, moved, new_id)
    if "person" in moved and work.session.get_one(Person, new_id).avs_hash is None:
        found["person"] = 1
    return found


def give_back(work: Work, moved: Moved, old_id: int, new_id: int) -> None:
    """Let exactly the rows that went return."""
    put_back(work.session, ROWS, moved, old_id)
    if "person" in moved:
        _hand_number(work, new_id, old_id)


def _hand_number(work: Work, giver_id: int, taker_id: int) -> bool:
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
