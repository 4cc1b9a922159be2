"""Pure rules of the rounds: which moves are open, which policies the group may choose, what is refused."""

from collections.abc import Mapping

from cii.allocation import problem
from cii.allocation.outcome import Policy
from cii.allocation.vocabulary import Who
from cii.kernel.errors import Refusal
from cii.rounds.vocabulary import RoundEvent, RoundState

MOVES: Mapping[RoundState, Mapping[RoundEvent, RoundState]] = {
    RoundState.OPEN: {
        RoundEvent.COMPUTE: RoundState.OPEN,
        RoundEvent.PIN: RoundState.OPEN,
        RoundEvent.APPROVE: RoundState.APPROVED,
        RoundEvent.CANCEL: RoundState.CANCELLED,
    },
    RoundState.APPROVED: {},
    RoundState.CANCELLED: {},
}
CEILING = problem.CEILING
"""Marks the purse of a ceiling within a line's year, in a problem: it counts the same francs again."""
POLICIES: Mapping[Who, Policy] = {who: Policy(who) for who in Who}
"""The policies that the group may choose, by their word; the first is the one of the house."""


class RoundTermUpsideDown(Refusal):
    """The last day lies before the first one."""

    code, kind = "round-term-upside-down", "unfit"


class RoundTermPast(Refusal):
    """Stays do not begin before today: a round is opened and approved before its first day is over."""

    code, kind = "round-term-past", "conflict"


class NothingToDistribute(Refusal):
    """Nobody waits for a place in the days of the round."""

    code, kind = "round-nothing-to-distribute", "conflict"


class PinsContradictEachOther(Refusal):
    """Decisions that cannot all hold; `sets` names each conflict with its pins."""

    code, kind = "round-pins-contradict", "conflict"


class PinOnWhoLeft(Refusal):
    """A decision concerns a case that is no longer in the round."""

    code, kind = "round-pin-on-who-left", "conflict"


class PinTakenTwice(Refusal):
    """The case has a place by decision already."""

    code, kind = "round-pin-twice", "conflict"


class PinNeedsPlace(Refusal):
    """A place by decision names the measure and who pays."""

    code, kind = "round-pin-needs-place", "unfit"


class PinWithdrawn(Refusal):
    """The decision was withdrawn already."""

    code, kind = "round-pin-withdrawn", "conflict"


class RunNotLatest(Refusal):
    """The run that was read is not the latest one any more."""

    code, kind = "round-run-not-latest", "conflict"


class RoundFourEyes(Refusal):
    """Who computed the run does not approve it."""

    code, kind = "round-four-eyes", "forbidden"


class RoundStale(Refusal):
    """Facts have changed since the run; `changed` names each of them."""

    code, kind = "round-stale", "conflict"


class RoundNotVerified(Refusal):
    """The verifier finds the result wrong: nothing is approved, nothing is issued."""

    code, kind = "round-not-verified", "conflict"


class RoundNotApproved(Refusal):
    """A report is made of an approved round only."""

    code, kind = "round-not-approved", "conflict"
