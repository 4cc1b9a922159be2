"""Comparisons of single things: each line's year, placement, statement, stored amount, and what is late.

Set-based SQL, but for stored amounts, which are derived again from their own input by the rule that made
them. Source: money.md §3.
"""

from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all

from cii.agreements.queries import agreements_by_id
from cii.agreements.rules_recount import recompute
from cii.budgets.proofs_entries import booked, years
from cii.budgets.vocabulary import EntryKind
from cii.institutions.queries import lines_by_id
from cii.kernel.errors import Refusal
from cii.kernel.period import month_of
from cii.placements.ledger import GIVEN_BACK, STATEMENT
from cii.placements.proofs import committed, ended_shares, share_owners
from cii.reconciliation.differences import Difference, Proof
from cii.reconciliation.proofs_made import made
from cii.reconciliation.vocabulary import FindingKind, Severity
from cii.settlement.proofs import (
    charged_by_placement,
    charged_by_statement,
    stored_lines,
)
from cii.store.work import Work

RECOUNTED_MONTHS = 3
"""Stored amounts are derived again for the month of the business date and the two before it."""
PLACEMENT = "placement"
"""Kind of the ledger's source for what a placement binds and gives back."""
_BATCH = 1000


def budgets(work: Work, day: date) -> Proof:  # noqa: ARG001 - every proof takes the business date
    """What each line's year was granted against what stands at all later stages."""
    rows = work.session.execute(years()).all()
    off = [row for row in rows if int(row.granted) != int(row.held)]
    lines = lines_by_id(work, {row.line_id for row in off})
    return Proof(
        len(rows),
        sum(int(row.granted) for row in rows),
        tuple(
            Difference(
                FindingKind.BUDGET,
                "budget_year",
                f"budget:{row.line_id}:{row.year}",
                f"{lines[row.line_id].code} {row.year}",
                int(row.granted),
                int(row.held),
                facts={
                    "line": lines[row.line_id].code,
                    "ref": lines[row.line_id].ref,
                    "year": row.year,
                },
            )
            for row in off
        ),
    )


def placements_one_by_one(work: Work, day: date) -> Proof:  # noqa: ARG001
    """What each placement says that it binds against what the ledger bound and gave back for it."""
    extent, off = _placed()
    compared, total = _extent(work, extent)
    rows = work.session.execute(off).all()
    numbers = agreements_by_id(work, {row.agreement_id for row in rows})
    return Proof(
        compared,
        total,
        tuple(
            Difference(
                FindingKind.PLACEMENT, "placement", f"placement:{row.placement_id}", row.ref,
                int(row.amount), int(row.found),
                facts={"agreement": numbers[row.agreement_id].number, "ref": numbers[row.agreement_id].ref},
            )
            for row in rows
        ),
    )  # fmt: skip


@cache
def _placed() -> tuple[Select[Any], Select[Any]]:
    """How far it reaches, and the placements whose sum in the ledger is another; made once."""
    own = committed().subquery("own")
    net = {"amount": {EntryKind.ENGAGEMENT: 1, EntryKind.RELEASE: -1}}
    ledger, owners = (
        booked((PLACEMENT, GIVEN_BACK), net).subquery("ledger"),
        share_owners().subquery("owners"),
    )
    sides = union_all(
        select(ledger.c.source_id.label("placement_id"), ledger.c.amount.label("amount")).where(
            ledger.c.source_kind == PLACEMENT
        ),
        select(owners.c.placement_id, ledger.c.amount)
        .join(owners, owners.c.share_id == ledger.c.source_id)
        .where(ledger.c.source_kind == GIVEN_BACK),
    ).subquery("sides")
    held = (
        select(sides.c.placement_id, func.sum(sides.c.amount).label("amount"))
        .group_by(sides.c.placement_id)
        .subquery("held")
    )
    found = func.coalesce(held.c.amount, 0)
    off = (
        select(own, found.label("found"))
        .outerjoin(held, held.c.placement_id == own.c.placement_id)
        .where(own.c.amount != found)
        .order_by(own.c.placement_id)
    )
    return _reach(own, own.c.amount), off


def statements_one_by_one(work: Work, day: date) -> Proof:  # noqa: ARG001
    """What each settled statement charges against what the ledger invoiced and paid for it."""
    extent, off = _charged()
    compared, total = _extent(work, extent)
    rows = work.session.execute(off).all()
    found = [
        Difference(kind, "statement", f"ledger:{row.statement_id}", row.ref, own, held)
        for kind, place in ((FindingKind.STATEMENT, 2), (FindingKind.PAYMENT, 4))
        for row in rows
        if (own := int(row[place])) != (held := int(row[place + 1]))
    ]
    return Proof(compared, total, tuple(found))


@cache
def _charged() -> tuple[Select[Any], Select[Any]]:
    """How far it reaches, and the statements that the ledger holds otherwise; made once."""
    own = charged_by_statement().subquery("own")
    ledger = booked(
        (STATEMENT,),
        {
            "invoiced": {EntryKind.INVOICE: 1, EntryKind.CREDIT_NOTE: -1},
            "paid": {EntryKind.PAYMENT: 1, EntryKind.RECLAIM: -1},
        },
    ).subquery("ledger")
    invoiced, paid = func.coalesce(ledger.c.invoiced, 0), func.coalesce(ledger.c.paid, 0)
    off = (
        select(
            own.c.statement_id, own.c.ref, own.c.invoiced, invoiced.label("a"), own.c.paid, paid.label("b")
        )
        .outerjoin(ledger, ledger.c.source_id == own.c.statement_id)
        .where((own.c.invoiced != invoiced) | (own.c.paid != paid))
        .order_by(own.c.statement_id)
    )
    return _reach(own, own.c.paid), off


def recount(work: Work, day: date) -> Proof:
    """Each stored amount of the last months' statements against what its own input gives again."""
    until = month_of(day).end
    first = until
    for _ in range(RECOUNTED_MONTHS):
        first = month_of(first - timedelta(days=1)).start
    compared, total = 0, 0
    found: list[Difference] = []
    lines = work.session.execute(
        made(stored_lines, "first", "until"),
        {"first": first, "until": until},
        execution_options={"yield_per": _BATCH},
    )
    for row in lines:
        compared, total = compared + 1, total + int(row.amount)
        facts: dict[str, Any] = {}
        try:
            again = recompute(row.explanation).centimes
        except Refusal as no:
            again, facts = 0, {"code": no.code}
        if again != row.amount or facts:
            found.append(
                Difference(
                    FindingKind.RECOUNT, "statement", f"line:{row.id}", row.ref, again, int(row.amount),
                    facts=facts,
                )
            )  # fmt: skip
    return Proof(compared, total, tuple(found))


def release(work: Work, day: date) -> Proof:
    """What stays bind that ended long ago, beyond what they were charged: to be settled or given back."""
    waiting, extent, off = _ended()
    if work.session.execute(waiting, {"until": day}).first() is None:
        return Proof(0, 0, ())
    until = {"until": day - timedelta(days=work.parameter("commitment_release_days", day))}
    compared, total = _extent(work, extent, until)
    rows = work.session.execute(off, until).all()
    lines = lines_by_id(work, {row.line_id for row in rows})
    numbers = agreements_by_id(work, {row.agreement_id for row in rows})
    return Proof(
        compared,
        total,
        tuple(
            Difference(
                FindingKind.RELEASE, "placement", f"release:{row.placement_id}:{row.line_id}", row.ref,
                int(row.owed), int(row.committed), severity=Severity.WARNING,
                facts={
                    "line": lines[row.line_id].code, "ended": row.ends_on.isoformat(),
                    "agreement": numbers[row.agreement_id].number, "ref": numbers[row.agreement_id].ref,
                },
            )
            for row in rows
        ),
    )  # fmt: skip


@cache
def _ended() -> tuple[Select[Any], Select[Any], Select[Any]]:
    """A stay that has ended, how far it reaches, and what binds more than it was charged; made once."""
    one = made(ended_shares, "until")
    ended, charged = one.subquery("ended"), charged_by_placement().subquery("charged")
    owed = func.coalesce(charged.c.amount, 0)
    off = (
        select(ended, owed.label("owed"))
        .outerjoin(
            charged,
            (charged.c.placement_id == ended.c.placement_id) & (charged.c.line_id == ended.c.line_id),
        )
        .where(ended.c.committed > owed)
        .order_by(ended.c.placement_id, ended.c.line_id)
    )
    return one.limit(1), _reach(ended, ended.c.committed), off


def _reach(rows: Any, amount: ColumnElement[Any]) -> Select[Any]:  # noqa: ANN401 - any selectable
    return select(func.count(), func.coalesce(func.sum(amount), literal(0))).select_from(rows)


def _extent(work: Work, reach: Select[Any], given: dict[str, Any] | None = None) -> tuple[int, int]:
    """How many rows a comparison covers, and the centimes they sum to."""
    found = work.session.execute(reach, given).one()
    return int(found[0]), int(found[1])
