"""Indications 26 to 28: what weighs how much, what follows missed objectives, how results are rewarded."""

import re

from cii.agreements.vocabulary import ObjectiveLevel
from cii.conformity.facts import Facts
from cii.conformity.found import Finds, Found, said
from cii.conformity.vocabulary import MissedItem
from cii.conventions.vocabulary import EvaluationMode, Incentive

_WHOLE = 100
_NUMBER = re.compile(r"\d")


def priorities(facts: Facts) -> Finds:
    """i.26: an order of the enterprise's objectives, or weights that sum to 100 %; which are conditions."""
    mode = facts.now.text.evaluation.mode
    own = [one for one in facts.now.goals if one.level is ObjectiveLevel.ENTERPRISE]
    if mode is None:
        yield Found("priorities-unsaid")
    for one in own:
        if mode is EvaluationMode.RANKED and one.rank is None:
            yield Found("goal-without-rank", f"goal:{one.ref}", {"goal": one.wording})
        if mode is EvaluationMode.WEIGHTED and one.weight is None:
            yield Found("goal-without-weight", f"goal:{one.ref}", {"goal": one.wording})
    weights = [one.weight for one in facts.now.goals if one.weight is not None]
    if mode is EvaluationMode.WEIGHTED and weights and sum(weights) != _WHOLE:
        yield Found("weights-not-whole", facts={"sum": sum(weights)})
    if facts.now.goals and not any(one.basic for one in facts.now.goals):
        yield Found("basic-unsaid")


def missed(facts: Facts) -> Finds:
    """i.27: by when, judged how, and what then."""
    held = facts.now.text.evaluation
    unsaid = {
        MissedItem.DEADLINE: held.missed_months is None,
        MissedItem.CRITERIA: not said(held.missed_criteria),
        MissedItem.STEPS: not said(held.missed_steps),
    }
    for item, lacking in unsaid.items():
        if lacking:
            yield Found("missed-unsaid", f"missed:{item}", {"item": item})


def incentive(facts: Facts) -> Finds:
    """i.28: a bonus is a formula over the agreement's indicators; pay by outcome names its scheme."""
    held = facts.now.text.evaluation
    if held.incentive is Incentive.OUTCOME_PAY and not said(held.scheme_ref):
        yield Found("incentive-without-scheme")
    if held.incentive is not Incentive.BONUS:
        return
    formula = held.incentive_formula
    if not said(formula):
        yield Found("incentive-unwritten")
    elif not _NUMBER.search(formula) or not any(one.code in formula for one in facts.now.gauges):
        yield Found("incentive-not-computable")


RULES = (priorities, missed, incentive)
