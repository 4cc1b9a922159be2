"""A stay cut short after some of its months are settled: what is bound goes back to the centime."""

from datetime import date

from cii.budgets.actions import close_year
from cii.budgets.queries import trial_balance
from cii.placements.life import (
    AnswerPlace,
    EndPlacement,
    StartPlacement,
    answer_place,
    end_placement,
    start_placement,
)
from cii.placements.queries import shares_of
from cii.placements.tables import Placement
from cii.placements.vocabulary import ExitType
from cii.reconciliation.actions import reconcile
from cii.reconciliation.queries import findings_list
from cii.settlement.vocabulary import Presence
from cii.store.work import Work
from tests.settlement.build_settlement import Desk, a_desk

OCTOBER = date(2026, 10, 1)
AUTUMN = (OCTOBER, date(2026, 12, 31))
UNEXCUSED = Presence.UNEXCUSED_ABSENCE


def ended(desk: Desk, placement: Placement, exit_on: date, today: date) -> Placement:
    return end_placement(desk.stage.on(today), EndPlacement(placement.ref, exit_on, ExitType.TRAINING))


def found(desk: Desk, night: date) -> list[str]:
    reconcile(desk.checker, night)
    return [row.kind.value for row in findings_list(desk.work)]


def committed(desk: Desk, placement: Placement) -> list[str]:
    return [str(share.committed) for share in shares_of(desk.work, placement.id)]


def test_an_early_end_after_a_settled_month_gives_back_everything_left_and_the_year_closes(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started(days=AUTUMN)
    desk.attest(placement, OCTOBER, d06=UNEXCUSED, d07=UNEXCUSED)
    october = desk.paid(OCTOBER)
    november = desk.on(date(2026, 12, 3))
    november.attest(placement, d03=UNEXCUSED)

    ended(desk, placement, date(2026, 11, 30), date(2026, 11, 30))

    assert str(october.total) == "2000.00"
    assert committed(desk, placement) == ["4200.00"], "October as settled, November in full"
    november.paid()
    assert committed(desk, placement) == ["4095.24"]
    assert desk.sums() == {"paid": "4095.24"}
    assert found(desk, date(2026, 12, 3)) == []
    assert work.session.execute(trial_balance()).all() == []
    assert close_year(desk.approver, desk.stage.market.ac.id, 2026).state.value == "closed"


def test_days_attested_beyond_the_end_earn_nothing(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started(days=AUTUMN)
    desk.attest(placement, OCTOBER)
    desk.attest(placement)
    desk.paid(OCTOBER)
    assert desk.sums()["accrued"] == "2200.00"

    ended(desk, placement, date(2026, 11, 10), date(2026, 12, 3))

    assert desk.sums() == {"accrued": "733.33", "paid": "2200.00"}
    desk.paid()
    assert desk.sums() == {"paid": "2933.33"}
    assert found(desk, date(2026, 12, 3)) == []


def test_each_payer_gets_back_its_own_part(work: Work):
    desk = a_desk(work)
    market = desk.stage.market
    placement = desk.stage.started(None, (market.ac, 60), (market.social, 40), days=AUTUMN)
    desk.attest(placement, OCTOBER, d06=UNEXCUSED)
    desk.paid(OCTOBER)

    ended(desk, placement, date(2026, 10, 31), date(2026, 10, 31))

    assert committed(desk, placement) == ["1260.00", "880.00"], "the second payer has not settled October yet"
    assert desk.sums() == {"paid": "1260.00"}
    assert desk.sums(market.social) == {"committed": "40.00", "accrued": "840.00"}


def test_a_stay_stated_by_a_correction_only_gives_back_what_it_did_not_need(work: Work):
    desk = a_desk(work)
    late = desk.stage.placement()
    answer_place(work, AnswerPlace(late.ref, accept=True))
    desk.attest(desk.stage.started())
    desk.paid()

    start_placement(desk.stage.on(date(2026, 12, 3)), StartPlacement(late.ref, date(2026, 11, 1)))
    desk.attest(late, d03=UNEXCUSED)
    correction = desk.paid()

    assert (correction.sequence, str(correction.total)) == (2, "2095.24")
    assert (committed(desk, late), desk.sums()) == (["2095.24"], {"paid": "4295.24"})
    assert found(desk, date(2026, 12, 3)) == []
