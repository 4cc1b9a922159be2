"""The comparisons of the nightly reconciliation: what two sources say about the same francs and places.

Each returns how many things it compared, the centimes they sum to, and the differences. Set-based SQL, but
for the recomputation of attendance, which runs through the same pure proration as the statements.
Source: money.md §3.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all

from cii.agreements.owed import deliverables_overdue
from cii.agreements.queries import PriceBook, agreements_by_id, price_book
from cii.budgets import proofs_opening as opening
from cii.budgets.proofs_entries import balances_off
from cii.budgets.queries import chain_sums
from cii.final_accounts import proofs as final_accounts
from cii.final_accounts.actions_volume import unused_volumes
from cii.institutions.queries import lines_by_id
from cii.kernel.errors import Refusal
from cii.kernel.period import Period, month_of
from cii.measures.queries import measures_by_id
from cii.outcomes import proofs as outcomes
from cii.payments import proofs as transfers_back
from cii.placements import proofs as placements
from cii.placements.proofs import places_off, quotas_off
from cii.reconciliation.differences import Difference, Proof
from cii.reconciliation.proofs_deadlines import carry_over, ceilings, due_dates
from cii.reconciliation.proofs_made import made
from cii.reconciliation.proofs_pieces import budgets, placements_one_by_one, recount, release
from cii.reconciliation.proofs_pieces import statements_one_by_one as each_statement
from cii.reconciliation.proofs_transfers import transfers
from cii.reconciliation.proofs_wages import pay_by_scale
from cii.reconciliation.vocabulary import FindingKind, FindingUnit, Severity
from cii.settlement import proofs as settlement
from cii.settlement.actions_attendance import accrued_by_share
from cii.settlement.proofs import payments_off, totals_off
from cii.settlement.queries import MonthOf, months_of, stays_in
from cii.settlement.rules import Stay
from cii.store.work import Work
from cii.wages import proofs as wages

RECOMPUTED_MONTHS = 3
"""Attendance is priced again for the month of the business date and the two before it."""
_PLACES_BACK, _PLACES_AHEAD = timedelta(days=31), timedelta(days=366)
_CHUNK = 500


BOUND = (opening.bound, placements.bound, outcomes.bound, final_accounts.bound, wages.bound)
"""Which rooms bind money; each says so by itself, per line and agreement, from its own rows."""
INVOICED = (opening.invoiced, settlement.invoiced, outcomes.invoiced, final_accounts.invoiced, wages.invoiced)
"""Which rooms accept that money is owed."""
PAID = (
    opening.paid, settlement.paid, outcomes.paid, final_accounts.paid, wages.paid, transfers_back.paid,
)  # fmt: skip
"""Which rooms pay, less what the bank has returned."""


def balances(work: Work, day: date) -> Proof:  # noqa: ARG001 - every proof takes the business date
    """Each account against its movements."""
    rows = work.session.execute(balances_off()).all()
    labels = lines_by_id(work, {row.line_id for row in rows})
    numbers = agreements_by_id(work, {row.agreement_id for row in rows if row.agreement_id})
    return Proof(
        int(work.session.scalar(_payers()) or 0),
        sum(int(row.moved) for row in rows),
        tuple(
            Difference(
                FindingKind.BALANCE,
                "account",
                f"account:{row.account_id}",
                f"{labels[row.line_id].code} {row.year} {row.stage.value}",
                int(row.moved),
                int(row.total),
                facts={
                    "line": labels[row.line_id].code,
                    "ref": labels[row.line_id].ref,
                    "year": row.year,
                    "stage": row.stage.value,
                }
                | ({"agreement": numbers[row.agreement_id].number} if row.agreement_id else {}),
            )
            for row in rows
        ),
    )


def commitments(work: Work, day: date) -> Proof:  # noqa: ARG001
    """What the rooms bind against what the ledger holds, per agreement and line."""
    return _by_payer(work, FindingKind.COMMITMENT, BOUND, "bound")


def statements(work: Work, day: date) -> Proof:  # noqa: ARG001
    """What the rooms charge against what is invoiced, per agreement and line; each statement's total."""
    by_payer = _by_payer(work, FindingKind.STATEMENT, INVOICED, "invoiced")
    return by_payer.and_(_off_statements(work, FindingKind.STATEMENT, totals_off(), "statement"))


def payments(work: Work, day: date) -> Proof:  # noqa: ARG001
    """What the rooms pay against what the ledger has paid, per agreement and line; each payment."""
    by_payer = _by_payer(work, FindingKind.PAYMENT, PAID, "paid")
    return by_payer.and_(_off_statements(work, FindingKind.PAYMENT, payments_off(), "payment"))


def accruals(work: Work, day: date) -> Proof:
    """Attendance priced again against what the ledger holds as earned, per placement, payer and month."""
    compared, total = 0, 0
    found: list[Difference] = []
    months = [month_of(day)]
    while len(months) < RECOMPUTED_MONTHS:
        months.append(month_of(months[-1].start - timedelta(days=1)))
    known = [stay for stay in stays_in(work, Period(months[-1].start, months[0].end)) if stay.started]
    for month in months:
        stays = [stay for stay in known if stay.span.overlap(month)]
        book = price_book(work, {stay.key[0] for stay in stays}) if stays else None
        for start in range(0, len(stays), _CHUNK):
            chunk = stays[start : start + _CHUNK]
            held = accrued_by_share(work, month, [share.share_id for stay in chunk for share in stay.shares])
            for one in _priced(work, chunk, month, book, found):
                compared += len(one.stay.shares)
                total += sum(held.get(share.share_id, 0) for share in one.stay.shares)
                found += _off_attendance(one, month, held)
    return Proof(compared, total, tuple(found))


def places(work: Work, day: date) -> Proof:
    """Places taken per day against placements: one difference per measure, and per measure and line."""
    window = {"first": day - _PLACES_BACK, "last": day + _PLACES_AHEAD}
    days = work.session.execute(made(places_off, "first", "last"), window).all()
    quotas = work.session.execute(made(quotas_off, "first", "last"), window).all()
    measures = measures_by_id(work, {row.measure_id for row in (*days, *quotas)})
    lines = lines_by_id(work, {row.line_id for row in quotas})
    found = []
    for kind, rows in ((FindingKind.PLACES, days), (FindingKind.QUOTA, quotas)):
        grouped: dict[tuple[int, int | None], list[Any]] = {}
        for row in rows:
            grouped.setdefault((row.measure_id, getattr(row, "line_id", None)), []).append(row)
        for (measure_id, line_id), off in sorted(grouped.items(), key=str):
            code = measures[measure_id].code
            found.append(
                Difference(
                    kind,
                    "measure",
                    f"measure:{measure_id}" if line_id is None else f"measure:{measure_id}:line:{line_id}",
                    code if line_id is None else f"{code} {lines[line_id].code}",
                    sum(int(row.held) for row in off),
                    sum(int(row.taken) for row in off),
                    FindingUnit.PLACES,
                    facts={
                        "first": off[0].day.isoformat(),
                        "days": len(off),
                        "ref": measures[measure_id].ref,
                    },
                )
            )
    return Proof(len(days) + len(quotas), 0, tuple(found))


def deliverables(work: Work, day: date) -> Proof:
    """What providers owe and have not handed in; found = days late."""
    rows = work.session.execute(made(deliverables_overdue, "day"), {"day": day}).all()
    numbers = agreements_by_id(work, {row.agreement_id for row in rows})
    return Proof(
        len(rows),
        0,
        tuple(
            Difference(
                FindingKind.DELIVERABLE,
                "deliverable",
                f"deliverable:{row.id}",
                row.ref,
                0,
                (day - row.due_on).days,
                FindingUnit.DAYS,
                Severity.WARNING,
                {
                    "agreement": numbers[row.agreement_id].number,
                    "ref": numbers[row.agreement_id].ref,
                    "due": row.due_on.isoformat(),
                },
                row.unit_id,
            )
            for row in rows
        ),
    )


def volumes(work: Work, day: date) -> Proof:
    """Guaranteed volumes of the year before that were not used and that nobody has proposed for payment."""
    rows = unused_volumes(work, day)
    if not rows:
        return Proof(0, 0, ())
    labels = lines_by_id(work, {row.line_id for row in rows})
    return Proof(
        len(rows),
        sum(row.amount.centimes for row in rows),
        tuple(
            Difference(
                FindingKind.VOLUME,
                "agreement",
                f"volume:{row.agreement_id}:{row.line_id}:{row.year}",
                row.number,
                row.amount.centimes,
                0,
                severity=Severity.WARNING,
                facts={"line": labels[row.line_id].code, "year": row.year},
            )
            for row in rows
        ),
    )


PROOFS: dict[str, Callable[[Work, date], Proof]] = {
    "balances": balances,
    "budgets": budgets,
    "ceilings": ceilings,
    "carry_over": carry_over,
    "commitments": commitments,
    "placements": placements_one_by_one,
    "accruals": accruals,
    "statements": statements,
    "payments": payments,
    "each_statement": each_statement,
    "recount": recount,
    "release": release,
    "places": places,
    "deliverables": deliverables,
    "volumes": volumes,
    "wages": pay_by_scale,
    "deadlines": due_dates,
    "transfers": transfers,
}
"""Every comparison of a night, in its order."""


def _priced(
    work: Work, stays: Sequence[Stay], month: Period, book: PriceBook | None, found: list[Difference]
) -> list[MonthOf]:
    """The months that can be priced; each that cannot is a difference with its reason.

    What is refused is halved until it stands alone: a stay without tariff costs a few statements, not the
    rest of its chunk one by one.
    """
    try:
        return months_of(work, stays, month, book)
    except Refusal as no:
        if len(stays) > 1:
            half = len(stays) // 2
            return [
                one
                for part in (stays[:half], stays[half:])
                for one in _priced(work, part, month, book, found)
            ]
        found.append(
            Difference(
                FindingKind.ACCRUAL,
                "placement",
                f"placement:{stays[0].placement_id}:{month.start.isoformat()}",
                stays[0].ref,
                0,
                0,
                facts={"month": month.start.isoformat(), "code": no.code},
                owner_unit_id=stays[0].provider_unit_id,
            )
        )
        return []


def _off_attendance(one: MonthOf, month: Period, held: dict[int, int]) -> Iterator[Difference]:
    for share in one.stay.shares:
        earned, booked = one.part(share.share_id), held.get(share.share_id, 0)
        if earned != booked:
            yield Difference(
                FindingKind.ACCRUAL,
                "placement",
                f"share:{share.share_id}:{month.start.isoformat()}",
                one.stay.ref,
                earned,
                booked,
                severity=Severity.WARNING,
                facts={"month": month.start.isoformat()},
                owner_unit_id=one.stay.provider_unit_id,
            )


def _off_statements(work: Work, kind: FindingKind, off: Select[Any], key: str) -> tuple[Difference, ...]:
    return tuple(
        Difference(kind, "statement", f"{key}:{row.id}", row.ref, int(row.expected), int(row.found))
        for row in work.session.execute(off)
    )


def _by_payer(
    work: Work, kind: FindingKind, rooms: tuple[Callable[[], Select[Any]], ...], stage: str
) -> Proof:
    """What the rooms say against a column of the ledger's chain, per line and agreement, in one statement."""
    rows = work.session.execute(_against(rooms, stage)).all()
    off = [row for row in rows if int(row.expected) != int(row.found)]
    lines = lines_by_id(work, {row.line_id for row in off})
    agreements = agreements_by_id(work, {row.agreement_id for row in off})
    return Proof(
        len(rows),
        sum(int(row.found) for row in rows),
        tuple(
            Difference(
                kind,
                "agreement",
                f"agreement:{row.agreement_id}:line:{row.line_id}",
                agreements[row.agreement_id].number,
                int(row.expected),
                int(row.found),
                facts={"line": lines[row.line_id].code, "ref": agreements[row.agreement_id].ref},
            )
            for row in off
        ),
    )


@cache
def _against(rooms: tuple[Callable[[], Select[Any]], ...], stage: str) -> Select[Any]:
    """Per line and agreement, the sum of what the rooms say and of what the chain holds; made once."""
    one = union_all(*(room() for room in rooms)).subquery("expected")
    chain = chain_sums()
    other = select(chain.c.line_id, chain.c.agreement_id, chain.c[stage]).subquery("found")
    sides = union_all(
        select(
            one.c[0].label("line_id"),
            one.c[1].label("agreement_id"),
            one.c[2].label("a"),
            literal(0).label("b"),
        ),
        select(
            other.c[0].label("line_id"),
            other.c[1].label("agreement_id"),
            literal(0).label("a"),
            other.c[2].label("b"),
        ),
    ).subquery("sides")
    return (
        select(
            sides.c.line_id,
            sides.c.agreement_id,
            func.sum(sides.c.a).label("expected"),
            func.sum(sides.c.b).label("found"),
        )
        .group_by(sides.c.line_id, sides.c.agreement_id)
        .order_by(sides.c.line_id, sides.c.agreement_id)
    )


@cache
def _payers() -> Select[Any]:
    """How many lines pay how many agreements; made once."""
    return select(func.count()).select_from(chain_sums())
