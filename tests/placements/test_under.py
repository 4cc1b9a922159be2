"""How many placements an agreement finances today, and how many are to begin."""

from datetime import date

from cii.placements.life import AnswerPlace, answer_place
from cii.placements.queries import placements_under
from cii.store.work import Work
from tests.placements.build_placements import a_stage

LATER = date(2026, 11, 20)


def test_what_runs_and_what_is_to_begin_is_counted_under_the_agreement_that_pays(work: Work):
    stage = a_stage(work)
    stage.started()
    answer_place(work, AnswerPlace(stage.placement().ref, accept=True))
    stage.placement()

    assert placements_under(stage.on(LATER), stage.ac.id or 0) == (1, 1)
    assert placements_under(stage.on(date(2027, 11, 1)), stage.ac.id or 0) == (0, 0)


def test_an_agreement_without_placements_finances_none(work: Work):
    stage = a_stage(work)

    assert placements_under(work, stage.ac.id or 0) == (0, 0)
