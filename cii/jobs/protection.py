"""Looked after each minute: requests for access go on and lapse, emergencies without review alert."""

from cii.access.queries import holders_of, seats_of
from cii.access.vocabulary import Role
from cii.coordination.queries import presidencies
from cii.institutions.queries import institution_by_code, units
from cii.institutions.vocabulary import UnitKind
from cii.jobs.runs import Bell
from cii.requests.actions import carry_requests, let_lapse
from cii.requests.actions_glass import alert_unreviewed
from cii.store.work import Work


def look_after_access(bell: Bell) -> int:
    """Carry requests, tell those whose term is over, alert of openings without review; returns how many."""
    with bell.working() as work:
        carried = carry_requests(work)
    with bell.working() as work:
        over = let_lapse(work)
    with bell.working() as work:
        accounts, group = presidency(work)
        return carried + over + alert_unreviewed(work, accounts, group)


def presidency(work: Work) -> tuple[list[int], list[int]]:
    """The group's members from the institution that presides this year; without them the group itself."""
    code = presidencies(work).get(work.today.year)
    if code is not None:
        seats = seats_of(work, [one.id or 0 for one in holders_of(work, Role.COORDINATION_MEMBER)])
        own = {one.id for one in units(work, institution_id=institution_by_code(work, code).id)}
        found = [account for account, held in seats.items() if own & held]
        if found:
            return found, []
    return [], [one.id or 0 for one in units(work, kind=UnitKind.COORDINATION)][:1]
