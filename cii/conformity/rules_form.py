"""Indications 1 to 4: a short document, named references, one thread from aim to report, nothing implicit."""

from cii.conformity.facts import Facts
from cii.conformity.found import Finds, Found, listed, said
from cii.conventions.vocabulary import ReferenceKind


def length(facts: Facts) -> Finds:
    """i.1: five to ten pages, annexes apart; the paper counts them."""
    if facts.pages is not None and not facts.limits.pages_least <= facts.pages <= facts.limits.pages_most:
        yield Found(
            "pages-outside",
            facts={
                "pages": facts.pages, "least": facts.limits.pages_least, "most": facts.limits.pages_most,
            },
        )  # fmt: skip


def references(facts: Facts) -> Finds:
    """i.2: each legal basis, rule, concept and annex with its version."""
    held = facts.now.text.bases.references
    if not any(one.kind is ReferenceKind.LAW and said(one.title) for one in held):
        yield Found("legal-basis-missing")
    for one in held:
        if not said(one.version):
            yield Found("reference-without-version", f"reference:{one.title}", {"title": one.title})
    for offer in facts.now.text.services.offers:
        if said(offer.concept) and not said(offer.concept_version):
            yield Found("concept-without-version", f"offer:{offer.measure_ref}", {"title": offer.concept})


def thread(facts: Facts) -> Finds:
    """i.3: what is bought, offered, priced, aimed at and reported hangs together; nothing stands alone."""
    now = facts.now
    served = {name for item in now.text.reports.items for name in item.serves}
    for goal in now.goals:
        if goal.level != "beneficiary" and goal.ref not in served:
            yield Found("goal-not-reported", f"goal:{goal.ref}", {"goal": goal.wording})
    offered = {one.measure_ref for one in now.text.services.offers}
    names = {one.measure_ref: one.measure_name for one in now.bought}
    for ref, name in names.items():
        if ref not in offered:
            yield Found("bought-without-offer", f"offer:{ref}", {"measure": name})
    for ref in sorted(offered - names.keys()):
        yield Found("offer-not-bought", f"offer:{ref}", {"measure": ref})
    priced = {(one.measure_ref, one.line_ref) for one in now.rates}
    for one in now.bought:
        if (one.measure_ref, one.line_ref) not in priced:
            yield Found(
                "bought-without-price",
                f"bought:{one.measure_ref}:{one.line_ref}",
                {"measure": one.measure_name, "line": one.line_code},
            )


def expectations(facts: Facts) -> Finds:
    """i.4: a person confirms that what is expected for going on is said."""
    yield Found("expectations", facts={"listed": listed(facts.now.text.aims.expectations)})


RULES = (length, references, thread, expectations)
