"""A guaranteed volume that was not used is owed all the same."""

from datetime import date

import pytest
from sqlmodel import select

from cii.final_accounts.actions import (
    release_payment,
)
from cii.final_accounts.actions_volume import ProposeVolume, propose_volume, unused_volumes
from cii.final_accounts.paper import paper
from cii.final_accounts.queries import (
    payments_of,
)
from cii.final_accounts.tables import YearAccount
from cii.kernel.errors import Refusal
from cii.reconciliation.proofs import PROOFS
from cii.store.work import Work
from tests.final_accounts.build_final_accounts import a_year, codes, proven
from tests.placements.build_placements import a_stage


def test_an_unused_guarantee_is_found_by_the_night_proposed_and_paid_by_another(work: Work):
    stage = a_stage(work, social="500000")
    guaranteed = stage.market.agreement(
        stage.market.social, valid_from=date(2026, 11, 1), last_day=date(2026, 12, 31), amount="1000",
        places=4, guarantee=50, in_force=False,
    )  # fmt: skip
    town = a_year(work, social=True, stage=stage)
    wish = ProposeVolume(guaranteed.ref, town.line.ref, 2026)

    found = unused_volumes(work, date(2027, 1, 10))
    night = PROOFS["volumes"](work, date(2027, 1, 10)).differences
    made = propose_volume(town.finance, wish)
    with pytest.raises(Refusal) as own:
        release_payment(town.finance, payments_of(work, made.id)[0].ref)
    before = town.sums()
    town.pay_all(made)
    with pytest.raises(Refusal) as twice:
        propose_volume(town.finance, wish)
    with pytest.raises(Refusal) as unprinted:
        paper(town.finance, made.ref, "fr")

    assert [(one.agreement_id, str(one.amount)) for one in found] == [(guaranteed.id, "4000.00")]
    assert [(one.kind.value, one.ref, one.expected) for one in night] == [
        ("volume", guaranteed.number, 400000)
    ]
    assert made.explanation == {"2026-11-01": 200000, "2026-12-01": 200000}
    assert (before, town.sums()) == ({}, {"paid": "4000.00"})
    assert [codes(no) for no in (own, twice, unprinted)] == [
        ["account-four-eyes"], ["volume-used"], ["account-nothing-to-print"],
    ]  # fmt: skip
    assert unused_volumes(work, date(2027, 1, 10)) == []
    assert proven(work)


def test_without_a_guarantee_no_volume_is_owed(work: Work):
    town = a_year(work)

    with pytest.raises(Refusal) as no:
        propose_volume(town.finance, ProposeVolume(town.agreement.ref, town.line.ref, 2026))

    assert codes(no) == ["volume-not-guaranteed"]
    assert work.session.scalars(select(YearAccount)).all() == []
