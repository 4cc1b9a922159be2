"""What measures say they paid their participants against the one scale of all sectors."""

from datetime import date

from cii.agreements.queries import agreements_by_id
from cii.reconciliation.differences import Difference, Proof
from cii.reconciliation.proofs_made import made
from cii.reconciliation.vocabulary import FindingKind, Severity
from cii.store.work import Work
from cii.wages.proofs import paid_otherwise


def pay_by_scale(work: Work, day: date) -> Proof:  # noqa: ARG001 - every proof takes the business date
    """Each month that a measure paid otherwise than the scale."""
    rows = work.session.execute(made(paid_otherwise)).all()
    numbers = agreements_by_id(work, {row.agreement_id for row in rows})
    return Proof(
        len(rows),
        sum(int(row.found) for row in rows),
        tuple(
            Difference(
                FindingKind.WAGE, "placement", f"paid_wage:{row.ref}:{row.month.isoformat()}", row.ref,
                int(row.expected), int(row.found), severity=Severity.WARNING,
                facts={
                    "month": row.month.isoformat(), "agreement": numbers[row.agreement_id].number,
                    "ref": numbers[row.agreement_id].ref,
                },
            )
            for row in rows
        ),
    )  # fmt: skip
