"""Indications 5 to 13: objectives at three levels, their indicators and targets, whom an offer is for."""

from collections import defaultdict

from cii.agreements.vocabulary import Direction, ObjectiveKind, ObjectiveLevel, Standing
from cii.conformity.facts import Facts
from cii.conformity.found import Finds, Found, said
from cii.conventions.vocabulary import RequirementKind
from cii.conventions.whole import Goal


def objectives(facts: Facts) -> Finds:
    """i.5: clear objectives, each with its owner, as many as fit the volume."""
    goals = facts.now.goals
    if not goals:
        yield Found("goals-missing")
    for one in goals:
        if not said(one.wording):
            yield Found("goal-without-wording", f"goal:{one.ref}", {"level": one.level})
        if not said(one.owner):
            yield Found("goal-without-owner", f"goal:{one.ref}", {"goal": one.wording})
    most = facts.limits.goals_small if facts.small else facts.limits.goals_large
    if len(goals) > most:
        yield Found("goals-too-many", facts={"n": len(goals), "most": most, "places": facts.places})


def levels(facts: Facts) -> Finds:
    """i.6: priority outcomes, objectives of the enterprise and of beneficiaries are kept apart.

    Those of beneficiaries may be left to the individual agreements, when the text says so.
    """
    goals = facts.now.goals
    held = {one.level for one in goals}
    if said(facts.now.text.aims.individual_link):
        held.add(ObjectiveLevel.BENEFICIARY)
    for level in ObjectiveLevel:
        if goals and level not in held:
            yield Found("level-missing", f"level:{level}", {"level": level})
    by_wording: dict[str, set[ObjectiveLevel]] = defaultdict(set)
    for one in goals:
        by_wording[" ".join(one.wording.casefold().split())].add(one.level)
    for one in goals:
        twice = by_wording[" ".join(one.wording.casefold().split())]
        if said(one.wording) and len(twice) > 1 and one.level == min(twice):
            yield Found("levels-mixed", f"goal:{one.ref}", {"goal": one.wording})


def integration(facts: Facts) -> Finds:
    """i.7: at least one objective of the enterprise is the integration of those placed."""
    if facts.now.goals and not _integration_goals(facts):
        yield Found("integration-goal-missing")


def one_main(facts: Facts) -> Finds:
    """i.8: one main outcome for each offer; further ones are partial objectives."""
    mains = sum(one.standing is Standing.MAIN for one in _integration_goals(facts))
    offers = max(1, len(facts.now.text.services.offers))
    if mains > offers:
        yield Found("main-goals-several", facts={"n": mains, "offers": offers})


def requirements(facts: Facts) -> Finds:
    """i.9: a person confirms that quality and other requirements are listed."""
    quality = sum(one.kind is ObjectiveKind.QUALITY for one in facts.now.goals)
    asked = facts.now.text.aims.requirements
    kinds = {one.kind for one in asked if said(one.wording)} & set(RequirementKind)
    yield Found("requirements", facts={"listed": len(asked) + quality, "kinds": len(kinds)})


def few_indicators(facts: Facts) -> Finds:
    """i.10: eight indicators for a provider of fewer than 20 places, twelve otherwise."""
    most = facts.limits.gauges_small if facts.small else facts.limits.gauges_large
    if len(facts.now.gauges) > most:
        found = {"n": len(facts.now.gauges), "most": most, "places": facts.places}
        yield Found("indicators-too-many", facts=found)


def targets(facts: Facts) -> Finds:
    """i.11: a target, a minimum that does not lie beyond it, and how interruptions count."""
    for one in facts.now.gauges:
        name = f"gauge:{one.code}"
        if one.direction is Direction.UP and one.target == 0:
            yield Found("target-missing", name, {"indicator": one.code})
        if one.minimum is not None and (
            one.minimum > one.target if one.direction is Direction.UP else one.minimum < one.target
        ):
            yield Found("minimum-beyond", name, {"indicator": one.code})
        if one.interruptions is None:
            yield Found("interruptions-unchosen", name, {"indicator": one.code})


def indicators_for_all(facts: Facts) -> Finds:
    """i.12: each objective has an indicator; one of beneficiaries may stand in the individual agreements."""
    measured = {one.goal_ref for one in facts.now.gauges}
    individual = said(facts.now.text.aims.individual_link)
    for one in facts.now.goals:
        elsewhere = individual and one.level is ObjectiveLevel.BENEFICIARY
        if one.ref not in measured and not elsewhere:
            yield Found("goal-without-indicator", f"goal:{one.ref}", {"goal": one.wording})


def target_groups(facts: Facts) -> Finds:
    """i.13: each offer says whom it is for."""
    names = {one.measure_ref: one.measure_name for one in facts.now.bought}
    for offer in facts.now.text.services.offers:
        if not offer.target_groups:
            told = names.get(offer.measure_ref, offer.measure_ref)
            yield Found("offer-without-target-group", f"offer:{offer.measure_ref}", {"measure": told})


def _integration_goals(facts: Facts) -> list[Goal]:
    return [
        one
        for one in facts.now.goals
        if one.level is ObjectiveLevel.ENTERPRISE and one.kind is ObjectiveKind.INTEGRATION
    ]


RULES = (
    objectives, levels, integration, one_main, requirements, few_indicators, targets, indicators_for_all,
    target_groups,
)  # fmt: skip
