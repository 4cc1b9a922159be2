"""What is late: statements, payments of every room, sums owed back; and guarded sums kept beside the books.

How many days a step may take are dated numbers of the product. Source: money.md §3.
"""

from datetime import UTC, date, datetime, time, timedelta

from cii.agreements.queries import agreements_by_id, provider_units
from cii.budgets.proofs_opening import ceilings_off
from cii.final_accounts import proofs as final_accounts
from cii.institutions.queries import lines_by_id
from cii.outcomes import proofs as outcomes
from cii.reconciliation.differences import Difference, Proof
from cii.reconciliation.proofs_made import made
from cii.reconciliation.vocabulary import FindingKind, FindingUnit, Severity
from cii.settlement.proofs import late_payments, late_statements
from cii.settlement.rules import DRAFTS
from cii.store.work import Work


def due_dates(work: Work, day: date) -> Proof:
    """Statements not settled, payments not made and reclaims not received in time; found = days late."""
    return _late_statements(work, day).and_((*_late_payments(work, day), *_late_reclaims(work, day)))


def ceilings(work: Work, day: date) -> Proof:  # noqa: ARG001 - every proof takes the business date
    """What each ceiling counts as bound against what the ledger binds under it."""
    rows = work.session.execute(made(ceilings_off)).all()
    lines = lines_by_id(work, {row.line_id for row in rows})
    return Proof(
        len(rows),
        sum(int(row.expected) for row in rows),
        tuple(
            Difference(
                FindingKind.CEILING, "budget_ceiling", f"ceiling:{row.id}",
                f"{lines[row.line_id].code} {row.year}", int(row.expected), int(row.found),
                facts={
                    "line": lines[row.line_id].code, "ref": lines[row.line_id].ref, "year": row.year,
                },
            )
            for row in rows
        ),
    )  # fmt: skip


def carry_over(work: Work, day: date) -> Proof:  # noqa: ARG001
    """Each movement of a profit carry-over against the balance that the one before left."""
    rows = work.session.execute(made(final_accounts.carry_over_off)).all()
    numbers = agreements_by_id(work, {row.agreement_id for row in rows})
    return Proof(
        len(rows),
        sum(int(row.expected) for row in rows),
        tuple(
            Difference(
                FindingKind.CARRY_OVER, "agreement", f"carry_over:{row.agreement_id}:{row.number}",
                numbers[row.agreement_id].number, int(row.expected), int(row.found),
                facts={"ref": numbers[row.agreement_id].ref, "number": row.number},
            )
            for row in rows
        ),
    )  # fmt: skip


def _late_statements(work: Work, day: date) -> Proof:
    waiting = work.session.execute(made(late_statements, "day"), {"day": day}).all()
    settled_by = timedelta(days=work.parameter("statement_settled_days", day)) if waiting else timedelta()
    rows = [row for row in waiting if row.period_end + settled_by < day]
    agreements = {row.agreement_id for row in rows}
    numbers, units = agreements_by_id(work, agreements), provider_units(work, agreements)
    return Proof(
        len(rows),
        0,
        tuple(
            Difference(
                FindingKind.LATE_STATEMENT, "statement", f"late:{row.id}", row.ref, 0,
                (day - (row.period_end + settled_by)).days, FindingUnit.DAYS, Severity.WARNING,
                {"agreement": numbers[row.agreement_id].number, "state": row.state.value},
                units.get(row.agreement_id) if row.state in DRAFTS else None,
            )
            for row in rows
        ),
    )  # fmt: skip


def _late_payments(work: Work, day: date) -> tuple[Difference, ...]:
    """What was accepted, or has fallen due by a year account, and nobody has released in time."""
    now = datetime.combine(day, time(), UTC)
    due = [
        ("statement", f"unpaid:{row.id}", row.ref, row.agreement_id, row.approved_at.date())
        for row in work.session.execute(made(late_payments, "now"), {"now": now})
    ]
    due += [
        ("year_account", f"unpaid-year:{row.id}", row.ref, row.agreement_id, row.due_on)
        for row in work.session.execute(made(final_accounts.late_payments, "day"), {"day": day})
    ]
    due += [
        ("outcome", f"unpaid-outcome:{row.id}", row.ref, row.agreement_id, row.accepted_at.date())
        for row in work.session.execute(made(outcomes.late_payments, "now"), {"now": now})
    ]
    if not due:
        return ()
    paid_by = timedelta(days=work.parameter("payment_made_days", day))
    due = [one for one in due if one[4] + paid_by < day]
    numbers = agreements_by_id(work, {one[3] for one in due})
    return tuple(
        Difference(
            FindingKind.LATE_PAYMENT, kind, key, ref, 0, (day - (since + paid_by)).days, FindingUnit.DAYS,
            Severity.WARNING, {"agreement": numbers[agreement].number},
        )
        for kind, key, ref, agreement, since in due
    )  # fmt: skip


def _late_reclaims(work: Work, day: date) -> tuple[Difference, ...]:
    """What a provider owes back of a year and has not paid back by its day."""
    rows = work.session.execute(made(final_accounts.late_reclaims, "day"), {"day": day}).all()
    agreements = {row.agreement_id for row in rows}
    numbers, units = agreements_by_id(work, agreements), provider_units(work, agreements)
    return tuple(
        Difference(
            FindingKind.LATE_RECLAIM, "year_account", f"reclaim:{row.id}", row.ref, 0,
            (day - row.due_on).days, FindingUnit.DAYS, Severity.WARNING,
            {
                "agreement": numbers[row.agreement_id].number, "due": row.due_on.isoformat(),
                "amount": int(row.amount),
            },
            units.get(row.agreement_id),
        )
        for row in rows
    )  # fmt: skip
