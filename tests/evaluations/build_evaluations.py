"""Builders of an agreement whose provider is evaluated: one indicator that people enter, two criteria."""

from dataclasses import dataclass
from datetime import date

from cii.agreements.actions import AddObjective, IndicatorWish, add_objective, put_in_force, sign
from cii.agreements.tables import Agreement
from cii.agreements.vocabulary import Direction, IndicatorUnit, ObjectiveLevel, Profile
from cii.conventions.actions import write_part
from cii.conventions.parts_conduct import Criterion, Evaluation
from cii.conventions.parts_profiles import Insertion, YearGoal
from cii.conventions.vocabulary import Part
from cii.evaluations import tables
from cii.evaluations.actions import (
    CommentEvaluation,
    FinishEvaluation,
    PrefillEvaluation,
    ReviewEvaluation,
    SaidOfYear,
    comment,
    finish,
    prefill,
    review,
)
from cii.figures.actions import RecordIndicator, record_indicator
from cii.placements.vocabulary import ContractType, ExitType
from cii.store.work import Work
from tests.agreements.build_agreements import Market, a_market, acting
from tests.conventions.build_conventions import of_provider
from tests.figures.build_figures import a_stay, the_numbers

UNTIL = date(2026, 11, 15)


@dataclass
class Lived:
    """An agreement in force with those who evaluate it."""

    market: Market
    agreement: Agreement
    manager: Work
    second: Work
    provider: Work

    def prefilled(self) -> tables.Evaluation:
        return prefill(self.manager, PrefillEvaluation(self.agreement.ref, 2026, UNTIL))

    def commented(self) -> tables.Evaluation:
        return comment(self.provider, CommentEvaluation(self.prefilled().ref, "Deux départs tardifs."))

    def reviewed(self, *said: SaidOfYear) -> tables.Evaluation:
        return review(self.manager, ReviewEvaluation(self.commented().ref, said))

    def final(self, *said: SaidOfYear) -> tables.Evaluation:
        return finish(self.second, FinishEvaluation(self.reviewed(*said).ref))


def lived(work: Work, *, satisfied: int | None = 24) -> Lived:
    """The target is 80 per cent satisfied of 30 asked, the minimum 60."""
    the_numbers(work)
    market = a_market(work)
    draft = market.agreement(in_force=False, indicators=False)
    mine, theirs = acting(work, market.drafter), acting(work, market.signer)
    title = {"fr": "Satisfaction", "de": "Zufriedenheit", "en": "Satisfaction"}
    wish = IndicatorWish("satisfaction", title, IndicatorUnit.PERCENT, Direction.UP, 800, 600, "entered")
    add_objective(mine, AddObjective(draft.ref, ObjectiveLevel.OUTCOME, "Contents", "Fondation", (wish,)))
    agreed = (Criterion("quality", "Qualité du suivi"), Criterion("economy", "Économie des moyens"))
    write_part(mine, draft.ref, Part.EVALUATION, Evaluation(criteria=agreed))
    sign(theirs, draft.ref)
    put_in_force(mine, draft.ref)
    if satisfied is not None:
        measured = RecordIndicator(
            draft.ref, "satisfaction", date(2026, 9, 30), satisfied, 30, "Questionnaire"
        )
        record_indicator(mine, measured)
    return Lived(market, draft, mine, theirs, of_provider(work, market))


def french(work: Work, *, agreed: int = 2026) -> Lived:
    """An agreement of the French kind whose year has four exits: one durable, one of transition, two others."""
    the_numbers(work)
    market = a_market(work)
    draft = market.agreement(in_force=False, profile=Profile.FR_IAE)
    mine, theirs = acting(work, market.drafter), acting(work, market.signer)
    write_part(mine, draft.ref, Part.INSERTION, Insertion(trajectory=(YearGoal(agreed, 250, 450),)))
    sign(theirs, draft.ref)
    put_in_force(mine, draft.ref)
    for kind, contract, months in (
        (ExitType.EMPLOYMENT, ContractType.OPEN_ENDED, None),
        (ExitType.EMPLOYMENT, ContractType.FIXED_TERM, 3),
        (ExitType.NO_SOLUTION, None, None),
        (ExitType.ABORTED, None, None),
    ):
        a_stay(
            work, market.measure, draft, market.ac, date(2026, 2, 2), date(2026, 8, 31),
            exit_type=kind, contract=contract, months=months,
        )  # fmt: skip
    return Lived(market, draft, mine, theirs, of_provider(work, market))
