"""Pure rules of meetings: their life, who is called and why, what a body may decide.

Source: mandate of the coordination group (002, annex 2), rules 1 to 6; product.md §5.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from cii.coordination.vocabulary import Body
from cii.kernel.errors import Refusal
from cii.kernel.moves import Moves
from cii.kernel.period import Quarter
from cii.meetings.vocabulary import (
    DecisionEvent,
    DecisionKind,
    DecisionState,
    InvitationReason,
    MeetingEvent,
    MeetingState,
    MinutesState,
)

MEETING_MOVES: Moves[MeetingState, MeetingEvent] = {
    MeetingState.PLANNED: {
        MeetingEvent.PUT_OFF: MeetingState.PLANNED,
        MeetingEvent.INVITE: MeetingState.INVITED,
        MeetingEvent.HOLD: MeetingState.HELD,
        MeetingEvent.CANCEL: MeetingState.CANCELLED,
    },
    MeetingState.INVITED: {
        MeetingEvent.PUT_OFF: MeetingState.INVITED,
        MeetingEvent.HOLD: MeetingState.HELD,
        MeetingEvent.CANCEL: MeetingState.CANCELLED,
    },
}
"""The life of a meeting."""

MINUTES_MOVES: Moves[MinutesState, MeetingEvent] = {
    MinutesState.OPEN: {MeetingEvent.IMPORT_MINUTES: MinutesState.FINAL},
    MinutesState.FINAL: {
        MeetingEvent.IMPORT_MINUTES: MinutesState.FINAL,
        MeetingEvent.DISTRIBUTE: MinutesState.DISTRIBUTED,
    },
    MinutesState.DISTRIBUTED: {
        MeetingEvent.IMPORT_MINUTES: MinutesState.FINAL,
        MeetingEvent.ADOPT: MinutesState.ADOPTED,
    },
}
"""The life of its minutes: a corrected paper is distributed anew; what is adopted stays."""

DECISION_MOVES: Moves[DecisionState, DecisionEvent] = {
    DecisionState.TO_DO: {DecisionEvent.DO: DecisionState.DONE, DecisionEvent.DROP: DecisionState.DROPPED},
    DecisionState.DONE: {DecisionEvent.REOPEN: DecisionState.TO_DO},
}
"""How a decision is followed."""

STEERING_DECISIONS = frozenset({
    DecisionKind.CONTRACT_CHANGE, DecisionKind.MORE_PLACES, DecisionKind.PUBLIC_STATEMENT,
    DecisionKind.MANDATE,
})  # fmt: skip
"""What the steering group alone decides (tasks 3 and 9, rule 5; more places change an agreement)."""


class MeetingAhead(Refusal):
    """A meeting that has not been cannot be recorded as held."""

    code, kind = "meeting-ahead", "unfit"


class MeetingPast(Refusal):
    """Nobody is called to a day that is over, nor is a meeting put off to one."""

    code, kind = "meeting-past", "unfit"


class MeetingOtherDay(Refusal):
    """The moment of a meeting lies on its day."""

    code, kind = "meeting-other-day", "unfit"


class TimeAndPlaceMissing(Refusal):
    """Nobody is called to a meeting without an hour and a place."""

    code, kind = "meeting-without-place", "conflict"


class AgendaEmpty(Refusal):
    """Nobody is called to a meeting without an item on its agenda."""

    code, kind = "agenda-empty", "conflict"


class NoMeetingAhead(Refusal):
    """Nothing can be laid before a body that has no meeting to come."""

    code, kind = "no-meeting-ahead", "conflict"


class ObjectivesNotReached(Refusal):
    """More places are proposed where the last evaluation says that the objectives were reached."""

    code, kind = "objectives-not-reached", "conflict"


class AgendaClosed(Refusal):
    """The agenda of a meeting that was held or cancelled no longer changes."""

    code, kind = "agenda-closed", "conflict"


class NotAGuest(Refusal):
    """Only who has a guest's seat in the body is called for a single item."""

    code, kind = "not-a-guest", "unfit"


class NotByInvitation(Refusal):
    """Only members who come by invitation ask to come; permanent members are called anyway."""

    code, kind = "not-by-invitation", "forbidden"


class NotInvited(Refusal):
    """Only who was called says whether they come."""

    code, kind = "not-invited", "forbidden"


class MeetingNotHeld(Refusal):
    """Decisions and minutes are those of a meeting that was held."""

    code, kind = "meeting-not-held", "conflict"


class MinutesNotPdf(Refusal):
    """Final minutes are a PDF."""

    code, kind = "minutes-not-pdf", "unfit"


class DecisionReserved(Refusal):
    """A change of contract, more places, a public statement and a mandate are decided by the GP CII."""

    code, kind = "decision-reserved", "forbidden"


class DecisionReasonMissing(Refusal):
    """A refusal says why."""

    code, kind = "decision-reason-missing", "unfit"


class DecisionSubjectMissing(Refusal):
    """A change of contract names the corrective measure or the agreement that it is about."""

    code, kind = "decision-subject-missing", "unfit"


class FollowUpIncomplete(Refusal):
    """What is to be done has somebody who does it and a day, from the day of the decision on."""

    code, kind = "decision-follow-up", "unfit"


def meeting_alert(
    quarter: Quarter, held: Iterable[date], working_day_after: Callable[[date, int], date]
) -> date | None:
    """The day of the alert for a quarter without a meeting: the first working day after it; None when met."""
    if any(day in quarter.period for day in held):
        return None
    return working_day_after(quarter.period.last, 1)


@dataclass(frozen=True, slots=True)
class Called:
    """Why a member who comes by invitation is called; `measures` where persons placed are the reason."""

    reason: InvitationReason
    measures: tuple[str, ...] = ()


def called(
    institution: str,
    agenda: Collection[str],
    placed: Mapping[str, Collection[str]],
    *,
    asked: bool = False,
    seen_this_year: bool = True,
    last_of_year: bool = False,
) -> Called | None:
    """Whether the mandate calls an institution that comes by invitation, and why; None: it is not called.

    `agenda`: codes of the measures on it; `placed`: measure → institutions whose persons are placed there.
    The first reason that holds is given: it asked; its persons are in a measure on the agenda; nothing has
    brought it to a meeting this year and no other is planned (at least once a year, rule 3).
    """
    measures = tuple(sorted(one for one in agenda if institution in placed.get(one, ())))
    if asked:
        return Called(InvitationReason.ASKED, measures)
    if measures:
        return Called(InvitationReason.PERSONS_PLACED, measures)
    if last_of_year and not seen_this_year:
        return Called(InvitationReason.YEARLY)
    return None


def may_decide(kind: DecisionKind, body: Body) -> bool:
    """Whether this body may take such a decision."""
    return body is Body.STEERING or kind not in STEERING_DECISIONS
