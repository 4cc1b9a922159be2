"""Pure rules of meetings: their life, and the quarter that had none.

Source: mandate of the coordination group (002, annex 2), rule 1; product.md §5.
"""

from collections.abc import Callable, Iterable
from datetime import date

from cii.kernel.errors import Refusal
from cii.kernel.moves import Moves
from cii.kernel.period import Quarter
from cii.meetings.vocabulary import MeetingEvent, MeetingState

MEETING_MOVES: Moves[MeetingState, MeetingEvent] = {
    MeetingState.PLANNED: {
        MeetingEvent.INVITE: MeetingState.INVITED,
        MeetingEvent.HOLD: MeetingState.HELD,
        MeetingEvent.CANCEL: MeetingState.CANCELLED,
    },
    MeetingState.INVITED: {
        MeetingEvent.HOLD: MeetingState.HELD,
        MeetingEvent.CANCEL: MeetingState.CANCELLED,
    },
}
"""The life of a meeting."""


class MeetingAhead(Refusal):
    """A meeting that has not been cannot be recorded as held."""

    code, kind = "meeting-ahead", "unfit"


def meeting_alert(
    quarter: Quarter, held: Iterable[date], working_day_after: Callable[[date, int], date]
) -> date | None:
    """The day of the alert for a quarter without a meeting: the first working day after it; None when met."""
    if any(day in quarter.period for day in held):
        return None
    return working_day_after(quarter.period.last, 1)
