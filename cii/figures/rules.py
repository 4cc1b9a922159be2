"""Pure rules of figures: values of indicators as exact fractions, their light, exits."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from cii.agreements.vocabulary import Direction, IndicatorUnit, Interruptions
from cii.figures.vocabulary import Definition, Light
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.placements.rules import exit_class
from cii.placements.vocabulary import ContractType, ExitClass, ExitType

INTERRUPTIONS = frozenset({ExitType.ABORTED, ExitType.EXCLUDED, ExitType.HEALTH, ExitType.DEPARTURE})
"""Exits before the stay could bear fruit; an indicator may leave them out of its denominator."""

JUSTIFIED = frozenset({ExitType.HEALTH, ExitType.DEPARTURE})
"""Interruptions for which neither the person nor the provider answers (i.11)."""

IN_WORK = frozenset({ExitClass.DURABLE, ExitClass.TRANSITION})
DYNAMIC = frozenset({ExitClass.DURABLE, ExitClass.TRANSITION, ExitClass.POSITIVE})
EXIT_RATES: Mapping[Definition, tuple[frozenset[ExitClass], frozenset[ExitType]]] = {
    Definition.EXIT_RATE_DURABLE: (frozenset({ExitClass.DURABLE}), frozenset()),
    Definition.EXIT_RATE_DYNAMIC: (DYNAMIC, frozenset()),
    Definition.REINSERTION: (IN_WORK, frozenset()),
    Definition.REINSERTION_COMPLETED: (IN_WORK, INTERRUPTIONS),
}
"""Rates over exits: the classes counted, the exits left out whatever the agreement says."""
FROM_ATTENDANCE = frozenset(
    {Definition.ABSENCE_DAYS, Definition.ABSENCE_RATE, Definition.PARTICIPANT_DAYS, Definition.COST_PER_DAY}
)
"""Values that nobody knows before days are attested."""
_PERMILLE = 1000


class ValueOutsideIndicator(Refusal):
    """The value does not fit the indicator: no denominator, or more than all for a share."""

    code, kind = "value-outside-indicator", "unfit"


class EntryAhead(Refusal):
    """A value stands for a day that has been, within the term of the agreement."""

    code, kind = "indicator-entry-ahead", "unfit"


class IndicatorComputed(Refusal):
    """The house computes this indicator from what is recorded: a value beside it would be lost."""

    code, kind = "indicator-computed", "conflict"


class AlreadyCorrected(Refusal):
    """The value was corrected before: correct the newest one."""

    code, kind = "already-corrected", "conflict"


def goal(unit: IndicatorUnit, stored: int) -> Fraction:
    """A target or minimum in the unit of values: shares of one, days, numbers, centimes."""
    return Fraction(stored, _PERMILLE) if unit is IndicatorUnit.PERCENT else Fraction(stored)


def light(value: Fraction | None, target: Fraction, minimum: Fraction | None, direction: Direction) -> Light:
    """Green: target reached; amber: missed, but the minimum reached; red: minimum missed; none: no value.

    Without a minimum nothing can fall below it: a missed target is amber. Source: product.md F6 (12/40
    amber, 16/40 green, 11/40 red under minimum 30 %, target 40 %).
    """
    if value is None:
        return Light.NONE
    sign = 1 if direction is Direction.UP else -1
    if sign * value >= sign * target:
        return Light.GREEN
    return Light.RED if minimum is not None and sign * value < sign * minimum else Light.AMBER


@dataclass(frozen=True, slots=True)
class Left:
    """So many persons left in the same way; months of a limited contract."""

    exit_type: ExitType
    contract_type: ContractType | None
    contract_months: int | None
    persons: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What the indicators of one agreement are computed from; days are days, money is what was delivered.

    `answered`: participants who rated their stay, `satisfied` those who rated it 4 or 5 of 5.
    """

    left: Sequence[Left] = ()
    absence_days: int = 0
    participant_months: int = 0
    attended_days: int = 0
    occupied_days: int = 0
    place_days: int = 0
    accrued: Chf = field(default_factory=Chf)
    participants: int = 0
    answered: int = 0
    satisfied: int = 0


@dataclass(frozen=True, slots=True)
class Value:
    """`numerator` of `denominator`; `people` is how many persons it speaks of, when it counts persons.

    `about`: of how many stays a value tells that counts something else (days, francs, places).
    """

    numerator: int
    denominator: int
    people: int | None = None
    about: int | None = None

    @property
    def exact(self) -> Fraction | None:
        """The value itself; None when there is nothing to divide by (nobody left is not a failure)."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None


def exits_by_class(left: Iterable[Left], durable_from: int) -> dict[ExitClass, int]:
    """Persons per class of exit; each class is present."""
    found = dict.fromkeys(ExitClass, 0)
    for one in left:
        found[exit_class(one.exit_type, one.contract_type, one.contract_months, durable_from)] += one.persons
    return found


def exit_rate(
    left: Sequence[Left],
    counted: frozenset[ExitClass],
    durable_from: int,
    *,
    without: frozenset[ExitType] = frozenset(),
) -> Value:
    """Persons whose exit is of these classes among all who left, but for those exits left out.

    Source: product.md F6: 12 of 40; without 5 interruptions 12 of 35 (34.3 %).
    """
    kept = [one for one in left if one.exit_type not in without]
    by_class = exits_by_class(kept, durable_from)
    whole = sum(by_class.values())
    return Value(sum(by_class[one] for one in counted), whole, whole)


def left_out(interruptions: Interruptions | None) -> frozenset[ExitType]:
    """The exits that an agreement leaves out of the denominator of its exit rates (i.11)."""
    if interruptions is Interruptions.EXCLUDED:
        return INTERRUPTIONS
    return JUSTIFIED if interruptions is Interruptions.EXCLUDED_IF_JUSTIFIED else frozenset()


def computed(
    definition: Definition, facts: Facts, durable_from: int, interruptions: Interruptions | None = None
) -> Value | None:
    """The value of a definition; None for what only people can enter.

    Costs are in centimes. What counts attested days is unknown (None) where persons stayed and nobody
    attested a day, satisfaction where nobody answered: what was not delivered is not zero.
    `interruptions`: how the agreement counts stays that were broken off, in rates over exits.
    """
    left = facts.left
    if definition in EXIT_RATES:
        counted, without = EXIT_RATES[definition]
        return exit_rate(left, counted, durable_from, without=without | left_out(interruptions))
    if definition is Definition.INTERRUPTIONS:
        whole = sum(one.persons for one in left)
        return Value(sum(one.persons for one in left if one.exit_type in INTERRUPTIONS), whole, whole)
    if definition in FROM_ATTENDANCE and facts.participants and not facts.participant_months:
        return None
    if definition is Definition.SATISFACTION and facts.participants and not facts.answered:
        return None
    about, cost = facts.participants, facts.accrued.centimes
    into_work = exit_rate(left, IN_WORK, durable_from).numerator
    return {
        Definition.ABSENCE_DAYS: Value(facts.absence_days, facts.participant_months, about=about),
        Definition.ABSENCE_RATE: Value(
            facts.absence_days, facts.attended_days + facts.absence_days, about=about
        ),
        Definition.OCCUPANCY: Value(facts.occupied_days, facts.place_days, about=about),
        Definition.PARTICIPANTS: Value(about, 1, about),
        Definition.PARTICIPANT_DAYS: Value(facts.attended_days, 1, about=about),
        Definition.COST_PER_DAY: Value(cost, facts.attended_days, about=about),
        Definition.COST_PER_PLACEMENT: Value(cost, about, about=about),
        Definition.COST_PER_EXIT: Value(cost, into_work, about=into_work),
        Definition.SATISFACTION: Value(facts.satisfied, facts.answered, facts.answered),
    }.get(definition)


def pooled(entries: Iterable[Value]) -> Value | None:
    """Several entered values as one: sums over sums; None when nothing was entered."""
    held = list(entries)
    if not held:
        return None
    people = [one.people for one in held if one.people is not None]
    return Value(
        sum(one.numerator for one in held),
        sum(one.denominator for one in held),
        sum(people) if people else None,
    )


def definition_of(source: str) -> Definition:
    """The definition that an indicator's source names; any other source is entered by people."""
    return Definition(source) if source in set(Definition) else Definition.ENTERED


def entry_faults(unit: IndicatorUnit, numerator: int, denominator: int) -> list[Refusal]:
    """What is wrong with a value that somebody enters."""
    beyond = unit is IndicatorUnit.PERCENT and not 0 <= numerator <= denominator
    return [ValueOutsideIndicator(field="numerator")] if denominator <= 0 or numerator < 0 or beyond else []


@dataclass(frozen=True, slots=True)
class ExitGoals:
    """Shares of durable and of all dynamic exits, whether each reaches its reference; None: nobody left."""

    durable: Fraction | None
    dynamic: Fraction | None
    durable_met: bool | None
    dynamic_met: bool | None


def exit_goals(by_class: Mapping[ExitClass, int], durable_permille: int, dynamic_permille: int) -> ExitGoals:
    """Durable and dynamic exits (sorties dynamiques) against their references.

    Source: 003; product.md FR1: of 40 exits 10 + 6 + 8 → 25.0 %, 60.0 %, both met; 9 + 6 + 9 → 22.5 %.
    """
    whole = sum(by_class.values())
    if not whole:
        return ExitGoals(None, None, None, None)
    durable = Fraction(by_class.get(ExitClass.DURABLE, 0), whole)
    dynamic = Fraction(sum(by_class.get(one, 0) for one in DYNAMIC), whole)
    return ExitGoals(
        durable,
        dynamic,
        durable >= Fraction(durable_permille, _PERMILLE),
        dynamic >= Fraction(dynamic_permille, _PERMILLE),
    )
