"""What has left for the bank and what has come in: unanswered, rejected, or another sum than was owed."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row

from cii.agreements.queries import agreements_by_id, provider_units
from cii.agreements.tables import Agreement
from cii.kernel.clock import local_day
from cii.payments.proofs import came_back, on_their_way, still_owed, sums_that_do_not_fit
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
        _told(
            FindingKind.INCOMING, one, numbers, f"incoming:{one.kind}:{one.source_id}", {},
            expected=int(one.amount), found=int(one.came),
        )
        for one in unfit
    ]  # fmt: skip
    found += _owed(work, day)
    return Proof(len(waiting) + len(rejected), sum(int(one.amount) for one in waiting), tuple(found))


def _owed(work: Work, day: date) -> list[Difference]:
    """What a negative statement, pay or a reversed outcome asked back and has not come in in time."""
    rows = work.session.execute(made(still_owed)).all()
    term = timedelta(days=work.parameter("reclaim_payment_days", day)) if rows else timedelta()
    late = [one for one in rows if local_day(one.since) + term < day]
    agreements = {one.agreement_id for one in late}
    numbers, units = agreements_by_id(work, agreements), provider_units(work, agreements)
    return [
        replace(
            _told(
                FindingKind.LATE_RECLAIM, one, numbers, f"owed:{one.kind}:{one.source_id}",
                {
                    "due": (local_day(one.since) + term).isoformat(), "amount": int(one.amount - one.came),
                },
                found=(day - (local_day(one.since) + term)).days, unit=FindingUnit.DAYS,
            ),
            owner_unit_id=units.get(one.agreement_id),
        )
        for one in late
    ]  # fmt: skip


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
