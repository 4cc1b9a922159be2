"""Pure rules of talks and visits: their states, the rhythm of talks, the first step of a visit.

Source: 000 i.36 (frequency and aims of talks), i.37 (visits in two steps), CG AI ch. 7 (structure, process,
result); product.md §2 P18.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cii.appointments.vocabulary import AppointmentEvent, AppointmentState
from cii.kernel.errors import Refusal
from cii.kernel.moves import Moves
from cii.kernel.period import months_later

MOVES: Moves[AppointmentState, AppointmentEvent] = {
    AppointmentState.PLANNED: {
        AppointmentEvent.MOVE: AppointmentState.PLANNED,
        AppointmentEvent.HOLD: AppointmentState.HELD,
        AppointmentEvent.CANCEL: AppointmentState.CANCELLED,
    },
}
"""The life of a talk, and of a visit."""


class AppointmentUnbound(Refusal):
    """Talks and visits belong to an agreement that binds: in force once, not dropped."""

    code, kind = "appointment-unbound", "conflict"


class AppointmentPast(Refusal):
    """What is planned lies today or ahead; `first` is today."""

    code, kind = "appointment-in-past", "unfit"


class AppointmentAhead(Refusal):
    """What was held lies today or behind; `last` is today."""

    code, kind = "appointment-not-held-yet", "unfit"


class TalkWithoutPurpose(Refusal):
    """The agreement names no purpose of its talks, and none was chosen."""

    code, kind = "talk-without-purpose", "unfit"


class PointUnminuted(Refusal):
    """A purpose on the agenda has no minutes; `purpose` names it."""

    code, kind = "talk-point-unminuted", "unfit"


class OutcomeUnsaid(Refusal):
    """A visit that was made has findings."""

    code, kind = "visit-without-findings", "unfit"


class RemarkTooEarly(Refusal):
    """The provider remarks on what was held."""

    code, kind = "appointment-remark-too-early", "conflict"


class RemarkGiven(Refusal):
    """The provider has remarked already."""

    code, kind = "appointment-remark-given", "conflict"


class VisitsNotAgreed(Refusal):
    """The agreement provides for no visits (i.37)."""

    code, kind = "visit-not-agreed", "conflict"


class VisitCriteriaUnset(Refusal):
    """The agreement names no criteria by which a provider is chosen for a visit (i.37)."""

    code, kind = "visit-criteria-unset", "conflict"


class VisitWithoutReport(Refusal):
    """No report came in since `since`: the first step of a visit is missing (i.37)."""

    code, kind = "visit-without-report", "conflict"


class VisitWithoutTalk(Refusal):
    """No talk was held since `since`: the first step of a visit is missing (i.37)."""

    code, kind = "visit-without-talk", "conflict"


def state_of(held_on: date | None, cancelled_why: str | None) -> AppointmentState:
    """How a talk or a visit stands, by what is known of it."""
    if cancelled_why is not None:
        return AppointmentState.CANCELLED
    return AppointmentState.PLANNED if held_on is None else AppointmentState.HELD


@dataclass(frozen=True, slots=True)
class FirstStep:
    """What is known before a visit: what was agreed, whether a report and a talk lie since `since`."""

    visits: bool
    criteria: bool
    since: date
    reported: bool
    talked: bool


def gaps(step: FirstStep) -> Iterator[Refusal]:
    """Everything that a visit lacks."""
    if not step.visits:
        yield VisitsNotAgreed()
    elif not step.criteria:
        yield VisitCriteriaUnset()
    if not step.reported:
        yield VisitWithoutReport(since=step.since)
    if not step.talked:
        yield VisitWithoutTalk(since=step.since)


def next_talk(start: date, last: date | None, times_a_year: int) -> date:
    """The day by which the next talk is held: an even rhythm from the term's first day, or the last talk.

    Once a year, begun on 1.1.2026 → 1.1.2027; twice, last held on 15.3.2026 → 15.9.2026.
    """
    return months_later(last or start, 12 // times_a_year)
