from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from cii.access.vocabulary import Role
from cii.budgets.actions import (
    AskReversal,
    DecideBudget,
    accrue,
    ask_reversal,
    close_year,
    correct_accrual,
    decide_budget,
    decide_reversal,
    engage,
    grant_budget,
    invoice,
    pay,
    release,
)
from cii.budgets.queries import (
    available,
    movements_of,
    positions,
    positions_by_agreement,
    trial_balance,
)
from cii.budgets.rules import (
    AlreadyReversed,
    BudgetBelowCommitted,
    BudgetExceeded,
    BudgetNegative,
    BudgetUnchanged,
    BudgetYearClosed,
    BudgetYearMissing,
    LedgerKeyReused,
    ReversalByAsker,
    ReversalWaiting,
    StageExceeded,
    YearNotSettled,
)
from cii.budgets.vocabulary import EntryKind, Stage
from cii.institutions.queries import unit_by_code
from cii.institutions.vocabulary import Sector
from cii.kernel.errors import Refusals, UnknownThing
from cii.kernel.money import Chf
from cii.store.work import Work
from tests.access.build_access import an_actor as a_person
from tests.agreements.build_agreements import a_market, acting, an_actor
from tests.budgets.build_budgets import a_budget, a_leg, a_source, stages, the_position
from tests.institutions.build_institutions import a_unit


def test_a_franc_walks_from_the_grant_to_the_payment(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    a_budget(work, market.ac, "10000")

    for act, amount in ((engage, "3000"), (accrue, "2500"), (invoice, "2000"), (pay, "1500.05")):
        act(work, [a_leg(market.ac, agreement, amount)], a_source())

    assert stages(the_position(work, market.ac)) == {
        "granted": "10000.00",
        "available": "7000.00",
        "committed": "500.00",
        "accrued": "500.00",
        "invoiced": "499.95",
        "paid": "1500.05",
    }
    assert work.session.execute(trial_balance()).all() == []


def test_an_engagement_beyond_the_budget_says_what_is_left(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    a_budget(work, market.ac, "2000")
    engage(work, [a_leg(market.ac, agreement, "1500")], a_source())

    with pytest.raises(BudgetExceeded) as no:
        engage(work, [a_leg(market.ac, agreement, "800")], a_source())

    assert no.value.facts["available"] == Chf.parse("500.00")
    assert no.value.facts["asked"] == Chf.parse("800.00")
    assert no.value.facts["line"] == "LACI"


def test_an_engagement_over_two_lines_is_booked_whole_or_not_at_all(work: Work):
    market = a_market(work)
    ours, theirs = market.agreement(), market.agreement(market.social)
    a_budget(work, market.ac, "1000")
    a_budget(work, market.social, "399.99")

    with pytest.raises(BudgetExceeded) as no:
        engage(work, [a_leg(market.ac, ours, "600"), a_leg(market.social, theirs, "400")], a_source())

    assert no.value.facts["line"] == "SAS"
    assert the_position(work, market.ac).available == Chf.parse("1000")
    assert the_position(work, market.social).available == Chf.parse("399.99")


def test_every_line_that_cannot_pay_gives_its_reason(work: Work):
    market = a_market(work)
    ours, theirs = market.agreement(), market.agreement(market.social)
    a_budget(work, market.ac, "100")
    a_budget(work, market.social, "100")

    with pytest.raises(Refusals) as no:
        engage(
            work,
            [
                a_leg(market.ac, ours, "60"),
                a_leg(market.ac, ours, "60", date(2026, 11, 1)),
                a_leg(market.social, theirs, "101"),
            ],
            a_source(),
        )

    assert sorted((one.facts["line"], str(one.facts["asked"])) for one in no.value.reasons) == [
        ("LACI", "120.00"),
        ("SAS", "101.00"),
    ]


def test_a_stay_over_new_year_needs_the_budgets_of_both_years(work: Work):
    market = a_market(work)
    agreement = market.agreement(last_day=None)
    a_budget(work, market.ac, "1000")

    with pytest.raises(BudgetYearMissing) as no:
        engage(
            work,
            [a_leg(market.ac, agreement, "100"), a_leg(market.ac, agreement, "100", date(2027, 1, 1))],
            a_source(),
        )

    assert no.value.facts == {"line": "LACI", "year": 2027}


def test_a_line_without_ceiling_records_what_it_owes(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    a_budget(work, market.ac, "100", hard=False)

    engage(work, [a_leg(market.ac, agreement, "5000")], a_source())

    assert str(the_position(work, market.ac).available) == "-4900.00"
    assert available(work, [market.ac.id, market.social.id], 2026) == {market.ac.id: None}


def test_attendance_is_accrued_up_to_the_commitment_and_the_rest_is_told(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    a_budget(work, market.ac, "1000")
    engage(work, [a_leg(market.ac, agreement, "300")], a_source())

    first = accrue(work, [a_leg(market.ac, agreement, "200"), a_leg(market.ac, agreement, "250")], a_source())

    assert [str(one) for one in first.booked] == ["200.00", "100.00"]
    assert [str(one) for one in first.excess] == ["0.00", "150.00"]
    assert str(the_position(work, market.ac).accrued) == "300.00"


def test_an_accrual_repeated_books_nothing(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    a_budget(work, market.ac, "1000")
    engage(work, [a_leg(market.ac, agreement, "300")], a_source())
    once = accrue(work, [a_leg(market.ac, agreement, "200")], a_source("a"))

    again = accrue(work, [a_leg(market.ac, agreement, "200")], a_source("a"))

    assert again.entry == once.entry
    assert str(the_position(work, market.ac).accrued) == "200.00"


def test_a_correction_takes_back_and_a_release_gives_back(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    a_budget(work, market.ac, "1000")
    engage(work, [a_leg(market.ac, agreement, "300")], a_source())
    accrue(work, [a_leg(market.ac, agreement, "200")], a_source())

    correct_accrual(work, [a_leg(market.ac, agreement, "50")], a_source())
    release(work, [a_leg(market.ac, agreement, "150")], a_source())

    assert stages(the_position(work, market.ac)) == {
        "granted": "1000.00",
        "available": "850.00",
        "accrued": "150.00",
    }


@pytest.mark.parametrize("act", [release, invoice, pay, correct_accrual])
def test_no_stage_gives_more_than_it_holds(work: Work, act):
    market = a_market(work)
    agreement = market.agreement()
    a_budget(work, market.ac, "1000")

    with pytest.raises(StageExceeded):
        act(work, [a_leg(market.ac, agreement, "0.01")], a_source())


def test_the_same_key_books_once_and_another_content_is_refused(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    a_budget(work, market.ac, "1000")
    once = engage(work, [a_leg(market.ac, agreement, "300")], a_source("k"))

    again = engage(work, [a_leg(market.ac, agreement, "300")], a_source("k"))

    assert again.id == once.id
    assert str(the_position(work, market.ac).committed) == "300.00"
    for other in (a_leg(market.ac, agreement, "301"), a_leg(market.social, agreement, "300")):
        with pytest.raises(LedgerKeyReused):
            engage(work, [other], a_source("k"))
    with pytest.raises(LedgerKeyReused):
        release(work, [a_leg(market.ac, agreement, "300")], a_source("k"))


def test_a_budget_is_amended_and_never_lowered_below_what_is_engaged(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    a_budget(work, market.ac, "1000")
    engage(work, [a_leg(market.ac, agreement, "700")], a_source())

    more = grant_budget(work, market.ac.id, 2026, Chf.parse("500"))
    less = grant_budget(work, market.ac.id, 2026, Chf.parse("-800"))

    assert (more.kind, less.kind) == (EntryKind.AMENDMENT, EntryKind.REDUCTION)
    assert str(the_position(work, market.ac).granted) == "700.00"
    with pytest.raises(BudgetBelowCommitted):
        grant_budget(work, market.ac.id, 2026, Chf.parse("-0.05"))


def test_a_budget_is_never_below_zero_with_or_without_ceiling_and_zero_amends_nothing(work: Work):
    market = a_market(work)
    a_budget(work, market.ac, "0", hard=False)

    with pytest.raises(BudgetNegative) as no:
        grant_budget(work, market.ac.id, 2026, Chf.parse("-0.01"))
    with pytest.raises(BudgetUnchanged):
        grant_budget(work, market.ac.id, 2026, Chf())

    assert no.value.facts["granted"] == Chf()
    assert str(the_position(work, market.ac).granted) == "0.00"


def test_a_sector_decides_its_own_budget_only(work: Work):
    market = a_market(work)
    finance = acting(work, an_actor(work, unit_by_code(work, "ODAS"), role="finance"))

    decide_budget(finance, DecideBudget(market.social.ref, 2026, Chf.parse("100"), "Budget 2026"))

    assert [one.line for one in positions(finance, 2026)] == ["SAS"]
    with pytest.raises(UnknownThing):
        decide_budget(finance, DecideBudget(market.ac.ref, 2026, Chf.parse("100"), "Budget 2026"))


def test_the_coordination_group_reads_every_budget(work: Work):
    market = a_market(work)
    a_budget(work, market.ac, "100")
    a_budget(work, market.social, "100")
    member = acting(work, an_actor(work, unit_by_code(work, "GC"), role="coordination_member"))

    assert [one.line for one in positions(member, 2026)] == ["LACI", "SAS"]


def test_a_line_warns_from_its_mark(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    a_budget(work, market.ac, "1000")

    engage(work, [a_leg(market.ac, agreement, "899.99")], a_source())
    before = the_position(work, market.ac).warning
    engage(work, [a_leg(market.ac, agreement, "0.01")], a_source())

    assert (before, the_position(work, market.ac).warning) == (False, True)


def test_a_position_opens_down_to_its_movements(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    a_budget(work, market.ac, "1000")
    engage(work, [a_leg(market.ac, agreement, "300")], a_source())

    (row,) = positions_by_agreement(work, 2026)
    found = movements_of(work, market.ac.id, 2026, agreement_id=agreement.id, stage=Stage.COMMITTED)

    assert (row.line, row.agreement_id, int(row.committed), int(row.paid)) == (
        "LACI",
        agreement.id,
        30000,
        0,
    )
    assert [(one.kind, one.from_stage, one.to_stage, str(one.amount)) for one in found] == [
        (EntryKind.ENGAGEMENT, Stage.AVAILABLE, Stage.COMMITTED, "300.00")
    ]
    assert movements_of(work, market.ac.id, 2026, agreement_id=agreement.id, after=found[-1].id) == []


def test_a_reversal_needs_two_persons_and_mirrors_the_entry_once(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    a_budget(work, market.ac, "1000")
    entry = engage(work, [a_leg(market.ac, agreement, "300")], a_source())
    mine, other = acting(work, market.drafter), acting(work, market.signer)
    asked = ask_reversal(mine, AskReversal(entry.ref, "Saisie deux fois"))

    with pytest.raises(ReversalWaiting):
        ask_reversal(other, AskReversal(entry.ref, "Saisie deux fois"))
    with pytest.raises(ReversalByAsker):
        decide_reversal(mine, asked.ref, granted=True)
    mirror = decide_reversal(other, asked.ref, granted=True)

    assert mirror is not None
    assert (mirror.kind, mirror.account_id, mirror.approved_by) == (
        EntryKind.REVERSAL,
        market.drafter.account_id,
        market.signer.account_id,
    )
    assert stages(the_position(work, market.ac)) == {"granted": "1000.00", "available": "1000.00"}
    with pytest.raises(AlreadyReversed):
        decide_reversal(other, asked.ref, granted=True)
    with pytest.raises(AlreadyReversed):
        ask_reversal(mine, AskReversal(mirror.ref, "Retour"))
    with pytest.raises(AlreadyReversed):
        ask_reversal(mine, AskReversal(entry.ref, "Encore"))
    with pytest.raises(DBAPIError, match=r"(?i)unique"), work.session.begin_nested():
        work.session.execute(
            text(
                "INSERT INTO reversal_request (ref, entry_id, reason, asked_by, asked_at) "
                "SELECT 'beside', entry_id, reason, asked_by, asked_at FROM reversal_request"
            )
        )


def test_an_entry_of_another_sector_is_none(work: Work):
    market = a_market(work)
    entry = engage_some(work, market)
    stranger = acting(work, a_person(work, (a_unit(work, Sector.SMIG), Role.FINANCE)))

    with pytest.raises(UnknownThing):
        ask_reversal(stranger, AskReversal(entry.ref, "Erreur"))


def engage_some(work: Work, market):
    agreement = market.agreement()
    a_budget(work, market.ac, "1000")
    return engage(work, [a_leg(market.ac, agreement, "300")], a_source())


def test_a_reversal_never_takes_what_has_moved_on(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    a_budget(work, market.ac, "1000")
    entry = engage(work, [a_leg(market.ac, agreement, "300")], a_source())
    accrue(work, [a_leg(market.ac, agreement, "200")], a_source())
    asked = ask_reversal(acting(work, market.drafter), AskReversal(entry.ref, "Erreur"))

    with pytest.raises(StageExceeded):
        decide_reversal(acting(work, market.signer), asked.ref, granted=True)


def test_a_reversal_may_be_refused(work: Work):
    market = a_market(work)
    a_budget(work, market.ac, "1000")
    entry = grant_budget(work, market.ac.id, 2026, Chf.parse("1"))
    asked = ask_reversal(acting(work, market.drafter), AskReversal(entry.ref, "Erreur"))

    assert decide_reversal(acting(work, market.signer), asked.ref, granted=False) is None
    assert str(the_position(work, market.ac).granted) == "1001.00"
    again = ask_reversal(acting(work, market.drafter), AskReversal(entry.ref, "Erreur prouvée"))
    assert again.granted is None, "what was refused may be asked again"
    with pytest.raises(UnknownThing):
        ask_reversal(acting(work, market.drafter), AskReversal("nothing", "Erreur"))


def test_the_books_close_when_nothing_is_on_its_way_and_take_nothing_more(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    a_budget(work, market.ac, "1000")
    leg = [a_leg(market.ac, agreement, "300")]
    on_its_way = []
    for step in (engage, accrue, invoice):
        step(work, leg, a_source())
        with pytest.raises(YearNotSettled) as no:
            close_year(work, market.ac.id, 2026)
        on_its_way.append(no.value.facts["stage"])
    pay(work, leg, a_source())
    close_year(work, market.ac.id, 2026)

    assert on_its_way == [Stage.COMMITTED, Stage.ACCRUED, Stage.INVOICED]
    with pytest.raises(BudgetYearClosed):
        engage(work, [a_leg(market.ac, agreement, "1")], a_source())
    with pytest.raises(BudgetYearClosed):
        close_year(work, market.ac.id, 2026)
    with pytest.raises(BudgetYearMissing):
        close_year(work, market.ac.id, 2031)
