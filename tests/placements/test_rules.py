from datetime import date

import pytest

from cii.placements.rules import MOVES, Waiter, exit_class, exit_faults, lot, waiting_order
from cii.placements.vocabulary import ContractType, ExitClass, ExitType, PlacementState


@pytest.mark.parametrize(
    ("exit_type", "contract", "months", "expected"),
    [
        (ExitType.EMPLOYMENT, ContractType.OPEN_ENDED, None, ExitClass.DURABLE),
        (ExitType.EMPLOYMENT, ContractType.PUBLIC_SERVICE, None, ExitClass.DURABLE),
        (ExitType.EMPLOYMENT, ContractType.FIXED_TERM, 6, ExitClass.DURABLE),
        (ExitType.EMPLOYMENT, ContractType.FIXED_TERM, 5, ExitClass.TRANSITION),
        (ExitType.EMPLOYMENT, ContractType.INTERIM, 7, ExitClass.DURABLE),
        (ExitType.EMPLOYMENT, ContractType.AIDED, 12, ExitClass.TRANSITION),
        (ExitType.BUSINESS_CREATION, None, None, ExitClass.DURABLE),
        (ExitType.TRAINING, None, None, ExitClass.POSITIVE),
        (ExitType.OTHER_MEASURE, None, None, ExitClass.POSITIVE),
        (ExitType.PENSION, None, None, ExitClass.OTHER),
        (ExitType.ABORTED, None, None, ExitClass.OTHER),
    ],
)
def test_an_exit_counts_by_its_contract_and_length(exit_type, contract, months, expected):
    assert exit_class(exit_type, contract, months, durable_from=6) is expected


def test_an_exit_into_employment_names_its_contract_and_a_limited_one_its_months():
    assert [one.field for one in exit_faults(ExitType.EMPLOYMENT, None, None)] == ["contract_type"]
    assert [one.field for one in exit_faults(ExitType.EMPLOYMENT, ContractType.INTERIM, None)] == [
        "contract_months"
    ]
    assert [one.code for one in exit_faults(ExitType.HEALTH, ContractType.AIDED, None)] == [
        "contract-without-employment"
    ]
    assert exit_faults(ExitType.EMPLOYMENT, ContractType.OPEN_ENDED, None) == []


def test_the_waiting_list_has_one_order_for_all():
    first, second = date(2026, 3, 1), date(2026, 4, 1)
    waiters = [
        Waiter(1, 2, first, "b"), Waiter(2, 1, second, "z"), Waiter(3, 2, first, "a"), Waiter(4, 2, second, "0"),
    ]  # fmt: skip

    assert [one.id for one in waiting_order(waiters)] == [2, 3, 1, 4]
    assert waiting_order(reversed(waiters)) == waiting_order(waiters)


def test_a_lot_can_be_drawn_again_by_anyone():
    assert lot("ATELIER", "abc", date(2026, 3, 1)) == lot("ATELIER", "abc", date(2026, 3, 1))
    assert lot("ATELIER", "abc", date(2026, 3, 1)) != lot("ATELIER", "abd", date(2026, 3, 1))


def test_every_state_but_the_last_ones_has_a_way_on():
    final = {state for state in PlacementState if not MOVES.get(state)}

    assert final == {
        PlacementState.REFUSED, PlacementState.ENDED, PlacementState.CANCELLED, PlacementState.EXPIRED,
    }  # fmt: skip
