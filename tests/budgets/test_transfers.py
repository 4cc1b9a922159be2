"""A part of a budget goes elsewhere by decision: asked by one, decided by another, never what is committed."""

from datetime import date

import pytest

from cii.access.vocabulary import Role
from cii.budgets.actions import close_year, engage
from cii.budgets.actions_ceilings import SetCeiling, set_ceiling
from cii.budgets.actions_transfers import AskTransfer, ask_transfer, decide_transfer
from cii.budgets.queries import movements_of, trial_balance
from cii.budgets.queries_ceilings import ceilings_of, open_transfers
from cii.budgets.rules import (
    BudgetBelowCommitted,
    BudgetYearClosed,
    BudgetYearMissing,
    CeilingBelowUsed,
    OneOfTwo,
    TransferBetweenSectors,
    TransferByAsker,
    TransferDecided,
    TransferToItself,
)
from cii.budgets.vocabulary import EntryKind
from cii.institutions.tables import FundingLine
from cii.institutions.vocabulary import Sector
from cii.kernel.errors import NotAllowed, Refusals, UnknownThing
from cii.kernel.money import Chf
from cii.store.columns import new_ref
from cii.store.work import Work
from tests.access.build_access import an_actor as a_person
from tests.agreements.build_agreements import a_market, acting
from tests.budgets.build_budgets import a_budget, a_leg, a_source, stages, the_position
from tests.institutions.build_institutions import a_unit


def a_second_line(work: Work, market) -> FundingLine:
    """Another line of unemployment insurance, with its own budget."""
    row = FundingLine(
        institution_id=market.ac.institution_id, sector=market.ac.sector, code=f"MIP-{new_ref()}",
        name="Mesures cantonales", valid_from=date(2020, 1, 1), federal_permille=0, cantonal_permille=1000, communal_permille=0,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    return row


def a_transfer(market, other, amount: str = "250", **more) -> AskTransfer:
    given = {"to_line_ref": other.ref} if other is not None else {}
    return AskTransfer(
        market.ac.ref,
        2026,
        Chf.parse(amount),
        "ACE 2026-114",
        "Mesures cantonales sollicitées",
        **given,
        **more,
    )


def two_lines(work: Work):
    market = a_market(work)
    other = a_second_line(work, market)
    a_budget(work, market.ac, "1000")
    a_budget(work, other, "400")
    return market, other, acting(work, market.drafter), acting(work, market.signer)


def test_a_transfer_asked_by_one_and_granted_by_another_is_one_entry_with_two_legs(work: Work):
    market, other, mine, second = two_lines(work)
    asked = ask_transfer(mine, a_transfer(market, other))

    (waiting,) = open_transfers(second)
    before = stages(the_position(work, market.ac))
    decide_transfer(second, asked.ref, granted=True)

    assert (waiting.giver, waiting.taker, str(waiting.amount), waiting.decision) == (
        "LACI", other.code, "250.00", "ACE 2026-114",
    )  # fmt: skip
    assert before == {"granted": "1000.00", "available": "1000.00"}
    assert stages(the_position(work, market.ac)) == {"granted": "750.00", "available": "750.00"}
    assert stages(the_position(work, other)) == {"granted": "650.00", "available": "650.00"}
    gone, come = (movements_of(work, line.id, 2026)[-1] for line in (market.ac, other))
    assert (gone.kind, come.kind) == (EntryKind.TRANSFER_OUT, EntryKind.TRANSFER_IN)
    assert gone.entry_ref == come.entry_ref
    assert gone.reason == "ACE 2026-114: Mesures cantonales sollicitées"
    assert work.session.execute(trial_balance()).all() == []
    assert open_transfers(second) == []


def test_whoever_asks_does_not_decide_and_a_decided_transfer_stays(work: Work):
    market, other, mine, second = two_lines(work)
    asked = ask_transfer(mine, a_transfer(market, other))

    with pytest.raises(TransferByAsker):
        decide_transfer(mine, asked.ref, granted=True)
    decide_transfer(second, asked.ref, granted=False)

    assert stages(the_position(work, market.ac)) == {"granted": "1000.00", "available": "1000.00"}
    with pytest.raises(TransferDecided):
        decide_transfer(second, asked.ref, granted=True)


def test_what_is_committed_is_not_transferred_neither_when_asked_nor_when_decided(work: Work):
    market, other, mine, second = two_lines(work)
    agreement = market.agreement()
    engage(work, [a_leg(market.ac, agreement, "700")], a_source())

    with pytest.raises(BudgetBelowCommitted) as no:
        ask_transfer(mine, a_transfer(market, other, "300.01"))
    asked = ask_transfer(mine, a_transfer(market, other, "300"))
    engage(work, [a_leg(market.ac, agreement, "0.05")], a_source())

    assert (str(no.value.facts["asked"]), str(no.value.facts["available"])) == ("300.01", "300.00")
    with pytest.raises(BudgetBelowCommitted):
        decide_transfer(second, asked.ref, granted=True)
    assert asked.granted is None


def test_a_transfer_stays_within_the_sector_and_the_open_years(work: Work):
    market, other, mine, hers = two_lines(work)
    a_budget(work, market.social, "100")
    stranger = acting(work, a_person(work, (a_unit(work, Sector.SMIG), Role.FINANCE)))

    with pytest.raises(TransferBetweenSectors):
        ask_transfer(mine, a_transfer(market, market.social))
    with pytest.raises(TransferToItself):
        ask_transfer(mine, a_transfer(market, market.ac))
    with pytest.raises(OneOfTwo):
        ask_transfer(mine, a_transfer(market, None))
    with pytest.raises(UnknownThing):
        ask_transfer(stranger, a_transfer(market, other))
    with pytest.raises(Refusals) as no:
        ask_transfer(mine, AskTransfer(market.ac.ref, 2027, Chf(1), "D", "R", other.ref))
    assert {one.code for one in no.value.reasons} == {BudgetYearMissing.code}
    asked = ask_transfer(mine, a_transfer(market, other))
    close_year(work, other.id, 2026)
    with pytest.raises(BudgetYearClosed):
        ask_transfer(mine, a_transfer(market, other))
    with pytest.raises(BudgetYearClosed):
        decide_transfer(hers, asked.ref, granted=True)


def test_the_coordination_group_reads_transfers_and_asks_for_none(work: Work):
    market, other, mine, _ = two_lines(work)
    ask_transfer(mine, a_transfer(market, other))
    member = acting(work, a_person(work, (a_unit(work, None), Role.COORDINATION_MEMBER)))

    assert [one.taker for one in open_transfers(member)] == [other.code]
    with pytest.raises(NotAllowed):
        ask_transfer(member, a_transfer(market, other))


def test_a_transfer_between_ceilings_moves_what_is_free_under_one_to_the_other(work: Work):
    market = a_market(work)
    one, two = market.agreement(last_day=date(2026, 6, 30)), market.agreement(valid_from=date(2026, 7, 1))
    a_budget(work, market.ac, "1000")
    mine, second = acting(work, market.drafter), acting(work, market.signer)
    first, other = (
        set_ceiling(
            mine, SetCeiling(market.ac.ref, 2026, Chf.parse("500"), "D-1", "Plan", agreement_ref=it.ref)
        )
        for it in (one, two)
    )
    engage(work, [a_leg(market.ac, one, "400")], a_source())
    ends = {"from_ceiling_ref": first.ref, "to_ceiling_ref": other.ref}

    asked = ask_transfer(mine, a_transfer(market, None, "100", **ends))
    decide_transfer(second, asked.ref, granted=True)

    assert [
        (str(row.amount), str(row.used), row.decision) for row in ceilings_of(work, market.ac.id, 2026)
    ] == [
        ("400.00", "400.00", "ACE 2026-114"),
        ("600.00", "0.00", "ACE 2026-114"),
    ]
    assert stages(the_position(work, market.ac))["granted"] == "1000.00"
    with pytest.raises(CeilingBelowUsed) as no:
        ask_transfer(mine, a_transfer(market, None, "0.01", **ends))
    assert str(no.value.facts["used"]) == "400.00"
