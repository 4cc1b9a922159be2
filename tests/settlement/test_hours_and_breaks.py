"""What a month states where hours are paid, a stay is interrupted, or somebody is there part time."""

from dataclasses import replace
from datetime import date

import pytest

from cii.agreements.rules_recount import recompute
from cii.agreements.rules_tariffs import MonthStated
from cii.agreements.vocabulary import Basis
from cii.kernel.period import Period
from cii.placements.breaks import InterruptStay, interrupt_stay
from cii.placements.queries import shares_of
from cii.settlement.actions import Mark, RecordAttendance, record_attendance, submit
from cii.settlement.actions_breaks import interrupt
from cii.settlement.actions_tariffs import agree_tariff
from cii.settlement.queries import lines_of
from cii.settlement.rules import DayClosed, MinutesUnfit, minutes_faults
from cii.settlement.vocabulary import Presence
from cii.settlement.volume import volumes_of
from cii.store.work import Work
from tests.agreements.build_agreements import acting
from tests.settlement.build_settlement import a_desk

HOURLY = {"basis": Basis.HOUR, "amount": "25", "day_minutes": 480}


def hours(day: int, minutes: int | None, presence: Presence = Presence.PRESENT) -> Mark:
    return Mark(date(2026, 11, day), presence, minutes)


def test_hours_are_committed_as_planned_and_stated_as_attended(work: Work):
    desk = a_desk(work, **HOURLY)
    placement = desk.stage.started()
    assert [str(share.committed) for share in shares_of(work, placement.id)] == ["4200.00"]

    marks = (hours(3, 240), hours(4, 510), hours(5, None, Presence.UNEXCUSED_ABSENCE))
    wish = RecordAttendance(placement.ref, marks, others_present=date(2026, 11, 1))
    record_attendance(desk.provider, wish)

    (line,) = lines_of(work, desk.prefill().id)
    assert str(line.amount) == "3912.50"  # 18 days of 8 h, 4 h and 8 h 30 at 25.00
    assert line.explanation["minutes"] == {"2026-11-03": 240, "2026-11-04": 510}
    assert recompute(line.explanation) == line.amount


def test_a_full_month_of_hours_is_the_commitment_and_hours_told_anew_correct_it(work: Work):
    desk = a_desk(work, **HOURLY)
    placement = desk.stage.started()
    desk.attest(placement)
    assert [share.committed for share in shares_of(work, placement.id)] == [desk.prefill().total]

    again = record_attendance(desk.provider, RecordAttendance(placement.ref, (hours(3, 120),)))

    assert (again.new, again.corrected) == (0, 1)
    assert str(desk.prefill().total) == "4050.00"


def test_minutes_belong_to_a_day_of_presence():
    present, day = Presence.PRESENT, date(2026, 11, 3)
    told = [(present, None), (present, 1440), (Presence.SICK, None)]
    wrong = [(present, 0), (present, 1441), (Presence.SICK, 240)]

    assert minutes_faults((day, *one) for one in told) == []
    assert [type(one) for one in minutes_faults((day, *one) for one in wrong)] == [MinutesUnfit] * 3


def test_nobody_is_expected_and_nothing_is_stated_on_the_days_of_a_break(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started()
    ninth = date(2026, 11, 9)
    interrupt_stay(desk.stage.on(date(2026, 11, 2)), InterruptStay(placement.ref, ninth, date(2026, 11, 13)))
    desk.attest(placement)

    with pytest.raises(DayClosed):
        record_attendance(desk.provider, RecordAttendance(placement.ref, (Mark(ninth, Presence.PRESENT),)))
    (line,) = lines_of(work, desk.prefill().id)
    assert str(line.amount) == "1676.19"  # 16 of 21 days
    assert line.explanation["breaks"] == [["2026-11-09", "2026-11-13"]]
    assert [share.committed for share in shares_of(work, placement.id)] == [line.amount]


def test_days_attested_before_their_break_no_longer_count(work: Work):
    desk = a_desk(work)
    placement = desk.stage.started()
    desk.attest(placement, d03=Presence.UNEXCUSED_ABSENCE)
    assert desk.sums() == {"committed": "104.76", "accrued": "2095.24"}

    interrupt(
        desk.stage.on(date(2026, 11, 30)),
        InterruptStay(placement.ref, date(2026, 11, 9), date(2026, 11, 13)),
    )

    assert desk.sums() == {"committed": "104.76", "accrued": "1571.43"}  # 16 of 21 days bound, 15 earned
    assert str(desk.prefill().total) == "1571.43"


def test_part_time_is_committed_and_stated_by_the_thresholds_of_the_tariff(work: Work):
    desk = a_desk(work, full_from=80, half_from=40)
    placement = desk.stage.started(workload=50)
    desk.attest(placement)

    assert [str(share.committed) for share in shares_of(work, placement.id)] == ["1100.00"]
    assert str(desk.prefill().total) == "1100.00"


def test_a_tariff_is_not_agreed_in_a_month_that_has_been_stated(work: Work):
    desk = a_desk(work)
    desk.attest(desk.stage.started())
    market, mine = desk.stage.market, acting(work, desk.stage.market.drafter)
    follower = market.agreement(valid_from=date(2026, 11, 1), amount=None, in_force=False)
    dearer = market.tariff(follower, market.ac, "2300", Basis.WEEKDAYS, date(2026, 11, 1))
    statement = desk.prefill()
    agree_tariff(mine, dearer)  # a draft states nothing yet

    submit(desk.provider, statement.ref)

    with pytest.raises(MonthStated) as no:
        agree_tariff(mine, dearer)
    assert no.value.facts["after"] == date(2026, 12, 1)
    agree_tariff(mine, market.tariff(follower, market.ac, "2300", Basis.WEEKDAYS, date(2026, 12, 1)))


def test_what_the_guaranteed_places_lack_in_a_month_is_told(work: Work):
    desk = a_desk(work)
    market, month = desk.stage.market, Period(date(2026, 11, 1), date(2026, 12, 1))
    terms = {"places": 4, "guarantee": 75, "valid_from": date(2026, 11, 1)}
    desk.stage.social.valid_to = date(2026, 11, 1)
    work.session.flush()
    promised = market.agreement(market.social, **terms)
    shown = replace(desk.stage, social=promised)
    desk.attest(shown.started(None, (market.social, 1)), d03=Presence.UNEXCUSED_ABSENCE)

    (volume,) = volumes_of(work, [desk.stage.ac.id, promised.id], month)

    assert volume.key == (promised.id, market.measure.id, market.social.id)
    held = volume.guaranteed
    assert (str(held.floor), str(held.used), str(held.top_up)) == ("6600.00", "2095.24", "4504.76")
