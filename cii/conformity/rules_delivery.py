"""Indications 21 to 25: labels instead of own audits, free choice of standard, information, general duties.

The overview of the guide (000 §3.3 E) maps "organisation" to i.21, its table in §4.1 to i.24: that one holds.
"""

from cii.conformity.facts import Facts
from cii.conformity.found import Finds, Found, said
from cii.conventions.vocabulary import InformedEvent

_ASKED = (InformedEvent.ABSENCE, InformedEvent.OBJECTIVES_BREACH, InformedEvent.STAFF_HIRED)
"""What the guide names as essential (i.24)."""


def labels(facts: Facts) -> Finds:
    """i.21: a person confirms that labels are accepted as evidence; an expired one is none."""
    standards = facts.now.text.principles.standards
    accepted = sum(one.audit_accepted for one in standards)
    yield Found("labels-accepted", facts={"listed": accepted, "standards": len(standards)})
    for one in standards:
        if one.name in facts.provider.labels_expired and one.name not in facts.provider.labels_valid:
            yield Found("label-expired", f"standard:{one.name}", {"label": one.name})


def free_choice(facts: Facts) -> Finds:
    """i.22: a named standard always "or an equivalent one"."""
    for one in facts.now.text.principles.standards:
        if said(one.name) and not one.or_equivalent:
            yield Found("standard-without-equivalent", f"standard:{one.name}", {"standard": one.name})


def extra_rules(facts: Facts) -> Finds:
    """i.23: a person confirms that rules beyond the standards are listed and fit the provider's size."""
    rules = facts.now.text.principles.extra_rules
    if rules:
        yield Found("extra-rules", facts={"listed": len(rules), "places": facts.places})


def information(facts: Facts) -> Finds:
    """i.24: absences within three working days, breach of individual objectives, hiring; and little else."""
    duties, limits = facts.now.text.principles.information, facts.limits
    told = {one.event for one in duties}
    for event in _ASKED:
        if event not in told:
            yield Found("information-missing", f"information:{event}", {"event": event})
    for one in duties:
        name = f"information:{one.event}"
        if one.working_days is None:
            yield Found("information-without-deadline", name, {"event": one.event})
        elif one.event is InformedEvent.ABSENCE and one.working_days > limits.absence_days:
            days = {"days": one.working_days, "most": limits.absence_days}
            yield Found("absence-reported-late", name, days)
    if len(duties) > limits.information_duties:
        yield Found("information-too-much", facts={"n": len(duties), "most": limits.information_duties})


def general_duties(facts: Facts) -> Finds:
    """i.25: a person confirms that general duties and standards are listed."""
    yield Found("general-duties", facts={"listed": len(facts.now.text.principles.duties)})


RULES = (labels, free_choice, extra_rules, information, general_duties)
