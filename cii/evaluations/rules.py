"""Pure rules of an evaluation: what may be judged, what was missed, what follows for renewal."""

from collections.abc import Iterable
from dataclasses import dataclass

from cii.evaluations.vocabulary import Judgement, RenewalStand
from cii.figures.vocabulary import Light
from cii.kernel.errors import Refusal


class EvaluationOpened(Refusal):
    """The year of the agreement has its evaluation."""

    code, kind = "evaluation-opened", "conflict"


class YearOutsideAgreement(Refusal):
    """The agreement did not bind in the year, or the year has not begun."""

    code, kind = "year-outside-agreement", "unfit"


class CommentDayPast(Refusal):
    """The provider comments from today on."""

    code, kind = "comment-day-past", "unfit"


class EvaluationElsewhere(Refusal):
    """The evaluation does not stand where this act takes place."""

    code, kind = "evaluation-elsewhere", "conflict"


class AwaitsProvider(Refusal):
    """The provider may still comment; its day is not over."""

    code, kind = "evaluation-awaits-provider", "conflict"


class CriterionNotAgreed(Refusal):
    """The criterion stands neither in the agreement nor in its call (000, i.40)."""

    code, kind = "criterion-not-agreed", "conflict"


class JudgedTwice(Refusal):
    """An indicator or criterion is judged once in a review."""

    code, kind = "judged-twice", "unfit"


class FinalBySecondPerson(Refusal):
    """Whoever reviewed an evaluation does not make it final."""

    code, kind = "final-by-second-person", "conflict"


class MissedWithoutAnalysis(Refusal):
    """Goals were missed, and nobody has written why and what is done about it (003)."""

    code, kind = "missed-without-analysis", "conflict"


@dataclass(frozen=True, slots=True)
class Judged:
    """An indicator with its light, or a criterion without; `judgement` is the contract manager's."""

    code: str
    light: Light
    judgement: Judgement | None = None


def missed(items: Iterable[Judged]) -> tuple[str, ...]:
    """The codes of what was missed: a target not reached, or judged so; partly reached is not reached.

    The contract manager's judgement goes before the light: it knows the circumstances, and says so in words.
    """
    return tuple(sorted(one.code for one in items if _stand(one) is False))


def advice(items: Iterable[Judged], *, analysed: bool) -> RenewalStand:
    """What the result of a year advises: reached → more places may be proposed; missed → analysis first.

    Nothing that can be judged: no advice. Source: 003 (renewal), product.md §4 FR2.
    """
    held = tuple(items)
    if missed(held):
        return RenewalStand.RENEW_WITH_ACTIONS if analysed else RenewalStand.ANALYSE_FIRST
    judged = any(_stand(one) for one in held)
    return RenewalStand.RENEW_AND_GROW if judged else RenewalStand.UNJUDGED


def _stand(one: Judged) -> bool | None:
    if one.judgement is not None:
        return one.judgement is Judgement.REACHED
    return None if one.light is Light.NONE else one.light is Light.GREEN
