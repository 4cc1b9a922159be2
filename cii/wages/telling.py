"""Who is told that pay or a subsidy waits for them: the people of the sectors that pay the placement."""

from sqlalchemy import select

from cii.access.queries import holders_of, members_of, seats_of
from cii.access.vocabulary import Role
from cii.institutions.queries import line_facts, units_by_id
from cii.notices.actions import tell
from cii.settlement.rules import Stay
from cii.store.work import Work
from cii.wages.queries import roles_of
from cii.wages.tables import WageGrant
from cii.wages.vocabulary import WageEvent

ASKED, CLAIMED, SUBJECT = "wage-grant-asked", "wage-subsidy-claimed", "wage_grant"


def tell_asked(work: Work, grant: WageGrant, stay: Stay) -> None:
    """A decision is asked for: finance of each paying sector decides."""
    _tell(work, ASKED, grant, stay, (Role.FINANCE,))


def tell_claimed(work: Work, grant: WageGrant, stay: Stay) -> None:
    """A month of a subsidy is claimed or corrected: whoever checks it in each paying sector begins."""
    _tell(work, CLAIMED, grant, stay, tuple(Role(one) for one in roles_of(WageEvent.CHECK)))


def _tell(work: Work, kind: str, grant: WageGrant, stay: Stay, roles: tuple[Role, ...]) -> None:
    lines = {share.line_id for share in stay.shares}
    sectors = set(work.session.scalars(select(line_facts.c.sector).where(line_facts.c.line_id.in_(lines))))
    seats = seats_of(work, [one.id or 0 for one in holders_of(work, *roles)])
    places = units_by_id(work, {unit for held in seats.values() for unit in held})
    own = [id_ for id_, unit in sorted(places.items()) if unit.sector in sectors]
    waiting = [one.id for unit in own for one in members_of(work, unit, *roles)]
    for account_id in dict.fromkeys(waiting):
        if account_id != work.actor.account_id:
            tell(
                work, account_id=account_id, kind=kind, subject=SUBJECT, subject_ref=grant.ref,
                person_id=stay.person_id,
            )  # fmt: skip


__all__ = ["ASKED", "CLAIMED", "SUBJECT", "tell_asked", "tell_claimed"]
