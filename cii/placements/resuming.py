"""A break taken back or shortened: its days count again, with their money, and nothing is overwritten."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import col

from cii.access.queries import sections_on_case
from cii.access.vocabulary import Role, Section
from cii.agreements.queries import price_of
from cii.budgets.actions import Source, engage, in_open_years
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed
from cii.kernel.money import Chf
from cii.kernel.period import ONE_DAY, Period
from cii.placements.ledger import MonthDue, bind_further, is_stated, months_due
from cii.placements.queries import breaks_of, placement_by_ref, shares_of
from cii.placements.rules import BreakNotShortened, BreakUnknown, StayNotRunning
from cii.placements.tables import Placement, PlacementBreak, PlacementShare
from cii.placements.vocabulary import PlacementState
from cii.store.work import HOUSE, Work

RESUMABLE = (PlacementState.STARTED, PlacementState.ENDED)
"""Stays of which a break may be taken back: the error is often found with the last statement."""


@dataclass(frozen=True)
class ResumeStay:
    """The break that begins on `starts_on` ends on an earlier day; without one, it is taken back."""

    placement_ref: str
    starts_on: date
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class Resumed:
    """The stay, and the days on which the person is expected again."""

    placement: Placement
    days: Period


@dataclass(frozen=True, slots=True)
class BreakShown:
    """A break as it is shown; `withdrawn_at`: it was taken back; `replaced`: a shorter one stands."""

    starts_on: date
    ends_on: date
    recorded_at: datetime
    withdrawn_at: datetime | None
    replaced: bool


def resume_stay(work: Work, ask: ResumeStay) -> Resumed:
    """Take a break back or shorten it; by the placing institution, during the stay and after it.

    What its days cost is bound again for all payers or for none; of a month that is stated nothing is bound
    here: what it costs more is for its correction statement. Refuses, all at once: BudgetExceeded per line,
    BudgetYearMissing; before: UnknownThing, NotAllowed, StayNotRunning, BreakUnknown, BreakNotShortened.
    """
    placement = placement_by_ref(work, ask.placement_ref)
    work.session.refresh(placement, with_for_update=True)
    if not may_resume(work, placement):
        raise NotAllowed
    if placement.state not in RESUMABLE:
        raise StayNotRunning(state=placement.state)
    id_ = placement.id or 0
    row = _standing(work, id_, ask)
    before = breaks_of(work, [id_])[id_]
    row.withdrawn_at, row.withdrawn_by = work.now, work.actor.account_id
    work.session.add(row)
    work.session.flush()
    if ask.ends_on is not None:
        _shorter(work, row, ask.ends_on)
    after = breaks_of(work, [id_]).get(id_, ())
    engaged = _engage(work, placement, before, after)
    placement.version += 1
    work.session.add(placement)
    work.session.flush()
    facts = {"starts_on": row.starts_on, "ends_on": row.ends_on, "until": ask.ends_on}
    wrote(
        work,
        "placement.resume",
        "placement",
        id_,
        ref=placement.ref,
        case_id=placement.case_id,
        person_id=placement.person_id,
        payload=facts | {"engaged": engaged.centimes},
    )
    first = row.starts_on if ask.ends_on is None else ask.ends_on + ONE_DAY
    return Resumed(placement, Period.through(first, row.ends_on))


def may_resume(work: Work, placement: Placement) -> bool:
    """Whether the actor takes breaks back: it binds money of the payers, so never the provider."""
    if work.actor == HOUSE:
        return True
    provider = any(seat.role == Role.PROVIDER for seat in work.actor.seats)
    return not provider and Section.PLACEMENT in sections_on_case(work, placement.case_id)[1]


def breaks_shown(work: Work, placement_id: int) -> list[BreakShown]:
    """Every break of a stay that the caller has seen, those taken back too, by their first day."""
    rows = work.session.scalars(
        select(PlacementBreak)
        .where(col(PlacementBreak.placement_id) == placement_id)
        .order_by(col(PlacementBreak.starts_on), col(PlacementBreak.id))
    ).all()
    replaced = {row.replaces for row in rows}
    return [
        BreakShown(row.starts_on, row.ends_on, row.recorded_at, row.withdrawn_at, row.id in replaced)
        for row in rows
    ]


def _standing(work: Work, placement_id: int, ask: ResumeStay) -> PlacementBreak:
    row = work.session.scalars(
        select(PlacementBreak)
        .where(
            col(PlacementBreak.placement_id) == placement_id,
            col(PlacementBreak.starts_on) == ask.starts_on,
            col(PlacementBreak.withdrawn_at).is_(None),
        )
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise BreakUnknown(field="starts_on")
    if ask.ends_on is not None and not row.starts_on <= ask.ends_on < row.ends_on:
        raise BreakNotShortened(field="ends_on", first=row.starts_on, last=row.ends_on)
    return row


def _shorter(work: Work, row: PlacementBreak, until: date) -> None:
    work.session.add(
        PlacementBreak(
            placement_id=row.placement_id,
            starts_on=row.starts_on,
            ends_on=until,
            recorded_at=work.now,
            account_id=work.actor.account_id,
            replaces=row.id,
        )
    )
    work.session.flush()


def _engage(work: Work, placement: Placement, before: Iterable[Period], after: Iterable[Period]) -> Chf:
    """Bind what the stay costs more, in the open year where the books of its own are closed."""
    shares = shares_of(work, placement.id or 0)
    was, now = (_due(work, placement, shares, one) for one in (before, after))
    by_id = {share.id or 0: share for share in shares}
    due: dict[tuple[int, int], Chf] = {}
    for key, price in now.items():
        more = price - was.get(key, Chf())
        if more > Chf() and not is_stated(work, by_id[key.share_id], key.month):
            of_year = (key.share_id, key.month.year)
            due[of_year] = due.get(of_year, Chf()) + more
    legs = bind_further(work, shares, due, placement.starts_on)
    if legs:
        act = f"placement:{placement.ref}:resume:{placement.version}"
        engage(work, in_open_years(work, legs), Source("placement", placement.id or 0, act))
    return Chf.total(leg.amount for leg in legs)


def _due(
    work: Work, placement: Placement, shares: Sequence[PlacementShare], breaks: Iterable[Period]
) -> dict[MonthDue, Chf]:
    priced = price_of(
        work,
        agreement_id=shares[0].agreement_id,
        measure_id=placement.measure_id,
        line_id=shares[0].line_id,
        span=Period.through(placement.starts_on, placement.ends_on),
        weights=[share.weight for share in shares],
        breaks=breaks,
        planned=Period.through(placement.starts_on, placement.planned_end),
        workload=placement.workload,
    )
    return months_due(priced, shares)
