"""Looked after each minute: timers, holds that run out, seals."""

from cii.jobs.runs import Bell
from cii.journal.sealing import seal
from cii.placements.life import expire_holds
from cii.store.outbox import forget_secrets
from cii.workflow.sweeping import sweep_each


def fire_timers(bell: Bell) -> int:
    """Fire the timers that are due, each in a transaction of its own; returns how many fired."""
    fired, _ = sweep_each(bell.working, bell.advance)
    return fired


def end_what_ran_out(bell: Bell) -> int:
    """Free the reservations whose term is over; returns how many. Referrals end by their process's timer."""
    with bell.working() as work:
        return len(expire_holds(work))


def seal_journal(bell: Bell) -> int:
    """Append what was committed to the journal's chain; returns how many entries."""
    return seal(bell.engine, bell.clock.now(), bell.settings)


def forget_links(bell: Bell) -> int:
    """Erase the texts of mails whose link is over before they could leave; returns how many."""
    with bell.working() as work:
        return forget_secrets(work)
