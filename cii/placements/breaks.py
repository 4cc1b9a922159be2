"""Interrupting a stay for some days: nobody is expected, nothing is owed, the place stays the person's."""

from dataclasses import dataclass
from datetime import date

from cii.agreements.queries import price_of
from cii.journal.actions import wrote
from cii.kernel.errors import NotAllowed, Refusal, refuse
from cii.kernel.money import Chf
from cii.kernel.period import Period
from cii.placements.ledger import months_due, release_rest
from cii.placements.queries import breaks_of, moves_for, placement_by_ref, shares_of
from cii.placements.rules import BreakOverlaps, OutsideThePlacement
from cii.placements.tables import Placement, PlacementBreak
from cii.placements.vocabulary import PlacementMove
from cii.store.work import Work


@dataclass(frozen=True)
class InterruptStay:
    """The stay is interrupted from a day to a day, both inside."""

    placement_ref: str
    starts_on: date
    ends_on: date


def interrupt_stay(work: Work, ask: InterruptStay) -> Placement:
    """Record a break of a running stay; what its days had bound is free again.

    Whoever may end the stay may interrupt it. A day of a month that is settled goes back with the month's
    correction statement. Refuses, all at once: OutsideThePlacement, BreakOverlaps; before: UnknownThing,
    NotAllowed, PeriodUpsideDown.
    """
    placement = placement_by_ref(work, ask.placement_ref)
    work.session.refresh(placement, with_for_update=True)
    if PlacementMove.END not in moves_for(work, placement):
        raise NotAllowed
    id_, asked = placement.id or 0, Period.through(ask.starts_on, ask.ends_on)
    known = breaks_of(work, [id_]).get(id_, ())
    refuse(_faults(placement, asked, known))
    work.session.add(
        PlacementBreak(
            placement_id=id_,
            starts_on=ask.starts_on,
            ends_on=ask.ends_on,
            recorded_at=work.now,
            account_id=work.actor.account_id,
        )
    )
    work.session.flush()
    released = _release(work, placement, (*known, asked))
    placement.version += 1
    work.session.flush()
    wrote(
        work,
        "placement.interrupt",
        "placement",
        id_,
        ref=placement.ref,
        case_id=placement.case_id,
        person_id=placement.person_id,
        payload={"starts_on": ask.starts_on, "ends_on": ask.ends_on, "released": released.centimes},
    )
    return placement


def _faults(placement: Placement, asked: Period, known: tuple[Period, ...]) -> list[Refusal]:
    bounds = {"first": placement.starts_on, "last": placement.ends_on}
    stay = Period.through(placement.starts_on, placement.ends_on)
    days = (("starts_on", asked.start), ("ends_on", asked.last))
    return [
        *(OutsideThePlacement(field=field, day=day, **bounds) for field, day in days if day not in stay),
        *(
            BreakOverlaps(field="starts_on", first=one.start, last=one.last)
            for one in known
            if one.overlap(asked)
        ),
    ]


def _release(work: Work, placement: Placement, breaks: tuple[Period, ...]) -> Chf:
    """Give back what the interrupted days had bound, by the same price as everywhere."""
    shares = shares_of(work, placement.id or 0)
    priced = price_of(
        work,
        agreement_id=shares[0].agreement_id,
        measure_id=placement.measure_id,
        line_id=shares[0].line_id,
        span=Period.through(placement.starts_on, placement.ends_on),
        weights=[share.weight for share in shares],
        breaks=breaks,
        workload=placement.workload,
    )
    return release_rest(work, placement, shares, months_due(priced, shares))
