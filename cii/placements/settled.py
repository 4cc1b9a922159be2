"""What settlement does to a placement's commitment: gives back what a month did not need, or binds more.

A share's part of a year is of the year in which the days lie; where the books of that year are closed, the
ledger moves in the next open one, with the day as its origin.
"""

from datetime import date

from sqlalchemy import BigInteger, func, select, type_coerce
from sqlmodel import col

from cii.budgets.actions import Leg, Source, engage, in_open_years, release
from cii.kernel.money import Chf
from cii.placements.ledger import GIVEN_BACK
from cii.placements.tables import PlacementLeg, PlacementShare
from cii.store.work import Work


def release_unused(work: Work, share_id: int, on: date, amount: Chf, key: str) -> Chf:
    """Give back what a settled month did not need of a share; `on` is a day of that month.

    Returns what was given back: never more than the share still binds in that year.
    """
    share, leg = _bound(work, share_id, on.year)
    given = max(min(amount, leg.engaged - leg.released), Chf())
    if given:
        leg.released += given
        share.committed -= given
        work.session.flush()
        release(work, in_open_years(work, [_leg(share, on, given)]), Source(GIVEN_BACK, share_id, key))
    return given


def engage_further(work: Work, share_id: int, on: date, amount: Chf, key: str) -> None:
    """Bind more for a share, as a further engagement decided afterwards. Refuses: BudgetExceeded."""
    share, leg = _bound(work, share_id, on.year)
    legs = in_open_years(work, [_leg(share, on, amount)])
    engage(work, legs, Source("placement", share.placement_id, key))
    leg.engaged += amount
    share.committed += amount
    work.session.flush()


def bound_by_places(work: Work, agreement_id: int, line_id: int, year: int) -> Chf:
    """What placements bind of an agreement's year for a funding line by its tariffs."""
    kept = type_coerce(col(PlacementLeg.engaged), BigInteger) - type_coerce(
        col(PlacementLeg.released), BigInteger
    )
    found = work.session.scalar(
        select(func.sum(kept))
        .join(PlacementShare, col(PlacementShare.id) == col(PlacementLeg.share_id))
        .where(
            col(PlacementShare.agreement_id) == agreement_id,
            col(PlacementShare.line_id) == line_id,
            col(PlacementLeg.year) == year,
        )
    )
    return Chf(int(found or 0))


def _leg(share: PlacementShare, on: date, amount: Chf) -> Leg:
    return Leg(share.line_id, share.agreement_id, amount, on)


def _bound(work: Work, share_id: int, year: int) -> tuple[PlacementShare, PlacementLeg]:
    """The share and its part of that year, locked; the part is opened when the year is new."""
    share = work.session.scalars(
        select(PlacementShare)
        .where(col(PlacementShare.id) == share_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    leg = work.session.scalars(
        select(PlacementLeg)
        .where(col(PlacementLeg.share_id) == share_id, col(PlacementLeg.year) == year)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if leg is None:
        leg = PlacementLeg(share_id=share_id, year=year, engaged=Chf(), released=Chf())
        work.session.add(leg)
        work.session.flush()
    return share, leg
