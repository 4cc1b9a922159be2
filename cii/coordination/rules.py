"""Pure rules of the coordination group: its presidency, corrective measures, who delivers monthly data.

Source: mandate of the coordination group (002, annex 2); product.md §5.
"""

from collections.abc import Collection, Mapping

from cii.coordination.vocabulary import Body, CorrectiveEvent, CorrectiveState
from cii.kernel.errors import Refusal
from cii.kernel.moves import Moves

PERMANENT = ("SEMP", "SASO", "SMIG")
"""They preside the group in turn and deliver monthly data; SFPO and OAI deliver none (task 8)."""

_S, _E = CorrectiveState, CorrectiveEvent
CORRECTIVE_MOVES: Moves[CorrectiveState, CorrectiveEvent] = {
    _S.OBSERVED: {
        _E.KEEP_WITHIN_CONTRACT: _S.WITHIN_CONTRACT,
        _E.NEED_CONTRACT_CHANGE: _S.NEEDS_CONTRACT_CHANGE,
        _E.DROP: _S.DROPPED,
    },
    _S.WITHIN_CONTRACT: {_E.ASK: _S.ASKED_VIA_RESPONDENT},
    _S.ASKED_VIA_RESPONDENT: {_E.DO: _S.DONE, _E.FALL_OVERDUE: _S.OVERDUE},
    _S.OVERDUE: {_E.DO: _S.DONE, _E.NEED_CONTRACT_CHANGE: _S.NEEDS_CONTRACT_CHANGE},
    _S.NEEDS_CONTRACT_CHANGE: {_E.PROPOSE: _S.AT_STEERING, _E.DROP: _S.DROPPED},
    _S.AT_STEERING: {_E.APPROVE: _S.APPROVED, _E.REFUSE: _S.REFUSED},
    _S.APPROVED: {_E.IMPLEMENT: _S.IMPLEMENTED},
    _S.DONE: {_E.VERIFY: _S.VERIFIED, _E.REOPEN: _S.ASKED_VIA_RESPONDENT},
    _S.IMPLEMENTED: {_E.VERIFY: _S.VERIFIED, _E.REOPEN: _S.APPROVED},
}
"""Its life: task 2 within the contract, task 3 beyond it by decision of the GP CII; then verified."""

STEERING_EVENTS = frozenset({CorrectiveEvent.APPROVE, CorrectiveEvent.REFUSE})
"""What the steering group alone decides; everything else is the coordination group's."""
RESPONDENT_EVENTS = frozenset({CorrectiveEvent.DO, CorrectiveEvent.IMPLEMENT})
"""What the service that speaks to the provider reports too: the provider has done what was asked."""
DATED = frozenset({CorrectiveEvent.ASK, CorrectiveEvent.APPROVE, CorrectiveEvent.REOPEN})
"""What sets the day it is due."""
REASONED = frozenset({CorrectiveEvent.REFUSE, CorrectiveEvent.REOPEN})
"""What says why."""

CORRECTING = frozenset({
    _S.WITHIN_CONTRACT, _S.ASKED_VIA_RESPONDENT, _S.OVERDUE, _S.NEEDS_CONTRACT_CHANGE, _S.AT_STEERING,
    _S.APPROVED, _S.DONE, _S.IMPLEMENTED,
})  # fmt: skip
"""States in which its agreement is under correction: more than an observation, and not verified yet."""
OPEN_STATES = frozenset(state for state in CorrectiveState if CORRECTIVE_MOVES.get(state))
"""States in which a corrective measure waits for somebody."""


class SecondYearInARow(Refusal):
    """The presidency passes on each year: nobody presides two years in a row."""

    code, kind = "presidency-second-year", "unfit"


class NotPermanent(Refusal):
    """Only a permanent member of the group presides it or delivers its monthly data."""

    code, kind = "not-a-permanent-member", "unfit"


class PresidencyTaken(Refusal):
    """The year has its presidency already."""

    code, kind = "presidency-taken", "conflict"


class NobodySeated(Refusal):
    """The institution has no permanent seat in the group on the first day of that year."""

    code, kind = "presidency-without-seat", "unfit"


class SteeringDecides(Refusal):
    """A change of contract is approved or refused by the GP CII, never by the group itself."""

    code, kind = "steering-decides", "forbidden"


class DueDateMissing(Refusal):
    """What a provider is asked for needs a date, from today on."""

    code, kind = "due-date-missing", "unfit"


class CorrectiveReasonMissing(Refusal):
    """A refusal, and asking once more, say why."""

    code, kind = "corrective-reason-missing", "unfit"


def presidency_faults(
    year: int, institution: str, presided: Mapping[int, str], seated: Collection[str] = PERMANENT
) -> list[Refusal]:
    """Why this institution cannot preside in that year; `presided` is year → institution (rule 2).

    `seated`: the codes with a permanent seat on its first day. SASO 2027, SEMP 2028, SMIG 2029; a second year
    in a row is refused, seen from both sides.
    """
    found: list[Refusal] = []
    if institution not in PERMANENT:
        found.append(NotPermanent(field="institution", institution=institution))
    elif institution not in seated:
        found.append(NobodySeated(field="institution", institution=institution, year=year))
    if year in presided:
        found.append(PresidencyTaken(field="year", year=year, institution=presided[year]))
    elif institution in {presided.get(year - 1), presided.get(year + 1)}:
        found.append(SecondYearInARow(field="institution", institution=institution, year=year))
    return found


def body_may(event: CorrectiveEvent, body: Body) -> bool:
    """Whether this body may bring the event about."""
    return body is (Body.STEERING if event in STEERING_EVENTS else Body.COORDINATION)


def may_move(event: CorrectiveEvent, bodies: Collection[Body], *, respondent: bool) -> bool:
    """Whether who acts for these bodies, or for the service that speaks to the provider, may do it."""
    return any(body_may(event, one) for one in bodies) or (respondent and event in RESPONDENT_EVENTS)
