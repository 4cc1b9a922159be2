"""Indications 40 to 44: one thread from call to agreement; what the call tells; negotiated on a draft."""

from cii.agreements.vocabulary import Award
from cii.conformity.facts import CallSeen, Facts
from cii.conformity.found import Finds, Found
from cii.conformity.vocabulary import CallItem
from cii.conventions.parts import Text


def one_thread(facts: Facts) -> Finds:
    """i.40: the same criteria from the call over the award to the agreement."""
    if facts.now.header.award is None:
        yield Found("award-unsaid")
    if facts.call is None:
        return
    own = [one.code for one in facts.now.text.evaluation.criteria]
    for code in own:
        if code not in facts.call.criteria:
            yield Found("criterion-not-in-call", f"criterion:{code}", {"criterion": code})
    for code in sorted(facts.call.criteria - set(own)):
        yield Found("criterion-left-out", f"criterion:{code}", {"criterion": code})
    yield from unpublished(facts.call)


def unpublished(call: CallSeen) -> Finds:
    """i.40: a criterion by which offers were scored had been published."""
    for code in sorted(call.scored - call.criteria):
        yield Found("criterion-not-published", f"criterion:{code}", {"criterion": code})


def one_voice(facts: Facts) -> Finds:
    """i.41: every document tells the same aims, groups and services."""
    for other in facts.others:
        for aspect in differing(facts.now.text, other.text):
            yield Found(
                "document-differs", f"document:{other.name}:{aspect}",
                {"document": other.name, "aspect": aspect},
            )  # fmt: skip


def differing(ours: Text, theirs: Text) -> list[str]:
    """What two documents tell differently: aims, target groups and services of common offers."""
    found = []
    if theirs.aims.purpose.strip() and ours.aims.purpose.split() != theirs.aims.purpose.split():
        found.append("aims")
    their_offers = {one.measure_ref: one for one in theirs.services.offers}
    common = [(one, their_offers[one.measure_ref]) for one in ours.services.offers
              if one.measure_ref in their_offers]  # fmt: skip
    if any(set(mine.target_groups) != set(other.target_groups) for mine, other in common):
        found.append("target_groups")
    if any(mine.content.split() != other.content.split() for mine, other in common):
        found.append("services")
    return found


def call_told(facts: Facts) -> Finds:
    """i.42: an agreement that comes from a call has one, which told everything that decides."""
    if facts.now.header.award is Award.CALL and facts.call is None:
        yield Found("call-missing")
    if facts.call is not None:
        yield from specification(facts.call)


def specification(call: CallSeen) -> Finds:
    """i.42: aim, services, delivery, base requirements and award criteria stand in the call."""
    if call.direct:
        return
    told = set(call.items) | ({CallItem.AWARD_CRITERIA} if call.criteria else set())
    for item in CallItem:
        if item not in told:
            yield Found("call-lacks", f"call:{item}", {"item": item})


def direct(facts: Facts) -> Finds:
    """i.43: without a call, requirements and criteria of selection can be read by everybody."""
    if facts.now.header.award is not Award.DIRECT:
        return
    if facts.call is None or not facts.call.requirements_public:
        yield Found("direct-unpublished")


def unread(call: CallSeen) -> Finds:
    """i.43: a direct award whose requirements and criteria nobody can read yet."""
    if call.direct and not call.requirements_public:
        yield Found("direct-unpublished")


def negotiated(facts: Facts) -> Finds:
    """i.44: the provider had a draft before it and answered."""
    if not facts.rounds:
        yield Found("never-negotiated")


RULES = (one_thread, one_voice, call_told, direct, negotiated)
