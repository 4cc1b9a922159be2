"""Each indication of the guide and each rule of a payer: an agreement that keeps it, one that does not."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import pytest

from cii.agreements.vocabulary import (
    Award,
    DeliverableKind,
    Direction,
    Instrument,
    Interruptions,
    ObjectiveLevel,
    Profile,
    Standing,
)
from cii.conformity.facts import CallSeen, Document, Facts, Overdue, ProviderSeen
from cii.conformity.rules import Settlement, check, check_call, settle
from cii.conformity.rules_fr import reached
from cii.conformity.severities import TABLE
from cii.conformity.vocabulary import AgreementItem, Answer, CallItem, DecisionItem, Severity
from cii.conventions.parts_conduct import (
    Criterion,
    InformationDuty,
    Standard,
)
from cii.conventions.parts_deal import Extra, Offer, Reference
from cii.conventions.parts_profiles import CategoryContent, YearGoal
from cii.conventions.vocabulary import (
    AlsoAsked,
    Area,
    DataForm,
    EvaluationMode,
    ExtraKind,
    Incentive,
    InformedEvent,
    PricedUnit,
    ReferenceKind,
    Reserves,
    RiskSharing,
    SubsidyNature,
    SurplusRule,
    TalkPurpose,
)
from cii.kernel.money import Chf
from cii.measures.vocabulary import TargetGroup
from cii.texts.languages import LANGUAGES
from cii.texts.speech import say
from tests.conformity.build_whole import (
    GAUGES,
    GOALS,
    ITEMS,
    MEASURE,
    OWED,
    TODAY,
    changed,
    from_a_call,
    renewed,
    the_facts,
    the_text,
    written,
)

AC, AI, AS, FR, BE = Profile.AC, Profile.AI, Profile.AS, Profile.FR_IAE, Profile.BE_POIAS
Change = Callable[[Facts], Facts]


@dataclass(frozen=True)
class Case:
    """What a test changes in a clean agreement of a profile, said as a sentence."""

    code: str
    sentence: str
    change: Change
    profile: Profile = AS


def part(name: str, **fields) -> Change:
    return lambda facts: changed(facts, name, **fields)


def goals(*found) -> Change:
    return part("whole", goals=found)


def gauges(*found) -> Change:
    return part("whole", gauges=found)


def goal(number: int, **fields) -> Change:
    held = list(GOALS)
    held[number] = replace(held[number], **fields)
    return goals(*held)


def gauge(number: int, **fields) -> Change:
    held = list(GAUGES)
    held[number] = replace(held[number], **fields)
    return gauges(*held)


def item(**fields) -> Change:
    return part("reports", items=(replace(ITEMS[0], **fields), *ITEMS[1:]))


def both(*changes: Change) -> Change:
    def change(facts: Facts) -> Facts:
        for one in changes:
            facts = one(facts)
        return facts

    return change


def many_gauges(count: int) -> Change:
    return gauges(*GAUGES, *(replace(GAUGES[2], code=f"more{n}", ref=f"more{n}") for n in range(count - 3)))


def many_goals(count: int) -> Change:
    return goals(*GOALS, *(replace(GOALS[2], ref=f"more{n}", wording=f"But {n}") for n in range(count - 3)))


def rate(**fields) -> Change:
    return lambda facts: changed(
        facts, "whole", rates=tuple(replace(one, **fields) for one in facts.now.rates)
    )


def call(**fields) -> Change:
    return lambda facts: replace(
        facts, call=replace(from_a_call(facts).call, **fields), now=from_a_call(facts).now
    )


def awarded(**fields) -> Change:
    return lambda facts: replace(facts, call=replace(facts.call, **fields))


def informed(*duties: InformationDuty) -> Change:
    return part("principles", information=duties)


def offer(**fields) -> Change:
    return lambda facts: changed(
        facts, "services", offers=tuple(replace(one, **fields) for one in facts.now.text.services.offers)
    )


def other(**fields) -> Change:
    document = Document("Contrat-cadre", replace(the_text(), **fields))
    return lambda facts: replace(facts, others=(document,))


ABSENCE, BREACH, HIRED = (
    InformationDuty(InformedEvent.ABSENCE, 3), InformationDuty(InformedEvent.OBJECTIVES_BREACH, 5),
    InformationDuty(InformedEvent.STAFF_HIRED, 10),
)  # fmt: skip
BARE = replace(the_text().services.offers[0], target_groups=())
LAW = Reference(ReferenceKind.LAW, "LACI", "2026")

BROKEN = (
    Case("pages-outside", "eleven pages are too many", part("facts", pages=11)),
    Case("legal-basis-missing", "no law is named", part("bases", references=())),
    Case("reference-without-version", "a law is named without its version",
         part("bases", references=(replace(LAW, version=" "),))),
    Case("concept-without-version", "a concept is named without its version", offer(concept_version="")),
    Case("goal-not-reported", "an objective that no report serves", part("reports", items=ITEMS[:1] + ITEMS[2:])),
    Case("bought-without-offer", "a measure is bought and not described", part("services", offers=())),
    Case("offer-not-bought", "an offer of a measure that is not bought", offer(measure_ref="nnnnnnnnnn")),
    Case("bought-without-price", "a measure without a tariff", part("whole", rates=())),
    Case("expectations", "nobody has confirmed the expectations", part("facts")),
    Case("goals-missing", "no objective at all", goals()),
    Case("goal-without-wording", "an objective without words", goal(0, wording="  ")),
    Case("goal-without-owner", "an objective that nobody answers for", goal(1, owner="")),
    Case("goals-too-many", "seven objectives for ten places", many_goals(7)),
    Case("level-missing", "no objective of the enterprise", goals(GOALS[0])),
    Case("levels-mixed", "the same objective at two levels", goal(1, wording=GOALS[0].wording.upper())),
    Case("integration-goal-missing", "the enterprise has quality for its only aim", goals(GOALS[0], GOALS[2])),
    Case("main-goals-several", "two main objectives of integration for one offer",
         goals(*GOALS, replace(GOALS[1], ref="goal000009", wording="Autre", rank=3))),
    Case("requirements", "nobody has confirmed the requirements", part("facts")),
    Case("indicators-too-many", "nine indicators for ten places", many_gauges(9)),
    Case("target-missing", "an indicator whose target is nothing", gauge(2, target=0)),
    Case("minimum-beyond", "a minimum beyond its target", gauge(1, minimum=450)),
    Case("interruptions-unchosen", "an indicator silent on interruptions", gauge(1, interruptions=None)),
    Case("goal-without-indicator", "an objective without an indicator", gauges(*GAUGES[:2])),
    Case("offer-without-target-group", "an offer for nobody in particular", offer(target_groups=())),
    Case("risk-unsaid", "nobody bears the risk of volume", part("volume", risk=None)),
    Case("risk-guarantee-unset", "a guarantee of an unknown share",
         part("volume", risk=RiskSharing.MINIMUM_GUARANTEE)),
    Case("risk-month-not-in-tariff", "the month begun is promised and no tariff pays it",
         both(part("volume", risk=RiskSharing.MONTH_BEGUN), rate(month_begun=False))),
    Case("risk-none-unjustified", "no share in the risk and no reason", part("volume", risk=RiskSharing.NONE)),
    Case("responsibilities", "nobody has confirmed the responsibilities", part("facts")),
    Case("price-covers-part", "a price for what is produced alone", part("price", covers_support=False)),
    Case("fixed-costs-unknown", "an unknown share of fixed costs", part("price", fixed_percent=None)),
    Case("extras-undeclared", "neither extras nor their absence is declared", part("price", extras=())),
    Case("extras-contradict", "extras, and the word that there are none", part("price", extras_none=True)),
    Case("extra-without-price", "an extra at no price",
         part("price", extras=(Extra(ExtraKind.COACHING, PricedUnit.HOUR),))),
    Case("extras-not-uniform", "coaching by the hour and by the month",
         part("price", extras=tuple(Extra(ExtraKind.COACHING, unit, Chf(100))
                                    for unit in (PricedUnit.HOUR, PricedUnit.MONTH)))),
    Case("adjustment-unsaid", "no principle of adjustment", part("volume", adjustment="")),
    Case("retention-unsaid", "no criterion for retaining a provider", part("volume", retention_criteria="")),
    Case("reserves", "nobody has confirmed the clause on reserves", part("facts")),
    Case("surplus-unsaid", "no rule for surplus", part("surplus", rule=None)),
    Case("surplus-fully-deducted", "social aid deducts the surplus in full",
         part("surplus", rule=SurplusRule.FULLY_DEDUCTED)),
    Case("surplus-for-profit", "surplus that is free", part("surplus", rule=SurplusRule.FREE)),
    Case("surplus-without-purpose", "surplus without a purpose", part("surplus", purpose="")),
    Case("labels-accepted", "nobody has confirmed the labels", part("facts")),
    Case("label-expired", "an expired label as evidence",
         part("facts", provider=ProviderSeen(10, frozenset(), frozenset({"Norme Insertion Suisse"})))),
    Case("standard-without-equivalent", "one label only",
         part("principles", standards=(Standard(Area.AUDIT, "ISO 9001", or_equivalent=False),))),
    Case("extra-rules", "nobody has confirmed the further rules", part("facts")),
    Case("information-missing", "hiring is not told", informed(ABSENCE, BREACH)),
    Case("information-without-deadline", "a duty without a deadline",
         informed(ABSENCE, HIRED, replace(BREACH, working_days=None))),
    Case("absence-reported-late", "absences within four working days",
         informed(replace(ABSENCE, working_days=4), BREACH, HIRED)),
    Case("information-too-much", "seven duties to inform",
         informed(ABSENCE, BREACH, HIRED, *[InformationDuty(InformedEvent.OTHER, 5)] * 4)),
    Case("general-duties", "nobody has confirmed the general duties", part("facts")),
    Case("priorities-unsaid", "neither ranks nor weights", part("evaluation", mode=None)),
    Case("goal-without-rank", "a ranking that leaves one out", goal(2, rank=None)),
    Case("goal-without-weight", "weights that leave one out",
         both(goal(2, weight=None), part("evaluation", mode=EvaluationMode.WEIGHTED))),
    Case("weights-not-whole", "weights of 60 and 30",
         both(goal(2, weight=30), part("evaluation", mode=EvaluationMode.WEIGHTED))),
    Case("basic-unsaid", "no objective is a condition", goal(1, basic=False)),
    Case("missed-unsaid", "nothing follows missed objectives", part("evaluation", missed_steps="")),
    Case("incentive-unwritten", "a bonus without a formula", part("evaluation", incentive=Incentive.BONUS)),
    Case("incentive-not-computable", "a bonus for good work",
         part("evaluation", incentive=Incentive.BONUS, incentive_formula="selon les résultats")),
    Case("incentive-without-scheme", "pay by outcome without a scheme",
         part("evaluation", incentive=Incentive.OUTCOME_PAY, scheme_ref="")),
    Case("report-serves-nothing", "a report without an aim", item(serves=())),
    Case("report-serves-unknown", "a report for an objective that is not there", item(serves=("nothing",))),
    Case("report-duplicated", "a report that the label's audit holds", item(also=AlsoAsked.LABEL_AUDIT)),
    Case("report-form-unset", "a report of which nobody knows who computes", item(data=None)),
    Case("reports-missing", "an empty list of reports", part("reports", items=())),
    Case("list-not-closed", "a list that may grow", part("reports", closed_list=False)),
    Case("report-without-deliverable", "a report handed in with nothing", item(deliverable=None)),
    Case("deliverable-without-date", "a report that is never due", part("whole", owed=OWED[1:])),
    Case("deliverable-without-content", "a deliverable of unknown content",
         part("whole", owed=(*OWED, replace(OWED[0], kind=DeliverableKind.COURSES)))),
    Case("deliverable-late", "a report that has not come in",
         lambda facts: replace(facts, late=(Overdue(DeliverableKind.PARTICIPANTS, date(2026, 10, 5)),))),
    Case("template-missing", "no template", part("reports", template="")),
    Case("template-changed", "another template than before",
         lambda facts: changed(renewed(facts), "reports", template_version="3")),
    Case("data-graveyard", "figures that no evaluation uses", item(evaluated=False)),
    Case("figures-twice", "the same figures ready and person by person",
         part("reports", items=(*ITEMS, replace(ITEMS[0], data=DataForm.INDIVIDUAL_DATA)))),
    Case("individual-reports", "nobody has confirmed the individual reports", part("facts")),
    Case("talks-unset", "talks at no interval", part("talks", times_a_year=0)),
    Case("talks-without-purpose", "talks about nothing", part("talks", purposes=())),
    Case("visits", "nobody has confirmed the two steps of visits", part("facts")),
    Case("term-short", "exactly twelve months", part("header", valid_to=date(2028, 1, 1))),
    Case("notice-short", "five months' notice", part("header", notice_months=5)),
    Case("changes-in-term", "the price may change within the term", part("term", price_changes_in_term=True)),
    Case("termination-unsaid", "no word on termination", part("term", termination="")),
    Case("renewal-differs", "a renewal with other indicators and no reason",
         lambda facts: renewed(facts, gauges=2)),
    Case("criterion-not-in-call", "evaluation by a criterion that the call did not know",
         part("evaluation", criteria=(Criterion("results"), Criterion("proximity")))),
    Case("criterion-not-published", "offers scored by a hidden criterion", call(scored=frozenset({"price"}))),
    Case("criterion-left-out", "a criterion of the call is forgotten", part("evaluation", criteria=())),
    Case("award-unsaid", "nobody knows how the mandate was awarded", part("header", award=None)),
    Case("document-differs", "the framework names another target group",
         other(services=replace(the_text().services, offers=(BARE,)))),
    Case("call-missing", "awarded by a call that nobody finds",
         both(part("header", award=Award.CALL), part("facts", call=None))),
    Case("call-lacks", "a call silent on base requirements",
         call(items=frozenset(CallItem) - {CallItem.BASE_REQUIREMENTS})),
    Case("direct-unpublished", "a direct award in silence", awarded(requirements_public=False)),
    Case("never-negotiated", "no draft was laid before the provider", part("facts", rounds=0)),
    Case("ac-item-missing", "a decision without its mandate", part("bases", mandate=""), AC),
    Case("ac-price-not-costs", "the AC pays a flat rate", part("price", nature=SubsidyNature.FLAT_RATE), AC),
    Case("ac-surplus-kept", "a surplus account in the AC", part("surplus", rule=SurplusRule.CARRY_OVER), AC),
    Case("ac-repayment-unsaid", "no word on repayment", part("price", reimbursement=""), AC),
    Case("ac-for-profit", "an organiser for profit", part("header", non_profit=False), AC),
    Case("ac-competition-unexcluded", "competition is not excluded", part("principles", no_competition=False), AC),
    Case("ac-control-unsaid", "no internal control", part("principles", internal_control=""), AC),
    Case("ac-new-rights", "a measure that opens a new right", part("principles", no_new_rights=False), AC),
    Case("ac-attestation-missing", "no attestation of internal control",
         part("facts", provider=ProviderSeen(ics_known=True)), AC),
    Case("ac-attestation-old", "an attestation of thirteen months ago",
         part("facts", provider=ProviderSeen(ics_on=date(2025, 9, 15), ics_known=True)), AC),
    Case("ac-notice-unusual", "two months' notice", part("header", notice_months=2), AC),
    Case("ai-model-missing", "no model agreement", part("bases", references=(LAW,)), AI),
    Case("ai-conditions-missing", "no general conditions", part("bases", references=(LAW,)), AI),
    Case("ai-not-flat-rate", "the AI pays costs", part("price", nature=SubsidyNature.ATTESTED_COSTS), AI),
    Case("ai-surplus-not-carried", "the AI shares a surplus", part("surplus", rule=SurplusRule.SHARED), AI),
    Case("ai-not-open-ended", "the AI agrees for two years", part("header", valid_to=date(2029, 1, 1)), AI),
    Case("ai-notice-differs", "three months' notice in the AI", part("header", notice_months=3), AI),
    Case("ai-price-old", "a price of three years ago", part("facts", priced_from=date(2023, 10, 15)), AI),
    Case("ai-guarantee", "a guarantee of half the volume", part("volume", guarantee_percent=50), AI),
    Case("ai-criterion-missing", "no result criterion", part("evaluation", criteria=(Criterion("results"),)), AI),
    Case("ai-report-missing", "no annual report", part("reports", items=ITEMS[:1]), AI),
    Case("ai-purpose-missing", "a talk about results alone", part("talks", purposes=(TalkPurpose.RESULT,)), AI),
    Case("as-law-missing", "no cantonal law", part("bases", references=())),
    Case("as-wages-unfit", "wages to the insured of the AC", part("price", participants_paid=True), AC),
    Case("fr-axis-missing", "a project without training", part("insertion", training=""), FR),
    Case("fr-opinion-missing", "no opinion of the council", part("insertion", council_on=None), FR),
    Case("fr-opinion-unfavourable", "an unfavourable opinion", part("insertion", council_favourable=False), FR),
    Case("fr-funders-missing", "no funders' conference", part("insertion", funders_on=None), FR),
    Case("fr-means-missing", "nothing but money", part("insertion", means=()), FR),
    Case("fr-signatory-missing", "no prefect", part("parties", others=()), FR),
    Case("fr-trajectory-missing", "no trajectory", part("insertion", trajectory=()), FR),
    Case("fr-trajectory-low", "22.5 % durable exits in the third year",
         part("insertion", trajectory=(YearGoal(2027, 150, 500), YearGoal(2029, 225, 600))), FR),
    Case("fr-positive-unsaid", "positive exits are whatever one likes", part("insertion", positive_exits=""), FR),
    Case("fr-former-results", "nobody has said what became of the former objectives", renewed, FR),
    Case("be-categories-missing", "no category of clients", part("outcome_pay", categories=()), BE),
    Case("be-content-missing", "a category that is offered nothing",
         part("outcome_pay", categories=(CategoryContent("A"),)), BE),
    Case("be-subcontracting-unsaid", "subcontractors of an unknown share",
         part("outcome_pay", subcontracted_percent=None), BE),
    Case("be-reserves", "reserves within limits", part("surplus", reserves=Reserves.LIMITED), BE),
    Case("be-referral-unsaid", "the provider refers to itself", part("outcome_pay", referral=""), BE),
)  # fmt: skip

KEPT = (
    Case("1", "five pages are enough", part("facts", pages=5)),
    Case("1", "ten pages are not too many", part("facts", pages=10)),
    Case("1", "pages that nobody has counted yet are no finding", part("facts", pages=None)),
    Case("2", "a law with its version", part("bases", references=(LAW,))),
    Case("3", "everything hangs together", part("facts")),
    Case("4", "the expectations are confirmed", part("facts")),
    Case("5", "six objectives for ten places", both(many_goals(6), part("reports", items=ITEMS))),
    Case("6", "beneficiaries' objectives stand in the individual agreements", part("facts")),
    Case("6", "or in the agreement itself",
         both(part("aims", individual_link=""),
              goals(*GOALS, replace(GOALS[2], ref="g", level=ObjectiveLevel.BENEFICIARY, wording="Dossier")))),
    Case("7", "the enterprise aims at integration", part("facts")),
    Case("8", "one main objective and a partial one",
         goals(*GOALS, replace(GOALS[1], ref="g", wording="Entretiens", standing=Standing.PARTIAL))),
    Case("9", "the requirements are confirmed", part("facts")),
    Case("10", "eight indicators for ten places", many_gauges(8)),
    Case("10", "twelve for twenty places", both(many_gauges(12), part("facts", provider=ProviderSeen(20)))),
    Case("11", "a minimum of 30 % under a target of 40 %", gauge(1, target=400, minimum=300)),
    Case("11", "at most one day of absence, two at the worst",
         gauge(2, direction=Direction.DOWN, target=1, minimum=2, interruptions=Interruptions.COUNTED)),
    Case("12", "an objective of beneficiaries is measured in the individual agreement",
         goals(*GOALS, replace(GOALS[2], ref="g", level=ObjectiveLevel.BENEFICIARY, wording="Dossier"))),
    Case("13", "an offer for persons of low skill", part("facts")),
    Case("14", "a guarantee of 80 %",
         part("volume", risk=RiskSharing.MINIMUM_GUARANTEE, guarantee_percent=80)),
    Case("14", "the month begun, paid by the tariff", part("volume", risk=RiskSharing.MONTH_BEGUN)),
    Case("14", "no share in the risk, with its reason",
         part("volume", risk=RiskSharing.NONE, risk_reason="Volume stable")),
    Case("15", "the responsibilities are confirmed", part("facts")),
    Case("16", "the price covers production and guidance", part("facts")),
    Case("17", "it is declared that there are no extras", part("price", extras=(), extras_none=True)),
    Case("18", "adjustment and criteria are told", part("facts")),
    Case("19", "the clause on reserves is confirmed", part("facts")),
    Case("20", "half of a surplus stays for the social purpose",
         part("surplus", rule=SurplusRule.SHARED, kept_percent=50)),
    Case("21", "an expired label that was renewed",
         part("facts", provider=ProviderSeen(10, frozenset({"Norme Insertion Suisse"}),
                                             frozenset({"Norme Insertion Suisse"})))),
    Case("22", "a standard or its equivalent", part("facts")),
    Case("23", "no further rules, nothing to confirm", part("principles", extra_rules=())),
    Case("24", "absences within three working days", informed(ABSENCE, BREACH, HIRED)),
    Case("25", "the general duties are confirmed", part("facts")),
    Case("26", "weights of 60 and 40", part("evaluation", mode=EvaluationMode.WEIGHTED)),
    Case("27", "deadline, criteria and steps", part("facts")),
    Case("28", "a bonus computed from the rate of reinsertion",
         part("evaluation", incentive=Incentive.BONUS, incentive_formula="500 × (reinsertion − 40)")),
    Case("28", "no incentive", part("evaluation", incentive=Incentive.NONE)),
    Case("29", "a report that serves a requirement", item(serves=("goal000001", "goal000002", "comptes"))),
    Case("30", "nothing is asked for twice", part("facts")),
    Case("31", "individual data instead of figures", item(data=DataForm.INDIVIDUAL_DATA)),
    Case("32", "a closed list with its dates", part("facts")),
    Case("33", "the same template as before", renewed),
    Case("34", "everything is used", part("facts")),
    Case("35", "the part of individual reports is confirmed", part("facts")),
    Case("36", "two talks a year about results", part("facts")),
    Case("37", "no own visits, nothing to confirm", part("talks", visits=False)),
    Case("38", "a day more than twelve months", part("header", valid_to=date(2028, 1, 2))),
    Case("38", "an open end", part("header", valid_to=None)),
    Case("39", "a renewal that changes nothing", renewed),
    Case("39", "a renewal that says why it changes",
         both(lambda facts: renewed(facts, gauges=2), part("term", differences_reason="Groupe cible élargi"))),
    Case("40", "the criteria of the call", from_a_call),
    Case("41", "a framework that says the same", other()),
    Case("42", "a call that tells everything", from_a_call),
    Case("43", "a direct award in public", part("facts")),
    Case("44", "one round with the provider", part("facts", rounds=1)),
    Case("AC1", "all fourteen items", part("facts"), AC),
    Case("AC2", "attested costs, revenue deducted", part("facts"), AC),
    Case("AC3", "repayment is settled", part("facts"), AC),
    Case("AC5", "no profit, no competition", part("facts"), AC),
    Case("AC8", "an attestation of exactly twelve months",
         part("facts", provider=ProviderSeen(ics_on=date(2025, 10, 15), ics_known=True)), AC),
    Case("AC9", "three months' notice", part("header", notice_months=3), AC),
    Case("AI1", "model agreement and general conditions", part("facts"), AI),
    Case("AI2", "a flat rate", part("facts"), AI),
    Case("AI3", "a profit carry-over account", part("facts"), AI),
    Case("AI4", "open-ended with six months' notice", part("facts"), AI),
    Case("AI5", "a price of not quite three years", rate(valid_from=date(2023, 10, 16)), AI),
    Case("AI6", "no guarantee", part("facts"), AI),
    Case("AI7", "four criteria, five reports, three purposes", part("facts"), AI),
    Case("AS1", "cantonal law", part("facts")),
    Case("AS1", "wages to participants of social aid", part("price", participants_paid=True)),
    Case("AS1", "wages to participants of the AI", part("price", participants_paid=True), AI),
    Case("FR1", "25.0 and 60.0 % in the third year", part("facts"), FR),
    Case("FR2", "a first agreement has no former objectives", part("facts"), FR),
    Case("B1", "contents by category, subcontractors", part("facts"), BE),
    Case("B2", "no reserves", part("facts"), BE),
    Case("B3", "independent referral", part("facts"), BE),
)  # fmt: skip


def named(case: Case) -> str:
    return f"{case.code}: {case.sentence}"


@pytest.mark.parametrize("case", BROKEN, ids=named)
def test_an_agreement_that_lacks_something_has_its_finding(case: Case):
    facts = case.change(the_facts(case.profile))

    found = [one for one in check(facts) if one.code == case.code]

    assert found, case.sentence
    assert {one.indication for one in found} == {TABLE[case.code].indication}
    for lang in LANGUAGES:
        assert all(say(f"finding.{case.code}", lang, **one.facts) for one in found)
        assert all(say(f"finding.{case.code}.remedy", lang, **one.facts) for one in found)


@pytest.mark.parametrize("case", KEPT, ids=named)
def test_an_agreement_that_keeps_it_has_no_open_finding(case: Case):
    facts = case.change(the_facts(case.profile))
    found = [one for one in check(facts) if one.indication == case.code]

    yes = {one.key: Settlement(one.digest, "", Answer.YES) for one in found if one.facts.get("listed")}

    assert [one.finding.code for one in settle(found, yes) if one.open] == []


def test_each_finding_of_the_table_is_brought_about():
    assert {case.code for case in BROKEN} == set(TABLE)


def test_each_indication_and_each_rule_is_kept_by_some_agreement():
    assert {case.code for case in KEPT} == {line.indication for line in TABLE.values()}
    assert {str(n) for n in range(1, 45)} <= {case.code for case in KEPT}


@pytest.mark.parametrize("profile", list(Profile))
def test_a_complete_agreement_asks_for_answers_only(profile: Profile):
    found = check(the_facts(profile))

    assert {one.severity for one in found} == {Severity.CHECK}


def test_the_list_of_the_law_names_seven_items_for_a_decision_and_seven_more_for_an_agreement():
    bare = replace(the_facts(AC), call=None)
    empty = changed(bare, "whole", text=replace(the_text(), **{
        name: type(getattr(the_text(), name))()
        for name in ("parties", "bases", "aims", "services", "volume", "price", "principles", "term", "disputes")
    }), goals=(), gauges=(), rates=())  # fmt: skip
    decision = changed(empty, "header", instrument=Instrument.SUBSIDY_DECISION, valid_to=None)

    missing = [
        one.facts["item"] for one in check(changed(empty, "header", valid_to=None)) if one.indication == "AC1"
    ]
    of_decision = [one.facts["item"] for one in check(decision) if one.indication == "AC1"]

    assert of_decision == list(DecisionItem)
    assert missing == [*DecisionItem, *AgreementItem]
    assert len(DecisionItem) == len(AgreementItem) == 7


@pytest.mark.parametrize(
    ("durable", "dynamic", "met"), [(250, 600, True), (225, 600, False), (250, 599, False)]
)
def test_a_trajectory_reaches_a_quarter_durable_and_three_fifths_dynamic_exits(durable, dynamic, met):
    assert reached(durable, dynamic, 250, 600) is met


def test_what_the_guide_asks_warns_social_aid_and_blocks_where_the_canton_says_so():
    facts = changed(the_facts(), "volume", risk=None)

    free = [one.severity for one in check(facts) if one.indication == "14"]
    bound = [
        one.severity
        for one in check(replace(facts, limits=replace(facts.limits, binding=True)))
        if one.indication == "14"
    ]

    assert (free, bound) == ([Severity.WARNING], [Severity.ERROR])


def test_each_payer_is_asked_what_the_guide_lists_for_it():
    silent = replace(the_facts(), call=None, rounds=0, pages=99)
    found = {}
    for profile in (AC, AI, AS):
        here = changed(silent, "header", profile=profile)
        bare = changed(changed(here, "volume", risk=None), "surplus", rule=None)
        found[profile] = {one.indication for one in check(bare)}

    assert {"14", "44"} <= found[AC]
    assert not {"1", "2", "16", "17", "19", "20", "43"} & found[AC]
    assert {"43", "44"} <= found[AI]
    assert not {"1", "14", "20", "24", "38", "42"} & found[AI]
    assert {"1", "14", "19", "20", "43", "44"} <= found[AS]


def test_a_lighter_instrument_owes_less():
    facts = changed(the_facts(), "header", instrument=Instrument.CASE_BY_CASE)
    bare = changed(replace(facts, rounds=0, pages=1), "reports", items=())

    found = {one.indication for one in check(bare)}

    assert found <= {"2", "5", "13", "24", "35", "AS1"}


def test_a_call_is_checked_before_any_agreement():
    call = CallSeen("c", direct=False, published=True, criteria=frozenset({"price"}), scored=frozenset({"smile"}),
                    items=frozenset({CallItem.AIMS}))  # fmt: skip

    found = check_call(call, AS)

    assert [one.facts for one in found if one.indication == "42"] == [
        {"item": CallItem.SERVICES}, {"item": CallItem.PRINCIPLES}, {"item": CallItem.BASE_REQUIREMENTS},
    ]  # fmt: skip
    assert [one.facts for one in found if one.indication == "40"] == [{"criterion": "smile"}]


def test_a_reason_holds_for_the_finding_as_it_stood():
    nine, ten = (check(many_gauges(n)(the_facts())) for n in (9, 10))
    reason = {one.key: Settlement(one.digest, "Deux offres très différentes") for one in nine}

    before = next(one for one in settle(nine, reason) if one.finding.indication == "10")
    after = next(one for one in settle(ten, reason) if one.finding.indication == "10")

    assert (before.open, before.stale) == (False, False)
    assert (after.open, after.stale) == (True, True)


def test_a_reason_settles_no_error_and_no_item_of_the_checklist():
    facts = changed(the_facts(AI), "volume", guarantee_percent=50)
    found = check(facts)
    reason = {one.key: Settlement(one.digest, "Nous en avons convenu ainsi") for one in found}

    left = {one.finding.severity for one in settle(found, reason) if one.open}

    assert left == {Severity.ERROR, Severity.CHECK}


def test_a_report_on_nothing_known_and_an_offer_unknown_are_named_by_their_words():
    facts = item(serves=("nothing",))(the_facts())

    found = next(one for one in check(facts) if one.code == "report-serves-unknown")

    assert say("finding.report-serves-unknown", "fr", **found.facts).startswith(
        "L'élément du rapport «\u00a0Taux"
    )


def test_a_check_never_looks_at_another_day_than_it_is_told():
    later = replace(the_facts(AC), day=date(2028, 1, 1))

    assert "ac-attestation-old" in {one.code for one in check(later)}
    assert "ac-attestation-old" not in {one.code for one in check(replace(later, day=TODAY))}


def test_an_offer_of_another_measure_is_compared_with_none():
    elsewhere = Offer("nnnnnnnnnn", "Autre", target_groups=(TargetGroup.YOUTH,))
    facts = other(services=replace(the_text().services, offers=(elsewhere,)))(the_facts())

    assert elsewhere.measure_ref != MEASURE
    assert "41" not in {one.indication for one in check(facts)}


def test_a_document_that_names_another_aim_differs_in_its_aims():
    text = written(the_text(), "aims", purpose="Occuper.")
    facts = replace(the_facts(), others=(Document("Cahier des charges", text),))

    assert [one.facts["aspect"] for one in check(facts) if one.indication == "41"] == ["aims"]
