"""Interrupting and resuming a stay in the light of its attendance: what the days earn is booked anew."""

from cii.kernel.money import Chf
from cii.kernel.period import Period, month_of
from cii.placements.breaks import InterruptStay, interrupt_stay
from cii.placements.resuming import ResumeStay, resume_stay
from cii.placements.settled import engage_further
from cii.placements.tables import Placement
from cii.settlement.actions_attendance import accrued_by_share, book_attendance
from cii.settlement.queries import MonthOf, months_of, sequence_of, stays_in
from cii.settlement.rules import SETTLED
from cii.store.columns import new_ref
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


def resume(work: Work, ask: ResumeStay) -> Placement:
    """Take a break back or shorten it as `resume_stay` does, and book what its attested days earn again.

    Of a month that is settled only what these days earn is bound, for its correction statement. Refuses
    BudgetExceeded for it too.
    """
    done = resume_stay(work, ask)
    stays = stays_in(work, done.days, placement_ids=[done.placement.id or 0], lock=True)
    for part in done.days.months():
        month = month_of(part.start)
        months = months_of(work, stays, month)
        _bind_earned(work, months, month)
        book_attendance(work, months, month)
    return done.placement


def _bind_earned(work: Work, months: list[MonthOf], month: Period) -> None:
    """Bind what attested days of a settled month earn beyond what was earned before."""
    shares = [(one, share) for one in months for share in one.stay.shares]
    held = accrued_by_share(work, month, [share.share_id for _, share in shares])
    for one, share in shares:
        more = one.part(share.share_id) - held.get(share.share_id, 0)
        payer = (share.agreement_id, share.line_id)
        if more > 0 and any(row.state in SETTLED for row in sequence_of(work, payer, month)):
            key = f"placement:{one.stay.ref}:resume:{share.share_id}:{new_ref()}"
            engage_further(work, share.share_id, month.start, Chf(more), key)
