"""What a stay's end, its breaks and an earlier row say about a month's pay."""

from datetime import date

import pytest

from cii.kernel.errors import Refusal
from cii.placements.breaks import InterruptStay
from cii.placements.life import EndPlacement, end_placement
from cii.placements.vocabulary import ContractType, ExitType
from cii.settlement.actions_breaks import interrupt
from cii.settlement.vocabulary import Presence
from cii.wages.actions_parts import approve_part, check_month, compute_month
from cii.wages.rules import EarlierWageOpen
from tests.wages.build_wages import Paying


def test_a_stay_that_ended_earlier_is_paid_to_its_last_day(town: Paying):
    stay = town.stay()
    town.attend(stay)
    grant = town.granted(stay)
    last = date(2026, 11, 20)
    into = {"exit_type": ExitType.EMPLOYMENT, "contract_type": ContractType.OPEN_ENDED}
    end_placement(town.stage.on(last), EndPlacement(stay.ref, last, **into))

    compute_month(town.finance, town.month)

    assert town.amounts(grant) == ["871.43"]


def test_the_days_of_a_break_are_not_paid(town: Paying):
    stay = town.stay()
    grant = town.granted(stay)
    week = InterruptStay(stay.ref, date(2026, 11, 9), date(2026, 11, 13))
    town.attend(stay)
    interrupt(town.stage.on(date(2026, 11, 14)), week)

    compute_month(town.finance, town.month)

    assert town.amounts(grant) == ["929.52"]  # 16 of 21 days of 1220


def test_a_further_row_waits_for_the_one_before(town: Paying):
    stay = town.stay()
    town.attend(stay)
    grant = town.granted(stay)
    compute_month(town.finance, town.month)
    town.attend(stay, d9=Presence.UNEXCUSED_ABSENCE)
    compute_month(town.finance, town.month)
    check_month(town.checker, town.month)
    first, second = town.parts(grant)

    with pytest.raises(Refusal) as no:
        approve_part(town.approver, second.ref)
    approve_part(town.approver, first.ref)

    assert no.value.code == EarlierWageOpen.code
    assert approve_part(town.approver, second.ref).amount == second.amount
