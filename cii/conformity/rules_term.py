"""Indications 38 and 39: a horizon beyond one year, half a year's notice, proven rules kept when renewed."""

from cii.agreements.vocabulary import FollowsAs
from cii.conformity.facts import Facts
from cii.conformity.found import Finds, Found, said
from cii.kernel.period import ONE_DAY, months_later

KEPT = frozenset({"gauges", "goals", "reports", "principles", "evaluation"})
"""What a renewal of the same offer leaves as it was: indicators, delivery, reporting (i.39)."""


def horizon(facts: Facts) -> Finds:
    """i.38: more than twelve months, ordinary notice of six, no change of price or volume within the term."""
    head, term, limits = facts.now.header, facts.now.text.term, facts.limits
    if head.valid_to is not None and head.valid_to <= months_later(head.valid_from, limits.term_months):
        last = head.valid_to - ONE_DAY
        yield Found("term-short", facts={"last": last, "months": limits.term_months})
    if head.notice_months < limits.notice_months:
        yield Found("notice-short", facts={"months": head.notice_months, "least": limits.notice_months})
    if term.price_changes_in_term:
        yield Found("changes-in-term")
    if not said(term.termination):
        yield Found("termination-unsaid")


def proven(facts: Facts) -> Finds:
    """i.39: a renewal of the same offer changes indicators and reports for a written reason only."""
    before = facts.former
    if facts.now.header.follows_as is not FollowsAs.RENEWAL or before is None:
        return
    same = {one.measure_ref for one in before.bought} == {one.measure_ref for one in facts.now.bought}
    if not same or said(facts.now.text.term.differences_reason):
        return
    for part in sorted(KEPT & facts.changed.keys()):
        yield Found("renewal-differs", f"part:{part}", {"part": part, "n": facts.changed[part]})


RULES = (horizon, proven)
