"""Rule of social aid (AS1): cantonal or communal law decides; wages to participants are possible."""

from cii.conformity.facts import Facts
from cii.conformity.found import Finds, Found, said
from cii.conventions.vocabulary import ReferenceKind

_NEAR = {ReferenceKind.LAW, ReferenceKind.REGULATION, ReferenceKind.DIRECTIVE}


def cantonal_law(facts: Facts) -> Finds:
    """AS1: the law, regulation or directive of canton or commune on which the agreement rests."""
    held = facts.now.text.bases.references
    if not any(one.kind in _NEAR and said(one.title) and said(one.version) for one in held):
        yield Found("as-law-missing")


def wages(facts: Facts) -> Finds:
    """AS1: participants of the unemployment insurance draw daily allowances, no wage of the provider."""
    if facts.now.text.price.participants_paid:
        yield Found("as-wages-unfit")


RULES = (cantonal_law, wages)
