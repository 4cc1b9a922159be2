"""The checks of exits, counted: due in the year, answered, and who is at work among those who were reached."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

from cii.figures.exit_checks import exit_checks
from cii.placements.following import CheckExit, check_exit
from cii.placements.life import EndPlacement, end_placement
from cii.placements.vocabulary import ExitSituation, ExitType
from cii.store.work import Work
from tests.placements.build_placements import a_stage

TWENTIETH = date(2026, 11, 20)
S = ExitSituation


def test_checks_count_from_their_day_with_those_not_answered_and_for_the_asking_unit_alone(work: Work):
    stage = a_stage(work)
    left = [stage.started() for _ in range(5)]
    for one in left:
        end_placement(stage.on(TWENTIETH), EndPlacement(one.ref, TWENTIETH, ExitType.NO_SOLUTION))
    due = replace(stage.actor(stage.orp), now=stage.on(date(2027, 5, 20)).now)
    for one, situation in zip(left, (S.AT_WORK, S.AT_WORK, S.SEEKING, S.NOT_REACHED), strict=False):
        check_exit(due, CheckExit(one.ref, situation))

    found = exit_checks(due, [stage.orp.id])

    assert (found.due, found.answered) == (5, 4)
    assert found.situations == {S.AT_WORK: 2, S.SEEKING: 1, S.NOT_REACHED: 1}
    assert found.at_work == Fraction(2, 3)
    assert (found.period.start, found.period.last) == (date(2026, 5, 21), date(2027, 5, 20))
    assert exit_checks(due, [stage.gsr.id]).due == 0
    assert exit_checks(stage.on(date(2027, 5, 19)), [stage.orp.id]).due == 0
    assert exit_checks(stage.on(date(2028, 5, 20)), [stage.orp.id]).due == 0
    assert exit_checks(stage.on(date(2028, 5, 19)), [stage.orp.id]).at_work == Fraction(2, 3)
