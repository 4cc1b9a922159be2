"""Rules of pay by outcome in Bern (004): contents by category, subcontractors, reserves, referral.

That a changed formula never changes paid months (B1), the simulation (B2) and the provider that may not set a
category (B3) are rules of `outcomes`.
"""

from cii.conformity.facts import Facts
from cii.conformity.found import Finds, Found, said
from cii.conventions.vocabulary import Reserves


def categories(facts: Facts) -> Finds:
    """B1: what each category of clients must be offered; the share given to subcontractors."""
    held = facts.now.text.outcome_pay
    if not held.categories:
        yield Found("be-categories-missing")
    for one in held.categories:
        if not said(one.content):
            yield Found("be-content-missing", f"category:{one.category}", {"category": one.category})
    if held.subcontracted_percent is None:
        yield Found("be-subcontracting-unsaid")


def no_reserves(facts: Facts) -> Finds:
    """B2: budgeted costs are invoiced as they arise; reserves are forbidden."""
    if facts.now.text.surplus.reserves is not Reserves.FORBIDDEN:
        yield Found("be-reserves")


def referral(facts: Facts) -> Finds:
    """B3: who assigns the category, apart from the provider."""
    if not said(facts.now.text.outcome_pay.referral):
        yield Found("be-referral-unsaid")


RULES = (categories, no_reserves, referral)
