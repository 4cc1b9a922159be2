"""What was missed, and what follows for renewal."""

import pytest

from cii.evaluations.rules import Judged, advice, missed
from cii.evaluations.vocabulary import Judgement, RenewalStand
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
