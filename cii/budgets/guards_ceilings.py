"""What the database itself refuses about ceilings and transfers, on both engines.

A ceiling begins with what is bound already, follows the movements that bind or give back, and is changed by a
step only; never deleted, never moved to another line or year. A decided transfer stays as it was decided.
Source: money.md §2.
"""

from collections.abc import Sequence

from cii.store.guards import Statements, guarded, stated_function

_OF = (
    "(c.agreement_id = {agreement} OR EXISTS (SELECT 1 FROM agreement_measure b WHERE b.agreement_id = "
    "{agreement} AND b.line_id = c.line_id AND b.measure_id = c.measure_id))"
)
"""Whether an account's agreement falls under ceiling `c`."""
_BOUND = (
    "COALESCE((SELECT SUM(a.total) FROM budget_account a WHERE a.line_id = c.line_id AND a.year = c.year "
    f"AND a.agreement_id IS NOT NULL AND {_OF.format(agreement='a.agreement_id')}), 0)"
)
_KINDS = "('engagement', 'release', 'reversal', 'opening')"
_START = "a ceiling begins with what is bound"
_KEPT = "a ceiling keeps its place, and its amount follows a decision"
_CHANGES = " OR ".join(
    f"NEW.{column} IS DISTINCT FROM OLD.{column}"
    for column in ("id", "line_id", "year", "measure_id", "agreement_id")
)
_UNDECIDED = (
    "NEW.amount <> OLD.amount AND NEW.amount <> COALESCE((SELECT s.amount FROM budget_ceiling_step s "
    "WHERE s.ceiling_id = NEW.id ORDER BY s.id DESC LIMIT 1), -1)"
)


def ceiling_ddl() -> Statements:
    """What hangs on the ceilings: how they begin, what of them changes, that they stay."""
    moved = _CHANGES.replace("IS DISTINCT FROM", "IS NOT")
    lite = [
        f"CREATE TRIGGER budget_ceiling_no_{act.lower()} BEFORE {act} ON budget_ceiling FOR EACH ROW "
        f"WHEN {when} BEGIN SELECT RAISE(ABORT, '{why}'); END"
        for act, when, why in (
            ("INSERT", "NEW.used <> 0", _START),
            ("UPDATE", f"{moved} OR ({_UNDECIDED})", _KEPT),
            ("DELETE", "1", _KEPT),
        )
    ]
    lite += [
        (
            "CREATE TRIGGER budget_ceiling_start AFTER INSERT ON budget_ceiling FOR EACH ROW BEGIN "
            f"UPDATE budget_ceiling SET used = {_BOUND.replace('c.', 'NEW.')} WHERE id = NEW.id; END"
        )
    ]
    failed = "USING ERRCODE = 'check_violation'; END IF;"
    guard = (
        f"IF TG_OP = 'INSERT' THEN IF NEW.used <> 0 THEN RAISE EXCEPTION '{_START}' {failed} END IF; "
        f"IF TG_OP IN ('DELETE', 'TRUNCATE') THEN RAISE EXCEPTION '{_KEPT}' {failed} "
        f"IF TG_OP = 'UPDATE' THEN IF {_CHANGES} OR ({_UNDECIDED}) "
        f"THEN RAISE EXCEPTION '{_KEPT}' {failed} END IF; "
        "RETURN NEW;"
    )
    start = f"UPDATE budget_ceiling c SET used = {_BOUND} WHERE c.id = NEW.id; RETURN NULL;"
    postgres = [
        stated_function("budget_ceiling_guard", guard),
        stated_function("budget_ceiling_start", start),
        (
            "CREATE TRIGGER budget_ceiling_kept BEFORE INSERT OR UPDATE OR DELETE ON budget_ceiling "
            "FOR EACH ROW EXECUTE FUNCTION budget_ceiling_guard()"
        ),
        (
            "CREATE TRIGGER budget_ceiling_no_truncate BEFORE TRUNCATE ON budget_ceiling "
            "FOR EACH STATEMENT EXECUTE FUNCTION budget_ceiling_guard()"
        ),
        (
            "CREATE TRIGGER budget_ceiling_start AFTER INSERT ON budget_ceiling "
            "FOR EACH ROW EXECUTE FUNCTION budget_ceiling_start()"
        ),
    ]
    return _both(lite, postgres)


def step_ddl() -> Statements:
    """A step sets the amount of its ceiling."""
    lite = (
        "CREATE TRIGGER budget_ceiling_step_carry AFTER INSERT ON budget_ceiling_step FOR EACH ROW BEGIN "
        "UPDATE budget_ceiling SET amount = NEW.amount WHERE id = NEW.ceiling_id; END"
    )
    step = "UPDATE budget_ceiling SET amount = NEW.amount WHERE id = NEW.ceiling_id; RETURN NULL;"
    trigger = (
        "CREATE TRIGGER budget_ceiling_step_carry AFTER INSERT ON budget_ceiling_step "
        "FOR EACH ROW EXECUTE FUNCTION budget_ceiling_step_carry()"
    )
    return _both([lite], [stated_function("budget_ceiling_step_carry", step), trigger])


def bound_ddl() -> Statements:
    """A movement that binds or gives back is carried into the ceilings above its agreement."""
    sides = "; ".join(
        _carried(*one)
        for one in (("NEW.debit_id", "NEW.credit_id", "-"), ("NEW.credit_id", "NEW.debit_id", "+"))
    )
    lite = (
        "CREATE TRIGGER movement_under_ceiling AFTER INSERT ON movement FOR EACH ROW "
        f"WHEN NEW.kind IN {_KINDS} AND EXISTS (SELECT 1 FROM budget_ceiling) BEGIN {sides}; END"
    )
    legs = (
        "SELECT c.id AS ceiling, SUM(l.delta) AS delta FROM ("
        f"SELECT debit_id AS side, credit_id AS other, -amount AS delta FROM fresh WHERE kind IN {_KINDS} "
        f"UNION ALL SELECT credit_id, debit_id, amount FROM fresh WHERE kind IN {_KINDS}) l "
        "JOIN budget_account a ON a.id = l.side AND a.agreement_id IS NOT NULL "
        "JOIN budget_account o ON o.id = l.other AND o.agreement_id IS NULL "
        "JOIN budget_ceiling c ON c.line_id = a.line_id AND c.year = a.year "
        f"AND {_OF.format(agreement='a.agreement_id')} GROUP BY c.id"
    )
    carry = (
        f"UPDATE budget_ceiling t SET used = t.used + s.delta FROM ({legs}) s "
        "WHERE t.id = s.ceiling; RETURN NULL;"
    )
    trigger = (
        "CREATE TRIGGER movement_under_ceiling AFTER INSERT ON movement REFERENCING NEW TABLE AS fresh "
        "FOR EACH STATEMENT EXECUTE FUNCTION movement_under_ceiling()"
    )
    return _both([lite], [stated_function("movement_under_ceiling", carry), trigger])


def transfer_ddl() -> Statements:
    """A transfer is never deleted, and once decided never changed."""
    return guarded("budget_transfer", "a decided transfer stays", "OLD.granted IS NOT NULL")


def _carried(side: str, other: str, sign: str) -> str:
    """What a side of the movement changes: an agreement's account beside one of the line alone."""
    return (
        f"UPDATE budget_ceiling SET used = used {sign} NEW.amount WHERE EXISTS ("
        f"SELECT 1 FROM budget_account a, budget_account o WHERE a.id = {side} AND o.id = {other} "
        "AND a.agreement_id IS NOT NULL AND o.agreement_id IS NULL "
        f"AND a.line_id = c.line_id AND a.year = c.year AND {_OF.format(agreement='a.agreement_id')})"
    ).replace("c.", "budget_ceiling.")


def _both(lite: Sequence[str], postgres: Sequence[str]) -> Statements:
    return (*((one, "sqlite") for one in lite), *((one, "postgresql") for one in postgres))
