"""An exit that is recorded once its month is settled becomes a correction statement."""

from datetime import date

import pytest

from cii.placements.life import EndPlacement, end_placement
from cii.placements.queries import shares_of
from cii.placements.tables import Placement
from cii.placements.vocabulary import ExitType
from cii.reconciliation.actions import reconcile
from cii.reconciliation.queries import findings_list
from cii.settlement.vocabulary import Presence
from cii.store.work import Work
from tests.settlement.build_settlement import NOVEMBER, Desk, a_desk

OCTOBER, LATER = date(2026, 10, 1), date(2026, 12, 3)
AUTUMN = (OCTOBER, date(2026, 12, 31))
UNEXCUSED = Presence.UNEXCUSED_ABSENCE


def ended(desk: Desk, placement: Placement, exit_on: date) -> Placement:
    return end_placement(desk.stage.on(LATER), EndPlacement(placement.ref, exit_on, ExitType.TRAINING))


def found(desk: Desk) -> list[str]:
    reconcile(desk.checker, LATER)
    return [row.kind.value for row in findings_list(desk.work)]


def committed(desk: Desk, placement: Placement) -> list[str]:
    return [str(share.committed) for share in shares_of(desk.work, placement.id)]


@pytest.mark.parametrize("absences", [{}, {"d03": UNEXCUSED}])
def test_an_exit_inside_a_settled_month_is_corrected_by_its_statement(work: Work, absences):
    desk = a_desk(work)
    placement = desk.stage.started(days=(NOVEMBER, date(2026, 12, 31)))
    desk.attest(placement, **absences)
    first = desk.paid()

    ended(desk, placement, date(2026, 11, 10))

    assert committed(desk, placement) == [str(first.total)]
    assert "committed" not in desk.sums()
    assert found(desk) == ["accrual"]
    correction = desk.paid()
    due = "628.57" if absences else "733.33"
    assert (correction.sequence, str(first.total + correction.total)) == (2, due)
    assert (committed(desk, placement), desk.sums()) == ([due], {"paid": due})
    assert found(desk) == []


def test_an_exit_before_a_settled_month_takes_the_whole_month_back(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started(days=AUTUMN)
    desk.attest(placement, OCTOBER)
    desk.paid(OCTOBER)
    desk.attest(placement)
    desk.paid()

    ended(desk, placement, date(2026, 10, 31))
    correction = desk.paid()

    assert str(correction.total) == "-2200.00"
    assert (committed(desk, placement), desk.sums()) == (["2200.00"], {"paid": "2200.00"})
    assert found(desk) == []
