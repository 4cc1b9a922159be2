"""Values and lights of indicators, exits, and the federal ceiling, with the numbers of the sources."""

from fractions import Fraction

import pytest

from cii.agreements.vocabulary import Direction, IndicatorUnit, Interruptions
from cii.figures.rules import (
    Facts,
    Left,
    Value,
    computed,
    definition_of,
    entry_faults,
    exit_goals,
    exits_by_class,
    goal,
    light,
    pooled,
)
from cii.figures.vocabulary import Definition, Light
from cii.kernel.money import Chf
from cii.placements.vocabulary import ContractType, ExitClass, ExitType

TARGET, MINIMUM = goal(IndicatorUnit.PERCENT, 400), goal(IndicatorUnit.PERCENT, 300)


def left(persons: int, exit_type=ExitType.EMPLOYMENT, contract=ContractType.OPEN_ENDED, months=None) -> Left:
    return Left(exit_type, contract if exit_type is ExitType.EMPLOYMENT else None, months, persons)


def exits_of(in_work: int, interrupted: int, other: int) -> Facts:
    return Facts([left(in_work), left(interrupted, ExitType.ABORTED), left(other, ExitType.NO_SOLUTION)])


@pytest.mark.parametrize(("in_work", "light_"), [(12, Light.AMBER), (16, Light.GREEN), (11, Light.RED)])
def test_the_light_of_forty_exits_follows_minimum_30_and_target_40(in_work, light_):
    value = computed(Definition.REINSERTION, exits_of(in_work, 5, 35 - in_work), durable_from=6)

    assert value == Value(in_work, 40, 40)
    assert light(value.exact, TARGET, MINIMUM, Direction.UP) is light_


def test_leaving_out_five_interruptions_makes_twelve_of_thirty_five():
    value = computed(Definition.REINSERTION_COMPLETED, exits_of(12, 5, 23), durable_from=6)

    assert value.exact == Fraction(12, 35)
    assert round(float(value.exact) * 100, 1) == 34.3


@pytest.mark.parametrize(
    ("said", "of"),
    [
        (None, 40), (Interruptions.COUNTED, 40), (Interruptions.EXCLUDED, 33),
        (Interruptions.EXCLUDED_IF_JUSTIFIED, 38),
    ],
)  # fmt: skip
def test_an_agreement_says_how_interruptions_count_in_its_exit_rates(said, of):
    """Twelve in work; five broken off, one of them excluded by the provider; two gone for health or moved."""
    facts = Facts([
        left(12), left(4, ExitType.ABORTED), left(1, ExitType.EXCLUDED), left(1, ExitType.HEALTH),
        left(1, ExitType.DEPARTURE), left(21, ExitType.NO_SOLUTION),
    ])  # fmt: skip

    for definition in (Definition.REINSERTION, Definition.EXIT_RATE_DURABLE, Definition.EXIT_RATE_DYNAMIC):
        assert computed(definition, facts, 6, said) == Value(12, of, of)
    assert computed(Definition.REINSERTION_COMPLETED, facts, 6, said) == Value(12, 33, 33)
    assert computed(Definition.INTERRUPTIONS, facts, 6, said) == Value(7, 40, 40)


def test_nobody_left_is_no_failure():
    value = computed(Definition.REINSERTION, Facts(), durable_from=6)

    assert value.exact is None
    assert light(value.exact, TARGET, MINIMUM, Direction.UP) is Light.NONE


def test_fewer_days_of_absence_are_better():
    value = computed(Definition.ABSENCE_DAYS, Facts(absence_days=3, participant_months=2), durable_from=6)

    assert value.exact == Fraction(3, 2)
    assert light(value.exact, Fraction(1), Fraction(2), Direction.DOWN) is Light.AMBER
    assert light(Fraction(1), Fraction(1), Fraction(2), Direction.DOWN) is Light.GREEN
    assert light(Fraction(5, 2), Fraction(1), Fraction(2), Direction.DOWN) is Light.RED


def test_without_a_minimum_a_missed_target_is_amber():
    assert light(Fraction(1, 10), TARGET, None, Direction.UP) is Light.AMBER


@pytest.mark.parametrize(
    ("durable", "transition", "positive", "durable_met", "share"),
    [(10, 6, 8, True, Fraction(1, 4)), (9, 6, 9, False, Fraction(9, 40))],
)
def test_forty_exits_against_the_national_reference(durable, transition, positive, durable_met, share):
    by_class = exits_by_class(
        [
            left(durable),
            left(transition, contract=ContractType.FIXED_TERM, months=5),
            left(positive, ExitType.TRAINING),
            left(40 - durable - transition - positive, ExitType.NO_SOLUTION),
        ],
        durable_from=6,
    )
    goals = exit_goals(by_class, 250, 600)

    assert goals.durable == share
    assert goals.durable_met is durable_met
    assert goals.dynamic == Fraction(3, 5)
    assert goals.dynamic_met is True


def test_a_contract_of_exactly_six_months_is_durable():
    by_class = exits_by_class([left(1, contract=ContractType.FIXED_TERM, months=6)], durable_from=6)

    assert by_class[ExitClass.DURABLE] == 1


def test_exit_goals_of_nobody_are_unknown():
    assert exit_goals({}, 250, 600).durable_met is None


def test_occupancy_cost_and_interruptions_are_computed_from_facts():
    facts = Facts(
        [left(3, ExitType.ABORTED), left(9, ExitType.NO_SOLUTION)],
        attended_days=40,
        occupied_days=460,
        place_days=920,
        accrued=Chf.parse("4000"),
    )

    assert computed(Definition.OCCUPANCY, facts, 6).exact == Fraction(1, 2)
    assert computed(Definition.COST_PER_DAY, facts, 6).exact == 10_000
    assert computed(Definition.INTERRUPTIONS, facts, 6) == Value(3, 12, 12)
    assert computed(Definition.EXIT_RATE_DURABLE, facts, 6) == Value(0, 12, 12)


def test_costs_absence_and_satisfaction_are_computed_from_facts():
    facts = Facts(
        [left(2), left(3, ExitType.NO_SOLUTION)], absence_days=5, participant_months=8, attended_days=95,
        accrued=Chf.parse("6000"), participants=12, answered=10, satisfied=8,
    )  # fmt: skip

    assert computed(Definition.ABSENCE_RATE, facts, 6) == Value(5, 100, about=12)
    assert computed(Definition.PARTICIPANT_DAYS, facts, 6) == Value(95, 1, about=12)
    assert computed(Definition.PARTICIPANTS, facts, 6) == Value(12, 1, 12)
    assert computed(Definition.COST_PER_PLACEMENT, facts, 6).exact == 50_000
    assert computed(Definition.COST_PER_EXIT, facts, 6) == Value(600_000, 2, about=2), (
        "of two persons in work"
    )
    assert computed(Definition.SATISFACTION, facts, 6) == Value(8, 10, 10)


def test_nothing_is_said_where_there_is_nothing_to_divide_by():
    nobody, silent = Facts(), Facts(participants=3, attended_days=10, participant_months=3)

    assert computed(Definition.COST_PER_EXIT, silent, 6).exact is None, "nobody left for work"
    assert computed(Definition.SATISFACTION, silent, 6) is None, "nobody answered"
    assert computed(Definition.SATISFACTION, nobody, 6).exact is None
    assert computed(Definition.ABSENCE_RATE, Facts(participants=3), 6) is None, "nobody attested a day"


def test_what_only_people_know_is_entered_and_pooled():
    assert computed(definition_of("motivation"), Facts(), 6) is None
    assert pooled([Value(20, 25, 25), Value(4, 5, 5)]) == Value(24, 30, 30)
    assert pooled([]) is None


@pytest.mark.parametrize(
    ("unit", "numerator", "denominator", "fits"),
    [
        (IndicatorUnit.PERCENT, 24, 30, True),
        (IndicatorUnit.PERCENT, 31, 30, False),
        (IndicatorUnit.DAYS, 45, 30, True),
        (IndicatorUnit.DAYS, -1, 30, False),
        (IndicatorUnit.NUMBER, 3, 0, False),
    ],
)
def test_an_entered_value_fits_its_unit(unit, numerator, denominator, fits):
    assert [fault.code for fault in entry_faults(unit, numerator, denominator)] == (
        [] if fits else ["value-outside-indicator"]
    )
