"""Pure rules of the text and of its negotiation."""

from datetime import date

from cii.agreements.vocabulary import Profile
from cii.conventions.vocabulary import Part
from cii.kernel.errors import Refusal
from cii.kernel.period import next_month

ONLY_FOR = {Part.INSERTION: Profile.FR_IAE, Part.OUTCOME_PAY: Profile.BE_POIAS}
"""Parts that belong to one profile."""
RIGHT_SIGNS = 20
"""Signs that a named right has at least."""


class PartOfOtherProfile(Refusal):
    """The part belongs to the agreements of another profile."""

    code, kind = "part-of-other-profile", "unfit"


class RoundOpen(Refusal):
    """The provider has not answered the draft that lies before it."""

    code, kind = "round-open", "conflict"


class RoundAnswered(Refusal):
    """The round is over: what is still to be said belongs to the next draft."""

    code, kind = "round-answered", "conflict"


class AnswerDayPast(Refusal):
    """The provider answers a draft from today on."""

    code, kind = "answer-day-past", "unfit"


class NotSubmitted(Refusal):
    """Nothing lies before the steering group, or the text has changed since it was submitted."""

    code, kind = "not-submitted", "conflict"


class SteeringAnswered(Refusal):
    """The steering group has decided on this edition."""

    code, kind = "steering-answered", "conflict"


class SteeringReasonMissing(Refusal):
    """A refusal of the steering group has its reason."""

    code, kind = "steering-reason-missing", "unfit"


class FollowsNothing(Refusal):
    """Only an agreement in force is amended or renewed, or has its option taken."""

    code, kind = "follows-nothing", "conflict"


class FollowedAlready(Refusal):
    """Another agreement that follows this one is being drafted."""

    code, kind = "followed-already", "conflict"


class BackDated(Refusal):
    """What changes an agreement begins at the earliest on the first of the next month.

    Unless a right is named.
    """

    code, kind = "back-dated", "unfit"


class EntryBackDated(Refusal):
    """An agreement that enters into force after its first day names the right that allows it."""

    code, kind = "entry-back-dated", "unfit"


class OutsideTerm(Refusal):
    """An amendment lies within the term, after its first day."""

    code, kind = "outside-term", "unfit"


class TermNotOver(Refusal):
    """A renewal begins when the term is over, a change of an open-ended agreement after its first day."""

    code, kind = "term-not-over", "unfit"


class NoOption(Refusal):
    """The text agrees on no option to extend the term."""

    code, kind = "no-option", "conflict"


class SignedTwice(Refusal):
    """Nobody signs twice for the same side."""

    code, kind = "signed-twice", "conflict"


class SignatureDayAhead(Refusal):
    """A signature is recorded on its day or later."""

    code, kind = "signature-day-ahead", "unfit"


class NothingToSignYet(Refusal):
    """The payer signs first; until then the text may change."""

    code, kind = "nothing-to-sign-yet", "conflict"


class IndicatorNameTaken(Refusal):
    """Another objective of the agreement has an indicator of this name."""

    code, kind = "indicator-name-taken", "conflict"


class DatesTaken(Refusal):
    """Each date of this kind is agreed on already, or none lies in the term."""

    code, kind = "no-date-to-add", "conflict"


def parts_for(profile: Profile) -> tuple[Part, ...]:
    """The parts of an agreement of this profile, in the order of the text."""
    return tuple(part for part in Part if ONLY_FOR.get(part, profile) is profile)


def earliest_change(today: date) -> date:
    """The first day from which an agreement may be changed without a right of its own.

    The next month's first.
    """
    return next_month(today)


def back_dating_faults(from_day: date, today: date, right: str) -> list[Refusal]:
    """Whether the change begins before it may; `right` names the law or clause that allows it.

    Source: product.md P8; 000 i.38 (changes within the term are to be avoided).
    """
    first = earliest_change(today)
    if from_day >= first or len(right.strip()) >= RIGHT_SIGNS:
        return []
    return [BackDated(field="from_day", first=first, signs=RIGHT_SIGNS)]


def entry_faults(valid_from: date, today: date, right: str) -> list[Refusal]:
    """Whether an agreement would enter into force with effect on days gone by, without a right named."""
    if valid_from >= today or len(right.strip()) >= RIGHT_SIGNS:
        return []
    return [EntryBackDated(field="right", first=valid_from, signs=RIGHT_SIGNS)]
