"""A stay that is interrupted, and a participant who is there part time: what each binds and costs."""

from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cii.kernel.errors import NotAllowed
from cii.kernel.money import Chf
from cii.kernel.period import PeriodUpsideDown
from cii.placements.breaks import InterruptStay, interrupt_stay
from cii.placements.life import EndPlacement, end_placement
from cii.placements.queries import breaks_of, shares_of
from cii.placements.rules import BreakOverlaps, OutsideThePlacement, WorkloadUnfit
from cii.placements.vocabulary import ExitType
from cii.store.work import Work
from tests.placements.build_placements import a_stage

NINTH, TWENTIETH = date(2026, 11, 9), date(2026, 11, 20)


def bound(work: Work, placement) -> str:
    work.session.expire_all()
    return str(Chf.total(share.committed for share in shares_of(work, placement.id)))


def test_the_days_of_a_break_are_free_again_and_stay_free_when_the_stay_ends(work: Work):
    stage = a_stage(work)
    placement = stage.started()

    interrupt_stay(stage.on(date(2026, 11, 2)), InterruptStay(placement.ref, NINTH, date(2026, 11, 13)))

    assert bound(work, placement) == "1676.19"  # 16 of 21 days
    assert [len(one) for one in breaks_of(work, [placement.id])[placement.id]] == [5]
    end_placement(stage.on(TWENTIETH), EndPlacement(placement.ref, TWENTIETH, ExitType.ABORTED))
    assert bound(work, placement) == "1047.62"  # 10 of 21 days


def test_a_break_lies_within_the_stay_and_never_twice_on_a_day(work: Work):
    stage = a_stage(work)
    placement = stage.started()
    today = stage.on(date(2026, 11, 2))

    with pytest.raises(OutsideThePlacement):
        interrupt_stay(today, InterruptStay(placement.ref, TWENTIETH, date(2026, 12, 1)))
    with pytest.raises(PeriodUpsideDown):
        interrupt_stay(today, InterruptStay(placement.ref, TWENTIETH, NINTH))
    interrupt_stay(today, InterruptStay(placement.ref, NINTH, TWENTIETH))
    with pytest.raises(BreakOverlaps) as no:
        interrupt_stay(today, InterruptStay(placement.ref, TWENTIETH, TWENTIETH))
    assert no.value.facts == {"first": NINTH, "last": TWENTIETH}


ATTACKS = (
    "UPDATE placement_break SET ends_on = '2026-11-28'",
    "DELETE FROM placement_break",
    (
        "INSERT INTO placement_break (placement_id, starts_on, ends_on, recorded_at)"
        " SELECT placement_id, '2026-11-20', '2026-11-25', recorded_at FROM placement_break"
    ),
    "UPDATE placement SET workload = 101",
)


def test_a_break_is_of_a_running_stay_and_the_database_keeps_it(work: Work):
    stage = a_stage(work)
    placement, today = stage.started(), stage.on(date(2026, 11, 2))

    with pytest.raises(WorkloadUnfit):
        stage.placement(workload=101)
    with pytest.raises(NotAllowed):
        interrupt_stay(today, InterruptStay(stage.placement(workload=50).ref, NINTH, TWENTIETH))
    interrupt_stay(today, InterruptStay(placement.ref, NINTH, TWENTIETH))
    for attack in ATTACKS:
        with pytest.raises(DBAPIError), work.session.begin_nested():
            work.session.execute(text(attack))
    assert [len(one) for one in breaks_of(work, [placement.id])[placement.id]] == [12]
