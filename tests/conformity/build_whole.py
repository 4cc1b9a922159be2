"""A complete, clean agreement as one value for each profile; a test changes only what it is about."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from cii.agreements.vocabulary import (
    AgreementState,
    Award,
    Basis,
    DeliverableKind,
    Direction,
    FollowsAs,
    Frequency,
    IndicatorUnit,
    Instrument,
    Interruptions,
    LegalForm,
    ObjectiveKind,
    ObjectiveLevel,
    Profile,
    Standing,
)
from cii.conformity.facts import CallSeen, Facts, ProviderSeen
from cii.conformity.vocabulary import CallItem, ResultCriterion
from cii.conventions.parts import Text
from cii.conventions.parts_conduct import (
    Criterion,
    Disputes,
    Duty,
    Evaluation,
    ExtraRule,
    InformationDuty,
    Principles,
    ReportItem,
    Reports,
    Standard,
    Talks,
    Term,
)
from cii.conventions.parts_deal import (
    Aims,
    Bases,
    EarlyWarning,
    Extra,
    Offer,
    OfferVolume,
    OtherParty,
    Parties,
    Price,
    Reference,
    Requirement,
    Services,
    Signatory,
    Surplus,
    Volume,
)
from cii.conventions.parts_profiles import CategoryContent, Insertion, Means, OutcomePay, YearGoal
from cii.conventions.vocabulary import (
    Area,
    DataForm,
    DutyKind,
    EvaluationMode,
    ExtraKind,
    Incentive,
    InformedEvent,
    MeansKind,
    PartyRole,
    PricedUnit,
    ReferenceKind,
    RequirementKind,
    Reserves,
    RiskSharing,
    SubsidyNature,
    SurplusRule,
    TalkPurpose,
    WarnedEvent,
)
from cii.conventions.whole import Bought, Convention, Gauge, Goal, Header, Owed, Rate
from cii.kernel.money import Chf
from cii.measures.vocabulary import TargetGroup

TODAY = date(2026, 10, 15)
MEASURE, LINE = "mmmmmmmmmm", "llllllllll"

TERM = Term(
    changes="Par avenant écrit.",
    extension="Par accord écrit, six mois avant la fin.",
    termination="Ordinaire avec préavis ; sans délai pour de justes motifs.",
    early_end_money="Les prestations fournies sont dues.",
    renegotiation="Selon les comptes des deux dernières années.",
)
GOALS = (
    Goal("goal000001", ObjectiveLevel.OUTCOME, ObjectiveKind.INTEGRATION, Standing.MAIN,
         "Réinsertion rapide et durable", "Organisme et prestataire", None, None, False),
    Goal("goal000002", ObjectiveLevel.ENTERPRISE, ObjectiveKind.INTEGRATION, Standing.MAIN,
         "Réinsertion des participants sur le marché primaire", "Fondation", 1, 60, True),
    Goal("goal000003", ObjectiveLevel.ENTERPRISE, ObjectiveKind.QUALITY, Standing.PARTIAL,
         "Satisfaction des participants", "Fondation", 2, 40, False),
)  # fmt: skip
TITLE = {"fr": "Taux", "de": "Quote", "en": "Rate"}
GAUGES = (
    Gauge("gauge00001", "goal000001", "reinsertion_durable", TITLE, IndicatorUnit.PERCENT, Direction.UP, 250,
          None, "exit_rate_durable", Interruptions.EXCLUDED),
    Gauge("gauge00002", "goal000002", "reinsertion", TITLE, IndicatorUnit.PERCENT, Direction.UP, 400, 300,
          "reinsertion", Interruptions.EXCLUDED),
    Gauge("gauge00003", "goal000003", "satisfaction", TITLE, IndicatorUnit.PERCENT, Direction.UP, 800, None,
          "satisfaction", Interruptions.COUNTED),
)  # fmt: skip
ITEMS = (
    ReportItem("Taux de réinsertion", DeliverableKind.INDICATORS, ("goal000001", "goal000002"),
               DataForm.READY_FIGURES),
    ReportItem("Enquête de satisfaction", DeliverableKind.ANNUAL_REPORT, ("goal000003",), DataForm.DOCUMENT),
    ReportItem("Comptes approuvés", DeliverableKind.FINAL_ACCOUNT, ("comptes",), DataForm.DOCUMENT),
    ReportItem("Rapport de révision", DeliverableKind.AUDIT_REPORT, ("comptes",), DataForm.DOCUMENT),
)  # fmt: skip
OWED = tuple(
    Owed(f"owed00000{n}", kind, Frequency.YEARLY, date(2027, 4, 30))
    for n, kind in enumerate(
        (
            DeliverableKind.INDICATORS, DeliverableKind.ANNUAL_REPORT, DeliverableKind.FINAL_ACCOUNT,
            DeliverableKind.AUDIT_REPORT,
        )
    )
)  # fmt: skip


def the_text() -> Text:
    """The text of an agreement of social aid, in which nothing is missing."""
    return Text(
        parties=Parties(
            "Service de l'action sociale",
            "Rue de Tivoli 22, 2000 Neuchâtel",
            (Signatory("Cheffe de service", "Cheffe"),),
            "Fondation Atelier",
            "Rue du Pont 1, 2300 La Chaux-de-Fonds",
            (Signatory("Directeur", "Directeur"),),
        ),
        bases=Bases(
            "Exécution de la mesure Atelier.",
            "Accueillir et former les personnes placées.",
            (Reference(ReferenceKind.LAW, "Loi sur l'action sociale", "RSN 831.0, état 2026"),),
            "Canton",
        ),
        aims=Aims(
            "Rapprocher du marché du travail.",
            "Poursuite si les cibles sont atteintes.",
            "Les objectifs des bénéficiaires figurent dans les contrats individuels.",
            (Requirement("comptes", RequirementKind.FINANCIAL, "Comptes selon Swiss GAAP RPC"),),
        ),
        services=Services(
            (
                Offer(
                    MEASURE,
                    "Atelier bois",
                    "Accueil, bilan, sortie",
                    (TargetGroup.LOW_SKILLED,),
                    "Adultes",
                    "Concept Atelier",
                    "2026-1",
                ),
            ),
        ),
        volume=Volume(
            (OfferVolume(MEASURE, LINE, 10, 30),),
            RiskSharing.BUDGETED_COSTS,
            None,
            "",
            "Le prestataire répond de la prestation, le service du placement.",
            (EarlyWarning(WarnedEvent.INTERRUPTION, 3), EarlyWarning(WarnedEvent.OVERRUN, 10)),
            "Négociation annuelle selon le besoin.",
            "Résultats et prix comparés.",
        ),
        price=Price(
            SubsidyNature.FLAT_RATE,
            None,
            True,
            True,
            60,
            "Charges de personnel et de locaux",
            (Extra(ExtraKind.COACHING, PricedUnit.HOUR, Chf.parse("120")),),
            False,
            "Mois entamé",
            "Mensuelle",
            "Les montants versés à tort sont restitués.",
        ),
        surplus=Surplus(
            SurplusRule.SOCIAL_PURPOSE,
            None,
            "Développement de l'atelier",
            Reserves.LIMITED,
            "Jusqu'à un quart des charges annuelles",
            "À la charge du prestataire",
        ),
        principles=Principles(
            duties=(Duty(DutyKind.WORKER_PROTECTION, "Loi sur le travail"),),
            standards=(Standard(Area.PARTICIPANTS, "Norme Insertion Suisse", True, True),),
            extra_rules=(ExtraRule(Area.PARTICIPANTS, "Perfectionnement annuel"),),
            information=(
                InformationDuty(InformedEvent.ABSENCE, 3),
                InformationDuty(InformedEvent.OBJECTIVES_BREACH, 5),
                InformationDuty(InformedEvent.STAFF_HIRED, 10),
            ),
            internal_control="SCI et gestion des risques, contrôlés chaque année",
            no_competition=True,
            no_new_rights=True,
        ),
        evaluation=Evaluation(
            "Mesure annuelle",
            EvaluationMode.RANKED,
            (Criterion("results", "Résultats"),),
            6,
            "Analyse des causes",
            "Entretien, mesures, nouvelle mesure après six mois",
        ),
        reports=Reports(ITEMS, True, "Modèle cantonal", "2", "Bilan individuel, sans effet sur l'évaluation"),
        talks=Talks(2, (TalkPurpose.RESULT,), True, True, "Résultats sous le minimum"),
        term=TERM,
        disputes=Disputes("Conciliation, puis tribunal", "Neuchâtel", "Droit suisse"),
    )


def a_convention(profile: Profile = Profile.AS) -> Convention:
    """A complete agreement of this profile in which nothing is missing."""
    header = Header(
        "aaaaaaaaaa", "2026-AS-01", profile, Instrument.AGREEMENT, AgreementState.NEGOTIATION, "fr",
        date(2027, 1, 1), date(2029, 1, 1), 6, Award.DIRECT, None, None, False, "pppppppppp",
        LegalForm.FOUNDATION, True, None,
    )  # fmt: skip
    bought = (Bought(MEASURE, "M-1", "Atelier", LINE, "SAS", "AS", 0),)
    rate = Rate(MEASURE, LINE, date(2027, 1, 1), None, Basis.STARTED_MONTH, Chf.parse("2200"), 10, True, None)
    return _PROFILES[profile](Convention(header, the_text(), bought, (rate,), GOALS, GAUGES, OWED))


def the_facts(profile: Profile = Profile.AS) -> Facts:
    """All facts of a check without a finding but the items of the checklist."""
    award = CallSeen("cccccccccc", direct=True, published=True, criteria=frozenset({"results"}),
                     requirements_public=True)  # fmt: skip
    seen = ProviderSeen(
        10, frozenset({"Norme Insertion Suisse"}), frozenset(), date(2026, 5, 1), ics_known=True
    )
    now = a_convention(profile)
    if profile is Profile.AI:
        award = replace(award, criteria=frozenset(one.code for one in now.text.evaluation.criteria))
    return Facts(now, TODAY, call=award, provider=seen, rounds=1, pages=7)


def changed(facts: Facts, part: str, **fields: Any) -> Facts:
    """The same with some fields of a part of the text, of the header, or of the whole changed."""
    now = facts.now
    if part == "facts":
        return replace(facts, **fields)
    if part == "whole":
        return replace(facts, now=replace(now, **fields))
    if part == "header":
        return replace(facts, now=replace(now, header=replace(now.header, **fields)))
    return replace(facts, now=replace(now, text=written(now.text, part, **fields)))


def written(text: Text, part: str, **fields: Any) -> Text:
    """The text with some fields of a part changed."""
    return replace(text, **{part: replace(getattr(text, part), **fields)})


def renewed(facts: Facts, **changes: int) -> Facts:
    """A renewal of the same offer that differs in some parts."""
    again = changed(facts, "header", follows_as=FollowsAs.RENEWAL, follows_ref="ffffffffff")
    return replace(again, former=facts.now, changed=changes)


def from_a_call(facts: Facts) -> Facts:
    """The same, awarded by a call that told everything."""
    told = CallSeen("cccccccccc", direct=False, published=True, criteria=frozenset({"results"}),
                    scored=frozenset({"results"}), items=frozenset(CallItem))  # fmt: skip
    return replace(changed(facts, "header", award=Award.CALL), call=told)


def _social_aid(now: Convention) -> Convention:
    return now


def _unemployment(now: Convention) -> Convention:
    text = written(now.text, "price", nature=SubsidyNature.ATTESTED_COSTS, total=Chf.parse("480000"))
    text = written(text, "surplus", rule=SurplusRule.FULLY_DEDUCTED, reserves=Reserves.FORBIDDEN)
    law = Reference(ReferenceKind.LAW, "LACI, OACI", "RS 837.0, état 2026")
    return replace(now, text=written(text, "bases", references=(law,)))


def _disability(now: Convention) -> Convention:
    text = written(
        now.text, "bases",
        references=(
            Reference(ReferenceKind.LAW, "LAI art. 27", "RS 831.20, état 2026"),
            Reference(ReferenceKind.MODEL, "Convention type CMRP", "2025"),
            Reference(ReferenceKind.REGULATION, "Conditions générales (CG)", "2025"),
        ),
    )  # fmt: skip
    text = written(text, "surplus", rule=SurplusRule.CARRY_OVER)
    codes = ("results", *ResultCriterion)
    text = written(text, "evaluation", criteria=tuple(Criterion(str(code), str(code)) for code in codes))
    quality = ReportItem("Système qualité", DeliverableKind.QUALITY_SYSTEM, ("comptes",), DataForm.DOCUMENT)
    text = written(text, "reports", items=(*ITEMS, quality))
    text = written(text, "talks", purposes=(TalkPurpose.STRUCTURE, TalkPurpose.PROCESS, TalkPurpose.RESULT))
    return replace(now, header=replace(now.header, valid_to=None), text=text, owed=())


def _french(now: Convention) -> Convention:
    project = Insertion(
        "Accueil", "Accompagnement", "Formation", "Territoire", "Avis motivé", date(2026, 9, 1), True,
        "Répartition convenue", date(2026, 9, 10), (Means(MeansKind.ADVISORY_SUPPORT, "DLA"),),
        (YearGoal(2027, 150, 500), YearGoal(2028, 200, 550), YearGoal(2029, 250, 600)), "Formation, autre SIAE",
    )  # fmt: skip
    parties = replace(now.text.parties, others=(
        OtherParty(PartyRole.PREFECT, "Préfecture"), OtherParty(PartyRole.EMPLOYMENT_SERVICE, "Pôle emploi"),
    ))  # fmt: skip
    return replace(now, text=replace(now.text, insertion=project, parties=parties))


def _bernese(now: Convention) -> Convention:
    text = written(now.text, "surplus", reserves=Reserves.FORBIDDEN)
    text = written(text, "evaluation", incentive=Incentive.OUTCOME_PAY, scheme_ref="ssssssssss")
    pay = OutcomePay((CategoryContent("A", "Coaching"),), "Service d'aiguillage cantonal", 20)
    return replace(now, text=replace(text, outcome_pay=pay))


_PROFILES: dict[Profile, Callable[[Convention], Convention]] = {
    Profile.AS: _social_aid,
    Profile.AC: _unemployment,
    Profile.AI: _disability,
    Profile.FR_IAE: _french,
    Profile.BE_POIAS: _bernese,
}
