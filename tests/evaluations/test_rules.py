"""What was missed, and what follows for renewal."""

from fractions import Fraction

import pytest

from cii.evaluations.rules import Aim, Judged, advice, attained, exits_held, missed
from cii.evaluations.vocabulary import DURABLE, DYNAMIC, Judgement, RenewalStand
from cii.figures.vocabulary import Light


@pytest.mark.parametrize(
    ("light", "judgement", "is_missed"),
    [
        (Light.GREEN, None, False),
        (Light.AMBER, None, True),
        (Light.RED, None, True),
        (Light.NONE, None, False),
        (Light.RED, Judgement.REACHED, False),
        (Light.GREEN, Judgement.PARTLY, True),
        (Light.NONE, Judgement.MISSED, True),
    ],
)
def test_a_target_not_reached_is_missed_unless_judged_otherwise(light, judgement, is_missed):
    assert missed([Judged("rate", light, judgement)]) == (("rate",) if is_missed else ())


def test_reached_goals_advise_more_places():
    assert advice([Judged("rate", Light.GREEN)], analysed=False) is RenewalStand.RENEW_AND_GROW


def test_one_missed_goal_asks_for_an_analysis_before_renewal():
    items = [Judged("rate", Light.GREEN), Judged("days", Light.AMBER)]

    assert advice(items, analysed=False) is RenewalStand.ANALYSE_FIRST
    assert advice(items, analysed=True) is RenewalStand.RENEW_WITH_ACTIONS


def test_nothing_to_judge_advises_nothing():
    assert advice([], analysed=False) is RenewalStand.UNJUDGED
    assert advice([Judged("rate", Light.NONE)], analysed=True) is RenewalStand.UNJUDGED


WEIGHED = (
    Aim("Réinsertion", ("rate",), weight=60, basic=True),
    Aim("Présence", ("days", "late"), weight=30),
    Aim("Satisfaction", ("smile",), weight=10),
)


def test_weights_tell_how_much_was_reached_and_how_much_cannot_be_said_yet():
    items = [Judged("rate", Light.GREEN), Judged("days", Light.GREEN), Judged("late", Light.RED)]

    found = attained(WEIGHED, [*items, Judged("smile", Light.NONE)])

    assert (found.weight_reached, found.weight_open, found.basic_missed) == (60, 10, ())
    assert [one.reached for one in found.aims] == [True, False, None]


def test_a_missed_basic_condition_is_named_whatever_its_weight():
    found = attained(WEIGHED, [Judged("rate", Light.AMBER), Judged("days", Light.GREEN)])

    assert (found.weight_reached, found.basic_missed) == (0, ("Réinsertion",))


def test_ranked_objectives_come_by_their_rank_and_have_no_percent():
    ranked = (Aim("Deuxième", ("b",), rank=2), Aim("Sans rang", ("c",)), Aim("Premier", ("a",), rank=1))

    found = attained(ranked, [Judged("a", Light.GREEN), Judged("b", Light.NONE, Judgement.PARTLY)])

    assert [one.aim.wording for one in found.aims] == ["Premier", "Deuxième", "Sans rang"]
    assert (found.weight_reached, found.weight_open) == (None, None)
    assert [one.reached for one in found.aims] == [True, False, None]


def test_an_objective_without_indicator_cannot_be_judged():
    assert attained([Aim("Vœu", (), weight=100)], []).weight_open == 100


@pytest.mark.parametrize(
    ("exits", "durable", "durable_light"),
    [((10, 6, 8, 16), Fraction(1, 4), Light.GREEN), ((9, 6, 9, 16), Fraction(9, 40), Light.RED)],
)
def test_forty_exits_against_the_goals_of_the_trajectory(exits, durable, durable_light):
    by_class = dict(zip(("durable", "transition", "positive", "other"), exits, strict=True))

    held = exits_held(by_class, 250, 600)

    assert (held.durable, held.dynamic) == (durable, Fraction(3, 5))
    assert held.lights == {DURABLE: durable_light, DYNAMIC: Light.GREEN}


def test_without_exits_the_trajectory_cannot_be_judged():
    assert exits_held({}, 200, 500).lights == {DURABLE: Light.NONE, DYNAMIC: Light.NONE}
