"""Rules of the French agreement (003): axes, opinion, funders, means, signatories, trajectory, renewal."""

from cii.agreements.vocabulary import FollowsAs
from cii.conformity.facts import Facts
from cii.conformity.found import Finds, Found, listed, said
from cii.conformity.vocabulary import Axis
from cii.conventions.vocabulary import PartyRole


def project(facts: Facts) -> Finds:
    """The insertion project in its four axes."""
    held = facts.now.text.insertion
    for axis in Axis:
        if not said(getattr(held, axis.value)):
            yield Found("fr-axis-missing", f"axis:{axis}", {"axis": axis})


def around(facts: Facts) -> Finds:
    """The council's opinion before the signature, the funders' conference, means beside money, who signs."""
    held = facts.now.text.insertion
    if held.council_on is None or not said(held.council_opinion):
        yield Found("fr-opinion-missing")
    elif not held.council_favourable:
        yield Found("fr-opinion-unfavourable", facts={"on": held.council_on})
    if held.funders_on is None or not said(held.funders):
        yield Found("fr-funders-missing")
    if not held.means:
        yield Found("fr-means-missing")
    if not said(held.positive_exits):
        yield Found("fr-positive-unsaid")
    signing = {one.role for one in facts.now.text.parties.others if said(one.name)}
    for role in (PartyRole.PREFECT, PartyRole.EMPLOYMENT_SERVICE):
        if role not in signing:
            yield Found("fr-signatory-missing", f"role:{role}", {"role": role})


def trajectory(facts: Facts) -> Finds:
    """FR1: 25 % durable and 60 % dynamic exits within three years, in whole permille."""
    years = sorted(facts.now.text.insertion.trajectory, key=lambda one: one.year)
    limits = facts.limits
    if not years:
        yield Found("fr-trajectory-missing")
        return
    within = [one for one in years if one.year < years[0].year + limits.trajectory_years]
    best = max(within, key=lambda one: (one.durable >= limits.durable_permille, one.dynamic, one.durable))
    if not reached(best.durable, best.dynamic, limits.durable_permille, limits.dynamic_permille):
        yield Found(
            "fr-trajectory-low",
            facts={
                "year": str(best.year), "durable": _percent(best.durable), "dynamic": _percent(best.dynamic),
            },
        )  # fmt: skip


def reached(durable: int, dynamic: int, durable_goal: int, dynamic_goal: int) -> bool:
    """Whether exits, in permille of all, reach both references: 250 and 600 do, 225 and 600 do not."""
    return durable >= durable_goal and dynamic >= dynamic_goal


def former_results(facts: Facts) -> Finds:
    """FR2: at a renewal a person confirms that the objectives were reached, or their causes analysed."""
    if facts.now.header.follows_as is FollowsAs.RENEWAL:
        held = facts.now.text.term
        yield Found("fr-former-results", facts={"listed": listed(held.differences_reason, held.extension)})


def _percent(permille: int) -> str:
    whole, tenth = divmod(permille, 10)
    return f"{whole},{tenth}" if tenth else str(whole)


RULES = (project, around, trajectory, former_results)
