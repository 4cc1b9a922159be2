"""From a placement to the ledger: legs to commit, and what is given back when a stay is cut or called off."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from cii.budgets.actions import Leg, Source, release
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.placements.pricing import Bill
from cii.placements.tables import Placement, PlacementLeg, PlacementShare
from cii.store.work import Work


def legs_of(cost: Bill, stay: Period) -> list[Leg]:
    """One leg per payer and budget year; nothing for a sum of zero."""
    return [
        Leg(payer.line_id, payer.agreement_id, amount, _first_day(year, stay.start))
        for payer in cost.payers
        for year, amount in payer.years
        if amount
    ]


def freed_by(planned: Bill, due: Bill) -> dict[tuple[int, int], Chf]:
    """By line and year: what a stay cut short costs less than the stay as it was planned."""
    left = {(one.line_id, year): sum_ for one in due.payers for year, sum_ in one.years}
    return {
        (one.line_id, year): sum_ - left.get((one.line_id, year), Chf())
        for one in planned.payers
        for year, sum_ in one.years
    }


def release_rest(
    work: Work,
    placement: Placement,
    shares: Sequence[PlacementShare],
    freed: Mapping[tuple[int, int], Chf] | None,
) -> Chf:
    """Give back what the stay no longer needs, per payer and year; `freed` None gives back all.

    Never more than a share still binds: months already settled have given back their own rest.
    Writes what each share binds now and returns the sum given back.
    """
    given: list[Leg] = []
    for share in shares:
        rows = work.session.scalars(
            select(PlacementLeg)
            .where(col(PlacementLeg.share_id) == share.id)
            .order_by(col(PlacementLeg.year))
        )
        for leg in rows:
            bound = leg.engaged - leg.released
            rest = bound if freed is None else min(bound, freed.get((share.line_id, leg.year), Chf()))
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


def _first_day(year: int, start: date) -> date:
    return max(start, date(year, 1, 1))
