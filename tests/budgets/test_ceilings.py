"""Ceilings of measures and agreements beside a line's budget, and the warning that comes before them."""

import threading
from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from cii.access.vocabulary import Role
from cii.budgets.actions import AskReversal, ask_reversal, decide_reversal, engage, grant_budget, release
from cii.budgets.actions_ceilings import SetCeiling, set_ceiling
from cii.budgets.queries_ceilings import ceilings_of
from cii.budgets.rules import (
    BudgetExceeded,
    Cap,
    CeilingBelowUsed,
    CeilingExceeded,
    NotBought,
    OneOfTwo,
    at_mark,
    caps_exceeded,
)
from cii.institutions.queries import unit_by_code
from cii.kernel.errors import Refusals
from cii.kernel.money import Chf
from cii.notices.tables import Notice
from cii.store.work import HOUSE, Work, working
from tests.access.build_access import an_actor as a_person
from tests.agreements.build_agreements import a_market, acting
from tests.budgets.build_budgets import a_budget, a_leg, a_source
from tests.conftest import NOW


def test_a_ceiling_is_passed_by_the_first_centime_too_much():
    cap = Cap(1, "AT-01", "LACI", 2026, Chf.parse("500"), Chf.parse("499.95"))

    assert caps_exceeded({cap: Chf(5)}) == []
    (no,) = caps_exceeded({cap: Chf(6)})
    assert {name: str(value) for name, value in no.facts.items()} == {
        "line": "LACI", "year": "2026", "ceiling": "AT-01", "asked": "0.06", "available": "0.05",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("used", "granted", "warns"),
    [("899.99", "1000", False), ("900", "1000", True), ("0", "0", False), ("0.01", "0", True)],
)
def test_the_mark_is_reached_at_nine_tenths(used: str, granted: str, *, warns: bool):
    assert at_mark(Chf.parse(used), Chf.parse(granted), 900) is warns


def a_ceiling(work: Work, market, amount: str, **of):
    asker = acting(work, market.drafter)
    return set_ceiling(asker, SetCeiling(market.ac.ref, 2026, Chf.parse(amount), "D-7", "Plan annuel", **of))


def used(work: Work, market) -> list[str]:
    return [str(one.used) for one in ceilings_of(work, market.ac.id, 2026)]


def test_every_reason_is_told_at_once_line_measure_and_agreement(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    a_budget(work, market.ac, "1000")
    a_ceiling(work, market, "600", measure_ref=market.measure.ref)
    a_ceiling(work, market, "500", agreement_ref=agreement.ref)

    with pytest.raises(Refusals) as no:
        engage(work, [a_leg(market.ac, agreement, "1000.05")], a_source())

    said = [(one.code, str(one.facts["available"])) for one in no.value.reasons]
    assert said == [
        (BudgetExceeded.code, "1000.00"), (CeilingExceeded.code, "600.00"), (CeilingExceeded.code, "500.00"),
    ]  # fmt: skip
    assert used(work, market) == ["0.00", "0.00"]


def test_a_ceiling_of_a_measure_counts_each_agreement_that_buys_it_for_the_line(work: Work):
    market = a_market(work)
    one, two = market.agreement(last_day=date(2026, 6, 30)), market.agreement(valid_from=date(2026, 7, 1))
    theirs = market.agreement(market.social)
    for line in (market.ac, market.social):
        a_budget(work, line, "5000")
    engage(work, [a_leg(market.ac, one, "100")], a_source())
    a_ceiling(work, market, "600", measure_ref=market.measure.ref)

    engage(work, [a_leg(market.ac, two, "450"), a_leg(market.social, theirs, "3000")], a_source())
    release(work, [a_leg(market.ac, one, "30")], a_source())

    assert used(work, market) == ["520.00"]
    with pytest.raises(CeilingExceeded):
        engage(work, [a_leg(market.ac, one, "80.01")], a_source())
    engage(work, [a_leg(market.ac, one, "80")], a_source())


def test_a_reversal_frees_the_ceiling_and_never_passes_it(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    a_budget(work, market.ac, "1000")
    a_ceiling(work, market, "300", agreement_ref=agreement.ref)
    entry = engage(work, [a_leg(market.ac, agreement, "300")], a_source())
    freed = release(work, [a_leg(market.ac, agreement, "100")], a_source())
    engage(work, [a_leg(market.ac, agreement, "50")], a_source())
    mine, second = acting(work, market.drafter), acting(work, market.signer)

    back = ask_reversal(mine, AskReversal(freed.ref, "Libéré à tort"))
    with pytest.raises(CeilingExceeded), work.session.begin_nested():
        decide_reversal(second, back.ref, granted=True)
    work.session.expire_all()
    release(work, [a_leg(market.ac, agreement, "50")], a_source())
    decide_reversal(second, back.ref, granted=True)
    whole = ask_reversal(mine, AskReversal(entry.ref, "Saisi deux fois"))
    decide_reversal(second, whole.ref, granted=True)

    assert used(work, market) == ["0.00"]


def test_a_ceiling_is_changed_by_decision_and_never_below_what_is_bound(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    a_budget(work, market.ac, "1000")
    a_ceiling(work, market, "500", agreement_ref=agreement.ref)
    engage(work, [a_leg(market.ac, agreement, "300")], a_source())

    a_ceiling(work, market, "300", agreement_ref=agreement.ref)

    assert [str(one.amount) for one in ceilings_of(work, market.ac.id, 2026)] == ["300.00"]
    with pytest.raises(CeilingBelowUsed) as no:
        a_ceiling(work, market, "299.95", agreement_ref=agreement.ref)
    assert (str(no.value.facts["asked"]), str(no.value.facts["used"])) == ("299.95", "300.00")
    with pytest.raises(CeilingBelowUsed):
        a_ceiling(work, market, "299.95", measure_ref=market.measure.ref)


def test_a_ceiling_is_of_a_measure_or_an_agreement_that_the_line_pays(work: Work):
    market = a_market(work)
    theirs = market.agreement(market.social)
    a_budget(work, market.ac, "1000")

    with pytest.raises(OneOfTwo):
        a_ceiling(work, market, "1")
    with pytest.raises(NotBought):
        a_ceiling(work, market, "1", agreement_ref=theirs.ref)


ATTACKS = {
    "a ceiling passed": "UPDATE budget_ceiling SET used = amount + 1",
    "a ceiling raised without decision": "UPDATE budget_ceiling SET amount = amount + 1",
    "a ceiling lowered below what is bound": (
        "INSERT INTO budget_ceiling_step (ceiling_id, amount, decision, reason, recorded_at) "
        "SELECT id, 29999, 'D', 'R', '2026-01-01' FROM budget_ceiling"
    ),
    "a ceiling moved": "UPDATE budget_ceiling SET year = 2027",
    "a ceiling deleted": "DELETE FROM budget_ceiling",
    "a ceiling that hides what is bound": (
        "INSERT INTO budget_ceiling (ref, line_id, year, measure_id, amount, used, warn_permille) "
        "SELECT 'x', line_id, year, (SELECT id FROM measure LIMIT 1), 1, 0, 900 FROM budget_ceiling"
    ),
    "a ceiling that begins with a sum": (
        "INSERT INTO budget_ceiling (ref, line_id, year, measure_id, amount, used, warn_permille) "
        "SELECT 'x', line_id, year, (SELECT id FROM measure LIMIT 1), 90000, 5, 900 FROM budget_ceiling"
    ),
    "a step rewritten": "UPDATE budget_ceiling_step SET amount = 1",
    "over-commitment under a ceiling": (
        "INSERT INTO movement (entry_id, key, kind, debit_id, credit_id, amount, effective_on, booked_at) "
        "SELECT entry_id, 'copy', kind, debit_id, credit_id, 20001, effective_on, booked_at FROM movement "
        "WHERE kind = 'engagement'"
    ),
    "money that comes from nowhere": (
        "INSERT INTO movement (entry_id, key, kind, debit_id, credit_id, amount, effective_on, booked_at) "
        "SELECT entry_id, 'copy', 'transfer_in', debit_id, credit_id, 1, effective_on, booked_at FROM movement "
        "WHERE kind = 'budget'"
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_the_database_keeps_ceilings_and_transfers(work: Work, name: str):
    market = a_market(work)
    agreement = market.agreement()
    a_budget(work, market.ac, "1000")
    a_ceiling(work, market, "500", agreement_ref=agreement.ref)
    engage(work, [a_leg(market.ac, agreement, "300")], a_source())

    with pytest.raises(DBAPIError):
        work.session.execute(text(ATTACKS[name]))


def test_two_at_once_never_pass_a_ceiling(fresh_engine):
    with working(fresh_engine, HOUSE, NOW) as work:
        market = a_market(work)
        agreement = market.agreement()
        a_budget(work, market.ac, "100000")
        a_ceiling(work, market, "25", agreement_ref=agreement.ref)
        line = market.ac
    won, lost = [], []

    def try_it(who: int) -> None:
        for number in range(50):
            try:
                with working(fresh_engine, HOUSE, NOW) as mine:
                    engage(mine, [a_leg(line, agreement, "1")], a_source(f"try:{who}:{number}"))
                won.append(who)
            except CeilingExceeded:
                lost.append(who)

    threads = [threading.Thread(target=try_it, args=(who,)) for who in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(won), len(lost)) == (25, 75)
    with working(fresh_engine, HOUSE, NOW, writing=False) as work:
        (found,) = ceilings_of(work, line.id, 2026)
    assert (str(found.used), str(found.left)) == ("25.00", "0.00")


def notices(work: Work, account_id: int | None) -> list[tuple[str, str]]:
    rows = work.session.scalars(select(Notice).where(Notice.account_id == account_id).order_by(Notice.id))
    return [(one.kind, one.facts["used"]) for one in rows]


def test_finance_of_the_sector_and_the_coordination_group_are_told_once(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    finance = a_person(work, (unit_by_code(work, "LMMT"), Role.FINANCE))
    group = a_person(work, (unit_by_code(work, "GC"), Role.COORDINATION_MEMBER))
    other = a_person(work, (unit_by_code(work, "ODAS"), Role.FINANCE))
    a_budget(work, market.ac, "1000")

    for sum_ in ("899.95", "0.05", "20"):
        engage(work, [a_leg(market.ac, agreement, sum_)], a_source())

    told = [("budget-nearly-used", "CHF\u00a0900.00")]
    assert [notices(work, one.account_id) for one in (finance, group, other)] == [told, told, []]
    grant_budget(work, market.ac.id, 2026, Chf.parse("1000"))
    engage(work, [a_leg(market.ac, agreement, "900")], a_source())
    assert notices(work, finance.account_id) == [*told, ("budget-nearly-used", "CHF\u00a01'820.00")]


def test_a_ceiling_warns_once_as_well(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    finance = a_person(work, (unit_by_code(work, "LMMT"), Role.FINANCE))
    a_budget(work, market.ac, "100000")
    a_ceiling(work, market, "100", agreement_ref=agreement.ref)

    for sum_ in ("90", "1"):
        engage(work, [a_leg(market.ac, agreement, sum_)], a_source())

    assert notices(work, finance.account_id) == [("budget-ceiling-nearly-used", "CHF\u00a090.00")]
