"""The evaluation of a year: its way, what it may judge by, who makes it final, what it means for renewal."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from cii.agreements.vocabulary import FollowsAs
from cii.conventions.following import Renew
from cii.coordination.queries import correctives_of
from cii.evaluations.actions import (
    AnalyseMisses,
    CommentEvaluation,
    CorrectMiss,
    FinishEvaluation,
    PrefillEvaluation,
    ReviewEvaluation,
    SaidOfYear,
    analyse,
    comment,
    correct,
    finish,
    prefill,
    renew_agreement,
    review,
)
from cii.evaluations.queries import (
    evaluation_by_ref,
    evaluation_shown,
    evaluations_of,
    frozen_digest,
    items_of,
    renewal_advice,
)
from cii.evaluations.rules import (
    AwaitsProvider,
    CommentDayPast,
    CriterionNotAgreed,
    EvaluationElsewhere,
    EvaluationOpened,
    FinalBySecondPerson,
    JudgedTwice,
    MissedWithoutAnalysis,
    NothingMissed,
    YearOutsideAgreement,
)
from cii.evaluations.vocabulary import EvaluatedBy, EvaluationState, Judgement, RenewalStand
from cii.figures.actions import RecordIndicator, record_indicator
from cii.figures.vocabulary import Light
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing
from cii.store.work import Work
from tests.conventions.build_conventions import of_provider
from tests.evaluations.build_evaluations import UNTIL, Lived, french, lived
from tests.figures.build_figures import later

NEXT_YEAR = date(2027, 1, 1)
LONG = "Deux places sont restées vides au printemps."


def codes(no: pytest.ExceptionInfo[Refusal]) -> set[str]:
    return {one.code for one in no.value.reasons}


def renewed(one: Lived):
    return renew_agreement(one.manager, Renew(one.agreement.ref, NEXT_YEAR, date(2027, 12, 31)))


def test_a_year_is_prefilled_from_its_figures(work: Work):
    one = lived(work, satisfied=18)

    made = one.prefilled()

    (item,) = items_of(work, made)
    assert (made.state, item.kind, item.code, item.light) == (
        EvaluationState.PREFILLED, EvaluatedBy.INDICATOR, "satisfaction", Light.AMBER,
    )  # fmt: skip
    assert (made.figures[0]["value"]["numerator"], made.digest) == (
        18,
        frozen_digest(made.figures, made.exits),
    )


def test_a_value_entered_later_does_not_change_an_evaluation(work: Work):
    one = lived(work, satisfied=18)
    made = one.prefilled()

    record_indicator(
        one.manager,
        RecordIndicator(one.agreement.ref, "satisfaction", date(2026, 10, 1), 30, 30, "Questionnaire"),
    )

    work.session.refresh(made)
    assert (made.figures[0]["value"]["numerator"], made.digest) == (
        18,
        frozen_digest(made.figures, made.exits),
    )


def test_an_evaluation_goes_from_comment_to_review_to_final(work: Work):
    one = lived(work)

    made = one.final(SaidOfYear("quality", Judgement.REACHED, "Suivi serré."))

    judged = {item.code: item.judgement for item in items_of(work, made)}
    assert (made.state, made.comment) == (EvaluationState.FINAL, "Deux départs tardifs.")
    assert judged == {"quality": Judgement.REACHED, "satisfaction": None}
    assert made.final_by != made.reviewed_by


def test_a_year_that_is_no_year_of_the_agreement_is_refused_with_every_reason(work: Work):
    one = lived(work)

    with pytest.raises(Refusal) as no:
        prefill(one.manager, PrefillEvaluation(one.agreement.ref, 2025, date(2026, 10, 1)))
    with pytest.raises(YearOutsideAgreement):
        prefill(one.manager, PrefillEvaluation(one.agreement.ref, 2027, UNTIL))

    assert codes(no) == {YearOutsideAgreement.code, CommentDayPast.code}


def test_a_year_is_evaluated_once(work: Work):
    one = lived(work)
    one.prefilled()

    with pytest.raises(EvaluationOpened):
        one.prefilled()


def test_a_criterion_that_was_not_agreed_is_refused_by_name(work: Work):
    one = lived(work)
    made = one.commented()
    said = [SaidOfYear(code, Judgement.REACHED, "Bien.") for code in ("quality", "charm", "looks", "looks")]

    with pytest.raises(Refusal) as no:
        review(one.manager, ReviewEvaluation(made.ref, tuple(said)))

    assert [(told.code, told.facts["criterion"]) for told in no.value.reasons] == [
        (CriterionNotAgreed.code, "charm"),
        (CriterionNotAgreed.code, "looks"),
        (JudgedTwice.code, "looks"),
    ]
    assert {item.code for item in items_of(work, made)} == {"satisfaction"}


def test_a_review_waits_for_the_provider_until_its_day(work: Work):
    one = lived(work)
    made = one.prefilled()

    with pytest.raises(AwaitsProvider) as no:
        review(one.manager, ReviewEvaluation(made.ref))
    review(later(one.manager, days=32), ReviewEvaluation(made.ref))

    assert no.value.facts["until"] == UNTIL
    assert made.state is EvaluationState.REVIEWED


def test_no_step_is_taken_twice_or_too_early(work: Work):
    one = lived(work)
    made = one.commented()

    with pytest.raises(EvaluationElsewhere):
        comment(one.provider, CommentEvaluation(made.ref, "Encore."))
    with pytest.raises(EvaluationElsewhere):
        finish(one.second, FinishEvaluation(made.ref))
    with pytest.raises(EvaluationElsewhere):
        analyse(one.manager, AnalyseMisses(made.ref, LONG, LONG))
    review(one.manager, ReviewEvaluation(made.ref))
    with pytest.raises(EvaluationElsewhere):
        review(one.manager, ReviewEvaluation(made.ref))


def test_the_reviewer_does_not_make_it_final(work: Work):
    one = lived(work)
    made = one.reviewed()

    with pytest.raises(FinalBySecondPerson):
        finish(one.manager, FinishEvaluation(made.ref))

    assert made.state is EvaluationState.REVIEWED


def test_the_database_knows_the_second_person_too(work: Work):
    made = lived(work).final()

    with pytest.raises(DatabaseError), work.session.begin_nested():
        work.session.execute(
            text("UPDATE evaluation SET final_by = reviewed_by WHERE ref = :ref"), {"ref": made.ref}
        )


@pytest.mark.parametrize("said", ["UPDATE evaluation_item SET light = 'none'", "DELETE FROM missed_analysis"])
def test_what_was_found_is_not_changed_afterwards(work: Work, said: str):
    one = lived(work, satisfied=18)
    analyse(one.manager, AnalyseMisses(one.final().ref, LONG, LONG))

    with pytest.raises(DatabaseError), work.session.begin_nested():
        work.session.execute(text(said))


def test_another_provider_finds_nothing(work: Work):
    from tests.agreements.build_agreements import a_provider

    one = lived(work)
    made = one.prefilled()
    one.market.provider = a_provider(work)
    stranger = of_provider(work, one.market)

    with pytest.raises(UnknownThing):
        comment(stranger, CommentEvaluation(made.ref, "Bonjour."))
    with pytest.raises(UnknownThing):
        evaluation_by_ref(stranger, made.ref)
    with pytest.raises(UnknownThing):
        evaluations_of(stranger, one.agreement.ref)


def test_each_side_keeps_to_its_own_steps(work: Work):
    one = lived(work)
    made = one.prefilled()

    with pytest.raises(NotAllowed):
        comment(one.manager, CommentEvaluation(made.ref, "Pour le prestataire."))
    for act in (
        lambda: prefill(one.provider, PrefillEvaluation(one.agreement.ref, 2026, UNTIL)),
        lambda: review(one.provider, ReviewEvaluation(made.ref)),
        lambda: finish(one.provider, FinishEvaluation(made.ref)),
        lambda: analyse(one.provider, AnalyseMisses(made.ref, LONG, LONG)),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_missed_goals_are_not_renewed_without_an_analysis(work: Work):
    one = lived(work, satisfied=18)
    made = one.final()

    with pytest.raises(MissedWithoutAnalysis) as no:
        renewed(one)
    analyse(one.manager, AnalyseMisses(made.ref, LONG, LONG))

    assert (no.value.facts["year"], no.value.facts["missed"]) == (2026, "satisfaction")
    assert renewed(one).follows_as is FollowsAs.RENEWAL
    assert renewal_advice(work, one.agreement.ref).stand is RenewalStand.RENEW_WITH_ACTIONS


def test_reached_goals_are_renewed_and_may_grow(work: Work):
    one = lived(work)
    one.final()

    assert renewal_advice(work, one.agreement.ref).stand is RenewalStand.RENEW_AND_GROW
    assert renewed(one).follows_as is FollowsAs.RENEWAL


def test_only_a_final_evaluation_advises(work: Work):
    one = lived(work, satisfied=3)
    one.reviewed()

    assert renewal_advice(work, one.agreement.ref).stand is RenewalStand.UNJUDGED


def test_the_provider_is_told_when_it_may_speak_and_the_preparer_when_it_has(work: Work):
    one = lived(work)

    made = one.commented()

    told = work.session.execute(
        text("SELECT kind, unit_id IS NOT NULL FROM notice WHERE subject_ref = :ref ORDER BY id"),
        {"ref": made.ref},
    ).all()
    assert [(kind, bool(unit)) for kind, unit in told] == [
        ("evaluation-to-comment", True),
        ("evaluation-commented", False),
    ]


def test_the_provider_reads_the_review_once_it_is_final(work: Work):
    one = lived(work)
    made = one.reviewed(SaidOfYear("satisfaction", Judgement.MISSED, "Enquête incomplète."))

    before = evaluation_shown(one.provider, made)
    finish(one.second, FinishEvaluation(made.ref))
    after = evaluation_shown(one.provider, made)

    assert ({item.wording for item in before.items}, before.missed) == ({None}, ())
    assert ({item.wording for item in after.items}, after.missed) == (
        {"Enquête incomplète."},
        ("satisfaction",),
    )


def test_nothing_is_analysed_or_corrected_where_nothing_was_missed(work: Work):
    one = lived(work)
    made = one.final()

    with pytest.raises(NothingMissed):
        analyse(one.manager, AnalyseMisses(made.ref, LONG, LONG))
    with pytest.raises(NothingMissed):
        correct(one.manager, CorrectMiss(made.ref, "satisfaction", LONG))


def test_a_miss_becomes_a_corrective_measure_of_its_indicator(work: Work):
    one = lived(work, satisfied=18)
    made = one.final()

    begun = correct(one.manager, CorrectMiss(made.ref, "satisfaction", LONG))

    (held,) = correctives_of(work, one.agreement.id)
    assert (held.id, held.wording, held.indicator_id is not None) == (begun.id, LONG, True)


def test_a_french_year_is_held_against_its_trajectory(work: Work):
    one = french(work)

    made = prefill(one.manager, PrefillEvaluation(one.agreement.ref, 2026, UNTIL))

    lights = {item.code: item.light for item in items_of(work, made) if item.kind is EvaluatedBy.TRAJECTORY}
    assert made.exits == {
        "by_class": {"durable": 1, "transition": 1, "positive": 0, "other": 2},
        "durable_goal": 250,
        "dynamic_goal": 450,
    }
    assert lights == {"exits_durable": Light.GREEN, "exits_dynamic": Light.GREEN}


def test_a_year_without_a_goal_of_its_own_is_held_against_the_national_references(work: Work):
    one = french(work, agreed=2027)

    made = prefill(one.manager, PrefillEvaluation(one.agreement.ref, 2026, UNTIL))

    assert (made.exits["durable_goal"], made.exits["dynamic_goal"]) == (250, 600)
    assert {item.light for item in items_of(work, made) if item.code == "exits_dynamic"} == {Light.RED}
