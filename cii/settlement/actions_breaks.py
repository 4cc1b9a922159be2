"""Interrupting a stay in the light of its attendance: what days of the break had earned is taken back."""

from cii.kernel.period import Period, month_of
from cii.placements.breaks import InterruptStay, interrupt_stay
from cii.placements.tables import Placement
from cii.settlement.actions_attendance import book_attendance
from cii.settlement.queries import months_of, stays_in
from cii.store.work import Work


def interrupt(work: Work, ask: InterruptStay) -> Placement:
    """Record a break as `interrupt_stay` does, and book anew what the months of the break earn.

    Days of the break that were attested stay on record and no longer count. A month that is settled is left
    to its correction statement.
    """
    placement = interrupt_stay(work, ask)
    days = Period.through(ask.starts_on, ask.ends_on)
    stays = stays_in(work, days, placement_ids=[placement.id or 0], lock=True)
    for part in days.months():
        month = month_of(part.start)
        book_attendance(work, months_of(work, stays, month), month)
    return placement
