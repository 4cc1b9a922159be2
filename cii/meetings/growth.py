"""More places, proposed to the GP CII where the last evaluation says that the objectives were reached.

Source: 003 (renewal of agreements), product.md §4 FR2; mandate of the coordination group, task 3.
"""

from dataclasses import dataclass, field

from cii.agreements.queries import agreement_by_ref, may_write
from cii.coordination.vocabulary import Body
from cii.evaluations.queries import renewal_advice
from cii.evaluations.vocabulary import RenewalStand
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed
from cii.meetings.actions_agenda import lay_before
from cii.meetings.rules import ObjectivesNotReached
from cii.meetings.tables import Meeting
from cii.meetings.vocabulary import AgendaKind
from cii.store.work import Work


@dataclass(frozen=True)
class ProposePlaces:
    """So many places more, and why they are needed."""

    agreement_ref: str
    places: int = field(metadata={"min": 1, "max": 500})
    reason: str = field(metadata={"min": 10, "max": 1000})


def propose_places(work: Work, ask: ProposePlaces) -> Meeting:
    """Lay more places before the next meeting of the GP CII; returns that meeting.

    Refuses: UnknownThing, NotAllowed (who does not lead the agreement), ObjectivesNotReached (the newest
    final evaluation advises otherwise, or there is none), NoMeetingAhead.
    """
    agreement = agreement_by_ref(work, ask.agreement_ref)
    if not may_write(work, agreement):
        raise NotAllowed
    advised = renewal_advice(work, agreement.ref)
    if advised.stand is not RenewalStand.RENEW_AND_GROW:
        raise ObjectivesNotReached(number=agreement.number, missed=", ".join(advised.missed) or "–")
    facts = {
        "agreement": agreement.number, "places": ask.places, "year": str(advised.year),
        "reason": ask.reason.strip(),
    }  # fmt: skip
    meeting = lay_before(work, Body.STEERING, AgendaKind.MORE_PLACES, agreement.ref, facts)
    told = {"places": ask.places, "reason": ask.reason.strip(), "meeting": meeting.ref}
    wrote(work, "agreement.propose_places", "agreement", agreement.id, ref=agreement.ref, payload=told)
    return meeting
