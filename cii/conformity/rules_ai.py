"""Rules of the disability insurance: model agreement and general conditions (CG) leave little open.

The money of AI2 (flat rates) and AI3 (profit carry-over) are rules of `agreements` and `final_accounts`.
"""

import re

from cii.agreements.vocabulary import DeliverableKind
from cii.conformity.facts import Facts
from cii.conformity.found import Finds, Found
from cii.conformity.rules_reports import AT_SIGNATURE
from cii.conformity.vocabulary import ResultCriterion
from cii.conventions.vocabulary import ReferenceKind, RiskSharing, SubsidyNature, SurplusRule, TalkPurpose
from cii.kernel.period import months_later

_CONDITIONS = re.compile(
    r"\b(CG|AVB|GTC)\b|conditions générales|allgemeine (vertrags)?bedingungen", re.IGNORECASE
)
_PURPOSES = (TalkPurpose.STRUCTURE, TalkPurpose.PROCESS, TalkPurpose.RESULT)


def model(facts: Facts) -> Finds:
    """AI1: the model agreement and the general conditions, each in its version (RAI 41 al. 1 let. l)."""
    held = [one for one in facts.now.text.bases.references if one.version.strip()]
    models = [one for one in held if one.kind is ReferenceKind.MODEL]
    conditions = [one for one in held if _CONDITIONS.search(one.title)]
    if not [one for one in models if one not in conditions]:
        yield Found("ai-model-missing")
    if not conditions:
        yield Found("ai-conditions-missing")


def flat_rate(facts: Facts) -> Finds:
    """AI2: a flat rate for each person placed (CG 5)."""
    nature = facts.now.text.price.nature
    if nature is not SubsidyNature.FLAT_RATE:
        yield Found("ai-not-flat-rate")


def carry_over(facts: Facts) -> Finds:
    """AI3: surplus goes to the profit carry-over account and serves later results only (CG 3.4)."""
    if facts.now.text.surplus.rule is not SurplusRule.CARRY_OVER:
        yield Found("ai-surplus-not-carried")


def open_ended(facts: Facts) -> Finds:
    """AI4: open-ended, ended to 31 July with six months' notice (CG 8.2)."""
    head = facts.now.header
    if head.valid_to is not None:
        yield Found("ai-not-open-ended")
    if head.notice_months != facts.limits.notice_months:
        yield Found(
            "ai-notice-differs", facts={"months": head.notice_months, "due": facts.limits.notice_months}
        )


def price_age(facts: Facts) -> Finds:
    """AI5: prices are renegotiated every three years (CG 5.3.2)."""
    oldest = facts.priced_from
    if oldest is not None and months_later(oldest, facts.limits.price_months) <= facts.day:
        yield Found("ai-price-old", facts={"since": oldest, "months": facts.limits.price_months})


def no_guarantee(facts: Facts) -> Finds:
    """AI6: no minimum volume is guaranteed."""
    volume = facts.now.text.volume
    guaranteed = volume.guarantee_percent or max((one.guarantee or 0 for one in facts.now.rates), default=0)
    if guaranteed or volume.risk is RiskSharing.MINIMUM_GUARANTEE:
        yield Found("ai-guarantee", facts={"share": guaranteed})


def results(facts: Facts) -> Finds:
    """AI7: four result criteria, the reports of CG 7, a talk on structure, process and result."""
    codes = {one.code for one in facts.now.text.evaluation.criteria}
    for criterion in ResultCriterion:
        if criterion not in codes:
            yield Found("ai-criterion-missing", f"criterion:{criterion}", {"criterion": criterion})
    told = {one.deliverable for one in facts.now.text.reports.items}
    for kind in DeliverableKind:
        if kind in AT_SIGNATURE and kind not in told:
            yield Found("ai-report-missing", f"deliverable:{kind}", {"kind": kind})
    for purpose in _PURPOSES:
        if purpose not in facts.now.text.talks.purposes:
            yield Found("ai-purpose-missing", f"purpose:{purpose}", {"purpose": purpose})


RULES = (model, flat_rate, carry_over, open_ended, price_age, no_guarantee, results)
