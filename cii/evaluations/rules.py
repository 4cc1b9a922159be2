"""Pure rules of an evaluation: what may be judged, what was missed, what follows for renewal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from cii.evaluations.vocabulary import DURABLE, DYNAMIC, Judgement, RenewalStand
from cii.figures.rules import exit_goals
from cii.figures.vocabulary import Light
from cii.kernel.errors import Refusal
from cii.placements.vocabulary import ExitClass


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


class NothingMissed(Refusal):
    """Only what a final evaluation found missed leads to a corrective measure, or to an analysis."""

    code, kind = "nothing-missed", "conflict"


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


@dataclass(frozen=True, slots=True)
class Aim:
    """An objective with its indicators by code, its rank (1 first) or weight in percent; `basic`: i.26."""

    wording: str
    codes: tuple[str, ...]
    rank: int | None = None
    weight: int | None = None
    basic: bool = False


@dataclass(frozen=True, slots=True)
class AimStand:
    """An objective and whether its year reached it; None: none of its indicators can be judged."""

    aim: Aim
    reached: bool | None


@dataclass(frozen=True, slots=True)
class Attained:
    """What a year attained of its objectives, the first rank first.

    `weight_reached`, `weight_open`: percent of the weights reached, and not to be judged yet; None where no
    weights are agreed. `basic_missed`: what had to be reached in any case and was not (000, i.26).
    """

    aims: tuple[AimStand, ...]
    weight_reached: int | None
    weight_open: int | None
    basic_missed: tuple[str, ...]


def attained(aims: Sequence[Aim], items: Iterable[Judged]) -> Attained:
    """Hold the objectives against what was judged: each indicator of an objective has to be reached."""
    stands = {one.code: _stand(one) for one in items}
    found = [AimStand(one, _whole([stands.get(code) for code in one.codes])) for one in aims]
    found.sort(key=lambda one: (one.aim.rank is None, one.aim.rank or 0, -(one.aim.weight or 0)))
    weighed = [one for one in found if one.aim.weight is not None]
    return Attained(
        tuple(found),
        sum(one.aim.weight or 0 for one in weighed if one.reached) if weighed else None,
        sum(one.aim.weight or 0 for one in weighed if one.reached is None) if weighed else None,
        tuple(one.aim.wording for one in found if one.aim.basic and one.reached is False),
    )


def _whole(stands: Sequence[bool | None]) -> bool | None:
    if any(one is False for one in stands):
        return False
    return True if stands and all(stands) else None


@dataclass(frozen=True, slots=True)
class ExitsHeld:
    """The dynamic exits of a year (003) against what was agreed for it; goals in permille of all who left."""

    durable: Fraction | None
    dynamic: Fraction | None
    durable_goal: int
    dynamic_goal: int
    lights: Mapping[str, Light]


def exits_held(by_class: Mapping[str, int], durable_goal: int, dynamic_goal: int) -> ExitsHeld:
    """Hold exits by class against the goals: green when reached, red when not, none when nobody left.

    Of 40 exits 10 durable, 6 transition, 8 positive reach 250 and 600; 9 + 6 + 9 miss the first (FR1).
    """
    found = exit_goals(
        {ExitClass(name): count for name, count in by_class.items()}, durable_goal, dynamic_goal
    )
    return ExitsHeld(
        found.durable,
        found.dynamic,
        durable_goal,
        dynamic_goal,
        {DURABLE: _light(found.durable_met), DYNAMIC: _light(found.dynamic_met)},
    )


def _light(met: bool | None) -> Light:  # noqa: FBT001 - what the figures say
    if met is None:
        return Light.NONE
    return Light.GREEN if met else Light.RED
