"""Indications 14 to 20: the risk of volume, responsibilities, price, extras, adjustment, surplus."""

from collections import defaultdict

from cii.conformity.facts import Facts
from cii.conformity.found import Finds, Found, listed, said
from cii.conventions.vocabulary import ExtraKind, PricedUnit, RiskSharing, SurplusRule, WarnedEvent


def risk(facts: Facts) -> Finds:
    """i.14: a minimum guarantee, budgeted costs or the month begun; or none, with its reason."""
    volume, rates = facts.now.text.volume, facts.now.rates
    match volume.risk:
        case None:
            yield Found("risk-unsaid")
        case RiskSharing.MINIMUM_GUARANTEE if not volume.guarantee_percent and not any(
            one.guarantee for one in rates
        ):
            yield Found("risk-guarantee-unset")
        case RiskSharing.MONTH_BEGUN if not any(one.month_begun for one in rates):
            yield Found("risk-month-not-in-tariff")
        case RiskSharing.NONE if not said(volume.risk_reason):
            yield Found("risk-none-unjustified")


def responsibilities(facts: Facts) -> Finds:
    """i.15: a person confirms who answers for what, and that interruption and overrun are announced early."""
    volume = facts.now.text.volume
    warned = {one.event for one in volume.warnings} & {WarnedEvent.INTERRUPTION, WarnedEvent.OVERRUN}
    counted = {"listed": listed(volume.responsibilities), "warnings": len(warned)}
    yield Found("responsibilities", facts=counted)


def price(facts: Facts) -> Finds:
    """i.16: the price covers what is produced and the guidance; the share of fixed costs is known."""
    held = facts.now.text.price
    if not (held.covers_production and held.covers_support):
        yield Found("price-covers-part")
    if held.fixed_percent is None:
        yield Found("fixed-costs-unknown")


def extras(facts: Facts) -> Finds:
    """i.17: what is paid beyond the price is declared alike, or it is declared that nothing is."""
    held = facts.now.text.price
    if not held.extras and not held.extras_none:
        yield Found("extras-undeclared")
    if held.extras and held.extras_none:
        yield Found("extras-contradict")
    units: dict[ExtraKind, set[PricedUnit]] = defaultdict(set)
    for number, one in enumerate(held.extras, start=1):
        units[one.kind].add(one.unit)
        unnamed = one.kind is ExtraKind.OTHER and not said(one.wording)
        if not one.amount.centimes or unnamed:
            yield Found("extra-without-price", f"extra:{number}", {"kind": one.kind})
    for kind, known in units.items():
        if len(known) > 1 and kind is not ExtraKind.OTHER:
            yield Found("extras-not-uniform", f"extra:{kind}", {"kind": kind})


def adjustment(facts: Facts) -> Finds:
    """i.18: how volume and price are adjusted later, by which criteria a provider is retained or not."""
    volume = facts.now.text.volume
    if not said(volume.adjustment):
        yield Found("adjustment-unsaid")
    if not said(volume.retention_criteria):
        yield Found("retention-unsaid")


def reserves(facts: Facts) -> Finds:
    """i.19: a person confirms the clause on reserves."""
    surplus = facts.now.text.surplus
    counted = int(surplus.reserves is not None) + listed(surplus.reserves_rule)
    yield Found("reserves", facts={"listed": counted})


def surplus(facts: Facts) -> Finds:
    """i.20: a rule for surplus that serves the social purpose: neither profit nor deducted in full."""
    held = facts.now.text.surplus
    if held.rule is None:
        yield Found("surplus-unsaid")
    elif held.rule is SurplusRule.FULLY_DEDUCTED or (
        held.rule is SurplusRule.SHARED and held.kept_percent == 0
    ):
        yield Found("surplus-fully-deducted")
    elif held.rule is SurplusRule.FREE:
        yield Found("surplus-for-profit")
    elif not said(held.purpose):
        yield Found("surplus-without-purpose")


RULES = (risk, responsibilities, price, extras, adjustment, reserves, surplus)
