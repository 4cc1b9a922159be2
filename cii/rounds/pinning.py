"""Decisions of the group on a case before a round is computed again: a place given, a place refused."""

from dataclasses import dataclass, field

from cii.allocation.vocabulary import PinKind
from cii.institutions.queries import line_by_ref
from cii.kernel.errors import refuse
from cii.measures.queries import measure_by_ref
from cii.rounds.actions import kept, locked, member
from cii.rounds.computing import facts_of
from cii.rounds.queries import candidate_by_ref, pin_by_ref, pins_of
from cii.rounds.rules import PinNeedsPlace, PinTakenTwice, PinWithdrawn
from cii.rounds.tables import RoundPin
from cii.rounds.vocabulary import RoundEvent
from cii.store.work import Work


@dataclass(frozen=True)
class PinCase:
    """Wish that a case of the round has this place, or shall not have it; with the reason of the group.

    `candidate`: number of the row in the latest run. A refusal without measure keeps the case out of the
    round, without line out of the whole measure.
    """

    round_ref: str
    candidate: int
    kind: PinKind
    measure_ref: str | None = None
    line_ref: str | None = None
    reason: str = field(default="", metadata={"min": 1, "max": 500})


def pin(work: Work, ask: PinCase) -> RoundPin:
    """Take a decision; the round is to be computed again before it can be approved.

    Refuses: UnknownThing, NotAllowed, IllegalMove; all at once PinNeedsPlace, PinTakenTwice; then
    PinOnWhoLeft and PinsContradictEachOther (the conflicting set named), and nothing is changed.
    """
    held, who = locked(work, ask.round_ref, RoundEvent.PIN), member(work)
    case_id = candidate_by_ref(work, held.id or 0, ask.candidate).case_id
    measure = measure_by_ref(work, ask.measure_ref) if ask.measure_ref else None
    line = line_by_ref(work, ask.line_ref) if ask.line_ref else None
    live = pins_of(work, held.id or 0)
    taken = any(one.case_id == case_id and one.kind is PinKind.TAKEN for one in live)
    needs = ask.kind is PinKind.TAKEN and (measure is None or line is None)
    refuse(
        [
            *([PinNeedsPlace(field="measure_ref")] if needs or (line and not measure) else []),
            *([PinTakenTwice(field="candidate")] if taken and ask.kind is PinKind.TAKEN else []),
        ]
    )
    row = RoundPin(
        round_id=held.id or 0,
        case_id=case_id,
        kind=ask.kind,
        measure_id=measure.id if measure else None,
        line_id=line.id if line else None,
        reason=ask.reason,
        made_by=who,
        made_at=work.now,
    )
    with work.session.begin_nested():
        work.session.add(row)
        work.session.flush()
        facts_of(work, held)
    said = {"pin": row.ref, "kind": row.kind.value, "measure": measure.code if measure else "",
            "line": line.code if line else "", "reason": row.reason}  # fmt: skip
    kept(work, held, "round.pin", said)
    return row


def unpin(work: Work, round_ref: str, pin_ref: str) -> RoundPin:
    """Withdraw a decision; refuses UnknownThing, NotAllowed, IllegalMove, PinWithdrawn."""
    held, who = locked(work, round_ref, RoundEvent.PIN), member(work)
    row = pin_by_ref(work, held.id or 0, pin_ref)
    if row.withdrawn_at is not None:
        raise PinWithdrawn(field="pin_ref")
    row.withdrawn_by, row.withdrawn_at = who, work.now
    work.session.add(row)
    kept(work, held, "round.unpin", {"pin": row.ref})
    return row
