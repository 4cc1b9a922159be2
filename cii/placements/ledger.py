"""From a placement to the ledger: legs to commit, and what is given back when a stay is cut or called off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from cii.agreements.rules_proration import Priced
from cii.budgets.actions import Leg, Source, correct_accrual, release
from cii.budgets.queries import reached
from cii.budgets.vocabulary import Stage
from cii.kernel.money import Chf
from cii.kernel.period import Period, month_of
from cii.placements.pricing import Bill
from cii.placements.tables import Placement, PlacementLeg, PlacementShare
from cii.store.work import Work

ATTENDANCE = "attendance"
"""Kind of the ledger's source for what attendance earns: the id is that of the share."""
GIVEN_BACK = "placement_share"
"""Kind of the ledger's source for what a settled month gave back: the id is that of the share."""
STATEMENT = "statement"
"""Kind of the ledger's source for what a statement invoices."""


def legs_of(cost: Bill, stay: Period) -> list[Leg]:
    """One leg per payer and budget year; nothing for a sum of zero."""
    return [
        Leg(payer.line_id, payer.agreement_id, amount, _first_day(year, stay.start))
        for payer in cost.payers
        for year, amount in payer.years
        if amount
    ]


@dataclass(frozen=True, slots=True)
class MonthDue:
    """What one share owes of one month, named by its first day."""

    share_id: int
    month: date


def months_due(priced: Priced, shares: Sequence[PlacementShare]) -> dict[MonthDue, Chf]:
    """What each share owes per month for a stay priced with the weights of `shares`, in their order."""
    due: dict[MonthDue, Chf] = {}
    for line in priced.lines:
        for share, part in zip(shares, line.parts, strict=True):
            key = MonthDue(share.id or 0, month_of(line.period.start).start)
            due[key] = due.get(key, Chf()) + part
    return due


def bind_further(
    work: Work, shares: Sequence[PlacementShare], due: Mapping[tuple[int, int], Chf], since: date
) -> list[Leg]:
    """Note what shares bind more, by (share id, year), and return the legs to engage, in the key's order.

    A leg is of the first day of its year, or of `since` where that is later.
    """
    by_id = {share.id or 0: share for share in shares}
    for (share_id, year), amount in sorted(due.items()):
        leg = work.session.scalars(
            select(PlacementLeg).where(col(PlacementLeg.share_id) == share_id, col(PlacementLeg.year) == year)
        ).one_or_none() or PlacementLeg(share_id=share_id, year=year, engaged=Chf(), released=Chf())
        leg.engaged += amount
        by_id[share_id].committed += amount
        work.session.add_all([leg, by_id[share_id]])
    work.session.flush()
    return further_legs(shares, due, since)


def further_legs(
    shares: Sequence[PlacementShare], due: Mapping[tuple[int, int], Chf], since: date
) -> list[Leg]:
    """The legs of what shares would bind more, by (share id, year)."""
    return [
        Leg(share.line_id, share.agreement_id, amount, _first_day(year, since))
        for share in shares
        for (share_id, year), amount in sorted(due.items())
        if share_id == share.id and amount
    ]


def release_rest(
    work: Work,
    placement: Placement,
    shares: Sequence[PlacementShare],
    due: Mapping[MonthDue, Chf] | None,
) -> Chf:
    """Give back what a share still binds beyond what it still owes, per payer and year; `due` None: all.

    What attendance has earned stays bound, and what a settled month gave back at its approval is no longer
    owed. Days that a settled month holds beyond the end go back with its correction. Writes what each share
    binds now and returns the sum given back.
    """
    owed = _still_owed(work, placement, shares, due) if due is not None else {}
    given: list[Leg] = []
    for share in shares:
        rows = work.session.scalars(
            select(PlacementLeg)
            .where(col(PlacementLeg.share_id) == share.id)
            .order_by(col(PlacementLeg.year))
        )
        for leg in rows:
            rest = leg.engaged - leg.released - owed.get((share.id or 0, leg.year), Chf())
            if rest > Chf():
                leg.released += rest
                share.committed -= rest
                day = _first_day(leg.year, placement.starts_on)
                given.append(Leg(share.line_id, share.agreement_id, rest, day))
                work.session.add(leg)
        work.session.add(share)
    work.session.flush()
    if given:
        act = f"placement:{placement.ref}:release:{placement.version}"
        release(work, given, Source("placement", placement.id or 0, act))
    return Chf.total(leg.amount for leg in given)


def _still_owed(
    work: Work, placement: Placement, shares: Sequence[PlacementShare], due: Mapping[MonthDue, Chf]
) -> dict[tuple[int, int], Chf]:
    """By share and year: the months' price less what they gave back, at least what attendance has earned.

    What was earned beyond the end of the stay is taken back first, where no statement holds it.
    """
    earned = _reached(work, Stage.ACCRUED, ATTENDANCE, shares)
    returned = _reached(work, Stage.COMMITTED, GIVEN_BACK, shares)
    by_id = {share.id or 0: share for share in shares}
    owed: dict[tuple[int, int], Chf] = {}
    for key in sorted({*due, *earned}, key=lambda one: (one.share_id, one.month)):
        price, held, share = due.get(key, Chf()), earned.get(key, Chf()), by_id[key.share_id]
        if held > price and not is_stated(work, share, key.month):
            over = Leg(share.line_id, share.agreement_id, held - price, key.month)
            act = f"placement:{placement.ref}:end:{key.share_id}:{key.month.isoformat()}"
            correct_accrual(work, [over], Source(ATTENDANCE, key.share_id, act))
            held = price
        of_year = (key.share_id, key.month.year)
        owed[of_year] = owed.get(of_year, Chf()) + max(price + returned.get(key, Chf()), held)
    return owed


def _reached(
    work: Work, stage: Stage, source_kind: str, shares: Sequence[PlacementShare]
) -> dict[MonthDue, Chf]:
    """Net sums that a kind of source brought into a stage, per share and month."""
    rows = reached(stage, source_kind, [share.id for share in shares])
    found: dict[MonthDue, Chf] = {}
    for row in work.session.execute(select(rows)):
        key = MonthDue(row.source_id, month_of(row.about_on).start)
        found[key] = found.get(key, Chf()) + Chf(int(row.amount))
    return found


def is_stated(work: Work, share: PlacementShare, month: date) -> bool:
    """Whether the ledger holds a statement of this payer for the month."""
    rows = reached(Stage.INVOICED, STATEMENT)
    return (
        work.session.execute(
            select(rows.c.source_id)
            .where(
                rows.c.line_id == share.line_id,
                rows.c.agreement_id == share.agreement_id,
                rows.c.about_on == month,
            )
            .limit(1)
        ).first()
        is not None
    )


def _first_day(year: int, start: date) -> date:
    return max(start, date(year, 1, 1))
