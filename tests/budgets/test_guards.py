"""The ledger attacked from below: what no code of ours may do, the database refuses on both engines."""

import threading
from datetime import date

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from cii.agreements.tables import Tariff
from cii.budgets.actions import accrue, close_year, engage
from cii.budgets.rules import BudgetExceeded
from cii.kernel.calendar import WorkingDays
from cii.kernel.money import Chf
from cii.store.engine import WRITING, make_engine
from cii.store.schema import upgrade
from cii.store.work import HOUSE, Work, working
from tests.agreements.build_agreements import Market, a_market
from tests.budgets.build_budgets import a_budget, a_leg, a_source, stages, the_position
from tests.conftest import ENGINES, NOW, new_database

COPY = (
    "INSERT INTO movement (entry_id, key, kind, debit_id, credit_id, amount, effective_on, booked_at, reverses) "
    "SELECT entry_id, 'copy', {kind}, {debit}, {credit}, {amount}, {day}, booked_at, {reverses} "
    "FROM movement WHERE kind = 'engagement'"
)


def copied(**changed: str) -> str:
    """The engagement inserted once more, with changes."""
    same = {
        "kind": "kind",
        "debit": "debit_id",
        "credit": "credit_id",
        "amount": "amount",
        "day": "effective_on",
        "reverses": "NULL",
    }
    return COPY.format(**(same | changed))


MIRROR = {"kind": "'reversal'", "debit": "credit_id", "credit": "debit_id", "reverses": "id"}

ATTACKS = {
    "change an amount": "UPDATE movement SET amount = amount + 1",
    "change a date": "UPDATE movement SET effective_on = '2026-01-02'",
    "delete a movement": "DELETE FROM movement",
    "change an entry": "UPDATE ledger_entry SET reason = 'other'",
    "delete an entry": "DELETE FROM ledger_entry",
    "over-commit": copied(amount="70001"),
    "nothing": copied(amount="0"),
    "a negative sum": copied(amount="-1"),
    "from an account to itself": copied(credit="debit_id"),
    "against the chain": copied(debit="credit_id", credit="debit_id"),
    "another year": copied(day="'2027-01-01'"),
    "the same key": copied().replace("'copy'", "key"),
    "a reversal of another amount": copied(**MIRROR, amount="amount - 1"),
    "a reversal the same way round": copied(kind="'reversal'", reverses="id"),
    "a reversal without a name": copied(**(MIRROR | {"reverses": "NULL"})),
    "an engagement that reverses": copied(reverses="id"),
    "delete an account": "DELETE FROM budget_account WHERE stage = 'committed'",
    "move an account": "UPDATE budget_account SET year = 2025",
    "below the floor": "UPDATE budget_account SET total = -1 WHERE stage = 'committed'",
    "an account that starts with money": (
        "INSERT INTO budget_account (line_id, year, stage, agreement_id, floored, total) "
        "SELECT line_id, year, 'paid', agreement_id, floored, 5 FROM budget_account WHERE stage = 'committed'"
    ),
    "a second account of the same kind": (
        "INSERT INTO budget_account (line_id, year, stage, agreement_id, floored, total) "
        "SELECT line_id, year, stage, agreement_id, floored, 0 FROM budget_account WHERE stage = 'available'"
    ),
    "a commitment without a floor": "UPDATE budget_account SET floored = {no} WHERE stage = 'committed'",
    "delete a year": "DELETE FROM budget_year",
    "a reversal by one person": (
        "INSERT INTO ledger_entry (ref, key, kind, source_kind, source_id, actor, booked_at) "
        "SELECT 'x', 'x', 'reversal', source_kind, source_id, actor, booked_at FROM ledger_entry "
        "WHERE kind = 'engagement'"
    ),
}


def attack(work: Work, sql: str) -> None:
    lite = work.session.get_bind().dialect.name == "sqlite"
    work.session.execute(text(sql.replace("{no}", "0" if lite else "false")))
    work.session.flush()


def a_ledger(work: Work) -> Market:
    """1000 granted, 300 engaged."""
    market = a_market(work)
    agreement = market.agreement()
    a_budget(work, market.ac, "1000")
    engage(work, [a_leg(market.ac, agreement, "300")], a_source())
    return market


@pytest.mark.parametrize("name", ATTACKS)
def test_the_database_refuses(work: Work, name: str):
    a_ledger(work)

    with pytest.raises(DBAPIError):
        attack(work, ATTACKS[name])


def test_the_attack_fails_for_its_reason_only(work: Work):
    """The same insert, faultless, is taken: else the attacks above would prove nothing."""
    market = a_ledger(work)

    attack(work, copied(amount="70000"))

    assert str(the_position(work, market.ac).committed) == "1000.00"


def test_a_true_mirror_is_taken_once(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    a_budget(work, market.ac, "1000")
    engage(work, [a_leg(market.ac, agreement, "300")], a_source())

    attack(work, copied(**MIRROR))

    assert str(the_position(work, market.ac).committed) == "0.00"
    engage(work, [a_leg(market.ac, agreement, "300")], a_source())
    first = " AND id = (SELECT min(id) FROM movement WHERE kind = 'engagement')"
    with pytest.raises(IntegrityError, match="reverses"):  # no floor is in the way of the second
        attack(work, copied(**MIRROR).replace("'copy'", "'second'") + first)


def test_a_reversal_is_not_reversed(work: Work):
    a_ledger(work)
    attack(work, copied(**MIRROR))

    with pytest.raises(DBAPIError):
        attack(
            work,
            copied(**MIRROR).replace("'copy'", "'back'").replace("kind = 'engagement'", "kind = 'reversal'"),
        )


def test_the_database_keeps_what_one_agreement_has_bound_from_another(work: Work):
    market = a_market(work)
    one, two = market.agreement(last_day=date(2026, 6, 30)), market.agreement(valid_from=date(2026, 7, 1))
    a_budget(work, market.ac, "1000")
    for agreement in (one, two):
        engage(work, [a_leg(market.ac, agreement, "300")], a_source())
    accrue(work, [a_leg(market.ac, two, "100")], a_source())
    crossed = (
        "INSERT INTO movement (entry_id, key, kind, debit_id, credit_id, amount, effective_on, booked_at) "
        "SELECT m.entry_id, '{key}', 'accrual', d.id, m.credit_id, m.amount, m.effective_on, m.booked_at "
        "FROM movement m, budget_account d WHERE m.kind = 'accrual' AND m.key <> 'copy' AND d.stage = 'committed' "
        "AND d.agreement_id = {agreement}"
    )

    attack(work, crossed.format(agreement=two.id, key="copy"))

    with pytest.raises(DBAPIError, match="chain of stages"):
        attack(work, crossed.format(agreement=one.id, key="crossed"))


def test_replacing_a_row_is_refused_on_sqlite(work: Work):
    if work.session.get_bind().dialect.name != "sqlite":
        pytest.skip("REPLACE is SQLite's")
    a_ledger(work)

    for sql in (
        "REPLACE INTO movement SELECT * FROM movement",
        "INSERT OR REPLACE INTO movement SELECT * FROM movement",
        "INSERT OR REPLACE INTO ledger_entry SELECT * FROM ledger_entry",
        "REPLACE INTO budget_account SELECT * FROM budget_account",
        "REPLACE INTO budget_year SELECT * FROM budget_year",
    ):
        with pytest.raises(DBAPIError):
            attack(work, sql)


@pytest.mark.parametrize(
    "table",
    ["movement", "ledger_entry", "budget_account", "budget_year", "budget_ceiling", "budget_ceiling_step",
     "budget_transfer", "opening_balance"],
)  # fmt: skip
def test_truncating_is_refused_on_postgresql(work: Work, table: str):
    if work.session.get_bind().dialect.name != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    a_ledger(work)

    with pytest.raises(DBAPIError, match=r"append-only|keeps its place|stay closed|transfer stays"):
        attack(work, f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize(
    "sql",
    [
        copied(day="'2026-12-31'"),
        "UPDATE budget_year SET state = 'open', closed_at = NULL WHERE state = 'closed'",
    ],
)
def test_closed_books_take_nothing_and_never_open_again(work: Work, sql: str):
    market = a_ledger(work)
    attack(work, copied(**MIRROR).replace("'copy'", "'mirror'"))
    close_year(work, market.ac.id, 2026)

    with pytest.raises(DBAPIError, match=r"books of this year are closed|closed year stay closed"):
        attack(work, sql)


_COPIED = ", ".join(one.name for one in Tariff.__table__.columns if one.name not in {"id", "ref"})
OVERLAPPING = f"INSERT INTO tariff (ref, {_COPIED}) SELECT 'zzzzzzzzzz', {_COPIED} FROM tariff"


@pytest.fixture(params=ENGINES)
def migrated(request, tmp_path):
    """A unit of work in a database that the migration has made."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'cii.sqlite'}"
    else:
        url = new_database(request.getfixturevalue("postgres_url"))
    engine = make_engine(url)
    upgrade(engine)
    with engine.connect().execution_options(**{WRITING: True}) as connection:
        transaction = connection.begin()
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            yield Work(session, HOUSE, NOW, WorkingDays("NE"))
        transaction.rollback()
    engine.dispose()


def test_the_migrated_database_refuses_each_attack(migrated: Work):
    """One ledger, every attack in turn: none leaves a trace, and each is refused by the database itself."""
    market = a_ledger(migrated)
    before = stages(the_position(migrated, market.ac))
    lite = migrated.session.get_bind().dialect.name == "sqlite"
    more = {
        "an overlapping tariff": OVERLAPPING,
        **({"replace": "INSERT OR REPLACE INTO movement SELECT * FROM movement"} if lite else {}),
        **({} if lite else {"truncate": "TRUNCATE movement CASCADE"}),
    }

    taken, said = [], {}
    for name, sql in (ATTACKS | more).items():
        point = migrated.session.begin_nested()
        try:
            attack(migrated, sql)
            taken.append(name)
        except DBAPIError as no:
            said[name] = str(no.orig)
        point.rollback()

    assert taken == []
    assert "overlap" in said["an overlapping tariff"] or "ex_tariff_days" in said["an overlapping tariff"]
    assert stages(the_position(migrated, market.ac)) == before


def test_two_sectors_at_the_last_franc_get_it_once(fresh_engine):
    with working(fresh_engine, HOUSE, NOW) as work:
        market = a_market(work)
        agreement = market.agreement()
        a_budget(work, market.ac, "1000")
        line, bought = market.ac, agreement
    won, lost = [], []

    def try_it(number: int) -> None:
        try:
            with working(fresh_engine, HOUSE, NOW) as mine:
                engage(mine, [a_leg(line, bought, "300")], a_source(f"try:{number}"))
            won.append(number)
        except BudgetExceeded as no:
            lost.append(no.facts["available"])

    threads = [threading.Thread(target=try_it, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(won), len(lost)) == (3, 5)
    assert set(lost) == {Chf.parse("100")}
    with working(fresh_engine, HOUSE, NOW, writing=False) as work:
        assert stages(the_position(work, line)) == {
            "granted": "1000.00",
            "available": "100.00",
            "committed": "900.00",
        }


def test_a_soft_line_accrues_within_its_commitment_only(work: Work):
    market = a_market(work)
    agreement = market.agreement()
    a_budget(work, market.ac, "0.05", hard=False)
    engage(work, [a_leg(market.ac, agreement, "10")], a_source())

    found = accrue(work, [a_leg(market.ac, agreement, "11")], a_source())

    assert str(found.excess[0]) == "1.00"
