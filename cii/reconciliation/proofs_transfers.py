"""What has left for the bank and what has come in: unanswered, rejected, or another sum than was owed."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row

from cii.agreements.queries import agreements_by_id
from cii.agreements.tables import Agreement
from cii.kernel.clock import local_day
from cii.payments.proofs import came_back, on_their_way, sums_that_do_not_fit
from cii.payments.vocabulary import PaymentKind
from cii.reconciliation.differences import Difference, Proof
from cii.reconciliation.proofs_made import made
from cii.reconciliation.vocabulary import FindingKind, FindingUnit, Severity
from cii.store.work import Work

_ABOUT = {
    PaymentKind.STATEMENT: "statement",
    PaymentKind.YEAR: "year_account",
    PaymentKind.OUTCOME: "outcome",
}
"""By what a finding is named; pay and subsidies by their agreement."""


def transfers(work: Work, day: date) -> Proof:
    """Transfers without an answer in time, rejected ones, and reclaims of which another sum came in."""
    waiting, rejected, unfit = (
        work.session.execute(query, {"day": day}).all()
        for query in (made(on_their_way), made(came_back, "day"), made(sums_that_do_not_fit))
    )
    term = timedelta(days=work.parameter("transfer_answered_days", day)) if waiting else timedelta()
    late = [one for one in waiting if local_day(one.made_at) + term < day]
    numbers = agreements_by_id(work, {one.agreement_id for one in (*late, *rejected, *unfit)})
    found = [
        _told(
            FindingKind.LATE_TRANSFER, one, numbers, f"transfer:{one.id}", {"file": one.number},
            found=(day - (local_day(one.made_at) + term)).days, unit=FindingUnit.DAYS,
        )
        for one in late
    ]  # fmt: skip
    found += [
        _told(
            FindingKind.REJECTED_TRANSFER, one, numbers, f"rejected:{one.id}", {"reason": one.reason},
            expected=int(one.amount),
        )
        for one in rejected
    ]  # fmt: skip
    found += [
        Difference(
            FindingKind.INCOMING, "year_account", f"incoming:{one.receivable_id}", one.account_ref,
            int(one.amount), int(one.came), severity=Severity.WARNING,
            facts={"agreement": numbers[one.agreement_id].number},
        )
        for one in unfit
    ]  # fmt: skip
    return Proof(len(waiting) + len(rejected), sum(int(one.amount) for one in waiting), tuple(found))


def _told(
    kind: FindingKind,
    one: Row[Any],
    numbers: dict[int, Agreement],
    key: str,
    facts: dict[str, Any],
    *,
    expected: int = 0,
    found: int = 0,
    unit: FindingUnit = FindingUnit.CENTIMES,
) -> Difference:
    agreement = numbers[one.agreement_id]
    about = _ABOUT.get(PaymentKind(one.kind))
    ref = one.about_ref if about else agreement.number
    told = {"agreement": agreement.number, "ref": agreement.ref, **facts}
    return Difference(kind, about or "agreement", key, ref, expected, found, unit, Severity.WARNING, told)
