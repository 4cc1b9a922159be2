"""What the database itself refuses in the ledger, on both engines; stated beside the tables by `tables`.

A movement keeps to one line and year, books into an open year and its own dates, follows the chain of stages,
and mirrors exactly what it reverses; the totals of accounts follow from it. A closed year stays closed.
Source: money.md §2.
"""

from cii.budgets.vocabulary import OPENED, TRANSFERS, EntryKind, Stage
from cii.store.guards import Statements, guarded, stated_function

_PAIRS = " OR ".join(
    f"(NEW.kind = '{kind.value}' AND d.stage = '{debit.value}' AND c.stage = '{credit.value}')"
    for kind, (debit, credit) in (
        *TRANSFERS.items(),
        *((EntryKind.OPENING, (Stage.GRANT, stage)) for stage in OPENED),
    )
)
_ACCOUNTS = "FROM budget_account d, budget_account c WHERE d.id = NEW.debit_id AND c.id = NEW.credit_id"
_YEAR_LITE = "CAST(strftime('%Y', NEW.effective_on) AS INTEGER)"
_YEAR_PG = "EXTRACT(YEAR FROM NEW.effective_on)::int"


def _faults(year: str, own: str) -> tuple[tuple[str, str], ...]:
    """Each fault of a new movement: when, and its sentence for the log.

    `own`: what the sums of its entry lack while the movement itself is not counted yet.
    """
    return (
        (
            (
                f"NOT EXISTS (SELECT 1 {_ACCOUNTS} AND d.line_id = c.line_id AND d.year = c.year "
                f"AND d.year = {year})"
            ),
            "a movement keeps to one line and year",
        ),
        (
            (
                f"EXISTS (SELECT 1 {_ACCOUNTS} AND EXISTS (SELECT 1 FROM budget_year y "
                "WHERE y.line_id = d.line_id AND y.year = d.year AND y.state = 'closed'))"
            ),
            "the books of this year are closed",
        ),
        (
            (
                f"NEW.reverses IS NULL AND NOT EXISTS (SELECT 1 {_ACCOUNTS} AND ({_PAIRS}) "
                "AND (d.agreement_id IS NULL OR c.agreement_id IS NULL OR d.agreement_id = c.agreement_id))"
            ),
            "a movement follows the chain of stages",
        ),
        (
            "(NEW.reverses IS NOT NULL) <> (NEW.kind = 'reversal')",
            "a reversal names its movement",
        ),
        (
            (
                "NEW.reverses IS NOT NULL AND NOT EXISTS (SELECT 1 FROM movement m WHERE m.id = NEW.reverses "
                "AND m.debit_id = NEW.credit_id AND m.credit_id = NEW.debit_id AND m.amount = NEW.amount "
                "AND m.reverses IS NULL)"
            ),
            "a reversal mirrors its movement",
        ),
        (
            (
                "NEW.kind = 'transfer_in' AND (SELECT COALESCE(SUM(CASE m.kind "
                "WHEN 'transfer_out' THEN m.amount WHEN 'transfer_in' THEN -m.amount ELSE 0 END), 0) "
                f"FROM movement m WHERE m.entry_id = NEW.entry_id) < {own}"
            ),
            "no line receives more than another gives",
        ),
    )


def movement_ddl() -> Statements:
    """Refuse a movement that breaks the rules, then carry it into the totals.

    SQLite works row by row, PostgreSQL once per statement on its transition table.
    """
    lite = tuple(
        (
            (
                f"CREATE TRIGGER movement_rule_{number} BEFORE INSERT ON movement FOR EACH ROW "
                f"WHEN {when} BEGIN SELECT RAISE(ABORT, '{said}'); END"
            ),
            "sqlite",
        )
        for number, (when, said) in enumerate(_faults(_YEAR_LITE, "NEW.amount"), start=1)
    )
    checks = " ".join(
        f"IF EXISTS (SELECT 1 FROM fresh WHERE {when.replace('NEW.', 'fresh.')}) THEN "
        f"RAISE EXCEPTION '{said}' USING ERRCODE = 'check_violation'; END IF;"
        for when, said in _faults(_YEAR_PG, "0")
    )
    deltas = (
        "SELECT account, SUM(delta) AS delta FROM ("
        "SELECT debit_id AS account, -amount AS delta FROM fresh "
        "UNION ALL SELECT credit_id, amount FROM fresh) AS legs GROUP BY account"
    )
    return (
        *lite,
        (
            (
                "CREATE TRIGGER movement_carry AFTER INSERT ON movement FOR EACH ROW BEGIN "
                "UPDATE budget_account SET total = total - NEW.amount WHERE id = NEW.debit_id; "
                "UPDATE budget_account SET total = total + NEW.amount WHERE id = NEW.credit_id; END"
            ),
            "sqlite",
        ),
        (
            stated_function(
                "movement_carry",
                f"{checks} UPDATE budget_account a SET total = a.total + s.delta FROM ({deltas}) s "
                "WHERE a.id = s.account; RETURN NULL;",
            ),
            "postgresql",
        ),
        (
            (
                "CREATE TRIGGER movement_carry AFTER INSERT ON movement REFERENCING NEW TABLE AS fresh "
                "FOR EACH STATEMENT EXECUTE FUNCTION movement_carry()"
            ),
            "postgresql",
        ),
    )


def account_ddl() -> Statements:
    """An account starts at zero, keeps its place in the books, and is never deleted."""
    moved = " OR ".join(
        f"NEW.{column} IS DISTINCT FROM OLD.{column}"
        for column in ("id", "line_id", "year", "stage", "agreement_id")
    )
    return guarded("budget_account", "an account keeps its place in the books", moved, start="NEW.total <> 0")


def year_ddl() -> Statements:
    """A year of the books is never deleted, and once closed never changed."""
    return guarded("budget_year", "the books of a closed year stay closed", "OLD.state = 'closed'")
