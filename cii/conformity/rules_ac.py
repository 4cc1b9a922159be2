"""Rules of the unemployment insurance: what OACI 81d lists, price by costs, competition, control, practice.

AC4 (federal ceiling), AC6 (attestation of attendance), AC7 (introductory allowances) and the money of AC2 and
AC3 are rules of `figures`, `settlement`, `wages`, `final_accounts` and `payments`.
"""

from enum import StrEnum

from cii.agreements.vocabulary import Instrument
from cii.conformity.facts import Facts
from cii.conformity.found import Finds, Found, said
from cii.conformity.vocabulary import AgreementItem, DecisionItem
from cii.conventions.vocabulary import ReferenceKind, Reserves, SubsidyNature, SurplusRule
from cii.kernel.period import months_later


def decision_items(facts: Facts) -> dict[DecisionItem, bool]:
    """Which of the seven items of a decision the text states (OACI 81d al. 2)."""
    text, offers = facts.now.text, facts.now.text.services.offers
    return {
        DecisionItem.LEGAL_BASES: any(
            one.kind is ReferenceKind.LAW and said(one.title) for one in text.bases.references
        ),
        DecisionItem.NATURE: text.price.nature is not None,
        DecisionItem.AMOUNT: text.price.total is not None or bool(facts.now.rates),
        DecisionItem.TERM: facts.now.header.valid_to is not None or said(text.term.termination),
        DecisionItem.AIMS: said(text.aims.purpose) and bool(facts.now.goals),
        DecisionItem.MANDATE: said(text.bases.mandate),
        DecisionItem.TARGET_GROUPS: bool(offers) and all(one.target_groups for one in offers),
    }


def agreement_items(facts: Facts) -> dict[AgreementItem, bool]:
    """Which of the seven further items of an agreement the text states (OACI 81d al. 3)."""
    text, gauges = facts.now.text, facts.now.gauges
    return {
        AgreementItem.AUTHORITY: said(text.parties.authority),
        AgreementItem.ORGANISER: said(text.parties.organiser),
        AgreementItem.RIGHTS_AND_DUTIES: bool(text.principles.duties) and said(text.volume.responsibilities),
        AgreementItem.TARGET_VALUES: any(one.target for one in gauges)
        or any(one.direction == "down" for one in gauges),
        AgreementItem.INDICATORS: bool(gauges),
        AgreementItem.TERMINATION_OR_CHANGE: said(text.term.termination) and said(text.term.changes),
        AgreementItem.DISPUTE_PROCEDURE: said(text.disputes.procedure),
    }


def listed_by_law(facts: Facts) -> Finds:
    """AC1: each item that is missing, by name: seven for a decision, seven more for an agreement."""
    stated: dict[StrEnum, bool] = dict(decision_items(facts).items())
    if facts.now.header.instrument is not Instrument.SUBSIDY_DECISION:
        stated.update(agreement_items(facts).items())
    for item, there in stated.items():
        if not there:
            yield Found("ac-item-missing", f"item:{item}", {"item": item})


def costs_only(facts: Facts) -> Finds:
    """AC2: attested costs, all revenue deducted in full, no account for surplus (LACI 59cbis, OACI 97)."""
    price, surplus = facts.now.text.price, facts.now.text.surplus
    if price.nature is not None and price.nature is not SubsidyNature.ATTESTED_COSTS:
        yield Found("ac-price-not-costs", facts={"nature": price.nature})
    if surplus.rule not in {None, SurplusRule.FULLY_DEDUCTED} or surplus.reserves is Reserves.ALLOWED:
        yield Found("ac-surplus-kept")


def repayment(facts: Facts) -> Finds:
    """AC3: what is paid wrongly is claimed back (LACI 59cbis al. 4)."""
    if not said(facts.now.text.price.reimbursement):
        yield Found("ac-repayment-unsaid")


def no_competition(facts: Facts) -> Finds:
    """AC5: an organiser without profit, no direct competition with the economy (LACI 64a)."""
    if not facts.now.header.non_profit:
        yield Found("ac-for-profit")
    if not facts.now.text.principles.no_competition:
        yield Found("ac-competition-unexcluded")


def control(facts: Facts) -> Finds:
    """AC8: internal control, risk management, checked each year; no new right (LACI 23 al. 3bis)."""
    principles, seen = facts.now.text.principles, facts.provider
    if not said(principles.internal_control):
        yield Found("ac-control-unsaid")
    if not principles.no_new_rights:
        yield Found("ac-new-rights")
    if seen.ics_known and seen.ics_on is None:
        yield Found("ac-attestation-missing")
    if seen.ics_on is not None and months_later(seen.ics_on, facts.limits.ics_months) < facts.day:
        yield Found("ac-attestation-old", facts={"on": seen.ics_on, "months": facts.limits.ics_months})


def usual_notice(facts: Facts) -> Finds:
    """AC9: a notice of three to six months is the practice."""
    months, limits = facts.now.header.notice_months, facts.limits
    if not limits.notice_least_ac <= months <= limits.notice_months:
        found = {"months": months, "least": limits.notice_least_ac, "most": limits.notice_months}
        yield Found("ac-notice-unusual", facts=found)


RULES = (listed_by_law, costs_only, repayment, no_competition, control, usual_notice)
