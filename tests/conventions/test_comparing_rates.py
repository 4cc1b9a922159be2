"""Tariffs of two versions: an amendment that takes them over changes nothing; a new price is a change of one line."""

from dataclasses import replace
from datetime import date

import pytest

from cii.agreements.actions import add_tariff, put_in_force, sign
from cii.agreements.vocabulary import Basis
from cii.conventions.comparing import RATES, Kind, differences
from cii.conventions.following import Amend, Renew, amend, renew
from cii.conventions.queries import convention
from cii.kernel.money import Chf
from cii.store.work import Work
from tests.agreements.build_agreements import a_market, acting


def rates_of(before, after):
    return [one for one in differences(before, after) if one.section == RATES]


@pytest.fixture
def living(work: Work):
    """An agreement of 2026 with two prices, the second from July on, and who leads it."""
    market = a_market(work)
    mine = acting(work, market.drafter)
    draft = market.agreement(in_force=False, amount=None)
    for first, last, amount in (
        (date(2026, 1, 1), date(2026, 6, 30), "2200"),
        (date(2026, 7, 1), date(2026, 12, 31), "2300"),
    ):
        tariff = market.tariff(draft, market.ac, amount, Basis.STARTED_MONTH, first)
        add_tariff(mine, replace(tariff, last_day=last))

    sign(acting(work, market.signer), draft.ref)
    put_in_force(mine, draft.ref)
    return mine, draft


def test_the_tariffs_that_an_amendment_takes_over_are_no_difference(living):
    mine, agreement = living
    after = amend(mine, Amend(agreement.ref, date(2026, 11, 1)))

    assert rates_of(convention(mine, agreement.ref), convention(mine, after.ref)) == []


def test_the_tariffs_that_a_renewal_takes_over_are_no_difference(living):
    mine, agreement = living
    after = renew(mine, Renew(agreement.ref, date(2027, 1, 1), date(2027, 12, 31)))
    old, new = convention(mine, agreement.ref), convention(mine, after.ref)
    rates = tuple(replace(old.rates[1], valid_from=one, valid_to=None) for one in (date(2027, 1, 1),))

    assert rates_of(old, replace(new, rates=rates)) == []


def test_a_new_price_is_one_change_of_the_amount(living):
    mine, agreement = living
    after = amend(mine, Amend(agreement.ref, date(2026, 11, 1)))
    old, new = convention(mine, agreement.ref), convention(mine, after.ref)
    dearer = replace(new, rates=(replace(new.rates[0], amount=Chf.parse("2400")),))

    (found,) = rates_of(old, dearer)

    assert (found.kind, found.before, found.after) == (Kind.CHANGED, Chf.parse("2300"), Chf.parse("2400"))
    assert found.path[-1] == "amount"


def test_a_second_price_is_added_under_its_first_day(living):
    mine, agreement = living
    old = convention(mine, agreement.ref)
    later = replace(old.rates[1], valid_from=date(2026, 10, 1), amount=Chf.parse("2500"))
    new = replace(old, rates=(old.rates[0], replace(old.rates[1], valid_to=date(2026, 10, 1)), later))

    found = rates_of(old, new)

    assert [one.kind for one in found] == [Kind.CHANGED, Kind.ADDED]
    assert found[0].path[-1] == "valid_to"
    assert found[1].path[-1].endswith(" · 2026-10-01")


def test_a_price_taken_out_is_a_difference(living):
    mine, agreement = living
    old = convention(mine, agreement.ref)

    found = rates_of(old, replace(old, rates=old.rates[:1]))

    assert [one.kind for one in found] == [Kind.REMOVED]
