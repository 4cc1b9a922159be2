"""An interruption that the provider sees coming: told once to who placed the person, answered once."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from cii.access.vocabulary import Role
from cii.kernel.errors import NotAllowed, Refusal, UnknownThing
from cii.notices.tables import Notice
from cii.placements.foreseeing import (
    AnswerForeseen,
    ForeseeInterruption,
    answer_foreseen,
    foresee_interruption,
    interruptions,
    open_interruptions,
)
from cii.placements.life import EndPlacement, end_placement
from cii.placements.objectives import PlacementNotRunning
from cii.placements.rules import ForeseenAlready, ForeseenAnswered
from cii.placements.vocabulary import ExitType, InterruptionReason
from cii.store.work import Work
from tests.placements.build_placements import a_stage

NINTH, TWENTIETH, DECEMBER = date(2026, 11, 9), date(2026, 11, 20), date(2026, 12, 1)
WORDS = "Trois absences en deux semaines, un entretien n'a rien changé."


@pytest.fixture
def stage(work: Work):
    return a_stage(work)


def its_provider(stage) -> Work:
    theirs = stage.actor(stage.provider_unit, Role.PROVIDER)
    return replace(theirs, now=stage.on(NINTH).now)


def a_notice(placement, day=TWENTIETH, wording=WORDS):
    return ForeseeInterruption(placement.ref, InterruptionReason.ABSENCES, day, wording)


def codes(no: Refusal) -> dict[str, str]:
    return {one.code: one.field for one in no.reasons}


def test_who_placed_the_person_hears_of_an_interruption_that_is_foreseen(work: Work, stage):
    placement, theirs = stage.started(), its_provider(stage)

    made = foresee_interruption(theirs, a_notice(placement))

    told = work.session.scalars(select(Notice).where(Notice.kind == "placement-interruption-foreseen")).one()
    assert (told.unit_id, told.account_id) == (stage.orp.id, placement.requested_by_account_id)
    assert told.facts == {"day": "2026-11-20"}
    assert [one.ref for one in interruptions(stage.work, placement)] == [made.ref]
    assert open_interruptions(theirs, [placement.id])[placement.id].ref == made.ref


def test_the_journal_repeats_no_words_about_the_person(work: Work, stage):
    foresee_interruption(its_provider(stage), a_notice(stage.started()))
    work.session.flush()

    told = "SELECT p.payload FROM journal_payload p JOIN journal_entry e ON e.id = p.entry_id WHERE e.action = :act"
    held = work.session.execute(text(told), {"act": "placement.interruption_foreseen"}).scalar_one()
    assert "absences en deux" not in held
    assert '"absences"' in held


def test_a_second_notice_waits_until_the_first_is_answered(stage):
    placement, theirs = stage.started(), its_provider(stage)
    first = foresee_interruption(theirs, a_notice(placement))

    with pytest.raises(ForeseenAlready) as no:
        foresee_interruption(theirs, a_notice(placement))
    assert no.value.facts["day"] == TWENTIETH
    answer_foreseen(
        stage.on(NINTH), AnswerForeseen(placement.ref, first.ref, "Réduction à 50 % jusqu'à Noël.")
    )
    second = foresee_interruption(theirs, a_notice(placement))

    assert [one.ref for one in interruptions(theirs, placement)] == [first.ref, second.ref]


def test_a_notice_is_answered_once_and_the_provider_hears_of_it(work: Work, stage):
    placement = stage.started()
    made = foresee_interruption(its_provider(stage), a_notice(placement))
    ask = AnswerForeseen(placement.ref, made.ref, "Entretien à trois le 12.")

    answered = answer_foreseen(stage.on(NINTH), ask)
    with pytest.raises(ForeseenAnswered):
        answer_foreseen(stage.on(NINTH), ask)

    assert answered.answer == "Entretien à trois le 12."
    told = work.session.scalars(select(Notice).where(Notice.kind == "placement-interruption-answered")).one()
    assert told.unit_id == placement.provider_unit_id


@pytest.mark.parametrize(
    ("day", "wording", "faults"),
    [
        (DECEMBER, WORDS, {"outside-the-placement": "expected_on"}),
        (date(2026, 11, 8), WORDS, {"foreseen-in-past": "expected_on"}),
        (TWENTIETH, "  ", {"words-missing": "wording"}),
        (DECEMBER, "", {"outside-the-placement": "expected_on", "words-missing": "wording"}),
    ],
)
def test_a_notice_names_a_day_ahead_in_the_stay_and_says_why(stage, day, wording, faults):
    with pytest.raises(Refusal) as no:
        foresee_interruption(its_provider(stage), a_notice(stage.started(), day, wording))

    assert codes(no.value) == faults


def test_an_answer_says_something_about_a_notice_of_this_stay(stage):
    placement, other = stage.started(), stage.started()
    made = foresee_interruption(its_provider(stage), a_notice(placement))

    with pytest.raises(Refusal) as no:
        answer_foreseen(stage.on(NINTH), AnswerForeseen(placement.ref, made.ref, " "))
    with pytest.raises(UnknownThing):
        answer_foreseen(stage.on(NINTH), AnswerForeseen(other.ref, made.ref, "Ailleurs"))

    assert codes(no.value) == {"words-missing": "answer"}


def test_neither_side_speaks_for_the_other(work: Work, stage):
    placement, theirs = stage.started(), its_provider(stage)
    made = foresee_interruption(theirs, a_notice(placement))
    placing = replace(stage.actor(stage.orp), now=stage.on(NINTH).now)

    with pytest.raises(NotAllowed):
        foresee_interruption(placing, a_notice(placement))
    with pytest.raises(NotAllowed):
        answer_foreseen(theirs, AnswerForeseen(placement.ref, made.ref, "Moi-même"))


def test_nobody_else_reads_or_answers(work: Work, stage):
    placement = stage.started()
    made = foresee_interruption(its_provider(stage), a_notice(placement))
    stranger = stage.actor(stage.gsr)

    with pytest.raises(UnknownThing):
        answer_foreseen(stranger, AnswerForeseen(placement.ref, made.ref, "Rien"))
    with pytest.raises(UnknownThing):
        foresee_interruption(stage.actor(stage.gsr, Role.PROVIDER), a_notice(placement))

    assert interruptions(stranger, placement) == ()
    assert open_interruptions(stranger, [placement.id]) == {}


def test_a_stay_that_is_asked_for_or_over_is_not_interrupted(stage):
    asked, over = stage.placement(), stage.started()
    end_placement(stage.on(NINTH), EndPlacement(over.ref, NINTH, ExitType.NO_SOLUTION))

    for placement in (asked, over):
        with pytest.raises(PlacementNotRunning):
            foresee_interruption(its_provider(stage), a_notice(placement))


@pytest.mark.parametrize("change", ["wording = 'autre'", "expected_on = '2026-11-21'"])
def test_what_was_told_is_not_rewritten(work: Work, stage, change):
    foresee_interruption(its_provider(stage), a_notice(stage.started()))

    with pytest.raises(DBAPIError), work.session.begin_nested():
        work.session.execute(text(f"UPDATE interruption_notice SET {change}"))


def test_the_database_holds_one_open_notice_of_a_stay(work: Work, stage):
    foresee_interruption(its_provider(stage), a_notice(stage.started()))
    again = (
        "INSERT INTO interruption_notice (ref, placement_id, reason, expected_on, wording, recorded_at) "
        "SELECT 'zzzzzzzzzz', placement_id, reason, expected_on, wording, recorded_at FROM interruption_notice"
    )

    with pytest.raises(DBAPIError), work.session.begin_nested():
        work.session.execute(text(again))
