"""An engagement that many want at once: prepared without keeping anybody waiting, moved by the last statement."""

import pytest
from sqlalchemy import func, select

from cii.access.vocabulary import Role
from cii.budgets.actions import engage
from cii.budgets.actions_binding import (
    Fought,
    Lost,
    engage_prepared,
    engagement_faults,
    prepare_engagement,
)
from cii.budgets.actions_ceilings import SetCeiling, set_ceiling
from cii.budgets.queries_ceilings import ceilings_of
from cii.budgets.tables import LedgerEntry, Movement
from cii.institutions.queries import unit_by_code
from cii.kernel.errors import Refusal
from cii.kernel.money import Chf
from cii.notices.tables import Notice
from tests.access.build_access import an_actor as a_person
from tests.agreements.build_agreements import a_market, acting
from tests.budgets.build_budgets import a_budget, a_leg, a_source, stages, the_position

NOTHING_ELSE = Fought("test", (), {}, 0)


def a_line(work, granted="10000.00"):
    market = a_market(work)
    a_budget(work, market.ac, granted)
    return market.ac, market.agreement(market.ac)


def rows(work, table):
    return work.session.scalar(select(func.count()).select_from(table))


def beaten_to(work, leg):
    """An engagement that is prepared, then another of the same leg that comes first; undone together."""
    with work.session.begin_nested():
        late = prepare_engagement(work, [leg], a_source())
        engage(work, [leg], a_source())
        engage_prepared(work, late, NOTHING_ELSE)


def test_what_is_prepared_moves_no_money_until_its_last_statement(work):
    line, agreement = a_line(work)

    ready = prepare_engagement(work, [a_leg(line, agreement, "3000.00")], a_source())
    before = stages(the_position(work, line))
    engage_prepared(work, ready, NOTHING_ELSE)

    assert before == {"granted": "10000.00", "available": "10000.00"}
    assert stages(the_position(work, line)) == {
        "granted": "10000.00",
        "available": "7000.00",
        "committed": "3000.00",
    }


def test_the_last_franc_goes_to_the_one_and_the_other_is_lost_with_all_it_wrote(work):
    line, agreement = a_line(work)
    engage(work, [a_leg(line, agreement, "1.00")], a_source())
    before = rows(work, LedgerEntry), rows(work, Movement)
    leg = a_leg(line, agreement, "8000.00")

    with pytest.raises(Lost):
        beaten_to(work, leg)
    engage(work, [leg], a_source())

    assert (rows(work, LedgerEntry), rows(work, Movement)) == (before[0] + 1, before[1] + 1)
    assert [one.code for one in engagement_faults(work, [leg])] == ["budget-exceeded"]


def test_the_same_act_prepared_again_moves_nothing(work):
    line, agreement = a_line(work)
    source, leg = a_source("test:once"), a_leg(line, agreement, "3000.00")

    for _ in range(2):
        engage_prepared(work, prepare_engagement(work, [leg], source), NOTHING_ELSE)

    assert stages(the_position(work, line))["committed"] == "3000.00"


def test_each_line_that_cannot_bear_its_part_says_so_before_anything_is_written(work):
    market = a_market(work)
    for line in (market.ac, market.social):
        a_budget(work, line, "1000.00")
    legs = [
        a_leg(line, agreement, "1000.01")
        for line, agreement in (
            (market.ac, market.agreement(market.ac)),
            (market.social, market.agreement(market.social)),
        )
    ]
    entries = rows(work, LedgerEntry)

    with pytest.raises(Refusal) as no:
        prepare_engagement(work, legs, a_source())

    assert [one.code for one in no.value.reasons] == ["budget-exceeded"] * 2
    assert rows(work, LedgerEntry) == entries


def test_a_budget_that_reaches_its_mark_is_told_of_once(work):
    line, agreement = a_line(work)
    a_person(work, (unit_by_code(work, "LMMT"), Role.FINANCE))
    told = []

    for amount in ("8999.99", "0.01", "1.00"):
        ready = prepare_engagement(work, [a_leg(line, agreement, amount)], a_source())
        engage_prepared(work, ready, NOTHING_ELSE)
        told.append(rows(work, Notice))

    assert told == [0, 1, 1]


def test_a_ceiling_that_fills_up_meanwhile_is_lost_as_the_budget_is(work):
    market = a_market(work)
    a_budget(work, market.ac, "10000.00")
    agreement = market.agreement(market.ac)
    asker = acting(work, market.drafter)
    ceiling = SetCeiling(
        market.ac.ref, 2026, Chf.parse("1000.00"), "D-7", "Plan annuel", agreement_ref=agreement.ref
    )
    set_ceiling(asker, ceiling)
    leg = a_leg(market.ac, agreement, "600.00")

    with pytest.raises(Lost):
        beaten_to(work, leg)
    engage_prepared(work, prepare_engagement(work, [leg], a_source()), NOTHING_ELSE)

    assert [one.code for one in engagement_faults(work, [leg])] == ["budget-ceiling-exceeded"]
    assert [str(one.used) for one in ceilings_of(work, market.ac.id, 2026)] == ["600.00"]
