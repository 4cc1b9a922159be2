"""What every act on an agreement does: find it as one's own, count its change, write the journal."""

from cii.agreements.queries import agreement_by_ref, may_write
from cii.agreements.rules import MOVES, OPEN_STATES, NotOpenForChange
from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import AgreementEvent
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed
from cii.kernel.moves import move
from cii.store.work import Work


def writable(work: Work, ref: str) -> Agreement:
    """The agreement, when the actor's own sector pays it; a merely visible one is not to be changed.

    Refuses: UnknownThing, NotAllowed.
    """
    agreement = agreement_by_ref(work, ref)
    if not may_write(work, agreement):
        raise NotAllowed
    return agreement


def open_for_change(work: Work, ref: str) -> Agreement:
    """The agreement, when its text may still change; refuses NotOpenForChange, NotAllowed, UnknownThing."""
    agreement = writable(work, ref)
    if agreement.state not in OPEN_STATES:
        raise NotOpenForChange(number=agreement.number)
    return agreement


def changed(work: Work, agreement: Agreement, action: str, facts: dict[str, object]) -> None:
    """Count the change and write it to the journal."""
    agreement.version += 1
    work.session.flush()
    wrote(work, action, "agreement", agreement.id, ref=agreement.ref, payload=facts)


def moved(
    work: Work, agreement: Agreement, event: AgreementEvent, facts: dict[str, object] | None = None
) -> Agreement:
    """Move the agreement to the state that the event leads to; refuses IllegalMove."""
    agreement.state = move(MOVES, agreement.state, event)
    changed(work, agreement, f"agreement_{agreement.state.value}", facts or {})
    return agreement
